"""Drawing something first and doing it then: polygon, lasso, a line that cuts, clicks that split, region growing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject

from app.render.planes import XY, XZ, YZ
from core.painting.label_edit import Change
from core.painting.label_shapes import corner_box, line_pixels, polygon
from core.painting.label_split import split_by_line, split_by_seeds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.controllers.editing import Editing
    from app.controllers.overlaying import Overlaying
    from app.controllers.painting import Painting
    from app.controllers.selecting import Selecting
    from app.jobs import Jobs
    from app.models.block_cache import LoadedBlock
    from app.models.current_view import CurrentView, ViewState
    from app.models.paint_tool import PaintTool, ToolState
    from app.render.canvas import Canvas
    from core.painting.labels import Labels

Point = tuple[float, float, float]

_PLANES = {plane.depth: plane for plane in (XY, XZ, YZ)}
_CLICKED = ("polygon", "seeds")
_DRAWN = ("lasso", "cut", "select", "box")
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
        has_draft = bool(self._points)
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
        if tool not in (*_CLICKED, *_DRAWN) or "Alt" in event.modifiers:
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
        if self._is_held and event.point is not None:
            self._note_reach(event)
            self._points.append(event.point)
            self._note_reach(event)
            self._draw()

    def _reach_on(self, point: Point) -> None:
        """The line goes on to a point; of a box only two corners count."""
        if self._tool.state.tool == "box":
            del self._points[1:]
        self._points.append(point)

    def _note_reach(self, event: Any) -> None:
        """A line that comes back to where it began is no click."""
        if max(abs(event.at[0] - self._start[0]), abs(event.at[1] - self._start[1])) >= _STILL:
            self._is_click = False

    def _on_released(self, event: Any) -> None:
        if self._is_held:
            self._is_held = False
            if event.point is not None:
                self._reach_on(event.point)
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
            elif tool == "box":
                self._fill_box()
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
        if tool == "box":
            points = _corners(points, self._axis)
        if tool == "seeds":  # a cross at each place
            self._canvas.set_draft(_crosses(points, self._axis), False, _PLANES[self._axis].name)
        else:
            self._canvas.set_draft(np.array(points).reshape(-1, 3), tool in ("polygon", "lasso", "select", "box"),
                                   _PLANES[self._axis].name)  # fmt: skip

    def _clear(self) -> None:
        if self._points or self._is_held:
            self._points, self._is_held = [], False
            self._canvas.set_draft(np.empty((0, 3)), False, "xy")

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
        limit = self._painting.limiter(overlay, number)

        def work(labels: Labels, cancelled: Callable[[], bool]) -> list[Change]:
            first, last = (0, labels.shape[axis] - 1) if is_3d else (at, at)
            found = polygon(np.delete(points, axis, axis=1), axis, first, last, labels.shape)
            return limit(labels, [Change(*found, number)] if found is not None else [])

        self._editing.run(overlay, f"{name}, erased" if number == 0 else name, work, "Nothing is there to be changed.")

    def _fill_box(self) -> None:
        """All voxels between two corners; in 3D through all slices."""
        (first, last), axis, erases = np.array([self._points[0], self._points[-1]]), self._axis, self._erases
        self._clear()
        overlay = self._overlaying.editable()
        if overlay is None:
            return
        number = 0 if erases else overlay.state.number
        if not self._painting.may_paint(overlay, number):
            return
        if self._tool.state.dims == 3:
            first[axis], last[axis] = 0, overlay.labels.shape[axis] - 1
        limit = self._painting.limiter(overlay, number)

        def work(labels: Labels, cancelled: Callable[[], bool]) -> list[Change]:
            found = corner_box(first, last, labels.shape)
            return limit(labels, [Change(*found, number)]) if found is not None else []

        self._editing.run(overlay, "Box", work, "Nothing is there to be changed.")

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


def _corners(points: list[Point], axis: int) -> list[Point]:
    """Return the four corners of the box between the first and the last point, in their plane."""
    first, last = np.array(points[0]), np.array(points[-1])
    plane = _PLANES[axis]
    made = [first.copy() for _ in range(4)]
    for corner in made[1:3]:
        corner[plane.right] = last[plane.right]
    for corner in made[2:]:
        corner[plane.down] = last[plane.down]
    return [(float(z), float(y), float(x)) for z, y, x in made]
