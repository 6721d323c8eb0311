"""One object becomes several: by watershed from seeds, or along a line that is drawn across it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import Cancelled, never
from core.painting.boxes import Box, box_of_true, grown, inside, low, moved, shape_of, whole
from core.painting.label_edit import Change
from core.painting.label_fill import slice_of
from core.painting.label_shapes import line_pixels
from core.painting.runs import runs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from core.painting.labels import Labels


def split_by_seeds(
    labels: Labels,
    number: int,
    seeds: Sequence[Sequence[float]],
    voxel_size: Sequence[float],
    image: NDArray[Any] | None = None,
    cancelled: Callable[[], bool] = never,
) -> list[Change]:
    """Split an object by watershed from two or more places in it.

    The water rises in the depth below the object's surface (micrometres, by `voxel_size` z, y, x), or in the intensity
    of `image` (Z, Y, X; bright is deep) if that is given. It begins on the whole way from each seed down to its deepest
    place, so that it does not matter how well one has clicked; what seeds with the same deepest place share goes to the
    nearest of them. Seeds (z, y, x in voxels) outside the object move to its nearest voxel. The largest part keeps the
    number, with pieces that have no seed; the others get new ones in order of the seeds. Nothing where fewer than two
    seeds are in different voxels. Raises Cancelled.
    """
    from scipy.ndimage import distance_transform_edt
    from skimage.segmentation import watershed

    tight = labels.index.tight_box(number, labels.array)
    if tight is None:
        return []
    box = grown(tight, 1, labels.shape)
    mask = labels.array[box] == number
    places = list(dict.fromkeys(_nearest(mask, np.subtract(seed, low(box)), voxel_size) for seed in seeds))
    if len(places) < 2:
        return []
    if cancelled():
        raise Cancelled
    if image is not None:
        depth: NDArray[Any] = image[box].astype(np.float32)
    else:
        # Beyond the array's edge the object is taken to end, or one that fills the array would have no depth
        depth = distance_transform_edt(np.pad(mask, 1), sampling=voxel_size)[1:-1, 1:-1, 1:-1]
    if cancelled():
        raise Cancelled
    basins: dict[tuple[int, ...], list[int]] = {}
    markers = np.zeros(mask.shape, np.int32)
    for seed, place in enumerate(places, 1):
        way = _way_down(depth, mask, place)
        seeds_there = basins.setdefault(way[-1], [])
        seeds_there.append(seed)
        for step in way:
            markers[step] = seeds_there[0]
    parts = watershed(-depth, markers, mask=mask)
    for first, *others in basins.values():
        if others:
            voxels = np.argwhere(parts == first)
            away = [(((voxels - places[seed - 1]) * voxel_size) ** 2).sum(1) for seed in (first, *others)]
            parts[tuple(voxels.T)] = np.array([first, *others])[np.argmin(away, axis=0)]
    return _numbered(labels, box, parts, len(places))


def split_by_line(
    labels: Labels,
    number: int,
    points: NDArray[Any],
    axis: int,
    at: int | None = None,
    cancelled: Callable[[], bool] = never,
) -> list[Change]:
    """Cut an object along a line through points (n, 2) in a plane (its two axes in the order z, y, x, in voxels).

    In the slice `at` across `axis` (0 z, 1 y, 2 x), or through all slices if None: the line is then a surface along
    that axis. What the line parts gets new numbers in order of first voxel, the largest keeps the old; pieces that the
    line does not touch do, too. The voxels on the line go to the nearest part. Nothing where it does not part the
    object: it must begin and end outside of it. Raises Cancelled.
    """
    tight = labels.index.tight_box(number, labels.array)
    if tight is None:
        return []
    if at is not None:
        within = slice_of(tight, [at] * 3, axis)
        tight = inside(within, tight)
        if not all(shape_of(tight)):
            return []
    box = grown(tight, [0 if one == axis else 1 for one in range(3)], labels.shape)
    mask = labels.array[box] == number
    barrier = np.zeros(mask.shape, np.bool_)
    plane = np.moveaxis(barrier, axis, 0)
    start = [first for one, first in enumerate(low(box)) if one != axis]
    pixels = line_pixels(points) - start
    pixels = pixels[((pixels >= 0) & (pixels < plane.shape[1:])).all(1)]
    plane[:, pixels[:, 0], pixels[:, 1]] = True
    barrier &= mask
    if cancelled():
        raise Cancelled
    runs = runs_of(mask & ~barrier)
    count, piece = runs.pieces()
    if count < 2 or not barrier.any():
        return []
    parts = np.zeros(mask.shape, np.int32)
    parts[mask & ~barrier] = np.repeat(piece + 1, runs.stop - runs.start)
    touched = np.unique(parts[_beside(barrier)])
    touched = touched[touched > 0]
    if len(touched) < 2:
        return []
    names = np.zeros(count + 1, np.int32)
    names[touched] = np.arange(1, len(touched) + 1)
    parts = names[parts]
    _give_to_nearest(parts, barrier)
    return _numbered(labels, box, parts, len(touched))


def _nearest(mask: NDArray[np.bool_], point: NDArray[Any], voxel_size: Sequence[float]) -> tuple[int, int, int]:
    """Return the voxel of a mask that is nearest to a point, in micrometres; the one that it is in if that belongs."""
    z, y, x = np.floor(point + 0.5).astype(int).tolist()
    if all(0 <= at < length for at, length in zip((z, y, x), mask.shape, strict=True)) and mask[z, y, x]:
        return z, y, x
    voxels = np.argwhere(mask)
    z, y, x = voxels[int((((voxels - point) * voxel_size) ** 2).sum(1).argmin())].tolist()
    return z, y, x


def _way_down(depth: NDArray[Any], mask: NDArray[np.bool_], place: tuple[int, int, int]) -> list[tuple[int, ...]]:
    """Return the voxels of a mask from a place to the deepest neighbour, and so on, as long as it goes down."""
    way: list[tuple[int, ...]] = [place]
    while True:
        around = tuple(slice(max(0, at - 1), at + 2) for at in way[-1])
        deep = np.where(mask[around], depth[around], -np.inf)
        best = np.unravel_index(int(deep.argmax()), deep.shape)
        if not deep[best] > depth[way[-1]]:
            return way
        way.append(tuple(part.start + int(at) for part, at in zip(around, best, strict=True)))


def _beside(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the voxels that share a face with one of the mask."""
    made = np.zeros_like(mask)
    for axis in range(3):
        into, source = np.moveaxis(made, axis, 0), np.moveaxis(mask, axis, 0)
        into[1:] |= source[:-1]
        into[:-1] |= source[1:]
    return made


def _give_to_nearest(parts: NDArray[np.int32], gaps: NDArray[np.bool_]) -> None:
    """Number the voxels of `gaps` as the nearest that has a number, in place."""
    from scipy.ndimage import distance_transform_edt

    found = box_of_true(gaps)
    if found is None:
        return
    box = grown(found, 1, parts.shape)
    if not parts[box].any():
        box = whole(parts.shape)
    view, gap = parts[box], gaps[box]
    nearest = distance_transform_edt(view == 0, return_distances=False, return_indices=True)
    view[gap] = view[tuple(nearest)][gap]


def _numbered(labels: Labels, box: Box, parts: NDArray[np.int32], count: int) -> list[Change]:
    """Give parts 1 to `count` new numbers in order, but for the largest; each change has its own least box."""
    sizes = np.bincount(parts.ravel(), minlength=count + 1)[1:]
    largest = int(sizes.argmax()) + 1
    changes = []
    new = labels.index.new_number()
    for part in range(1, count + 1):
        mask = parts == part
        found = None if part == largest else box_of_true(mask)
        if found is not None:
            changes.append(Change(moved(found, low(box)), mask[found], new))
            new += 1
    return changes
