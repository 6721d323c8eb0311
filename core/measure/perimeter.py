"""Perimeters of flat objects by the Crofton formula: how often lines of four directions enter them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.measure.object_runs import ObjectRuns

_PIXELS = 1 << 18
"""Pixels that are compared at a time."""


def count_entries(labels: NDArray[Any], runs: ObjectRuns) -> NDArray[np.int64]:
    """Return how often lines of pixels enter each object (n, 4): along x, along y, and the two diagonals.

    A line enters an object at each pixel whose neighbour one step back along the line is not of that object. The first
    diagonal goes from (y, x) to (y + 1, x + 1), the second to (y + 1, x - 1).
    """
    height, width = labels.shape
    count = len(runs.numbers)
    entries = np.zeros((count, 4), np.int64)
    entries[:, 0] = np.bincount(runs.which, minlength=count)
    tally = _Tally(runs)
    rows = max(1, _PIXELS // max(1, width))
    for begin in range(1, height, rows):
        here, above = labels[begin : begin + rows], labels[begin - 1 : min(begin + rows, height) - 1]
        entries[:, 1] += tally(here[here != above])
        entries[:, 2] += tally(here[:, 1:][here[:, 1:] != above[:, :-1]])
        entries[:, 3] += tally(here[:, :-1][here[:, :-1] != above[:, 1:]])
    entries[:, 1:] += tally(labels[0])[:, None]
    entries[:, 2] += tally(labels[1:, 0])
    entries[:, 3] += tally(labels[1:, -1])
    return entries


def equal_pixel_perimeters(entries: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the perimeter (n,) in pixels as if pixels were squares: `skimage.measure.perimeter_crofton`.

    That function's table of 2 x 2 windows counts just these entries: pi / 4 for each along an axis, and as much over
    the square root of 2 for each along a diagonal.
    """
    return crofton_perimeters(entries, (1.0, 1.0))


def crofton_perimeters(entries: NDArray[np.int64], sizes: tuple[float, float]) -> NDArray[np.float64]:
    """Return the perimeter (n,) for pixels of these sizes (y, x), in their unit.

    The Crofton formula is the integral over all directions of the number of entries times the distance of the lines.
    Each of the four directions that pixels have stands for the angles that are nearer to it than to the others
    (Legland, Kiêu and Devaux 2007, "Computation of Minkowski measures on 2D and 3D binary images", Image Analysis and
    Stereology 26: 83-92). A disc comes out right whatever the shape of the pixels.
    """
    y, x = sizes
    slope = math.atan2(y, x)
    slanted = math.pi / 4 * y * x / math.hypot(y, x)
    weights = np.array([slope * y, (math.pi / 2 - slope) * x, slanted, slanted])
    return np.asarray(entries @ weights, np.float64)


class _Tally:
    """Counts how often each number of the objects occurs in some labels; other numbers do not count."""

    def __init__(self, runs: ObjectRuns) -> None:
        self._numbers = runs.numbers
        # Numbers far above the number of pixels are looked up instead of counted one by one
        self._is_short = not len(runs.numbers) or int(runs.numbers[-1]) <= max(1000, 4 * len(runs.which))

    def __call__(self, values: NDArray[Any]) -> NDArray[np.int64]:
        values = values[values > 0]
        if self._is_short:
            most = int(self._numbers[-1]) + 1 if len(self._numbers) else 1
            return np.bincount(values.astype(np.int64), minlength=most)[self._numbers.astype(np.int64)]
        return np.bincount(np.searchsorted(self._numbers, values), minlength=len(self._numbers))
