"""Small pieces that several widgets are made of: labels with a role, buttons with their key in the tooltip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.views.icons import SIZE, icon
from app.views.look import dress, px


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


def icon_button(name: str, accessible: str, tip: str, checkable: bool = False) -> QPushButton:
    """A button with a drawing of `icons.SIGNS`, and what a screen reader says of it."""
    made = button("", tip, checkable=checkable)
    made.setAccessibleName(accessible)
    made.setProperty("role", "icon")
    made.setProperty("drawing", name)
    dress(made, _show_icon)
    return made


def set_icon(made: QPushButton, name: str) -> None:
    """Another drawing on it."""
    if made.property("drawing") != name:
        made.setProperty("drawing", name)
        _show_icon(made)


def _show_icon(made: QPushButton) -> None:
    made.setIcon(icon(made.property("drawing")))
    made.setIconSize(QSize(px(SIZE), px(SIZE)))
