"""Objects that the edge of the image cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.measure.filled_runs import filled_runs
from core.measure.object_runs import find_object_runs
from core.segment.inputs import checked_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


def clear_border(labels: ArrayLike, *, buffer: int = 0, axes: Sequence[int] | None = None) -> NDArray[Any]:
    """Remove the objects that touch the edge of the array, whole.

    Parameters
    ----------
    labels
        (Y, X) or (Z, Y, X), any integer type; every number but 0 is an object, all its pieces go together.
    buffer
        How many voxels besides the outermost ones count as edge.
    axes
        The axes whose two ends count; all if None. `axes=(1, 2)` keeps objects at the top and bottom of a stack.

    Returns
    -------
    labels
        The same shape and type. Of objects in one piece each, over all axes, `skimage.segmentation.clear_border`, which
        would keep the other pieces of an object.

    Raises
    ------
    TypeError, ValueError
        The labels are no whole numbers or have other axes; `buffer` is negative; an axis does not exist.
    """
    labels = checked_labels(labels)
    if buffer < 0:
        raise ValueError(f"buffer must be 0 or more voxels, but is {buffer}.")
    wanted = range(labels.ndim) if axes is None else axes
    for axis in wanted:
        if axis not in range(-labels.ndim, labels.ndim):
            raise ValueError(f"There is no axis {axis}: the labels have the axes 0 to {labels.ndim - 1}.")
    runs = find_object_runs(labels, negative=True)
    touching = [np.empty(0, labels.dtype)]
    for axis in wanted:
        width = min(int(buffer) + 1, labels.shape[axis])
        for ends in (slice(0, width), slice(labels.shape[axis] - width, None)):
            touching.append(np.unique(np.moveaxis(labels, axis, 0)[ends]))
    gone = np.isin(runs.numbers, np.concatenate(touching))
    return filled_runs(runs, np.where(gone, np.zeros(1, labels.dtype), runs.numbers), 0)
