"""Which keys repeat while they are held."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from app.views.held_keys import HeldKeys

NONE, SHIFT, CONTROL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.mark.parametrize(
    ("key", "modifiers", "repeats"),
    [
        (Qt.Key.Key_Right, NONE, True),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.KeypadModifier, True),
        (Qt.Key.Key_Right, CONTROL, False),
        (Qt.Key.Key_Plus, SHIFT, True),  # as it is typed on many keyboards
        (Qt.Key.Key_1, CONTROL, True),
        (Qt.Key.Key_1, NONE, False),  # a class: Ctrl+1 that repeats does not make it repeat
    ],
)
def test_a_key_repeats_with_its_own_modifiers_only(key: Qt.Key, modifiers: Qt.KeyboardModifier, repeats: bool) -> None:
    owner = QObject()
    held = HeldKeys(owner, ["Right", "+", "Ctrl+1"])
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifiers, "", True)
    assert held.eventFilter(owner, event) is not repeats
