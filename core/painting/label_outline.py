"""What moves the outline of objects: grow and shrink by micrometres, smooth."""

from __future__ import annotations

import functools
import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import never
from core.painting.boxes import grown, low, moved, shape_of, union
from core.painting.label_edit import Change
from core.painting.label_objects import each_object

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from core.painting.label_objects import Progress
    from core.painting.labels import Labels

_SLACK = 1e-6
"""Of lengths: a voxel that is exactly so far is meant."""
_TRUNCATE = 3.0
_FEW = 700
"""Offsets that are tried one by one; more take longer than the distance transform."""


def enlarged(
    labels: Labels,
    numbers: Sequence[int],
    by: float,
    voxel_size: Sequence[float],
    axis: int | None = None,
    cancelled: Callable[[], bool] = never,
    progress: Progress = None,
) -> list[Change]:
    """Let objects grow over the background whose voxel centres are no more than `by` micrometres from one of theirs.

    What two of them could reach goes to the nearest, to the lower number where both are equally near. Never over other
    objects. With `axis` only within the slices across it. `voxel_size` is z, y, x in micrometres. Raises Cancelled.
    """
    wanted = [number for number in sorted(numbers) if number in labels.index]
    if not wanted:
        return []
    reach = _voxels(by, voxel_size, axis)
    boxes = {
        number: grown(box, reach, labels.shape) for number in wanted if (box := labels.index.box(number)) is not None
    }
    around = functools.reduce(union, boxes.values())
    # Memory that is not written to costs nothing: only where objects are
    nearest = np.zeros(shape_of(around), np.float32)
    owners = np.zeros(shape_of(around), labels.array.dtype)
    start = [-first for first in low(around)]
    for number, tight, _ in each_object(labels, wanted, cancelled, progress):
        boxes[number] = box = grown(tight, reach, labels.shape)
        view, place = labels.array[box], moved(box, start)
        distance = _distance(view != number, by, voxel_size, axis).astype(np.float32)
        claimed = (distance <= by * (1 + _SLACK)) & (view == 0)
        claimed &= (nearest[place] == 0) | (distance < nearest[place])
        np.copyto(nearest[place], distance, where=claimed)
        np.copyto(owners[place], number, where=claimed)
    changes = [Change(box, owners[moved(box, start)] == number, number) for number, box in boxes.items()]
    return [change for change in changes if change.mask.any()]


def reduced(
    labels: Labels,
    numbers: Sequence[int],
    by: float,
    voxel_size: Sequence[float],
    axis: int | None = None,
    cancelled: Callable[[], bool] = never,
    progress: Progress = None,
) -> list[Change]:
    """Make background of an object's voxels whose centres are no more than `by` micrometres from one outside of it.

    Where an object reaches the array's edge nothing is taken from that side. With `axis` only within the slices across
    it. `voxel_size` is z, y, x in micrometres. Raises Cancelled.
    """
    changes = []
    for number, tight, _ in each_object(labels, numbers, cancelled, progress):
        # One voxel more: what is outside the least box is never nearer than its neighbours
        box = grown(tight, 1, labels.shape)
        mask = labels.array[box] == number
        near = mask & (_distance(mask, by, voxel_size, axis) <= by * (1 + _SLACK))
        if near.any():
            changes.append(Change(box, near, 0))
    return changes


def smoothed(
    labels: Labels,
    numbers: Sequence[int],
    radius: float,
    voxel_size: Sequence[float],
    axis: int | None = None,
    cancelled: Callable[[], bool] = never,
    progress: Progress = None,
) -> list[Change]:
    """Smooth the outlines of objects: each voxel goes with the majority round it.

    Voxels weigh by a Gaussian of standard deviation `radius` / 2 (micrometres; `voxel_size` is z, y, x), cut at three
    of these; what lies beyond the array's edge is as at the edge. Never over other objects; one that would vanish is
    left as it is. With `axis` only within the slices across it. Raises Cancelled.
    """
    from scipy.ndimage import gaussian_filter

    sigma = [0.0 if at == axis else radius / 2 / size for at, size in enumerate(voxel_size)]
    reach = [math.ceil(_TRUNCATE * one) + 1 for one in sigma]
    changes = []
    for number, tight, _ in each_object(labels, numbers, cancelled, progress):
        box = grown(tight, reach, labels.shape)
        view = labels.array[box]
        mask = view == number
        share = gaussian_filter(mask.astype(np.float32), sigma, mode="nearest", truncate=_TRUNCATE)
        wanted = (share >= 0.5 - _SLACK) & (mask | (view == 0))
        changed = wanted != mask
        if wanted.any() and changed.any():
            changes.append(Change(box, changed, np.where(wanted, number, 0)))
    return changes


def _voxels(length: float, voxel_size: Sequence[float], axis: int | None) -> list[int]:
    """Return how many voxels a length reaches along each axis."""
    return [0 if at == axis else math.floor(length / size * (1 + _SLACK)) for at, size in enumerate(voxel_size)]


def _distance(mask: NDArray[np.bool_], most: float, voxel_size: Sequence[float], axis: int | None) -> NDArray[Any]:
    """Return the distance of each true voxel to the nearest false one in micrometres; 0 for the false ones.

    Where it is more than `most` it may be infinite.
    """
    reach = _voxels(most, voxel_size, axis)
    if math.prod(2 * one + 1 for one in reach) <= _FEW:
        return _short_distance(mask, most, voxel_size, reach)
    from scipy.ndimage import distance_transform_edt

    if axis is None:
        if mask.all():
            return np.full(mask.shape, np.inf)
        found: NDArray[Any] = distance_transform_edt(mask, sampling=voxel_size)
        return found
    made = np.empty(mask.shape)
    in_plane = [size for at, size in enumerate(voxel_size) if at != axis]
    for plane, source in zip(np.moveaxis(made, axis, 0), np.moveaxis(mask, axis, 0), strict=True):
        plane[...] = np.inf if source.all() else distance_transform_edt(source, sampling=in_plane)
    return made


def _short_distance(
    mask: NDArray[np.bool_], most: float, voxel_size: Sequence[float], reach: Sequence[int]
) -> NDArray[Any]:
    """Try all offsets, the shortest first: for a few voxels many times faster than the transform."""
    offsets = np.array(list(itertools.product(*(range(-one, one + 1) for one in reach))))
    lengths = np.sqrt(((offsets * voxel_size) ** 2).sum(1))
    made = np.where(mask, np.inf, 0.0)
    left = mask.copy()
    for at in np.argsort(lengths, kind="stable"):
        if lengths[at] > most * (1 + _SLACK):
            break
        here, there = [], []
        for step, length in zip(offsets[at].tolist(), mask.shape, strict=True):
            here.append(slice(max(0, -step), max(0, length - max(0, step))))
            there.append(slice(max(0, step), max(0, length + min(0, step))))
        reached = left[tuple(here)] & ~mask[tuple(there)]
        np.copyto(made[tuple(here)], lengths[at], where=reached)
        left[tuple(here)] &= ~reached
    return made
