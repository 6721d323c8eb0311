"""Exact statistics of a channel's values, by counting: no copy of the volume, a piece at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import Cancelled, never

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

_PIECE = 1 << 18
"""Values looked at at once: small beside the volume, and cancelled within a millisecond or two."""

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
    """Return the statistics of integers of 8 or 16 bits, or float32, of any shape.

    Raises
    ------
    TypeError
        The values are of another type.
    Cancelled
        `cancelled` returned True.
    """
    kind, size = data.dtype.kind, data.dtype.itemsize
    row = data.reshape(-1)
    if kind in "iu" and size <= 2:
        return _of_integers(row, cancelled)
    if kind == "f" and size == 4:
        return _of_floats(row, cancelled)
    raise TypeError(f"statistics of {data.dtype} are not made")


def _pieces(row: NDArray[Any], cancelled: Callable[[], bool]) -> Iterator[NDArray[Any]]:
    for start in range(0, row.size, _PIECE):
        if cancelled():
            raise Cancelled
        yield row[start : start + _PIECE]


# ---------------------------------------------------------------- integers: the count of each value


def _of_integers(row: NDArray[Any], cancelled: Callable[[], bool]) -> ValueStatistics:
    bits = 8 * row.dtype.itemsize
    offset = int(np.iinfo(row.dtype).min)
    counts = np.zeros(1 << bits, np.int64)
    for piece in _pieces(row.view(f"u{row.dtype.itemsize}"), cancelled):
        counts += np.bincount(piece, minlength=1 << bits)
    if offset < 0:  # the codes of negative numbers are the upper half
        counts = np.roll(counts, 1 << (bits - 1))
    used = np.flatnonzero(counts)
    if used.size == 0:
        return ValueStatistics()
    first, last = int(used[0]), int(used[-1])
    near = max(1, math.floor(_NEAR * (last - first)))
    ends = np.cumsum(counts)

    def at(rank: int) -> float:
        return offset + float(np.searchsorted(ends, rank, side="right"))

    return ValueStatistics(
        finite=row.size,
        lowest=float(offset + first),
        highest=float(offset + last),
        mean=offset + int(np.dot(counts[used], used)) / row.size,
        median=_percentile(row.size, 50, at),
        bottom=_percentile(row.size, BOTTOM, at),
        top=_percentile(row.size, TOP, at),
        levels=used.size,
        step=int(np.gcd.reduce(np.diff(used))) if used.size > 1 else 0,
        at_zero=int(counts[-offset]),
        at_lowest=int(counts[first]),
        at_highest=int(counts[last]),
        near_highest=int(counts[max(first, last - near) : last].sum()),
    )


# ---------------------------------------------------------------- floats: the count of their upper halves


def _of_floats(row: NDArray[Any], cancelled: Callable[[], bool]) -> ValueStatistics:
    """Look at all values twice: where a percentile lies is first known to 16 bits, then exactly."""
    upper = np.zeros(1 << 16, np.int64)
    nan = infinite = zero = 0
    total, lowest, highest = 0.0, math.inf, -math.inf
    for piece in _pieces(row, cancelled):
        values = piece[np.isfinite(piece)]
        if values.size < piece.size:
            missing = int(np.isnan(piece).sum())
            nan += missing
            infinite += piece.size - values.size - missing
        if values.size:
            upper += np.bincount(_ordered(values) >> 16, minlength=1 << 16)
            total += float(values.sum(dtype=np.float64))
            lowest, highest = min(lowest, float(values.min())), max(highest, float(values.max()))
            zero += int((values == 0).sum())
    finite = row.size - nan - infinite
    if not finite:
        return ValueStatistics(nan=nan, infinite=infinite)

    ends = np.cumsum(upper)
    wanted = {rank for percent in (BOTTOM, 50, TOP) for rank in _ranks(finite, percent)[:2]}
    halves = {int(np.searchsorted(ends, rank, side="right")) for rank in wanted}
    lower = {half: np.zeros(1 << 16, np.int64) for half in halves}
    bound = highest - _NEAR * (highest - lowest)
    at_lowest = at_highest = near = 0
    for piece in _pieces(row, cancelled):
        values = piece[np.isfinite(piece)]
        codes = _ordered(values)
        for half, counts in lower.items():
            counts += np.bincount(codes[codes >> 16 == half] & 0xFFFF, minlength=1 << 16)
        equal = int((values == highest).sum())
        at_lowest += int((values == lowest).sum())
        at_highest += equal
        near += int((values >= bound).sum()) - equal

    def at(rank: int) -> float:
        half = int(np.searchsorted(ends, rank, side="right"))
        before = int(ends[half] - upper[half])
        code = half << 16 | int(np.searchsorted(np.cumsum(lower[half]), rank - before, side="right"))
        return _from_ordered(code)

    return ValueStatistics(
        finite=finite,
        nan=nan,
        infinite=infinite,
        lowest=lowest,
        highest=highest,
        mean=total / finite,
        median=_percentile(finite, 50, at),
        bottom=_percentile(finite, BOTTOM, at),
        top=_percentile(finite, TOP, at),
        at_zero=zero,
        at_lowest=at_lowest,
        at_highest=at_highest,
        near_highest=near,
    )


def _ordered(values: NDArray[Any]) -> NDArray[np.uint32]:
    """Return the bits of float32 values as numbers of the same order."""
    bits = np.ascontiguousarray(values).view(np.uint32)
    return bits ^ np.where(bits >> 31, np.uint32(0xFFFFFFFF), np.uint32(0x80000000))


def _from_ordered(code: int) -> float:
    bits = code ^ (0x80000000 if code >> 31 else 0xFFFFFFFF)
    return float(np.uint32(bits).view(np.float32))


# ---------------------------------------------------------------- percentiles


def _ranks(count: int, percent: float) -> tuple[int, int, float]:
    """Return the two ranks that a percentile lies between, and how far it is from the first to the second."""
    rank = percent / 100 * (count - 1)
    return math.floor(rank), math.ceil(rank), rank - math.floor(rank)


def _percentile(count: int, percent: float, at: Callable[[int], float]) -> float:
    first, second, part = _ranks(count, percent)
    low = at(first)
    return low + part * (at(second) - low) if part else low
