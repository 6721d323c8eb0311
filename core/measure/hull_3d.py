"""Convex hulls of solid objects. A stand-in: one object after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.measure.object_runs import ObjectRuns


def hull_voxels_3d(runs: ObjectRuns) -> NDArray[np.int64]:
    """Return how many voxels the hull of each object has (n,)."""
    from itertools import product

    from scipy.spatial import ConvexHull

    flat = np.zeros(runs.shape, np.int64)
    for which, start, length in zip(runs.which, runs.start, runs.length, strict=True):
        flat.reshape(-1)[start : start + length] = which + 1
    voxels = np.zeros(len(runs.numbers), np.int64)
    steps = [np.eye(3)[axis] * way for axis, way in product(range(3), (-0.5, 0.5))]
    for place in range(len(runs.numbers)):
        points = np.argwhere(flat == place + 1).astype(np.float64)
        hull = ConvexHull(np.unique((points[:, None] + steps).reshape(-1, 3), axis=0))
        low, high = points.min(0).astype(int), points.max(0).astype(int)
        box = np.stack(np.meshgrid(*map(np.arange, low, high + 1), indexing="ij"), -1).reshape(-1, 3)
        voxels[place] = np.all(box @ hull.equations[:, :3].T + hull.equations[:, 3] < 1e-10, axis=1).sum()
    return voxels
