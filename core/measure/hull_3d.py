"""Convex hulls of objects in 3D, counted in voxels as scikit-image draws them: exactly, and for many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.measure.convex_chain import upper_chain
from core.measure.hull_corners import ObjectColumns, hull_corners, object_columns
from core.measure.hull_planes import Planes, hull_planes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.measure.object_runs import ObjectRuns


def hull_voxels_3d(runs: ObjectRuns) -> NDArray[np.int64]:
    """Return how many voxels the convex hull of each object in 3D has (n,), those of the object among them.

    As in scikit-image's `convex_hull_image`, a voxel belongs to it if its middle is in the convex hull of the middles
    of the faces of the object's voxels, or on its border. Equal to scikit-image's count, but exact, and defined for
    flat objects too, where scikit-image fails.

    That hull is the hull of the voxels' middles, grown by an octahedron (a Minkowski sum): its faces are faces moved
    out, edges joined to an edge of the octahedron, and corners with a face of it. So Qhull is asked once, about the
    few corners, and each plane is looked at only in the columns (Z, Y) that its face lies over.

    Raises
    ------
    ValueError
        The labels are not 3D.
    """
    counts = np.zeros(len(runs.numbers), np.int64)
    for columns in object_columns(runs):
        counts[columns.first : columns.first + columns.many] = _count(columns)
    return counts


class _Boxes(NamedTuple):
    """The columns of boxes round bodies as one flat array, by body, Z, Y; `low` (n, 2) and `size` (n, 2) are Z, Y."""

    low: NDArray[np.int64]
    size: NDArray[np.int64]
    base: NDArray[np.int64]
    cells: int


def _count(columns: ObjectColumns) -> NDArray[np.int64]:
    which, points = hull_corners(columns)
    starts = np.searchsorted(which, np.arange(columns.many + 1))
    least, most = np.minimum.reduceat(points, starts[:-1]), np.maximum.reduceat(points, starts[:-1])
    low, size = least[:, :2], (most - least + 1)[:, :2]
    many = size.prod(1)
    boxes = _Boxes(low, size, np.cumsum(many) - many, int(many.sum()))
    # X goes up to the first, -X to the second. A face of the octahedron at a corner binds only at that corner, where it
    # ends at the voxel; if the planes beside it do not see to that, the corner is the farthest of the body along X
    bounds = np.concatenate([np.repeat(most[:, 2], many), np.repeat(-least[:, 2], many)]).astype(np.float64)
    for planes in hull_planes(which, points, starts):
        _bind(bounds, boxes, planes)
    heights = bounds.reshape(2, -1).sum(0) + 1
    heights[~_shadow(columns, boxes)] = 0
    np.maximum(heights, 0, out=heights)
    return np.add.reduceat(heights, boxes.base).astype(np.int64)


def _bind(bounds: NDArray[np.float64], boxes: _Boxes, planes: Planes) -> None:
    """Let planes bound the columns under their faces."""
    deep, wide = np.maximum(planes.end - planes.begin + 1, 0)
    # A plane's rows, then the columns of each row
    plane, inner = _spread(deep)
    which = planes.which[plane]
    at = inner + (planes.begin[0] - boxes.low[planes.which, 0])[plane]
    at *= boxes.size[which, 1]
    at += (boxes.base[planes.which] - boxes.low[planes.which, 1] + np.where(planes.normal[2] > 0, 0, boxes.cells))[
        plane
    ]
    left = planes.limit[plane] - planes.normal[0][plane] * (inner + planes.begin[0][plane])
    row, inner = _spread(wide[plane])
    plane = plane[row]
    y = inner + planes.begin[1][plane]
    height = (left[row] - planes.normal[1][plane] * y) / np.abs(planes.normal[2])[plane]
    np.minimum.at(bounds, at[row] + y, np.floor(height, out=height))


def _spread(lengths: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return 0 0 0 1 1 ... with the given lengths, and the place within each length: 0 1 2 0 1 ..."""
    which = np.repeat(np.arange(len(lengths)), lengths)
    return which, np.arange(len(which)) - (np.cumsum(lengths) - lengths)[which]


def _shadow(columns: ObjectColumns, boxes: _Boxes) -> NDArray[np.bool_]:
    """Return which columns of the boxes the grown bodies lie over: the same in 2D, with a diamond, no octahedron."""
    new = np.ones(len(columns.z) + 1, np.bool_)
    new[1:-1] = (columns.which[1:] != columns.which[:-1]) | (columns.z[1:] != columns.z[:-1])
    places = np.flatnonzero(new)
    begins, ends = places[:-1], places[1:] - 1
    which, z = columns.which[begins], columns.z[begins]
    most = _rows_ends(boxes, which, z, columns.y[ends])
    least = -_rows_ends(boxes, which, z, -columns.y[begins])
    row, y = _spread(np.repeat(boxes.size[:, 1], boxes.size[:, 0]))
    y += np.repeat(boxes.low[:, 1], boxes.size[:, 0])[row]
    return np.asarray((y >= least[row]) & (y <= most[row]))


def _rows_ends(
    boxes: _Boxes, which: NDArray[np.int64], z: NDArray[np.int64], far: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the last Y of the grown hull in each row of the boxes, by body, Z, or more where the box ends before."""
    kept = upper_chain(which, z, far)
    which, z, far = which[kept], z[kept], far[kept]
    at = z + (np.cumsum(boxes.size[:, 0]) - boxes.size[:, 0] - boxes.low[:, 0])[which]
    ends = np.full(int(boxes.size[:, 0].sum()), np.inf)
    edge = np.flatnonzero(which[1:] == which[:-1])
    step, rise = z[edge + 1] - z[edge], far[edge + 1] - far[edge]
    out = np.maximum(step, np.abs(rise)) / 2
    edges, inner = _spread(step + 1)
    more = np.floor((rise[edges] * inner + out[edges]) / step[edges])
    np.minimum.at(ends, at[edge][edges] + inner, far[edge][edges] + more)
    return ends
