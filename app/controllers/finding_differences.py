"""Looking for differences of two labels arrays in a worker; what is looked for anew voids the answer before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.errors import Cancelled
from core.painting.label_difference import difference_labels, differences

if TYPE_CHECKING:
    from app.jobs import Job, Jobs
    from core.painting.label_difference import Difference
    from core.painting.labels import Labels

    Found = tuple[int, list[Difference], Labels | None]


class FindingDifferences(QObject):
    """One search at a time."""

    found = Signal(object, object)
    """The regions in which they differ, and labels that show them if these were asked for."""
    progressed = Signal(float)
    failed = Signal(str)

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._jobs = jobs
        self._job: Job | None = None
        self._generation = 0

    def look(self, mine: Labels, theirs: Labels, with_labels: bool) -> None:
        """Look for them; an edit while this goes on must be told to `forget`."""
        self.forget()
        generation, here, there = self._generation, mine.array, theirs.array

        def work(job: Job) -> Found | None:
            try:
                shown = difference_labels(here, there, job.is_cancelled, job.tell) if with_labels else None
                return generation, differences(here, there, job.is_cancelled), shown
            except Cancelled:
                return None

        self._job = self._jobs.start("comparing", work, self._on_found, self._on_failed, self.progressed.emit)

    def forget(self) -> None:
        """What is being looked for is not wanted, or not true any more."""
        self._generation += 1
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_found(self, answer: Found | None) -> None:
        if answer is not None and answer[0] == self._generation:
            self._job = None
            self.found.emit(answer[1], answer[2])

    def _on_failed(self, error: Exception) -> None:
        self._job = None
        text = "there is not enough memory" if isinstance(error, MemoryError) else f"{type(error).__name__}: {error}"
        self.failed.emit(text)
