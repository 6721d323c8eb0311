"""The dialog of the settings of this computer: groups, a search over all of them, and the keys of all actions."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.views.key_row import KeyRow
from app.views.setting_row import LABEL_WIDTH, SettingRow
from app.views.texts import button, label

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from app.action_info import ActionInfo
    from app.setting_info import SettingInfo

KEYS = "Keys"
_WIDTH, _HEIGHT = 800, 560


class SettingsDialog(QDialog):
    """Not modal: what is changed is seen at once. Wishes: a value, a key; `activated` is a fact."""

    value_requested = Signal(str, object)
    key_requested = Signal(str, str)
    key_reset_requested = Signal(str)
    all_keys_reset_requested = Signal()
    activated = Signal()

    def __init__(
        self,
        parent: QWidget,
        rows: Sequence[tuple[SettingInfo, Any]],
        elsewhere: Sequence[tuple[str, str, str]],
        actions: Sequence[ActionInfo],
    ) -> None:
        """`rows` with their first values; `elsewhere` are group, name and place of what is changed elsewhere."""
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search all settings and keys")
        self._search.setAccessibleName("Search")
        self._search.setToolTip("Words of a setting, of an action or its key (Ctrl+F)")
        self._search.setClearButtonEnabled(True)
        self._groups = QListWidget()
        self._groups.setAccessibleName("Groups of settings")
        self._groups.setFixedWidth(130)
        names = list(dict.fromkeys(row.group for row, _ in rows))
        self._groups.addItems([*names, KEYS])
        self._rows = {row.name: SettingRow(row, default) for row, default in rows}
        self._notes = [(group, _note(name, place)) for group, name, place in elsewhere]
        self._key_rows: dict[str, KeyRow] = {}
        self._actions = actions
        self._titles: dict[str, QLabel] = {}
        self._none = label("Nothing here has these words.", "faint")
        self._all_keys = button("Reset all keys", "All actions have the keys again that they had at first (Space)")
        self._all_keys.setEnabled(False)
        self._all_keys.clicked.connect(self.all_keys_reset_requested)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(4, 0, 12, 8)
        self._column.setSpacing(2)
        self._column.addWidget(self._none)
        self._column.addStretch(1)
        for name in names:
            self._add_title(name)
            for one in self._rows.values():
                if one.row.group == name:
                    self._add(one)
                    one.value_requested.connect(self.value_requested)
            for group, note in self._notes:
                if group == name:
                    self._add(note)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        self._area, self._inside = area, inside
        self._close = close = button("Close", "Escape")
        close.setAutoDefault(False)
        close.clicked.connect(self.accept)
        within = QHBoxLayout()
        within.setSpacing(14)
        within.addWidget(self._groups)
        within.addWidget(area, 1)
        below = QHBoxLayout()
        below.addWidget(label("All are of this computer and take effect at once.", "faint"), 1)
        below.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 12)
        layout.setSpacing(10)
        layout.addWidget(self._search)
        layout.addLayout(within, 1)
        layout.addLayout(below)
        room = self.screen().availableSize()
        self.resize(min(_WIDTH, room.width()), min(_HEIGHT, room.height()))
        self._search.textChanged.connect(self._show_fitting)
        self._groups.currentTextChanged.connect(self._on_group_chosen)
        self._groups.itemClicked.connect(self._on_group_chosen)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self).activated.connect(self._on_search_wished)
        self._groups.setCurrentRow(0)
        self._search.setFocus()

    # What is set

    def set_value(self, name: str, value: Any) -> None:
        """A setting is this."""
        self._rows[name].set_value(value)

    def set_keys(self, keys: dict[str, tuple[str, ...]]) -> None:
        """All actions by name."""
        self._keys = keys
        is_changed = False
        for row in self._actions:
            is_changed = is_changed or keys[row.name] != row.keys
            if row.name in self._key_rows:
                self._key_rows[row.name].set_keys(keys[row.name])
        self._all_keys.setEnabled(is_changed)

    def set_refusal(self, name: str, text: str) -> None:
        """Why an action cannot have the key that was pressed."""
        self._key_rows[name].set_refusal(text)

    # What is seen

    def changeEvent(self, event: QEvent) -> None:
        """Tell that somebody is back: settings may have been changed by keys in the meantime."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.activated.emit()

    def _add(self, part: QWidget) -> None:
        self._column.insertWidget(self._column.count() - 1, part)

    def _add_title(self, name: str) -> None:
        self._titles[name] = label(name, "section")
        self._add(self._titles[name])

    def _need_keys(self) -> None:
        """Make the rows of the keys, which are many: most look for something else."""
        if self._key_rows:
            return
        self._add_title(KEYS)
        first = QHBoxLayout()
        first.addWidget(self._all_keys)
        first.addStretch()
        self._column.insertLayout(self._column.count() - 1, first)
        for row in self._actions:
            made = self._key_rows[row.name] = KeyRow(row)
            made.set_keys(self._keys[row.name])
            made.key_requested.connect(self.key_requested)
            made.reset_requested.connect(self.key_reset_requested)
            self._add(made)
        controls = [self._all_keys, *(one for made in self._key_rows.values() for one in made.controls), self._close]
        for one, following in pairwise(controls):  # else Tab would go by the order in which they were made
            self.setTabOrder(one, following)

    def _show_fitting(self) -> None:
        words = self._search.text().lower().split()
        item = self._groups.currentItem()
        group = item.text() if item is not None else ""
        if item is not None:  # all groups are searched: none is marked then
            item.setSelected(not words)
        if words or group == KEYS:
            self._need_keys()
        seen: set[str] = set()

        def show(part: QWidget, of: str, texts: str) -> None:
            fits = all(word in texts for word in words) if words else of == group
            part.setVisible(fits)
            if fits:
                seen.add(of)

        self._inside.setUpdatesEnabled(False)
        for one in self._rows.values():
            show(one, one.row.group, one.words)
        for of, note in self._notes:
            show(note, of, f"{of} {note.property('words')}")
        for key_row in self._key_rows.values():
            show(key_row, KEYS, key_row.words)
        self._all_keys.setVisible(KEYS in seen and not words)
        for name, title in self._titles.items():
            title.setVisible(name in seen)
        self._none.setVisible(not seen)
        self._inside.setUpdatesEnabled(True)
        self._area.verticalScrollBar().setValue(0)

    def _on_group_chosen(self) -> None:
        if self._search.text():
            self._search.clear()
        else:
            self._show_fitting()

    def _on_search_wished(self) -> None:
        self._search.setFocus()
        self._search.selectAll()


def _note(name: str, place: str) -> QWidget:
    made = QWidget()
    made.setProperty("words", f"{name} {place}".lower())
    layout = QHBoxLayout(made)
    layout.setContentsMargins(0, 3, 0, 3)
    layout.setSpacing(8)
    left = label(name, "faint", wrap=True)
    left.setFixedWidth(LABEL_WIDTH)
    layout.addWidget(left)
    layout.addWidget(label(place, "faint", wrap=True), 1)
    return made
