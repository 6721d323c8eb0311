"""Contrast of the selected channel: its histogram, counted in the background, and the limits that follow from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject

from app.controllers.coloring import ramp
from app.controllers.deferring import single_shot
from app.models.screen import Stage
from app.views.contrast_panel import ContrastItem
from core.display.histogram import even_edges
from core.errors import Cancelled
from core.quality.value_counts import ValueCounts, count_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from app.controllers.coloring import Coloring
    from app.controllers.deferring import Deferring
    from app.jobs import Job, Jobs
    from app.models.block_cache import LoadedBlock
    from app.models.current_view import CurrentView, ViewState
    from app.models.screen import OnScreen, Screen
    from app.views.viewer_window import ViewerWindow

_WAIT_MS = 60
"""Nothing is counted in the frame that shows a block or a slice; of many slices in a row, some are."""
_BINS = 256


class Contrasting(QObject):
    """Holds what was counted of one channel; a drag of the limits counts nothing anew."""

    def __init__(
        self,
        jobs: Jobs,
        window: ViewerWindow,
        view: CurrentView,
        screen: Screen,
        coloring: Coloring,
        deferring: Deferring,
    ) -> None:
        super().__init__()
        self._jobs, self._view, self._coloring, self._deferring = jobs, view, coloring, deferring
        self._panel = window.side.channels.contrast
        self._loaded: LoadedBlock | None = None
        self._counts: ValueCounts | None = None
        self._range: tuple[float, float] | None = None
        self._of_block = True
        self._generation = 0
        self._job: Job | None = None
        self._due = single_shot(self, self._on_due, _WAIT_MS)
        view.changed.connect(self._on_view_changed)
        screen.changed.connect(self._on_screen_changed)
        self._panel.scope_requested.connect(self._on_scope_requested)
        self._panel.range_requested.connect(self._on_range_requested)
        self._panel.whole_range_requested.connect(self._on_whole_range_requested)
        self._panel.percentiles_requested.connect(self._on_percentiles_requested)
        self._panel.full_range_requested.connect(self._on_full_range_requested)

    def show(self, loaded: LoadedBlock) -> None:
        """The next frame shows this block."""
        self._loaded = loaded
        self._range = None
        self._forget()
        self._panel.set_slice_possible(loaded.image.shape[0] > 1)
        self._deferring.later(self._tell_look)
        self._wish()

    def show_time(self, loaded: LoadedBlock) -> None:
        """The next frame shows another time point of the same block: what was counted stands until it is counted."""
        self._loaded = loaded
        self._wish()

    def stop(self) -> None:
        """The program ends: nothing is counted any more."""
        self._due.stop()
        self._forget()

    # What is counted

    def _wish(self) -> None:
        if not self._due.isActive():
            self._due.start()

    def _forget(self) -> None:
        """What was counted, or is being counted, is of something else."""
        self._generation += 1
        self._counts = None
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_due(self) -> None:
        state = self._view.state
        if self._loaded is None or state.selected >= len(self._loaded.image.channels):
            return
        if self._job is not None:
            self._job.cancel()
        self._generation += 1
        data = self._loaded.image.channels[state.selected].data
        if not self._of_block:
            data = data[min(state.z, data.shape[0] - 1)]
        self._job = self._jobs.start("histogram", _counting(data, self._generation), self._on_counted)

    def _on_counted(self, answer: tuple[int, ValueCounts] | None) -> None:
        if answer is not None and answer[0] == self._generation:
            self._counts = answer[1]
            self._job = None
            self._tell_bins()
            self._tell_shares()

    # Wishes

    def _on_scope_requested(self, of_block: bool) -> None:
        self._of_block = of_block
        self._forget()
        self._wish()

    def _on_range_requested(self, low: float, high: float) -> None:
        """A part of the whole range, and no less than a few values."""
        least, greatest = self._whole_range()
        span = max(high - low, 8.0 if self._is_whole() else (greatest - least) * 1e-5)
        if span >= greatest - least:
            self._range = None
        else:
            low = min(max(low, least), greatest - span)
            self._range = (low, low + span)
        self._tell_bins()

    def _on_whole_range_requested(self) -> None:
        self._range = None
        self._tell_bins()

    def _on_percentiles_requested(self, channel: int, low_percent: float, high_percent: float) -> None:
        if self._counts is None or not self._counts.size:
            return
        low, high = self._counts.percentile(low_percent), self._counts.percentile(high_percent)
        if low < high:
            self._coloring.set_limits(channel, low, high)
        else:
            self._panel.set_shares(f"Both percentiles are {low:.6g}: the limits stay")

    def _on_full_range_requested(self, channel: int) -> None:
        if self._loaded is not None and self._is_whole():
            info = np.iinfo(self._loaded.image.channels[channel].data.dtype)
            self._coloring.set_limits(channel, float(info.min), float(info.max))

    # Showing

    def _on_screen_changed(self, now: OnScreen) -> None:
        if now.stage in (Stage.FAILED, Stage.NOTHING):
            self._loaded = None
            self._forget()
            self._panel.set_bins(np.array([0.0, 1.0]), np.zeros(1, np.int64), (0.0, 1.0))
            self._panel.set_shares("")

    def _on_view_changed(self, old: ViewState, new: ViewState) -> None:
        if old.channels != new.channels or old.selected != new.selected:
            self._deferring.later(self._tell_look)
        if old.selected != new.selected:
            self._range = None
            self._forget()
            self._wish()
        elif old.z != new.z and not self._of_block:
            self._wish()

    def _tell_look(self) -> None:
        state = self._view.state
        if self._loaded is None or state.selected >= len(state.channels):
            return
        c = state.channels[state.selected]
        shown = self._panel.item
        self._panel.set_item(
            ContrastItem(
                state.selected,
                c.name,
                ramp(c),
                c.colormap,
                c.low,
                c.high,
                c.gamma,
                c.opacity,
                c.cofactor,
                self._is_whole(),
            )
        )
        if shown is None or shown.cofactor != c.cofactor:
            self._tell_bins()
        self._tell_shares()

    def _tell_bins(self) -> None:
        state = self._view.state
        if self._counts is None or state.selected >= len(state.channels):
            return
        low, high = self._range or self._whole_range()
        edges = even_edges(low, high, _BINS, self._counts.are_whole, state.channels[state.selected].cofactor)
        self._panel.set_bins(edges, self._counts.binned(edges), (low, high))

    def _tell_shares(self) -> None:
        state, counts = self._view.state, self._counts
        if counts is None or state.selected >= len(state.channels):
            return
        if not counts.size:
            self._panel.set_shares("No voxel has a finite value")
            return
        channel = state.channels[state.selected]
        saturated = counts.share_saturated(channel.high)
        self._panel.set_percentiles(
            100 * counts.below(channel.low) / counts.size, 100 * counts.at_or_below(channel.high) / counts.size
        )
        where = "" if self._of_block else " (this slice)"
        self._panel.set_shares(f"{_percent(saturated)} saturated, {_percent(counts.share_equal(0))} zero{where}")

    def _whole_range(self) -> tuple[float, float]:
        """The same for each slice, so that the axis stays where it is."""
        if self._loaded is None:
            return 0.0, 1.0
        return self._loaded.data_limits[self._view.state.selected]

    def _is_whole(self) -> bool:
        if self._loaded is None:
            return False
        return self._loaded.image.channels[self._view.state.selected].data.dtype.kind in "iu"


def _counting(data: NDArray[Any], generation: int) -> Callable[[Job], tuple[int, ValueCounts] | None]:
    def work(job: Job) -> tuple[int, ValueCounts] | None:
        try:
            return generation, count_values(data, job.is_cancelled)
        except Cancelled:
            return None

    return work


def _percent(share: float) -> str:
    """Two digits that count: 41 %, 0.3 %, 0.012 %; what is not quite nothing or all never looks so."""
    if share in (0.0, 1.0):
        return f"{100 * share:.0f} %"
    if share > 0.99:
        return f"{min(100 * share, 99.9):.1f} %"
    return f"{100 * share:.2g} %" if share >= 0.00001 else "< 0.001 %"
