"""Centres and second moments of objects, from sums over runs that have a closed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.measure.object_runs import ObjectRuns

_RUNS = 1 << 16


@dataclass(frozen=True, eq=False)
class Moments:
    """Of n objects in an array of d axes: voxels (n,), centroids (n, d), covariances (n, d, d) of voxel centres.

    Lengths are in the unit of the voxels' sizes, from the centre of the first voxel. A covariance is the mean of the
    products of two coordinates about the centroid: the second central moment over the zeroth.
    """

    sizes: NDArray[np.int64]
    centroids: NDArray[np.float64]
    covariances: NDArray[np.float64]


def find_moments(runs: ObjectRuns, sizes: tuple[float, ...]) -> Moments:
    """Return the moments of each object; `sizes` is that of a voxel along each axis of the labels.

    Coordinates count from the voxel next to the centroid, so that sums are of small whole numbers: exact up to 2**53,
    and nothing is lost when the square of the mean is taken off.
    """
    ndim, count = len(runs.shape), len(runs.numbers)
    voxels = runs.sizes()
    sums = np.zeros((ndim, count))
    for part in _parts(runs):
        which, length, places = _places(runs, part)
        for axis, place in enumerate(places[:-1]):
            sums[axis] += np.bincount(which, length * place, count)
        twice = (2 * places[-1] + length - 1) * length
        sums[-1] += np.bincount(which, twice, count) / 2
    means = sums / voxels
    middles = np.rint(means).astype(np.int64)
    squares = np.zeros((ndim, ndim, count))
    for part in _parts(runs):
        which, length, places = _places(runs, part)
        places = [place - middle[which] for place, middle in zip(places, middles, strict=True)]
        # Along a run of n voxels from x: n x + n (n - 1) / 2 and n x^2 + x n (n - 1) + (n - 1) n (2 n - 1) / 6
        pairs = length * (length - 1) // 2
        along = length * places[-1] + pairs
        squared = along * places[-1] + places[-1] * pairs + pairs * (2 * length - 1) // 3
        squares[-1, -1] += np.bincount(which, squared, count)
        for i, place in enumerate(places[:-1]):
            squares[i, -1] += np.bincount(which, place * along, count)
            weighted = place * length
            for j in range(i, ndim - 1):
                squares[i, j] += np.bincount(which, weighted * places[j], count)
    rest = (sums - middles * voxels) / voxels
    covariances = np.empty((count, ndim, ndim))
    for i in range(ndim):
        for j in range(i, ndim):
            covariances[:, i, j] = (squares[i, j] / voxels - rest[i] * rest[j]) * (sizes[i] * sizes[j])
            covariances[:, j, i] = covariances[:, i, j]
    return Moments(voxels, means.T * sizes, covariances)


def principal_variances(covariances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the variances along the principal axes (n, d), the greatest first, never below 0."""
    if covariances.shape[1] == 2:
        a, b, c = covariances[:, 0, 0], covariances[:, 0, 1], covariances[:, 1, 1]
        half = np.hypot((a - c) / 2, b)
        values = np.stack([(a + c) / 2 + half, (a + c) / 2 - half], axis=1)
    else:
        values = np.asarray(np.linalg.eigvalsh(covariances)[:, ::-1], np.float64)
    return np.clip(values, 0, None)


def _parts(runs: ObjectRuns) -> list[slice]:
    return [slice(begin, begin + _RUNS) for begin in range(0, len(runs.which), _RUNS)]


def _places(runs: ObjectRuns, part: slice) -> tuple[NDArray[np.int64], NDArray[np.int64], list[NDArray[np.int64]]]:
    """Return of some runs the object, the length, and the place of the first voxel along each axis."""
    rest = runs.start[part]
    places = []
    for length in runs.shape[:0:-1]:
        whole = rest // length
        places.append(rest - whole * length)
        rest = whole
    return runs.which[part], runs.length[part], [rest, *places[::-1]]
