"""A line over the canvas that says something and offers a few buttons; the work goes on beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.views.texts import button, label

if TYPE_CHECKING:
    from collections.abc import Sequence


class ChoiceBar(QWidget):
    """`chosen` tells the wish of the button."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("strip")
        self._text = label("", wrap=True)
        self._buttons: list[QPushButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(10, 4, 10, 4)
        self._row.addWidget(self._text, 1)
        self.hide()

    def ask(self, text: str, buttons: Sequence[tuple[str, str]]) -> None:
        """Show a text and buttons, each a wish and its words; the first is the one that is proposed."""
        for made in self._buttons:
            self._row.removeWidget(made)
            made.deleteLater()
        self._buttons = []
        self._text.setText(text)
        for place, (wish, words) in enumerate(buttons):
            made = button(words, primary=place == 0)
            made.setProperty("wish", wish)
            made.clicked.connect(self._on_clicked)
            self._row.addWidget(made)
            self._buttons.append(made)
        self.show()

    def end(self) -> None:
        """Ask nothing."""
        self.hide()

    def _on_clicked(self) -> None:
        self.chosen.emit(self.sender().property("wish"))
