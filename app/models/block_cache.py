"""Blocks that were read, bounded in bytes: the least recently used goes first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from core.images.reading import BlockImage


@dataclass(frozen=True, eq=False)
class LoadedBlock:
    """A block in memory, with the limits that its display starts from.

    `data_limits` are the least and greatest value of each channel. Automatic limits are in `counted`, by channel, as
    far as they are known: those of channels that are not seen are added later, by a worker.
    """

    image: BlockImage
    data_limits: tuple[tuple[float, float], ...]
    counted: dict[int, tuple[float, float]]

    @property
    def uncounted(self) -> tuple[int, ...]:
        """Channels whose automatic limits are not known yet."""
        return tuple(i for i in range(len(self.image.channels)) if i not in self.counted)

    @property
    def nbytes(self) -> int:
        """Bytes of the voxels."""
        return int(self.image.nbytes)


class BlockCache:
    """Keeps at least the newest block, whatever its size.

    A place is whatever tells blocks, or time points of a block, from each other.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.nbytes = 0
        self._blocks: OrderedDict[Hashable, LoadedBlock] = OrderedDict()

    def get(self, place: Hashable) -> LoadedBlock | None:
        """The block at that place, which now counts as used."""
        block = self._blocks.get(place)
        if block is not None:
            self._blocks.move_to_end(place)
        return block

    def put(self, place: Hashable, block: LoadedBlock) -> None:
        """Keep a block; the oldest ones make room."""
        self.drop(place)
        self._blocks[place] = block
        self.nbytes += block.nbytes
        while self.nbytes > self.limit and len(self._blocks) > 1:
            _, old = self._blocks.popitem(last=False)
            self.nbytes -= old.nbytes

    def drop(self, place: Hashable) -> None:
        """Forget one block, so that it is read anew."""
        old = self._blocks.pop(place, None)
        if old is not None:
            self.nbytes -= old.nbytes

    def clear(self) -> None:
        """Forget all."""
        self._blocks.clear()
        self.nbytes = 0
