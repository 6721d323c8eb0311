"""When a key or a mouse button was really pressed, not when the program came to handle it."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QInputEvent

_JUMP_S = 60.0
_FEW = 3
_FIRST_DELIVERY_S, _DELIVERY_S = 2.0, 0.25
_PRESSES = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress)


class PressClock(QObject):
    """Turns the time stamps of the window system into monotonic seconds; an event filter of the window.

    Most systems stamp with the very clock that we read. Where they do not (a display across the network), no event is
    handled before it happened: the smallest difference between the two clocks is then the offset, up to the quickest
    delivery.
    """

    def __init__(self, parent: QObject | None) -> None:
        super().__init__(parent)
        self._quickest = float("inf")
        self._presses = 0
        self.pressed_at = 0.0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note the time; never takes an event."""
        if event.type() in _PRESSES and isinstance(event, QInputEvent):
            self.note(event.timestamp() / 1000, time.monotonic())
        return False

    def note(self, stamp: float, now: float) -> None:
        """A press stamped so is handled now; both in seconds."""
        difference = now - stamp
        if stamp <= 0 or abs(difference - self._quickest) > _JUMP_S:  # the first one, no stamp, or a clock that jumped
            self._quickest, self._presses = float("inf"), 0
        self._quickest = min(self._quickest, difference)
        self._presses += 1
        # Of a few presses one is handled at once: if even that one seems late, the clocks differ
        is_same_clock = 0 <= self._quickest < (_FIRST_DELIVERY_S if self._presses <= _FEW else _DELIVERY_S)
        self.pressed_at = stamp if is_same_clock else min(now, stamp + self._quickest)
