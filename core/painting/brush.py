"""The brush: which voxels a stroke from one place to another covers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.painting.boxes import Box, box_of, inside, shape_of, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ends = tuple[NDArray[np.float64], NDArray[np.float64]]
    """First and last x in a row, each (Z, Y); from inf to -inf where it holds nothing."""

_SLACK = 1e-6
_TOUCH = 1e-5
"""What lies on the surface is inside, however it is rounded."""


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
    """Within distance 1 of the line, in units of the radius along each axis.

    A capsule is convex: of each row along x it covers what lies between two places. So only rows are computed, and
    voxels are compared: the ends of the row in both balls and in the tube between them.
    """
    along = (last - first) / radii
    z, y, x = ((at.astype(float) - c) / r for at, c, r in zip(places, first, radii, strict=True))
    z, y = z[:, None], y[None, :]
    square = z * z + y * y
    ends = [_chord(1.0 + _TOUCH - square, 0.0)]
    length = float(along @ along)
    if length > 0:
        end_square = (z - along[0]) ** 2 + (y - along[1]) ** 2
        ends.append(_chord(1.0 + _TOUCH - end_square, along[2]))
        ends.append(_tube(z * along[0] + y * along[1], square, along, length))
    low = np.minimum.reduce([low for low, _ in ends])[:, :, None]
    high = np.maximum.reduce([high for _, high in ends])[:, :, None]
    found: NDArray[np.bool_] = (x >= low) & (x <= high)
    return found


def _chord(square: NDArray[np.float64], middle: float) -> Ends:
    """Where rows run through a ball, of which they have half a chord of that square; nowhere if it is negative."""
    half = np.sqrt(np.maximum(square, 0.0))
    is_hit = square >= 0.0
    return np.where(is_hit, middle - half, np.inf), np.where(is_hit, middle + half, -np.inf)


def _tube(dot: NDArray[np.float64], square: NDArray[np.float64], along: NDArray[Any], length: float) -> Ends:
    """Where rows run through the tube of radius 1 round a line from 0 to `along`, whose square is `length`.

    With p = `dot` the product of the row's place (z, y) and `along`, all x with |u|^2 - (p + x a)^2 / length <= 1,
    a quadratic, and 0 <= p + x a <= length.
    """
    a, steep = float(along[2]), float(along[0] ** 2 + along[1] ** 2)
    rest = (square - 1.0 - _TOUCH) * length - dot * dot
    if steep > 1e-12 * length:
        root = (dot * a) ** 2 - steep * rest
        low, high = _chord(root / steep**2, 0.0)
        low, high = low + dot * a / steep, high + dot * a / steep
    else:  # along x: a row is in it or not
        low, high = np.where(rest <= 0.0, -np.inf, np.inf), np.where(rest <= 0.0, np.inf, -np.inf)
    if abs(a) > 1e-9:
        sides = -dot / a, (length - dot) / a
        low, high = np.maximum(low, np.minimum(*sides)), np.minimum(high, np.maximum(*sides))
    else:
        is_out = (dot < 0.0) | (dot > length)
        low, high = np.where(is_out, np.inf, low), np.where(is_out, -np.inf, high)
    is_empty = low > high
    return np.where(is_empty, np.inf, low), np.where(is_empty, -np.inf, high)


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
