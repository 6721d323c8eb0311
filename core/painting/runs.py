"""Connected pieces of a 3D mask, found by its runs along x: far fewer than voxels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import Cancelled, never
from core.painting.boxes import Box, box_of, grown, high, inside, low, shape_of, size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Match = Callable[[Box], NDArray[np.bool_]]
    """Tells of each voxel of a box whether it belongs."""

_AT_ONCE = 1 << 22
"""Voxels that are looked at between two questions whether the answer is still wanted."""
_DIRECT = 1 << 19
_REACH = 24
"""Voxels from the seed to each side of the first box."""


@dataclass(frozen=True, eq=False)
class Runs:
    """Runs of true voxels along x, in C order: each is in `row` (z * Y + y) from `start` to before `stop` (x).

    `shape` is (Z, Y, X), all arrays are (n,) of int64.
    """

    shape: tuple[int, int, int]
    row: NDArray[np.int64]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.row)

    def of(self, chosen: NDArray[Any]) -> Runs:
        """Return those of a boolean mask or with these places."""
        return Runs(self.shape, self.row[chosen], self.start[chosen], self.stop[chosen])

    @property
    def voxels(self) -> int:
        """How many voxels they are."""
        return int((self.stop - self.start).sum())

    def box(self) -> Box:
        """Return the least box that holds all; there must be one."""
        z, y = np.divmod(self.row, self.shape[1])
        return box_of(
            (z[0], y.min(), self.start.min()),
            (z[-1] + 1, y.max() + 1, self.stop.max()),
        )

    def mask(self, box: Box | None = None) -> NDArray[np.bool_]:
        """Return them as a mask of a box that holds them all (the whole shape if none is given)."""
        if box is None:
            box = box_of((0, 0, 0), self.shape)
        shape, (z0, y0, x0) = shape_of(box), low(box)
        z, y = np.divmod(self.row, self.shape[1])
        rows = ((z - z0) * shape[1] + (y - y0)) * shape[2]
        ends = np.zeros(2 * len(self) + 2, np.int64)
        ends[1:-1:2], ends[2:-1:2], ends[-1] = rows + self.start - x0, rows + self.stop - x0, size(box)
        is_in = np.zeros(2 * len(self) + 1, np.bool_)
        is_in[1::2] = True
        return np.repeat(is_in, np.diff(ends)).reshape(shape)

    def pieces(self, *, flat: bool = False) -> tuple[int, NDArray[np.int32]]:
        """Return how many pieces there are and the piece of each run, from 0 on in order of their first voxel.

        Voxels hang together through their faces; with `flat` only within each z.
        """
        if not len(self):
            return 0, np.empty(0, np.int32)
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        _, rows, columns = self.shape
        width = columns + 1
        starts, stops = self.row * width + self.start, self.row * width + self.stop
        here, there = [], []
        everywhere = np.arange(len(self))
        below = [(1, everywhere[self.row % rows != rows - 1]), (rows, everywhere)]
        for step, asks in below[:1] if flat else below:
            shift = step * width
            first = np.searchsorted(stops, starts[asks] + shift, "right")
            many = np.searchsorted(starts, stops[asks] + shift, "left") - first
            here.append(np.repeat(asks, many))
            within = np.arange(len(here[-1])) - np.repeat(np.cumsum(many) - many, many)
            there.append(np.repeat(first, many) + within)
        pair = np.concatenate(here), np.concatenate(there)
        graph = coo_array((np.ones(len(pair[0]), np.bool_), pair), shape=(len(self), len(self)))
        count, piece = connected_components(graph, directed=False)
        return int(count), piece


def find_runs(match: Match, box: Box, cancelled: Callable[[], bool] = never) -> Runs:
    """Return the runs of the voxels of a box that belong; places count from the box's first voxel. Raises Cancelled."""
    shape = shape_of(box)
    planes = max(1, _AT_ONCE // max(1, shape[1] * shape[2]))
    found = []
    for at in range(box[0].start, box[0].stop, planes):
        if cancelled():
            raise Cancelled
        part = (slice(at, min(at + planes, box[0].stop)), box[1], box[2])
        first = (at - box[0].start) * shape[1] * shape[2]
        found.append([ends + first for ends in _ends(match(part))])
    begins = np.concatenate([begin for begin, _ in found]) if found else np.empty(0, np.int64)
    ends = np.concatenate([end for _, end in found]) if found else np.empty(0, np.int64)
    row, start = np.divmod(begins, max(1, shape[2]))
    return Runs(shape, row, start, start + ends - begins)


def runs_of(mask: NDArray[np.bool_]) -> Runs:
    """Return the runs of a mask (Z, Y, X)."""
    return find_runs(lambda part: mask[part], box_of((0, 0, 0), mask.shape))


def connected(
    match: Match,
    seed: Sequence[int],
    limits: Box,
    cancelled: Callable[[], bool] = never,
    most: int | None = None,
) -> tuple[Box, NDArray[np.bool_], bool] | None:
    """Return box, mask and whether all was found, of what hangs together with a voxel through faces, inside a box.

    Only a box round the seed is looked at, which grows where the piece reaches its sides: the cost is that of the
    piece. The search ends once the piece has more than `most` voxels. None if the seed does not belong. Raises
    Cancelled.
    """
    if shape_of(limits)[2] > 1:
        return _grow(match, seed, limits, cancelled, most)
    # Runs along an axis that is one voxel long would be single voxels
    z, y, x = limits
    turned = _grow(
        lambda box: match((box[1], box[2], box[0])).transpose(2, 0, 1),
        (seed[2], seed[0], seed[1]),
        (x, z, y),
        cancelled,
        most,
    )
    if turned is None:
        return None
    (x, z, y), mask, is_all = turned
    return (z, y, x), mask.transpose(1, 2, 0), is_all


def _grow(
    match: Match, seed: Sequence[int], limits: Box, cancelled: Callable[[], bool], most: int | None
) -> tuple[Box, NDArray[np.bool_], bool] | None:
    box = limits
    if size(limits) > _DIRECT:
        box = inside(grown(box_of(seed, np.add(seed, 1)), _REACH, high(limits)), limits)
    while True:
        piece = _piece_at(
            find_runs(match, box, cancelled), [at - first for at, first in zip(seed, low(box), strict=True)]
        )
        if piece is None:
            return None
        tight = piece.box()
        lengths = shape_of(box)
        less = [part.start == 0 for part in tight]
        more = [part.stop == length for part, length in zip(tight, lengths, strict=True)]
        # Twice as long where it goes on at both sides: all looks together cost little more than the last
        step = [max(_REACH, length // 2) for length in lengths]
        wider = inside(
            box_of(np.subtract(low(box), np.multiply(less, step)), np.add(high(box), np.multiply(more, step))), limits
        )
        if wider == box or (most is not None and piece.voxels > most):
            place = box_of(np.add(low(tight), low(box)), np.add(high(tight), low(box)))
            return place, piece.mask(tight), wider == box
        box = wider


def _piece_at(runs: Runs, voxel: Sequence[int]) -> Runs | None:
    """Return the runs of the piece that a voxel is in; None if it is in none."""
    row, x = voxel[0] * runs.shape[1] + voxel[1], voxel[2]
    first, last = np.searchsorted(runs.row, (row, row + 1))
    at = first + int(np.searchsorted(runs.start[first:last], x, "right")) - 1
    if at < first or x >= runs.stop[at]:
        return None
    _, piece = runs.pieces()
    return runs.of(piece == piece[at])


def _ends(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the flat places where runs begin, and those just after their ends."""
    rows = np.ascontiguousarray(mask).reshape(-1, mask.shape[2])
    edge = np.empty_like(rows)
    edge[:, :1] = rows[:, :1]
    np.greater(rows[:, 1:], rows[:, :-1], out=edge[:, 1:])
    begins = np.flatnonzero(edge)
    edge[:, -1:] = rows[:, -1:]
    np.greater(rows[:, :-1], rows[:, 1:], out=edge[:, :-1])
    return begins, np.flatnonzero(edge) + 1


def load_libraries(_: object = None) -> None:
    """Load what finding connected voxels needs: some tenths of a second, once. For a worker."""
    import scipy.ndimage
    import scipy.sparse.csgraph  # noqa: F401
