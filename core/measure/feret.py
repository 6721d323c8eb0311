"""The greatest extent of each object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.measure.hull_2d import hull_sides

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.measure.object_runs import ObjectRuns

_PAIRS = 1 << 17


def max_feret_diameters(runs: ObjectRuns, sizes: tuple[float, ...]) -> NDArray[np.float64]:
    """Return the greatest distance between two points of each object (n,), in the unit of `sizes`.

    Points are the middles of the sides of pixels (faces of voxels), as in skimage's `feret_diameter_max`; that one
    first fills the object up to its hull image, so it can be longer by up to a pixel. A line of n voxels is n long.
    """
    most = np.zeros(len(runs.numbers))
    for sides in hull_sides(runs):
        order = np.argsort(sides.which, kind="stable")
        which = sides.which[order]
        x = np.where(sides.is_low, -sides.reach, sides.reach)[order]
        points = np.stack([sides.plane[order], sides.row[order], x])[-len(runs.shape) :]
        many = np.bincount(which - which[0])
        ends = np.cumsum(many)
        pairs = many[which - which[0]]
        begins = (ends - many)[which - which[0]]
        done = np.cumsum(pairs)
        at = 0
        while at < len(which):
            to = max(at + 1, int(np.searchsorted(done, done[at] - pairs[at] + _PAIRS, "right")))
            part = pairs[at:to]
            one = np.repeat(np.arange(at, to), part)
            other = np.arange(len(one)) + np.repeat(begins[at:to] - np.cumsum(part) + part, part)
            squares = _squared_distances(np.abs(points[:, one] - points[:, other]), sizes)
            heads = np.cumsum(part) - part
            np.maximum.at(most, which[at:to], np.maximum.reduceat(squares, heads))
            at = to
    return np.sqrt(most)


def _squared_distances(apart: NDArray[np.int64], sizes: tuple[float, ...]) -> NDArray[np.float64]:
    """Return the greatest squared distance between the faces of two voxels whose centres are `apart` voxels."""
    squares = [(gap * size) ** 2 for gap, size in zip(apart, sizes, strict=True)]
    # From the far face of one to the far face of the other along an axis is a voxel more
    gains = [(2 * gap + 1) * size**2 for gap, size in zip(apart, sizes, strict=True)]
    return np.asarray(np.sum(squares, axis=0) + np.max(gains, axis=0))
