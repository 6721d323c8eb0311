"""Telling of what went wrong: a dialog for an error, a line after a crash, and the report that can be saved."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.controllers.deferring import single_shot
from app.report import INSIDE, Report, parts, settings_text, with_doing, write_report
from app.system_facts import system_facts, timings
from app.views.file_dialog import choose_new_file
from app.views.report_dialog import ReportDialog
from app.views.viewer_window import ViewerWindow

if TYPE_CHECKING:
    from app.controllers.ending import Ending
    from app.controllers.securing import Securing
    from app.controllers.starting import Starting
    from app.crash import Caught, Crash
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.block_list import BlockList
    from app.run_files import DeadRun
    from app.settings import Settings
    from app.views.main_window import MainWindow

_AGAIN_MS = 1000
"""An error that comes with each frame is told of once in this time."""
_ASKER = "reporting"
_SEE, _LEAVE = "see_crash", "leave_crash"
_LANE = "report"


class Reporting(QObject):
    """One dialog at a time; the same error has only one."""

    def __init__(
        self,
        crash: Crash,
        jobs: Jobs,
        window: MainWindow,
        securing: Securing,
        ending: Ending,
        starting: Starting,
        blocks: BlockList,
        is_plain: bool,
        settings: Settings,
        record: EventRecord,
    ) -> None:
        super().__init__()
        self._crash, self._jobs, self._window = crash, jobs, window
        self._securing, self._ending, self._starting = securing, ending, starting
        self._blocks, self._is_plain = blocks, is_plain
        self._settings, self._record = settings, record
        self._dialog: ReportDialog | None = None
        self._texts: dict[str, str] = {}
        self._caught: Caught | None = None
        self._secured = ""
        self._others = 0
        self._again: dict[str, int] = {}
        self._said = ""
        self._dead: DeadRun | None = None
        self._is_quitting = False
        self._show = single_shot(self, self._on_show_due)
        self._tell_again = single_shot(self, self._on_tell_again_due, _AGAIN_MS)
        crash.caught.connect(self._on_caught)
        window.first_painted.connect(self._on_window_painted)
        window.choice.chosen.connect(self._on_chosen)

    def _on_window_painted(self) -> None:
        """Look whether an earlier run has crashed."""
        if self._crash.files is not None:
            files = self._crash.files
            self._jobs.start(_LANE, lambda job: files.take_dead(), self._on_dead_found)

    def open(self) -> None:
        """A report without an error."""
        if self._dialog is not None:
            self._dialog.raise_()
            self._dialog.activateWindow()
            return
        last = self._caught
        happened = f"A report was asked for; the last error: {_words(last)}" if last else "A report was asked for."
        self._open("Save a report", [INSIDE], [("close", "Close")], happened, last.text if last else "")

    # An error

    def _on_caught(self, caught: Caught) -> None:
        is_first = caught.count == 1
        self._record.write("caught", kind=caught.kind, text=caught.message, where=caught.where, count=caught.count)
        if is_first or not self._tell_again.isActive():
            self._secured = self._securing.secure()
        if self._is_quitting and self._securing.is_safe:  # it would never end
            QApplication.exit(1)
        elif not is_first:
            self._again[_words(caught)] = caught.count
            if not self._tell_again.isActive():
                self._tell_again.start()
        elif self._dialog is not None or self._show.isActive():
            self._others += 1
            self._show.start()
        else:
            self._caught = caught
            self._show.start()  # not in the middle of what went wrong, which may be painting

    def _on_show_due(self) -> None:
        caught = self._caught
        if self._dialog is not None:
            many = "Another error" if self._others == 1 else f"{self._others} other errors"
            self._dialog.tell(f"{many} came meanwhile: the log has it all.", "warning")
            return
        if caught is None:
            return
        self._others = 0
        texts = [
            f"Cytoscribe met an error that it did not expect, {caught.where}: {_words(caught)}",
            f"What you asked for last may not have been done. {self._secured}",
        ]
        asks = [("go_on", "Go on"), ("quit", "Quit")]
        happened = f"{caught.where}: {_words(caught)}. {self._secured}"
        self._open("Something went wrong", texts, asks, happened, caught.text)
        self._record.write("crash_dialog", text=_words(caught), safe=self._secured)

    def _on_tell_again_due(self) -> None:
        again, self._again = self._again, {}
        if self._dialog is not None or not again:
            return
        words, count = next(reversed(again.items()))
        text = f"The same error again ({count} times): {words}. Help > Save a report… writes down what is known."
        self._window.area.messages.withdraw(self._said)
        self._said = text
        self._window.area.messages.tell(text, "warning")
        self._record.write("message", level="warning", text=text)

    # A run that died

    def _on_dead_found(self, found: list[DeadRun]) -> None:
        if not found:
            return
        self._dead = found[0]
        text = (
            f"{_of_dead(found[0])} No decision was lost: each was on the disk when it was made. Painted labels that "
            "were not saved yet are offered in a line like this one."
        )
        self._window.choice.ask(text, [(_SEE, "Save a report…"), (_LEAVE, "Close")], _ASKER)
        self._record.write("crash_notice", text=text, crash=found[0].crash, runs=len(found))

    def _on_chosen(self, wish: str) -> None:
        if wish not in (_SEE, _LEAVE):  # the bar is used by others too
            return
        self._window.choice.end(_ASKER)
        dead, self._dead = self._dead, None
        if wish == _SEE and dead is not None:
            happened = _of_dead(dead)
            self._open("Save a report", [happened, INSIDE], [("close", "Close")], happened, dead.crash, dead.log)

    # The report

    def _open(
        self,
        title: str,
        texts: list[str],
        asks: list[tuple[str, str]],
        happened: str,
        crash: str,
        log: str | None = None,
    ) -> None:
        if self._dialog is not None:
            self._dialog.close()
        self._dialog = dialog = ReportDialog(self._parent(), title, texts, asks)
        dialog.chosen.connect(self._on_dialog_chosen)
        dialog.copy_requested.connect(self._on_copy_requested)
        dialog.save_requested.connect(self._on_save_requested)
        dialog.doing_changed.connect(self._on_doing_changed)
        self._texts = {}
        facts = system_facts("not used" if self._is_plain else _renderer())
        found = log if log is not None else (self._crash.ring.text if self._crash.ring is not None else "")
        report = Report(happened, crash, found, facts, tuple(timings()), settings_text(self._settings))
        names = self._names()
        self._jobs.start(_LANE, lambda job: parts(report, names), self._on_parts_made)
        dialog.show()

    def _names(self) -> list[str]:
        """What a report must not hold."""
        starting, settings = self._starting, self._settings
        known = [starting.annotator, *settings.annotators, starting.data_root.name]
        known += [Path(folder).name for folder in settings.recent]
        return [*known, *(block.id for block in self._blocks.blocks)]

    def _parent(self) -> ViewerWindow:
        active = QApplication.activeWindow()
        return active if isinstance(active, ViewerWindow) else self._window

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

    def _on_save_requested(self) -> None:
        if self._dialog is None:
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = time.strftime("cytoscribe-report-%Y%m%d-%H%M.zip")
        chosen = choose_new_file(self._dialog, "Save a report", str(Path(folder) / name), "Zip files (*.zip)")
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
        if self._dialog is not None:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            self._dialog.tell(f"{path} cannot be written: {reason}. Choose another folder.", "error")

    def _on_dialog_chosen(self, wish: str) -> None:
        self._dialog = None
        self._record.write("report_closed", wish=wish)
        if wish == "quit":
            self._is_quitting = True
            self._ending.end()


def _words(caught: Caught) -> str:
    lines = caught.message.strip().splitlines()
    return f"{caught.kind}: {lines[0]}" if lines else caught.kind


def _of_dead(dead: DeadRun) -> str:
    """What is known of the end of a run, in words."""
    for line in dead.crash.splitlines():
        for mark in ("Fatal Python error: ", "Windows fatal exception: ", "Qt: "):
            if line.startswith(mark):
                return f"Cytoscribe crashed when it last ran ({line.removeprefix(mark).strip()})."
    return "Cytoscribe did not end as it should when it last ran: it was ended by force, or the computer went off."


def _renderer() -> str:
    from app.render.graphics import renderer

    try:
        return renderer()
    except Exception as error:  # noqa: BLE001 - the report must be made, whatever the graphics do
        return f"not known ({type(error).__name__})"
