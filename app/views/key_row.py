"""One action in the settings: its keys, and how to give it another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from app.views.key_field import KeyField
from app.views.texts import button, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.action_info import ActionInfo

_LABEL_WIDTH = 330
_KEY_WIDTH = 150
_MODES = {"judge": "while judging blocks", "paint": "while painting labels", "any": ""}
_WINDOWS = {"main": "", "review": "in the review", "any": ""}


class KeyRow(QWidget):
    """Wishes: a key for the action (empty: none), its first keys."""

    key_requested = Signal(str, str)
    reset_requested = Signal(str)

    def __init__(self, row: ActionInfo) -> None:
        super().__init__()
        self.row = row
        self._title = row.text.rstrip("…")
        where = ", ".join(part for part in (row.menu, _MODES[row.mode], _WINDOWS[row.window]) if part)
        name = label(self._title)
        name.setToolTip(row.tip or self._title)
        name.setMaximumWidth(_LABEL_WIDTH)
        place = label(where, "faint")
        self._keys = button("", "Press it (Space), then the key that replaces these")
        self._keys.setFixedWidth(_KEY_WIDTH)
        self._none = self._small("No key", f"{self._title}: take its keys away (Space)")
        self._reset = self._small("Reset", "")
        for part in (self._none, self._reset):
            policy = part.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            part.setSizePolicy(policy)
        self._refusal = label("", "error", wrap=True)
        self._refusal.hide()
        self._field: KeyField | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 1, 0, 1)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(0, 1)
        self._grid.addWidget(name, 0, 0)
        self._grid.addWidget(place, 1, 0)
        self._grid.addWidget(self._keys, 0, 1, 2, 1)
        self._grid.addWidget(self._none, 0, 2, 2, 1)
        self._grid.addWidget(self._reset, 0, 3, 2, 1)
        self._grid.addWidget(self._refusal, 2, 0, 1, 4)
        self._words = f"keys {self._title} {where} {row.tip}".lower()
        self._keys.clicked.connect(self._on_keys_clicked)
        self._none.clicked.connect(self._on_none_clicked)
        self._reset.clicked.connect(self._on_reset_clicked)

    @property
    def words(self) -> str:
        """What a search looks into: the keys too."""
        return f"{self._words} {self._keys.text()}".lower()

    @property
    def controls(self) -> tuple[QPushButton, ...]:
        """What Tab goes through."""
        return self._keys, self._none, self._reset

    def set_keys(self, keys: Sequence[str]) -> None:
        """The action has these now."""
        self._keys.setText("   ".join(map(_native, keys)) or "none")
        self._keys.setAccessibleName(f"Key of {self._title}: {self._keys.text()}")
        first = "   ".join(map(_native, self.row.keys)) or "none"
        self._reset.setToolTip(f"{self._title}: {first}, as at first (Space)")
        self._reset.setAccessibleName(f"Reset the key of {self._title}")
        self._reset.setVisible(tuple(keys) != self.row.keys)
        self._none.setVisible(bool(keys))
        self.set_refusal("")

    def set_refusal(self, text: str) -> None:
        """Why the key that was pressed cannot be had; empty: nothing was pressed."""
        self._refusal.setText(text)
        self._refusal.setVisible(bool(text))

    def _small(self, text: str, tip: str) -> QPushButton:
        made = button(text, tip)
        made.setProperty("role", "small")
        made.setAccessibleName(tip)
        return made

    def _on_keys_clicked(self) -> None:
        self.set_refusal("")
        field = self._field = KeyField()
        field.setFixedWidth(_KEY_WIDTH)
        field.setAccessibleName(f"New key of {self._title}")
        field.setToolTip("Press the new key; Escape gives up")
        field.key_requested.connect(self._on_key_pressed)
        field.left.connect(self._on_field_left)
        self._grid.addWidget(field, 0, 1, 2, 1)
        field.show()
        field.setFocus()
        self._keys.hide()  # hidden first, it would give the keyboard to the next control

    def _on_key_pressed(self, key: str) -> None:
        self._on_field_left()
        self.key_requested.emit(self.row.name, key)

    def _on_field_left(self) -> None:
        field, self._field = self._field, None
        if field is not None:
            self._keys.show()
            self._keys.setFocus()
            field.hide()
            field.deleteLater()

    def _on_none_clicked(self) -> None:
        self._keys.setFocus()
        self.key_requested.emit(self.row.name, "")

    def _on_reset_clicked(self) -> None:
        self._keys.setFocus()
        self.reset_requested.emit(self.row.name)


def _native(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
