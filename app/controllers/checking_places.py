"""Telling once that settings cannot be kept: no write access to the home folder, a full disk."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from storage.errors import readable, reason

if TYPE_CHECKING:
    from pathlib import Path

    from app.jobs import Jobs
    from app.log import EventRecord
    from app.settings import Places
    from app.views.main_window import MainWindow

_SETTINGS = "Settings cannot be kept: {}. They are lost when the program ends."


class CheckingPlaces(QObject):
    """Looks in the background, once the window is there; the work goes on. The store tells of its own journals."""

    def __init__(self, jobs: Jobs, window: MainWindow, places: Places, is_safe: bool, record: EventRecord) -> None:
        super().__init__()
        self._jobs, self._window, self._record = jobs, window, record
        self._folder, self._is_safe = places.config, is_safe

    def begin(self) -> None:
        """Called once."""
        folder = self._folder
        if not self._is_safe:  # nothing is kept then
            self._jobs.start("small", lambda job: why_unwritable(folder), self._on_checked)

    def _on_checked(self, reason: str) -> None:
        if reason:
            text = _SETTINGS.format(reason)
            self._window.area.messages.tell(text, "warning")
            self._record.write("message", level="warning", text=text)


def why_unwritable(folder: Path) -> str:
    """Why no file can be written in this folder, which is made; empty where one can."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            file.write(bytes(4096))  # a full disk still takes an empty file
    except OSError as error:
        named = error.filename if isinstance(error.filename, str) else folder
        # The file was ours: people know the folder
        return f"{readable(folder if str(named).startswith(str(folder)) else named)} {reason(error)}"
    return ""
