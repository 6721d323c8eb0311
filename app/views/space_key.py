"""Space that is held down: while it is, the mouse moves the view and does not paint."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QTextEdit

_SETTLE_MS = 20
"""X tells of a repeat as a release and a press of the same moment: a release counts once no press has followed."""


class SpaceKey(QObject):
    """An event filter of the window's handle, like `HeldKeys`. It takes the key, but from a field for text."""

    held_changed = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._is_on = False
        self._is_held = False
        self._release = QTimer(self)
        self._release.setSingleShot(True)
        self._release.setInterval(_SETTLE_MS)
        self._release.timeout.connect(self._on_released)

    @property
    def is_on(self) -> bool:
        """Whether Space is watched."""
        return self._is_on

    @is_on.setter
    def is_on(self, is_on: bool) -> None:
        self._is_on = is_on
        if not is_on:
            self._on_released()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take presses and releases of Space; a window that loses the keyboard hears of no release."""
        if event.type() == QEvent.Type.FocusOut:
            self._on_released()
        if not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Space:
            return False
        if event.type() == QEvent.Type.KeyPress:
            return self._press(event)
        if event.type() == QEvent.Type.KeyRelease and self._is_held:
            if not event.isAutoRepeat():
                self._release.start()
            return True
        return False

    def _press(self, event: QKeyEvent) -> bool:
        if self._is_held:
            self._release.stop()
            return True
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not self._is_on or not plain or _is_typing():
            return False
        if not event.isAutoRepeat():
            self._is_held = True
            self.held_changed.emit(True)
        return True

    def _on_released(self) -> None:
        self._release.stop()
        if self._is_held:
            self._is_held = False
            self.held_changed.emit(False)


def _is_typing() -> bool:
    """Whether the keyboard is in a field where Space is a letter; it is none in a number."""
    field = QApplication.focusWidget()
    if isinstance(field, QLineEdit):
        return not isinstance(field.parent(), QAbstractSpinBox)
    return isinstance(field, QTextEdit | QPlainTextEdit)
