"""Exact statistics of a channel's values, from the count of each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import never
from core.quality.value_counts import count_values, refined

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

BOTTOM, TOP = 0.1, 99.9
"""Percentiles that stand for the dark and the bright end of a channel: single voxels may be dead or hot pixels."""

_NEAR = 0.01
"""The part of the range below the highest value that the highest value is compared with."""


@dataclass(frozen=True)
class ValueStatistics:
    """What the finite values of an array are.

    Numbers of voxels: `finite`, `nan`, `infinite`; `at_zero`, `at_lowest` and `at_highest` have that very value;
    `near_highest` have one within 1 % of the range below the highest (at least the next integer), the highest left out.
    `bottom` (the percentile 0.1), `median` and `top` (99.9) are those of `numpy.percentile` with linear interpolation.
    `levels` is the number of different values and `step` their greatest common distance (0 for a single value); both
    are None for floats. Without a finite value all figures are 0.
    """

    finite: int = 0
    nan: int = 0
    infinite: int = 0
    lowest: float = 0.0
    highest: float = 0.0
    mean: float = 0.0
    median: float = 0.0
    bottom: float = 0.0
    top: float = 0.0
    levels: int | None = None
    step: int | None = None
    at_zero: int = 0
    at_lowest: int = 0
    at_highest: int = 0
    near_highest: int = 0


def value_statistics(data: NDArray[Any], cancelled: Callable[[], bool] = never) -> ValueStatistics:
    """Return the statistics of an array of any shape; see `count_values` for the types and errors."""
    counts = count_values(data, cancelled)
    if not counts.size:
        return ValueStatistics(nan=counts.nan, infinite=counts.infinite)
    lowest, highest = counts.least, counts.greatest
    is_whole = data.dtype.kind != "f"
    near = _NEAR * (highest - lowest)
    bound = max(lowest, highest - max(1, math.floor(near))) if is_whole else highest - near
    counts = refined(counts, data, (BOTTOM, 50, TOP), (lowest, bound, highest), cancelled)
    return ValueStatistics(
        finite=counts.size,
        nan=counts.nan,
        infinite=counts.infinite,
        lowest=lowest,
        highest=highest,
        mean=counts.mean,
        median=counts.percentile(50),
        bottom=counts.percentile(BOTTOM),
        top=counts.percentile(TOP),
        levels=counts.values.size if is_whole else None,
        step=int(np.gcd.reduce(np.diff(counts.values).astype(np.int64))) if is_whole else None,
        at_zero=counts.equal(0),
        at_lowest=counts.equal(lowest),
        at_highest=counts.equal(highest),
        near_highest=counts.below(highest) - counts.below(bound),
    )
