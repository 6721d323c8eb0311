"""Dawid and Skene's estimate of the true classes and of the error rates of each annotator, by EM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import Cancelled, never
from core.voting.votes import checked_votes, class_total, one_hot, renumbered, used_classes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

_MOST_ROUNDS = 200
"""Votes given by chance can need thousands; what they end with means nothing either way."""
_STILL = 1e-5
"""The estimate has converged when no probability of any block moves by more than this in one round."""
_TIED = 1e-4
"""Two classes with probabilities closer than this are equally probable: the block stays open."""
_SMALL_PRODUCT = 200_000
"""Multiplications in one matrix product: up to so many, OpenBLAS uses one thread. With more it would use all cores for
a product of a tenth of a millisecond, and wait for those that are busy a hundred times as long."""
_IMPOSSIBLE = 1e-12
"""Least probability of a vote: what was never seen may still happen, and its logarithm must be a number."""


@dataclass(frozen=True)
class DawidSkene:
    """What Dawid-Skene found; class c is at index c - 1 of every axis of classes.

    `classes` (blocks,): the most probable class number, 0 where two are equally probable or there is no vote.
    `posterior` (blocks, classes): the probability of each class, NaN for a block without votes.
    `confusion` (annotators, true class, vote): the probability of each vote, given the true class; NaN where nothing is
    known, because the annotator saw no block that may be of this class.
    `prior` (classes,): how frequent each class is. `rounds` of EM were needed; `has_converged` is False if they were
    not enough.
    """

    classes: NDArray[np.int64]
    posterior: NDArray[np.float64]
    confusion: NDArray[np.float64]
    prior: NDArray[np.float64]
    rounds: int
    has_converged: bool


def dawid_skene(votes: NDArray[Any], classes: int = 0, cancelled: Callable[[], bool] = never) -> DawidSkene:
    """Estimate from `votes`, shape (blocks, annotators), 0 for no vote, with at least `classes` classes.

    Equal rows are estimated once. The same table gives the same estimate each time; nothing is random.

    Raises
    ------
    ValueError
        The table is not one of votes (see core/voting/votes.py).
    Cancelled
        `cancelled` returned True.
    """
    table = checked_votes(votes)
    total = class_total(table, classes)
    used = used_classes(table)
    rows, row_of, repeats = np.unique(renumbered(table, used), axis=0, return_inverse=True, return_counts=True)
    found = estimate_from_counts(one_hot(rows, len(used)), repeats, cancelled)
    row_of = row_of.reshape(-1)  # numpy 2.0 alone gives it a second axis
    posterior = np.zeros((len(table), total))
    posterior[:, used - 1] = found.posterior[row_of]
    posterior[np.isnan(posterior).any(axis=1)] = np.nan
    prior = np.zeros(total)
    prior[used - 1] = found.prior
    confusion = np.full((table.shape[1], total, total), np.nan)
    known = np.zeros((table.shape[1], len(used), total))
    known[:, :, used - 1] = found.confusion
    known[np.isnan(known).any(axis=2)] = np.nan
    confusion[:, used - 1] = known
    classes_found = np.concatenate([[0], used])[found.classes[row_of]]
    return DawidSkene(classes_found, posterior, confusion, prior, found.rounds, found.has_converged)


def estimate_from_counts(
    counts: NDArray[Any], repeats: NDArray[Any] | None = None, cancelled: Callable[[], bool] = never
) -> DawidSkene:
    """Estimate from how often each annotator gave each class to each block.

    `counts` has the shape (blocks, annotators, classes): an annotator may have seen a block several times, or never.
    `repeats` says for how many equal blocks each stands (1 if None).

    Source: A. P. Dawid and A. M. Skene, Maximum likelihood estimation of observer error-rates using the EM algorithm,
    Applied Statistics 28 (1979), 20-28. It starts with the shares of the votes on each block (their equation 3.1);
    the M-step is 2.3 and 2.4, the E-step 2.5.

    Raises
    ------
    Cancelled
        `cancelled` returned True.
    """
    blocks, annotators, classes = counts.shape
    flat = counts.reshape(blocks, annotators * classes)
    seen = flat.sum(axis=1) > 0
    # blocks last: sums over a short last axis, and products of tall matrices, take several times as long
    flat = np.ascontiguousarray(flat[seen].T, dtype=np.float64)
    repeated = np.ones(blocks) if repeats is None else repeats.astype(np.float64)
    repeated = repeated[seen]
    by_class = flat.reshape(annotators, classes, flat.shape[1]).sum(axis=0)
    posterior = by_class / by_class.sum(axis=0)
    rounds, has_converged = 0, not flat.size
    prior, confusion = _maximise(flat, repeated, posterior)
    while not has_converged and rounds < _MOST_ROUNDS:
        if cancelled():
            raise Cancelled
        before = posterior
        posterior = _expect(flat, prior, confusion)
        prior, confusion = _maximise(flat, repeated, posterior)
        has_converged = bool(np.abs(posterior - before).max() < _STILL)
        rounds += 1
    all_posterior = np.full((blocks, classes), np.nan)
    all_posterior[seen] = posterior.T
    return DawidSkene(_most_probable(all_posterior), all_posterior, confusion, prior, rounds, has_converged)


def _maximise(
    flat: NDArray[np.float64], repeated: NDArray[np.float64], posterior: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the prior (classes,) and the confusion (annotators, true, vote), NaN where nothing is known.

    `flat` is (annotators * classes, blocks), `posterior` (classes, blocks).
    """
    weighted = posterior * repeated
    classes = len(posterior)
    mass = weighted.sum(axis=1)
    prior = mass / mass.sum() if mass.sum() else np.full(classes, np.nan)
    summed = np.zeros((classes, len(flat)))
    for part in _parts(flat, classes):
        summed += weighted[:, part] @ flat[:, part].T
    votes = summed.reshape(classes, -1, classes).transpose(1, 0, 2)
    seen = votes.sum(axis=2, keepdims=True)
    confusion = np.divide(votes, seen, out=np.full(votes.shape, np.nan), where=seen > _IMPOSSIBLE)
    return prior, confusion


def _expect(
    flat: NDArray[np.float64], prior: NDArray[np.float64], confusion: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the probability of each class for each block, shape (classes, blocks)."""
    classes = len(prior)
    # where nothing is known of an annotator and a class, nobody chose it for what the annotator saw: it stays so
    likely = np.log(np.maximum(np.nan_to_num(confusion, nan=0), _IMPOSSIBLE))
    of_votes = likely.transpose(1, 0, 2).reshape(classes, -1)
    logarithms = np.empty((classes, flat.shape[1]))
    for part in _parts(flat, classes):
        logarithms[:, part] = of_votes @ flat[:, part]
    logarithms += np.log(np.maximum(prior, _IMPOSSIBLE))[:, np.newaxis]
    logarithms -= logarithms.max(axis=0)
    powers = np.exp(logarithms, out=logarithms)
    probabilities: NDArray[np.float64] = powers / powers.sum(axis=0)
    return probabilities


def _parts(flat: NDArray[np.float64], classes: int) -> Iterator[slice]:
    """Yield slices of the blocks that are small enough for one thread."""
    length, blocks = max(1, _SMALL_PRODUCT // max(1, classes * len(flat))), flat.shape[1]
    for first in range(0, blocks, length):
        yield slice(first, first + length)


def _most_probable(posterior: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the class number of the greatest probability; 0 where it is not the only one, or is NaN."""
    known = np.nan_to_num(posterior, nan=0.0)
    greatest = known.max(axis=1, keepdims=True)
    is_open = (greatest[:, 0] == 0) | ((known >= greatest - _TIED).sum(axis=1) > 1)
    return np.where(is_open, 0, known.argmax(axis=1) + 1)
