"""The planes in which a volume is cut: which axis of z, y, x runs where on the screen."""

from __future__ import annotations

from dataclasses import dataclass

Voxel = tuple[int, int, int]
"""z, y, x."""
Sizes = tuple[float, float, float]
"""z, y, x in world units."""


@dataclass(frozen=True)
class Plane:
    """Axes as 0 z, 1 y, 2 x: the one that is cut, the one that runs down and the one that runs to the right."""

    name: str
    depth: int
    down: int
    right: int

    def voxel(self, world: tuple[float, float], through: Voxel, voxel_size: Sizes) -> Voxel:
        """Return the voxel at a point (right, down), in world units, of the slice through a voxel; outside, too."""
        voxel = list(through)
        voxel[self.right], voxel[self.down] = (
            round(at / voxel_size[axis]) for at, axis in zip(world, (self.right, self.down), strict=True)
        )
        return voxel[0], voxel[1], voxel[2]


XY = Plane("xy", 0, 1, 2)
XZ = Plane("xz", 1, 0, 2)
YZ = Plane("yz", 2, 1, 0)
PLANES = {plane.name: plane for plane in (XY, XZ, YZ)}
"""As they stand beside each other: xz below xy with the same x, yz to the right of it with the same y."""


def is_inside(voxel: Voxel, shape: Voxel) -> bool:
    """Tell whether a block of that shape has this voxel."""
    return all(0 <= p < n for p, n in zip(voxel, shape, strict=True))


def nearest(voxel: Voxel, shape: Voxel) -> Voxel:
    """Return the voxel of a block of that shape that is nearest."""
    z, y, x = (max(0, min(n - 1, p)) for p, n in zip(voxel, shape, strict=True))
    return z, y, x


def slab(position: int, thickness: int, slices: int) -> tuple[int, int]:
    """Return the first slice and the number of slices of a slab of `thickness` round a position; less at the ends."""
    first = position - (thickness - 1) // 2
    last = min(slices, first + thickness)
    first = max(0, first)
    return first, last - first
