"""A heading that opens and closes what stands below it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget


class Fold(QWidget):
    """Closed at first; `opened_changed` tells what the user did."""

    opened_changed = Signal(bool)

    def __init__(self, title: str, content: QWidget, tip: str = "") -> None:
        super().__init__()
        self._content = content
        self._button = QToolButton()
        self._button.setObjectName("fold")
        self._button.setText(title)
        self._button.setToolTip(tip)
        self._button.setCheckable(True)
        self._button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._button.setArrowType(Qt.ArrowType.RightArrow)
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._button)
        layout.addWidget(content)
        content.hide()
        self._button.toggled.connect(self._on_toggled)

    @property
    def is_open(self) -> bool:
        """Whether the content is seen."""
        return self._button.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Open or close it."""
        self._button.setChecked(is_open)

    def _on_toggled(self, is_open: bool) -> None:
        self._button.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self._content.setVisible(is_open)
        self.opened_changed.emit(is_open)
