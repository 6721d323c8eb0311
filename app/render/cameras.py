"""The cameras of the slice and of the volume."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from vispy.scene import PanZoomCamera, TurntableCamera

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class SliceCamera(PanZoomCamera):  # type: ignore[misc]
    """Drag pans, right drag and Ctrl+wheel zoom; the plain wheel is left to steps through z."""

    def __init__(self, moved: Callable[[], None]) -> None:
        self._moved = moved
        super().__init__(aspect=1)
        self.flip = (False, True, False)

    def fit(self, sizes: Sequence[float], voxel_size: Sequence[float]) -> None:
        """Show the whole slice; `sizes` of the block and of a voxel in world units, as (z, y, x)."""
        _, height, width = sizes
        self.rect = (-0.5 * voxel_size[2], -0.5 * voxel_size[1], width, height)

    def view_changed(self) -> None:
        """Tell the canvas, as vispy does for its own linked cameras."""
        super().view_changed()
        self._moved()

    def viewbox_mouse_event(self, event: Any) -> None:
        """Leave the plain wheel alone."""
        if event.type == "mouse_wheel" and "Control" not in event.mouse_event.modifiers:
            return
        super().viewbox_mouse_event(event)


class VolumeCamera(TurntableCamera):  # type: ignore[misc]
    """Drag turns, wheel and right drag zoom, Shift+drag moves. Starts along z, oriented as the slice is."""

    def __init__(self, moved: Callable[[], None]) -> None:
        self._moved = moved
        self.is_held = False
        super().__init__(fov=0.0, up="-y")

    def fit(self, sizes: Sequence[float], voxel_size: Sequence[float]) -> None:
        """Show the whole block, in nearly every orientation without being cut off."""
        centre = [size / 2 - voxel / 2 for size, voxel in zip(sizes, voxel_size, strict=True)]
        self.center = tuple(reversed(centre))
        # 90 degrees about the upward axis -y: x to the right and z away from the viewer, as in the slice
        self.azimuth, self.elevation, self.roll = 90.0, 0.0, 0.0
        self.scale_factor = 0.9 * math.hypot(*sizes)

    def view_changed(self) -> None:
        """Tell the canvas that a coarse frame is due."""
        super().view_changed()
        self._moved()

    def viewbox_mouse_event(self, event: Any) -> None:
        """Remember whether the volume is being held."""
        if event.type == "mouse_press":
            self.is_held = True
        elif event.type == "mouse_release":
            self.is_held = False
        super().viewbox_mouse_event(event)
