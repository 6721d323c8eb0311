"""A window that was covered is painted again: beside a canvas with a window of its own, Qt leaves that out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class Uncovering(QObject):
    """An event filter of the window of the system that belongs to `widget`.

    Without a compositor, what another window covered is to be painted anew once that is gone, and the system says so.
    Qt then copies only the canvas, and the other window's picture stays everywhere else.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Paint soon; never takes an event."""
        if event.type() == QEvent.Type.Expose:
            self._widget.update()
        return False
