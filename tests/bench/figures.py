"""What a figure is, and how the benches take one."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured value, and what the older program needs for the same work where it can be imported."""

    value: float
    unit: str
    peer: str | None = None
    peer_value: float | None = None


Figures = dict[str, Callable[[], Figure]]
"""What a bench module's `figures()` returns: the name of each figure and the function that measures it."""


def median_ms(work: Callable[[int], object], times: int) -> float:
    """Return the median time of `work(0)`, `work(1)`, ... `work(times - 1)`, in milliseconds."""
    return statistics.median(_milliseconds(work, number) for number in range(times))


def _milliseconds(work: Callable[[int], object], number: int) -> float:
    started = time.perf_counter()
    work(number)
    return (time.perf_counter() - started) * 1000
