"""What need not be in the next frame comes after it: the picture never waits for a panel to be painted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

_LATEST_MS = 50
"""Where no frame comes (the canvas is covered), it is done after this time."""
_SELDOM_MS = 100
"""Between two looks of what is told of a drag while it goes on."""


class Deferring(QObject):
    """Runs each slot once, after the frame; ends with `window`, on which the slots show something."""

    def __init__(self, frame_swapped: Any, window: QObject) -> None:
        super().__init__(window)
        self._slots: dict[Callable[[], None], None] = {}
        self._latest = single_shot(self, self._on_due, _LATEST_MS)
        self._seldom: dict[Callable[[], None], None] = {}
        self._rest = single_shot(self, self._on_rested, _SELDOM_MS)
        frame_swapped.connect(self._on_due)

    def later(self, slot: Callable[[], None]) -> None:
        """Run a bound method after the next frame; asked twice, it still runs once."""
        self._slots[slot] = None
        if not self._latest.isActive():
            self._latest.start()

    def seldom(self, slot: Callable[[], None]) -> None:
        """Run a bound method at most every 100 ms: each step of a drag asks, and none waits for it."""
        self._seldom[slot] = None
        if not self._rest.isActive():
            self._rest.start()

    def stop(self) -> None:
        """The program ends: what was put off is not shown any more."""
        self._slots.clear()
        self._seldom.clear()
        self._latest.stop()
        self._rest.stop()

    def _on_rested(self) -> None:
        slots, self._seldom = self._seldom, {}
        for slot in slots:
            self.later(slot)

    def _on_due(self) -> None:
        self._latest.stop()
        slots, self._slots = self._slots, {}
        for slot in slots:
            slot()


def single_shot(parent: QObject, slot: Callable[[], None], milliseconds: int = 0) -> QTimer:
    """Return a timer that runs a bound method once after each `start`."""
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(slot)
    return timer
