"""What the mouse does beside moving cameras: reads off, steps through slices, drags crosshair, cut and ruler."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from app.render.planes import nearest

if TYPE_CHECKING:
    from app.render.canvas import Canvas
    from app.render.pane import Pane

_REACH = 6.0
"""Logical pixels from the crosshair at which it is taken hold of."""
_TILT = 0.006
"""Radians that the cutting plane is tilted by each logical pixel."""


class Pointer:
    """Listens to a canvas before its cameras do; what it takes for itself they do not see."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._held: tuple[Pane, bool, bool] | None = None
        """The pane in which the crosshair is held, and whether its upright and its level line are."""
        self._is_cutting = False
        self._last = (0.0, 0.0)
        events = canvas.events
        events.mouse_press.connect(self._on_pressed, position="first")
        events.mouse_move.connect(self._on_moved, position="first")
        events.mouse_release.connect(self._on_released, position="first")
        events.mouse_double_click.connect(self._on_double_clicked, position="first")
        events.mouse_wheel.connect(self._on_wheel_turned, position="first")

    def _on_pressed(self, event: Any) -> None:
        if self._canvas.tool.press(event.pos, event.button, _names(event)):
            event.blocked = True
            return
        found = self._canvas.panes.at(event.pos)
        if event.button != 1 or found is None:
            return
        pane = found[1]
        if not event.modifiers and self._canvas.ruler.press(pane, event.pos):
            event.blocked = True
            return
        self._last = float(event.pos[0]), float(event.pos[1])
        if pane.plane is None:
            self._is_cutting = self._canvas.rendering.plane is not None and "Control" in event.modifiers
        elif not event.modifiers:
            is_near_x, is_near_y = self._near_cross(pane, event.pos)
            if is_near_x or is_near_y:
                self._held = pane, is_near_x, is_near_y
        if self._held or self._is_cutting:
            event.blocked = True

    def _near_cross(self, pane: Pane, pos: Any) -> tuple[bool, bool]:
        if not pane.cross.visible or pane.plane is None:
            return False, False
        canvas, plane = self._canvas, pane.plane
        right, down = (canvas.position[axis] * canvas.panes.voxel_size[axis] for axis in (plane.right, plane.down))
        x, y = pane.pixel_of(right, down)
        return abs(pos[0] - pane.rect.x - x) <= _REACH, abs(pos[1] - pane.rect.y - y) <= _REACH

    def _on_moved(self, event: Any) -> None:
        if self._canvas.tool.move(event.pos, bool(event.buttons), _names(event)):
            event.blocked = True
            # vispy leaves out moves that follow within 10 ms: a stroke is to follow the hand. Qt puts together those
            # that wait, so that there are never more than can be dealt with
            self._canvas.native._last_time = 0.0
        elif self._canvas.ruler.is_held:
            event.blocked = True
            self._canvas.ruler.drag(event.pos)
        elif self._held:
            event.blocked = True
            self._drag_cross(*self._held, event.pos)
        elif self._is_cutting:
            event.blocked = True
            self._drag_cut(event)
        elif not event.buttons:
            self._canvas.events.pointed(position=self._canvas.voxel_at(event.pos), at=event.pos)

    def _drag_cross(self, pane: Pane, moves_x: bool, moves_y: bool, pos: Any) -> None:
        canvas, plane = self._canvas, pane.plane
        assert plane is not None
        if canvas.textures is None:
            return
        voxel = list(canvas.position)
        place = plane.voxel(pane.world_at(*pos[:2]), canvas.position, canvas.panes.voxel_size)
        for moves, axis in ((moves_x, plane.right), (moves_y, plane.down)):
            voxel[axis] = place[axis] if moves else voxel[axis]
        position = nearest((voxel[0], voxel[1], voxel[2]), canvas.textures.shape)
        if position != canvas.position:
            canvas.events.position_requested(position=position)
            canvas.events.pointed(position=position, at=pos)

    def _drag_cut(self, event: Any) -> None:
        """Along its normal; with Shift, tilt it about the screen's axes."""
        canvas = self._canvas
        plane = canvas.rendering.plane
        found = canvas.panes.at(event.pos) or canvas.panes.at(self._last)
        if plane is None or canvas.textures is None or found is None or found[1].plane is not None:
            return
        camera = found[1].camera
        dx, dy = event.pos[0] - self._last[0], event.pos[1] - self._last[1]
        self._last = float(event.pos[0]), float(event.pos[1])
        axes = camera.transform.matrix[:3, :3]  # rows: the screen's right, up and toward the eye, as x, y, z
        normal = np.array(plane.normal[::-1])
        if "Shift" in event.modifiers:
            turn = normal + _TILT * (dx * axes[0] - dy * axes[1])
            turn /= np.linalg.norm(turn)
            z, y, x = (float(part) for part in turn[::-1])  # numpy's own floats are no numbers to what writes settings
            canvas.events.cut_requested(plane=replace(plane, normal=(z, y, x)))
            return
        on_screen = axes[:2] @ normal  # right and up
        length = float(np.linalg.norm(on_screen))
        along = (dx * on_screen[0] - dy * on_screen[1]) / length if length > 0.1 else -dy
        units = float(camera.scale_factor) / min(found[1].rect.width, found[1].rect.height)
        sizes = [n * size for n, size in zip(canvas.textures.shape, canvas.panes.voxel_size, strict=True)]
        moved = plane.offset + along * units / max(length, 0.7) / (float(np.linalg.norm(sizes)) / 2)
        # No farther than the block: a plane outside of it would leave nothing to be seen, and nothing to drag
        reach = 0.98 * float(np.dot(np.abs(plane.normal), sizes) / np.linalg.norm(sizes))
        canvas.events.cut_requested(plane=replace(plane, offset=float(max(-reach, min(reach, moved)))))

    def _on_released(self, event: Any) -> None:
        if self._canvas.tool.release(event.pos, event.button, _names(event)):
            event.blocked = True
            return
        if self._held or self._is_cutting or self._canvas.ruler.is_held:
            event.blocked = True
        # Moves that follow too quickly on each other are not all told: where the button was let go counts
        if self._held:
            self._drag_cross(*self._held, event.pos)
        elif self._is_cutting:
            self._drag_cut(event)
        if event.button == 1:
            self._canvas.ruler.release(event.pos)
        self._held, self._is_cutting = None, False

    def _on_double_clicked(self, event: Any) -> None:
        if self._canvas.tool.double_click(event.pos, event.button, _names(event)):
            event.blocked = True
            return
        if self._canvas.ruler.is_on:  # two quick clicks are two ends
            self._on_pressed(event)
            return
        voxel = self._canvas.voxel_at(event.pos)
        if voxel is not None:
            self._canvas.events.position_requested(position=voxel)

    def _on_wheel_turned(self, event: Any) -> None:
        found = self._canvas.panes.at(event.pos)
        if found and found[1].plane and "Control" not in event.modifiers:
            self._canvas.events.slice_wheeled(axis=found[1].plane.depth, steps=float(event.delta[1]))


def _names(event: Any) -> tuple[str, ...]:
    return tuple(key.name for key in event.modifiers)
