"""Objects that touch, parted: where they are narrow, where they are dark between, or from markers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from core.measure.filled_runs import filled_runs
from core.measure.label_numbers import smallest_type
from core.measure.object_runs import find_object_runs
from core.measure.scale import axis_sizes
from core.segment.basins import find_hills, high_enough, joined
from core.segment.distances import depth
from core.segment.inputs import check_same_shape, checked_image, checked_labels, checked_length, checked_mask
from core.segment.labelling import pieces_of, relabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from core.segment.basins import Hills

Splitting = Literal["distance", "intensity"]

_SIDES, _RANGE = 0.75, 0.01
"""How high a hill must be by default: in sides of a voxel, in the range of the gray values."""


def split_touching(
    labels_or_mask: ArrayLike,
    *,
    method: Splitting = "distance",
    image: ArrayLike | None = None,
    h: float | None = None,
    min_distance: float = 0.0,
    markers: ArrayLike | None = None,
    scale: float | Sequence[float] = 1.0,
) -> NDArray[np.unsignedinteger[Any]]:
    """Part objects that touch: each hill of a landscape on the foreground becomes an object of its own.

    Parameters
    ----------
    labels_or_mask
        (Y, X) or (Z, Y, X), a mask or labels of any integer type. Each connected piece (by faces) of each number is
        parted by itself, so that what is not connected, or has two numbers, never becomes one object.
    method
        What is high: "distance", the distance to the nearest voxel outside the object, which parts round objects at
        their necks; "intensity", the gray value of `image`, which parts bright objects along dark lines.
    image
        The same shape, one channel, best smoothed before; for "intensity" only.
    h
        A hill counts if it rises by more than this above the way to a higher one (h-maxima): in the unit of `scale`
        for "distance", by default three quarters of the finest side of a voxel; in gray values for "intensity", by
        default a hundredth of the range from the first to the 99th percentile of the image.
    min_distance
        Of hills of one piece whose tops are nearer than this, in the unit of `scale`, the lower ones do not count.
    markers
        The same shape, integers: each number but 0 is a place from which an object grows, instead of the hills; what is
        outside the foreground does not count. A piece without any stays one object.
    scale
        The size of a voxel: one number, or one for each axis.

    Returns
    -------
    labels
        The same shape, with every voxel of the foreground in an object; 1 to n in the order of their first voxels,
        uint8, uint16 or uint32, whichever is the smallest that holds n.

        The parting is that of a watershed: each voxel belongs to the hill that the steepest way up leads to; a hill
        that does not count joins its neighbour over the highest pass (Grimaud 1992; Najman and Schmitt 1996). With
        markers, it is `skimage.segmentation.watershed` (by faces). Takes some 20 bytes a voxel besides; with markers,
        as much as scikit-image does in the box of the largest piece.

    Raises
    ------
    TypeError, ValueError
        Labels are no whole numbers; shapes differ; an argument is out of range, is missing, or belongs to the other
        method.
    """
    source = np.asarray(labels_or_mask)
    source = checked_mask(source) if source.dtype.kind == "b" else checked_labels(source)
    sizes = axis_sizes(scale, source.ndim)
    _check_method(method, image is not None)
    min_distance = checked_length("min_distance", min_distance)
    given = None if image is None else _checked_heights(image, source.shape)
    least = _least(h, given, min(sizes))
    marks = None if markers is None else checked_labels(markers)
    if marks is not None:
        check_same_shape("array of markers", marks.shape, source.shape, "mask")
    islands = _islands(source)
    heights = _depth(source, sizes) if given is None else given
    if marks is not None:
        return _numbered(_flooded(heights, islands, marks))
    hills = find_hills(heights, islands, sizes)
    del heights
    kept = high_enough(hills, least)
    if min_distance:
        kept &= _far_apart(hills, kept, islands, sizes, min_distance)
    del islands
    objects = np.append(0, joined(hills, kept) + 1).astype(np.int32)
    return _numbered(objects[hills.number])


def _depth(source: NDArray[Any], sizes: Sequence[float]) -> NDArray[np.float32]:
    deep = depth(source, sizes)
    # What fills the whole array has no depth: nothing parts it
    deep[np.isinf(deep)] = 0
    return deep


def _least(h: float | None, heights: NDArray[Any] | None, finest: float) -> float:
    """Return by how much a hill must rise to count."""
    if h is not None:
        return checked_length("h", h)
    if heights is None:
        return _SIDES * finest
    first, last = np.percentile(heights, (1, 99))
    return _RANGE * float(last - first)


def _check_method(method: Splitting, has_image: bool) -> None:
    if method not in get_args(Splitting):
        raise ValueError(f'There is no splitting called "{method}". Choose from {", ".join(get_args(Splitting))}.')
    if method == "distance" and has_image:
        raise ValueError('An image is for the method "intensity", but the method is "distance". Leave one out.')
    if method == "intensity" and not has_image:
        raise ValueError('The method "intensity" needs an image. Give the image that the labels were made from.')


def _checked_heights(image: ArrayLike | None, shape: tuple[int, ...]) -> NDArray[Any]:
    heights = checked_image(np.asarray(image))
    check_same_shape("image", heights.shape, shape, "mask")
    return heights


def _islands(source: NDArray[Any]) -> NDArray[np.int32]:
    """Return the connected pieces of each number."""
    if source.dtype.kind == "b":
        return pieces_of(source)
    from skimage.measure import label

    runs = find_object_runs(source, negative=True)
    numbered = filled_runs(runs, np.arange(1, len(runs.numbers) + 1, dtype=np.int32), 0)
    islands: NDArray[np.int32] = label(numbered, connectivity=1).astype(np.int32, copy=False)
    return islands


def _far_apart(
    hills: Hills, kept: NDArray[np.bool_], islands: NDArray[np.int32], sizes: Sequence[float], least: float
) -> NDArray[np.bool_]:
    """Return which hills are not near a higher one that is kept, of the same island; the highest choose first."""
    from scipy.spatial import cKDTree

    which = np.flatnonzero(kept)
    which = which[np.lexsort((which, -hills.height[which].astype(np.float64)))]
    tops = np.stack(np.unravel_index(hills.peak[which], islands.shape), 1) * np.asarray(sizes)
    island = islands.reshape(-1)[hills.peak[which]]
    near: list[list[int]] = [[] for _ in which]
    # Nearer than, not as near as
    for one, other in sorted(cKDTree(tops).query_pairs(np.nextafter(least, 0))):
        if island[one] == island[other]:
            near[other].append(one)
    stays = np.zeros(len(hills.peak), np.bool_)
    for place, hill in enumerate(which):
        stays[hill] = not any(stays[which[one]] for one in near[place])
    return stays


def _flooded(heights: NDArray[Any], islands: NDArray[np.int32], marks: NDArray[Any]) -> NDArray[np.int32]:
    """Return the islands, parted by watershed where they have two or more different marks."""
    from scipy.ndimage import find_objects
    from skimage.segmentation import watershed

    parted = islands.copy()
    marks = relabel(marks).astype(np.int32)
    marks[islands == 0] = 0
    at = np.flatnonzero(marks)
    there = np.unique(np.stack([islands.reshape(-1)[at], marks.reshape(-1)[at]], 1), axis=0)
    islands_several = np.flatnonzero(np.bincount(there[:, 0], minlength=1) > 1)
    boxes = find_objects(islands)
    last = int(islands.max(initial=0))
    for island in islands_several.tolist():
        box = boxes[island - 1]
        here = islands[box] == island
        own, seeds = np.unique(np.where(here, marks[box], 0), return_inverse=True)
        high = heights[box].astype(np.float32)
        parts = watershed(-high, seeds.reshape(here.shape).astype(np.int32), mask=here)
        parted[box][here] = parts[here] + last
        last += len(own)
    return parted


def _numbered(objects: NDArray[np.int32]) -> NDArray[np.unsignedinteger[Any]]:
    """Number objects 1 to n in the order of their first voxels."""
    runs = find_object_runs(objects)
    first = np.full(len(runs.numbers), objects.size, np.int64)
    np.minimum.at(first, runs.which, runs.start)
    numbers = np.empty(len(first), smallest_type(0, len(first)))
    numbers[np.argsort(first)] = np.arange(1, len(first) + 1)
    return filled_runs(runs, numbers, 0)
