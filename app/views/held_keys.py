"""A key that is held is one press: Qt alone does not always notice that a key repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

if TYPE_CHECKING:
    from collections.abc import Iterable

_SAME_MOMENT_MS = 1

_COUNTING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
"""Shift does not count: + needs it on one keyboard and not on another."""


class HeldKeys(QObject):
    """An event filter of the window that keeps repeated presses from the shortcuts, but for the keys that may repeat.

    X tells of a repeat as a release and a press of the same moment. Qt sees that only if both have arrived; else the
    press looks like a new one, and a heavy thumb would annotate ten blocks.
    """

    def __init__(self, parent: QObject, may_repeat: Iterable[str]) -> None:
        super().__init__(parent)
        self.set_may_repeat(may_repeat)
        self._released: tuple[int, int] = (0, 0)

    def set_may_repeat(self, keys: Iterable[str]) -> None:
        """Keys that repeat while they are held, as Qt writes them."""
        pressed = [QKeySequence(key)[0] for key in keys]  # type: ignore[index]
        self._may_repeat = {(one.key(), one.keyboardModifiers() & _COUNTING) for one in pressed}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what would become a shortcut; the key itself still goes to a field that is being typed in."""
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyRelease:
                self._released = (event.key(), event.timestamp())
            elif event.type() == QEvent.Type.ShortcutOverride and self._is_repeat(event):
                event.accept()  # as a field does that wants the key for itself: no shortcut follows
                return True
        return False

    def _is_repeat(self, event: QKeyEvent) -> bool:
        if (Qt.Key(event.key()), event.modifiers() & _COUNTING) in self._may_repeat:
            return False
        key, moment = self._released
        return event.isAutoRepeat() or (event.key() == key and event.timestamp() - moment <= _SAME_MOMENT_MS)
