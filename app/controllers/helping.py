"""The menu Help: manual, tour, what changed, about. Nothing of it is loaded before it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.controllers.deferring import single_shot
from app.settings import RESOURCES

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.controllers.reading_manual import ReadingManual
    from app.controllers.telling_about import TellingAbout
    from app.controllers.touring import Touring
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.settings import Settings
    from app.views.main_window import MainWindow

_WHO = "version"
"""Who asks in the bar of questions."""


class Helping(QObject):
    """`slots` answer the actions of the main window."""

    settings_changed = Signal()

    def __init__(self, jobs: Jobs, window: MainWindow, is_plain: bool, settings: Settings, record: EventRecord) -> None:
        super().__init__()
        self._jobs, self._window, self._is_plain = jobs, window, is_plain
        self._settings, self._record = settings, record
        self._manual: ReadingManual | None = None
        self._touring: Touring | None = None
        self._telling: TellingAbout | None = None
        self._is_version_known = False
        self._first_tour = single_shot(self, self._on_tour)  # the window is laid out by then
        self.slots: dict[str, Callable[[], object]] = {
            "manual": self._on_manual,
            "tour": self._on_tour,
            "what_changed": self._on_what_changed,
            "about": self._on_about,
        }
        window.choice.chosen.connect(self._on_choice_chosen)

    def begin_work(self, is_sample: bool) -> None:
        """There are blocks on screen: a first tour on the sample data, and news after an upgrade."""
        if is_sample and not self._settings.seen_tour:
            self._first_tour.start()
        if not self._is_version_known:
            self._is_version_known = True
            self._jobs.start("small", _version, self._on_version_known)

    def leave_work(self) -> None:
        """What the cards stand beside goes away."""
        self._first_tour.stop()
        if self._touring is not None:
            self._touring.stop()

    def open_admins_page(self) -> None:
        """The manual, where it tells of the review."""
        self._open_manual("admin")

    def _on_manual(self) -> None:
        at_work = "painter" if self._window.mode == "paint" else "annotator"
        self._open_manual(at_work if self._window.is_working else "index")

    def _open_manual(self, page: str) -> None:
        if self._manual is None:
            from app.controllers.reading_manual import ReadingManual

            self._manual = ReadingManual(self._jobs, self._window, self._record)
        self._manual.open(page)

    def _on_tour(self) -> None:
        if self._touring is None:
            from app.controllers.touring import Touring

            self._touring = Touring(self._window, self._record)
            self._touring.ended.connect(self._on_tour_ended)
        self._touring.begin()

    def _on_tour_ended(self) -> None:
        self._settings.seen_tour = True
        self.settings_changed.emit()

    def _on_version_known(self, version: str) -> None:
        before = self._settings.last_version
        if before == version or not version[:1].isdigit():  # a checkout that is not installed has none
            return
        self._settings.last_version = version
        self.settings_changed.emit()
        if before:
            text = f"This is Cytoscribe {version}, before it was {before}."
            self._window.choice.ask(text, [("what_changed", "What changed"), ("version_seen", "Close")], _WHO)
            self._record.write("upgraded", before=before, now=version)

    def _on_choice_chosen(self, wish: str) -> None:
        if wish in ("what_changed", "version_seen"):
            self._window.choice.end(_WHO)
        if wish == "what_changed":
            self._on_what_changed()

    def _on_what_changed(self) -> None:
        self._jobs.start("small", lambda job: (RESOURCES / "changes.md").read_text("utf-8"), self._on_changes_read)

    def _on_changes_read(self, text: str) -> None:
        from app.views.text_dialog import TextDialog

        TextDialog(self._window, "What changed", text).open()
        self._record.write("what_changed")

    def _on_about(self) -> None:
        if self._telling is None:
            from app.controllers.telling_about import TellingAbout

            self._telling = TellingAbout(self._jobs, self._window, self._is_plain, self._record)
        self._telling.open_dialog()


def _version(job: Job) -> str:
    from app.build_info import version

    return version()
