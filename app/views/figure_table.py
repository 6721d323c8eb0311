"""A table of figures to look at by keyboard, and to copy with its headings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QPalette
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from app.views.figure_cell import FigureCell
from app.views.figure_rows import FigureRows
from app.views.look import fix_rows

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex
    from PySide6.QtGui import QFocusEvent, QKeyEvent

    from app.agreement.figure_grid import Grid

_NARROWEST = 48


class FigureTable(QTableView):
    """`told` says in words what the chosen cell is; `row_chosen` is a fact; `copied` says how many rows."""

    told = Signal(str)
    row_chosen = Signal(int)
    copied = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.rows = FigureRows()
        self.setModel(self.rows)
        self.setAccessibleName(name)
        self.setToolTip("Ctrl+C copies the chosen cells with their headings, or all of them")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setItemDelegate(FigureCell(self))
        colors = QPalette()  # the frame says what is chosen: a fill would hide how strong a figure is
        colors.setColor(QPalette.ColorRole.Highlight, Qt.GlobalColor.transparent)
        self.setPalette(colors)
        self.setCornerButtonEnabled(False)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setHighlightSections(True)
        self.horizontalHeader().setMinimumSectionSize(_NARROWEST)
        fix_rows(self)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    def set_grid(self, grid: Grid | None) -> None:
        """Show these figures; the chosen cell and the place stay where they can."""
        before, at = self.currentIndex(), self.verticalScrollBar().value()
        row, column = before.row(), before.column()
        old = (self.rows.rowCount(), self.rows.columnCount())
        self.rows.set_grid(grid)
        self.resizeColumnsToContents()
        if grid is None or not grid.rows or not grid.columns:
            return
        index = self.rows.index(min(max(row, 0), len(grid.rows) - 1), min(max(column, 0), len(grid.columns) - 1))
        if self.currentIndex() != index:
            self.setCurrentIndex(index)
        elif old == (self.rows.rowCount(), self.rows.columnCount()):
            self._tell(index)
        self.verticalScrollBar().setValue(at)

    def chosen_row(self) -> int:
        """Return the row of the chosen cell, 0 for none."""
        return max(0, self.currentIndex().row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, or what a table does."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()  # it closes the window
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say what is chosen to whom the keys have brought here."""
        super().focusInEvent(event)
        if self.currentIndex().isValid():
            self._tell(self.currentIndex())

    def _copy(self) -> None:
        """Put the chosen cells on the clipboard, all where one or none is chosen, tab separated with headings."""
        chosen = self.selectionModel().selectedIndexes()
        rows, columns = range(self.rows.rowCount()), range(self.rows.columnCount())
        if len(chosen) > 1:
            places = [index.row() for index in chosen], [index.column() for index in chosen]
            rows, columns = (range(min(one), max(one) + 1) for one in places)
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        lines = [[self.rows.corner(), *(str(self.rows.headerData(column, across)) for column in columns)]]
        lines += [
            [str(self.rows.headerData(row, down)), *(self.rows.cell(row, column).text for column in columns)]
            for row in rows
        ]
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines) + "\n")
        self.copied.emit(len(rows))

    def _on_current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        if current.isValid():
            self._tell(current)
            if current.row() != previous.row():
                self.row_chosen.emit(current.row())

    def _tell(self, index: QModelIndex) -> None:
        if self.hasFocus():
            self.told.emit(self.rows.cell(index.row(), index.column()).tip)
