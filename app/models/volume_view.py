"""How slices are thickened and the volume is drawn: what the annotator chose, and what of it can be right."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

MODES = ("mip", "attenuated", "translucent", "iso", "additive", "average", "minip")
AMOUNTS = {"attenuated": "attenuation", "translucent": "density", "additive": "density", "iso": "threshold"}
"""The number that a mode depends on; the others depend on none."""
RANGES = {"attenuation": (0.005, 1.0), "density": (0.005, 2.0), "threshold": (0.02, 1.0)}
THICKEST = 100
MOST_PERSPECTIVE = 90.0
_SIDES = {"z": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "x": (0.0, 0.0, 1.0)}


@dataclass(frozen=True)
class VolumeView:
    """Choices of the data set; the fields of a cut are those of render's `CutPlane`, axes are z, y, x."""

    mode: str = "mip"
    attenuation: float = 0.05
    density: float = 0.03
    threshold: float = 0.5
    is_smooth: bool = True
    box: tuple[tuple[float, float], tuple[float, float], tuple[float, float]] = ((0.0, 1.0), (0.0, 1.0), (0.0, 1.0))
    has_cut: bool = False
    cut_normal: tuple[float, float, float] = (1.0, 0.0, 0.0)
    cut_offset: float = 0.0
    shows_box: bool = True
    shows_axes: bool = True
    is_free: bool = False
    perspective: float = 0.0
    turn: tuple[float, ...] = ()
    """How the volume was turned when it was last left; empty: as the slice is seen."""

    def amount(self) -> float | None:
        """The number that the mode depends on."""
        name = AMOUNTS.get(self.mode)
        return None if name is None else float(getattr(self, name))

    def with_amount(self, value: float) -> VolumeView:
        """The same with another number."""
        name = AMOUNTS.get(self.mode)
        fields: dict[str, Any] = {name: value} if name else {}
        return replace(self, **fields)

    def facing(self, axis: str) -> VolumeView:
        """The same with the cutting plane through the middle, across the axis `z`, `y` or `x`."""
        return replace(self, has_cut=True, cut_normal=_SIDES[axis], cut_offset=0.0)


@dataclass(frozen=True)
class SliceView:
    """Slices thickened to `thickness`, of which the maximum or the mean is shown; voxels as they are or smoothed."""

    thickness: int = 1
    how: str = "max"
    is_smooth: bool = False
    shows_cross: bool = True


def sound_volume(view: VolumeView) -> VolumeView:
    """What can be drawn of choices: a wrong one is replaced by its default, all numbers are floats of Python.

    Others, as numpy has them, could not be written to a file.
    """
    default = VolumeView()
    z, y, x = (float(part) for part in view.cut_normal)
    view = replace(view, cut_normal=(z, y, x), cut_offset=float(view.cut_offset), turn=tuple(map(float, view.turn)))
    fields: dict[str, Any] = {}
    if view.mode not in MODES:
        fields["mode"] = default.mode
    for name, (least, most) in RANGES.items():
        if not least <= getattr(view, name) <= most:
            fields[name] = getattr(default, name)
    if not all(0.0 <= low < high <= 1.0 for low, high in view.box):
        fields["box"] = default.box
    if abs(math.hypot(*view.cut_normal) - 1.0) > 1e-3:
        fields["cut_normal"] = default.cut_normal
    if not -1.0 <= view.cut_offset <= 1.0:
        fields["cut_offset"] = default.cut_offset
    if not 0.0 <= view.perspective <= MOST_PERSPECTIVE:
        fields["perspective"] = default.perspective
    if not all(map(math.isfinite, view.turn)):
        fields["turn"] = ()
    return replace(view, **fields) if fields else view


def sound_slices(view: SliceView) -> SliceView:
    """As `sound_volume`, for slices."""
    how = view.how if view.how in ("max", "mean") else "max"
    return replace(view, thickness=max(1, min(THICKEST, view.thickness)), how=how)
