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

_STILL = 3.0
"""Logical pixels: a press that moves less is a click."""


class ToolPointer:
    """Listens to a canvas before all others do; what the tool takes nobody else sees.

    Adds the events ``tool_pressed``, ``tool_moved``, ``tool_released``, ``tool_double_clicked`` and ``tool_hovered``
    (no button is down), each with ``point`` (z, y, x) as voxels with fractions, also outside of the block, or None in
    the volume; ``axis``, that along which the pane is cut (0 z, 1 y, 2 x), or None; ``ray``, from where to where
    (each z, y, x in voxels) the ray under the mouse runs through what is drawn of the block, or None; ``button``, 1 or
    2 (of a hover 0); ``modifiers``, names such as ``Shift``; ``at`` (x, y) in logical pixels.

    In the volume a press turns the camera unless the listener sets ``taken`` of its event to True. Button 2 tells only
    of clicks: pressed and released at once; dragged, it zooms. Of a double click nothing else is told if ``taken`` is
    set; else it is a second press.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._is_on, self._pans = False, False
        self._held: Pane | None = None
        self._right: tuple[Pane, float, float] | None = None
        events = canvas.events
        events.add(tool_pressed=Event, tool_moved=Event, tool_released=Event, tool_double_clicked=Event,
                   tool_hovered=Event)  # fmt: skip
        events.mouse_press.connect(self._on_pressed, position="first")
        events.mouse_move.connect(self._on_moved, position="first")
        events.mouse_release.connect(self._on_released, position="first")
        events.mouse_double_click.connect(self._on_double_clicked, position="first")

    def set(self, is_on: bool, pans: bool) -> None:
        """Have a tool in hand, or not; while it `pans` the mouse belongs to the cameras. A drag goes on to its end."""
        self._is_on, self._pans = is_on, pans

    @property
    def is_held(self) -> bool:
        """Whether the tool is at work: its button is down."""
        return self._held is not None

    def _tell(self, emitter: Any, pane: Pane, event: Any, button: int) -> bool:
        """Tell what the tool did; return whether the listener took it for itself."""
        canvas, plane = self._canvas, pane.plane
        pos: Sequence[float] = float(event.pos[0]), float(event.pos[1])
        point = None
        if plane is not None:
            voxel = [float(part) for part in canvas.position]
            for axis, world in zip((plane.right, plane.down), pane.world_at(*pos), strict=True):
                voxel[axis] = world / canvas.panes.voxel_size[axis]
            point = voxel[0], voxel[1], voxel[2]
        told = emitter(
            point=point,
            axis=None if plane is None else plane.depth,
            ray=ray_at(canvas, pane, pos) if plane is None else None,
            button=button,
            modifiers=tuple(key.name for key in event.modifiers),
            at=pos,
            taken=False,
        )
        return bool(told.taken)

    def _on_pressed(self, event: Any) -> None:
        found = self._canvas.panes.at(event.pos)
        self._right = None
        if not self._is_on or self._pans or found is None or self._canvas.textures is None:
            return
        pane = found[1]
        if event.button == 2:
            self._right = pane, float(event.pos[0]), float(event.pos[1])
        elif event.button == 1:
            is_taken = self._tell(self._canvas.events.tool_pressed, pane, event, 1)
            if is_taken or pane.plane is not None:
                self._held = pane
                event.blocked = True

    def _on_moved(self, event: Any) -> None:
        events = self._canvas.events
        if self._held is not None:
            self._tell(events.tool_moved, self._held, event, 1)
            events.pointed(position=self._canvas.voxel_at(event.pos), at=event.pos)
            event.blocked = True
        elif self._is_on and not event.buttons and self._canvas.textures is not None:
            found = self._canvas.panes.at(event.pos)
            if found is not None:
                self._tell(events.tool_hovered, found[1], event, 0)

    def _on_released(self, event: Any) -> None:
        events = self._canvas.events
        if self._held is not None and event.button == 1:
            # Moves that follow too quickly on each other are not all told: where the button was let go counts
            held, self._held = self._held, None
            event.blocked = True
            self._tell(events.tool_released, held, event, 1)
        elif self._right is not None and event.button == 2:
            (pane, x, y), self._right = self._right, None
            if math.hypot(event.pos[0] - x, event.pos[1] - y) < _STILL:
                self._tell(events.tool_pressed, pane, event, 2)
                self._tell(events.tool_released, pane, event, 2)

    def _on_double_clicked(self, event: Any) -> None:
        found = self._canvas.panes.at(event.pos)
        if not self._is_on or self._pans or found is None or event.button != 1 or self._canvas.textures is None:
            return
        if self._tell(self._canvas.events.tool_double_clicked, found[1], event, 1):
            event.blocked = True
        else:
            self._on_pressed(event)
        if found[1].plane is not None:
            event.blocked = True
