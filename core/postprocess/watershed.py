"""Growing objects over an image by flooding it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.measure.label_numbers import check_whole

if TYPE_CHECKING:
    from numpy.typing import NDArray


def apply_watershed(
    segmentation: NDArray[Any], heatmap: NDArray[Any], mask: NDArray[Any] | None = None
) -> NDArray[Any]:
    """Return the labels after each object has grown over the background, low places of the heatmap first.

    Parameters
    ----------
    segmentation
        Labels of any shape, whole numbers or bool. Every number but 0 is an object from which the flood starts.
    heatmap
        Numbers in the shape of the labels, in any unit.
    mask
        In the shape of the labels, cast to bool. Only where it is true the flood goes; elsewhere the result is 0, also
        where the labels have an object. Without one it goes everywhere.

    Returns
    -------
    Labels of the same shape and type. Neighbours share a face; there is no line between objects.

    Raises
    ------
    TypeError
        The labels are not whole numbers.
    ValueError
        The shapes differ.

    The result is that of skimage.segmentation.watershed (markers, connectivity 1). Only the box round the mask is
    flooded, and nothing where there is no object or no background: that changes no voxel.
    """
    from skimage.segmentation import watershed

    labels, heat = np.asarray(segmentation), np.asarray(heatmap)
    check_whole(labels, mask_too=True)
    if heat.shape != labels.shape:
        raise ValueError(f"The heatmap must have the shape of the labels, {labels.shape}, but has {heat.shape}.")
    box: tuple[slice, ...] = (slice(None),) * labels.ndim
    inside = None
    if mask is not None:
        inside = np.asarray(mask)
        if inside.shape != labels.shape:
            raise ValueError(
                f"The mask must have the same shape as the labels, {labels.shape}, but has {inside.shape}."
            )
        inside = inside.astype(np.bool_, copy=False)
        box = _box(inside)
        inside = inside[box]
    part = labels[box]
    flooded = np.zeros_like(labels, order="C")
    if part.size:
        markers = part if inside is None else np.where(inside, part, np.zeros((), labels.dtype))
        is_dry = markers == 0 if inside is None else inside & (markers == 0)
        if markers.any() and is_dry.any():
            markers = watershed(heat[box], markers=markers, mask=inside)
        flooded[box] = markers
    return flooded


def _box(inside: NDArray[np.bool_]) -> tuple[slice, ...]:
    """Return the smallest box that holds all true voxels, empty where there are none."""
    box = []
    for axis in range(inside.ndim):
        there = np.flatnonzero(inside.any(axis=tuple(one for one in range(inside.ndim) if one != axis)))
        box.append(slice(int(there[0]), int(there[-1]) + 1) if len(there) else slice(0, 0))
    return tuple(box)
