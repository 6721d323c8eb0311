"""Perimeters of flat objects by the Crofton formula: how often lines of four directions enter them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from core.measure.object_runs import ObjectRuns

_PIXELS = 1 << 17
"""Pixels that are compared at a time."""


def count_entries(labels: NDArray[Any], runs: ObjectRuns) -> NDArray[np.int64]:
    """Return how often lines of pixels enter each object (n, 4): along x, along y, and the two diagonals.

    A line enters an object at each pixel whose neighbour one step back along the line is not of that object. The first
    diagonal goes from (y, x) to (y + 1, x + 1), the second to (y + 1, x - 1).
    """
    height, width = labels.shape
    count = len(runs.numbers)
    tally = np.zeros(count * 8, np.int64)
    if not count:
        return tally.reshape(0, 8)[:, :4]
    place_of = _places(runs)
    rows = max(1, _PIXELS // width)
    # Bit 0 for the line along y, bit 1 and 2 for the diagonals
    ways = np.empty((min(rows, height), width), np.uint8)
    for begin in range(0, height, rows):
        here = labels[begin : begin + rows]
        enters = ways[: len(here)]
        inner = slice(1 if begin == 0 else 0, None)
        below, above = here[inner], labels[max(0, begin - 1) : begin + len(here) - 1]
        enters[:, 0] = 0
        enters[inner, 1:] = (below[:, 1:] != above[:, :-1]).view(np.uint8) << 1
        enters[inner, :-1] |= (below[:, :-1] != above[:, 1:]).view(np.uint8) << 2
        enters[inner] |= (below != above).view(np.uint8)
        # What lies beyond the border is of no object
        enters[:, 0] |= 0b010
        enters[:, -1] |= 0b100
        if begin == 0:
            enters[0] = 0b111
        at = np.flatnonzero(enters)
        numbers = here.reshape(-1)[at]
        is_object = np.flatnonzero(numbers > 0)
        keys = place_of(numbers[is_object]) * 8 + enters.reshape(-1)[at[is_object]]
        tally += np.bincount(keys, minlength=count * 8)
    by_ways = tally.reshape(count, 8)
    along_x = np.bincount(runs.which, minlength=count)
    others = [by_ways[:, [way for way in range(8) if way >> bit & 1]].sum(axis=1) for bit in range(3)]
    return np.stack([along_x, *others], axis=1)


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


def _places(runs: ObjectRuns) -> Callable[[NDArray[Any]], NDArray[np.int64]]:
    """Return what finds the places of numbers among those of the objects; all must be there."""
    numbers = runs.numbers
    most = int(numbers[-1])
    if most > max(1000, 4 * len(runs.which)):
        return lambda some: np.searchsorted(numbers, some)
    places = np.zeros(most + 1, np.int64)
    places[numbers] = np.arange(len(numbers))
    return lambda some: places[some]
