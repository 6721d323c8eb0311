"""How often each value occurs: counted once, then limits, percentiles, shares and bins without the voxels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import Cancelled, never

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

_PIECE = 1 << 18
"""Voxels looked at in one go: about a millisecond, so that cancelling and the window's thread need not wait."""
_LEADING = 20
"""Bits of a float32 that are told apart at first: sign, exponent and 11 of the 23 bits behind the point."""
_TRAILING = 32 - _LEADING
_WHOLE = 4096
"""Up to here the leading bits tell all of a whole number."""
_FEW = 64
"""Values that stand for others: so few are all looked up, because they may lie side by side and tell nothing apart."""
_NEGATIVE = 1 << (_LEADING - 1)
"""From this code on, floats are negative, and the greater code is the lesser number."""


@dataclass(frozen=True, eq=False)
class ValueCounts:
    """The values that occur, ascending, as float64 (K,), and how many voxels have each or a lesser one, (K,).

    Integers are exact. So are, of floats, zero, whole numbers to 4096 and what `refined` was asked for; another one
    stands for all that share its sign, exponent and 11 bits behind the point, as the one nearest to zero, so that it
    is off by less than 1/2048; `are_exact` (K,) tells which. Where no more than 64 would stand for others, all are
    exact. The first and the last are `least` and `greatest`. `are_whole`: all values are whole numbers, as counts of
    ions are, also as floats. Of float32 values `mean` is summed in double precision. NaN and infinities are in `nan`
    and `infinite` and count nowhere else; `size` counts the finite voxels. Without any, K and all figures are 0.
    """

    values: NDArray[np.float64]
    ends: NDArray[np.int64]
    are_exact: NDArray[np.bool_]
    least: float = 0.0
    greatest: float = 0.0
    mean: float = 0.0
    nan: int = 0
    infinite: int = 0
    are_whole: bool = True

    @property
    def size(self) -> int:
        """Finite voxels."""
        return int(self.ends[-1]) if self.ends.size else 0

    def below(self, value: float) -> int:
        """Return how many voxels are less than this."""
        return self._until(np.searchsorted(self.values, value, side="left"))

    def at_or_below(self, value: float) -> int:
        """Return how many voxels are not greater than this."""
        return self._until(np.searchsorted(self.values, value, side="right"))

    def equal(self, value: float) -> int:
        """Return how many voxels have this value."""
        return self.at_or_below(value) - self.below(value)

    def share_equal(self, value: float) -> float:
        """Return which part of the voxels, 0..1, has this value."""
        return self.equal(value) / max(1, self.size)

    def share_saturated(self, high: float) -> float:
        """Return which part of the voxels, 0..1, is drawn in full colour: as great as the upper limit, or greater."""
        return (self.size - self.below(high)) / max(1, self.size)

    def percentile(self, percent: float) -> float:
        """Return the value below which `percent` of 100 lie: as `numpy.percentile`, linear between two voxels.

        0 without any voxel.
        """
        if not self.size:
            return 0.0
        rank = _rank(percent, self.size)
        if rank >= self.size - 1:
            return self.greatest
        first, second = np.searchsorted(self.ends, (int(rank), int(rank) + 1), side="right")
        low, high = float(self.values[first]), float(self.values[second])
        return low + (rank - int(rank)) * (high - low)

    def binned(self, edges: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return how many voxels lie in each [edges[i], edges[i + 1]), in the last one also at its end."""
        if not self.size:
            return np.zeros(len(edges) - 1, np.int64)
        places = np.searchsorted(self.values, edges, side="left")
        places[-1] = np.searchsorted(self.values, edges[-1], side="right")
        until = np.concatenate(([0], self.ends))[places]
        return np.diff(until)

    def _until(self, place: np.intp) -> int:
        return int(self.ends[place - 1]) if place > 0 else 0


def count_values(data: NDArray[Any], cancelled: Callable[[], bool] = never) -> ValueCounts:
    """Count the values of an array of any shape: uint8, uint16, int8, int16 or float32, in one pass.

    Beside `data` there are never more than some ten megabytes.

    Raises
    ------
    TypeError
        The values are of another type: no image in memory has it.
    Cancelled
        `cancelled` returned True.
    """
    row = data.reshape(-1)
    if data.dtype.kind in "iu" and data.dtype.itemsize <= 2:
        return _of_integers(row, cancelled)
    if data.dtype == np.float32:
        return _of_floats(row, cancelled)
    raise TypeError(f"values of {data.dtype} are not counted")


def extremes(data: NDArray[Any]) -> tuple[float, float] | None:
    """Return the least and the greatest finite value of an array of any shape; None where there is none.

    Ten times as quick as counting them all.
    """
    row = data.reshape(-1)
    found = [(one.min(), one.max()) for one in map(_finite, _pieces(row, never)) if one.size]
    return (float(min(low for low, _ in found)), float(max(high for _, high in found))) if found else None


def refined(
    counts: ValueCounts,
    data: NDArray[Any],
    percents: Sequence[float] = (),
    values: Sequence[float] = (),
    cancelled: Callable[[], bool] = never,
) -> ValueCounts:
    """Return the counts of `data` with these percentiles, and the numbers of voxels below these values, exact.

    Only the few values that stand for others there are looked up, by their trailing bits, in one further pass; none
    where all are exact already. Raises Cancelled.
    """
    ranks = np.array([int(_rank(percent, counts.size)) for percent in percents], np.int64)
    places = np.searchsorted(counts.ends, np.concatenate((ranks, ranks + 1)), side="right")
    codes = _codes(counts.values)
    wanted = np.isin(codes, _codes(np.asarray(values, np.float64)))
    wanted[places[places < codes.size]] = True
    wanted &= ~counts.are_exact
    if not wanted.any():
        return counts
    row, kept = data.reshape(-1), ~wanted
    parts = [(counts.values[kept], np.diff(counts.ends, prepend=0)[kept], counts.are_exact[kept])]
    asked = codes[wanted]
    found, times = _with_codes(row, np.append(asked, _NEGATIVE) if 0 in asked else asked, cancelled)
    parts.append((found, times, np.ones(found.size, np.bool_)))
    every, single, flags = (np.concatenate(column) for column in zip(*parts, strict=True))
    unique, places = np.unique(every, return_inverse=True)  # sorted, and zero of either sign is one
    times = np.zeros(unique.size, np.int64)
    np.add.at(times, places, single)
    exact = np.zeros(unique.size, np.bool_)
    exact[places] = flags
    return replace(counts, values=unique, ends=np.cumsum(times), are_exact=exact)


def _rank(percent: float, size: int) -> float:
    return max(0.0, min(100.0, percent)) / 100 * (size - 1)


def _pieces(row: NDArray[Any], cancelled: Callable[[], bool]) -> Iterator[NDArray[Any]]:
    for start in range(0, row.size, _PIECE):
        if cancelled():
            raise Cancelled
        yield row[start : start + _PIECE]


def _finite(piece: NDArray[Any]) -> NDArray[Any]:
    """Return the values without NaN and infinities: the piece itself where there is none."""
    if piece.dtype.kind != "f" or (np.isfinite(piece.min()) and np.isfinite(piece.max())):
        return piece
    values: NDArray[Any] = piece[np.isfinite(piece)]
    return values


def _of_integers(row: NDArray[Any], cancelled: Callable[[], bool]) -> ValueCounts:
    bits, lowest = 8 * row.dtype.itemsize, int(np.iinfo(row.dtype).min)
    table = np.zeros(1 << bits, np.int64)
    for piece in _pieces(row.view(f"u{row.dtype.itemsize}"), cancelled):
        table += np.bincount(piece, minlength=1 << bits)
    if lowest < 0:  # the codes of negative numbers are the upper half
        table = np.roll(table, 1 << (bits - 1))
    places = np.flatnonzero(table)
    values = (places + lowest).astype(np.float64)
    ends = np.cumsum(table[places])
    if not values.size:
        return ValueCounts(values, ends, np.ones(0, np.bool_))
    mean = lowest + int(np.dot(table[places], places)) / row.size
    return ValueCounts(values, ends, np.ones(values.size, np.bool_), float(values[0]), float(values[-1]), mean)


def _of_floats(row: NDArray[np.float32], cancelled: Callable[[], bool]) -> ValueCounts:
    table = np.zeros(1 << _LEADING, np.int64)
    nan = infinite = zeros = 0
    total, least, greatest, whole = 0.0, np.inf, -np.inf, True
    for piece in _pieces(row, cancelled):
        finite = _finite(piece)
        if finite.size < piece.size:
            missing = int(np.isnan(piece).sum())
            nan, infinite = nan + missing, infinite + piece.size - finite.size - missing
            if not finite.size:
                continue
        counted = np.bincount(finite.view(np.uint32) >> np.uint32(_TRAILING))
        table[: counted.size] += counted
        zeros += int((finite == 0).sum())
        whole = whole and bool((finite == np.rint(finite)).all())
        total += float(finite.sum(dtype=np.float64))
        least, greatest = min(least, float(finite.min())), max(greatest, float(finite.max()))
    tiny = int(table[0] + table[_NEGATIVE]) - zeros  # numbers with the leading bits of zero, of either sign
    table[0] += table[_NEGATIVE]
    codes = np.concatenate((np.arange(2 * _NEGATIVE - 1, _NEGATIVE, -1), np.arange(_NEGATIVE)))
    codes = codes[table[codes] > 0]
    values = _value(codes << _TRAILING)
    ends = np.cumsum(table[codes])
    if not values.size:
        return ValueCounts(values, ends, np.ones(0, np.bool_), nan=nan, infinite=infinite)
    exact = np.abs(values) <= _WHOLE if whole else (values == 0) & (tiny == 0)
    inexact = values[~exact]
    values[0], values[-1] = least, greatest  # bins that reach from one to the other hold all voxels
    counts = ValueCounts(values, ends, exact, least, greatest, total / int(ends[-1]), nan, infinite, whole)
    if inexact.size <= _FEW:
        return refined(counts, row, values=inexact.tolist(), cancelled=cancelled)
    return refined(counts, row, values=(0.0,), cancelled=cancelled) if tiny else counts


def _value(bits: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the float32 values that have these bits."""
    values: NDArray[np.float64] = bits.astype(np.uint32).view(np.float32).astype(np.float64)
    values += 0.0  # makes -0 a 0
    return values


def _codes(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the leading bits of float32 values; those of zero are the same for both signs."""
    codes = (values.astype(np.float32).view(np.uint32) >> np.uint32(_TRAILING)).astype(np.int64)
    codes[codes == _NEGATIVE] = 0
    return codes


def _with_codes(
    row: NDArray[np.float32], codes: NDArray[np.int64], cancelled: Callable[[], bool]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the values with these leading bits, and how many voxels have each."""
    table = np.zeros(codes.size << _TRAILING, np.int64)
    place = np.full(1 << _LEADING, -1, np.int32)
    place[codes] = np.arange(codes.size)
    for piece in _pieces(row, cancelled):
        bits = piece.view(np.uint32)
        places = place[bits >> np.uint32(_TRAILING)]
        is_asked = places >= 0
        trailing = bits[is_asked] & np.uint32((1 << _TRAILING) - 1)
        table += np.bincount((places[is_asked] << _TRAILING) + trailing, minlength=table.size)
    found = np.flatnonzero(table)
    return _value((codes[found >> _TRAILING] << _TRAILING) + (found & ((1 << _TRAILING) - 1))), table[found]
