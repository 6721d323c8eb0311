"""Contrast limits of a channel."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PIECE = 1 << 22
"""Values that are counted at once."""


def percentile_limits(data: NDArray[Any], low: float = 1.0, high: float = 99.9) -> tuple[float, float]:
    """Return two percentiles of the values, of any shape; the second is always the greater one.

    Exact, and the same as `numpy.percentile` with linear interpolation. NaN and infinities do not count;
    without any finite value the limits are 0 and 1. 8- and 16-bit integers are counted instead of sorted.
    """
    if data.dtype.kind in "iu" and data.dtype.itemsize <= 2 and data.size:
        return _apart(*_counted_percentiles(data, (low, high)))
    values = _finite(data)
    if values.size == 0:
        return 0.0, 1.0
    below, above = np.percentile(values.astype(np.float64), (low, high))
    return _apart(float(below), float(above))


def data_limits(data: NDArray[Any]) -> tuple[float, float]:
    """Return the least and the greatest value, of any shape; the second is always the greater one.

    NaN and infinities do not count; without any finite value the limits are 0 and 1.
    """
    values = data
    if data.size and data.dtype.kind == "f" and not (np.isfinite(data.min()) and np.isfinite(data.max())):
        values = _finite(data)
    if values.size == 0:
        return 0.0, 1.0
    return _apart(float(values.min()), float(values.max()))


def _counted_percentiles(data: NDArray[Any], percents: tuple[float, float]) -> tuple[float, float]:
    """Return two percentiles of 8- or 16-bit integers from the count of each value."""
    bits = 8 * data.dtype.itemsize
    lowest = int(np.iinfo(data.dtype).min)
    codes = data.reshape(-1).view(f"u{data.dtype.itemsize}")
    counts = np.zeros(1 << bits, np.int64)
    for first in range(0, codes.size, _PIECE):  # bincount makes eight bytes of each value
        counts += np.bincount(codes[first : first + _PIECE], minlength=1 << bits)
    if lowest < 0:  # the codes of negative numbers are the upper half
        counts = np.roll(counts, 1 << (bits - 1))
    ends = np.cumsum(counts)
    found = []
    for percent in percents:
        rank = percent / 100 * (data.size - 1)
        first, last = np.searchsorted(ends, (math.floor(rank), math.ceil(rank)), side="right")
        found.append(lowest + float(first) + (rank - math.floor(rank)) * float(last - first))
    return found[0], found[1]


def _finite(data: NDArray[Any]) -> NDArray[Any]:
    """Return the finite values as one row."""
    row = data.reshape(-1)
    if row.dtype.kind != "f":
        return row
    finite = np.isfinite(row)
    return row if finite.all() else row[finite]


def _apart(low: float, high: float) -> tuple[float, float]:
    """Return the limits with some room between them, as a slider and a division need it."""
    if high > low:
        return low, high
    return low, low + max(1.0, abs(low) * 1e-6)
