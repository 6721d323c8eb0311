"""The greatest extent of each object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.measure.hull_2d import hull_sides

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.measure.hull_2d import HullSides
    from core.measure.object_runs import ObjectRuns

_PAIRS = 1 << 16
"""Pairs of points whose distances are made at a time."""


def max_feret_diameters(runs: ObjectRuns, sizes: tuple[float, ...]) -> NDArray[np.float64]:
    """Return the greatest distance between two points of each object (n,), in the unit of `sizes`.

    Points are the middles of the sides of pixels (faces of voxels), so that a line of n voxels is n long. For skimage's
    `feret_diameter_max` they are those of the hull image, which can reach a little farther than the object: it is never
    shorter, and the same for an object that fills its hull image.

    Only corners of the hulls of the object's planes come into question, and of those, few by their distance from the
    middle; they are compared two by two.
    """
    most = np.zeros(len(runs.numbers))
    for sides in hull_sides(runs):
        which, points = _corners(sides, len(runs.shape))
        begins = np.flatnonzero(np.append(True, which[1:] != which[:-1]))
        stays = _may_be_ends(which, points, begins, sizes)
        which, points = which[stays], points[:, stays]
        # Each point with itself and all later ones of its object
        ends = np.flatnonzero(np.append(which[1:] != which[:-1], True)) + 1
        many = np.repeat(ends, np.diff(ends, prepend=0)) - np.arange(len(which))
        done = np.cumsum(many)
        at = 0
        while at < len(which):
            to = max(at + 1, int(np.searchsorted(done, done[at] - many[at] + _PAIRS, "right")))
            part = many[at:to]
            heads = np.cumsum(part) - part
            one = np.repeat(np.arange(at, to), part)
            other = one + np.arange(len(one)) - np.repeat(heads, part)
            squares = _squares(np.abs(points[:, one] - points[:, other]), 1, sizes)
            np.maximum.at(most, which[at:to], np.maximum.reduceat(squares, heads))
            at = to
    return np.sqrt(most)


def _corners(sides: HullSides, ndim: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the objects, ascending, and the places (ndim, k) of all corners, in voxels."""
    order = np.argsort(sides.which, kind="stable")
    x = np.where(sides.is_low, -sides.reach, sides.reach)
    return sides.which[order], np.stack([sides.plane, sides.row, x])[-ndim:, order]


def _may_be_ends(
    which: NDArray[np.int64], points: NDArray[np.int64], begins: NDArray[np.int64], sizes: tuple[float, ...]
) -> NDArray[np.int64]:
    """Return the points that may be an end of the greatest extent of their object.

    Two points are no farther apart than their distances from the middle together. A point that is too near the middle
    for a distance that is there, from an outermost point to the one farthest from it, is no end.
    """
    own = np.repeat(np.arange(len(begins)), np.diff(begins, append=len(which)))
    middles = (np.minimum.reduceat(points, begins, axis=1) + np.maximum.reduceat(points, begins, axis=1)) / 2
    out = np.sqrt(_squares(np.abs(points - middles[:, own]), 0.5, sizes))
    outermost = np.maximum.reduceat(out, begins)
    found = np.zeros(len(begins))
    goal = out
    for _ in range(2):
        farthest = np.flatnonzero(goal == np.maximum.reduceat(goal, begins)[own])
        start = np.empty(len(begins), np.int64)
        start[own[farthest]] = farthest
        goal = np.sqrt(_squares(np.abs(points - points[:, start[own]]), 1, sizes))
        found = np.maximum(found, np.maximum.reduceat(goal, begins))
    return np.flatnonzero(out + outermost[own] >= found[own] * (1 - 1e-9))


def _squares(apart: NDArray[Any], longer: float, sizes: tuple[float, ...]) -> NDArray[np.float64]:
    """Return squared distances of points that are `apart` voxels (d, k), made longer along the axis where it does most.

    From the face of a voxel to its middle is half a voxel, to the face of another one, at both ends, a whole one.
    """
    squares = np.zeros(apart.shape[1])
    gain = np.zeros(apart.shape[1])
    for gap, size in zip(apart, sizes, strict=True):
        squares += gap * gap * size**2
        np.maximum(gain, (2 * longer * gap + longer**2) * size**2, out=gain)
    return squares + gain
