"""Finding the focus points: where in a block the cell is for which the block was cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.images.points import focus_points_of

if TYPE_CHECKING:
    from app.controllers.listing import Listing
    from app.jobs import Jobs
    from app.models.block_list import BlockList
    from app.views.main_window import MainWindow


class Pointing(QObject):
    """Reads the points of a data set once its blocks are shown and all of them are known."""

    points_found = Signal(object)
    """Block id -> (z, y, x) in voxels"""

    def __init__(self, jobs: Jobs, blocks: BlockList, listing: Listing, window: MainWindow) -> None:
        super().__init__()
        self._jobs, self._blocks, self._listing, self._window = jobs, blocks, listing, window
        self._has_begun = False
        self._generation = 0
        listing.ended.connect(self._on_listing_ended)

    def begin(self) -> None:
        """The first block of a data set is about to be shown."""
        self._has_begun = True
        self._find()

    def reset(self) -> None:
        """The data set is left."""
        self._has_begun = False
        self._generation += 1

    def _on_listing_ended(self) -> None:
        if self._has_begun:
            self._find()

    def _find(self) -> None:
        if self._listing.is_scanning:
            return  # with half of the siblings, a row could be taken for another's
        blocks, generation = list(self._blocks.blocks), self._generation
        self._jobs.start("points", lambda job: (generation, *focus_points_of(blocks)), self._on_points_found)

    def _on_points_found(self, answer: tuple[int, dict[str, tuple[float, float, float]], list[str]]) -> None:
        generation, points, problems = answer
        if generation == self._generation:
            for problem in problems:
                self._window.area.messages.tell(problem, "warning")
            self.points_found.emit(points)
