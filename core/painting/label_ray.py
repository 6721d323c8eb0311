"""What a ray through a labels array meets first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.painting.brush import has_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.painting.label_before import LabelsBefore
_NO_LENGTH = 1e-9
"""Voxels; what goes no further along an axis crosses no wall there."""

Voxel = tuple[int, int, int]


def first_hit(
    array: NDArray[Any],
    near: Sequence[float],
    far: Sequence[float],
    hidden: frozenset[int] = frozenset(),
    only: frozenset[int] | None = None,
    before: LabelsBefore | None = None,
) -> Voxel | None:
    """Return the first voxel from `near` to `far` with a number that is neither 0 nor hidden; None if there is none.

    The points are z, y, x in voxels, centres at integers; `array` is (Z, Y, X). `only` are the numbers that can be
    hit, None for all; with `before` the numbers are those from before a stroke.
    """
    voxels = voxels_along(near, far, array.shape)
    numbers = array[voxels[:, 0], voxels[:, 1], voxels[:, 2]] if before is None else before.numbers_at(voxels)
    at = _first(numbers, hidden, only)
    return None if at is None else _voxel(voxels[at])


def surface_before(
    array: NDArray[Any], near: Sequence[float], far: Sequence[float], hidden: frozenset[int] = frozenset()
) -> Voxel | None:
    """Return the last voxel before the first hit; None if nothing is hit or the ray enters the array there."""
    voxels, at = _meet(array, near, far, hidden)
    return None if not at else _voxel(voxels[at - 1])


def voxels_along(near: Sequence[float], far: Sequence[float], shape: Sequence[int]) -> NDArray[np.int64]:
    """Return all voxels (n, 3) of an array that a line from one point to another passes through, in order.

    The places where the line crosses from voxel to voxel are those of Amanatides and Woo (1987); here all are worked
    out at once and sorted, and the middle between two of them says the voxel.
    """
    start = np.asarray(near, np.float64)
    along = np.asarray(far, np.float64) - start
    along[np.abs(along) < _NO_LENGTH] = 0.0
    enter, leave = 0.0, 1.0
    for a, d, length in zip(start, along, shape, strict=True):
        if d == 0:
            if not -0.5 <= a < length - 0.5:
                return np.empty((0, 3), np.int64)
            continue
        ends = sorted(((-0.5 - a) / d, (length - 0.5 - a) / d))
        enter, leave = max(enter, ends[0]), min(leave, ends[1])
    if not enter <= leave:
        return np.empty((0, 3), np.int64)
    crossings = [np.array([enter, leave])]
    for a, d in zip(start, along, strict=True):
        if d == 0:
            continue
        first, last = sorted((a + enter * d, a + leave * d))
        walls = np.arange(np.ceil(first - 0.5), np.floor(last - 0.5) + 1) + 0.5
        crossings.append((walls - a) / d)
    t = np.clip(np.sort(np.concatenate(crossings)), enter, leave)
    # Where two walls are crossed at once there is a piece of no length between them: no voxel
    pieces = np.flatnonzero(t[1:] > t[:-1])
    middles = 0.5 * (t[pieces] + t[pieces + 1]) if len(pieces) else t[:1]
    places: NDArray[np.int64] = np.floor(start + middles[:, None] * along + 0.5).astype(np.int64)
    np.clip(places, 0, np.subtract(shape, 1), out=places)
    voxels: NDArray[np.int64] = places[np.append(True, (places[1:] != places[:-1]).any(1))]
    return voxels


def _meet(
    array: NDArray[Any], near: Sequence[float], far: Sequence[float], hidden: frozenset[int]
) -> tuple[NDArray[np.int64], int | None]:
    voxels = voxels_along(near, far, array.shape)
    return voxels, _first(array[voxels[:, 0], voxels[:, 1], voxels[:, 2]], hidden, None)


def _first(numbers: NDArray[Any], hidden: frozenset[int], only: frozenset[int] | None) -> int | None:
    """Return the place of the first number that can be hit."""
    solid = numbers != 0
    if hidden:
        solid &= ~has_number(numbers, hidden)
    if only is not None:
        solid &= has_number(numbers, only)
    at = int(solid.argmax()) if len(solid) else 0
    return at if len(solid) and solid[at] else None


def _voxel(place: NDArray[np.int64]) -> Voxel:
    z, y, x = place.tolist()
    return z, y, x
