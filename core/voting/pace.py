"""How fast annotators work: decisions per hour and median seconds for one, breaks left out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BREAK_SECONDS = 300.0
"""A pause longer than this is a break."""
_FEWEST_FOR_INTERVAL = 10
_NORMAL_95 = 1.959964


@dataclass(frozen=True)
class Pace:
    """How fast one annotator works; NaN where nothing can be told.

    `decisions` are all of them, `stretches` the times of work between breaks, `active_hours` their length together.
    `per_hour` is the rate within the stretches. `median_seconds` is of the `timed` decisions whose time is known, and
    `low` to `high` its interval of 95 % (NaN for fewer than 10).
    """

    decisions: int
    stretches: int
    active_hours: float
    per_hour: float
    timed: int
    median_seconds: float
    low: float
    high: float


def measure_pace(
    annotators: NDArray[Any],
    times: NDArray[Any],
    milliseconds: NDArray[Any],
    total: int,
    break_seconds: float = BREAK_SECONDS,
) -> list[Pace]:
    """Return the pace of annotators 0 to `total` - 1 from their decisions.

    All arrays have the shape (decisions,), in any order: `annotators` are integers from 0, `times` seconds since any
    fixed moment, `milliseconds` what was spent on the block, 0 where it is not known.

    The rule: decisions of one annotator, in the order of their times, are one stretch of work as long as none follows
    the one before by more than `break_seconds`. A stretch lasts from its first decision to its last, and the time spent
    on the first is added if it is known and no break; if it is not, the first decision only starts the clock and is not
    counted. Decisions per hour are the counted ones by the length of all stretches. The median is of the milliseconds
    spent, without unknown ones and breaks; its interval runs between the order statistics at n / 2 -+ 1.96 sqrt(n) / 2
    (W. J. Conover, Practical Nonparametric Statistics, 3rd ed. 1999, section 3.2).

    Raises
    ------
    ValueError
        Arrays of unequal lengths, an annotator below 0 or not below `total`, or a break that is not above 0.
    """
    if not (annotators.shape == times.shape == milliseconds.shape == (len(annotators),)):
        raise ValueError("Annotators, times and milliseconds must be lists of the same length.")
    if len(annotators) and (annotators.min() < 0 or annotators.max() >= total):
        raise ValueError(f"Annotators are numbered from 0 to {total - 1}.")
    if not break_seconds > 0:
        raise ValueError("A break needs a length.")
    order = np.lexsort((times, annotators))
    seconds = milliseconds[order] / 1000
    ends = np.searchsorted(annotators[order], np.arange(total + 1))
    times = times[order].astype(np.float64)
    return [_pace(times[first:last], seconds[first:last], break_seconds) for first, last in pairwise(ends)]


def _pace(times: NDArray[np.float64], seconds: NDArray[np.float64], break_seconds: float) -> Pace:
    is_known = (seconds > 0) & (seconds <= break_seconds)
    gaps = np.diff(times)
    is_first = np.concatenate([[True], gaps > break_seconds])[: len(times)]
    active = gaps[gaps <= break_seconds].sum() + seconds[is_first & is_known].sum()
    counted = int((~is_first | is_known).sum())
    spent = np.sort(seconds[is_known])
    low, high = _median_bounds(spent)
    return Pace(
        decisions=len(times),
        stretches=int(is_first.sum()),
        active_hours=float(active / 3600),
        per_hour=float(counted / active * 3600) if active > 0 else np.nan,
        timed=len(spent),
        median_seconds=float(np.median(spent)) if len(spent) else np.nan,
        low=low,
        high=high,
    )


def _median_bounds(ordered: NDArray[np.float64]) -> tuple[float, float]:
    number = len(ordered)
    if number < _FEWEST_FOR_INTERVAL:
        return np.nan, np.nan
    half = _NORMAL_95 * np.sqrt(number) / 2
    first, last = int(np.ceil(number / 2 - half)), int(np.ceil(number / 2 + half))  # ranks from 1
    return float(ordered[max(first, 1) - 1]), float(ordered[min(last, number) - 1])
