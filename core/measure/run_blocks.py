"""Runs put in order of their objects, some objects at a time, so that what is made from them takes little memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from core.measure.object_runs import ObjectRuns

_RUNS = 1 << 14
"""Runs of a block: their arrays stay within the cache of a processor."""


@dataclass(frozen=True, eq=False)
class RunBlock:
    """All runs of the objects `first` to `last` (exclusive), one object after another, those of one in C order.

    `which`, `start` and `length` (r,) are as in ObjectRuns. `begins` (last - first,) says which run is the first of
    each object.
    """

    first: int
    last: int
    which: NDArray[np.int64]
    start: NDArray[np.int64]
    length: NDArray[np.int64]
    begins: NDArray[np.int64]


def run_blocks(runs: ObjectRuns, limit: int = _RUNS) -> Iterator[RunBlock]:
    """Yield all runs in blocks of about `limit` runs; an object that has more is a block of its own."""
    count = len(runs.numbers)
    ends = np.cumsum(np.bincount(runs.which, minlength=count))
    order = stable_order(np.arange(count), runs.which)
    first = begin = 0
    while first < count:
        last = max(first + 1, int(np.searchsorted(ends, begin + limit, "right")))
        end = int(ends[last - 1])
        runs_here = order[begin:end]
        begins = np.append(0, ends[first : last - 1] - begin)
        yield RunBlock(
            first, last, runs.which[runs_here], runs.start[runs_here], runs.length[runs_here], begins.astype(np.int64)
        )
        first, begin = last, end


def row_ends(
    block: RunBlock, width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return, for each row in which an object has voxels, the object (k,), the row, its first and its last voxel there.

    Objects are as in `block.which`; rows, `width` voxels long, are counted from the first of the array, voxels from the
    first of their row. In order of objects, then of rows.
    """
    row = block.start // width
    begins = np.empty(len(row), np.bool_)
    np.not_equal(row[1:], row[:-1], out=begins[1:])
    begins[block.begins] = True
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(row)) - 1
    row = row[first]
    high = block.start[last] + block.length[last] - 1 - row * width
    return block.which[first], row, block.start[first] - row * width, high


def stable_order(rank: NDArray[np.int64], which: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Return what sorts rank[which] and keeps the order of equal ones; ranks are 0 to the number of ranks - 1.

    Numpy sorts 16 bits by counting, many times faster than more bits: the last ones first, as radix sort does.
    """
    order = np.argsort(rank.astype(np.uint16).take(which), kind="stable")
    for bits in range(16, len(rank).bit_length(), 16):
        order = order[np.argsort((rank >> bits).astype(np.uint16).take(which.take(order)), kind="stable")]
    return order
