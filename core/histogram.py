"""How often each value occurs: counted once, then any bins, percentiles and shares without the voxels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import Cancelled, never

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_CHUNK = 1 << 18
"""Voxels counted in one go: about a millisecond, so that cancelling and the window's thread need not wait."""
_FLOAT_BITS = 20
"""Leading bits of a float32 that are told apart: sign, exponent and 11 of the 23 bits behind the point."""


@dataclass(frozen=True, eq=False)
class ValueCounts:
    """The values that occur, ascending, as float64 (K,), and how many voxels have each or a lesser one, (K,).

    Integers are exact. Of a float, 11 bits behind the point are kept: the value here is the true one or up to 1/2048
    nearer to zero, and whole numbers to 4096 are exact. NaN and infinities are not counted; `size` counts the finite
    voxels. Without any, K is 0.
    """

    values: NDArray[np.float64]
    ends: NDArray[np.int64]
    least: float
    greatest: float

    @property
    def size(self) -> int:
        """Finite voxels."""
        return int(self.ends[-1]) if self.ends.size else 0

    @property
    def are_whole(self) -> bool:
        """Whether all values are whole numbers: counts of ions are, as floats."""
        return bool(np.array_equal(self.values, np.round(self.values)))

    def share_at_or_below(self, value: float) -> float:
        """Return which part of the voxels, 0..1, is not greater than this."""
        return self._counted(np.searchsorted(self.values, value, side="right"))

    def share_below(self, value: float) -> float:
        """Return which part of the voxels, 0..1, is less than this."""
        return self._counted(np.searchsorted(self.values, value, side="left"))

    def share_equal(self, value: float) -> float:
        """Return which part of the voxels, 0..1, has this value."""
        return self.share_at_or_below(value) - self.share_below(value)

    def share_saturated(self, high: float) -> float:
        """Return which part of the voxels, 0..1, is drawn in full colour: as great as the upper limit, or greater."""
        return 1.0 - self.share_below(high) if self.size else 0.0

    def percentile(self, percent: float) -> float:
        """Return the value below which `percent` of 100 lie: as `numpy.percentile`, linear between two voxels.

        0 without any voxel.
        """
        if not self.size:
            return 0.0
        rank = max(0.0, min(100.0, percent)) / 100 * (self.size - 1)
        if rank >= self.size - 1:
            return self.greatest
        first, second = np.searchsorted(self.ends, (int(rank), int(rank) + 1), side="right")
        below, above = float(self.values[first]), float(self.values[second])
        return below + (rank - int(rank)) * (above - below)

    def binned(self, edges: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return how many voxels lie in each [edges[i], edges[i + 1]), in the last one also at its end."""
        if not self.size:
            return np.zeros(len(edges) - 1, np.int64)
        places = np.searchsorted(self.values, edges, side="left")
        places[-1] = np.searchsorted(self.values, edges[-1], side="right")
        until = np.concatenate(([0], self.ends))[places]
        return np.diff(until)

    def _counted(self, place: np.intp) -> float:
        return float(self.ends[place - 1]) / self.size if place > 0 else 0.0


def count_values(data: NDArray[Any], is_cancelled: Callable[[], bool] = never) -> ValueCounts:
    """Count the values of an array of any shape: uint8, uint16, int8, int16 or float32.

    Raises Cancelled when asked to stop, ValueError for another dtype.
    """
    if data.dtype.kind in "iu" and data.dtype.itemsize <= 2:
        bits, lowest = 8 * data.dtype.itemsize, int(np.iinfo(data.dtype).min)
        codes = _count(data, f"u{data.dtype.itemsize}", 1 << bits, lambda chunk: chunk, is_cancelled)
        if lowest < 0:  # the codes of negative numbers are the upper half
            codes = np.roll(codes, 1 << (bits - 1))
        places = np.flatnonzero(codes)
        values = (places + lowest).astype(np.float64)
        least, greatest = (float(values[0]), float(values[-1])) if values.size else (0.0, 0.0)
        return ValueCounts(values, np.cumsum(codes[places]), least, greatest)
    if data.dtype != np.float32:
        raise ValueError(f"values of dtype {data.dtype} are not counted")
    codes = _count(data, "f4", 1 << _FLOAT_BITS, _leading_bits, is_cancelled)
    # From the most negative one up: of the negative half, the greater code is the lesser number
    half = 1 << (_FLOAT_BITS - 1)
    order = np.concatenate((np.arange(2 * half - 1, half - 1, -1), np.arange(half)))
    order = order[codes[order] > 0]
    values = (order.astype(np.uint32) << (32 - _FLOAT_BITS)).view(np.float32).astype(np.float64)
    finite = np.isfinite(values)
    values, counts = values[finite], codes[order[finite]]
    zeros = values == 0.0
    if np.count_nonzero(zeros) == 2:  # -0 and 0 are one value
        first = int(np.argmax(zeros))
        counts[first + 1] += counts[first]
        values, counts = np.delete(values, first), np.delete(counts, first)
    if not values.size:
        return ValueCounts(values, np.cumsum(counts), 0.0, 0.0)
    least, greatest = _ends(data, is_cancelled)
    values[0], values[-1] = least, greatest  # known exactly: bins that reach from one to the other hold all voxels
    return ValueCounts(values, np.cumsum(counts), least, greatest)


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


def _count(
    data: NDArray[Any],
    kind: str,
    codes: int,
    code: Callable[[NDArray[Any]], NDArray[Any]],
    is_cancelled: Callable[[], bool],
) -> NDArray[np.int64]:
    """Return how often each code occurs, a chunk at a time: `bincount` makes 8 bytes of each voxel."""
    row = data.reshape(-1).view(kind)
    found = np.zeros(codes, np.int64)
    for start in range(0, row.size, _CHUNK):
        if is_cancelled():
            raise Cancelled
        chunk = np.bincount(code(row[start : start + _CHUNK]))
        found[: chunk.size] += chunk
    return found


def _leading_bits(chunk: NDArray[np.float32]) -> NDArray[np.uint32]:
    return chunk.view(np.uint32) >> np.uint32(32 - _FLOAT_BITS)


def _ends(data: NDArray[np.float32], is_cancelled: Callable[[], bool]) -> tuple[float, float]:
    """Return the least and the greatest finite value; there is one."""
    row = data.reshape(-1)
    least, greatest = np.inf, -np.inf
    for start in range(0, row.size, _CHUNK):
        if is_cancelled():
            raise Cancelled
        chunk = row[start : start + _CHUNK]
        low, high = float(chunk.min()), float(chunk.max())
        if not (np.isfinite(low) and np.isfinite(high)):
            chunk = chunk[np.isfinite(chunk)]
            if not chunk.size:
                continue
            low, high = float(chunk.min()), float(chunk.max())
        least, greatest = min(least, low), max(greatest, high)
    return least, greatest
