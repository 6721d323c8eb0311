"""The few voxels of objects in 3D that may be corners of their convex hulls, some objects at a time."""

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
    """Yield the columns of all objects in 3D, some objects at a time."""
    if len(runs.shape) != 3:
        raise ValueError(f"A hull in 3D needs labels with 3 axes (Z, Y, X), but these have {len(runs.shape)}.")
    _, rows, width = runs.shape
    for block in run_blocks(runs):
        which, row, low, high = row_ends(block, width)
        z, y = np.divmod(row, rows)
        yield ObjectColumns(runs.shape, block.first, block.last - block.first, which - block.first, z, y, low, high)


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
