"""The report dialog: what the report says is put together, shown, copied and saved."""

from __future__ import annotations

import platform
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from app.render.graphics import drawn_by
from app.report import Report, parts, settings_text, with_doing, write_report
from app.system_facts import program_facts, system_facts, timings
from app.views.file_dialog import choose_new_file
from app.views.report_dialog import ReportDialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.crash import Crash
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.settings import Settings

_LANE = "report"


class WritingReport(QObject):
    """One dialog at a time; `names` are what a report must not hold, beside those that this computer knows."""

    closed = Signal(str)
    """What was chosen: a wish of those that were offered."""

    def __init__(self, crash: Crash, jobs: Jobs, settings: Settings, is_plain: bool, record: EventRecord) -> None:
        super().__init__()
        self._crash, self._jobs, self._settings = crash, jobs, settings
        self._is_plain, self._record = is_plain, record
        self._dialog: ReportDialog | None = None
        self._texts: dict[str, str] = {}
        self._report: Report | None = None
        self._hidden: list[str] = []
        self._is_of_this_run = True

    @property
    def is_open(self) -> bool:
        """Whether the dialog is there."""
        return self._dialog is not None

    def bring_forward(self) -> None:
        """Show the dialog that is open before all others."""
        if self._dialog is not None:
            self._dialog.raise_()
            self._dialog.activateWindow()

    def renew(self, text: str) -> None:
        """Say that something is new in the log, in the dialog that is open, and take it into the report."""
        if self._dialog is not None and self._report is not None:
            self._dialog.tell(text, "warning")
            if self._is_of_this_run:
                self._report = replace(self._report, log=self._log())
            self._make_parts()

    def open(
        self,
        title: str,
        texts: Sequence[str],
        asks: Sequence[tuple[str, str]],
        found: tuple[str, str],
        names: Sequence[str],
        log: str | None = None,
    ) -> ReportDialog:
        """Show the dialog with paragraphs and what can be chosen.

        `found` is what happened, in words and as a traceback; `log` that of another run than this one.
        """
        if self._dialog is not None:
            self._dialog.close()
        self._dialog = dialog = ReportDialog(_parent(), title, texts, asks)
        dialog.chosen.connect(self._on_dialog_chosen)
        dialog.copy_requested.connect(self._on_copy_requested)
        dialog.save_requested.connect(self._on_save_requested)
        dialog.doing_changed.connect(self._on_doing_changed)
        self._texts = {}
        self._is_of_this_run = log is None
        facts = system_facts(drawn_by(self._is_plain))
        text = self._log() if log is None else log
        self._report = Report(*found, text, facts, tuple(timings()), settings_text(self._settings))
        self._hidden = [*names, *self._known_names()]
        self._make_parts()
        dialog.show()
        return dialog

    def _log(self) -> str:
        return self._crash.ring.text if self._crash.ring is not None else ""

    def _make_parts(self) -> None:
        report, hidden = self._report, self._hidden
        assert report is not None

        def work(job: Job) -> dict[str, str]:
            return parts(replace(report, facts=(*program_facts(), *report.facts)), hidden)

        self._jobs.start(_LANE, work, self._on_parts_made)

    def _known_names(self) -> list[str]:
        folders = [Path(folder).name for folder in self._settings.recent]
        return [*folders, *self._settings.annotators, platform.node(), Path.home().name]

    def _on_parts_made(self, texts: dict[str, str]) -> None:
        self._texts = texts
        if self._dialog is not None:
            self._dialog.set_parts(self._whole())
            self._record.write("report_ready")

    def _whole(self) -> dict[str, str]:
        return with_doing(self._texts, self._dialog.doing if self._dialog is not None else "")

    def _on_doing_changed(self) -> None:
        if self._dialog is not None and self._texts:
            self._dialog.set_report(self._whole()["report.txt"])

    def _on_copy_requested(self) -> None:
        if self._dialog is not None:
            QGuiApplication.clipboard().setText("\n".join(f"===== {n}\n{t}" for n, t in self._whole().items()))
            self._dialog.tell("Copied. You can paste it into a message.")
            self._record.write("report_copied")

    def _on_save_requested(self) -> None:
        if self._dialog is None:
            return
        documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
        folder = documents if documents.is_dir() else Path.home()
        name = time.strftime("cytoscribe-report-%Y%m%d-%H%M.zip")
        chosen = choose_new_file(self._dialog, "Save a report", str(folder / name), "Zip files (*.zip)")
        if not chosen:
            return
        path = Path(chosen if chosen.lower().endswith(".zip") else f"{chosen}.zip")
        texts = self._whole()

        def work(job: Job) -> None:
            write_report(path, texts)

        self._jobs.start(_LANE, work, partial(self._on_saved, path), partial(self._on_save_failed, path))

    def _on_saved(self, path: Path, _: object) -> None:
        self._record.write("report_saved", path=str(path))
        if self._dialog is not None:
            self._dialog.tell(f"Saved: {path}")

    def _on_save_failed(self, path: Path, error: Exception) -> None:
        self._record.write("report_failed", path=str(path))
        if self._dialog is not None:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            self._dialog.tell(f"{path} cannot be written: {reason}. Choose another folder.", "error")

    def _on_dialog_chosen(self, wish: str) -> None:
        self._dialog = None
        self._record.write("report_closed", wish=wish)
        self.closed.emit(wish)


def _parent() -> QWidget | None:
    active = QApplication.activeWindow()
    return active or next((one for one in QApplication.topLevelWidgets() if one.isVisible()), None)
