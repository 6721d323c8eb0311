"""Testing this installation while the program runs: in a process of its own, which the window only watches."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from app.controllers.starting import Starting
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.self_test.check import Check
    from app.self_test.result import Result
    from app.views.installation_window import InstallationWindow
    from app.views.main_window import MainWindow


class CheckingInstallation(QObject):
    """Joins the self-test and its window; a test that is left is stopped, and nothing of it comes any more."""

    def __init__(self, jobs: Jobs, starting: Starting, window: MainWindow, record: EventRecord) -> None:
        super().__init__()
        self._jobs, self._starting, self._main, self._record = jobs, starting, window, record
        self._window: InstallationWindow | None = None
        self._job: Job | None = None
        self._results: list[Result] = []
        self._began = 0.0

    def open_window(self) -> None:
        """Show the window, and begin to test."""
        if self._window is None:
            from app.views.installation_window import InstallationWindow  # nobody needs it at the start

            self._window = InstallationWindow(self._main)
            self._window.start_requested.connect(self.start)
            self._window.stop_requested.connect(self._on_stop_requested)
            self._window.closed.connect(self._stop)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        self.start()

    def start(self) -> None:
        """Test everything, unless that is being done."""
        from app.self_test.checks import CHECKS

        if self._job is not None or self._window is None:
            return
        self._results, self._began = [], time.monotonic()
        self._window.set_begun(len(CHECKS))
        work = _work(CHECKS, self._starting.data_root, self._starting.annotations_root)
        self._job = self._jobs.start(
            "self-test", work, self._on_work_finished, self._on_work_failed, self._on_work_progressed
        )

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_stop_requested(self) -> None:
        self._stop()
        if self._window is not None:
            self._window.set_ended("Stopped. " + self._total())

    def _on_work_progressed(self, result: Result) -> None:
        self._results.append(result)
        if self._window is not None:
            self._window.add(result.name, result.outcome, result.seconds, result.sentence)

    def _on_work_finished(self, _: object) -> None:
        from app.self_test.result import FAILED

        self._job = None
        broken = [result.name for result in self._results if result.outcome == FAILED]
        self._record.write("installation_checked", checks=len(self._results), failed=broken)
        if self._window is not None:
            self._window.set_ended(self._total())

    def _on_work_failed(self, error: Exception) -> None:
        self._job = None
        if self._window is not None:
            self._window.set_ended(f"The test could not be run: {error}")

    def _total(self) -> str:
        from app.self_test.command import total

        return total(self._results, time.monotonic() - self._began)


def _work(checks: Sequence[Check], data_root: Path, annotations_root: Path) -> Callable[[Job], None]:
    def work(job: Job) -> None:
        from app.self_test.watching import watch

        for result in watch(data_root, annotations_root, checks=checks, is_cancelled=job.is_cancelled):
            job.tell(result)

    return work
