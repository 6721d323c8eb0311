"""Asking in a small form: what is kept is done, or the form says what is wrong with it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.views.label_dialogs import FormField, LabelForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.views.main_window import MainWindow

    Answer = Callable[[dict[str, Any]], str]
    """Does what the values say; returns what is wrong with them, or nothing."""


class Asking(QObject):
    """One form at a time; keys are for the canvas again when it is closed."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._form: LabelForm | None = None

    def ask(self, title: str, answer: Answer, *fields: FormField, keep: str, said: str = "") -> None:
        """Show a form; `keep` is the text of its button."""
        if self._form is not None:
            self._form.close()
        self._form = form = LabelForm(self._window, title, *fields, keep=keep, said=said)
        form.kept.connect(partial(self._on_kept, form, answer))
        form.finished.connect(self._on_finished)
        form.show()

    def _on_kept(self, form: LabelForm, answer: Answer, values: dict[str, Any]) -> None:
        problem = answer(values)
        if problem:
            form.set_error(problem)
        else:
            form.accept()

    def _on_finished(self) -> None:
        self._form = None
        self._window.focus_work()
