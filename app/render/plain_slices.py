"""Composes slices to colours without OpenGL: the same picture as the shaders of slices make, by tables in numpy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from app.render.packing import Packed
    from app.render.planes import Plane
    from app.render.shading import ChannelLook

# A colour is one number: red, green and blue in lanes of 21 bits, so that one look-up serves all three and the
# colours of up to 64 channels add up without a lane running over (64 * 255 * 64 < 2 ** 21).
_LANE = 21
_MASK = (1 << _LANE) - 1
_FINE = 64
"""A lane counts 64ths of the 255 steps of a screen's colour."""


class PlainSlices:
    """Keeps one table for each channel: from each texel that there can be to a colour."""

    def __init__(self) -> None:
        self._tables: dict[int, tuple[object, NDArray[np.int64]]] = {}

    def compose(
        self,
        block: Packed,
        looks: Sequence[ChannelLook],
        plane: Plane,
        slab: tuple[int, int],
        how: str,
        rows: NDArray[np.intp],
        columns: NDArray[np.intp],
    ) -> NDArray[np.uint32]:
        """Return the colours 0xFFRRGGBB, as (rows, columns), of some rows and columns of a slice.

        `slab` is the first slice and how many there are; of more than one, the maximum or the mean (`how`: `max`,
        `mean`) is shown. `looks` are of all channels, in the order of the files.
        """
        width = block.groups[0].shape[3]
        total = np.zeros((len(rows), len(columns)), np.int64)
        for number, group in enumerate(block.groups):
            places = range(number * width, min(len(block.channels), number * width + group.shape[3]))
            shown = [
                place for place in places if block.channels[place] < len(looks) and looks[block.channels[place]].visible
            ]
            if shown:
                texels = _texels(group, plane, slab, how, rows, columns)
                for place in shown:
                    table = self._table(
                        place, looks[block.channels[place]], block.offset[place], block.scale[place], texels.dtype
                    )
                    total += table[texels[..., place - number * width]]
        return _to_pixels(total)

    def _table(
        self, place: int, look: ChannelLook, offset: float, scale: float, dtype: np.dtype[Any]
    ) -> NDArray[np.int64]:
        key = (look, offset, scale, dtype)
        known = self._tables.get(place)
        if known is None or known[0] != key:
            known = self._tables[place] = key, _table(look, offset, scale, np.iinfo(dtype).max + 1)
        return known[1]


def _texels(
    group: NDArray[Any],
    plane: Plane,
    slab: tuple[int, int],
    how: str,
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
) -> NDArray[Any]:
    """Return (rows, columns, channels) of a group; the mean of a slab always in 16 bits, for there is more in it."""
    first, count = slab
    width, dtype = group.shape[3], group.dtype
    # All channels of a voxel are gathered as one number
    whole = group.view(f"u{width * dtype.itemsize}")[..., 0].transpose(plane.depth, plane.down, plane.right)
    place = np.ix_(rows, columns)

    def gather(slice_: int) -> NDArray[Any]:
        found: NDArray[Any] = whole[slice_][place].view(dtype).reshape(len(rows), len(columns), width)
        return found

    if count == 1:
        return gather(first)
    if how == "max":
        found = gather(first)
        for slice_ in range(first + 1, first + count):
            np.maximum(found, gather(slice_), out=found)
        return found
    total = np.zeros((len(rows), len(columns), width), np.float32)
    for slice_ in range(first, first + count):
        total += gather(slice_)
    mean: NDArray[Any] = np.rint(total * (65535.0 / (np.iinfo(dtype).max * count)))
    return mean.astype(np.uint16)


def _table(look: ChannelLook, offset: float, scale: float, length: int) -> NDArray[np.int64]:
    """Return the colour of each texel as three lanes; the formula is that of ChannelLook."""
    texel = np.linspace(0.0, 1.0, length, dtype=np.float32)
    if look.cofactor > 0.0:
        first, last = math.asinh(look.low / look.cofactor), math.asinh(look.high / look.cofactor)
        level = np.arcsinh(texel * np.float32(scale / look.cofactor) + np.float32(offset / look.cofactor))
        level = (level - np.float32(first)) * np.float32(1.0 / max(last - first, 1e-30))
    else:
        level = texel - np.float32((look.low - offset) / scale)
        level *= np.float32(scale / max(look.high - look.low, 1e-30 * scale))
    np.clip(level, 0.0, 1.0, out=level)
    if look.gamma != 1.0:
        level **= np.float32(look.gamma)
    lanes = np.zeros(length, np.int64)
    full = 255.0 * _FINE * look.opacity
    for part in range(3):
        if look.colormap:
            colors = np.array([color[part] for color in look.colormap])
            shades = np.interp(level, np.linspace(0.0, 1.0, len(colors)), colors * full)
        else:
            shades = level * np.float32(look.color[part] * full)
        lanes <<= _LANE
        lanes += np.rint(shades).astype(np.int64)
    return lanes


def _to_pixels(total: NDArray[np.int64]) -> NDArray[np.uint32]:
    pixels = np.full(total.shape, 0xFF, np.uint32)
    for part in range(3):
        lane = ((total >> ((2 - part) * _LANE)) & _MASK).astype(np.uint32)
        lane += _FINE // 2
        lane //= _FINE
        np.minimum(lane, 255, out=lane)
        pixels <<= 8
        pixels |= lane
    return pixels
