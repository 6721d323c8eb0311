"""How many separate pieces each object is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.measure.run_blocks import run_blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.measure.object_runs import ObjectRuns
    from core.measure.run_blocks import RunBlock


def count_pieces(runs: ObjectRuns) -> NDArray[np.int64]:
    """Return how many pieces each object has (n,): parts that touch by a side of a pixel or a face of a voxel.

    Runs are joined where they overlap in neighbouring rows, and the groups of joined runs counted.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pieces = np.zeros(len(runs.numbers), np.int64)
    for block in run_blocks(runs):
        here, there = np.concatenate(
            [_overlaps(block, runs.shape, axis) for axis in range(len(runs.shape) - 1)], axis=1
        )
        graph = coo_array((np.ones(len(here), np.bool_), (here, there)), shape=(len(block.which),) * 2)
        count, piece = connected_components(graph, directed=False)
        owner = np.empty(count, np.int64)
        owner[piece] = block.which
        pieces[block.first : block.last] = np.bincount(owner - block.first, minlength=block.last - block.first)
    return pieces


def _overlaps(block: RunBlock, shape: tuple[int, ...], axis: int) -> NDArray[np.int64]:
    """Return the pairs of runs (2, k) of one object that lie side by side in neighbouring rows along `axis`."""
    step = int(np.prod(shape[axis + 1 :]))
    # The array once for each object, one after another: runs ascend, and neighbours are of one object
    begin = (block.which - block.first) * int(np.prod(shape)) + block.start
    end = begin + block.length
    # The first row has no row before it: what lies a row back is in another plane or object
    inner = np.flatnonzero(block.start // step % shape[axis])
    first = np.searchsorted(end, begin[inner] - step, "right")
    many = np.searchsorted(begin, end[inner] - step) - first
    here = np.repeat(inner, many)
    there = np.arange(len(here)) + np.repeat(first - np.cumsum(many) + many, many)
    return np.stack([here, there])
