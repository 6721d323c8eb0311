"""The grid of the table of objects: rows are chosen by mouse and keys at once, however many and scattered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from app.views.look import fix_rows

if TYPE_CHECKING:
    from app.views.object_rows import ObjectRows

_CONTROL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class ObjectGrid(QTableView):
    """Qt's own selection takes seconds for thousands of scattered rows: here the model knows what is chosen.

    A wish: rows from the first to the last, and "only" these, these "too", or "turn" them over.
    """

    rows_requested = Signal(int, int, str)

    def __init__(self, rows: ObjectRows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._anchor = 0
        self.setModel(rows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        fix_rows(self)
        self.horizontalHeader().setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self.horizontalHeader().setHighlightSections(False)
        self.setSortingEnabled(True)

    def set_current(self, row: int) -> None:
        """Keys go on from this row; it comes into view."""
        self._anchor = row
        index = self.model().index(row, 0)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.scrollTo(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """One row; with Shift all to it, with Ctrl this one, too, or no more."""
        super().mousePressEvent(event)
        row = self.rowAt(event.position().toPoint().y())
        if row < 0 or event.button() != Qt.MouseButton.LeftButton:
            return
        if event.modifiers() & _SHIFT:
            self._request_to(row, "too" if event.modifiers() & _CONTROL else "only")
        else:
            self._anchor = row
            self.rows_requested.emit(row, row, "turn" if event.modifiers() & _CONTROL else "only")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag over rows."""
        row = self.rowAt(event.position().toPoint().y())
        if event.buttons() & Qt.MouseButton.LeftButton and row >= 0 and not event.modifiers():
            self._request_to(row, "only")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up, Down, Home, End and pages move on, with Shift they choose all rows on the way."""
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.rows_requested.emit(0, self.model().rowCount() - 1, "only")
            return
        before = self.currentIndex().row()
        super().keyPressEvent(event)
        row = self.currentIndex().row()
        if row < 0 or row == before:
            return
        if event.modifiers() & _SHIFT:
            self._request_to(row, "only")
        else:
            self._anchor = row
            self.rows_requested.emit(row, row, "only")

    def _request_to(self, row: int, how: str) -> None:
        self.rows_requested.emit(min(self._anchor, row), max(self._anchor, row), how)
