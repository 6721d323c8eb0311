"""What each operation on labels gives, worked out on whole arrays in the plainest way."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from core.painting.label_edit import Change


def apply(array: NDArray[Any], changes: Iterable[Change]) -> NDArray[Any]:
    """Make changes voxel by voxel; those outside of the array are lost."""
    made = array.copy()
    for change in changes:
        starts = [part.start for part in change.box]
        for at in np.argwhere(change.mask):
            place = tuple(np.add(at, starts).tolist())
            if all(0 <= one < length for one, length in zip(place, array.shape, strict=True)):
                made[place] = change.values if isinstance(change.values, int) else change.values[tuple(at)]
    return made


def slices(array: NDArray[Any], axis: int | None) -> Iterable[NDArray[Any]]:
    """Views (3D) of the whole array, or of each slice."""
    return [array] if axis is None else [np.expand_dims(one, axis) for one in np.moveaxis(array, axis, 0)]


def pieces(mask: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """Pieces through faces, in order of first voxel."""
    found, count = ndimage.label(mask)
    return sorted((found == one for one in range(1, count + 1)), key=lambda piece: int(piece.argmax()))


def filled(array: NDArray[Any], seed: tuple[int, int, int], value: int, axis: int | None, whole: bool) -> NDArray[Any]:
    mask = array == array[seed]
    if axis is not None:
        here = np.zeros_like(mask)
        np.moveaxis(here, axis, 0)[seed[axis]] = True
        mask &= here
    if not whole:
        mask = next(piece for piece in pieces(mask) if piece[seed])
    return np.where(mask, value, array)


def holes_filled(array: NDArray[Any], numbers: Sequence[int], axis: int | None) -> NDArray[Any]:
    found = {}
    for number in numbers:
        mask = array == number
        closed = np.zeros_like(mask)
        for part, into in zip(slices(mask, axis), slices(closed, axis), strict=True):
            rank = [at for at in range(3) if at != axis]
            plane = part if axis is None else part.squeeze(axis)
            assert plane.ndim == len(rank)
            into[...] = ndimage.binary_fill_holes(plane).reshape(into.shape)
        found[number] = closed & (array == 0)
    made = array.copy()
    for number in sorted(numbers, key=lambda one: -found[one].sum()):
        made[found[number]] = number
    return made


def largest_kept(array: NDArray[Any], numbers: Sequence[int]) -> NDArray[Any]:
    made = array.copy()
    for number in numbers:
        parts = pieces(array == number)
        if parts:
            made[(array == number) & ~max(parts, key=np.sum)] = 0
    return made


def parted(array: NDArray[Any], numbers: Sequence[int]) -> NDArray[Any]:
    made, new = array.copy(), int(array.max()) + 1
    for number in numbers:
        parts = pieces(array == number)
        for part in parts:
            if part is not max(parts, key=np.sum):
                made[part] = new
                new += 1
    return made


def distance(mask: NDArray[np.bool_], voxel_size: Sequence[float], axis: int | None) -> NDArray[Any]:
    """To the nearest voxel of the mask, by looking at all of them."""
    made = np.full(mask.shape, np.inf)
    for at in np.ndindex(*mask.shape):
        offsets = np.argwhere(mask) - at
        if axis is not None:
            offsets = offsets[offsets[:, axis] == 0]
        if len(offsets):
            made[at] = np.sqrt(((offsets * voxel_size) ** 2).sum(1)).min()
    return made


def enlarged(array: NDArray[Any], numbers: Sequence[int], by: float, size: Any, axis: int | None) -> NDArray[Any]:
    made, best = array.copy(), np.full(array.shape, np.inf)
    for number in sorted(numbers):
        reach = distance(array == number, size, axis).astype(np.float32)
        nearer = (reach <= by + 1e-6) & (reach < best) & (array == 0)
        made[nearer], best[nearer] = number, reach[nearer]
    return made


def reduced(array: NDArray[Any], numbers: Sequence[int], by: float, size: Any, axis: int | None) -> NDArray[Any]:
    made = array.copy()
    for number in numbers:
        made[(array == number) & (distance(array != number, size, axis) <= by + 1e-6)] = 0
    return made


def smoothed(array: NDArray[Any], numbers: Sequence[int], radius: float, size: Any, axis: int | None) -> NDArray[Any]:
    made = array.copy()
    sigma = [0.0 if at == axis else radius / 2 / one for at, one in enumerate(size)]
    for number in numbers:
        mask = array == number
        share = ndimage.gaussian_filter(mask.astype(np.float32), sigma, mode="nearest", truncate=3)
        wanted = (share >= 0.5 - 1e-6) & (mask | (array == 0))
        if wanted.any():
            made[mask & ~wanted] = 0
            made[wanted & ~mask] = number
    return made


def interpolated(array: NDArray[Any], number: int, axis: int) -> NDArray[Any]:
    made = array.copy()
    into, view = np.moveaxis(made, axis, 0), np.moveaxis(array, axis, 0)

    def outline(plane: NDArray[np.bool_]) -> NDArray[Any]:
        padded = np.pad(plane, 1)
        found = ndimage.distance_transform_edt(~padded) - ndimage.distance_transform_edt(padded)
        return np.asarray(found)[1:-1, 1:-1]

    drawn = [at for at, plane in enumerate(view) if (plane == number).any()]
    for first, last in pairwise(drawn):
        for at in range(first + 1, last):
            share = (at - first) / (last - first)
            between = outline(view[first] == number) * (1 - share) + outline(view[last] == number) * share
            into[at][(between < 0) & (view[at] == 0)] = number
    return made


def copied(array: NDArray[Any], axis: int, source: int, target: int, numbers: Any, over: bool) -> NDArray[Any]:
    made = array.copy()
    into, view = np.moveaxis(made, axis, 0), np.moveaxis(array, axis, 0)
    chosen = view[source] != 0 if numbers is None else np.isin(view[source], list(numbers)) & (view[source] != 0)
    if not over:
        chosen &= view[target] == 0
    into[target][chosen] = view[source][chosen]
    return made
