"""Numbers for objects: from a mask, and in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.measure.filled_runs import filled_runs
from core.measure.label_numbers import smallest_type
from core.measure.object_runs import find_object_runs
from core.segment.inputs import checked_labels, checked_mask

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def label_objects(mask: ArrayLike, *, connectivity: int = 1) -> NDArray[np.unsignedinteger[Any]]:
    """Give each connected piece of a mask a number, 1 to n, in the order of their first voxels (C order).

    Parameters
    ----------
    mask
        (Y, X) or (Z, Y, X); what is not 0 is foreground.
    connectivity
        1: voxels that share a face are connected; 2: an edge, too; 3 (3D only): a corner, too.

    Returns
    -------
    labels
        The shape of the mask, uint8, uint16 or uint32, whichever is the smallest that holds n. The pieces are those of
        `scipy.ndimage.label`. Takes 4 bytes a voxel besides.

    Raises
    ------
    ValueError
        The mask has other axes, or `connectivity` is out of range.
    """
    labels = pieces_of(checked_mask(mask), connectivity)
    return labels.astype(smallest_type(0, int(labels.max(initial=0))))


def relabel(labels: ArrayLike) -> NDArray[np.unsignedinteger[Any]]:
    """Number the objects 1 to n, in the order of their numbers: the least, negative ones too, becomes 1.

    Parameters
    ----------
    labels
        (Y, X) or (Z, Y, X), any integer type; every number but 0 is an object, in how many pieces it may be.

    Returns
    -------
    labels
        The same shape, uint8, uint16 or uint32, whichever is the smallest that holds n.

    Raises
    ------
    TypeError, ValueError
        The labels are no whole numbers, or have other axes.
    """
    runs = find_object_runs(checked_labels(labels), negative=True)
    count = len(runs.numbers)
    return filled_runs(runs, np.arange(1, count + 1, dtype=smallest_type(0, count)), 0)


def pieces_of(mask: NDArray[np.bool_], connectivity: int = 1) -> NDArray[np.int32]:
    """Return the connected pieces of a mask, 1 to n in the order of their first voxels."""
    from scipy.ndimage import generate_binary_structure, label

    if connectivity not in range(1, mask.ndim + 1):
        raise ValueError(f"connectivity must be from 1 to {mask.ndim} in {mask.ndim}D, but is {connectivity}.")
    labels = np.empty(mask.shape, np.int32)
    label(mask, generate_binary_structure(mask.ndim, connectivity), output=labels)
    return labels
