"""The smallest upright box round each object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.measure.run_blocks import run_blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.measure.object_runs import ObjectRuns


def bounding_boxes(runs: ObjectRuns) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first voxel along each axis (n, d) and one past the last (n, d), as skimage's `bbox` has them."""
    lowest = np.empty((len(runs.numbers), len(runs.shape)), np.int64)
    highest = np.empty_like(lowest)
    for block in run_blocks(runs):
        part = slice(block.first, block.last)
        rest, length = block.start, block.length
        for axis in range(len(runs.shape) - 1, -1, -1):
            whole = rest // runs.shape[axis]
            place = rest - whole * runs.shape[axis]
            lowest[part, axis] = np.minimum.reduceat(place, block.begins)
            highest[part, axis] = np.maximum.reduceat(place + length, block.begins)
            rest, length = whole, np.ones_like(length)
    return lowest, highest
