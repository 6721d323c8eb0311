"""The settings dialog: values and keys go into the settings, and whoever uses them is told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.actions import ACTIONS, info, tooltip
from app.key_clash import clash, portable
from app.key_map import choose_keys, keys_of
from app.setting_info import ELSEWHERE, SETTINGS, default_of, set_value, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.log import EventRecord
    from app.settings import Settings
    from app.views.settings_dialog import SettingsDialog
    from app.views.viewer_window import ViewerWindow


class ChangingSettings(QObject):
    """Facts: a setting was changed in the dialog (its name as in `setting_info`); the keys of actions were.

    `keys_changed` brings, for each action with other keys, the tooltip of before and the one of now.
    """

    setting_changed = Signal(str)
    keys_changed = Signal(dict)

    def __init__(self, settings: Settings, record: EventRecord) -> None:
        super().__init__()
        self._settings, self._record = settings, record
        self._dialog: SettingsDialog | None = None
        self._class_keys: Mapping[str, str] = {}

    def open_dialog(self, window: ViewerWindow, class_keys: Mapping[str, str]) -> None:
        """Show it over a window; `class_keys` are names of classes by key."""
        from app.views.settings_dialog import SettingsDialog  # nobody needs it at the start

        self._class_keys = class_keys
        if self._dialog is not None:
            self._dialog.close()
        rows = [(row, default_of(row.name)) for row in SETTINGS]
        dialog = self._dialog = SettingsDialog(window, rows, ELSEWHERE, ACTIONS)
        dialog.value_requested.connect(self._on_value_requested)
        dialog.key_requested.connect(self._on_key_requested)
        dialog.key_reset_requested.connect(self._on_key_reset_requested)
        dialog.all_keys_reset_requested.connect(self._on_all_keys_reset_requested)
        dialog.activated.connect(self._show)
        dialog.finished.connect(self._on_dialog_finished)
        self._show()
        dialog.show()
        self._record.write("settings_dialog", open=True)

    def _show(self) -> None:
        if self._dialog is not None:
            for row in SETTINGS:
                self._dialog.set_value(row.name, value_of(self._settings, row.name))
            self._dialog.set_keys({row.name: keys_of(row) for row in ACTIONS})

    def _on_dialog_finished(self) -> None:
        self._dialog = None
        self._record.write("settings_dialog", open=False)

    def _on_value_requested(self, name: str, value: object) -> None:
        set_value(self._settings, name, value)
        self._record.write("setting", name=name, value=value)
        self.setting_changed.emit(name)
        if self._dialog is not None:
            self._dialog.set_value(name, value_of(self._settings, name))

    def _on_key_requested(self, name: str, key: str) -> None:
        if key and (reason := clash(name, key, self._class_keys)):
            self._record.write("key_refused", name=name, key=key, text=reason)
            self._refuse(name, reason)
            return
        self._use({**self._settings.keys, name: [portable(key)] if key else []})

    def _on_key_reset_requested(self, name: str) -> None:
        for key in info(name).keys:
            if reason := clash(name, key, self._class_keys):
                self._refuse(name, reason)
                return
        self._use({known: keys for known, keys in self._settings.keys.items() if known != name})

    def _on_all_keys_reset_requested(self) -> None:
        """But those whose first key is the key of a class now: they got another one before the classes did."""
        taken = set(map(portable, self._class_keys))
        kept = {
            name: keys
            for name, keys in self._settings.keys.items()
            if info(name).mode != "paint" and taken.intersection(map(portable, info(name).keys))
        }
        self._use(kept)
        for name in kept:
            self._refuse(name, f"{info(name).keys[0]} is the key of a class of this data set.")

    def _refuse(self, name: str, reason: str) -> None:
        if self._dialog is not None:
            self._dialog.set_refusal(name, reason)

    def _use(self, keys: dict[str, list[str]]) -> None:
        old = {row.name: (keys_of(row), tooltip(row.name)) for row in ACTIONS}
        self._settings.keys = {name: one for name, one in keys.items() if tuple(one) != info(name).keys}
        choose_keys(self._settings.keys)
        changed = [row for row in ACTIONS if keys_of(row) != old[row.name][0]]
        self._record.write("keys", **{row.name: list(keys_of(row)) for row in changed})
        self.keys_changed.emit({old[row.name][1]: tooltip(row.name) for row in changed})
        self.setting_changed.emit("keys")
        self._show()
