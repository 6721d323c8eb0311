"""The few voxels of objects in 3D that may be corners of their convex hulls, some objects at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from core.measure.object_runs import ObjectRuns

_BLOCK = 20_000
"""Runs that are worked on at a time, for what is made of them should stay in the processor's cache."""


@dataclass(frozen=True, eq=False)
class ObjectColumns:
    """The columns (Z, Y) of `many` objects that lie one after the other in a table; int64, by object, Z, Y.

    `shape` is that of the labels. `first` is the place of the first object in the table, `which` (c,) that of a
    column's object after it. Of each column, `low` and `high` are the first and last X of the object there.
    """

    shape: tuple[int, ...]
    first: int
    many: int
    which: NDArray[np.int64]
    z: NDArray[np.int64]
    y: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]


def object_columns(runs: ObjectRuns) -> Iterator[ObjectColumns]:
    """Yield the columns of all objects in 3D, as many objects at a time as have some ten thousand runs."""
    if len(runs.shape) != 3:
        raise ValueError(f"A hull in 3D needs labels with 3 axes (Z, Y, X), but these have {len(runs.shape)}.")
    count = len(runs.numbers)
    # Small types are sorted fastest; the runs of an object stand by Z, Y, X already
    order = np.argsort(runs.which.astype(np.min_scalar_type(count)), kind="stable")
    ends = np.cumsum(np.bincount(runs.which, minlength=count))
    first = begin = 0
    while first < count:
        last = max(int(np.searchsorted(ends, begin + _BLOCK, "right")), first + 1)
        yield _columns(runs, order[begin : int(ends[last - 1])], first, last - first)
        first, begin = last, int(ends[last - 1])


def _columns(runs: ObjectRuns, chosen: NDArray[np.int64], first: int, many: int) -> ObjectColumns:
    _, rows, width = runs.shape
    which = runs.which[chosen] - first
    row, low = np.divmod(runs.start[chosen], width)
    new = np.empty(len(chosen), np.bool_)
    new[0] = True
    new[1:] = (which[1:] != which[:-1]) | (row[1:] != row[:-1])
    begins = np.flatnonzero(new)
    last = chosen[np.append(begins[1:], len(chosen)) - 1]
    z, y = np.divmod(row[begins], rows)
    high = runs.start[last] % width + runs.length[last] - 1
    return ObjectColumns(runs.shape, first, many, which[begins], z, y, low[begins], high)


def hull_corners(columns: ObjectColumns) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return voxels of the objects with all corners of their convex hulls among them.

    The first array (p,) is the place of the object after the first one, ascending; the second (p, 3) is Z, Y, X. Voxels
    that lie between two others in one plane of Z or of Y are left out.
    """
    # Seen from both sides alike: the near ends of columns, mirrored, are another set of far ends
    which = np.concatenate([columns.which, columns.which + columns.many])
    z, y = np.tile(columns.z, 2), np.tile(columns.y, 2)
    x = np.concatenate([columns.high, -columns.low])
    kept = upper_chain(which * (z.max() + 1) + z, y, x)
    which, z, y, x = which[kept], z[kept], y[kept], x[kept]
    group = which * (y.max() + 1) + y
    order = np.argsort(group, kind="stable")
    kept = order[upper_chain(group[order], z[order], x[order])]
    shape = (columns.many, *columns.shape)
    mirrored = which[kept] >= columns.many
    x = np.where(mirrored, -x[kept], x[kept])
    # Where a column has one voxel, both of its ends are that
    voxels = np.ravel_multi_index((which[kept] - mirrored * columns.many, z[kept], y[kept], x), shape)
    voxels.sort()
    which, *places = np.unravel_index(voxels[np.append(True, voxels[1:] != voxels[:-1])], shape)
    return which, np.stack(places, 1)


def upper_chain(group: NDArray[np.int64], along: NDArray[np.int64], height: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return which points are corners of the upper convex hull of their group, in the plane (along, height).

    The points of a group stand together, `along` ascending without repeats. A point on or under the straight line
    between its neighbours is no corner of the hull of all, so all such points go at once, until there is none.
    """
    kept = np.arange(len(along))
    while True:
        step, rise = np.diff(along), np.diff(height)
        under = (rise[:-1] * step[1:] <= rise[1:] * step[:-1]) & (group[2:] == group[:-2])
        if not under.any():
            return kept
        stays = np.ones(len(along), np.bool_)
        np.logical_not(under, out=stays[1:-1])
        kept, group, along, height = kept[stays], group[stays], along[stays], height[stays]
