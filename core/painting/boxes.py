"""Boxes of voxels, as slices (z, y, x): start and stop are set, there is no step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Box = tuple[slice, slice, slice]


def box_of(low: Sequence[int] | NDArray[Any], high: Sequence[int] | NDArray[Any]) -> Box:
    """Return the box from the voxel `low` to just before `high`, both z, y, x."""
    z, y, x = (slice(int(start), int(stop)) for start, stop in zip(low, high, strict=True))
    return z, y, x


def whole(shape: Sequence[int]) -> Box:
    """Return the box of all voxels of an array."""
    return box_of((0, 0, 0), shape)


def low(box: Box) -> tuple[int, int, int]:
    """Return the first voxel."""
    return box[0].start, box[1].start, box[2].start


def high(box: Box) -> tuple[int, int, int]:
    """Return the voxel just after the last."""
    return box[0].stop, box[1].stop, box[2].stop


def size(box: Box) -> int:
    """Return how many voxels are in it; 0 for an empty one."""
    count = 1
    for part in box:
        count *= max(0, part.stop - part.start)
    return count


def shape_of(box: Box) -> tuple[int, int, int]:
    """Return its lengths."""
    z, y, x = (max(0, part.stop - part.start) for part in box)
    return z, y, x


def union(first: Box, second: Box) -> Box:
    """Return the least box that holds both."""
    return box_of(np.minimum(low(first), low(second)), np.maximum(high(first), high(second)))


def inside(box: Box, limits: Box) -> Box:
    """Return what of `box` lies in `limits`; of size 0 where nothing does."""
    start = np.maximum(low(box), low(limits))
    return box_of(start, np.maximum(start, np.minimum(high(box), high(limits))))


def grown(box: Box, by: int | Sequence[int], shape: Sequence[int]) -> Box:
    """Return the box with so many voxels more at each side (one number or z, y, x), cut at the array's edges."""
    return inside(box_of(np.subtract(low(box), by), np.add(high(box), by)), whole(shape))


def moved(box: Box, by: Sequence[int]) -> Box:
    """Return the box moved by z, y, x voxels."""
    return box_of(np.add(low(box), by), np.add(high(box), by))


def box_of_true(mask: NDArray[Any]) -> Box | None:
    """Return the least box that holds all that is true (or not 0) in a 3D array; None if nothing is."""
    parts = []
    rest: Any = mask
    for axis in range(3):
        # Along what is left: each look is at a smaller part
        found = np.flatnonzero(rest.any(axis=tuple(other for other in range(3) if other != axis)))
        if not len(found):
            return None
        part = slice(int(found[0]), int(found[-1]) + 1)
        parts.append(part)
        rest = rest[(slice(None),) * axis + (part,)]
    return parts[0], parts[1], parts[2]
