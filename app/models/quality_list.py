"""What is known of the quality of the blocks, kept until the data set is left or scanned anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from core.quality.block_quality import BlockQuality


class QualityList(QObject):
    """By block id, in the order in which the blocks were measured."""

    added = Signal(object)
    """A BlockQuality."""
    cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[str, BlockQuality] = {}

    def __len__(self) -> int:
        return len(self._found)

    def __contains__(self, block_id: str) -> bool:
        return block_id in self._found

    def get(self, block_id: str) -> BlockQuality | None:
        """The quality of a block; None while it was not measured."""
        return self._found.get(block_id)

    def put(self, quality: BlockQuality) -> None:
        """Keep what was measured."""
        self._found[quality.block_id] = quality
        self.added.emit(quality)

    def all(self) -> list[BlockQuality]:
        """Everything that was measured."""
        return list(self._found.values())

    def clear(self) -> None:
        """Forget all."""
        self._found.clear()
        self.cleared.emit()
