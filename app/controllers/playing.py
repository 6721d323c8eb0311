"""Going through the slices: by key, wheel, slider, and the auto-play."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.models.current_view import MAX_INTERVAL_MS, MIN_INTERVAL_MS, CurrentView, ViewState

if TYPE_CHECKING:
    from app.controllers.deferring import Deferring
    from app.render.canvas import Canvas
    from app.views.viewer_window import ViewerWindow

_INTERVALS = (20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000, 7000, 10_000)


class Playing(QObject):
    """Joins the slice of the current view with the slider below the canvas."""

    settings_changed = Signal()
    """Speed or direction: remembered for the data set."""

    def __init__(self, window: ViewerWindow, canvas: Canvas, view: CurrentView, deferring: Deferring) -> None:
        super().__init__()
        self._window, self._canvas, self._view, self._deferring = window, canvas, view, deferring
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout)
        view.changed.connect(self._on_view_changed)
        canvas.events.slice_wheeled.connect(self._on_canvas_wheeled)
        canvas.native.frameSwapped.connect(self._on_frame_swapped)
        window.z_bar.z_requested.connect(self._on_z_requested)
        window.z_bar.interval_requested.connect(self._on_interval_requested)
        self._tell_play(view.state)
        self._tell_z()

    def slice_back(self) -> None:
        """One slice back."""
        self._view.step_z(-1)

    def slice_on(self) -> None:
        """One slice on."""
        self._view.step_z(1)

    def first_slice(self) -> None:
        """The first slice."""
        self._view.change(z=0)

    def last_slice(self) -> None:
        """The last slice."""
        self._view.change(z=self._view.state.slices - 1)

    def play(self) -> None:
        """Start or stop."""
        state = self._view.state
        self._view.change(is_playing=not state.is_playing and state.slices > 1 and state.mode != "3d")
        self._tell_play(self._view.state)  # the button was pressed by Qt: show what is true

    def faster(self) -> None:
        """Less time for each slice."""
        shorter = [ms for ms in _INTERVALS if ms < self._view.state.interval_ms]
        self._on_interval_requested(shorter[-1] if shorter else MIN_INTERVAL_MS)

    def slower(self) -> None:
        """More time for each slice."""
        longer = [ms for ms in _INTERVALS if ms > self._view.state.interval_ms]
        self._on_interval_requested(longer[0] if longer else MAX_INTERVAL_MS)

    def bounce(self) -> None:
        """Back and forth, or round and round."""
        self._view.change(is_bouncing=not self._view.state.is_bouncing, direction=1)
        self.settings_changed.emit()

    def _on_z_requested(self, z: int) -> None:
        self._view.change(z=z)

    def _on_interval_requested(self, interval_ms: int) -> None:
        self._view.change(interval_ms=interval_ms)
        self.settings_changed.emit()

    def _on_canvas_wheeled(self, event: Any) -> None:
        if event.steps:  # a wheel that is tilted to the side turns by none
            self._view.step(event.axis, -1 if event.steps > 0 else 1)

    def _on_timeout(self) -> None:
        if self._view.state.is_playing:
            self._view.play_on()

    def _on_frame_swapped(self) -> None:
        state = self._view.state
        if state.is_playing and not self._timer.isActive():
            # Counted from a frame that was seen: no slice is jumped over, however slow the machine
            self._timer.start(state.interval_ms)

    def _on_view_changed(self, old: ViewState, new: ViewState) -> None:
        if old.mode != new.mode:
            self._deferring.later(self._tell_z)
        if (old.z, old.slices) != (new.z, new.slices):
            self._deferring.later(self._tell_z)
        if _play(old) != _play(new):
            self._tell_play(new)
        if old.is_playing != new.is_playing:
            self._timer.stop()
            if new.is_playing:
                self._timer.start(new.interval_ms)

    def _tell_z(self) -> None:
        state = self._view.state
        self._window.z_bar.set_z(state.z, state.slices)
        self._window.z_bar.setEnabled(state.mode != "3d" and state.slices > 1)

    def _tell_play(self, state: ViewState) -> None:
        self._window.z_bar.set_play(state.is_playing, state.is_bouncing, state.interval_ms)
        self._window.set_checked("play", state.is_playing)
        self._window.set_checked("bounce", state.is_bouncing)


def _play(state: ViewState) -> tuple[bool, bool, int]:
    return state.is_playing, state.is_bouncing, state.interval_ms
