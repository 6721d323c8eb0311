"""Removing objects of few voxels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.measure.filled_runs import run_voxels
from core.measure.object_runs import find_object_runs

if TYPE_CHECKING:
    from numpy.typing import NDArray


def filter_small_segments(segmentation: NDArray[Any], min_size: float) -> NDArray[Any]:
    """Return a copy of the labels without the objects of fewer than `min_size` voxels.

    Parameters
    ----------
    segmentation
        Labels of any shape and type. Every number but 0 is an object, negative ones and 1 of bool too; an object is all
        voxels of one number, in one piece or several. NaN is left as it is.
    min_size
        In voxels. An object of exactly so many stays. With 0, 1 or less all stay.

    Returns
    -------
    Labels of the same shape and type; the objects that stay keep their numbers.

    The definition is that of segmentation-measurement 0.1.0.
    """
    labels = np.asarray(segmentation)
    kept = labels.copy("C")
    flat = kept.reshape(-1)
    runs = find_object_runs(flat, negative=True)
    small = runs.sizes() < min_size
    if runs.numbers.dtype.kind in "fc":
        small &= ~np.isnan(runs.numbers)
    if small.any():
        gone = small[runs.which]
        for voxels in run_voxels(runs.start[gone], runs.length[gone]):
            flat[voxels] = 0
    return kept
