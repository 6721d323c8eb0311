"""Takes the next key that is pressed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QKeySequenceEdit, QLineEdit, QWidget

_LEAVES = (Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)


class KeyField(QKeySequenceEdit):
    """Wish: a key, as Qt writes it. Escape, Tab or a click elsewhere gives up: `left` is a fact."""

    key_requested = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_done = False
        self.setMaximumSequenceLength(1)
        self.keySequenceChanged.connect(self._on_sequence_changed)
        field = self.findChild(QLineEdit)
        if field is not None:
            field.setPlaceholderText("Press a key…")

    def event(self, event: QEvent) -> bool:
        """Tab comes here and not as a key press: it is no key that an action can have."""
        is_press = event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
        if is_press and isinstance(event, QKeyEvent) and event.key() in _LEAVES:
            event.accept()
            if event.type() == QEvent.Type.KeyPress:
                self.left.emit()
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Nobody waits for a key any more."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.left.emit()

    def _on_sequence_changed(self, keys: QKeySequence) -> None:
        if not keys.isEmpty() and not self._is_done:  # Qt tells of the same press twice
            self._is_done = True
            self.key_requested.emit(keys.toString(QKeySequence.SequenceFormat.PortableText))
