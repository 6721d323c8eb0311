"""Packs channels into the RGBA arrays that become 3D textures: one fetch then serves four channels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

GROUP = 4
"""Channels in one texture."""
MAX_CHANNELS = 16 * GROUP
"""A shader may read 16 textures at least; further channels are not packed."""

_ROWS = 256
_LARGE, _SMALL = 1e37, 1e-30
"""A range that single precision can still be multiplied in."""


@dataclass(frozen=True, eq=False)
class Packed:
    """Channels as texture arrays, and how to turn a texel back into a value.

    ``groups[g]`` is (Z, Y, X, 4) or, for a single channel, (Z, Y, X, 1); uint8 or uint16. In it are the block's
    channels ``channels[4 * g]``, ``channels[4 * g + 1]``, ... A texel t in 0..1 of the one at position p of
    `channels` stands for the value ``offset[p] + t * scale[p]``.
    """

    groups: tuple[NDArray[Any], ...]
    channels: tuple[int, ...]
    offset: tuple[float, ...]
    scale: tuple[float, ...]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Size as (Z, Y, X)."""
        z, y, x = self.groups[0].shape[:3]
        return int(z), int(y), int(x)

    @property
    def nbytes(self) -> int:
        """Bytes of all groups together: what the textures take on the GPU."""
        return sum(group.nbytes for group in self.groups)


def packed_bytes(shape: tuple[int, int, int], dtypes: Sequence[np.dtype[Any]]) -> int:
    """Return what channels of one shape (Z, Y, X) take when they are all packed."""
    size = 1 if all(dtype == np.uint8 for dtype in dtypes) else 2
    channels = min(len(dtypes), MAX_CHANNELS)
    return math.prod(shape) * size * (1 if channels == 1 else -(-channels // GROUP) * GROUP)


def pack(
    data: Sequence[NDArray[Any]],
    wanted: Sequence[int] | None = None,
    limits: Sequence[tuple[float, float]] | None = None,
    parallel_map: Callable[..., Any] = map,
) -> Packed:
    """Pack equally shaped (Z, Y, X) channels, four to a group: those that are `wanted`, or all.

    uint8 alone stays 8 bit; everything else becomes 16 bit: uint16 and int16 without loss, floats by their range
    (a step of 1/65535 of it; not a number is drawn as the minimum). `limits` are the smallest and largest finite
    value of every channel of `data`, where they are known. `parallel_map(function, sequence)` fills the channels.
    """
    wanted = tuple(range(len(data)) if wanted is None else wanted)[:MAX_CHANNELS]
    eight_bit = all(data[channel].dtype == np.uint8 for channel in wanted)
    dtype = np.dtype(np.uint8 if eight_bit else np.uint16)
    groups: list[NDArray[Any]] = []
    for first in range(0, len(wanted), GROUP):
        members = wanted[first : first + GROUP]
        width = 1 if len(members) == 1 else GROUP
        groups.append(np.zeros((*data[members[0]].shape, width), dtype))

    def fill(position: int) -> tuple[float, float]:
        channel = wanted[position]
        target = groups[position // GROUP][..., position % GROUP]
        return _fill(target, data[channel], limits[channel] if limits is not None else None)

    filled = list(parallel_map(fill, range(len(wanted))))
    return Packed(tuple(groups), wanted, tuple(offset for offset, _ in filled), tuple(scale for _, scale in filled))


def _fill(target: NDArray[Any], data: NDArray[Any], limits: tuple[float, float] | None) -> tuple[float, float]:
    """Write `data` into the texture's plane; return (offset, scale) of its texels."""
    full = float(np.iinfo(target.dtype).max)
    if data.dtype in (np.uint8, np.uint16):
        target[...] = data
        return 0.0, full
    if data.dtype == np.int16:
        # the same bits, with the sign bit turned over: -32768 becomes 0
        np.bitwise_xor(data.view(np.uint16), np.uint16(0x8000), out=target)
        return -32768.0, full
    low, high = limits or _finite_range(data)
    span = (high - low) or 1.0
    kind: Any = np.float32 if data.dtype == np.float32 and _SMALL < span < _LARGE else np.float64
    for z in range(data.shape[0]):
        for first in range(0, data.shape[1], _ROWS):  # in pieces: no second copy of the volume in floats
            rows = slice(first, first + _ROWS)
            scaled: NDArray[Any] = data[z, rows].astype(kind)
            scaled -= kind(low)
            scaled *= kind(full / span)
            np.rint(scaled, out=scaled)
            # These two take the number where the other is none
            np.fmin(np.fmax(scaled, 0.0, out=scaled), full, out=scaled)
            target[z, rows] = scaled
    return low, span


def _finite_range(data: NDArray[Any]) -> tuple[float, float]:
    """Smallest and largest finite value as floats; (0, 1) where there is none."""
    low, high = float(data.min()), float(data.max())
    if np.isfinite(low) and np.isfinite(high):
        return low, high
    finite = data[np.isfinite(data)]
    if finite.size == 0:
        return 0.0, 1.0
    return float(finite.min()), float(finite.max())
