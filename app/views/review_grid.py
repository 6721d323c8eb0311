"""The table widget of the review: keys, copying, which columns are seen, and rows that stay selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView

from app.views.look import fix_rows, px
from app.views.review_rows import CellPainter, ReviewRows

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from PySide6.QtCore import QModelIndex, QPoint

    from app.views.review_rows import Cell, Column


class ReviewGrid(QTableView):
    """Wishes: another block, another order; other columns are a fact."""

    row_requested = Signal(int)
    sort_requested = Signal(str, bool)
    """Column, and whether the greatest comes first."""
    hidden_changed = Signal(object)
    """Keys of the columns that are not seen."""

    def __init__(self, cells_at: Callable[[int], Sequence[Cell]]) -> None:
        super().__init__()
        self.rows = ReviewRows(cells_at)
        self.setModel(self.rows)
        self._columns: tuple[Column, ...] = ()
        self._hidden: set[str] = set()
        self._widths: dict[str, int] = {}
        self._is_setting = False
        self._sorted_by = ("", False)
        self.setItemDelegate(CellPainter(self))
        self.setAccessibleName("Blocks")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAutoScroll(False)  # else a click on a wide column scrolls sideways
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        fix_rows(self)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(28)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_header_menu_requested)
        header.sectionClicked.connect(self._on_header_clicked)
        header.sectionResized.connect(self._on_header_resized)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        self.clicked.connect(self._on_clicked)

    # What is set

    def set_rows(
        self, columns: Sequence[Column], count: int, current: int | None, selected: Sequence[int], is_reordered: bool
    ) -> None:
        """Show so many rows with these columns; `current` and `selected` (in order) are rows.

        `is_reordered` brings the current one into sight; else nothing is scrolled.
        """
        top, left = self.verticalScrollBar().value(), self.horizontalScrollBar().value()
        are_new = tuple(columns) != self._columns
        self._columns = tuple(columns)
        self._is_setting = True
        self.rows.set_rows(columns, count)
        if are_new:
            self._show_columns()
        self._is_setting = False
        self._show_order()
        self._select(current, selected)
        self.verticalScrollBar().setValue(top)
        self.horizontalScrollBar().setValue(left)
        if is_reordered and current is not None:
            self._scroll_to(current)

    def set_current(self, row: int | None) -> None:
        """Select the row of the block that is wanted, alone."""
        self._select(row, [row] if row is not None else [])
        if row is not None:
            self._scroll_to(row)

    def set_order(self, column: str, is_descending: bool) -> None:
        """By what the rows are sorted."""
        self._sorted_by = (column, is_descending)
        self._show_order()

    def set_hidden(self, hidden: Collection[str]) -> None:
        """Keys of the columns that are not seen."""
        self._hidden = set(hidden)
        self._is_setting = True
        self._show_columns()
        self._is_setting = False

    def selected_rows(self) -> list[int]:
        """The selected rows, from the top."""
        found: set[int] = set()
        for part in self.selectionModel().selection().toList():
            found.update(range(part.top(), part.bottom() + 1))
        return sorted(found)

    # Columns and order

    def open_columns_menu(self) -> None:
        """Which columns are seen."""
        self._columns_menu().popup(self.mapToGlobal(self.horizontalHeader().pos()))

    def open_sort_menu(self) -> None:
        """By what to sort; what is chosen a second time turns the order round."""
        menu = self._menu()
        for column in self._columns:
            is_now = column.key == self._sorted_by[0]
            arrow = ("  ▼" if self._sorted_by[1] else "  ▲") if is_now else ""
            action = menu.addAction(column.title + arrow)
            action.setData(column.key)
            action.triggered.connect(self._on_sort_chosen)
        menu.popup(self.mapToGlobal(self.horizontalHeader().pos()))

    def _columns_menu(self) -> QMenu:
        menu = self._menu()
        for column in self._columns[1:]:  # without its name a row says nothing
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(column.key not in self._hidden)
            action.setData(column.key)
            action.triggered.connect(self._on_column_chosen)
        return menu

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _show_columns(self) -> None:
        for number, column in enumerate(self._columns):
            self.setColumnHidden(number, column.key in self._hidden)
            self.setColumnWidth(number, self._widths.get(column.key, px(column.width)))

    def _show_order(self) -> None:
        keys = [column.key for column in self._columns]
        column, is_descending = self._sorted_by
        order = Qt.SortOrder.DescendingOrder if is_descending else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(keys.index(column) if column in keys else -1, order)

    def _on_header_menu_requested(self, at: QPoint) -> None:
        self._columns_menu().popup(self.horizontalHeader().mapToGlobal(at))

    def _on_header_clicked(self, section: int) -> None:
        self._ask_to_sort(self._columns[section].key)

    def _on_header_resized(self, section: int, old: int, new: int) -> None:
        if new and not self._is_setting:
            self._widths[self._columns[section].key] = new

    def _on_sort_chosen(self) -> None:
        self._ask_to_sort(self.sender().data())  # type: ignore[attr-defined]

    def _ask_to_sort(self, column: str) -> None:
        self.sort_requested.emit(column, column == self._sorted_by[0] and not self._sorted_by[1])

    def _on_column_chosen(self) -> None:
        self._hidden ^= {self.sender().data()}  # type: ignore[attr-defined]
        self.set_hidden(self._hidden)
        self.hidden_changed.emit(sorted(self._hidden))

    # Selecting

    def _select(self, current: int | None, selected: Sequence[int]) -> None:
        model = self.selectionModel()
        last = len(self._columns) - 1
        chosen = QItemSelection()
        first = 0
        for place, row in enumerate(selected, 1):  # one range for rows that follow each other
            if place == len(selected) or selected[place] != row + 1:
                chosen.select(self.rows.index(selected[first], 0), self.rows.index(row, last))
                first = place
        index = self.rows.index(current, 0) if current is not None else self.rows.index(-1, -1)
        with QSignalBlocker(model):
            model.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            model.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.viewport().update()  # the blocker kept the news from the table too

    def _scroll_to(self, row: int) -> None:
        left = self.horizontalScrollBar().value()
        self.scrollTo(self.rows.index(row, 0))
        self.horizontalScrollBar().setValue(left)

    def _on_current_changed(self, index: QModelIndex) -> None:
        if index.isValid():
            self._scroll_to(index.row())
            self.row_requested.emit(index.row())

    def _on_clicked(self, index: QModelIndex) -> None:
        # Also for the row that is current already: the block on screen may be another
        self.row_requested.emit(index.row())

    # Keys

    def event(self, event: QEvent) -> bool:
        """In the table, the key for copying means its rows, not what the window copies otherwise."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_copy(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy; the rest is Qt's."""
        if _is_copy(event):
            self.copy_rows()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Nothing: a letter that is no key must not jump to another block."""

    def copy_rows(self) -> None:
        """Put the selected rows, or all where none is, on the clipboard, with the titles of the columns."""
        header = self.horizontalHeader()
        order = [header.logicalIndex(place) for place in range(header.count())]
        seen = [number for number in order if not self.isColumnHidden(number)]
        lines = [[self._columns[number].title for number in seen]]
        for row in self.selected_rows() or range(self.rows.rowCount()):
            lines.append([_one_line(self.rows.cell(row, number).text) for number in seen])
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines) + "\n")


def _is_copy(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Copy)


def _one_line(text: str) -> str:
    return " ".join(text.split())
