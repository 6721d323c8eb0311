"""Making the sample data set, once, in the user's cache folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.jobs import parallel_map
from app.settings import RESOURCES, sample_root
from core.sample_data.sample import make_sample, sample_is_complete

if TYPE_CHECKING:
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.settings import Places


class Sampling(QObject):
    """Knows where the sample data are and whether they are being made."""

    progressed = Signal(int, int)
    """blocks done, and all"""
    made = Signal()
    failed = Signal(str)

    def __init__(self, jobs: Jobs, places: Places, record: EventRecord) -> None:
        super().__init__()
        self._jobs, self._record = jobs, record
        self.root = sample_root(places)
        self._job: Job | None = None

    @property
    def is_making(self) -> bool:
        """Whether the data are not there yet, but will be."""
        return self._job is not None

    def make(self) -> None:
        """Make what is missing; nothing if all is there or under way."""
        if self._job is not None or sample_is_complete(self.root):
            return
        root = self.root

        def work(job: Job) -> None:
            recipe = json.loads((RESOURCES / "sample.json").read_text(encoding="utf-8"))

            def tell(done: int, total: int) -> None:
                job.tell((done, total))

            make_sample(root, recipe, tell, job.is_cancelled, parallel_map)

        self._job = self._jobs.start("scan", work, self._on_made, self._on_failed, self._on_progressed)

    def _on_progressed(self, progress: tuple[int, int]) -> None:
        self._record.write("sample", done=progress[0], total=progress[1])
        self.progressed.emit(*progress)

    def _on_made(self, _: object) -> None:
        self._job = None
        self.made.emit()

    def _on_failed(self, error: Exception) -> None:
        self._job = None
        self.failed.emit(str(error))
