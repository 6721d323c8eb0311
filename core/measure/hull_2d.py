"""Convex hulls of flat objects, of all of them at once, in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.measure.convex_chain import upper_chain
from core.measure.run_blocks import row_ends, run_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from core.measure.object_runs import ObjectRuns
    from core.measure.run_blocks import RunBlock


@dataclass(frozen=True, eq=False)
class HullSides:
    """The corners of the hulls of the voxels' centres in each plane (the last two axes) of some objects.

    A hull has two sides: the one towards greater x, then, with the sign of x changed, the one towards smaller x. A side
    is a polyline from its first to its last row. `side` (k,) ascends and says which corners are of one side; of each
    corner, `which` is the place of the object, `plane` that of the plane (0 in 2D), `row` is y and `reach` is x, or -x;
    `is_low` tells the sides with -x. All int64 but `is_low`.
    """

    side: NDArray[np.int64]
    which: NDArray[np.int64]
    plane: NDArray[np.int64]
    row: NDArray[np.int64]
    reach: NDArray[np.int64]
    is_low: NDArray[np.bool_]


def hull_sides(runs: ObjectRuns) -> Iterator[HullSides]:
    """Yield the sides of the hulls, some objects at a time; runs are of labels of 2 or 3 dimensions."""
    for block in run_blocks(runs):
        yield _sides(runs, block)


def hull_pixels_2d(runs: ObjectRuns) -> NDArray[np.int64]:
    """Return how many pixels the hull of each object has (n,): the pixels of `skimage.morphology.convex_hull_image`.

    That is every pixel whose centre is in or on the convex hull of the four points half a pixel away from the centres
    of the object's pixels. This hull is the hull of the centres, widened by a diamond: in row y the side towards
    greater x, a polyline F through the corners, reaches to the greatest of F(y) + 1/2, F(y - 1/2) and F(y + 1/2). So
    the pixels of a straight part are a sum of floors of one line, which Euclid's algorithm gives without a look at each
    row.
    """
    pixels = np.zeros(len(runs.numbers), np.int64)
    for sides in hull_sides(runs):
        first, last = int(sides.which.min()), int(sides.which.max()) + 1
        inside = sides.reach.copy()
        is_edge = sides.side[1:] == sides.side[:-1]
        begin = np.flatnonzero(is_edge)
        down = sides.row[begin + 1] - sides.row[begin]
        out = sides.reach[begin + 1] - sides.reach[begin]
        # A corner's own row: by the part after it, by the part before it, or by half a pixel, which is none
        more = np.zeros(len(inside), np.int64)
        more[begin] = out // (2 * down)
        more[begin + 1] = np.maximum(more[begin + 1], -out // (2 * down))
        inside += np.maximum(more, 0)
        longer = np.flatnonzero(down > 1)
        begin, down, out = begin[longer], down[longer], out[longer]
        # The first row after the corner, then one row after another
        offset = 2 * sides.reach[begin] * down + 2 * out + np.maximum(down, np.abs(out))
        inside[begin] += floor_sums(down - 1, 2 * down, 2 * out, offset)
        # Rows of an object, counted on the side of greater x alone
        inside[begin] += np.where(sides.is_low[begin], 0, down - 1)
        pixels[first:last] += np.bincount(sides.which - first, inside, last - first).astype(np.int64)
        rows = np.flatnonzero(~sides.is_low)
        pixels[first:last] += np.bincount(sides.which[rows] - first, minlength=last - first)
    return pixels


def floor_sums(
    count: NDArray[np.int64], below: NDArray[np.int64], step: NDArray[np.int64], offset: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return for each element the sum over i = 0 ... count - 1 of floor((step * i + offset) / below), below > 0.

    As Euclid's algorithm: whole parts are taken off, then the count of points under the line is turned on its side
    (Knuth, The Art of Computer Programming 1, 1.2.4, and Graham, Knuth and Patashnik, Concrete Mathematics, 3.5).
    """
    sums = np.zeros(len(count), np.int64)
    at = np.arange(len(count))
    while len(at):
        whole, step = np.divmod(step, below)
        sums[at] += count * (count - 1) // 2 * whole
        whole, offset = np.divmod(offset, below)
        sums[at] += count * whole
        top = step * count + offset
        go = np.flatnonzero(top >= below)
        at, top, step, below = at[go], top[go], step[go], below[go]
        count, offset = np.divmod(top, below)
        step, below = below, step
    return sums


def _sides(runs: ObjectRuns, block: RunBlock) -> HullSides:
    height, width = runs.shape[-2:]
    which, line, low, high = row_ends(block, width)
    plane = line // height
    row = line - plane * height
    begins = np.empty(len(line), np.bool_)
    begins[0] = True
    np.not_equal(plane[1:], plane[:-1], out=begins[1:])
    begins[1:] |= which[1:] != which[:-1]
    side = np.cumsum(begins, dtype=np.int64) - 1
    count = int(side[-1]) + 1
    both = np.concatenate([side, side + count])
    rows, reach = np.concatenate([row, row]), np.concatenate([high, -low])
    corners = upper_chain(both, rows, reach)
    place = corners % len(line)
    return HullSides(both[corners], which[place], plane[place], rows[corners], reach[corners], corners >= len(line))
