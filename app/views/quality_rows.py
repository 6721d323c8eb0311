"""The rows of the table of quality, sorted by any column as they come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from app.views.look import colors

if TYPE_CHECKING:
    from collections.abc import Sequence

Index = QModelIndex | QPersistentModelIndex
Key = float | str | None


class QualityRow(NamedTuple):
    """One channel of one block: of each column the text, and the key that it is sorted by (None comes last).

    `place` is the block's in the data set: so are rows sorted that are equal otherwise.
    """

    block_id: str
    place: int
    cells: Sequence[tuple[str, Key]]


class QualityRows(QAbstractTableModel):
    """Fed by a controller; holds no truth of its own."""

    def __init__(self, headings: Sequence[tuple[str, str]], marked: int) -> None:
        """`headings` are titles and what stands under the mouse; texts in the column `marked` are coloured."""
        super().__init__()
        self._headings, self._marked = headings, marked
        self._rows: list[QualityRow] = []
        self._blocks: set[str] = set()
        self._sorted_by = (marked, Qt.SortOrder.DescendingOrder)

    def add(self, rows: Sequence[QualityRow]) -> None:
        """Put rows in where they belong, instead of those of the same blocks."""
        blocks = {row.block_id for row in rows}
        if not self._rows or blocks & self._blocks:
            self._replace([*(row for row in self._rows if row.block_id not in blocks), *rows])
        else:  # thousands of rows are not sorted again for a few new ones
            for row in rows:
                place = self._place_for(row)
                self.beginInsertRows(QModelIndex(), place, place)
                self._rows.insert(place, row)
                self.endInsertRows()
        self._blocks |= blocks

    def clear(self) -> None:
        """Show nothing."""
        self.beginResetModel()
        self._rows = []
        self._blocks.clear()
        self.endResetModel()

    def row_at(self, row: int) -> QualityRow:
        """The row that is shown there."""
        return self._rows[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One for each channel of each block."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """As many as there are headings."""
        return 0 if parent.isValid() else len(self._headings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, colour and alignment of a cell."""
        text, key = self._rows[index.row()].cells[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            column = self._marked + 1 if index.column() == self._marked else index.column()
            return self._rows[index.row()].cells[column][0]
        if role == Qt.ItemDataRole.TextAlignmentRole and isinstance(key, float):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole and text and index.column() == self._marked:
            return QColor(colors().warning)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Titles of the columns; rows have none."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section][0]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return self._headings[section][1]
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; rows that are equal there stand in the order of the blocks."""
        if column >= 0:
            self._sorted_by = (column, order)
            self._replace(self._rows)

    def _place_for(self, row: QualityRow) -> int:
        """Return where a row belongs among the sorted ones: after those that are equal."""
        first, end = 0, len(self._rows)
        while first < end:
            middle = (first + end) // 2
            if self._comes_before(row, self._rows[middle]):
                end = middle
            else:
                first = middle + 1
        return first

    def _comes_before(self, row: QualityRow, other: QualityRow) -> bool:
        column, order = self._sorted_by
        one, two = row.cells[column][1], other.cells[column][1]
        if one == two:
            return row.place < other.place
        if one is None or two is None:
            return two is None
        smaller = one < two  # type: ignore[operator]
        return smaller == (order == Qt.SortOrder.AscendingOrder)

    def _replace(self, rows: list[QualityRow]) -> None:
        """Show other rows, sorted; what is selected stays selected."""
        column, order = self._sorted_by
        rows = sorted(rows, key=lambda row: row.place)
        known = [row for row in rows if row.cells[column][1] is not None]
        known.sort(key=lambda row: row.cells[column][1], reverse=order == Qt.SortOrder.DescendingOrder)  # type: ignore[arg-type, return-value]
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        before = [self._rows[index.row()] for index in old]
        self._rows = known + [row for row in rows if row.cells[column][1] is None]
        if old:
            places = {(row.block_id, row.cells[1][0]): place for place, row in enumerate(self._rows)}
            now = [places.get((row.block_id, row.cells[1][0]), -1) for row in before]
            self.changePersistentIndexList(
                old, [self.index(p, i.column()) if p >= 0 else QModelIndex() for p, i in zip(now, old, strict=True)]
            )
        self.layoutChanged.emit()
