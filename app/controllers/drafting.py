"""Drawing something first and doing it then: polygon, lasso, a line that cuts, clicks that split, region growing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject

from app.render.planes import XY, XZ, YZ
from core.label_edit import Change
from core.label_limits import limited
from core.label_region import Region, grow_region, value_round
from core.label_shapes import line_pixels, polygon
from core.label_split import split_by_line, split_by_seeds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.controllers.editing import Editing
    from app.controllers.overlaying import Overlaying
    from app.controllers.painting import Painting
    from app.controllers.selecting import Selecting
    from app.jobs import Job, Jobs
    from app.models.block_cache import LoadedBlock
    from app.models.current_view import CurrentView, ViewState
    from app.models.overlay import Overlay
    from app.models.paint_tool import PaintTool, ToolState
    from app.render.canvas import Canvas
    from core.labels import Labels

Point = tuple[float, float, float]

_PLANES = {plane.depth: plane for plane in (XY, XZ, YZ)}
_CLICKED = ("polygon", "seeds")
_DRAWN = ("lasso", "cut", "select")
_TOLERANCE_PER_PIXEL = 0.005
"""Of the contrast of the channel, for each logical pixel of a drag away from the place of the press."""
_FIRST_PIXELS = 10
_STILL = 3.0
"""Logical pixels: a drag that moves less is a click."""


class Drafting(QObject):
    """A draft belongs to one plane and one slice; it is given up when another tool is taken or the block is left."""

    def __init__(
        self,
        jobs: Jobs,
        canvas: Canvas,
        view: CurrentView,
        tool: PaintTool,
        editing: Editing,
        overlaying: Overlaying,
        painting: Painting,
        selecting: Selecting,
    ) -> None:
        super().__init__()
        self._jobs, self._canvas, self._view, self._tool = jobs, canvas, view, tool
        self._editing, self._overlaying, self._painting = editing, overlaying, painting
        self._selecting = selecting
        self._loaded: LoadedBlock | None = None
        self._points: list[Point] = []
        self._axis = 0
        self._erases = self._is_added = False
        self._is_held = False
        self._start = (0.0, 0.0)
        self._is_click = True
        self._growing: _Growing | None = None
        canvas.events.tool_pressed.connect(self._on_pressed)
        canvas.events.tool_moved.connect(self._on_moved)
        canvas.events.tool_released.connect(self._on_released)
        canvas.events.tool_double_clicked.connect(self._on_double_clicked)
        canvas.events.tool_hovered.connect(self._on_hovered)
        tool.changed.connect(self._on_tool_changed)
        view.changed.connect(self._on_view_changed)

    def show(self, loaded: LoadedBlock) -> None:
        """The next frame shows this block."""
        self._loaded = loaded

    def abort(self) -> bool:
        """Give up what is drafted; False if nothing is."""
        has_draft = bool(self._points) or self._growing is not None
        self._clear()
        return has_draft

    def finish(self) -> None:
        """Do what was drafted."""
        tool, points = self._tool.state.tool, self._points
        if tool == "polygon" and len(points) >= 3 and not self._is_seen():
            place = f"{'zyx'[self._axis]} {round(points[0][self._axis])}"
            text = f"The polygon is in another slice, {place}: go back to it, or Escape gives it up."
            self._editing.said.emit(text, "info")
        elif tool == "polygon" and len(points) >= 3:
            self._fill("Polygon")
        elif tool == "seeds" and len(points) >= 2:
            self._split()
        else:
            self._clear()

    # The mouse

    def _on_pressed(self, event: Any) -> None:
        tool = self._tool.state.tool
        if tool not in (*_CLICKED, *_DRAWN, "grow") or "Alt" in event.modifiers:
            return
        if event.button == 2:
            self._take_back(tool)
            return
        if event.point is None:
            return
        self._erases, self._is_added = "Control" in event.modifiers, "Shift" in event.modifiers
        event.taken = True
        if tool in _CLICKED:
            if self._points and tool == "polygon" and not self._is_in_plane(event):
                self._clear()  # places to split from may be in any slice
            self._axis = event.axis
            self._points.append(event.point)
            self._draw()
        elif tool == "grow":
            self._begin_growing(event)
        else:
            self._points, self._axis, self._is_held = [event.point], event.axis, True
            self._start, self._is_click = event.at, True

    def _is_in_plane(self, event: Any) -> bool:
        """Whether a place is in the slice of the points that were clicked."""
        axis = self._axis
        return bool(event.axis == axis and round(event.point[axis]) == round(self._points[0][axis]))

    def _is_seen(self) -> bool:
        """Whether the slice of the points that were clicked is on screen."""
        axis = self._axis
        return not self._points or round(self._points[0][axis]) == self._view.position[axis]

    def _on_moved(self, event: Any) -> None:
        if self._growing is not None:
            self._grow_to(event)
        elif self._is_held and event.point is not None:
            self._note_reach(event)
            self._points.append(event.point)
            self._note_reach(event)
            self._draw()

    def _note_reach(self, event: Any) -> None:
        """A line that comes back to where it began is no click."""
        if max(abs(event.at[0] - self._start[0]), abs(event.at[1] - self._start[1])) >= _STILL:
            self._is_click = False

    def _on_released(self, event: Any) -> None:
        if self._growing is not None:
            self._grow_to(event)
            self._growing.is_released = True
            self._finish_growing()
        elif self._is_held:
            self._is_held = False
            if event.point is not None:
                self._points.append(event.point)
            tool = self._tool.state.tool
            self._note_reach(event)
            is_click = self._is_click
            if tool == "select" and is_click:
                self._clear()
                self._selecting.click(event)
            elif tool == "select":
                points, axis, is_added = np.array(self._points), self._axis, self._is_added
                self._clear()
                self._selecting.encircle(points, axis, is_added)
            elif tool == "lasso" and not is_click:
                self._fill("Lasso")
            elif tool == "cut" and not is_click:
                self._cut()
            else:
                self._clear()

    def _on_double_clicked(self, event: Any) -> None:
        if self._tool.state.tool == "polygon" and self._points:
            event.taken = True
            self.finish()

    def _on_hovered(self, event: Any) -> None:
        if self._points and self._tool.state.tool == "polygon" and event.axis is not None:
            self._draw(event.point if self._is_in_plane(event) else None)

    def _take_back(self, tool: str) -> None:
        if tool in _CLICKED and self._points:
            self._points.pop()
            self._draw()

    def _on_tool_changed(self, old: ToolState, new: ToolState) -> None:
        if (old.tool, old.is_on) != (new.tool, new.is_on):
            self._clear()

    def _on_view_changed(self, old: ViewState, new: ViewState) -> None:
        if self._points and (old.z, old.cross) != (new.z, new.cross):
            self._draw()

    def _draw(self, toward: Point | None = None) -> None:
        tool = self._tool.state.tool
        points = [*self._points, toward] if toward is not None else self._points
        if tool == "polygon" and not self._is_seen():
            points = []  # it belongs to another slice, and is seen again there
        if tool == "seeds":  # a cross at each place
            self._canvas.set_draft(_crosses(points, self._axis), False, _PLANES[self._axis].name)
        else:
            self._canvas.set_draft(np.array(points).reshape(-1, 3), tool in ("polygon", "lasso", "select"),
                                   _PLANES[self._axis].name)  # fmt: skip

    def _clear(self) -> None:
        if self._points or self._growing is not None or self._is_held:
            self._points, self._growing, self._is_held = [], None, False
            self._canvas.set_draft(np.empty((0, 3)), False, "xy")
            self._canvas.set_preview(None, None)
            self._selecting.tell_instead("")

    # What is done with a draft

    def _fill(self, name: str) -> None:
        points, axis, number_is_zero = np.array(self._points), self._axis, self._erases
        self._clear()
        overlay = self._overlaying.editable()
        if overlay is None:
            return
        number = 0 if number_is_zero else overlay.state.number
        if not self._painting.may_paint(overlay, number):
            return
        is_3d, at = self._tool.state.dims == 3, round(float(points[0, axis]))
        limit = self._limits(overlay, number)

        def work(labels: Labels, cancelled: Callable[[], bool]) -> list[Change]:
            first, last = (0, labels.shape[axis] - 1) if is_3d else (at, at)
            found = polygon(np.delete(points, axis, axis=1), axis, first, last, labels.shape)
            return limit(labels, [Change(*found, number)] if found is not None else [])

        self._editing.run(overlay, f"{name}, erased" if number == 0 else name, work, "Nothing is there to be changed.")

    def _cut(self) -> None:
        points, axis = np.array(self._points), self._axis
        self._clear()
        overlay = self._overlaying.editable()
        if overlay is None:
            return
        at = None if self._tool.state.dims == 3 else round(float(points[0, axis]))
        line, locked = np.delete(points, axis, axis=1), overlay.state.locked
        plane = overlay.labels.array.take(round(float(points[0, axis])), axis)
        rows = line_pixels(line)
        rows = rows[((rows >= 0) & (rows < plane.shape)).all(axis=1)]
        under = set(np.unique(plane[rows[:, 0], rows[:, 1]]).tolist()) - {0} - locked
        chosen = under & set(overlay.state.selected) or under

        def work(labels: Labels, cancelled: Callable[[], bool]) -> Iterator[Change]:
            for number in sorted(chosen):  # each is written before the next is looked at: new numbers differ
                yield from split_by_line(labels, number, line, axis, at, cancelled)

        self._editing.run(overlay, "Cut", work, "The line parts no object: draw it from edge to edge.")

    def _split(self) -> None:
        seeds = [tuple(round(at) for at in point) for point in self._points]
        self._clear()
        overlay = self._overlaying.editable()
        if overlay is None:
            return
        numbers = [self._painting.number_at(overlay, seed) for seed in seeds if self._painting.has(overlay, seed)]
        size, number = self._painting.voxel_size, next((n for n in numbers if n), 0)
        if not number or number in overlay.state.locked:
            self._editing.said.emit("Click into two parts or more of one object that is not locked.", "info")
            return

        def work(labels: Labels, cancelled: Callable[[], bool]) -> list[Change]:
            return split_by_seeds(labels, number, seeds, size, None, cancelled)

        self._editing.run(overlay, "Split", work, "Click into two parts or more of one object.")

    def _limits(self, overlay: Overlay, number: int) -> Callable[[Labels, list[Change]], list[Change]]:
        """What may be painted over, as it is now."""
        over, chosen, locked = self._painting.limits(overlay, number)

        def limit(labels: Labels, changes: list[Change]) -> list[Change]:
            return limited(labels, changes, over, chosen, locked)

        return limit

    # Region growing

    def _begin_growing(self, event: Any) -> None:
        overlay = self._overlaying.editable()
        if overlay is None or self._loaded is None:
            return
        seed = tuple(round(at) for at in event.point)
        if not all(0 <= at < n for at, n in zip(seed, overlay.labels.shape, strict=True)):
            return
        channel = self._view.state.channels[self._view.state.selected]
        axis = None if self._tool.state.dims == 3 else event.axis
        number = 0 if self._erases else overlay.state.number
        if not self._painting.may_paint(overlay, number):
            return
        unit = (channel.high - channel.low) * _TOLERANCE_PER_PIXEL
        self._start = event.at
        self._growing = _Growing(overlay, (seed[0], seed[1], seed[2]), axis, number, unit)
        self._grow_to(event)

    def _grow_to(self, event: Any) -> None:
        growing = self._growing
        assert growing is not None
        moved = np.hypot(event.at[0] - self._start[0], event.at[1] - self._start[1])
        growing.wanted = float(_FIRST_PIXELS + moved) * growing.unit
        self._compute(growing)

    def _compute(self, growing: _Growing) -> None:
        """One at a time: the newest tolerance is computed next, so the preview follows the mouse."""
        if growing.job is not None or growing.wanted == growing.shown or self._loaded is None:
            return
        image = self._loaded.image.channels[self._view.state.selected].data
        tolerance, seed, axis = growing.wanted, growing.seed, growing.axis

        def work(job: Job) -> tuple[float, Region | None, int]:
            found = grow_region(image, seed, tolerance, axis, value=value_round(image, seed, axis))
            return tolerance, found, int(np.count_nonzero(found.mask)) if found is not None else 0

        def done(answer: tuple[float, Region | None, int]) -> None:
            self._on_grown(growing, *answer)

        growing.job = self._jobs.start("growing", work, done)

    def _on_grown(self, growing: _Growing, tolerance: float, found: Region | None, count: int) -> None:
        growing.job, growing.shown, growing.found = None, tolerance, found
        if growing is not self._growing:
            return
        if found is not None:
            self._canvas.set_preview(found.mask, found.box)
            # In 3D most of it is out of sight: what runs out into other slices is seen by its size
            self._selecting.tell_instead(f"Region of {count:,} voxels   brightness ± {tolerance:.4g}")
        self._compute(growing)
        self._finish_growing()

    def _finish_growing(self) -> None:
        growing = self._growing
        if growing is None or not growing.is_released or growing.job is not None:
            return
        found, overlay, number = growing.found, growing.overlay, growing.number
        self._clear()
        if found is None or overlay not in self._overlaying.overlays.all:
            return
        limit, change = self._limits(overlay, number), Change(found.box, found.mask, number)
        if found.warning:
            self._editing.said.emit(found.warning, "warning")

        def work(labels: Labels, cancelled: Callable[[], bool]) -> list[Change]:
            return limit(labels, [change])

        self._editing.run(overlay, "Region growing", work, "Nothing is there to be changed.")


class _Growing:
    """A region that is being grown, in the values of the channel."""

    def __init__(self, overlay: Overlay, seed: tuple[int, int, int], axis: int | None, number: int, unit: float):
        self.overlay, self.seed, self.axis, self.number, self.unit = overlay, seed, axis, number, unit
        self.wanted, self.shown = 0.0, -1.0
        self.found: Region | None = None
        self.job: Job | None = None
        self.is_released = False


def _crosses(points: list[Point], axis: int) -> Any:
    """A line that draws a cross of 5 voxels at each point, with a gap (not a number) after each."""
    plane = _PLANES[axis]
    made = []
    for point in points:
        for along, way in ((plane.right, -2), (plane.right, 2), (plane.right, 0), (plane.down, -2), (plane.down, 2)):
            place = list(point)
            place[along] += way
            made.append(place)
        made.append([np.nan] * 3)
    return np.array(made).reshape(-1, 3)
