"""The surface of objects in 3D, by marching cubes and by Crofton, from cubes of 2 x 2 x 2 voxels at their borders."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from core.measure.object_runs import ObjectRuns

_SLAB = 100_000
"""Voxels of the planes that are worked on at a time, for they should stay in the processor's cache."""
_PIECE = 30_000
"""Cubes that are coded at a time."""
_CORNERS = tuple(product((0, 1), repeat=3))
"""The voxels of a cube, Z, Y, X: voxel k is bit k of the cube's code, which tells the voxels of one object."""


def surface_areas(labels: NDArray[Any], runs: ObjectRuns, sizes: tuple[float, float, float]) -> NDArray[np.float64]:
    """Return the area of the surface of each object (n,) in squares of the unit of `sizes`.

    It is that of the triangles of scikit-image's `marching_cubes` at level 0.5 round the object alone, with background
    round the whole array (Lewiner et al. 2003). Within a cube of 2 x 2 x 2 voxels the triangles depend only on which
    of its voxels belong to the object, so each of the 256 cubes is measured once. Too large by 8 to 20 % for
    round objects, for it follows the steps of the voxels.

    `labels` (Z, Y, X) are those of `runs`, `sizes` those of a voxel along Z, Y, X.
    """
    which, triangles = _triangles()
    edges = np.diff(triangles * np.asarray(sizes, np.float64), axis=1)
    areas = np.linalg.norm(np.cross(edges[:, 0], edges[:, 1]), axis=1) / 2
    return _sum(labels, runs, np.bincount(which, areas, 256).astype(np.float64))


def crofton_surface_areas(
    labels: NDArray[Any], runs: ObjectRuns, sizes: tuple[float, float, float]
) -> NDArray[np.float64]:
    """Return a better estimate of the area of the surface of each object (n,), in squares of the unit of `sizes`.

    It counts how often the lines of the grid cross the surface, in the 13 directions from a voxel to its neighbours
    (Crofton's formula), and weighs each direction by its part of the sphere, which depends on the sizes of the voxels
    (Ohser & Muecklich 2000; Legland, Kieu & Devaux 2007, Image Analysis & Stereology 26, 83-92). For balls of a radius
    of 10 voxels and more it is right within 3 %, of whatever sizes the voxels are; a large flat surface along an axis
    comes out too small, by 7 %, and by 15 % where voxels are four times as long as wide.

    `labels` (Z, Y, X) are those of `runs`, `sizes` those of a voxel along Z, Y, X.
    """
    return _sum(labels, runs, _crofton_table(sizes))


@cache
def _triangles() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the code of each triangle (t,) and its corners (t, 3, 3), Z, Y, X in voxels, for all 256 cubes."""
    from skimage.measure import marching_cubes

    codes, triangles = [], []
    for code in range(1, 255):
        cube = np.array([code >> bit & 1 for bit in range(8)], np.float32).reshape(2, 2, 2)
        corners, faces, _, _ = marching_cubes(cube, 0.5)
        codes.append(np.full(len(faces), code))
        triangles.append(corners[faces].astype(np.float64))
    return np.concatenate(codes), np.concatenate(triangles)


def _crofton_table(sizes: tuple[float, float, float]) -> NDArray[np.float64]:
    """Return what a cube of each code adds to the area (256,)."""
    from scipy.spatial import SphericalVoronoi

    steps = [step for step in product((-1, 0, 1), repeat=3) if any(step)]
    places = np.asarray(steps) * np.asarray(sizes, np.float64)
    lengths = np.linalg.norm(places, axis=1)
    parts = SphericalVoronoi(places / lengths[:, None]).calculate_areas() / (4 * np.pi)
    # A pair of voxels along an axis is in 4 cubes, one along the diagonal of a face in 2, of a cube in 1
    cubes = 2.0 ** (3 - np.abs(steps).sum(1))
    # A line of a direction stands for (volume / length); the mean shadow of a body is a quarter of its surface, and
    # lines go in and out; here each pair is seen from both of its ends, with half of its direction's weight each time
    weights = dict(zip(steps, 2 * np.prod(sizes) * parts / lengths / cubes, strict=True))
    table = np.zeros(256)
    for code, (one, a), (other, b) in product(range(256), enumerate(_CORNERS), enumerate(_CORNERS)):
        if (code >> one ^ code >> other) & 1:
            table[code] += weights[b[0] - a[0], b[1] - a[1], b[2] - a[2]]
    return table


def _sum(labels: NDArray[Any], runs: ObjectRuns, table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum of the table's values over the cubes of each object."""
    if labels.ndim != 3 or labels.shape != runs.shape:
        raise ValueError(f"A surface needs labels with 3 axes (Z, Y, X) and their runs, but these have {labels.ndim}.")
    total = np.zeros(len(runs.numbers))
    for which, code in _cubes(runs) if len(total) else ():
        total += np.bincount(which, table[code], len(total) + 1)[1:]
    return total


def _cubes(runs: ObjectRuns) -> Iterator[tuple[NDArray[Any], NDArray[np.uint8]]]:
    """Yield the cubes at the borders of objects, some planes at a time: places of objects, from 1, and codes."""
    depth, rows, width = runs.shape
    # What is summed for each object should not be summed too often
    many = len(runs.numbers)
    thick = max(1, max(_SLAB, many) // max(1, (rows + 2) * (width + 2)))
    # Small types compare faster
    kind = np.min_scalar_type(many)
    for first in range(0, depth + 1, thick):
        planes = _padded(runs, first - 1, min(first + thick - 1, depth), kind)
        yield from _codes(planes, max(_PIECE, many))


def _padded(runs: ObjectRuns, first: int, last: int, kind: np.dtype[Any]) -> NDArray[Any]:
    """Return the planes first to last of the places of the objects, from 1, with background on all sides."""
    depth, rows, width = runs.shape
    planes = np.zeros((last - first + 1, rows + 2, width + 2), kind)
    begin, end = max(first, 0), min(last + 1, depth)
    if begin < end:
        chosen = slice(*np.searchsorted(runs.start, [begin * rows * width, end * rows * width]))
        values = np.zeros(2 * (chosen.stop - chosen.start) + 1, kind)
        values[1::2] = runs.which[chosen] + 1
        times = np.empty(len(values), np.int64)
        times[1::2] = runs.length[chosen]
        times[:-1:2] = runs.start[chosen]
        times[-1] = end * rows * width
        times[2::2] -= runs.start[chosen] + runs.length[chosen]
        times[0] -= begin * rows * width
        planes[begin - first : end - first, 1:-1, 1:-1] = np.repeat(values, times).reshape(-1, rows, width)
    return planes


def _codes(planes: NDArray[Any], piece: int) -> Iterator[tuple[NDArray[Any], NDArray[np.uint8]]]:
    """Yield the numbers in the cubes between padded planes, and their codes, but for cubes of one number."""
    _, rows, width = planes.shape
    flat = planes.reshape(-1)
    # Cubes over the end of a row or plane are all background, and drop out
    steps = [(z * rows + y) * width + x for z, y, x in _CORNERS]
    spans = [flat[step : len(flat) - steps[-1] + step] for step in steps]
    mixed = spans[1] != spans[0]
    for span in spans[2:]:
        mixed |= span != spans[0]
    every = np.flatnonzero(mixed)
    for first in range(0, len(every), piece):
        at = every[first : first + piece]
        corners = [flat.take(at + step) for step in steps]
        seen = np.zeros(len(at), np.uint8)
        for k, own in enumerate(corners):
            code = np.full(len(at), 1 << k, np.uint8)
            for j in range(k + 1, 8):
                code |= (corners[j] == own).view(np.uint8) << np.uint8(j)
            # Each object of a cube once, at its first voxel: with that, the code of all of its voxels is whole
            new = np.flatnonzero((own > 0) & (seen & (1 << k) == 0))
            seen |= code
            yield own.take(new), code.take(new)
