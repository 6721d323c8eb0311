"""Small pieces that several widgets are made of: labels with a role, buttons with their key in the tooltip."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget


def label(text: str = "", role: str = "", wrap: bool = False) -> QLabel:
    """A label whose look comes from the style sheet by its role."""
    made = QLabel(text)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    made.setTextFormat(Qt.TextFormat.PlainText)  # file names are not HTML
    return made


def button(text: str, tip: str = "", primary: bool = False, checkable: bool = False) -> QPushButton:
    """A button that leaves the focus, and with it the keys, where they are."""
    made = QPushButton(text)
    made.setToolTip(tip)
    made.setCheckable(checkable)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if primary:
        made.setProperty("role", "primary")
    return made


def set_property(widget: QWidget, name: str, value: str) -> None:
    """Set a property that the style sheet looks at."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
