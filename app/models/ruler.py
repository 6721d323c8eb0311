"""The ruler over the block on screen: its two ends, and the distance between them in 3D."""

from __future__ import annotations

import math
from dataclasses import dataclass

Voxel = tuple[int, int, int]
"""z, y, x of what is in memory."""


@dataclass(frozen=True)
class Ruler:
    """`end` is None until the second end is set, `start` until the first one is; both are where it is off."""

    is_on: bool = False
    start: Voxel | None = None
    end: Voxel | None = None


@dataclass(frozen=True)
class Length:
    """A distance and how far it goes along each axis, all of them positive, in micrometres or in voxels."""

    whole: float
    dz: float
    dy: float
    dx: float

    def text(self, is_known: bool) -> str:
        """Return it as people read it: `12.34 µm (dx 3.00, dy 10.00, dz 6.50)`, or `5.39 voxels (dx 2, dy 5, dz 0)`."""
        if not is_known:
            return f"{number(self.whole)} voxels (dx {self.dx:g}, dy {self.dy:g}, dz {self.dz:g})"
        parts = f"dx {number(self.dx)}, dy {number(self.dy)}, dz {number(self.dz)}"
        return f"{number(self.whole)} µm ({parts})"


def measure(start: Voxel, end: Voxel, sizes: tuple[float, float, float]) -> Length:
    """Return how far it is from the centre of one voxel to that of another; `sizes` are those of a voxel, z, y, x."""
    dz, dy, dx = (abs(a - b) * size for a, b, size in zip(start, end, sizes, strict=True))
    return Length(math.hypot(dz, dy, dx), dz, dy, dx)


def number(value: float) -> str:
    """Return a length with as many decimals as make sense: never in powers of ten, and 0 as `0`."""
    if value == 0:
        return "0"
    decimals = 0 if value >= 1000 else 1 if value >= 100 else 2
    if value < 0.1:
        decimals = 2 - math.floor(math.log10(value))
    return f"{value:.{decimals}f}"
