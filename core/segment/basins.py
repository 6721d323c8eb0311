"""The hills of an array of heights, and which of them are one: those that no deep enough valley parts."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

_BAND_VOXELS = 1 << 19


@dataclass(frozen=True, eq=False)
class Hills:
    """Hills of a landscape of several islands, each the voxels from which the steepest way up leads to one peak.

    `number` is an array of the shape of the heights: the hill of each voxel, from 1, 0 in the sea. Of each hill, by its
    number - 1: `peak`, the flat place of its top; `height`, that of the top. Of the n pairs of hills that touch on one
    island: `pairs` (n, 2) are their places, `passes` (n,) the height of the highest way from one to the other.
    """

    number: NDArray[np.int32]
    peak: NDArray[np.int64]
    height: NDArray[Any]
    pairs: NDArray[np.int64]
    passes: NDArray[Any]


def find_hills(heights: NDArray[Any], islands: NDArray[np.int32], sizes: Sequence[float]) -> Hills:
    """Return the hills of all `islands` (labels; 0 is sea).

    Ways lead over faces, edges and corners of voxels of the sides `sizes`. Takes 4 bytes a voxel besides, 8 above
    2**31 voxels.
    """
    up = _ways_up(heights, islands, sizes)
    flat, land = up.reshape(-1), islands.reshape(-1)
    blocks = [slice(start, start + _BAND_VOXELS) for start in range(0, flat.size, _BAND_VOXELS)]
    moved = True
    while moved:
        # Twice as far each time; when nothing changes, all have arrived
        moved = False
        for block in blocks:
            further = flat[flat[block]]
            moved = moved or not np.array_equal(further, flat[block])
            flat[block] = further
    own = [
        np.flatnonzero((flat[block] == np.arange(block.start, block.start + len(flat[block]))) & (land[block] > 0))
        + block.start
        for block in blocks
    ]
    peak = np.concatenate([np.empty(0, np.int64), *own])
    # The array of ways becomes that of hills: peaks are marked by negative numbers, then asked for by all others
    flat[peak] = -np.arange(1, len(peak) + 1)
    for block in blocks:
        to = flat[block]
        hill = np.where(to < 0, to, flat[np.maximum(to, 0)])
        hill[land[block] == 0] = 0
        flat[block] = hill
    np.negative(flat, out=flat)
    number = up.astype(np.int32, copy=False)
    pairs, passes = _passes(heights, islands, number, len(peak))
    return Hills(number, peak, heights.reshape(-1)[peak], pairs, passes)


def high_enough(hills: Hills, least: float) -> NDArray[np.bool_]:
    """Return which peaks rise by more than `least` above the highest way to any higher peak of their island.

    These are the h-maxima (Soille 2003): the peaks whose dynamics (Grimaud 1992) are above `least`. Of peaks of one
    height that no such valley parts, one is left.
    """
    chief = list(range(len(hills.peak)))
    height = hills.height.tolist()
    kept = np.ones(len(hills.peak), np.bool_)
    for (one, other), way in _highest_first(hills):
        a, b = _root(chief, one), _root(chief, other)
        if a == b:
            continue
        lower, higher = (a, b) if (height[a], -a) < (height[b], -b) else (b, a)
        if height[lower] - way <= least:
            kept[lower] = False
            chief[lower] = higher
    return kept


def joined(hills: Hills, kept: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return of each hill the place of the kept hill that it falls to, over the highest passes first."""
    chief = list(range(len(hills.peak)))
    stands = kept.tolist()
    for (one, other), _ in _highest_first(hills):
        a, b = _root(chief, one), _root(chief, other)
        if a != b and not (stands[a] and stands[b]):
            loose, firm = (a, b) if stands[b] else (b, a)
            chief[loose] = firm
    return np.array([_root(chief, one) for one in range(len(chief))], np.int64)


def _highest_first(hills: Hills) -> Iterator[tuple[list[int], float]]:
    order = np.argsort(-hills.passes, kind="stable")
    return zip(hills.pairs[order].tolist(), hills.passes[order].tolist(), strict=True)


def _root(chief: list[int], one: int) -> int:
    while chief[one] != one:
        chief[one] = chief[chief[one]]
        one = chief[one]
    return one


def _ways_up(
    heights: NDArray[Any], islands: NDArray[np.int32], sizes: Sequence[float]
) -> NDArray[np.signedinteger[Any]]:
    """Return the flat place of the voxel round each to which it is steepest up; its own where none is higher."""
    shape = heights.shape
    places = np.dtype(np.int32 if heights.size < 2**31 else np.int64)
    up: NDArray[np.signedinteger[Any]] = np.arange(heights.size, dtype=places).reshape(shape)
    strides = [int(np.prod(shape[axis + 1 :])) for axis in range(len(shape))]
    for start, stop in _bands(shape):
        steepest = np.zeros(heights[start:stop].shape, np.float32)
        way = up[start:stop]
        own = way.copy()
        for offset in itertools.product((-1, 0, 1), repeat=len(shape)):
            if any(offset):
                here, there = _overlap(shape, offset, start, stop)
                band = (slice(here[0].start - start, here[0].stop - start), *here[1:])
                slope = np.subtract(heights[there], heights[here], dtype=np.float32)
                slope /= np.float32(math.hypot(*(one * size for one, size in zip(offset, sizes, strict=True))))
                steeper = slope > steepest[band]
                steeper &= islands[there] == islands[here]
                np.copyto(steepest[band], slope, where=steeper)
                step = sum(one * stride for one, stride in zip(offset, strides, strict=True))
                np.copyto(way[band], own[band] + step, where=steeper)
    return up


def _passes(
    heights: NDArray[Any], islands: NDArray[np.int32], number: NDArray[np.int32], count: int
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    keys, ways = [np.empty(0, np.int64)], [np.empty(0, heights.dtype)]
    shape = heights.shape
    half = [one for one in itertools.product((-1, 0, 1), repeat=len(shape)) if one > (0,) * len(shape)]
    for start, stop in _bands(shape):
        for offset in half:
            here, there = _overlap(shape, offset, start, stop)
            apart = number[here] != number[there]
            apart &= islands[here] == islands[there]
            one, other = number[here][apart].astype(np.int64) - 1, number[there][apart].astype(np.int64) - 1
            keys.append(np.minimum(one, other) * count + np.maximum(one, other))
            ways.append(np.minimum(heights[here][apart], heights[there][apart]))
        keys, ways = _highest(np.concatenate(keys), np.concatenate(ways))
    key, way = keys[0], ways[0]
    return np.stack([key // max(1, count), key % max(1, count)], 1), way


def _highest(key: NDArray[np.int64], way: NDArray[Any]) -> tuple[list[NDArray[np.int64]], list[NDArray[Any]]]:
    """Return each key once, with its highest way."""
    if not len(key):
        return [key], [way]
    order = np.lexsort((way, key))
    key, way = key[order], way[order]
    last = np.append(key[1:] != key[:-1], True)
    return [key[last]], [way[last]]


def _bands(shape: Sequence[int]) -> Iterator[tuple[int, int]]:
    step = max(1, _BAND_VOXELS // max(1, int(np.prod(shape[1:]))))
    for start in range(0, shape[0], step):
        yield start, min(start + step, shape[0])


def _overlap(
    shape: Sequence[int], offset: Sequence[int], start: int, stop: int
) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Return the places of voxels of a band whose neighbour at `offset` is in the array, and of that neighbour."""
    lows = [max(start if axis == 0 else 0, -step) for axis, step in enumerate(offset)]
    highs = [min(stop if axis == 0 else n, n - step) for axis, (n, step) in enumerate(zip(shape, offset, strict=True))]
    highs = [max(low, high) for low, high in zip(lows, highs, strict=True)]
    here = tuple(map(slice, lows, highs))
    there = tuple(slice(low + step, high + step) for low, high, step in zip(lows, highs, offset, strict=True))
    return here, there
