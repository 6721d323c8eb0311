"""What the mouse does while a tool is in hand: it works on the block, and leaves the cameras alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from vispy.util.event import Event

from app.render.rays import ray_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.render.canvas import Canvas
    from app.render.pane import Pane
    from app.render.plain_canvas import PlainCanvas
    from app.render.plain_pane import PlainPane

    AnyPane = Pane | PlainPane

Names = tuple[str, ...]

_STILL = 3.0
"""Logical pixels: a press that moves less is a click."""


class Tool:
    """Asked by whoever listens to the mouse, before all else; what the tool takes nobody else is to see.

    Adds the events ``tool_pressed``, ``tool_moved``, ``tool_released``, ``tool_double_clicked`` and ``tool_hovered``
    (no button is down), each with ``point`` (z, y, x) as voxels with fractions, also outside of the block, or None in
    the volume; ``axis``, that along which the pane is cut (0 z, 1 y, 2 x), or None; ``ray``, from where to where
    (each z, y, x in voxels) the ray under the mouse runs through what is drawn of the block, or None; ``button``, 1 or
    2 (of a hover 0); ``modifiers``, names such as ``Shift``; ``at`` (x, y) in logical pixels.

    In the volume a press turns the camera unless the listener sets ``taken`` of its event to True. Button 2 tells only
    of clicks: pressed and released at once; dragged, it zooms. Of a double click nothing else is told if ``taken`` is
    set; else it is a second press.
    """

    def __init__(self, canvas: Canvas | PlainCanvas) -> None:
        self._canvas = canvas
        self._is_on, self._pans = False, False
        self._held: AnyPane | None = None
        self._right: tuple[AnyPane, float, float] | None = None
        canvas.events.add(
            tool_pressed=Event, tool_moved=Event, tool_released=Event, tool_double_clicked=Event, tool_hovered=Event
        )

    def set(self, is_on: bool, pans: bool) -> None:
        """Have a tool in hand, or not; while it `pans` the mouse belongs to the cameras. A drag goes on to its end."""
        self._is_on, self._pans = is_on, pans

    @property
    def is_held(self) -> bool:
        """Whether the tool is at work: its button is down."""
        return self._held is not None

    def _tell(self, emitter: Any, pane: AnyPane, pos: Sequence[float], button: int, modifiers: Names) -> bool:
        """Tell what the tool did; return whether the listener took it for itself."""
        canvas, plane = self._canvas, pane.plane
        pos = float(pos[0]), float(pos[1])
        point = None
        if plane is not None:
            voxel = [float(part) for part in canvas.position]
            for axis, world in zip((plane.right, plane.down), pane.world_at(*pos), strict=True):
                voxel[axis] = world / canvas.panes.voxel_size[axis]
            point = voxel[0], voxel[1], voxel[2]
        told = emitter(
            point=point,
            axis=None if plane is None else plane.depth,
            ray=ray_at(canvas, pane, pos) if plane is None and canvas.has_volume else None,
            button=button,
            modifiers=modifiers,
            at=pos,
            taken=False,
        )
        return bool(told.taken)

    def press(self, pos: Sequence[float], button: int, modifiers: Names) -> bool:
        """Take the press of a button at a place of the canvas; False leaves it to the cameras."""
        found = self._canvas.panes.at(pos)
        self._right = None
        if not self._is_on or self._pans or found is None or self._canvas.textures is None:
            return False
        pane = found[1]
        if button == 2:
            self._right = pane, float(pos[0]), float(pos[1])
        elif button == 1:
            is_taken = self._tell(self._canvas.events.tool_pressed, pane, pos, 1, modifiers)
            if is_taken or pane.plane is not None:
                self._held = pane
                self._want_each_move()
                return True
        return False

    def move(self, pos: Sequence[float], has_button: bool, modifiers: Names) -> bool:
        """The mouse moved; True if that was the tool's work, and not only hovering."""
        canvas = self._canvas
        if self._held is not None:
            self._tell(canvas.events.tool_moved, self._held, pos, 1, modifiers)
            canvas.events.pointed(position=canvas.voxel_at(pos), at=pos)
            self._want_each_move()
            return True
        found = canvas.panes.at(pos)
        if self._is_on and not has_button and canvas.textures is not None and found is not None:
            self._tell(canvas.events.tool_hovered, found[1], pos, 0, modifiers)
        return False

    def _want_each_move(self) -> None:
        """Vispy drops moves within 10 ms: corners of a quick stroke, and its tip when the mouse stops there."""
        if self._canvas.has_volume:
            self._canvas.native._last_time = 0.0

    def release(self, pos: Sequence[float], button: int, modifiers: Names) -> bool:
        """A button was let go; True if it was the tool's."""
        events = self._canvas.events
        if self._held is not None and button == 1:
            # Moves that follow too quickly on each other are not all told: where the button was let go counts
            held, self._held = self._held, None
            self._tell(events.tool_released, held, pos, 1, modifiers)
            self._canvas.native.update()  # what waited for the end of the stroke
            return True
        if self._right is not None and button == 2:
            (pane, x, y), self._right = self._right, None
            if math.hypot(pos[0] - x, pos[1] - y) < _STILL:
                self._tell(events.tool_pressed, pane, pos, 2, modifiers)
                self._tell(events.tool_released, pane, pos, 2, modifiers)
        return False

    def double_click(self, pos: Sequence[float], button: int, modifiers: Names) -> bool:
        """The second press of a double click; False leaves it to others."""
        found = self._canvas.panes.at(pos)
        if not self._is_on or self._pans or found is None or button != 1 or self._canvas.textures is None:
            return False
        if self._tell(self._canvas.events.tool_double_clicked, found[1], pos, 1, modifiers):
            return True
        return self.press(pos, button, modifiers) or found[1].plane is not None
