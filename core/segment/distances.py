"""Distances between voxels and objects, and objects made larger or smaller by them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from core.measure.scale import axis_sizes
from core.segment.inputs import checked_labels, checked_length
from core.segment.labelling import relabel
from core.segment.tiles import VOXELS, tiles

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    # A place in the labels, which of its voxels are of objects, and how far these are from what is not of theirs
    _Depth = tuple[tuple[slice, ...], NDArray[np.bool_], NDArray[np.float64]]

_FIRST_MARGIN = {2: 24, 3: 12}
"""Voxels round a tile that are looked at first, by number of axes; most objects are thinner than twice that."""

_ROUNDING = 1 + 1e-9
"""Three voxels of 0.1 are a little more than 0.3 to a computer, but not to who asks for 0.3."""


def expand_labels(
    labels: ArrayLike, distance: float, scale: float | Sequence[float] = 1.0, *, tile_voxels: int = VOXELS
) -> NDArray[Any]:
    """Let each object grow by `distance` into the background; where two meet, each voxel goes to the nearest.

    Parameters
    ----------
    labels
        (Y, X) or (Z, Y, X), any integer type; every number but 0 is an object.
    distance
        How far a voxel's centre may be from that of the nearest voxel of an object, in the unit of `scale`,
        Euclidean: a voxel at exactly that distance is taken. 0 changes nothing.
    scale
        The size of a voxel: one number, or one for each axis.
    tile_voxels
        How many voxels are worked on at a time; it changes no result.

    Returns
    -------
    labels
        The same shape and type. What was an object keeps its number. Equal to `skimage.segmentation.expand_labels`.
        Takes no memory besides that grows with the array.

    Raises
    ------
    TypeError, ValueError
        The labels are no whole numbers or have other axes; `distance` is negative; `scale` is not positive.
    """
    from scipy.ndimage import distance_transform_edt

    labels = checked_labels(labels)
    sizes = axis_sizes(scale, labels.ndim)
    distance = checked_length("distance", distance) * _ROUNDING
    grown = labels.copy()
    margin = [math.floor(distance / size) for size in sizes]
    if not any(margin):
        return grown
    for tile in tiles(labels.shape, margin, tile_voxels):
        near = labels[tile.outer]
        empty = near == 0
        if not empty[tile.inner].any() or empty.all():
            continue
        away, nearest = distance_transform_edt(empty, sampling=sizes, return_indices=True)
        reached = empty[tile.inner] & (away[tile.inner] <= distance)
        grown[tile.core][reached] = near[tuple(nearest[(slice(None), *tile.inner)][:, reached])]
    return grown


def erode_labels(labels: ArrayLike, distance: float, scale: float | Sequence[float] = 1.0) -> NDArray[Any]:
    """Take from each object what is within `distance` of the background or of another object.

    Parameters
    ----------
    labels
        (Y, X) or (Z, Y, X), any integer type; every number but 0 is an object.
    distance
        A voxel goes when the centre of a voxel that is not of its object is this near or nearer, in the unit of
        `scale`, Euclidean. 0 changes nothing. The edge of the array takes nothing: what is beyond is not known.
    scale
        The size of a voxel: one number, or one for each axis.

    Returns
    -------
    labels
        The same shape and type; objects may fall into pieces, or vanish. For one object, the erosion by a ball of
        mathematical morphology (`scipy.ndimage.binary_erosion` with `border_value=1`). Takes 4 bytes a voxel besides
        where objects touch.

    Raises
    ------
    TypeError, ValueError
        The labels are no whole numbers or have other axes; `distance` is negative; `scale` is not positive.
    """
    labels = checked_labels(labels)
    sizes = axis_sizes(scale, labels.ndim)
    distance = checked_length("distance", distance)
    left = labels.copy()
    left[depth(labels, sizes) <= np.float32(distance * _ROUNDING)] = 0
    return left


def depth(labels: NDArray[Any], sizes: Sequence[float], *, tile_voxels: int = VOXELS) -> NDArray[np.float32]:
    """Return how far each voxel of an object is from the nearest voxel that is not of it, float32; 0 in the background.

    `labels` are labels or a mask. Where an object fills the whole array, its depth is infinite. Exact (the Euclidean
    distance transform of scipy.ndimage), in tiles, or box by box of objects that touch.
    """
    deep = np.zeros(labels.shape, np.float32)
    for place, of_object, away in _depths(labels, sizes, tile_voxels):
        np.copyto(deep[place], away, where=of_object, casting="same_kind")
    return deep


def _depths(labels: NDArray[Any], sizes: Sequence[float], tile_voxels: int) -> Iterator[_Depth]:
    if labels.dtype.kind != "b" and _touch(labels):
        return _depths_of_touching(labels, sizes, tile_voxels)
    return _depths_of_mask(labels, sizes, tile_voxels)


def _touch(labels: NDArray[Any]) -> bool:
    """Tell whether voxels of two objects share a face anywhere."""
    for tile in tiles(labels.shape, [1] * labels.ndim):
        near = labels[tile.outer]
        for axis in range(labels.ndim):
            one = near[(slice(None),) * axis + (slice(1, None),)]
            other = near[(slice(None),) * axis + (slice(None, -1),)]
            if ((one != other) & (one != 0) & (other != 0)).any():
                return True
    return False


def _depths_of_mask(labels: NDArray[Any], sizes: Sequence[float], tile_voxels: int) -> Iterator[_Depth]:
    from scipy.ndimage import distance_transform_edt

    for tile in tiles(labels.shape, [0] * labels.ndim, tile_voxels):
        here = labels[tile.core] != 0
        if not here.any():
            continue
        # A distance is right if it is not greater than that to the nearest voxel that was not looked at
        reach = _FIRST_MARGIN[labels.ndim] * min(sizes)
        while True:
            margin = [math.ceil(reach / size) for size in sizes]
            lows = [max(0, part.start - far) for part, far in zip(tile.core, margin, strict=True)]
            highs = [min(n, part.stop + far) for part, far, n in zip(tile.core, margin, labels.shape, strict=True)]
            outer = labels[tuple(map(slice, lows, highs))] != 0
            inner = tuple(slice(part.start - low, part.stop - low) for part, low in zip(tile.core, lows, strict=True))
            away = np.full(here.shape, np.inf)
            if not outer.all():
                away = distance_transform_edt(outer, sampling=sizes)[inner]
            if outer.shape == labels.shape or away.max() <= reach:
                break
            reach *= 2
        yield tile.core, here, away


def _depths_of_touching(labels: NDArray[Any], sizes: Sequence[float], tile_voxels: int) -> Iterator[_Depth]:
    from scipy.ndimage import find_objects

    numbered = relabel(labels)
    for number, box in enumerate(find_objects(numbered), 1):
        # Outside its box there is nothing nearer than a voxel of the frame round it
        wider = tuple(slice(max(0, part.start - 1), part.stop + 1) for part in box)
        for place, here, away in _depths_of_mask(numbered[wider] == number, sizes, tile_voxels):
            yield tuple(_within(part, one) for part, one in zip(wider, place, strict=True)), here, away


def _within(outer: slice, inner: slice) -> slice:
    return slice(outer.start + inner.start, outer.start + inner.stop)
