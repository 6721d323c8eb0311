"""Labels as runs along the last axis: what most measurements are made from, far fewer than voxels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROOM = 4
"""Numbers up to so many times the voxels are counted in an array by number; beyond, they are sorted."""

_COPIED = 1 << 18
"""Of labels that are not in C order so many voxels are copied at a time."""


@dataclass(frozen=True, eq=False)
class ObjectRuns:
    """Runs of one number along the last axis of a labels array of `shape`, in C order; background has none.

    `numbers` (n,) are those of all objects, ascending, in the type of the labels. Of each run, `which` (r,) is the
    place of its number in `numbers`, `start` (r,) its first voxel in the flat array (C order), `length` (r,) its
    voxels, all int64. A run never goes over the end of a row.
    """

    shape: tuple[int, ...]
    numbers: NDArray[Any]
    which: NDArray[np.int64]
    start: NDArray[np.int64]
    length: NDArray[np.int64]

    def sizes(self) -> NDArray[np.int64]:
        """Return how many voxels each object has (n,)."""
        # Sums of whole numbers below 2**53: decimals hold them exactly
        return np.bincount(self.which, self.length, len(self.numbers)).astype(np.int64)


def find_object_runs(labels: NDArray[Any], *, negative: bool = False) -> ObjectRuns:
    """Return the runs of all objects in labels of any dimension and type, in C order.

    Objects are the positive numbers; with `negative` all numbers but 0. The input is not changed. Takes a byte for each
    voxel, and some ten for each run.
    """
    if not labels.size:
        nothing = np.empty(0, np.int64)
        return ObjectRuns(labels.shape, np.empty(0, labels.dtype), nothing, nothing, nothing)
    start, values = _runs(labels) if labels.flags.c_contiguous else _runs_of_others(labels)
    # Taking by place is several times faster here than by a mask, which objects and background cut into short parts
    of_objects = np.flatnonzero(values != 0 if negative else values > 0)
    length = np.diff(start, append=labels.size).take(of_objects)
    start, values = start.take(of_objects), values.take(of_objects)
    numbers, which = numbered(values, labels.size)
    return ObjectRuns(labels.shape, numbers, which, start, length)


def _runs(labels: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Return the first voxel and the number of each run, background too, of labels that are C-contiguous."""
    flat = labels.reshape(-1)
    begins = np.empty(flat.size, np.bool_)
    np.not_equal(flat[1:], flat[:-1], out=begins[1:])
    begins[:: labels.shape[-1]] = True
    start = np.flatnonzero(begins)
    return start, flat[start]


def _runs_of_others(labels: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Return what `_runs` does for labels in any order in memory: a copy of all of them would take too much."""
    starts, values = [], []
    # A single axis is one row
    rows = labels.reshape(1, -1) if labels.ndim == 1 else labels
    step = max(1, _COPIED // rows[0].size)
    for first in range(0, len(rows), step):
        start, value = _runs(np.ascontiguousarray(rows[first : first + step]))
        starts.append(start + first * rows[0].size)
        values.append(value)
    return np.concatenate(starts), np.concatenate(values)


def numbered(values: NDArray[Any], voxels: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return the different values of (n,) values, ascending, and the place of each value among them (n,).

    `voxels` says how much room there is: it is quick when no value is much larger, and none is negative.
    """
    if values.dtype.kind in "iu" and values.size and values.min() >= 0 and values.max() <= _ROOM * voxels:
        there = np.zeros(int(values.max()) + 1, np.bool_)
        there[values] = True
        places = np.cumsum(there, dtype=np.int64) - 1
        return np.flatnonzero(there).astype(values.dtype), places[values]
    numbers, which = np.unique(values, return_inverse=True)
    return numbers, which.astype(np.int64, copy=False)
