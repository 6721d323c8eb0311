"""Estimated figures with their intervals, how many blocks they rest on, and why some of them cannot be told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEWEST_DEFINED = 0.9
"""Share of the bootstrap samples that must define the figure, or there is no interval."""
_FEWEST_BLOCKS = 2
"""A resample of one block is that block: its interval would have no width and mean nothing."""


class Why(IntEnum):
    """Why a figure is NaN, or has no interval."""

    DEFINED = 0
    NO_OVERLAP = 1
    ONE_CLASS = 2
    CLASS_NOT_USED = 3
    SAME_ANNOTATOR = 4
    NO_INTERVAL = 5

    @property
    def sentence(self) -> str:
        """What to tell the user; empty where all is defined."""
        return _SENTENCES[self]


_SENTENCES = {
    Why.DEFINED: "",
    Why.NO_OVERLAP: "No block has two votes, or a vote and an answer, to compare.",
    Why.ONE_CLASS: "All chose the same, so that agreement by chance is certain and says nothing.",
    Why.CLASS_NOT_USED: "This class does not occur here.",
    Why.SAME_ANNOTATOR: "An annotator is not compared with themselves.",
    Why.NO_INTERVAL: "There are too few such blocks for an interval.",
}


@dataclass(frozen=True)
class Estimate:
    """One figure: its value and the bounds of its interval, the number of blocks it rests on.

    Value or bounds are NaN where they cannot be told; `why` is then the sentence for the user.
    """

    value: float
    low: float
    high: float
    blocks: int
    why: str = ""


@dataclass(frozen=True)
class Estimates:
    """Figures of one kind, all arrays of the same shape: see `Estimate`. `why` holds numbers of `Why`."""

    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    blocks: NDArray[np.int64]
    why: NDArray[np.int64]

    def at(self, *index: int) -> Estimate:
        """Return the one figure at `index`."""
        why = Why(int(self.why[index]))
        return Estimate(
            float(self.value[index]),
            float(self.low[index]),
            float(self.high[index]),
            int(self.blocks[index]),
            why.sentence,
        )


def estimates(
    figures: NDArray[np.float64], blocks: NDArray[np.float64], why: NDArray[np.int64], level: float
) -> Estimates:
    """Return the values and their percentile intervals.

    `figures` has the shape (1 + samples, ...): the value first, then that of each bootstrap sample. `blocks` and `why`
    have the shape of the rest; a figure with a reason in `why` becomes NaN. The interval runs from the percentile
    (1 - level) / 2 to (1 + level) / 2 of the samples that define the figure, with linear interpolation (Efron and
    Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13). Without samples nobody asked for an interval, and
    that there is none needs no reason.
    """
    value = np.where(why == Why.DEFINED, figures[0], np.nan)
    low, high = _bounds(figures[1:], level)
    has_none = np.isnan(low) | (blocks < _FEWEST_BLOCKS) | (why != Why.DEFINED)
    return Estimates(
        value,
        np.where(has_none, np.nan, low),
        np.where(has_none, np.nan, high),
        np.rint(blocks).astype(np.int64),
        np.where((why == Why.DEFINED) & has_none & (len(figures) > 1), Why.NO_INTERVAL, why).astype(np.int64),
    )


def for_all_classes(figure: Estimates, used: NDArray[np.int64], classes: int, *, is_overlap: bool = True) -> Estimates:
    """Return `figure`, which has index 0 for all classes and then one for each of `used`, with one for every class.

    A class that does not occur is NaN, and rests on as many blocks as the figure for all classes; on none if
    `is_overlap` is False, because the blocks are those of the class.
    """
    places = np.concatenate([[0], used])
    shape = (1 + classes, *figure.value.shape[1:])
    has_nothing = np.isin(figure.why[0], (Why.NO_OVERLAP, Why.SAME_ANNOTATOR))
    why = np.broadcast_to(np.where(has_nothing, figure.why[0], Why.CLASS_NOT_USED), shape).copy()
    blocks = np.broadcast_to(figure.blocks[0] if is_overlap else 0, shape).copy()
    why[places], blocks[places] = figure.why, figure.blocks
    value, low, high = (np.full(shape, np.nan) for _ in range(3))
    value[places], low[places], high[places] = figure.value, figure.low, figure.high
    return Estimates(value, low, high, blocks, why)


def _bounds(samples: NDArray[np.float64], level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both percentiles along the first axis, NaN where too few samples are defined."""
    shape, number = samples.shape[1:], len(samples)
    if not number:
        return np.full(shape, np.nan), np.full(shape, np.nan)
    # numpy's nanpercentile takes one column at a time; sorted, the NaN are at the end. Sorting along the last axis of
    # memory takes a third of the time
    ordered = np.ascontiguousarray(samples.reshape(number, -1).T)
    ordered.sort(axis=1)
    defined = number - np.isnan(ordered).sum(axis=1)
    enough = (defined >= _FEWEST_DEFINED * number) & (defined > 0)
    found = []
    for share in ((1 - level) / 2, (1 + level) / 2):
        place = share * np.maximum(defined - 1, 0)
        below = np.floor(place).astype(np.int64)
        above = np.minimum(below + 1, np.maximum(defined - 1, 0))
        columns = np.arange(len(ordered))
        first, second = ordered[columns, below], ordered[columns, above]
        found.append(np.where(enough, first + (second - first) * (place - below), np.nan).reshape(shape))
    return found[0], found[1]


def ratio(top: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `top / bottom`, NaN where `bottom` is 0."""
    top, bottom = np.broadcast_arrays(top, bottom)
    quotient = np.full(top.shape, np.nan)
    np.divide(top, bottom, out=quotient, where=bottom > 0)
    return quotient
