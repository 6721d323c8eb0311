"""How often each gray value occurs in an image, and thresholds that follow from these counts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_GRAY_VALUES = 1 << 20
"""Whole numbers over a wider range than this are counted in bins, as decimal ones are."""
_BLOCK = 1 << 20


class GrayValues(NamedTuple):
    """`values` (n,), ascending, in equal steps, float64, and how many voxels have each, `counts` (n,), int64."""

    values: NDArray[np.float64]
    counts: NDArray[np.int64]


def count_gray_values(voxels: NDArray[Any], bins: int) -> GrayValues:
    """Return the gray values of voxels (n,), not all alike: each whole number, or the middles of `bins` equal bins."""
    least, most = voxels.min(), voxels.max()
    if voxels.dtype.kind in "iu" and int(most) - int(least) < _MOST_GRAY_VALUES:
        counts = np.zeros(int(most) - int(least) + 1, np.int64)
        for start in range(0, len(voxels), _BLOCK):
            # Subtracting before would not fit every type; counting takes 8 bytes a voxel in any case
            block = voxels[start : start + _BLOCK].astype(np.int64) - int(least)
            counts += np.bincount(block, minlength=len(counts))
        return GrayValues(np.arange(len(counts), dtype=np.float64) + float(least), counts)
    try:
        counts, edges = np.histogram(voxels, bins, (float(least), float(most)))
    except ValueError as error:
        raise ValueError(
            f"The gray values, from {least!s} to {most!s}, are too close together to be counted in {bins} steps. "
            "Subtract the least one from the image first, or give a value."
        ) from error
    return GrayValues((edges[:-1] + edges[1:]) / 2, counts.astype(np.int64, copy=False))


def li_threshold(gray: GrayValues) -> float:
    """Return the threshold of least cross entropy: the fixed point of Li and Tam's (1998) iteration from the mean.

    The gray values are taken from the least one, which is then 0, so that they have logarithms.
    """
    values = gray.values - gray.values[0]
    step = (values[-1] - values[0]) / (len(values) - 1)
    voxels, total = np.cumsum(gray.counts), np.cumsum(gray.counts * values)
    level, last = total[-1] / voxels[-1], -math.inf
    while abs(level - last) > step / 2:
        last = level
        dark = int(np.searchsorted(values, level, "right")) - 1
        if dark < 0 or total[dark] == 0 or voxels[dark] in (0, voxels[-1]):
            break
        below = total[dark] / voxels[dark]
        above = (total[-1] - total[dark]) / (voxels[-1] - voxels[dark])
        level = (above - below) / (math.log(above) - math.log(below))
    return float(level + gray.values[0])


def triangle_threshold(gray: GrayValues) -> float:
    """Return the gray value farthest below the line from the peak to the farther end (Zack, Rogers and Latt 1977)."""
    there = np.flatnonzero(gray.counts)
    first, last, peak = int(there[0]), int(there[-1]), int(np.argmax(gray.counts))
    # Along the longer side, from its far end to the peak
    way = np.arange(first, peak) if peak - first >= last - peak else np.arange(last, peak, -1)
    far = abs(way - way[0])
    # The distance to the line is this, divided by the line's length
    below = float(gray.counts[peak]) * far / abs(peak - int(way[0])) - gray.counts[way]
    return float(gray.values[way[int(np.argmax(below))]])
