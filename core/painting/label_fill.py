"""Filling from a voxel: what hangs together with it, or all that has its number; in a slice or in 3D."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import never
from core.painting.boxes import Box, whole
from core.painting.label_edit import Change
from core.painting.runs import connected, find_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.painting.labels import Labels


def contiguous(
    labels: Labels, seed: Sequence[int], value: int, axis: int | None = None, cancelled: Callable[[], bool] = never
) -> list[Change]:
    """Give `value` to all voxels that have the seed's (z, y, x) number and hang together with it through faces.

    In the slice across `axis` (0 z, 1 y, 2 x), or in 3D if that is None. Nothing where the seed is outside or has the
    value already. The cost is that of what is filled. Raises Cancelled.
    """
    number = _number_at(labels, seed)
    if number is None or number == value:
        return []
    limits = labels.index.box(number) if number else whole(labels.shape)
    if limits is None:  # the object went away this moment
        return []
    found = connected(lambda box: labels.array[box] == number, seed, slice_of(limits, seed, axis), cancelled)
    return [] if found is None else [Change(found[0], found[1], value)]


def all_of_number(
    labels: Labels, seed: Sequence[int], value: int, axis: int | None = None, cancelled: Callable[[], bool] = never
) -> list[Change]:
    """Give `value` to all voxels that have the seed's number: in its slice across `axis`, or everywhere if None.

    The cost is that of the object's box; that of the array for background. Raises Cancelled.
    """
    number = _number_at(labels, seed)
    if number is None or number == value:
        return []
    limits = labels.index.tight_box(number, labels.array) if number else whole(labels.shape)
    if limits is None:
        return []
    box = slice_of(limits, seed, axis)
    if axis is not None or number:
        return [Change(box, labels.array[box] == number, value)]
    runs = find_runs(lambda part: labels.array[part] == 0, box, cancelled)
    tight = runs.box()
    return [Change(tight, runs.mask(tight), value)]


def slice_of(box: Box, seed: Sequence[int], axis: int | None) -> Box:
    """Return what of a box is in the voxel's slice across an axis; all of it if that is None."""
    if axis is None:
        return box
    z, y, x = (slice(seed[at], seed[at] + 1) if at == axis else part for at, part in enumerate(box))
    return z, y, x


def _number_at(labels: Labels, voxel: Sequence[int]) -> int | None:
    if not all(0 <= at < length for at, length in zip(voxel, labels.shape, strict=True)):
        return None
    return int(labels.array[tuple(voxel)])
