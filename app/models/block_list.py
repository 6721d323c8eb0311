"""The blocks of the data set in their order, and how this annotator has marked each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.images.blocks import Block


@dataclass(frozen=True, slots=True)
class Mark:
    """What one annotator has said of one block."""

    label: int | None = None
    unsure: bool = False
    flagged: bool = False
    comment: str = ""


NO_MARK = Mark()


class BlockList(QObject):
    """Grows while the data set is scanned; a block's place never changes until `clear`."""

    cleared = Signal()
    added = Signal(int, int)
    """first place, and one after the last"""
    marked = Signal(int)
    all_marked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self.marks: list[Mark] = []
        self.counts: Counter[int | None] = Counter()
        self._places: dict[str, int] = {}
        self._mark_of: Callable[[str], Mark] = _unmarked

    def __len__(self) -> int:
        return len(self.blocks)

    def clear(self) -> None:
        """Forget all blocks."""
        self.blocks.clear()
        self.marks.clear()
        self.counts.clear()
        self._places.clear()
        self.cleared.emit()

    def add(self, blocks: Sequence[Block]) -> None:
        """Append blocks that the scan found."""
        first = len(self.blocks)
        marks = [self._mark_of(block.id) for block in blocks]
        self._places.update({block.id: place for place, block in enumerate(blocks, first)})
        self.blocks.extend(blocks)
        self.marks.extend(marks)
        self.counts.update(mark.label for mark in marks)
        self.added.emit(first, len(self.blocks))

    def place_of(self, block_id: str) -> int | None:
        """Where a block stands; None if the data set has no such block."""
        return self._places.get(block_id)

    def set_marks(self, mark_of: Callable[[str], Mark]) -> None:
        """Take all marks anew, for the blocks here and those still to come."""
        self._mark_of = mark_of
        self.marks = [mark_of(block.id) for block in self.blocks]
        self.counts = Counter(mark.label for mark in self.marks)
        self.all_marked.emit()

    def refresh_mark(self, block_id: str) -> None:
        """Take the mark of one block anew."""
        place = self._places.get(block_id)
        if place is None:
            return
        mark, old = self._mark_of(block_id), self.marks[place]
        if mark == old:
            return
        self.marks[place] = mark
        self.counts[old.label] -= 1
        self.counts[mark.label] += 1
        self.marked.emit(place)

    @property
    def annotated(self) -> int:
        """Blocks of this data set that have a class."""
        return len(self.blocks) - self.counts[None]


def _unmarked(block_id: str) -> Mark:
    return NO_MARK
