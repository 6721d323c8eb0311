"""A window beside the main one: all objects of the labels as a table, to find, select and colour them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.views.look import fix_width, px
from app.views.object_grid import ObjectGrid
from app.views.object_rows import ObjectRows
from app.views.spacing import WINDOW
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
        self._table = ObjectGrid(self.rows)
        self._table.setAccessibleName("Objects")
        self._table.rows_requested.connect(self._on_rows_requested)
        self._table.doubleClicked.connect(self._on_table_chosen)
        self.rows.modelReset.connect(self._say_count)

        self._filter = QLineEdit()
        self._filter.setPlaceholderText("Find a number or a name…")
        self._filter.setToolTip("Objects whose number or texts contain all words (Ctrl+F)")
        self._filter.setClearButtonEnabled(True)
        self._filter.setAccessibleName("Find objects")
        fix_width(self._filter, 200)
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
        layout.setContentsMargins(*WINDOW)
        layout.addLayout(line)
        layout.addWidget(self._table, 1)
        self._table.setFocus()

    # What is set

    def set_rows(self, headers: Sequence[str], columns: Sequence[NDArray[Any]], colors: Sequence[Any]) -> None:
        """Columns of equal length, the first with the numbers; `colors` are #RRGGBB or (red, green, blue) to 255."""
        self.rows.set_rows(headers, columns, colors)
        if self._headers == list(headers):
            return
        self._headers = list(headers)
        for place, name in enumerate(headers):
            wide = self.fontMetrics().horizontalAdvance(name) + px(34)
            self._table.setColumnWidth(place, max(wide, px(_NAME_WIDTH if name == "name" else _WIDTH)))
        with QSignalBlocker(self._color_by):
            before = self._color_by.currentData()
            self._color_by.clear()
            self._color_by.addItem(_OWN_COLORS, "")
            for name in headers[1:]:
                self._color_by.addItem(f"Colours by {name}", name)
            self._color_by.setCurrentIndex(max(0, self._color_by.findData(before)))

    def set_selected(self, numbers: Sequence[int]) -> None:
        """Objects that are selected; the last one comes into view."""
        if list(numbers) != self._chosen:
            self._chosen = list(numbers)
            self._show_chosen()
            if places := self.rows.places_of(self._chosen[-1:]).tolist():
                self._table.set_current(places[0])

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

    def _say_count(self) -> None:
        shown, count = self.rows.rowCount(), self.rows.count
        total = f"{count:,} object{'' if count == 1 else 's'}"
        text = total if shown == count else f"{shown:,} of {total}"
        self._count.setText(f"{text}, {len(self._chosen):,} selected" if self._chosen else text)

    def _on_rows_requested(self, first: int, last: int, how: str) -> None:
        rows = self.rows.numbers()[first : last + 1].tolist()
        wanted = set(rows)
        if how == "turn":
            wanted = set(self._chosen) ^ wanted
        elif how == "too":
            wanted |= set(self._chosen)
        # The first that was selected stays the first: others become it when they are merged
        before = set(self._chosen)
        chosen = [n for n in self._chosen if n in wanted]
        chosen += [n for n in rows if n in wanted and n not in before]
        if chosen != self._chosen:
            self._chosen = chosen
            self._show_chosen()
            self.selected.emit(list(chosen))

    def _show_chosen(self) -> None:
        self.rows.set_chosen(self._chosen)
        self._say_count()

    def _on_table_chosen(self, index: QModelIndex) -> None:
        self.go_requested.emit(int(self.rows.numbers()[index.row()]))

    def _on_return_pressed(self) -> None:
        index = self._table.currentIndex()
        if index.isValid():
            self._on_table_chosen(index)

    def _on_color_by_chosen(self) -> None:
        self.color_by_requested.emit(self._color_by.currentData())
