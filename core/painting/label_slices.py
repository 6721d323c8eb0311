"""Objects from slice to slice: what is missing between drawn slices, and copies to the next."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import Cancelled, never
from core.painting.boxes import Box, low, moved
from core.painting.label_edit import Change
from core.painting.label_fill import slice_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from core.painting.label_objects import Progress
    from core.painting.labels import Labels


def interpolated(
    labels: Labels,
    number: int,
    axis: int,
    voxel_size: Sequence[float] = (1.0, 1.0, 1.0),
    cancelled: Callable[[], bool] = never,
    progress: Progress = None,
) -> list[Change]:
    """Draw an object in the slices across `axis` where it is missing, between those where it is drawn.

    The signed distance to the outline goes linearly from each drawn slice to the next (shape-based interpolation: Raya
    and Udupa, IEEE Trans. Med. Imaging 9, 1990). Drawn slices and other objects stay as they are. Raises Cancelled.
    """
    box = labels.index.tight_box(number, labels.array)
    if box is None:
        return []
    view = np.moveaxis(labels.array[box], axis, 0)
    drawn = np.flatnonzero((view == number).any((1, 2)))
    in_plane = [size for at, size in enumerate(voxel_size) if at != axis]
    gaps = [(first, last) for first, last in pairwise(drawn.tolist()) if last - first > 1]
    changes = []
    for done, (first, last) in enumerate(gaps):
        if cancelled():
            raise Cancelled
        start, end = (_signed_distance(view[at] == number, in_plane) for at in (first, last))
        share = (np.arange(first + 1, last) - first)[:, None, None] / (last - first)
        mask = (start * (1 - share) + end * share < 0) & (view[first + 1 : last] == 0)
        if mask.any():
            at = low(box)[axis]
            z, y, x = (slice(at + first + 1, at + last) if one == axis else part for one, part in enumerate(box))
            changes.append(Change((z, y, x), np.moveaxis(mask, 0, axis), number))
        if progress is not None:
            progress((done + 1) / len(gaps))
    return changes


def copied_to_slice(
    labels: Labels,
    axis: int,
    source: int,
    target: int,
    numbers: Iterable[int] | None = None,
    *,
    over_others: bool = False,
) -> list[Change]:
    """Copy objects (all if None) of the slice `source` across `axis` to the slice `target`.

    Over background only, or over other objects too. Nothing where a slice is outside.
    """
    length = labels.shape[axis]
    if not (0 <= source < length and 0 <= target < length) or source == target:
        return []
    changes = []
    for number in _numbers_in(labels, axis, source) if numbers is None else sorted(set(numbers)):
        box = labels.index.box(number)
        if box is None or not box[axis].start <= source < box[axis].stop:
            continue
        here = slice_of(box, [source] * 3, axis)
        there: Box = moved(here, [target - source if one == axis else 0 for one in range(3)])
        mask = labels.array[here] == number
        if not over_others:
            mask &= labels.array[there] == 0
        if mask.any():
            changes.append(Change(there, mask, number))
    return changes


def _numbers_in(labels: Labels, axis: int, at: int) -> list[int]:
    found = np.unique(np.take(labels.array, at, axis))
    return [number for number in found.tolist() if number]


def _signed_distance(mask: NDArray[np.bool_], sampling: Sequence[float]) -> NDArray[Any]:
    """Return the distance to the outline in a plane: less than 0 inside. Beyond the plane nothing is inside."""
    from scipy.ndimage import distance_transform_edt

    padded = np.pad(mask, 1)
    outside = distance_transform_edt(~padded, sampling=sampling)
    within = distance_transform_edt(padded, sampling=sampling)
    made: NDArray[Any] = (outside - within)[1:-1, 1:-1]
    return made
