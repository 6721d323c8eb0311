"""The menu Help: manual, tour, what changed, about. Nothing of it is loaded before it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.settings import RESOURCES

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.controllers.reading_manual import ReadingManual
    from app.jobs import Jobs
    from app.log import EventRecord
    from app.settings import Settings
    from app.views.main_window import MainWindow


class Helping(QObject):
    """`slots` answer the actions of the main window."""

    settings_changed = Signal()

    def __init__(self, jobs: Jobs, window: MainWindow, settings: Settings, record: EventRecord) -> None:
        super().__init__()
        self._jobs, self._window, self._settings, self._record = jobs, window, settings, record
        self._manual: ReadingManual | None = None
        self.slots: dict[str, Callable[[], object]] = {
            "manual": self._on_manual,
            "what_changed": self._on_what_changed,
        }

    def _on_manual(self) -> None:
        at_work = "painter" if self._window.mode == "paint" else "annotator"
        self._open_manual(at_work if self._window.is_working else "index")

    def open_admins_page(self) -> None:
        """The manual, where it tells of the review."""
        self._open_manual("admin")

    def _open_manual(self, page: str) -> None:
        if self._manual is None:
            from app.controllers.reading_manual import ReadingManual

            self._manual = ReadingManual(self._jobs, self._window, self._record)
        self._manual.open(page)

    def _on_what_changed(self) -> None:
        self._jobs.start("small", lambda job: (RESOURCES / "changes.md").read_text("utf-8"), self._on_changes_read)

    def _on_changes_read(self, text: str) -> None:
        from app.views.text_dialog import TextDialog

        TextDialog(self._window, "What changed", text).open()
