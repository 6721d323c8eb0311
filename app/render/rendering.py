"""How a volume is drawn: a frozen set of choices."""

from __future__ import annotations

from dataclasses import dataclass

MODES = ("mip", "attenuated", "translucent", "iso", "additive", "average", "minip")

WHOLE = ((0.0, 1.0), (0.0, 1.0), (0.0, 1.0))


@dataclass(frozen=True)
class CutPlane:
    """Only what lies on the side of the normal is drawn.

    `normal` is a unit vector (z, y, x) in world units; `offset` how far the plane is from the middle of the block
    along it, as a share of half the block's diagonal: -1..1 covers the block.
    """

    normal: tuple[float, float, float]
    offset: float = 0.0


@dataclass(frozen=True)
class Rendering:
    """What the channels become along a ray, from the samples s of the block, the contrast of each l in 0..1.

    `mip`, `minip` and `average` take the maximum, minimum and mean of s, before contrast. The others use l, with
    steps d in units of the smallest side of a voxel: `attenuated` takes the maximum of l * exp(-attenuation * (sum of
    l * d before)); `additive` 1 - exp(-density * sum of l * d); `translucent` adds up, from front to back, the colours
    of l, each step covering 1 - exp(-density * d * sum of l over channels) of what is behind; `iso` draws the first
    place where any channel's l reaches `threshold`, lit from the eye.
    """

    mode: str = "mip"
    attenuation: float = 0.05
    density: float = 0.03
    threshold: float = 0.5
    is_smooth: bool = True
    box: tuple[tuple[float, float], ...] = WHOLE
    """The part that is drawn, for z, y, x as shares of the block."""
    plane: CutPlane | None = None
