"""Packs channels into the RGBA arrays that become 3D textures: one fetch then serves four channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

GROUP = 4
"""Channels in one texture."""
MAX_CHANNELS = 16 * GROUP
"""A shader may read 16 textures at least; further channels are not packed."""


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


def pack(data: Sequence[NDArray[Any]], wanted: Sequence[int] | None = None) -> Packed:
    """Pack equally shaped (Z, Y, X) channels, four to a group: those that are `wanted`, or all.

    uint8 alone stays 8 bit; everything else becomes 16 bit: uint16 and int16 without loss, floats by their range
    (a step of 1/65535 of it; not a number is drawn as the minimum).
    """
    wanted = tuple(range(len(data)) if wanted is None else wanted)[:MAX_CHANNELS]
    channels = [data[channel] for channel in wanted]
    eight_bit = all(one.dtype == np.uint8 for one in channels)
    dtype = np.dtype(np.uint8 if eight_bit else np.uint16)
    groups, offsets, scales = [], [], []
    for first in range(0, len(channels), GROUP):
        members = channels[first : first + GROUP]
        width = 1 if len(members) == 1 else GROUP
        group = np.zeros((*members[0].shape, width), dtype)
        for position, member in enumerate(members):
            offset, scale = _fill(group[..., position], member)
            offsets.append(offset)
            scales.append(scale)
        groups.append(group)
    return Packed(tuple(groups), wanted, tuple(offsets), tuple(scales))


def _fill(target: NDArray[Any], data: NDArray[Any]) -> tuple[float, float]:
    """Write `data` into the texture's plane; return (offset, scale) of its texels."""
    full = float(np.iinfo(target.dtype).max)
    if data.dtype in (np.uint8, np.uint16):
        target[...] = data
        return 0.0, full
    if data.dtype == np.int16:
        # the same bits, with the sign bit turned over: -32768 becomes 0
        np.bitwise_xor(data.view(np.uint16), np.uint16(0x8000), out=target)
        return -32768.0, full
    low, high = _finite_range(data)
    span = (high - low) or 1.0
    for z in range(data.shape[0]):  # slice by slice: no second copy of the volume in floats
        scaled = np.nan_to_num((data[z].astype(np.float64) - low) / span * full, nan=0.0, posinf=full, neginf=0.0)
        target[z] = np.clip(np.rint(scaled), 0.0, full)
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
