"""Painting on the active overlay with the mouse: brush, eraser, line, box, threshold brush, fill and pick."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject

from app.actions import in_brackets, with_keys
from app.models.paint_tool import MAX_DIAMETER
from core.painting.brush import Brush, swept
from core.painting.label_before import LabelsBefore
from core.painting.label_edit import Change
from core.painting.label_fill import all_of_number, contiguous
from core.painting.label_limits import limited
from core.painting.label_ray import first_hit
from core.painting.label_region import in_range

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.controllers.editing import Editing
    from app.controllers.overlaying import Overlaying
    from app.models.block_cache import LoadedBlock
    from app.models.current_view import CurrentView
    from app.models.overlay import Overlay
    from app.models.overlays import Overlays
    from app.models.paint_tool import PaintTool
    from app.render.canvas import Canvas
    from core.painting.labels import Labels

Point = tuple[float, float, float]
Voxel = tuple[int, int, int]
Ray = tuple[Point, Point]

STROKES = {"brush": "Brush stroke", "erase": "Eraser stroke", "threshold": "Threshold stroke", "line": "Line"}
_NONE_SELECTED = "Only selected objects may be changed{}, and none is selected."
_BEGIN_IN_SLICE = "In 3D tools work on objects that are there: begin in a slice{}."
_MOST_RAYS = 64
"""Between two places of the mouse over the volume."""


@dataclass
class _Stroke:
    """A drag of one of STROKES that is going on."""

    overlay: Overlay
    tool: str
    axis: int
    first: Point
    last: Point
    number: int
    only: frozenset[int] | None = None
    """In the volume the eraser works on the object that it hit, not on those behind."""
    before: LabelsBefore | None = None
    """In the volume the surface is that from before the stroke: else it would climb up on what it has just painted."""
    ray: Ray | None = None
    """In the volume: where the mouse was last."""


class Painting(QObject):
    """Hears the tool events of the canvas; what is drafted first and done later belongs to Drafting."""

    def __init__(
        self,
        canvas: Canvas,
        view: CurrentView,
        overlays: Overlays,
        tool: PaintTool,
        editing: Editing,
        overlaying: Overlaying,
    ) -> None:
        super().__init__()
        self._canvas, self._view, self._overlays, self._tool = canvas, view, overlays, tool
        self._editing, self._overlaying = editing, overlaying
        self._loaded: LoadedBlock | None = None
        self._stroke: _Stroke | None = None
        self._sizing: tuple[float, int, int] | None = None
        """Where Alt+drag began, the diameter that the brush had, and the axis across the plane."""
        canvas.events.tool_pressed.connect(self._on_pressed)
        canvas.events.tool_moved.connect(self._on_moved)
        canvas.events.tool_released.connect(self._on_released)

    def show(self, loaded: LoadedBlock) -> None:
        """The next frame shows this block."""
        self._loaded = loaded

    def leave(self) -> None:
        """The block is left: what was painted stays painted."""
        self._end()

    def abort(self) -> bool:
        """Give up the stroke that is going on; False if there is none."""
        if self._stroke is None:
            return False
        self._stroke = None
        self._editing.abort()
        return True

    @property
    def voxel_size(self) -> Sequence[float]:
        """Of the block on screen (z, y, x): micrometres, or voxels where it is not known."""
        image = self._loaded.image if self._loaded is not None else None
        return (image.voxel_size or image.reduction) if image is not None else (1.0, 1.0, 1.0)

    def limits(self, overlay: Overlay, number: int) -> tuple[str, frozenset[int], frozenset[int]]:
        """What may be painted over with a number: one of OVERS, the numbers that "selected" means, the locked ones."""
        state = overlay.state
        if number == 0 and self._tool.state.over == "background":  # napari's "preserve labels"
            return "selected", frozenset({state.number or state.other_number}), state.locked
        return self._tool.state.over, frozenset(state.selected), state.locked

    def may_paint(self, overlay: Overlay, number: int) -> bool:
        """Whether any voxel may get this number; else say why not."""
        over, chosen, locked = self.limits(overlay, number)
        if number in locked:
            how = with_keys("{lock_objects} unlocks it, {new_number} takes a new number.")
            self._editing.said.emit(f"{number} is locked: {how}", "info")
        elif over == "selected" and not chosen:
            self._editing.said.emit(_NONE_SELECTED.format(in_brackets("over_selected")), "info")
        else:
            return True
        return False

    def limiter(self, overlay: Overlay, number: int) -> Callable[[Labels, list[Change]], list[Change]]:
        """Return what cuts changes down to what may be painted over with a number, as it is now."""
        over, chosen, locked = self.limits(overlay, number)

        def limit(labels: Labels, changes: list[Change]) -> list[Change]:
            return limited(labels, changes, over, chosen, locked)

        return limit

    def brush(self, axis: int) -> Brush:
        """The brush in hand, on a plane that `axis` stands upright on."""
        state = self._tool.state
        return Brush(state.diameter, axis, state.dims == 3, state.is_square)

    def brush_in_volume(self) -> Brush:
        """The brush in hand on the surface of objects: always a ball, or a cube."""
        return Brush(self._tool.state.diameter, 0, True, self._tool.state.is_square)

    # The mouse

    def _on_pressed(self, event: Any) -> None:
        state = self._tool.state
        if event.button == 1 and "Alt" in event.modifiers:
            self._sizing = float(event.at[0]), state.diameter, 0 if event.axis is None else event.axis
            event.taken = True
        elif event.button == 1 and state.tool in STROKES:
            self._begin(event)
        elif event.button == 1 and state.tool == "fill":
            self._fill(event)
        elif event.button == 1 and state.tool == "pick":
            self._pick(event)

    def _on_moved(self, event: Any) -> None:
        if self._sizing is not None:
            self._set_size(event)
        elif self._stroke is not None:
            self._go_on(event)

    def _on_released(self, event: Any) -> None:
        if self._sizing is not None:
            self._set_size(event)
            self._sizing = None
        elif self._stroke is not None:
            self._go_on(event)
            self._end()

    def _set_size(self, event: Any) -> None:
        assert self._sizing is not None
        start, diameter, across = self._sizing
        units = self._canvas.panes.units_per_pixel() or 1.0
        side = min(size for axis, size in enumerate(self.voxel_size) if axis != across)
        moved = (float(event.at[0]) - start) * units / side
        self._tool.change(diameter=max(1, min(MAX_DIAMETER, diameter + round(moved))))

    # Strokes

    def _begin(self, event: Any) -> None:
        overlay = self._overlaying.editable()
        if overlay is None:
            return
        state = self._tool.state
        number = 0 if state.tool == "erase" else overlay.state.number
        stroke = _Stroke(overlay, state.tool, event.axis, event.point, event.point, number)
        if event.point is None:
            hit = self.hit(overlay, event.ray)
            if hit is None:  # the drag turns the camera
                if not len(overlay.labels.index):
                    self._editing.said.emit(_BEGIN_IN_SLICE.format(in_brackets("toggle_3d")), "info")
                return
            stroke.axis, stroke.first, stroke.last, stroke.ray = 0, hit, hit, event.ray
            stroke.before = LabelsBefore(overlay.labels.array)
            stroke.only = frozenset({self.number_at(overlay, hit)}) if number == 0 else None
        event.taken = True
        if state.tool == "threshold" and state.low is None:
            self._editing.said.emit("The range of brightness is not known yet: nothing was painted.", "info")
            return
        if not self.may_paint(overlay, number) or not self._editing.begin(overlay, STROKES[state.tool]):
            return
        self._stroke = stroke
        self._paint(stroke.first, stroke.first)

    def _go_on(self, event: Any) -> None:
        stroke = self._stroke
        assert stroke is not None
        if stroke.before is not None and stroke.tool != "line":
            self._go_over(event.ray)
            return
        point = event.point
        if stroke.before is not None:
            point = self.hit(stroke.overlay, event.ray)
        if point is None or point == stroke.last:
            return
        if stroke.tool == "line":
            self._redraw(point)
        else:
            self._paint(stroke.last, point)
        stroke.last = point

    def _go_over(self, ray: Ray | None) -> None:
        """Paint on the surface from where the mouse was to where it is: never through what lies between two objects."""
        stroke = self._stroke
        assert stroke is not None
        was, stroke.ray = stroke.ray, ray
        if ray is None:
            return
        reach = max(1.0, min(self.brush_in_volume().radii(self.voxel_size)))
        start, end = np.array(was if was is not None else ray), np.array(ray)
        moved = float(np.linalg.norm(end - start, axis=1).max())
        rays = min(_MOST_RAYS, max(1, math.ceil(moved / reach)))
        last = stroke.last if was is not None else None
        for place in range(1, rays + 1):
            near, far = start + (end - start) * (place / rays)
            hit = self.hit(stroke.overlay, (near, far))
            if hit is not None:
                is_near = last is not None and float(np.linalg.norm(np.subtract(hit, last))) <= 2.0 * reach
                self._paint(last if is_near and last is not None else hit, hit)
                stroke.last = hit
            last = hit

    def _end(self) -> None:
        if self._stroke is not None:
            self._stroke = None
            self._editing.end()

    def _redraw(self, point: Point) -> None:
        """A line is drawn anew from its beginning to here."""
        stroke = self._stroke
        assert stroke is not None
        self._editing.abort()
        self._editing.begin(stroke.overlay, STROKES[stroke.tool])
        self._paint(stroke.first, point)

    def _paint(self, start: Point, end: Point) -> None:
        stroke = self._stroke
        assert stroke is not None
        brush = self.brush(stroke.axis) if stroke.before is None else self.brush_in_volume()
        found = swept(brush, start, end, self.voxel_size, stroke.overlay.labels.shape)
        if found is not None:
            self._change(Change(*found, stroke.number))

    def _change(self, change: Change) -> None:
        """Paint what of it may be painted over."""
        stroke = self._stroke
        assert stroke is not None
        overlay = stroke.overlay
        if stroke.tool == "threshold":
            change = Change(change.box, change.mask & self._in_range(change.box), change.values)
        over, chosen, locked = self.limits(overlay, stroke.number)
        if stroke.only is not None:
            over, chosen = "selected", stroke.only
        (kept,) = limited(overlay.labels, [change], over, chosen, locked) or (None,)
        if kept is not None:
            if stroke.before is not None:
                stroke.before.keep(kept.box)
            self._editing.paint(kept)

    def _in_range(self, box: tuple[slice, slice, slice]) -> Any:
        state, view = self._tool.state, self._view.state
        assert self._loaded is not None
        values = self._loaded.image.channels[view.selected].data[box]
        low = math.inf if state.low is None else state.low
        high = math.inf if state.high is None else state.high
        return in_range(values, low, high)

    # Clicks

    def _fill(self, event: Any) -> None:
        overlay = self._overlaying.editable()
        seed, axis = self._seed(overlay, event) if overlay is not None else (None, None)
        if overlay is None or seed is None:
            return
        event.taken = True
        number = overlay.state.number
        if not self.may_paint(overlay, number):
            return
        over, chosen, locked = self.limits(overlay, number)
        find = all_of_number if "Shift" in event.modifiers else contiguous
        plane = None if self._tool.state.dims == 3 or event.point is None else axis

        def work(labels: Labels, cancelled: Callable[[], bool]) -> list[Change]:
            return limited(labels, find(labels, seed, number, plane, cancelled), over, chosen, locked)

        self._editing.run(overlay, "Fill", work, "Nothing was filled: it has this number, or may not be painted over.")

    def _pick(self, event: Any) -> None:
        overlay = self._overlays.active
        seed, _ = self._seed(overlay, event) if overlay is not None else (None, None)
        if overlay is not None and seed is not None:
            event.taken = True
            overlay.take_number(self.number_at(overlay, seed))

    def _seed(self, overlay: Overlay | None, event: Any) -> tuple[Voxel | None, int | None]:
        """The voxel that a click means, and the axis of its plane."""
        if overlay is None:
            return None, None
        if event.point is None:
            return self.hit(overlay, event.ray), 0
        voxel = tuple(round(at) for at in event.point)
        return ((voxel[0], voxel[1], voxel[2]) if self.has(overlay, voxel) else None), event.axis

    def hit(self, overlay: Overlay, ray: Any) -> tuple[int, int, int] | None:
        """The first voxel of an object that is seen along a ray of the volume; in a stroke as it was before it."""
        if ray is None:
            return None
        near, far = ray
        stroke, state = self._stroke, overlay.state
        return first_hit(
            overlay.labels.array,
            near,
            far,
            state.hidden,
            frozenset(state.selected) if state.shows_only_selected else None,
            stroke.before if stroke is not None and stroke.overlay is overlay else None,
        )

    @staticmethod
    def has(overlay: Overlay, voxel: Sequence[float]) -> bool:
        """Whether a point (z, y, x) is in the block."""
        return all(0 <= round(at) < n for at, n in zip(voxel, overlay.labels.shape, strict=True))

    @staticmethod
    def number_at(overlay: Overlay, voxel: Sequence[float]) -> int:
        """The number of a voxel of the block."""
        z, y, x = (round(at) for at in voxel)
        return int(overlay.labels.array[z, y, x])
