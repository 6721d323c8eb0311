"""Which blocks the list shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.models.block_list import Mark
    from core.images.blocks import Block

ALL, UNANNOTATED, ANNOTATED, UNSURE, FLAGGED, COMMENTED = (
    "all",
    "unannotated",
    "annotated",
    "unsure",
    "flagged",
    "commented",
)
QUEUE = "queue"
"""The blocks that an admin gave this annotator, in their order."""


@dataclass(frozen=True)
class BlockFilter:
    """A state (one of the names above, or a class number) and a text in the name or the comment."""

    state: str | int = ALL
    text: str = ""
    queue: tuple[int, ...] = ()
    """Places of the blocks of the queue, in its order."""

    def matches(self, block: Block, mark: Mark) -> bool:
        """Whether the block is to be shown."""
        return self._state_matches(mark) and self._text_matches(block, mark)

    def places(self, blocks: Sequence[Block], marks: Sequence[Mark], first: int = 0) -> list[int]:
        """Places of the blocks to be shown, counted from `first`; in the list's order, or in that of the queue."""
        if self.state == QUEUE:
            end = first + len(blocks)
            return [
                place
                for place in self.queue
                if first <= place < end and self._text_matches(blocks[place - first], marks[place - first])
            ]
        if self.state == ALL and not self.text:
            return list(range(first, first + len(blocks)))
        pairs = zip(blocks, marks, strict=True)
        return [place for place, (block, mark) in enumerate(pairs, first) if self.matches(block, mark)]

    def _state_matches(self, mark: Mark) -> bool:
        match self.state:
            case int(label):
                return mark.label == label
            case "unannotated":
                return mark.label is None
            case "annotated":
                return mark.label is not None
            case "unsure":
                return mark.unsure
            case "flagged":
                return mark.flagged
            case "commented":
                return bool(mark.comment)
        return True

    def _text_matches(self, block: Block, mark: Mark) -> bool:
        if not self.text:
            return True
        text = self.text.casefold()
        return text in block.id.casefold() or text in mark.comment.casefold()
