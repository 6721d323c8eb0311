"""The palette: which actions it lists, why some cannot be done now, and which were done last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from app.action_search import FoundAction
from app.actions import ACTIONS, in_brackets
from app.key_map import keys_of

if TYPE_CHECKING:
    from app.action_info import ActionInfo
    from app.log import EventRecord
    from app.settings import Settings
    from app.views.command_palette import CommandPalette
    from app.views.viewer_window import ViewerWindow

_RECENT = 8


class FindingActions(QObject):
    """Opens the palette over a window with canvas; what is chosen there is asked for as a menu would ask."""

    settings_changed = Signal()

    def __init__(self, settings: Settings, record: EventRecord) -> None:
        super().__init__()
        self._settings, self._record = settings, record
        self._palette: CommandPalette | None = None
        self._window: ViewerWindow | None = None

    def open_over(self, window: ViewerWindow) -> None:
        """Show it there, or take it away if it is there already."""
        from app.views.command_palette import CommandPalette  # nobody needs it at the start

        if self._palette is not None:
            self._palette.close_now()
        self._window = window
        rows = [row for row in ACTIONS if row.name != "palette" and window.offers(row.name)]
        actions = [_found(row, window) for row in rows]
        self._palette = CommandPalette(window.ground, actions, self._settings.recent_actions)
        self._palette.chosen.connect(self._on_chosen)
        self._palette.closed.connect(self._on_closed)
        self._record.write("palette", open=True)

    def _on_closed(self) -> None:
        self._palette = None
        self._record.write("palette", open=False)

    def _on_chosen(self, name: str) -> None:
        known = self._settings.recent_actions
        self._settings.recent_actions = [name, *(one for one in known if one != name)][:_RECENT]
        self.settings_changed.emit()
        assert self._window is not None
        self._window.do(name)


def _found(row: ActionInfo, window: ViewerWindow) -> FoundAction:
    keys = keys_of(row)
    key = QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if keys else ""
    return FoundAction(row.name, row.text.rstrip("…"), row.menu, row.tip, key, _refusal(row, window))


def _refusal(row: ActionInfo, window: ViewerWindow) -> str:
    if row.needs_blocks and not window.has_blocks:
        return "when blocks are on screen"
    if row.mode not in ("any", window.mode):
        way = "paint" if row.mode == "paint" else "end_paint"
        return f"only while {'painting' if row.mode == 'paint' else 'judging'}{in_brackets(way)}"
    return ""
