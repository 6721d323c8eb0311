"""Keeping settings on disk: a moment after the last change, in the background, and at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QTimer

from app.settings import write_data_set, write_settings

if TYPE_CHECKING:
    from app.jobs import Jobs
    from app.settings import DataSetSettings, Places, Settings

_WAIT_MS = 800


class Remembering(QObject):
    """Settings are small and local; all the same the GUI thread does not write them while somebody annotates."""

    def __init__(self, jobs: Jobs, places: Places, settings: Settings, is_kept: bool = True) -> None:
        super().__init__()
        self._is_kept = is_kept
        self._jobs, self._places, self._settings = jobs, places, settings
        self._data_set: tuple[str, str, DataSetSettings] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self._on_due)

    def set_data_set(self, annotator: str, data_root: str, settings: DataSetSettings) -> None:
        """Whose choices are kept from now on; those of before are written at once."""
        if self._timer.isActive():
            self._on_due()
        self._data_set = (annotator, data_root, settings)

    def changed(self) -> None:
        """Something is different."""
        self._timer.start()

    def end(self) -> None:
        """Write now; the program ends."""
        self._timer.stop()
        self._write(*self._copies())

    def _on_due(self) -> None:
        self._timer.stop()
        copies = self._copies()
        self._jobs.start("small", lambda job: self._write(*copies))

    def _copies(self) -> tuple[Settings, tuple[str, str, DataSetSettings] | None]:
        data_set = self._data_set
        kept = (*data_set[:2], msgspec.structs.replace(data_set[2])) if data_set else None
        return msgspec.structs.replace(self._settings), kept

    def _write(self, settings: Settings, data_set: tuple[str, str, DataSetSettings] | None) -> None:
        if not self._is_kept:
            return
        write_settings(self._places, settings)
        if data_set is not None:
            write_data_set(self._places, *data_set)
