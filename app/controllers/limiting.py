"""Automatic limits of channels that are not seen: counted in the background once the block is on screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.controllers.loading import count_limits
from app.models.screen import Stage
from core.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.controllers.coloring import Coloring
    from app.controllers.deferring import Deferring
    from app.jobs import Job, Jobs
    from app.models.block_cache import LoadedBlock
    from app.models.current_view import CurrentView
    from app.models.screen import OnScreen, Screen


class Limiting(QObject):
    """Of forty channels four are on screen: the frame does not wait for the others to be counted."""

    def __init__(self, jobs: Jobs, view: CurrentView, screen: Screen, coloring: Coloring, deferring: Deferring) -> None:
        super().__init__()
        self._jobs, self._view, self._coloring, self._deferring = jobs, view, coloring, deferring
        self._loaded: LoadedBlock | None = None
        self._job: Job | None = None
        screen.changed.connect(self._on_screen_changed)

    def show(self, loaded: LoadedBlock) -> None:
        """The next frame shows this block, or this time point."""
        self._stop()
        self._loaded = loaded
        if loaded.uncounted:
            self._deferring.later(self._count)

    def _stop(self) -> None:
        """Count no more, and keep no block in memory that is not shown."""
        self._loaded = None
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_screen_changed(self, now: OnScreen) -> None:
        if now.stage in (Stage.FAILED, Stage.NOTHING):
            self._stop()

    def _count(self) -> None:
        """Those that are seen first: what was remembered of them may be known only since they were read."""
        if self._loaded is not None and self._job is None:
            work = _counting(self._loaded, self._view.state.shown())
            self._job = self._jobs.start("limits", work, self._on_counted, progressed=self._on_counted)

    def _on_counted(self, loaded: LoadedBlock | None) -> None:
        if loaded is not None and loaded is self._loaded:
            self._coloring.take_limits()


def _counting(loaded: LoadedBlock, shown: Iterable[int]) -> Callable[[Job], LoadedBlock | None]:
    def work(job: Job) -> LoadedBlock | None:
        try:
            count_limits(loaded, shown, job.is_cancelled)
            job.tell(loaded)
            count_limits(loaded, loaded.uncounted, job.is_cancelled)
        except Cancelled:
            return None
        return loaded

    return work
