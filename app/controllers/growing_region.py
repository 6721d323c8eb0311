"""Region growing: press on a place and drag; farther away takes more in, and what is taken in is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject

from core.painting.label_edit import Change
from core.painting.label_region import Region, grow_region, value_round

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.controllers.editing import Editing
    from app.controllers.overlaying import Overlaying
    from app.controllers.painting import Painting
    from app.controllers.selecting import Selecting
    from app.jobs import Job, Jobs
    from app.models.block_cache import LoadedBlock
    from app.models.current_view import CurrentView
    from app.models.overlay import Overlay
    from app.models.paint_tool import PaintTool, ToolState
    from app.render.canvas import Canvas
    from core.painting.labels import Labels

_TOLERANCE_PER_PIXEL = 0.005
"""Of the contrast of the channel, for each logical pixel of a drag away from the place of the press."""
_FIRST_PIXELS = 10


class GrowingRegion(QObject):
    """A worker computes one tolerance at a time, the newest next, so that the preview follows the mouse."""

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
        self._start = (0.0, 0.0)
        self._growing: _Growing | None = None
        canvas.events.tool_pressed.connect(self._on_pressed)
        canvas.events.tool_moved.connect(self._on_moved)
        canvas.events.tool_released.connect(self._on_released)
        tool.changed.connect(self._on_tool_changed)

    def show(self, loaded: LoadedBlock) -> None:
        """The next frame shows this block."""
        self._loaded = loaded

    def abort(self) -> bool:
        """Give up what is being grown; False if nothing is."""
        is_growing = self._growing is not None
        self._clear()
        return is_growing

    def _on_pressed(self, event: Any) -> None:
        is_meant = self._tool.state.tool == "grow" and event.button == 1 and "Alt" not in event.modifiers
        if is_meant and event.point is not None:
            event.taken = True
            self._begin(event)

    def _on_moved(self, event: Any) -> None:
        if self._growing is not None:
            self._grow_to(event)

    def _on_released(self, event: Any) -> None:
        if self._growing is not None:
            self._grow_to(event)
            self._growing.is_released = True
            self._finish()

    def _on_tool_changed(self, old: ToolState, new: ToolState) -> None:
        if (old.tool, old.is_on) != (new.tool, new.is_on):
            self._clear()

    def _clear(self) -> None:
        if self._growing is not None:
            self._growing = None
            self._canvas.set_preview(None, None)
            self._selecting.tell_instead("")

    def _begin(self, event: Any) -> None:
        overlay = self._overlaying.editable()
        if overlay is None or self._loaded is None:
            return
        seed = tuple(round(at) for at in event.point)
        if not all(0 <= at < n for at, n in zip(seed, overlay.labels.shape, strict=True)):
            return
        channel = self._view.state.channels[self._view.state.selected]
        axis = None if self._tool.state.dims == 3 else event.axis
        number = 0 if "Control" in event.modifiers else overlay.state.number
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

        def failed(error: Exception) -> None:
            growing.job = None
            self._clear()
            self._editing.said.emit(f"Region growing did not work: {type(error).__name__}: {error}", "error")

        growing.job = self._jobs.start("growing", work, done, failed)

    def _on_grown(self, growing: _Growing, tolerance: float, found: Region | None, count: int) -> None:
        growing.job, growing.shown, growing.found = None, tolerance, found
        if growing is not self._growing:
            return
        if found is not None:
            self._canvas.set_preview(found.mask, found.box)
            # In 3D most of it is out of sight: what runs out into other slices is seen by its size
            self._selecting.tell_instead(f"Region of {count:,} voxels   brightness ± {tolerance:.4g}")
        self._compute(growing)
        self._finish()

    def _finish(self) -> None:
        growing = self._growing
        if growing is None or not growing.is_released or growing.job is not None:
            return
        found, overlay, number = growing.found, growing.overlay, growing.number
        self._clear()
        if found is None or overlay not in self._overlaying.overlays.all:
            return
        limit, change = self._painting.limiter(overlay, number), Change(found.box, found.mask, number)
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
