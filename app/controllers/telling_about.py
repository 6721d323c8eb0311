"""Telling about the program: what is asked of the disk is looked up in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject

from app import about_text
from app.render.graphics import drawn_by
from app.system_facts import system_facts
from app.views.about_dialog import AboutDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.jobs import Job, Jobs
    from app.log import EventRecord

_PURPOSE = (
    "Judge, paint, measure and review thousands of microscopy blocks together, by keyboard, on a shared folder. "
    "Free software under the MIT licence, without any warranty."
)


class _About(NamedTuple):
    facts: str
    licence: str
    inside: str


class TellingAbout(QObject):
    """One dialog at a time."""

    def __init__(self, jobs: Jobs, parent: QWidget, is_plain: bool, record: EventRecord) -> None:
        super().__init__()
        self._jobs, self._parent, self._is_plain, self._record = jobs, parent, is_plain, record
        self._dialog: AboutDialog | None = None

    def open_dialog(self) -> None:
        """Show it; versions and licences follow."""
        if self._dialog is not None:
            self._dialog.close()
        self._dialog = dialog = AboutDialog(self._parent, "Cytoscribe", _PURPOSE)
        dialog.finished.connect(self._on_dialog_finished)
        dialog.open()
        computer = system_facts(drawn_by(self._is_plain))

        def work(job: Job) -> _About:
            inside = about_text.components()
            facts = about_text.facts(inside, computer)
            return _About(facts, about_text.own_licence(), about_text.rows(inside))

        self._jobs.start("small", work, self._on_found)

    def _on_found(self, about: _About) -> None:
        if self._dialog is not None:
            self._dialog.set_texts(about.facts, about.licence, about.inside)
            self._record.write("about", facts=about.facts)

    def _on_dialog_finished(self) -> None:
        self._dialog = None
