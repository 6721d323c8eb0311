"""What the threshold brush would paint: under the brush, and in the whole slice while its range is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.controllers.deferring import single_shot
from core.painting.boxes import box_of
from core.painting.brush import swept
from core.painting.label_region import in_range, proposed_threshold

if TYPE_CHECKING:
    from app.controllers.painting import Painting
    from app.jobs import Job, Jobs
    from app.models.block_cache import LoadedBlock
    from app.models.current_view import CurrentView
    from app.models.paint_tool import PaintTool, ToolState
    from app.render.canvas import Canvas
    from app.views.canvas_area import CanvasArea

_STAYS_MS = 1500
"""The whole slice is shown so long after its range was changed."""
_MOST_UNDER = 1 << 20
"""Voxels under the brush; a larger one is not shown while it moves."""


class Previewing(QObject):
    """Reads the selected channel of the block on screen."""

    def __init__(
        self,
        jobs: Jobs,
        canvas: Canvas,
        area: CanvasArea,
        view: CurrentView,
        tool: PaintTool,
        painting: Painting,
    ) -> None:
        super().__init__()
        self._jobs, self._canvas, self._view, self._tool, self._painting = jobs, canvas, view, tool, painting
        self._loaded: LoadedBlock | None = None
        self._job: Job | None = None
        self._is_shown = False
        self._gone = single_shot(self, self._clear, _STAYS_MS)
        tool.changed.connect(self._on_tool_changed)
        canvas.events.tool_hovered.connect(self._on_hovered)
        canvas.events.tool_pressed.connect(self._on_pressed)
        area.pointer_left.connect(self._on_pointer_left)

    def show(self, loaded: LoadedBlock) -> None:
        """The next frame shows this block."""
        self._loaded = loaded
        self._clear()

    def _values(self) -> Any:
        assert self._loaded is not None
        return self._loaded.image.channels[self._view.state.selected].data

    @property
    def _is_wanted(self) -> bool:
        state = self._tool.state
        return self._loaded is not None and state.is_on and not state.pans and state.tool == "threshold"

    def _on_hovered(self, event: Any) -> None:
        """Under the brush: what a press would paint, but for what may not be painted over."""
        state = self._tool.state
        if not self._is_wanted or self._gone.isActive() or event.point is None or state.low is None:
            return
        data = self._values()
        brush, size = self._painting.brush(event.axis), self._painting.voxel_size
        found = swept(brush, event.point, event.point, size, data.shape)
        if found is None or found[1].size > _MOST_UNDER or state.high is None:
            self._clear()
            return
        box, mask = found
        self._canvas.set_preview(mask & in_range(data[box], state.low, state.high), box)
        self._is_shown = True

    def _on_pressed(self, event: Any) -> None:
        self._clear()

    def _on_pointer_left(self) -> None:
        if not self._gone.isActive():
            self._clear()

    def _on_tool_changed(self, old: ToolState, new: ToolState) -> None:
        if not self._is_wanted:
            self._clear()
        elif (old.low, old.high, old.tool) != (new.low, new.high, new.tool):
            if new.low is None:
                self._propose()
            else:
                self._compute()

    def _propose(self) -> None:
        """Where no range was said yet: all that is brighter than Otsu's threshold of the slice."""
        data, axis, at = self._values(), self._tool.state.axis, self._view.position[self._tool.state.axis]
        selected = self._view.state.selected
        assert self._loaded is not None
        loaded, top = self._loaded, self._loaded.data_limits[selected][1]

        def done(low: float) -> None:
            if loaded is self._loaded and selected == self._view.state.selected and self._tool.state.low is None:
                self._tool.change(low=low, high=float(top))

        self._jobs.start("preview", lambda job: proposed_threshold(data.take(at, axis)), done)

    def _compute(self) -> None:
        """The slice that is looked at, in a worker; the newest range counts."""
        state = self._tool.state
        if self._job is not None:
            self._job.cancel()
        data, low, high, axis = self._values(), state.low, state.high, state.axis
        assert low is not None and high is not None
        at = self._view.position[axis]
        first, last = [0, 0, 0], list(data.shape)
        first[axis], last[axis] = at, at + 1
        box = box_of(first, last)

        def work(job: Job) -> tuple[Any, Any]:
            return in_range(data[box], low, high), box

        self._job = self._jobs.start("preview", work, self._on_computed)

    def _on_computed(self, answer: tuple[Any, Any]) -> None:
        self._job = None
        if self._is_wanted:
            self._canvas.set_preview(*answer)
            self._is_shown = True
            self._gone.start()

    def _clear(self) -> None:
        self._gone.stop()
        if self._is_shown:
            self._is_shown = False
            self._canvas.set_preview(None, None)
