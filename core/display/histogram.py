"""The bins of a histogram."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def even_edges(low: float, high: float, bins: int, whole: bool = False, cofactor: float = 0.0) -> NDArray[np.float64]:
    """Return the `bins` + 1 edges of bins from `low` to `high` (which must be greater), evenly wide.

    `whole`: the values are whole numbers; each bin holds equally many of them, so that no comb appears, and there may
    be fewer bins. `cofactor` > 0: evenly wide after asinh(value / cofactor), nearly logarithmic above it.
    """
    if cofactor > 0:
        ends = np.arcsinh(np.array((low, high)) / cofactor)
        edges = np.sinh(np.linspace(ends[0], ends[1], bins + 1)) * cofactor
        edges[0], edges[-1] = low, high
        return edges
    if whole:
        first, last = np.floor(low), np.ceil(high)
        width = max(1.0, np.ceil((last - first + 1) / bins))
        count = int(np.ceil((last - first + 1) / width))
        return np.asarray(first - 0.5 + width * np.arange(count + 1), np.float64)
    return np.linspace(low, high, bins + 1)
