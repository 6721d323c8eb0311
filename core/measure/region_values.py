"""Statistics of the values of an image in each of many regions, which are given as runs of voxels.

The voxels of some regions of like size are brought together, and their values are sorted as the rows of an array that
fits the processor's cache: many short sorts are several times faster than one sort of all voxels of an image.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.measure.run_blocks import stable_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

PERCENTILES = {"percentile_10": 10, "percentile_25": 25, "percentile_75": 75, "percentile_90": 90}
SORTED = frozenset(PERCENTILES) | {"median", "mad"}
"""The statistics for which values are sorted."""

_BLOCK = 1 << 17
"""Values that are worked on at once: with all that is made from them they fit the cache of a core."""

_BOUNDS = np.append((16 * 1.2 ** np.arange(50)).astype(np.int64).clip(max=_BLOCK), _BLOCK)
"""Regions of sizes between two of these are sorted as rows of one array: little of it is empty, and arrays are few."""


@dataclass(frozen=True, eq=False)
class Regions:
    """`count` regions of voxels in a flat array; of run i, `which[i]` is its region, `start[i]` its first voxel.

    `length[i]` is how many voxels the run has. All are whole numbers of shape (runs,), of any type. Runs may come in
    any order, and a region may have none.
    """

    count: int
    which: NDArray[np.integer[Any]]
    start: NDArray[np.integer[Any]]
    length: NDArray[np.integer[Any]]

    def sizes(self) -> NDArray[np.int64]:
        """Return how many voxels each region has (count,)."""
        # Sums of whole numbers below 2**53: decimals hold them exactly
        return np.bincount(self.which, self.length, self.count).astype(np.int64)


def region_values(
    channels: list[NDArray[Any]] | NDArray[Any], regions: Regions, wanted: Sequence[str]
) -> list[dict[str, NDArray[np.float64]]]:
    """Return, for each channel, the wanted statistics by name: of each region one number (regions.count,), float64.

    `channels` are arrays (voxels,), or one array (voxels, channels), of any type that `check_image` lets pass; it is
    quick when they are C-contiguous. The names are "mean", "median", "max", "min", "std" (population: divided by n),
    "sum", "mad" (median of the distances from the median) and the keys of PERCENTILES. Values are taken as float64.
    Median and percentiles are those of numpy.percentile (method "linear"; Hyndman and Fan 1996, definition 7). A region
    without voxels has NaN everywhere, and so has one that holds a NaN. Sums of whole numbers are exact below 2**53.
    """
    count = len(channels) if isinstance(channels, list) else channels.shape[1]
    results = [{name: np.full(regions.count, np.nan) for name in wanted} for _ in range(count)]
    # A mean of infinities is one too, and their spread is NaN: that is the answer, not a mistake
    with np.errstate(invalid="ignore", over="ignore"):
        for block in _blocks(regions, not SORTED.isdisjoint(wanted)):
            for taken, result in zip(_taken(block, channels), results, strict=True):
                for name, column in _statistics(block.sizes, taken, wanted).items():
                    result[name][block.regions] = column
    return results


def check_image(image: NDArray[Any]) -> None:
    """Raise a TypeError with a sentence when the values of an image cannot be measured as real numbers."""
    if image.dtype.kind not in "biuf":
        raise TypeError(
            f"The image has values of type {image.dtype}, which have no order and no mean. "
            "Give an image of whole or decimal numbers, for example its absolute values."
        )


@dataclass(frozen=True, eq=False)
class _Block:
    """Some regions (n,), or a single large one, and their runs, region after region."""

    regions: NDArray[np.int64]
    sizes: NDArray[np.int64]
    start: NDArray[np.integer[Any]]
    length: NDArray[np.integer[Any]]


def _blocks(regions: Regions, alike: bool) -> Iterator[_Block]:
    """Return the regions with voxels in blocks, each from one part of the image, if `alike` also of like sizes."""
    sizes = regions.sizes()
    group = np.searchsorted(_BOUNDS if alike else _BOUNDS[-1:], sizes)
    begin = np.zeros(regions.count, np.int64)
    begin[regions.which[::-1]] = regions.start[::-1]
    # Those without voxels come first, and are passed over
    ranked = np.lexsort((begin, group, sizes > 0))
    rank = np.empty(regions.count, np.int64)
    rank[ranked] = np.arange(regions.count)
    order = stable_order(rank, regions.which)
    start, length = regions.start.take(order), regions.length.take(order)
    del order
    runs = np.append(0, np.cumsum(np.bincount(regions.which, minlength=regions.count)[ranked])).tolist()
    sizes, group = sizes[ranked], group[ranked]
    ends = np.append(0, np.cumsum(sizes))
    first = int(np.searchsorted(ends, 1)) - 1
    while first < regions.count:
        last = min(
            int(np.searchsorted(ends, ends[first] + _BLOCK, "right")) - 1,
            int(np.searchsorted(group[first:], group[first], "right")) + first,
        )
        last = max(last, first + 1)
        mine = slice(runs[first], runs[last])
        yield _Block(ranked[first:last], sizes[first:last], start[mine], length[mine])
        first = last


def _places(start: NDArray[np.integer[Any]], length: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Return the place of each voxel of the runs in the flat image."""
    ends = np.cumsum(length, dtype=np.int64)
    places = np.repeat(start - (ends - length), length)
    places += np.arange(len(places))
    return places


def _taken(block: _Block, channels: list[NDArray[Any]] | NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Return the values of each channel, region after region, in arrays of our own."""
    planes = channels if isinstance(channels, list) else list(channels.T)
    if block.sizes.max() > _BLOCK:
        yield from (_taken_from_large(block, plane) for plane in planes)
        return
    places = _places(block.start, block.length)
    if isinstance(channels, list):
        # No place is out of bounds; to wrap those that are is how numpy takes fastest
        yield from (_plain(plane.take(places, mode="wrap")) for plane in planes)
        return
    taken = np.empty((len(planes), len(places)), _plain(channels[:0]).dtype)
    step = max(_BLOCK // len(planes), 1)
    for at in range(0, len(places), step):
        taken[:, at : at + step] = channels.take(places[at : at + step], axis=0, mode="wrap").T
    yield from taken


def _taken_from_large(block: _Block, plane: NDArray[Any]) -> NDArray[Any]:
    """Return the values a piece at a time: the places of all voxels would fill more memory than the values."""
    taken = np.empty(int(block.sizes[0]), _plain(plane[:0]).dtype)
    ends = np.cumsum(block.length, dtype=np.int64)
    first = filled = 0
    while first < len(ends):
        last = max(first + 1, int(np.searchsorted(ends, filled + _BLOCK, "right")))
        begin, end = int(block.start[first]), int(ends[last - 1])
        here = slice(begin, begin + end - filled)
        taken[filled:end] = plane[
            here if last == first + 1 else _places(block.start[first:last], block.length[first:last])
        ]
        first, filled = last, end
    return taken


def _plain(values: NDArray[Any]) -> NDArray[Any]:
    """Return the values in a type that numpy sorts fast everywhere: 32-bit whole numbers, float32, float64."""
    kind, size = values.dtype.kind, values.dtype.itemsize
    if size <= 2:
        return values.astype(np.float32 if kind == "f" else np.int32)
    return values.astype(values.dtype.newbyteorder("=") if size == 4 else np.float64, copy=False)


def _statistics(sizes: NDArray[np.int64], values: NDArray[Any], wanted: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Return the wanted statistics of the values of a block, region after region. They may be sorted in their place."""
    begins = np.cumsum(sizes) - sizes
    found: dict[str, NDArray[Any]] = {}
    if not {"mean", "std", "sum"}.isdisjoint(wanted):
        found["sum"] = _sums(values, begins)
        found["mean"] = found["sum"] / sizes
    if "std" in wanted:
        found["std"] = np.sqrt(_square_distances(values, sizes, found["mean"]) / sizes)
    if "min" in wanted:
        found["min"] = np.minimum.reduceat(values, begins)
    if "max" in wanted:
        found["max"] = np.maximum.reduceat(values, begins)
    if not SORTED.isdisjoint(wanted):
        rows = _sorted_rows(values, sizes)
        for name in set(PERCENTILES).intersection(wanted):
            found[name] = _percentile(rows, sizes, PERCENTILES[name])
        found["median"] = _median(rows, sizes)
        if "mad" in wanted:
            away = np.abs(values - np.repeat(found["median"], sizes))
            found["mad"] = _median(_sorted_rows(away, sizes), sizes)
    return {name: found[name] for name in wanted}


def _sums(values: NDArray[Any], begins: NDArray[np.int64]) -> NDArray[np.float64]:
    if len(begins) == 1:
        return np.array([sum(float(piece.sum(dtype=np.float64)) for piece in _pieces(values))])
    return np.asarray(np.add.reduceat(values, begins, dtype=np.float64))


def _square_distances(
    values: NDArray[Any], sizes: NDArray[np.int64], means: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the sum of the squares of the distances of the values of each region from their mean."""
    if len(sizes) == 1:
        return np.array([sum(float(np.square(piece - means[0]).sum()) for piece in _pieces(values))])
    away = values - np.repeat(means, sizes)
    away *= away
    return np.asarray(np.add.reduceat(away, np.cumsum(sizes) - sizes))


def _pieces(values: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Return the values of one region in pieces, so that no array of decimals as large as the region is made."""
    return (values[at : at + _BLOCK] for at in range(0, len(values), _BLOCK))


def _sorted_rows(values: NDArray[Any], sizes: NDArray[np.int64]) -> NDArray[Any]:
    """Return the sorted values of each region in a row of its own, which is filled up with what sorts last."""
    if len(sizes) == 1:
        values.sort()
        return values[np.newaxis]
    last = np.iinfo(values.dtype).max if values.dtype.kind in "iu" else np.nan
    rows = np.full((len(sizes), int(sizes.max())), last, values.dtype)
    rows[np.arange(rows.shape[1]) < sizes[:, None]] = values
    rows.sort(axis=1)
    return rows


def _percentile(rows: NDArray[Any], sizes: NDArray[np.int64], percent: int) -> NDArray[np.float64]:
    """Return numpy.percentile of each row: the steps of its interpolation, so that the last bit is the same."""
    exact = (sizes - 1) * (percent / 100)
    below = np.floor(exact).astype(np.int64)
    part = exact - below
    low = _picked(rows, below)
    high = _picked(rows, np.minimum(below + 1, sizes - 1))
    step = high - low
    found = np.where(part < 0.5, low + step * part, high - step * (1 - part))
    return _without_nan(found, rows, sizes)


def _median(rows: NDArray[Any], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return numpy.median of each row: the middle value, or the mean of the two in the middle."""
    low, high = _picked(rows, (sizes - 1) // 2), _picked(rows, sizes // 2)
    found = np.where(sizes % 2, low, (low + high) / 2)
    return _without_nan(found, rows, sizes)


def _without_nan(found: NDArray[np.float64], rows: NDArray[Any], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return NaN for each row with a NaN: it stands last, whatever the percentile is."""
    if rows.dtype.kind == "f":
        found[np.isnan(_picked(rows, sizes - 1))] = np.nan
    return found


def _picked(rows: NDArray[Any], places: NDArray[np.int64]) -> NDArray[np.float64]:
    return rows[np.arange(len(rows)), places].astype(np.float64)
