"""An area that wants to show all that is in it, and scrolls only where the screen is too small for that."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

_WIDTH, _HEIGHT = 0.96, 0.8
"""Shares of the screen that may be taken: a frame, a title and buttons need the rest."""


class WholeArea(QScrollArea):
    """A scroll area as large as its widget. Qt's own wants to be 36 by 24 letters at most."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setWidget(inside)
        for part in (inside, self.viewport()):  # the background is that of the window
            part.setAutoFillBackground(False)
        self._inside = inside

    def sizeHint(self) -> QSize:
        """All of the widget, with room for the scroll bars, within the screen."""
        screen = self.screen().availableGeometry().size()
        bars = self.verticalScrollBar().sizeHint().width(), self.horizontalScrollBar().sizeHint().height()
        return (self._inside.sizeHint() + QSize(*bars)).boundedTo(
            QSize(round(screen.width() * _WIDTH), round(screen.height() * _HEIGHT))
        )
