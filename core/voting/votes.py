"""The table of votes: blocks by annotators, 0 for no vote, class numbers from 1; its checks and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_CLASSES = 1000
"""A greater class number is a slip in a file that was edited by hand: results have room for every class up to it."""


def checked_votes(votes: NDArray[Any]) -> NDArray[np.int64]:
    """Return `votes`, of shape (blocks, annotators), as 64 bit integers.

    Raises
    ------
    ValueError
        Not two dimensions, not integers, or a number below 0 or above `MOST_CLASSES`.
    """
    if votes.ndim != 2:
        raise ValueError(f"The table of votes has {votes.ndim} dimensions; it needs blocks and annotators.")
    return _checked_numbers(votes)


def checked_reference(reference: NDArray[Any], blocks: int) -> NDArray[np.int64]:
    """Return `reference`, one class number for each of `blocks` (0: not known), as 64 bit integers.

    Raises
    ------
    ValueError
        Not one number for each block, not integers, or a number below 0 or above `MOST_CLASSES`.
    """
    if reference.shape != (blocks,):
        raise ValueError(f"The reference has the shape {reference.shape}; it needs one class for each of {blocks}.")
    return _checked_numbers(reference)


def _checked_numbers(numbers: NDArray[Any]) -> NDArray[np.int64]:
    if numbers.dtype.kind not in "iu":
        raise ValueError(f"Class numbers are integers, not {numbers.dtype}.")
    if numbers.size and (numbers.min() < 0 or numbers.max() > MOST_CLASSES):
        raise ValueError(f"Class numbers are from 1 to {MOST_CLASSES}, and 0 for none.")
    return numbers.astype(np.int64)


def class_total(votes: NDArray[np.int64], at_least: int = 0) -> int:
    """Return how many classes there are: `at_least`, or the greatest number voted, and never less than 1."""
    return max(1, at_least, int(votes.max(initial=0)))


def used_classes(*tables: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the class numbers that occur, in order; class 1 if there is none.

    Work is done for these alone: one vote for class 500 must not cost the time and memory of 500 classes.
    """
    found = np.unique(np.concatenate([np.unique(table) for table in tables]))
    found = found[found > 0]
    return found if len(found) else np.ones(1, np.int64)


def renumbered(numbers: NDArray[np.int64], used: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places in `used`, from 1, of class numbers that are all in it; 0 stays 0."""
    places = np.zeros(int(used[-1]) + 1, np.int64)
    places[used] = np.arange(1, len(used) + 1)
    return places[numbers]


def class_counts(votes: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """Return how many annotators chose each class: shape (blocks, classes), class 1 in column 0."""
    blocks = len(votes)
    places = votes + np.arange(blocks)[:, np.newaxis] * (classes + 1)
    counts = np.bincount(places.ravel(), minlength=blocks * (classes + 1))
    return counts.reshape(blocks, classes + 1)[:, 1:].astype(np.int64, copy=False)


def one_hot(numbers: NDArray[np.int64], classes: int) -> NDArray[np.float32]:
    """Return 1 at the class of each number and 0 elsewhere (all 0 for no vote): shape (*numbers.shape, classes)."""
    is_class: NDArray[np.bool_] = numbers[..., np.newaxis] == np.arange(1, classes + 1)
    return is_class.astype(np.float32)
