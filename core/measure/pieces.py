"""How many separate pieces each object is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.measure.object_runs import ObjectRuns


def count_pieces(runs: ObjectRuns) -> NDArray[np.int64]:
    """Return how many pieces each object has (n,): parts that touch by a side of a pixel or a face of a voxel.

    Runs are joined where they overlap in neighbouring rows, and the groups of joined runs counted.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count = len(runs.which)
    edges = [_overlaps(runs, axis) for axis in range(len(runs.shape) - 1)]
    one = np.concatenate([pair[0] for pair in edges])
    other = np.concatenate([pair[1] for pair in edges])
    graph = coo_array((np.ones(len(one), np.bool_), (one, other)), shape=(count, count))
    pieces, piece = connected_components(graph, directed=False)
    owner = np.empty(pieces, np.int64)
    owner[piece] = runs.which
    return np.bincount(owner, minlength=len(runs.numbers))


def _overlaps(runs: ObjectRuns, axis: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the pairs of runs of one object that lie side by side in neighbouring rows along `axis`."""
    step = int(np.prod(runs.shape[axis + 1 :]))
    start, end = runs.start, runs.start + runs.length
    first = np.searchsorted(end, start - step, "right")
    past = np.searchsorted(start, end - step, "left")
    if axis:
        # The first row of a plane has no row before it: what lies a row back is the last row of another plane
        past[start // step % runs.shape[axis] == 0] = 0
    many = np.maximum(past - first, 0)
    one = np.repeat(np.arange(len(start)), many)
    other = np.arange(len(one)) + np.repeat(first - np.cumsum(many) + many, many)
    same = runs.which[one] == runs.which[other]
    return one[same].astype(np.int32), other[same].astype(np.int32)
