"""When a key or a mouse button was really pressed, not when the program came to handle it."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QInputEvent

_PRESSES = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress)


class PressClock(QObject):
    """Turns the time stamps of the window system into monotonic seconds.

    Their origin is not ours, but no event is handled before it happened: the smallest difference seen between the two
    clocks is the offset, up to the quickest delivery. Install it as an event filter of the window.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._offset = float("inf")
        self.pressed_at = 0.0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note the time; never takes an event."""
        if event.type() in _PRESSES and isinstance(event, QInputEvent):
            self.note(event.timestamp() / 1000, time.monotonic())
        return False

    def note(self, stamp: float, now: float) -> None:
        """An event stamped so was handled now; both in seconds."""
        if stamp <= 0 or stamp + self._offset > now + 60 or stamp + self._offset < now - 60:
            self._offset = float("inf")  # no stamp, or a clock that jumped: begin anew
        self._offset = min(self._offset, now - stamp)
        self.pressed_at = min(now, stamp + self._offset)
