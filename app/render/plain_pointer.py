"""What the mouse does in the plain view: moves and zooms the slices, drags the crosshair, steps, jumps, reads off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.render.planes import nearest

if TYPE_CHECKING:
    from app.render.plain_canvas import PlainCanvas
    from app.render.plain_pane import PlainPane

_REACH = 6.0
"""Logical pixels from the crosshair at which it is taken hold of."""
_ZOOM = 1.007
"""The same speeds as the cameras of the OpenGL view."""


class PlainPointer:
    """Listens to the surface; the places it tells are logical pixels."""

    def __init__(self, canvas: PlainCanvas) -> None:
        self._canvas = canvas
        self._held: tuple[PlainPane, bool, bool] | None = None
        """The pane in which the crosshair is held, and whether its upright and its level line are."""
        self._pressed: Any = None
        self._last: Any = None
        surface = canvas.native
        surface.pressed.connect(self._on_pressed)
        surface.moved.connect(self._on_moved)
        surface.released.connect(self._on_released)
        surface.double_clicked.connect(self._on_double_clicked)
        surface.wheel_turned.connect(self._on_wheel_turned)

    def _on_pressed(self, touch: Any) -> None:
        if self._canvas.tool.press((touch.x, touch.y), _button(touch), touch.modifiers):
            return
        self._pressed = self._last = touch
        found = self._canvas.panes.at((touch.x, touch.y))
        if found and touch.is_left and not touch.has_modifiers:
            pane = found[1]
            if self._canvas.ruler.press(pane, (touch.x, touch.y)):
                return
            near = self._canvas.cross_in(pane)
            if near is not None:
                is_near_x, is_near_y = abs(touch.x - near[0]) <= _REACH, abs(touch.y - near[1]) <= _REACH
                self._held = (pane, is_near_x, is_near_y) if is_near_x or is_near_y else None

    def _on_moved(self, touch: Any) -> None:
        last, self._last = self._last, touch
        if self._canvas.tool.move((touch.x, touch.y), touch.is_left or touch.is_right, touch.modifiers):
            return
        if self._canvas.ruler.is_held:
            self._canvas.ruler.drag((touch.x, touch.y))
        elif self._held:
            self._drag_cross(*self._held, touch)
        elif self._pressed is None or not (touch.is_left or touch.is_right or touch.is_middle):
            self._canvas.events.pointed(position=self._canvas.voxel_at((touch.x, touch.y)), at=(touch.x, touch.y))
        else:
            found = self._canvas.panes.at((self._pressed.x, self._pressed.y))
            if found is None or found[1].plane is None:
                return
            right, down = touch.x - last.x, touch.y - last.y
            if touch.is_left or touch.is_middle:
                self._canvas.panes.pan(found[1], right, down)
            else:
                self._canvas.panes.zoom(found[1], _ZOOM ** ((down - right) / 2), (self._pressed.x, self._pressed.y))

    def _drag_cross(self, pane: PlainPane, moves_x: bool, moves_y: bool, touch: Any) -> None:
        canvas, plane = self._canvas, pane.plane
        if canvas.textures is None or plane is None:
            return
        voxel = list(canvas.position)
        place = plane.voxel(pane.world_at(touch.x, touch.y), canvas.position, canvas.panes.voxel_size)
        for moves, axis in ((moves_x, plane.right), (moves_y, plane.down)):
            voxel[axis] = place[axis] if moves else voxel[axis]
        position = nearest((voxel[0], voxel[1], voxel[2]), canvas.textures.shape)
        if position != canvas.position:
            canvas.events.position_requested(position=position)
            canvas.events.pointed(position=position, at=(touch.x, touch.y))

    def _on_released(self, touch: Any) -> None:
        if self._canvas.tool.release((touch.x, touch.y), _button(touch), touch.modifiers):
            return
        if touch.is_left:
            self._canvas.ruler.release((touch.x, touch.y))
            if self._held:  # moves that follow too quickly on each other are not all told
                self._drag_cross(*self._held, touch)
        self._held = self._pressed = None

    def _on_double_clicked(self, touch: Any) -> None:
        if self._canvas.tool.double_click((touch.x, touch.y), _button(touch), touch.modifiers):
            return
        if self._canvas.ruler.is_on:  # two quick clicks are two ends
            self._on_pressed(touch)
            return
        voxel = self._canvas.voxel_at((touch.x, touch.y))
        if voxel is not None:
            self._canvas.events.position_requested(position=voxel)

    def _on_wheel_turned(self, touch: Any, steps: float) -> None:
        found = self._canvas.panes.at((touch.x, touch.y))
        if found is None or found[1].plane is None:
            return
        if touch.has_control:
            self._canvas.panes.zoom(found[1], _ZOOM ** (-30 * steps), (touch.x, touch.y))
        else:
            self._canvas.events.slice_wheeled(axis=found[1].plane.depth, steps=steps)


def _button(touch: Any) -> int:
    """As vispy counts them."""
    return 1 if touch.is_left else 2 if touch.is_right else 3
