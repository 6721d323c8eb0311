"""The quality of all blocks: measured one after the other in the background while its window is open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.controllers.deferring import single_shot
from app.quality_text import HEADINGS, WARNINGS_COLUMN, cells
from core.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.controllers.listing import Listing
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.block_list import BlockList
    from app.models.quality_list import QualityList
    from app.views.main_window import MainWindow
    from app.views.quality_rows import QualityRow
    from app.views.quality_window import QualityWindow
    from core.images.blocks import Block
    from core.quality.block_quality import BlockQuality

_FILL_MS = 120
"""So often new rows go into the table: not one by one, which would sort it each time."""


class CheckingQuality(QObject):
    """Joins the list of blocks, what is known of their quality, and the table."""

    place_requested = Signal(int)

    def __init__(
        self,
        jobs: Jobs,
        blocks: BlockList,
        listing: Listing,
        found: QualityList,
        window: MainWindow,
        record: EventRecord,
    ) -> None:
        super().__init__()
        self._jobs, self._blocks, self._found = jobs, blocks, found
        self._main, self._record = window, record
        self._window: QualityWindow | None = None
        self._names: tuple[str, ...] = ()
        self._job: Job | None = None
        self._generation = 0
        self._new: list[BlockQuality] = []
        self._warned: set[str] = set()
        self._fill = single_shot(self, self._on_fill_due, _FILL_MS)
        blocks.cleared.connect(self._on_blocks_cleared)
        found.added.connect(self._on_quality_added)
        listing.ended.connect(self._on_listing_ended)

    def set_names(self, names: Sequence[str]) -> None:
        """Names of channels that go before those of the files."""
        self._names = tuple(names)

    def open_window(self) -> None:
        """Show the table, and measure what is not known yet."""
        if self._window is None:
            self._window = self._make_window()
            self._new = self._found.all()
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        self.start()
        self._on_fill_due()

    def start(self) -> None:
        """Measure the blocks that are left."""
        if self._job is not None:
            return
        left = [block for block in self._blocks.blocks if block.id not in self._found]
        if left:
            work = _work(left, self._names, self._generation)
            self._job = self._jobs.start(
                "quality of all", work, self._on_work_finished, self._on_work_failed, self._on_work_progressed
            )
        self._tell_progress()

    def stop(self) -> None:
        """Measure no more; what is known is kept."""
        self._generation += 1
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._tell_progress()

    def reset(self) -> None:
        """The data set is left."""
        self._on_blocks_cleared()
        if self._window is not None:
            self._window.close()

    def _on_blocks_cleared(self) -> None:
        self.stop()
        self._found.clear()
        self._new.clear()
        self._warned.clear()
        self._fill.stop()
        if self._window is not None:
            self._window.rows.clear()
            self._tell_progress()

    def _make_window(self) -> QualityWindow:
        from app.views.quality_window import QualityWindow  # nobody needs it at the start

        window = QualityWindow(self._main, HEADINGS, WARNINGS_COLUMN)
        window.block_requested.connect(self._on_block_requested)
        window.start_requested.connect(self.start)
        window.stop_requested.connect(self.stop)
        window.export_requested.connect(self._on_export_requested)
        window.closed.connect(self.stop)
        return window

    # Measuring

    def _on_work_progressed(self, answer: tuple[int, BlockQuality]) -> None:
        generation, quality = answer
        if generation == self._generation:
            self._found.put(quality)

    def _on_work_finished(self, generation: int) -> None:
        if generation == self._generation:
            self._job = None
            self._on_fill_due()
            self._record.write("quality_checked", blocks=len(self._found), warned=len(self._warned))

    def _on_work_failed(self, error: Exception) -> None:
        self.stop()
        if self._window is not None:
            self._window.set_said(f"Measuring stopped: {error}")

    def _on_listing_ended(self) -> None:
        if self._window is not None and self._window.isVisible():
            self.start()

    # The table

    def _on_quality_added(self, quality: BlockQuality) -> None:
        if quality.error or quality.all_warnings:
            self._warned.add(quality.block_id)
        else:
            self._warned.discard(quality.block_id)
        if self._window is not None:
            self._new.append(quality)
            if not self._fill.isActive():
                self._fill.start()

    def _on_fill_due(self) -> None:
        self._fill.stop()
        new, self._new = self._new, []
        if self._window is not None and new:
            self._window.rows.add([row for quality in new for row in self._rows(quality)])
        self._tell_progress()

    def _rows(self, quality: BlockQuality) -> list[QualityRow]:
        from app.views.quality_rows import QualityRow

        place = self._place(quality)
        return [QualityRow(quality.block_id, place, row) for row in cells(quality)]

    def _place(self, quality: BlockQuality) -> int:
        return self._blocks.place_of(quality.block_id) or 0

    def _tell_progress(self) -> None:
        if self._window is not None:
            running = self._job is not None
            self._window.set_progress(len(self._found), len(self._blocks), len(self._warned), running)

    def _on_block_requested(self, block_id: str) -> None:
        place = self._blocks.place_of(block_id)
        if place is not None:
            self.place_requested.emit(place)
            self._main.activateWindow()

    # The file

    def _on_export_requested(self, name: str) -> None:
        path, blocks = Path(name), sorted(self._found.all(), key=self._place)

        def work(job: Job) -> str:
            from app.quality_file import ENDINGS, write_quality

            target = path if path.suffix.lower() in ENDINGS else path.with_name(f"{path.name}.csv")
            try:
                write_quality(target, blocks)
            except OSError as error:
                return f"{target} cannot be written: {error.strerror or error}"
            return f"Written to {target}"

        self._jobs.start("small", work, self._on_exported)

    def _on_exported(self, text: str) -> None:
        self._record.write("quality_exported", text=text)
        if self._window is not None:
            self._window.set_said(text)


def _work(blocks: Sequence[Block], names: Sequence[str], generation: int) -> Callable[[Job], int]:
    """Return the job that reads and measures blocks and tells each; one that cannot be read stops no other."""

    def work(job: Job) -> int:
        from core.images.reading import read_block
        from core.quality.block_quality import measure_block
        from core.quality.table import failed_block

        for block in blocks:
            try:
                image = read_block(block, cancelled=job.is_cancelled)
                quality = measure_block(image, names, job.is_cancelled)
                del image
            except Cancelled:
                break
            except Exception as error:  # noqa: BLE001 - the table names it
                quality = failed_block(block.id, error)
            if job.is_cancelled():
                break
            job.tell((generation, quality))
        return generation

    return work
