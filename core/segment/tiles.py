"""Arrays in tiles with a margin: neighbourhoods of any size at the memory of one tile."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

VOXELS = 1 << 18
"""A tile without its margin has about so many voxels: its distances take some 10 MB."""


class Tile(NamedTuple):
    """`core` is the tile's place in the array, `outer` that with its margin, `inner` the place of core in outer."""

    core: tuple[slice, ...]
    outer: tuple[slice, ...]
    inner: tuple[slice, ...]


def tiles(shape: Sequence[int], margin: Sequence[int], voxels: int = VOXELS) -> Iterator[Tile]:
    """Yield tiles that cover an array of `shape` once; each has `margin` voxels on each side, cut at the array's edges.

    They are cubes of about `voxels`, as far as the array is that thick.
    """
    sides: list[int] = []
    left = voxels
    for place, length in enumerate(sorted(shape)):
        side = min(length, max(1, round(left ** (1 / (len(shape) - place)))))
        sides.append(side)
        left = max(1, left // max(1, side))
    by_length = dict(zip(sorted(range(len(shape)), key=shape.__getitem__), sides, strict=True))
    steps = [range(0, length, max(1, by_length[axis])) for axis, length in enumerate(shape)]
    for corner in itertools.product(*steps):
        ends = [min(start + one.step, n) for start, one, n in zip(corner, steps, shape, strict=True)]
        lows = [max(0, start - far) for start, far in zip(corner, margin, strict=True)]
        highs = [min(n, end + far) for end, far, n in zip(ends, margin, shape, strict=True)]
        yield Tile(
            tuple(map(slice, corner, ends)),
            tuple(map(slice, lows, highs)),
            tuple(slice(a - low, b - low) for a, b, low in zip(corner, ends, lows, strict=True)),
        )
