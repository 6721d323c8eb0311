"""Surfaces of solid objects. A stand-in: one object after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.measure.object_runs import ObjectRuns


def surface_areas(labels: NDArray[Any], runs: ObjectRuns, sizes: tuple[float, float, float]) -> NDArray[np.float64]:
    """Return the marching-cubes area of each object (n,)."""
    from skimage.measure import marching_cubes, mesh_surface_area

    areas = np.zeros(len(runs.numbers))
    for place, number in enumerate(runs.numbers):
        vertices, faces, _, _ = marching_cubes(np.pad(labels == number, 1).astype(np.float32), 0.5, spacing=sizes)
        areas[place] = mesh_surface_area(vertices.astype(np.float64), faces)
    return areas


def crofton_surface_areas(
    labels: NDArray[Any], runs: ObjectRuns, sizes: tuple[float, float, float]
) -> NDArray[np.float64]:
    """Return the Crofton area of each object (n,)."""
    return surface_areas(labels, runs, sizes)
