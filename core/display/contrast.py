"""Contrast limits of a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.errors import never
from core.quality.value_counts import count_values, extremes, refined

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def percentile_limits(
    data: NDArray[Any], low: float = 1.0, high: float = 99.9, cancelled: Callable[[], bool] = never
) -> tuple[float, float]:
    """Return two percentiles of the values, of any shape; the second is always the greater one.

    Exact, and the same as `numpy.percentile` with linear interpolation; see `count_values` for the types and errors.
    NaN and infinities do not count; without any finite value the limits are 0 and 1.
    """
    counts = refined(count_values(data, cancelled), data, (low, high), cancelled=cancelled)
    return _apart(counts.percentile(low), counts.percentile(high)) if counts.size else (0.0, 1.0)


def data_limits(data: NDArray[Any]) -> tuple[float, float]:
    """Return the least and the greatest value, of any shape; the second is always the greater one.

    NaN and infinities do not count; without any finite value the limits are 0 and 1.
    """
    found = extremes(data)
    return _apart(*found) if found else (0.0, 1.0)


def _apart(low: float, high: float) -> tuple[float, float]:
    """Return the limits with some room between them, as a slider and a division need it."""
    if high > low:
        return low, high
    return low, low + max(1.0, abs(low) * 1e-6)
