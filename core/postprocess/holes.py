"""Filling small holes in objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.measure.filled_runs import filled_runs
from core.measure.object_runs import find_object_runs
from core.postprocess.nested_holes import NestedHoles
from core.postprocess.pieces import find_pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.postprocess.pieces import Pieces

_MANY = 1000
"""Up to so many searches are made at once, without asking what they take."""
_SEARCH, _STEP, _LOOK = 3e-5, 1e-5, 8e-9
"""Seconds, about, of a search in the graph, of each piece that it may come to, of a voxel looked at for one object."""


def remove_small_holes(
    segmentation: NDArray[Any], max_hole_size: float, *, enclosed_only: bool = False
) -> NDArray[Any]:
    """Return the labels with small holes of objects filled.

    Parameters
    ----------
    segmentation
        Labels of any shape and type. Every number but 0 is an object, negative ones too.
    max_hole_size
        In voxels. A hole of an object is what hangs together across faces and is not that object, with other objects in
        it; one of at most this size is filled, that is, its background becomes the object, and objects in it stay.
        Nothing is filled with 0 or less. A voxel in holes of several objects goes to the greatest number.
    enclosed_only
        False: also a pocket of background at the border of the image counts as a hole, and the whole background where
        it is small enough. True: only what touches no border of the image (axes of a single voxel have none).

    Returns
    -------
    Labels of the same shape and type.

    The definition is that of segmentation-measurement 0.1.0 with scikit-image 0.26, skimage.morphology.
    remove_small_holes for each object.
    """
    labels = np.ascontiguousarray(segmentation).reshape(np.shape(segmentation))
    if not labels.size or not labels.ndim or not max_hole_size > 0:
        return labels.copy()
    whole, names = _whole_numbers(labels)
    if labels.ndim > 3:
        return _filled_one_by_one(labels, np.unique(labels), max_hole_size, enclosed_only)
    pieces = find_pieces(whole)
    small = pieces.sizes <= max_hole_size
    voxels = pieces.background(small) if small.any() else np.empty(0, np.int64)
    if not len(voxels):
        return labels.copy()
    touching = pieces.touching_border() if enclosed_only else np.zeros(len(small), np.bool_)
    around = _surroundings(pieces, voxels, max_hole_size)
    owner = np.where(around.is_plain & ~touching, around.large, 0)
    hard = np.flatnonzero(around.is_open)
    if len(hard) > _MANY:
        objects = np.unique(whole)
        steps = max_hole_size / pieces.sizes[small].mean()
        if len(hard) * (_SEARCH + min(steps, small.sum()) * _STEP) > len(objects) * whole.size * _LOOK:
            del pieces, voxels
            return _filled_one_by_one(labels, np.unique(labels), max_hole_size, enclosed_only)
    if len(hard):
        # Other pieces of background have large neighbours: a search that comes to one has failed
        small[pieces.of(voxels)] = False
        small[hard] = True
        nested = NestedHoles(pieces, small, max_hole_size, touching)
        for hole in hard.tolist():
            owner[hole] = nested.owner(hole, int(around.large[hole]))
    owners = owner[pieces.of(voxels)]
    del pieces
    filled = labels.copy()
    is_filled = owners != 0
    filled.reshape(-1)[voxels[is_filled]] = (
        owners[is_filled].astype(labels.dtype) if names is None else names[owners[is_filled] - 1]
    )
    return filled


@dataclass(frozen=True, eq=False)
class _Surroundings:
    """What is round each small piece of background; all three are (pieces,).

    `large` is the number of a neighbour too large to be in a hole together with it, 0 where there is none. `is_plain`:
    all large neighbours are that object, as are all others, so that it is a hole of that object and of no other.
    `is_open`: it may be in a hole, of that object or, where `large` is 0, of any, together with other pieces.
    """

    large: NDArray[np.int64]
    is_plain: NDArray[np.bool_]
    is_open: NDArray[np.bool_]


def _surroundings(pieces: Pieces, voxels: NDArray[np.int64], max_size: float) -> _Surroundings:
    flat, count = pieces.labels.reshape(-1), len(pieces.sizes)
    # For large neighbours and for others: a number met, and whether another one was met too
    met = np.zeros((2, count), np.int64)
    others = np.zeros((2, count), np.bool_)
    is_there = np.zeros(count, np.bool_)
    for block in pieces.blocks(voxels):
        left, holes = block, pieces.of(block)
        is_there[holes] = True
        for turn, direction in enumerate(pieces.directions()):
            if turn:
                # Most pieces lie between large objects, as is soon seen
                kept = np.flatnonzero(~others[0].take(holes))
                left, holes = left.take(kept), holes.take(kept)
            which, there = pieces.neighbours(left, direction)
            inner, numbers = holes.take(which), flat.take(there)
            is_large = pieces.sizes.take(inner) + pieces.sizes.take(pieces.of(there)) > max_size
            for chosen, number_met, is_other in zip((is_large, ~is_large), met, others, strict=True):
                some = np.flatnonzero(chosen)
                if len(some):
                    hole, number = inner.take(some), numbers.take(some)
                    new = np.flatnonzero(number_met.take(hole) == 0)
                    number_met[hole.take(new)] = number.take(new)
                    is_other[hole.take(np.flatnonzero(number_met.take(hole) != number))] = True
    has_large = met[0] != 0
    is_alike = (met[1] == 0) | ((met[1] == met[0]) & ~others[1])
    possible = is_there & ~others[0]
    return _Surroundings(met[0], possible & has_large & is_alike, possible & ~(has_large & is_alike))


def _whole_numbers(labels: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Return the labels as numbers from 0 on in the same order, and what 1, 2, ... of them are, None for themselves."""
    if labels.dtype == np.bool_:
        return labels.view(np.uint8), None
    if labels.dtype.kind in "iu" and labels.min() >= 0 and labels.max() <= np.iinfo(np.int64).max:
        return labels, None
    runs = find_object_runs(labels, negative=True)
    return filled_runs(runs, np.arange(1, len(runs.numbers) + 1, dtype=np.int32), 0), runs.numbers


def _filled_one_by_one(
    labels: NDArray[Any], numbers: NDArray[Any], max_size: float, enclosed_only: bool
) -> NDArray[Any]:
    """Return the labels filled object by object: slow for many, but no slower for any number of pieces."""
    from scipy import ndimage

    filled, background = labels.copy(), labels == 0
    for number in numbers[numbers != 0]:
        parts, _ = ndimage.label(labels != number)
        small = np.bincount(parts.reshape(-1)) <= max_size
        small[0] = False
        if enclosed_only:
            for axis, length in enumerate(labels.shape):
                if length > 1:
                    small[parts.take(0, axis)] = small[parts.take(-1, axis)] = False
        if small.any():
            filled[small[parts] & background] = number
    return filled
