"""The brush: which voxels a stroke from one place to another covers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.boxes import Box, box_of, inside, shape_of, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_SLACK = 1e-6


@dataclass(frozen=True)
class Brush:
    """`diameter` in voxels of the smallest side in the plane in which is painted, exactly so many; a disc or a square.

    `axis` is the one that stands upright on that plane (0 z, 1 y, 2 x). In 3D the brush is a ball or a cube in world
    units: along each axis as many voxels as fit into that length. It is centred in the slice in which is painted, so
    along its own axis these are always an odd number.
    """

    diameter: int
    axis: int = 0
    is_3d: bool = False
    is_square: bool = False

    def radii(self, voxel_size: Sequence[float]) -> tuple[float, float, float]:
        """Half the extent along z, y, x in voxels; a brush in 2D has half a voxel along its axis."""
        in_plane = min(size for axis, size in enumerate(voxel_size) if axis != self.axis)
        z, y, x = (
            0.5 if axis == self.axis and not self.is_3d else max(0.5, 0.5 * self.diameter * in_plane / size)
            for axis, size in enumerate(voxel_size)
        )
        return z, y, x

    def centre(self, point: Sequence[float], voxel_size: Sequence[float]) -> tuple[float, float, float]:
        """Return the centre for a point (z, y, x): a voxel's for an odd diameter, a corner for an even one.

        Only so is the extent exactly the diameter. Along its own axis it is always in the slice.
        """
        z, y, x = (
            float(round(at)) if axis == self.axis or round(2 * radius) % 2 else math.floor(at) + 0.5
            for axis, (at, radius) in enumerate(zip(point, self.radii(voxel_size), strict=True))
        )
        return z, y, x


def swept(
    brush: Brush,
    start: Sequence[float],
    end: Sequence[float],
    voxel_size: Sequence[float],
    shape: Sequence[int],
) -> tuple[Box, NDArray[np.bool_]] | None:
    """Return box and mask of what the brush covers from one point (z, y, x in voxels) to another; None if outside.

    A disc leaves a capsule: all voxels nearer than the radius to the line between both centres. `shape` is that of the
    array.
    """
    radii = brush.radii(voxel_size)
    first, last = (np.array(brush.centre(point, voxel_size)) for point in (start, end))
    reach = np.array(radii)
    if brush.is_3d and brush.is_square and round(2 * reach[brush.axis]) % 2 == 0:
        reach[brush.axis] -= 0.5  # of an even number of slices half a one would be left over at each end
    lowest = np.ceil(np.minimum(first, last) - reach - _SLACK).astype(int)
    highest = np.floor(np.maximum(first, last) + reach + _SLACK).astype(int) + 1
    if not brush.is_3d:
        last[brush.axis] = first[brush.axis]  # a stroke stays in its slice
        # half a voxel would reach the neighbours' edge
        lowest[brush.axis], highest[brush.axis] = first[brush.axis], first[brush.axis] + 1
    box = inside(box_of(lowest, highest), whole(shape))
    if not all(shape_of(box)):
        return None
    places = [np.arange(part.start, part.stop, dtype=np.float32) for part in box]
    if brush.is_square:
        return box, _swept_square(places, first, last, reach, shape_of(box))
    return box, _capsule(places, first, last, reach)


def _capsule(
    places: list[NDArray[np.float32]], first: NDArray[Any], last: NDArray[Any], radii: NDArray[Any]
) -> NDArray[np.bool_]:
    """Within distance 1 of the line, in units of the radius along each axis."""
    along = ((last - first) / radii).astype(np.float32)
    from_start = [(at - c) / np.float32(r) for at, c, r in zip(places, first, radii, strict=True)]
    squares = [part * part for part in from_start]
    distance = squares[0][:, None, None] + squares[1][:, None] + squares[2]
    length = float(along @ along)
    if length > 0:
        z, y, x = (part * a for part, a in zip(from_start, along, strict=True))
        dot = z[:, None, None] + y[:, None] + x
        t = np.clip(dot / np.float32(length), 0.0, 1.0)
        # |u - t a|^2 = |u|^2 - t (2 u.a - t |a|^2)
        dot *= 2.0
        dot -= t * np.float32(length)
        dot *= t
        distance -= dot
    found: NDArray[np.bool_] = distance <= 1.0 + 1e-5
    return found


def _swept_square(
    places: list[NDArray[np.float32]],
    first: NDArray[Any],
    last: NDArray[Any],
    radii: NDArray[Any],
    shape: tuple[int, int, int],
) -> NDArray[np.bool_]:
    mask = np.zeros(shape, np.bool_)
    steps = max(1, math.ceil(float(np.abs(last - first).max())))
    for step in range(steps + 1):
        centre = first + (last - first) * (step / steps)
        parts = []
        for at, c, r in zip(places, centre, radii, strict=True):
            near = np.flatnonzero(np.abs(at - c) < r + 1e-4)
            parts.append(slice(int(near[0]), int(near[-1]) + 1) if len(near) else slice(0, 0))
        mask[tuple(parts)] = True
    return mask


def over_allowed(
    numbers: NDArray[Any], over: str, selected: frozenset[int], locked: frozenset[int]
) -> NDArray[np.bool_] | None:
    """Return which voxels may be changed; None for all of them.

    `over` is "everything", "background" (only what is 0) or "selected" (only what has one of the numbers `selected`);
    `locked` numbers never.
    """
    allowed: NDArray[np.bool_] | None = None
    if over == "background":
        allowed = numbers == 0
    elif over == "selected":
        allowed = has_number(numbers, selected)
    if locked and over != "background":
        free = ~has_number(numbers, locked)
        allowed = free if allowed is None else allowed & free
    return allowed


def has_number(numbers: NDArray[Any], wanted: frozenset[int]) -> NDArray[np.bool_]:
    """Tell of each voxel whether its number is one of these."""
    if len(wanted) == 1:
        (only,) = wanted
        one: NDArray[np.bool_] = numbers == only
        return one
    if numbers.dtype.itemsize <= 2:
        table = np.zeros(np.iinfo(numbers.dtype).max + 1, np.bool_)
        table[[number for number in wanted if number < len(table)]] = True
        many: NDArray[np.bool_] = table[numbers]
        return many
    return np.isin(numbers, list(wanted))
