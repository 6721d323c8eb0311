"""Qt's application, which hears of files that the system wants opened."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication


class Application(QApplication):
    """On macOS a double click on a file, or a file dropped on the icon, comes as an event, also while it runs."""

    file_opened = Signal(str)

    def event(self, event: QEvent) -> bool:
        """Tell of files; all else as ever."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self.file_opened.emit(event.file())
            return True
        return super().event(event)
