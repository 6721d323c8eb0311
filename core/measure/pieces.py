"""How many separate pieces each object is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.measure.object_runs import ObjectRuns

_RUNS = 1 << 15
"""Runs whose neighbours are looked up at a time."""


def count_pieces(runs: ObjectRuns) -> NDArray[np.int64]:
    """Return how many pieces each object has (n,): parts that touch by a side of a pixel or a face of a voxel.

    Runs are joined where they overlap in neighbouring rows, and the groups of joined runs counted.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count = len(runs.which)
    pairs = [_overlaps(runs, axis, begin) for axis in range(len(runs.shape) - 1) for begin in range(0, count, _RUNS)]
    one, other = np.concatenate(pairs, axis=1) if pairs else np.empty((2, 0), np.int32)
    graph = coo_array((np.ones(len(one), np.bool_), (one, other)), shape=(count, count))
    pieces, piece = connected_components(graph, directed=False)
    owner = np.empty(pieces, np.int64)
    owner[piece] = runs.which
    return np.bincount(owner, minlength=len(runs.numbers))


def _overlaps(runs: ObjectRuns, axis: int, begin: int) -> NDArray[np.int32]:
    """Return pairs of runs (2, k) of one object that lie side by side in neighbouring rows along `axis`.

    The second of a pair is one of _RUNS runs from `begin`, the first is in the row before it.
    """
    step = int(np.prod(runs.shape[axis + 1 :]))
    start = runs.start[begin : begin + _RUNS]
    low = start - step
    high = low + runs.length[begin : begin + _RUNS]
    past = np.searchsorted(runs.start, high)
    # Of the runs that begin before the end of this one, those that end after its begin; runs do not overlap
    first = np.searchsorted(runs.start, low, "right")
    before = np.maximum(first - 1, 0)
    first = np.where(runs.start[before] + runs.length[before] > low, before, first)
    if axis:
        # The first row of a plane has no row before it: what lies a row back is the last row of another plane
        past[start // step % runs.shape[axis] == 0] = 0
    many = np.maximum(past - first, 0)
    here = np.repeat(np.arange(begin, begin + len(start)), many)
    there = np.arange(len(here)) + np.repeat(first - np.cumsum(many) + many, many)
    same = runs.which[here] == runs.which[there]
    return np.stack([there[same], here[same]]).astype(np.int32)
