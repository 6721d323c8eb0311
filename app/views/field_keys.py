"""Keys of a field for a number beside the canvas: Return keeps it, Escape gives it up, both give the keyboard back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

from app.views.own_keys import OwnKeys

_ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class FieldKeys(OwnKeys):
    """`done`: the keys may be for the canvas again. `fields` are spin boxes; a click gives them the keyboard."""

    done = Signal()

    def __init__(self, parent: QObject, *fields: QSpinBox | QDoubleSpinBox) -> None:
        super().__init__(parent, *fields)
        for field in fields:
            field.setKeyboardTracking(False)
            field.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Return and Escape."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _ENDS:
            assert isinstance(watched, QSpinBox | QDoubleSpinBox)
            if event.key() != Qt.Key.Key_Escape:
                watched.interpretText()
            elif isinstance(watched, QSpinBox):  # what was typed and not kept yet is not a value
                watched.setValue(watched.value())
            else:
                watched.setValue(watched.value())
            self.done.emit()
            return True
        return super().eventFilter(watched, event)
