"""Telling of what went wrong: a dialog for an error, a line for one that came again, and one after a crash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app.controllers.deferring import single_shot

if TYPE_CHECKING:
    from app.controllers.ending import Ending
    from app.controllers.securing import Securing
    from app.controllers.starting import Starting
    from app.controllers.writing_report import WritingReport
    from app.crash import Caught, Crash
    from app.jobs import Jobs
    from app.log import EventRecord
    from app.models.block_list import BlockList
    from app.run_files import DeadRun
    from app.settings import Settings
    from app.views.main_window import MainWindow

_AGAIN_MS = 1000
"""An error that comes with each frame is told of once in this time."""
_ASKER = "reporting"
_SEE, _LEAVE = "see_crash", "leave_crash"


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
        self._blocks, self._record = blocks, record
        self._settings, self._is_plain = settings, is_plain
        self._writing: WritingReport | None = None
        self._caught: Caught | None = None
        self._secured = ""
        self._others = 0
        self._repeated: Caught | None = None
        self._told: dict[tuple[str, str], int] = {}
        """How often an error had come when it was said last that it came again."""
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
            self._jobs.start("report", lambda job: files.take_dead(), self._on_dead_found)

    def open(self) -> None:
        """A report without an error."""
        from app.report import INSIDE

        if self._is_open:
            self._made().bring_forward()
            return
        last = self._caught
        happened = f"A report was asked for; the last error: {_words(last)}" if last else "A report was asked for."
        found = happened, last.text if last else ""
        self._made().open("Save a report", [INSIDE], [("close", "Close")], found, self._names())

    def _made(self) -> WritingReport:
        if self._writing is None:
            from app.controllers.writing_report import WritingReport  # nobody needs it at the start

            self._writing = WritingReport(self._crash, self._jobs, self._settings, self._is_plain, self._record)
            self._writing.closed.connect(self._on_report_closed)
        return self._writing

    @property
    def _is_open(self) -> bool:
        return self._writing is not None and self._writing.is_open

    # An error

    def _on_caught(self, caught: Caught) -> None:
        is_first = caught.count == 1
        self._record.write("caught", kind=caught.kind, text=caught.message, where=caught.where, count=caught.count)
        if not is_first:
            self._repeated = caught
            if not self._tell_again.isActive():
                self._tell_again.start()
            return
        self._secured = self._securing.secure()
        if self._is_quitting and self._securing.is_safe:  # it would never end
            QApplication.exit(1)
        elif self._is_open or self._show.isActive():
            self._others += 1
            self._show.start()
        else:
            self._caught = caught
            self._show.start()  # not in the middle of what went wrong, which may be painting

    def _on_show_due(self) -> None:
        caught = self._caught
        if self._is_open:
            many = "Another error" if self._others == 1 else f"{self._others} other errors"
            self._made().renew(f"{many} came meanwhile: the log in the report has it all.")
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
        self._made().open("Something went wrong", texts, asks, (happened, caught.text), self._names())
        self._record.write("crash_dialog", text=_words(caught), safe=self._secured)

    def _on_tell_again_due(self) -> None:
        caught = self._repeated
        # Now and then: the user knows by now, and is to get on with the work
        if self._is_open or caught is None or caught.count < 2 * self._told.get(caught.key, 1):
            return
        self._told[caught.key] = caught.count
        self._securing.secure()
        many = "a second time" if caught.count == 2 else f"{caught.count} times by now"
        text = f"The same error again, {many}: {_words(caught)}. Help > Save a report… writes down what is known."
        self._window.area.messages.withdraw(self._said)
        self._said = text
        self._window.area.messages.tell(text, "error")
        self._record.write("message", level="error", text=text)

    # A run that died

    def _on_dead_found(self, found: list[DeadRun]) -> None:
        if not found:
            return
        self._dead = found[0]
        text = (
            f"{_of_dead(found[0])} Your decisions were on the disk as soon as you made them; painted labels that were "
            "not saved yet are offered in a line like this one."
        )
        # Painted labels to be restored come first, whoever was quicker
        self._window.choice.ask(text, [(_SEE, "Save a report…"), (_LEAVE, "Close")], _ASKER, is_urgent=False)
        self._record.write("crash_notice", text=text, crash=found[0].crash, runs=len(found))

    def _on_chosen(self, wish: str) -> None:
        if wish not in (_SEE, _LEAVE):  # the bar is used by others too
            return
        self._window.choice.end(_ASKER)
        dead, self._dead = self._dead, None
        if wish == _SEE and dead is not None:
            from app.report import INSIDE

            happened = _of_dead(dead)
            found, asks = (happened, dead.crash), [("close", "Close")]
            self._made().open("Save a report", [happened, INSIDE], asks, found, self._names(), dead.log)

    def _on_report_closed(self, wish: str) -> None:
        if wish == "quit":
            self._is_quitting = True
            self._ending.end()

    def _names(self) -> list[str]:
        """What a report must not hold."""
        starting = self._starting
        return [starting.annotator, starting.data_root.name, *(block.id for block in self._blocks.blocks)]


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
