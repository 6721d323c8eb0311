"""Scanning the data folder, filtering the list, and which block comes next."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.models.block_filter import ALL, ANNOTATED, COMMENTED, FLAGGED, QUEUE, UNANNOTATED, UNSURE, BlockFilter
from app.models.queue import Queue
from app.views.block_rows import Row
from core.errors import ImageError
from core.images.blocks import ScanBatch, scan_blocks

if TYPE_CHECKING:
    from pathlib import Path

    from app.controllers.deferring import Deferring
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.block_list import BlockList, Mark
    from app.models.session import Session
    from app.views.main_window import MainWindow
    from core.images.blocks import Block


class Listing(QObject):
    """Joins the block list and the left panel.

    Places count all blocks, rows those that the filter lets through.
    """

    place_requested = Signal(int)
    progressed = Signal()
    """more blocks are known"""
    ended = Signal()
    failed = Signal(str)

    def __init__(
        self, jobs: Jobs, blocks: BlockList, window: MainWindow, deferring: Deferring, record: EventRecord
    ) -> None:
        super().__init__()
        self._jobs, self._blocks, self._window, self._record = jobs, blocks, window, record
        self._deferring = deferring
        self._panel = window.blocks
        self._session: Session | None = None
        self._filter = BlockFilter()
        self._queue = Queue()
        self._queued: dict[int, None] = {}
        """Places of its blocks, in its order."""
        self._visible: list[int] = []
        self._rows: dict[int, int] = {}
        self._current = -1
        self._job: Job | None = None
        blocks.cleared.connect(self._on_blocks_cleared)
        blocks.added.connect(self._on_blocks_added)
        blocks.marked.connect(self._on_block_marked)
        blocks.all_marked.connect(self._refill)
        self._panel.block_requested.connect(self.place_requested)
        self._panel.filter_requested.connect(self._on_filter_requested)
        self._panel.first_requested.connect(self._on_first_requested)
        self._tell_states()

    # Scanning

    @property
    def is_scanning(self) -> bool:
        """Whether more blocks may come."""
        return self._job is not None

    def scan(self, root: Path, skip: tuple[Path, ...]) -> None:
        """Fill the list anew; an earlier scan is given up."""
        self.stop()
        self._blocks.clear()
        self._record.write("scan_started", root=str(root))

        def work(job: Job) -> None:
            for batch in scan_blocks(root, skip, job.is_cancelled):
                if job.is_cancelled():
                    return
                job.tell(batch)

        self._job = self._jobs.start(
            "scan", work, self._on_scan_finished, self._on_scan_failed, self._on_scan_progressed
        )
        self._tell_progress()

    def stop(self) -> None:
        """Give up a scan that is under way."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_scan_progressed(self, batch: ScanBatch) -> None:
        self._blocks.add(batch.blocks)
        for problem in batch.problems:
            self._window.area.messages.tell(problem, "warning")
        self._record.write("blocks_listed", count=len(self._blocks), final=False)
        self.progressed.emit()

    def _on_scan_finished(self, _: object) -> None:
        self._job = None
        self._tell_progress()
        self._tell_empty()
        self._record.write("blocks_listed", count=len(self._blocks), final=True)
        self.ended.emit()

    def _on_scan_failed(self, error: Exception) -> None:
        self._job = None
        self.failed.emit(str(error) if isinstance(error, ImageError) else f"The data folder cannot be read: {error}")

    # What is shown

    def set_session(self, session: Session | None) -> None:
        """Whose classes and marks are shown."""
        self._session = session
        self._tell_states()

    def set_queue(self, queue: Queue) -> None:
        """What an admin gave this annotator; no blocks for nothing."""
        self._queue = queue
        self._find_queued()
        if self._filter.state == QUEUE:
            self._filter = replace(self._filter, state=QUEUE if queue.blocks else ALL)
            self._refill()
        else:
            self._tell_states()

    def show_queue(self) -> None:
        """List the queue, in its order."""
        self._panel.choose_state(QUEUE)

    def first_of_queue(self) -> int | None:
        """The first block of the queue without a class; None where all have one."""
        marks = self._blocks.marks
        return next((place for place in self._queued if marks[place].label is None), None)

    def is_in_queue(self, place: int) -> bool:
        """Whether the annotator was given this block."""
        return place in self._queued

    def _find_queued(self) -> None:
        found = (self._blocks.place_of(block) for block in self._queue.blocks)
        self._queued = dict.fromkeys(place for place in found if place is not None)

    def set_current(self, place: int) -> None:
        """The block that is wanted on screen."""
        self._current = place
        self._panel.set_current(self._row_of(place))

    def reset_filter(self) -> None:
        """Show all blocks."""
        self._panel.reset_filter()
        self._filter = BlockFilter()
        self._refill()

    def refilter(self) -> None:
        """Take out what the filter does not let through any more: after the annotator has moved on."""
        if self._filter.state != ALL:
            visible = self._places()
            if visible != self._visible:
                self._show_visible(visible)

    def _show_visible(self, visible: list[int]) -> None:
        self._set_visible(visible)
        self._panel.rows.set_visible(list(visible))
        self._panel.set_current(self._row_of(self._current))
        self._tell_empty()

    # Which block comes next

    def step(self, steps: int, only_unannotated: bool = False) -> int | None:
        """The place so many rows on; None at the end of the list."""
        marks = self._blocks.marks
        row = self._row_of(self._current)
        if row is None:  # the block on screen is not in the filtered list: the next one is at `row`
            row = self._gap() - (1 if steps > 0 else 0)
        row += steps
        while 0 <= row < len(self._visible):
            place = self._visible[row]
            if not only_unannotated or marks[place].label is None:
                return place
            row += 1 if steps > 0 else -1
        return None

    def next_unannotated(self) -> int | None:
        """The next block without a class, going on from the start after the end."""
        marks = self._blocks.marks
        current = self._row_of(self._current)
        row = current + 1 if current is not None else self._gap()
        ahead = self._visible[row:] + self._visible[:row]
        return next((p for p in ahead if marks[p].label is None and p != self._current), None)

    def neighbours(self, direction: int, only_unannotated: bool) -> list[int]:
        """Places that are likely wanted soon, the likeliest first."""
        steps = (direction, 2 * direction, -direction, 3 * direction)
        found = [self.step(step, only_unannotated and step * direction > 0) for step in steps]
        return list(dict.fromkeys(place for place in found if place is not None))

    # Answers to the model

    def _on_blocks_cleared(self) -> None:
        self._current = -1
        self._find_queued()
        self._refill()

    def _on_blocks_added(self, first: int, end: int) -> None:
        self._find_queued()
        if self._filter.state == QUEUE:
            self._refill()
            return
        blocks, marks = self._blocks.blocks[first:end], self._blocks.marks[first:end]
        visible = self._filter.places(blocks, marks, first)
        self._rows.update({place: row for row, place in enumerate(visible, len(self._visible))})
        self._visible.extend(visible)
        self._panel.rows.append([self._row(b, m) for b, m in zip(blocks, marks, strict=True)], visible)
        self._tell_progress()
        self._tell_empty()

    def _on_block_marked(self, place: int) -> None:
        row = self._row(self._blocks.blocks[place], self._blocks.marks[place])
        self._panel.rows.set_row(place, row, self._row_of(place))
        self._deferring.later(self._tell_progress)
        self._deferring.later(self._tell_states)

    def _refill(self) -> None:
        blocks, marks = self._blocks.blocks, self._blocks.marks
        self._set_visible(self._places())
        rows = [self._row(block, mark) for block, mark in zip(blocks, marks, strict=True)]
        self._panel.rows.set_rows(rows, list(self._visible))
        self._panel.set_current(self._row_of(self._current))
        self._tell_progress()
        self._tell_states()
        self._tell_empty()

    def _on_filter_requested(self, state: str | int, text: str) -> None:
        self._filter = BlockFilter(state, text)
        self._show_visible(self._places())
        self._tell_progress()

    def _on_first_requested(self) -> None:
        self._window.focus_work()
        if self._visible and self._row_of(self._current) is None:
            self.place_requested.emit(self._visible[0])

    def _row_of(self, place: int) -> int | None:
        return self._rows.get(place)

    def _gap(self) -> int:
        """Where the block on screen would stand in the list; before all of a queue, which has an order of its own."""
        return 0 if self._filter.state == QUEUE else bisect_left(self._visible, self._current)

    def _places(self) -> list[int]:
        if self._filter.state == QUEUE:
            self._filter = replace(self._filter, queue=tuple(self._queued))
        return self._filter.places(self._blocks.blocks, self._blocks.marks)

    def _set_visible(self, visible: list[int]) -> None:
        self._visible = visible
        self._rows = {place: row for row, place in enumerate(visible)}

    def _row(self, block: Block, mark: Mark) -> Row:
        if mark.label is None:
            return Row(block.id, unsure=mark.unsure, flagged=mark.flagged, comment=mark.comment)
        known = self._session.class_of(mark.label) if self._session else None
        sign, color, name = (
            (known.key, known.color, known.name) if known else (str(mark.label), "#8A8A90", f"class {mark.label}")
        )
        return Row(block.id, sign, color, name, mark.unsure, mark.flagged, mark.comment)

    def _tell_progress(self) -> None:
        rate = self._session.per_hour() if self._session else None
        done, total = self._blocks.annotated, len(self._blocks)
        if self._filter.state == QUEUE:
            done, total = self._queue_done(), len(self._queue.blocks)
        self._panel.set_progress(done, total, rate, self.is_scanning)

    def _queue_done(self) -> int:
        marks = self._blocks.marks
        return sum(marks[place].label is not None for place in self._queued)

    def _tell_states(self) -> None:
        counts = self._blocks.counts
        states: list[tuple[str, object]] = [
            ("All blocks", ALL),
            *([(self._queue_text(), QUEUE)] if self._queue.blocks else []),
            (f"No class yet ({counts[None]})", UNANNOTATED),
            ("With a class", ANNOTATED),
            ("Unsure", UNSURE),
            ("Flagged", FLAGGED),
            ("With a comment", COMMENTED),
        ]
        if self._session is not None:
            classes = self._session.classes.classes
            states += [(f"{c.key} {c.name} ({counts[c.number]})", c.number) for c in classes]
            self._window.classes.set_counts([counts[c.number] for c in classes])
        self._panel.set_states(states)

    def _queue_text(self) -> str:
        return f"My queue: {self._queue.name} ({len(self._queue.blocks) - self._queue_done()} left)"

    def _tell_empty(self) -> None:
        text = ""
        if not self._visible and not self.is_scanning:
            text = "No block passes the filter." if len(self._blocks) else ""
        self._panel.set_empty(text)
