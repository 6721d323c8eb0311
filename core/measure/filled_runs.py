"""Arrays filled run by run: the way back from runs of labels to voxels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from core.measure.object_runs import ObjectRuns

_AT_ONCE = 1 << 18
"""So many voxels are listed at once, so that a list of them takes little memory."""


def filled_runs(runs: ObjectRuns, values: NDArray[Any], rest: Any) -> NDArray[Any]:
    """Return an array of `runs.shape` in which each object has its value of `values` (objects,), all else is `rest`.

    The array has the type of `values`.
    """
    size = int(np.prod(runs.shape, dtype=np.int64))
    # Gap, run, gap, run, ..., gap: one repetition fills them all
    counts = np.zeros(2 * len(runs.start) + 1, np.int64)
    counts[1::2] = runs.length
    ends = runs.start + runs.length
    counts[0::2] = np.append(runs.start, size) - np.append(0, ends)
    fills = np.full(len(counts), rest, values.dtype)
    fills[1::2] = values[runs.which]
    return np.repeat(fills, counts).reshape(runs.shape)


def run_voxels(start: NDArray[np.int64], length: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Give the places of all voxels of runs in the flat array, in order, in blocks of a bounded number of runs."""
    ends = np.cumsum(length)
    first = 0
    while first < len(start):
        before = int(ends[first] - length[first])
        last = max(first + 1, int(np.searchsorted(ends, before + _AT_ONCE, "right")))
        count = int(ends[last - 1]) - before
        shift = start[first:last] - (ends[first:last] - length[first:last] - before)
        yield np.repeat(shift, length[first:last]) + np.arange(count)
        first = last
