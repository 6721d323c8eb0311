"""An image in blocks of voxels: their minima and means, and a small image enlarged again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

_ROWS_VOXELS = 1 << 18
"""Enlarged rows hold about so many voxels at a time."""


@dataclass(frozen=True)
class BlockGrid:
    """Blocks of `lengths` voxels in an array of `shape`; the last along an axis may be shorter."""

    shape: tuple[int, ...]
    lengths: Sequence[int]

    def minima(self, image: NDArray[Any]) -> NDArray[np.float32]:
        """Return the least number of each block."""
        small = image
        for axis, length in enumerate(self.lengths):
            if length > 1:
                small = np.minimum.reduceat(small, self._starts(axis), axis)
        return small.astype(np.float32)

    def means(self, image: NDArray[Any]) -> NDArray[np.float32]:
        """Return the mean of each block."""
        small: NDArray[Any] = image
        for axis, length in enumerate(self.lengths):
            if length > 1:
                starts = self._starts(axis)
                counts = np.diff(starts, append=self.shape[axis]).astype(np.float32)
                small = np.add.reduceat(small, starts, axis, dtype=np.float32)
                small /= counts.reshape([-1 if one == axis else 1 for one in range(len(self.shape))])
        return small.astype(np.float32)

    def enlarged(self, small: NDArray[Any]) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        """Yield bands along the first axis of the small image at full size, linear between the blocks' middles."""
        weights = [self._weights(axis) for axis in range(len(self.shape))]
        step = max(1, _ROWS_VOXELS // max(1, int(np.prod(self.shape[1:]))))
        for start in range(0, self.shape[0], step):
            rows = slice(start, min(start + step, self.shape[0]))
            band = small
            for axis, (first, share) in enumerate(weights):
                here = rows if axis == 0 else slice(None)
                band = _between(band, first[here], share[here], axis)
            yield rows, band.astype(np.float32, copy=False)

    def _starts(self, axis: int) -> NDArray[np.int64]:
        return np.arange(0, self.shape[axis], self.lengths[axis])

    def _weights(self, axis: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return of each place along an axis the block whose middle is before it, and the share of the next block."""
        starts = self._starts(axis)
        middles = (starts + np.append(starts[1:], self.shape[axis]) - 1) / 2
        place = np.interp(np.arange(self.shape[axis]), middles, np.arange(len(middles)))
        first = np.minimum(place.astype(np.int64), max(0, len(middles) - 2))
        return first, (place - first).astype(np.float32)


def _between(small: NDArray[Any], first: NDArray[np.int64], share: NDArray[np.float32], axis: int) -> NDArray[Any]:
    if small.shape[axis] == 1:
        return np.repeat(small, len(first), axis)
    weight = share.reshape([-1 if one == axis else 1 for one in range(small.ndim)])
    before = small.take(first, axis)
    after = small.take(first + 1, axis)
    after -= before
    after *= weight
    before += after
    return before
