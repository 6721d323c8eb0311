"""A window beside the main one: all objects of the labels as a table, to find, select and colour them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHBoxLayout, QLineEdit, QTableView, QVBoxLayout, QWidget

from app.views.object_rows import ObjectRows
from app.views.texts import button, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtCore import QModelIndex
    from PySide6.QtGui import QCloseEvent

_WIDTH, _NAME_WIDTH = 84, 130
_OWN_COLORS = "Colours by number"


class ObjectTable(QWidget):
    """Facts: `selected` numbers, the first selected first; `closed`. Wishes: go to one, colours by a column, a file."""

    selected = Signal(list)
    go_requested = Signal(int)
    color_by_requested = Signal(str)
    """A column by its name; empty for colours by number."""
    table_requested = Signal()
    copy_requested = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self.setWindowTitle("Objects")
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.resize(760, 460)
        self.rows = ObjectRows()
        self._chosen: list[int] = []
        self._headers: list[str] = []
        self._is_telling = True
        self._table = QTableView()
        self._table.setModel(self.rows)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._table.setAlternatingRowColors(True)
        self._table.setWordWrap(False)
        self._table.setTabKeyNavigation(False)
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self._table.horizontalHeader().setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self._table.setSortingEnabled(True)
        self._table.doubleClicked.connect(self._on_table_chosen)
        self._table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.rows.modelReset.connect(self._on_rows_reset)

        self._filter = QLineEdit()
        self._filter.setPlaceholderText("Find a number or a name…")
        self._filter.setToolTip("Objects whose number or texts contain all words (Ctrl+F)")
        self._filter.setClearButtonEnabled(True)
        self._filter.setMaximumWidth(220)
        self._filter.textChanged.connect(self.rows.set_filter)
        self._count = label("", "faint")
        self._color_by = QComboBox()
        self._color_by.setAccessibleName("Colours")
        self._color_by.setToolTip("Colour the objects by their numbers, or by the values of a column")
        self._color_by.addItem(_OWN_COLORS, "")
        self._color_by.activated.connect(self._on_color_by_chosen)
        load = button("Load a table…", "Columns of a CSV or TSV file; its column `index` has the numbers")
        load.clicked.connect(self.table_requested)
        copy = button("Copy", "Copy the selected rows, or all, with tabs between the columns (Ctrl+C)")
        copy.clicked.connect(self.copy_requested)
        for keys, slot in (
            (QKeySequence(QKeySequence.StandardKey.Copy), self.copy_requested),
            (QKeySequence(QKeySequence.StandardKey.Find), self._filter.setFocus),
            (QKeySequence("Escape"), self.close),
            (QKeySequence("Return"), self._on_return_pressed),
        ):
            QShortcut(keys, self).activated.connect(slot)
        line = QHBoxLayout()
        line.addWidget(self._filter)
        line.addWidget(self._count, 1)
        for part in (self._color_by, load, copy):
            line.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addLayout(line)
        layout.addWidget(self._table, 1)

    # What is set

    def set_rows(self, headers: Sequence[str], columns: Sequence[NDArray[Any]], colors: Sequence[Any]) -> None:
        """Columns of equal length, the first with the numbers; `colors` are #RRGGBB or (red, green, blue) to 255."""
        self.rows.set_rows(headers, columns, colors)
        if self._headers == list(headers):
            return
        self._headers = list(headers)
        for place, name in enumerate(headers):
            wide = self.fontMetrics().horizontalAdvance(name) + 34
            self._table.setColumnWidth(place, max(wide, _NAME_WIDTH if name == "name" else _WIDTH))
        with QSignalBlocker(self._color_by):
            before = self._color_by.currentData()
            self._color_by.clear()
            self._color_by.addItem(_OWN_COLORS, "")
            for name in self.rows.numeric_headers()[1:]:
                self._color_by.addItem(f"Colours by {name}", name)
            self._color_by.setCurrentIndex(max(0, self._color_by.findData(before)))

    def set_selected(self, numbers: Sequence[int]) -> None:
        """Objects that are selected; the last one comes into view."""
        if list(numbers) != self._chosen:
            self._chosen = list(numbers)
            self._show_chosen()
            if places := self.rows.places_of(self._chosen[-1:]).tolist():
                self._table.scrollTo(self.rows.index(places[0], 0))

    def set_color_by(self, column: str) -> None:
        """The column that objects are coloured by; empty for colours by number."""
        with QSignalBlocker(self._color_by):
            self._color_by.setCurrentIndex(max(0, self._color_by.findData(column)))

    def set_said(self, text: str) -> None:
        """News in place of the count: rows were copied, or why a file could not be read."""
        self._count.setText(text)

    def text(self) -> str:
        """Selected rows, or all that are shown, with tabs between the columns."""
        places = self.rows.places_of(self._chosen).tolist()
        return self.rows.text(places or range(self.rows.rowCount()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that nobody looks any more."""
        super().closeEvent(event)
        self.closed.emit()

    # How

    def _show_chosen(self) -> None:
        """Select the rows of the chosen objects, by ranges: there may be a hundred thousand."""
        places = self.rows.places_of(self._chosen)
        selection = QItemSelection()
        last = self.rows.columnCount() - 1
        for part in np.split(places, np.flatnonzero(np.diff(places) > 1) + 1):
            if len(part):
                selection.select(self.rows.index(int(part[0]), 0), self.rows.index(int(part[-1]), last))
        self._is_telling = False
        self._table.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._is_telling = True
        self._say_count()

    def _say_count(self) -> None:
        shown, count = self.rows.rowCount(), self.rows.count
        total = f"{count:,} object{'' if count == 1 else 's'}"
        text = total if shown == count else f"{shown:,} of {total}"
        self._count.setText(f"{text}, {len(self._chosen):,} selected" if self._chosen else text)

    def _on_rows_reset(self) -> None:
        self._show_chosen()

    def _on_selection_changed(self) -> None:
        if not self._is_telling:
            return
        numbers = self.rows.numbers()
        selection = self._table.selectionModel().selection()
        ranges = [selection.at(place) for place in range(selection.count())]
        chosen = [n for one in ranges for n in numbers[one.top() : one.bottom() + 1].tolist()]
        now, before = set(chosen), set(self._chosen)
        # The first that was selected stays the first: others become it when they are merged
        self._chosen = [n for n in self._chosen if n in now] + [n for n in chosen if n not in before]
        self._say_count()
        self.selected.emit(list(self._chosen))

    def _on_table_chosen(self, index: QModelIndex) -> None:
        self.go_requested.emit(int(self.rows.numbers()[index.row()]))

    def _on_return_pressed(self) -> None:
        index = self._table.currentIndex()
        if index.isValid():
            self._on_table_chosen(index)

    def _on_color_by_chosen(self) -> None:
        self.color_by_requested.emit(self._color_by.currentData())
