"""A line over the canvas that says something and offers a few buttons; the work goes on beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.views.spacing import BAR
from app.views.texts import button, label

if TYPE_CHECKING:
    from collections.abc import Sequence

Question = tuple[str, tuple[tuple[str, str], ...]]
"""A text and buttons, each a wish and its words."""


class ChoiceBar(QWidget):
    """`chosen` tells the wish of the button. Who asks has a name: a later question does not end an earlier one."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("strip")
        self._text = label("", wrap=True)
        self._buttons: list[QPushButton] = []
        self._questions: dict[str, Question] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(*BAR)
        self._row.addWidget(self._text, 1)
        self.hide()

    def ask(self, text: str, buttons: Sequence[tuple[str, str]], who: str = "", is_urgent: bool = True) -> None:
        """Show a text and buttons, each a wish and its words; the first is the one that is proposed.

        What others asked comes back when this question is ended; one that is not urgent waits for all of them.
        """
        self._questions.pop(who, None)
        question: dict[str, Question] = {who: (text, tuple(buttons))}
        self._questions = self._questions | question if is_urgent else question | self._questions
        self._show()

    def end(self, who: str = "") -> None:
        """Ask nothing any more."""
        if self._questions.pop(who, None) is not None:
            self._show()

    def _show(self) -> None:
        for made in self._buttons:
            self._row.removeWidget(made)
            made.deleteLater()
        self._buttons = []
        if not self._questions:
            self.hide()
            return
        text, buttons = list(self._questions.values())[-1]
        self._text.setText(text)
        for place, (wish, words) in enumerate(buttons):
            made = button(words, primary=place == 0)
            made.setProperty("wish", wish)
            made.clicked.connect(self._on_clicked)
            self._row.addWidget(made)
            self._buttons.append(made)
        self.show()

    def _on_clicked(self) -> None:
        self.chosen.emit(self.sender().property("wish"))
