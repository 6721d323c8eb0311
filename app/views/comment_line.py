"""The line in which a comment is typed, over the canvas: Enter keeps it, Escape does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent


class CommentLine(QLineEdit):
    """Wishes: keep the text, or close."""

    kept = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setPlaceholderText("Comment on this block: Enter keeps it, Escape does not")
        self.setMaxLength(2000)
        self.setAccessibleName("Comment")
        self.hide()
        self.returnPressed.connect(self._on_return_pressed)

    def open(self, text: str) -> None:
        """Start typing, from the comment that is there."""
        self.setText(text)
        self.show()
        self.raise_()
        self.setFocus()
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _on_return_pressed(self) -> None:
        self.kept.emit(self.text())
