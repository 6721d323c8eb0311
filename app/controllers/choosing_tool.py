"""Taking a tool in hand: the painting mode, tools, number and brush by key, bar and mouse."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.controllers.showing_labels import color_of
from app.models.paint_tool import MAX_DIAMETER, OVERS, TOOLS
from app.render.planes import XY, XZ, YZ
from app.render.tool_marks import BrushMark

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.controllers.deferring import Deferring
    from app.controllers.drafting import Drafting
    from app.controllers.editing import Editing
    from app.controllers.growing_region import GrowingRegion
    from app.controllers.overlaying import Overlaying
    from app.controllers.painting import Painting
    from app.log import EventRecord
    from app.models.block_cache import LoadedBlock
    from app.models.current_view import CurrentView, ViewState
    from app.models.overlays import Overlays
    from app.models.paint_tool import PaintTool, ToolState
    from app.render.canvas import Canvas
    from app.views.main_window import MainWindow

_PLANES = {plane.depth: plane.name for plane in (XY, XZ, YZ)}
_WITH_BRUSH = ("brush", "erase", "threshold", "line")
"""Tools whose outline follows the mouse."""
_WELCOME = "Painting: keys and mouse work on labels now, and judge nothing. Escape goes back to judging."


class ChoosingTool(QObject):
    """While the painting mode is on, keys of judging mean nothing: no block is judged by accident."""

    def __init__(
        self,
        window: MainWindow,
        canvas: Canvas,
        view: CurrentView,
        overlays: Overlays,
        tool: PaintTool,
        overlaying: Overlaying,
        editing: Editing,
        painting: Painting,
        drafting: Drafting,
        growing: GrowingRegion,
        deferring: Deferring,
        record: EventRecord,
    ) -> None:
        super().__init__()
        self._window, self._canvas, self._view, self._overlays = window, canvas, view, overlays
        self._tool, self._overlaying, self._editing = tool, overlaying, editing
        self._painting, self._drafting, self._growing = painting, drafting, growing
        self._deferring, self._record = deferring, record
        self._loaded: LoadedBlock | None = None
        self._pointed: tuple[Any, Any, Any] | None = None
        self._state_of: Any = None
        tool.changed.connect(self._on_tool_changed)
        overlays.listed.connect(self._on_listed)
        view.changed.connect(self._on_view_changed)
        bar = window.paint
        bar.number_requested.connect(self.set_number)
        bar.diameter_requested.connect(self._on_bar_diameter)
        bar.dims_requested.connect(self._on_bar_dims)
        bar.over_requested.connect(self._on_bar_over)
        bar.shape_requested.connect(self._on_bar_shape)
        bar.range_requested.connect(self._on_bar_range)
        bar.end_requested.connect(self.end)
        bar.action_requested.connect(window.action_requested)
        window.number_requested.connect(self.set_number)
        window.space.held_changed.connect(self._on_space_held)
        window.area.pointer_left.connect(self._on_pointer_left)
        canvas.events.tool_hovered.connect(self._on_pointed)
        canvas.events.tool_moved.connect(self._on_pointed)
        canvas.events.tool_pressed.connect(self._on_pointed)
        self.slots: dict[str, Callable[[], object]] = {
            "paint": self.begin,
            "end_paint": self.escape,
            "finish_draft": drafting.finish,
            "new_number": self.new_number,
            "swap_number": self.swap,
            "number_down": partial(self._step_number, -1),
            "number_up": partial(self._step_number, 1),
            "brush_smaller": partial(self._step_size, -1),
            "brush_larger": partial(self._step_size, 1),
            "brush_shape": self._toggle_shape,
            "edit_dims": self._toggle_dims,
            "preserve": partial(self._toggle_over, "background"),
            "over_selected": partial(self._toggle_over, "selected"),
        }
        for name in TOOLS:
            self.slots[f"tool_{name}"] = partial(self.take, name)

    def show(self, loaded: LoadedBlock) -> None:
        """The next frame shows this block: its brightness is another."""
        self._loaded = loaded
        self._tool.change(low=None, high=None)

    # The mode

    def begin(self) -> None:
        """Keys and mouse are for painting, the brush is in hand: its key is the same."""
        self._tool.change(is_on=True, is_panning=False, tool="brush")
        self._editing.prepare()
        self._window.area.messages.tell(_WELCOME)

    def end(self) -> None:
        """Keys and mouse are for judging."""
        self._painting.leave()
        self._drafting.abort()
        self._growing.abort()
        self._tool.change(is_on=False, is_panning=False)
        self._window.focus_work()

    def escape(self) -> None:
        """Give up what is being done or drafted, else what is selected with the tool for that, else the mode."""
        if self._painting.abort() or self._drafting.abort() or self._growing.abort():
            return
        if self._editing.is_busy:
            self._editing.cancel()
            return
        active = self._overlays.active
        if self._tool.state.tool == "select" and active is not None and active.state.selected:
            active.change(selected=())
            return
        self.end()

    def take(self, tool: str) -> None:
        """Take a tool in hand."""
        self._painting.leave()
        self._tool.change(tool=tool)
        self._tell()  # the button was pressed by Qt: show what is true

    # The number

    def set_number(self, number: int) -> None:
        """Paint this number."""
        overlay = self._overlaying.editable()
        if overlay is None:
            return
        if number > overlay.labels.largest_number:
            self._say(f"Number {number} needs labels of more bits: Labels, Convert the type…", "warning")
        else:
            overlay.take_number(number)
        self._deferring.later(self._tell)

    def new_number(self) -> None:
        """Paint a number that nothing has."""
        overlay = self._overlaying.editable()
        if overlay is not None:
            new = overlay.labels.index.new_number()
            if overlay.state.number == new:
                self._say(f"{new} is new already: nothing has it.")
            self.set_number(new)

    def swap(self) -> None:
        """Background, or the number of before."""
        overlay = self._overlaying.editable()
        if overlay is not None:
            overlay.take_number(0 if overlay.state.number else overlay.state.other_number or 1)

    def _step_number(self, step: int) -> None:
        if self._overlays.active is not None:
            self.set_number(max(0, self._overlays.active.state.number + step))

    # The brush

    def _step_size(self, step: int) -> None:
        self._on_bar_diameter(self._tool.state.diameter + step)

    def _toggle_shape(self) -> None:
        self._on_bar_shape(not self._tool.state.is_square)

    def _toggle_dims(self) -> None:
        self._on_bar_dims(5 - self._tool.state.dims)

    def _toggle_over(self, over: str) -> None:
        self._on_bar_over(OVERS[0] if self._tool.state.over == over else over)

    def _on_bar_diameter(self, diameter: int) -> None:
        self._tool.change(diameter=max(1, min(MAX_DIAMETER, diameter)))

    def _on_bar_dims(self, dims: int) -> None:
        self._tool.change(dims=dims)

    def _on_bar_over(self, over: str) -> None:
        self._tool.change(over=over)

    def _on_bar_shape(self, is_square: bool) -> None:
        self._tool.change(is_square=is_square)

    def _on_bar_range(self, low: float, high: float) -> None:
        self._tool.change(low=low, high=high)

    def _limits(self) -> tuple[float, float]:
        if self._loaded is None:
            return 0.0, 1.0
        return self._loaded.data_limits[self._view.state.selected]

    def _on_space_held(self, is_held: bool) -> None:
        self._tool.change(is_panning=is_held)

    # What follows

    def _on_pointed(self, event: Any) -> None:
        self._pointed = event.point, event.axis, event.ray
        if event.axis is not None:
            self._tool.change(axis=event.axis)
        self._draw_brush()

    def _on_pointer_left(self) -> None:
        self._pointed = None
        self._draw_brush()

    def _draw_brush(self) -> None:
        state = self._tool.state
        if self._pointed is None or state.pans or state.tool not in _WITH_BRUSH:
            self._canvas.set_brush(None)
            return
        point, axis, ray = self._pointed
        if point is None:  # over the volume: on the surface that it would paint
            overlay = self._overlays.active
            point = self._painting.hit(overlay, ray) if overlay is not None else None
            if point is None:
                self._canvas.set_brush(None)
                return
        else:  # also when the slice was changed under the mouse
            point = [self._view.position[at] if at == axis else place for at, place in enumerate(point)]
        brush = self._painting.brush(axis) if axis is not None else self._painting.brush_in_volume()
        size = self._painting.voxel_size
        plane = "" if brush.is_3d else _PLANES[axis]
        self._canvas.set_brush(BrushMark(brush.centre(point, size), brush.radii(size), not brush.is_square, plane))

    def _on_tool_changed(self, old: ToolState, new: ToolState) -> None:
        if old.is_on != new.is_on:
            self._window.set_mode("paint" if new.is_on else "judge")
            self._record.write("mode", name="paint" if new.is_on else "judge")
        if (old.is_on, old.pans) != (new.is_on, new.pans):
            self._canvas.set_tool(new.is_on, new.pans)
        if (old.is_on, old.pans, old.tool) != (new.is_on, new.pans, new.tool):
            plain = "arrow" if not new.is_on or new.tool == "select" else "cross"
            self._window.area.set_cursor("hand" if new.is_on and new.pans else plain)
        self._draw_brush()
        self._deferring.later(self._tell)

    def _on_listed(self) -> None:
        active = self._overlays.active
        if self._state_of is not None:
            self._state_of.state_changed.disconnect(self._on_state_changed)
        self._state_of = active
        if active is not None:
            active.state_changed.connect(self._on_state_changed)
        self._deferring.later(self._tell)

    def _on_state_changed(self, old: Any, new: Any) -> None:
        if (old.number, old.seed, old.colors) != (new.number, new.seed, new.colors):
            self._deferring.later(self._tell)

    def _on_view_changed(self, old: ViewState, new: ViewState) -> None:
        if old.selected != new.selected:
            self._tool.change(low=None, high=None)
        if (old.z, old.cross) != (new.z, new.cross):
            self._draw_brush()

    def _tell(self) -> None:
        state, bar, overlay = self._tool.state, self._window.paint, self._overlays.active
        bar.set_tool(f"tool_{state.tool}")
        bar.set_brush(state.diameter, state.is_square, state.dims)
        bar.set_over(state.over)
        if state.low is not None and state.high is not None:
            bar.set_range(state.low, state.high, *self._limits())
        if overlay is None:
            bar.set_number(1, "#77777C", 0, False)
        else:
            number = overlay.state.number
            bar.set_number(number, color_of(overlay.state, number), overlay.labels.index.greatest, number == 0)
        self._record.write(
            "tool", name=state.tool, number=overlay.state.number if overlay else 1, diameter=state.diameter,
            dims=state.dims, over=state.over, low=state.low, high=state.high,
        )  # fmt: skip

    def _say(self, text: str, level: str = "info") -> None:
        self._window.area.messages.tell(text, level)
        self._record.write("message", level=level, text=text)
