"""The rows of the table of objects: columns of numbers and texts, sorted and filtered by index arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from app.views.look import colors

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

Index = QModelIndex | QPersistentModelIndex


class ObjectRows(QAbstractTableModel):
    """Fed by a controller; holds no truth of its own. The first column has the numbers of the objects."""

    def __init__(self) -> None:
        super().__init__()
        self._headers: list[str] = []
        self._columns: list[NDArray[Any]] = []
        self._colors: Sequence[Any] = ()
        self._order: NDArray[np.intp] = np.zeros(0, np.intp)
        """The rows that the filter leaves, as they are shown."""
        self._sorted: NDArray[np.intp] = self._order
        """All rows as they are sorted."""
        self._chosen: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._numbers_chosen: NDArray[np.int64] = np.zeros(0, np.int64)
        self._sorted_by = (0, Qt.SortOrder.AscendingOrder)
        self._words: list[str] = []
        self._texts: list[str] = []
        """What the filter looks at, one for each object; made when it is first needed."""

    def set_rows(self, headers: Sequence[str], columns: Sequence[NDArray[Any]], colors: Sequence[Any]) -> None:
        """Columns of equal length and of any numbers or texts; `colors` are #RRGGBB or (red, green, blue) to 255.

        The column that rows are sorted by is kept as long as there is one of that name.
        """
        column, order = self._sorted_by
        name = self._headers[column] if column < len(self._headers) else ""
        self.beginResetModel()
        self._headers, self._columns, self._colors = list(headers), [np.asarray(one) for one in columns], colors
        self._sorted_by = (self._headers.index(name) if name in self._headers else 0, order)
        self._texts = []
        self._mark()
        self._sort()
        self._leave()
        self.endResetModel()

    def set_filter(self, text: str) -> None:
        """Leave the objects whose number and texts contain all words."""
        self.beginResetModel()
        self._words = text.casefold().split()
        self._leave()
        self.endResetModel()

    def set_chosen(self, numbers: Sequence[int]) -> None:
        """Objects that are selected, by their numbers."""
        self._numbers_chosen = np.array(numbers, np.int64)
        self._mark()
        if len(self._order):
            last = self.index(len(self._order) - 1, len(self._headers) - 1)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.BackgroundRole])

    @property
    def count(self) -> int:
        """All objects, whatever the filter leaves."""
        return len(self._columns[0]) if self._columns else 0

    def numbers(self) -> NDArray[Any]:
        """Numbers of the objects that are shown, int64, in the order of the rows."""
        return self._columns[0][self._order].astype(np.int64) if self._columns else np.zeros(0, np.int64)

    def places_of(self, numbers: Iterable[int]) -> NDArray[np.intp]:
        """Return the rows that show these objects, ascending; objects that the filter leaves out have none."""
        return np.flatnonzero(np.isin(self.numbers(), np.fromiter(numbers, np.int64)))

    def text(self, rows: Iterable[int]) -> str:
        """Headers and these rows, with tabs between the columns."""
        lines = ["\t".join(self._headers)]
        lines += ["\t".join(self._cell(row, column) for column in range(len(self._headers))) for row in rows]
        return "\n".join(lines) + "\n"

    # Qt's

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many rows the filter leaves."""
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """As many as there are headers."""
        return 0 if parent.isValid() else len(self._headers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text and alignment of a cell; the number has the colour of its object."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cell(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole and self._columns[index.column()].dtype.kind in "iuf":
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0 and len(self._colors):
            color = self._colors[self._order[index.row()]]
            return QColor(color) if isinstance(color, str) else QColor(*(int(part) for part in color[:3]))
        if self._chosen[self._order[index.row()]]:
            if role == Qt.ItemDataRole.BackgroundRole:
                return QColor(colors().chosen)
            if role == Qt.ItemDataRole.ForegroundRole:
                return QColor(colors().chosen_text)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Names of the columns; rows have none."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headers[section]
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; what has no value comes last in both orders."""
        if column >= 0 and (column, order) != self._sorted_by:
            self.beginResetModel()
            self._sorted_by = (column, order)
            self._sort()
            self._leave()
            self.endResetModel()

    # How

    def _mark(self) -> None:
        numbers = self._columns[0] if self._columns else np.zeros(0, np.int64)
        self._chosen = np.isin(numbers, self._numbers_chosen)

    def _sort(self) -> None:
        if not self._columns:
            self._sorted = np.zeros(0, np.intp)
            return
        column, order = self._sorted_by
        keys = self._columns[column]
        if keys.dtype.kind == "f":
            known = ~np.isnan(keys)
        elif keys.dtype.kind in "iub":
            known = np.ones(len(keys), bool)
        else:
            keys = np.array([str(key).casefold() for key in keys], dtype=np.str_)
            known = keys != ""
        have = np.flatnonzero(known)
        if order == Qt.SortOrder.DescendingOrder:  # equal ones stay in the order of their numbers
            sorted_rows = have[::-1][np.argsort(keys[have[::-1]], kind="stable")][::-1]
        else:
            sorted_rows = have[np.argsort(keys[have], kind="stable")]
        self._sorted = np.concatenate([sorted_rows, np.flatnonzero(~known)])

    def _leave(self) -> None:
        self._order = self._sorted
        for word in self._words:
            fits = np.array([word in text for text in self._searched()], bool)
            self._order = self._order[fits[self._order]]

    def _searched(self) -> list[str]:
        if not self._texts:
            parts = [self._columns[0].tolist()]
            parts += [column.tolist() for column in self._columns[1:] if column.dtype.kind not in "iufb"]
            self._texts = [" ".join(map(str, row)).casefold() for row in zip(*parts, strict=True)]
        return self._texts

    def _cell(self, row: int, column: int) -> str:
        value = self._columns[column][self._order[row]]
        if self._columns[column].dtype.kind != "f":
            return str(value)
        return "" if np.isnan(value) else f"{value:.5g}"
