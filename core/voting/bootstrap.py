"""The bootstrap over blocks: sums of what each block adds to a figure, for the data and for each resample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import Cancelled, never

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Features = Callable[[slice], NDArray[Any]]

_BLOCKS_AT_ONCE = 2048
"""Blocks whose weights are in memory together: 8 MB for 1,000 samples."""


def quiet(done: int, of: int) -> None:
    """Tell nobody about the progress."""


def resampled_sums(
    blocks: int,
    features: Sequence[Features],
    samples: int,
    seed: int,
    cancelled: Callable[[], bool] = never,
    progress: Callable[[int, int], None] = quiet,
) -> list[NDArray[np.float64]]:
    """Return for each of `features` its sums over the blocks, shape (1 + samples, columns).

    A feature function gives the columns of the blocks in a slice, shape (blocks, columns). Row 0 are the sums over all
    blocks, the others those over as many blocks drawn with replacement: every figure that is made of such sums comes
    with its bootstrap samples, by one matrix product. The same blocks are drawn for all features, and the same for the
    same `seed`, `blocks` and `samples`.

    Source: B. Efron, Bootstrap methods: another look at the jackknife, Annals of Statistics 7 (1979), 1-26; how often
    each block is drawn is multinomial, and so is how often each part of the blocks is.

    Raises
    ------
    Cancelled
        `cancelled` returned True between two steps.
    """
    random = np.random.Generator(np.random.PCG64(seed))
    parts = [slice(first, min(first + _BLOCKS_AT_ONCE, blocks)) for first in range(0, blocks, _BLOCKS_AT_ONCE)]
    shares = np.array([part.stop - part.start for part in parts]) / max(1, blocks)
    drawn = random.multinomial(blocks, shares, size=samples) if parts else np.zeros((samples, 0), np.int64)
    sums = [np.zeros((1 + samples, feature(slice(0, 0)).shape[1])) for feature in features]
    for number, part in enumerate(parts):
        weights = _weights(random, drawn[:, number], part.stop - part.start)
        for total, feature in zip(sums, features, strict=True):
            if cancelled():
                raise Cancelled
            columns = feature(part)
            total[0] += columns.sum(axis=0, dtype=np.float64)
            total[1:] += weights @ columns.astype(np.float32, copy=False)
        progress(number + 1, len(parts))
    return sums


def _weights(random: np.random.Generator, drawn: NDArray[np.int64], blocks: int) -> NDArray[np.float32]:
    """Return how often each of `blocks` is among `drawn[s]` draws of sample s: shape (samples, blocks)."""
    weights = np.empty((len(drawn), blocks), np.float32)
    for row, draws in zip(weights, drawn, strict=True):
        row[:] = np.bincount(random.integers(0, blocks, draws), minlength=blocks)
    return weights
