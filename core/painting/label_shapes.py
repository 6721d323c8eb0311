"""Shapes that are drawn in a plane, as voxels: polygon or lasso, box, line."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from core.painting.boxes import Box, box_of, inside, shape_of, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_AT_ONCE = 1 << 21
"""Crossings of edges and rows that are worked out together."""


def polygon(
    points: NDArray[Any], axis: int, first: int, last: int, shape: Sequence[int]
) -> tuple[Box, NDArray[np.bool_]] | None:
    """Return box and mask of a polygon in a plane, applied to slices.

    Parameters
    ----------
    points
        (n, 2), the two axes of the plane in the order z, y, x, in voxels with centres at integers. The last point is
        joined to the first.
    axis
        The axis across the plane: 0 z, 1 y, 2 x.
    first, last
        The slices along that axis, both included.
    shape
        That of the array.

    Returns
    -------
    None where it covers no voxel's centre. A voxel is in if its centre is, by the even-odd rule. A centre on the border
    is in on the sides where the coordinates are lower, out on the others: polygons that share a border share no voxel
    and leave none out. The mask may be a read-only view, the same for all slices.
    """
    at = [axis_ for axis_ in range(3) if axis_ != axis]
    points = np.asarray(points, np.float64)
    if len(points) < 3 or not np.isfinite(points).all():
        return None
    begin, end = max(0, first), min(shape[axis], last + 1)
    sizes = [shape[one] for one in at]
    low = np.clip(np.ceil(points.min(0)), 0, sizes).astype(int)
    high = np.clip(np.ceil(points.max(0)), 0, sizes).astype(int)
    if begin >= end or (low >= high).any():
        return None
    plane = _inside(points, low.tolist(), high.tolist())
    rows, columns = np.flatnonzero(plane.any(1)), np.flatnonzero(plane.any(0))
    if not len(rows):
        return None
    plane = plane[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    starts, stops = [0, 0, 0], [0, 0, 0]
    starts[axis], stops[axis] = begin, end
    for one, found, offset in zip(at, (rows, columns), low, strict=True):
        starts[one], stops[one] = int(offset + found[0]), int(offset + found[-1]) + 1
    box = box_of(starts, stops)
    return box, np.broadcast_to(np.expand_dims(plane, axis), shape_of(box))


def corner_box(
    one: Sequence[float], other: Sequence[float], shape: Sequence[int]
) -> tuple[Box, NDArray[np.bool_]] | None:
    """Return box and mask of all voxels between two points (z, y, x), both included; None if it is outside."""
    ends = np.floor(np.array([one, other]) + 0.5).astype(int)
    box = inside(box_of(ends.min(0), ends.max(0) + 1), whole(shape))
    return (box, np.ones(shape_of(box), np.bool_)) if all(shape_of(box)) else None


def line_pixels(points: NDArray[Any]) -> NDArray[np.int64]:
    """Return the pixels (n, 2) of a line through points (n, 2): each is a neighbour of the next, corners count."""
    points = np.asarray(points, np.float64)
    parts = [points[:1]]
    for start, end in pairwise(points):
        steps = max(1, math.ceil(float(np.abs(end - start).max())))
        parts.append(start + (end - start) * (np.arange(1, steps + 1)[:, None] / steps))
    return np.floor(np.concatenate(parts) + 0.5).astype(np.int64)


def _inside(points: NDArray[np.float64], low: Sequence[int], high: Sequence[int]) -> NDArray[np.bool_]:
    """Return which pixels from `low` to before `high` (row, column) have their centre in the polygon.

    Each edge turns over all that is right of it in the rows that it crosses: what is turned an odd number of times is
    in. Where an edge crosses a row depends on the edge alone, or polygons that share it would not fit.
    """
    start, end = points, np.roll(points, -1, axis=0)
    is_up = start[:, 0] <= end[:, 0]
    # From the lower row to the higher, so that an edge gives the same places from both of its sides
    above, below = np.where(is_up[:, None], start, end), np.where(is_up[:, None], end, start)
    first = np.clip(np.ceil(above[:, 0]), low[0], high[0]).astype(np.int64)
    many = np.clip(np.ceil(below[:, 0]), low[0], high[0]).astype(np.int64) - first
    kept = many > 0
    above, below, first, many = above[kept], below[kept], first[kept], many[kept]
    slope = (below[:, 1] - above[:, 1]) / (below[:, 0] - above[:, 0])
    rows, width = high[0] - low[0], high[1] - low[1] + 1
    turns = np.zeros(rows * width, np.uint8)
    reached = np.cumsum(many)
    begin = 0
    while begin < len(many):
        done = int(reached[begin - 1]) if begin else 0
        stop = max(begin + 1, int(np.searchsorted(reached, done + _AT_ONCE, "right")))
        edge = np.repeat(np.arange(begin, stop), many[begin:stop])
        row = first[edge] + np.arange(len(edge)) - (reached[edge] - many[edge] - done)
        column = np.ceil(above[edge, 1] + slope[edge] * (row - above[edge, 0]))
        column = np.clip(column, low[1], high[1]).astype(np.int64)
        # Counts modulo 256: odd stays odd
        np.add.at(turns, (row - low[0]) * width + column - low[1], np.uint8(1))
        begin = stop
    turns &= 1
    return np.logical_xor.accumulate(turns.view(np.bool_).reshape(rows, width), axis=1)[:, :-1]
