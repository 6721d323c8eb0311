"""Pieces: voxels of one number, background too, that hang together across faces; which touch which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_BAND = 1 << 20
"""Voxels labelled at once: labelling takes some 24 bytes for each."""
_AT_ONCE = 1 << 16
"""Voxels whose pieces or neighbours are looked at at once: few enough to stay in a processor's cache."""


@dataclass(frozen=True, eq=False)
class Pieces:
    """Pieces of `labels` (any whole numbers, 1 to 3 axes).

    `part` has the shape of the labels, flat: the part in which each voxel is; `piece` (parts,) the piece of each part;
    `sizes` (pieces,) is in voxels. Parts are pieces of bands of rows: joining them takes no second pass over voxels.
    """

    labels: NDArray[Any]
    part: NDArray[np.int32]
    piece: NDArray[np.int32]
    sizes: NDArray[np.int64]

    def touching_border(self) -> NDArray[np.bool_]:
        """Return which pieces touch the border of the image, along axes with more than one voxel."""
        touching = np.zeros(len(self.sizes), np.bool_)
        parts = self.part.reshape(self.labels.shape)
        for axis in range(parts.ndim):
            if parts.shape[axis] > 1:
                for end in (0, -1):
                    touching[self.piece[parts.take(end, axis)]] = True
        return touching

    def voxels(self, chosen: NDArray[np.bool_]) -> Iterator[NDArray[np.int64]]:
        """Give the places in the flat array, ascending, of all voxels of the chosen pieces (pieces,), in blocks."""
        in_part = chosen[self.piece]
        for first in range(0, len(self.part), _AT_ONCE):
            yield np.flatnonzero(in_part.take(self.part[first : first + _AT_ONCE])) + first

    def background(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the places of all voxels of the chosen pieces (pieces,) that are 0, ascending."""
        in_part, flat, found = chosen[self.piece], self.labels.reshape(-1), []
        for first in range(0, len(flat), _AT_ONCE):
            zeros = np.flatnonzero(flat[first : first + _AT_ONCE] == 0)
            found.append(zeros[in_part.take(self.part[first : first + _AT_ONCE].take(zeros))] + first)
        return np.concatenate(found)

    def blocks(self, voxels: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
        """Give the places in blocks that are worked on at once."""
        for first in range(0, len(voxels), _AT_ONCE):
            yield voxels[first : first + _AT_ONCE]

    def directions(self) -> list[tuple[int, int, int]]:
        """Return the ways to neighbours: step in the flat array, step in the row along an axis, and that axis."""
        strides: list[int] = np.cumprod([1, *self.labels.shape[:0:-1]])[::-1].tolist()
        return [(side * strides[axis], side, axis) for axis in range(self.labels.ndim) for side in (-1, 1)]

    def of(self, voxels: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return in which piece each of these places in the flat array is."""
        return self.piece.take(self.part.take(voxels))

    def neighbours(
        self, voxels: NDArray[np.int64], direction: tuple[int, int, int]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return which of `voxels` have a neighbour of another number that way, and the places of these neighbours."""
        flat = self.labels.reshape(-1)
        move, side, axis = direction
        if axis:
            along = voxels // abs(move) % self.labels.shape[axis]
            inside = along > 0 if side < 0 else along < self.labels.shape[axis] - 1
        else:
            inside = voxels >= -move if side < 0 else voxels < flat.size - move
        which = np.flatnonzero(inside)
        here = voxels.take(which)
        there = here + move
        differ = np.flatnonzero(flat.take(there) != flat.take(here))
        return which.take(differ), there.take(differ)


def find_pieces(labels: NDArray[Any]) -> Pieces:
    """Return the pieces of labels of 1 to 3 axes, whole numbers from 0 on in C order. Takes 4 bytes a voxel."""
    from skimage.measure import label

    rows, row = len(labels), max(1, labels[0].size)
    band = max(1, _BAND // row)
    part = np.empty(labels.shape, np.int32)
    counted: list[NDArray[np.int64]] = []
    seams: list[NDArray[np.int32]] = []
    parts = 0
    for first in range(0, rows, band):
        block = labels[first : first + band]
        here = label(block, background=-1, connectivity=1)
        sizes = np.bincount(here.reshape(-1))[1:]
        np.add(here, parts - 1, out=part[first : first + band], casting="unsafe")
        if first:
            same = labels[first - 1] == labels[first]
            seams.append(np.stack([part[first - 1][same], part[first][same]]))
        counted.append(sizes)
        parts += len(sizes)
    sizes = np.concatenate(counted)
    piece = _joined(np.concatenate(seams, 1), parts) if seams else np.arange(parts, dtype=np.int32)
    whole = np.bincount(piece, sizes).astype(np.int64)
    return Pieces(labels, part.reshape(-1), piece, whole)


def _joined(pairs: NDArray[np.int32], parts: int) -> NDArray[np.int32]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    joins = coo_array((np.ones(pairs.shape[1], np.int32), (pairs[0], pairs[1])), shape=(parts, parts))
    piece: NDArray[np.int32] = connected_components(joins, directed=False)[1]
    return piece
