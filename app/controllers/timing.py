"""Going through the time points of a film: the block, the slice, the contrast and the camera stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.models.screen import Stage

if TYPE_CHECKING:
    from app.controllers.deferring import Deferring
    from app.controllers.opening import Opening
    from app.log import EventRecord
    from app.models.block_cache import LoadedBlock
    from app.models.screen import OnScreen, Screen
    from app.views.viewer_window import ViewerWindow


class Timing(QObject):
    """Joins the time slider with what is read."""

    def __init__(
        self, window: ViewerWindow, opening: Opening, screen: Screen, deferring: Deferring, record: EventRecord
    ) -> None:
        super().__init__()
        self._window, self._opening, self._deferring, self._record = window, opening, deferring, record
        self._time, self._times, self._is_here = 0, 1, True
        window.time_bar.time_requested.connect(self._go_to)
        opening.placed.connect(self._on_placed)
        opening.time_placed.connect(self._on_placed)
        opening.time_failed.connect(self._on_time_failed)
        screen.changed.connect(self._on_screen_changed)

    def time_back(self) -> None:
        """The time point before."""
        self._go_to(self._time - 1)

    def time_on(self) -> None:
        """The next time point."""
        self._go_to(self._time + 1)

    def _go_to(self, time: int) -> None:
        time = max(0, min(self._times - 1, time))
        if time == self._time:
            return
        before = self._time, self._is_here
        self._time, self._is_here = time, False
        if not self._opening.open_time(time):  # the next block is still loading
            self._time, self._is_here = before
        elif self._opening.placed_time == time:  # also where another one was asked for, and has not come yet
            self._is_here = True
        self._deferring.later(self._tell)

    def _on_placed(self, loaded: LoadedBlock) -> None:
        image = loaded.image
        if self._is_here or image.times != self._times:
            self._time = image.time
        self._times = image.times
        self._is_here = self._time == image.time
        self._deferring.later(self._tell)

    def _on_time_failed(self, time: int, text: str) -> None:
        self._time, self._is_here = time, True
        self._deferring.later(self._tell)
        self._window.area.messages.tell(text, "error")
        self._record.write("message", level="error", text=text)

    def _on_screen_changed(self, now: OnScreen) -> None:
        if now.stage is Stage.LOADING:  # the next block begins at its first time point
            self._is_here = True
        if now.stage in (Stage.NOTHING, Stage.FAILED):
            self._time, self._times, self._is_here = 0, 1, True
            self._deferring.later(self._tell)

    def _tell(self) -> None:
        self._window.time_bar.set_time(self._time, self._times, self._is_here)
