"""The cameras of the slices and of the volume."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from vispy.scene import ArcballCamera, PanZoomCamera, TurntableCamera
from vispy.util.quaternion import Quaternion

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

SIDES = {"z": (90.0, 0.0), "y": (90.0, -90.0), "x": (180.0, 0.0)}
"""Azimuth and elevation of the turntable that look along an axis."""

_MIDDLE = 3


class SliceCamera(PanZoomCamera):  # type: ignore[misc]
    """Drag pans, right drag and Ctrl+wheel zoom; the plain wheel is left to steps through the slices."""

    def __init__(self, moved: Callable[[SliceCamera], None]) -> None:
        self._moved = moved
        super().__init__(aspect=1)
        self.flip = (False, True, False)

    def fit(self, left: float, top: float, width: float, height: float) -> None:
        """Show all of a rectangle in world units; nobody is told."""
        self._set_silently((left, top, width, height))

    def look_at(self, centre: tuple[float, float], units_per_pixel: float) -> None:
        """Show a point in the middle, with so many world units to a logical pixel; nobody is told."""
        width, height = (side * units_per_pixel for side in self._viewbox.size)
        self._set_silently((centre[0] - width / 2, centre[1] - height / 2, width, height))

    def _set_silently(self, rect: tuple[float, float, float, float]) -> None:
        moved, self._moved = self._moved, _nobody
        self.rect = rect
        self._moved = moved

    def units_per_pixel(self) -> float:
        """World units in one logical pixel."""
        # Measured, not taken from `rect`: the camera keeps the proportions and shows more than that
        points = self._scene_transform.imap([[0, 0], [1, 0]])
        return float(abs(points[1][0] - points[0][0]))

    def centre(self) -> tuple[float, float]:
        """The point in the middle, in world units."""
        x, y = self._scene_transform.imap([side / 2 for side in self._viewbox.size])[:2]
        return float(x), float(y)

    def view_changed(self) -> None:
        """Tell the canvas, as vispy does for its own linked cameras."""
        super().view_changed()
        self._moved(self)

    def viewbox_mouse_event(self, event: Any) -> None:
        """Leave the plain wheel alone; the middle button pans, too."""
        if event.type == "mouse_wheel" and "Control" not in event.mouse_event.modifiers:
            return
        if event.type == "mouse_press" and event.button == _MIDDLE:
            event.handled = True  # else vispy gives the moves to whichever pane is under them
            return
        if event.type == "mouse_move" and _MIDDLE in event.buttons:
            before, now = (self._transform.imap(np.array(at.pos)[:2]) for at in (event.last_event, event))
            self.pan(before - now)
            event.handled = True
            return
        super().viewbox_mouse_event(event)


class VolumeCamera(TurntableCamera):  # type: ignore[misc]
    """Drag turns, wheel and right drag zoom, Shift+drag moves. Starts along z, oriented as the slice is."""

    def __init__(self, moved: Callable[[Any], None]) -> None:
        self._moved = moved
        self.is_held = False
        super().__init__(fov=0.0, up="-y")
        self.align("z")

    def align(self, axis: str) -> None:
        """Look along an axis: `z` as the plane xy is seen, `y` as xz, `x` as yz."""
        self.azimuth, self.elevation = SIDES[axis]
        self.roll = 0.0

    def matrix(self) -> NDArray[np.float64]:
        """What turns rows (x, y, z, 1) in world units into clip coordinates, as (4, 4)."""
        return _matrix(self)

    def turn(self) -> tuple[float, ...]:
        """How the volume is turned, to be given to `set_turn` another time."""
        return self.azimuth, self.elevation, self.roll

    def set_turn(self, turn: Sequence[float]) -> None:
        """Turn the volume so."""
        if len(turn) == 3:
            self.azimuth, self.elevation, self.roll = turn

    def view_changed(self) -> None:
        """Tell the canvas that a coarse frame is due."""
        super().view_changed()
        self._moved(self)

    def viewbox_mouse_event(self, event: Any) -> None:
        """Remember whether the volume is being held."""
        self.is_held = _held(event, self.is_held)
        super().viewbox_mouse_event(event)


class FreeCamera(ArcballCamera):  # type: ignore[misc]
    """As VolumeCamera, but drag turns about any axis."""

    def __init__(self, moved: Callable[[Any], None]) -> None:
        self._moved = moved
        self.is_held = False
        super().__init__(fov=0.0)
        self.align("z")

    def align(self, axis: str) -> None:
        """Look along an axis, as VolumeCamera does."""
        half = math.sqrt(0.5)
        turns = {"z": (half, half, 0.0, 0.0), "y": (0.0, 1.0, 0.0, 0.0), "x": (0.5, 0.5, 0.5, -0.5)}
        self.set_turn(turns[axis])

    def matrix(self) -> NDArray[np.float64]:
        """What turns rows (x, y, z, 1) in world units into clip coordinates, as (4, 4)."""
        return _matrix(self)

    def turn(self) -> tuple[float, ...]:
        """How the volume is turned, to be given to `set_turn` another time."""
        turn = self._quaternion
        return turn.w, turn.x, turn.y, turn.z

    def set_turn(self, turn: Sequence[float]) -> None:
        """Turn the volume so."""
        if len(turn) == 4:
            self._quaternion = Quaternion(*turn)
            self.view_changed()

    def view_changed(self) -> None:
        """Tell the canvas that a coarse frame is due."""
        super().view_changed()
        self._moved(self)

    def viewbox_mouse_event(self, event: Any) -> None:
        """Remember whether the volume is being held."""
        self.is_held = _held(event, self.is_held)
        super().viewbox_mouse_event(event)


def fit(camera: VolumeCamera | FreeCamera, sizes: Sequence[float], voxel_size: Sequence[float]) -> None:
    """Show a block of these sizes (z, y, x, world units) in nearly every orientation without being cut off."""
    centre = [size / 2 - voxel / 2 for size, voxel in zip(sizes, voxel_size, strict=True)]
    camera.center = tuple(reversed(centre))
    camera.scale_factor = 0.9 * math.hypot(*sizes)


def _matrix(camera: Any) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.linalg.inv(camera.transform.matrix) @ camera._projection.matrix
    return found


def _held(event: Any, before: bool) -> bool:
    return {"mouse_press": True, "mouse_release": False}.get(event.type, before)


def _nobody(camera: SliceCamera) -> None:
    """Is told of a move that nobody needs to know of."""
