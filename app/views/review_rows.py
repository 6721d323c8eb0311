"""The rows of the review's table: what a cell holds, and how one is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.views.colors import text_on
from app.views.look import colors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Index = QModelIndex | QPersistentModelIndex
Chip = tuple[str, str]
"""A short sign, and the colour of the ground that it stands on."""

_GAP = 4


class Column(NamedTuple):
    """`key` is how the program knows it; `width` in logical pixels."""

    key: str
    title: str
    tip: str
    width: int


class Cell(NamedTuple):
    """`text` is what is copied and read aloud; painted are the chips and then `words`.

    `role`: `faint`, `warning` or empty; `cut` is where a text that is too long is cut: `left` or `right`.
    """

    text: str
    words: str
    chips: tuple[Chip, ...] = ()
    role: str = ""
    is_number: bool = False
    cut: str = "right"


class ReviewRows(QAbstractTableModel):
    """Holds no truth of its own: it asks for the cells of the rows that are seen, and keeps them until told."""

    def __init__(self, cells_at: Callable[[int], Sequence[Cell]]) -> None:
        super().__init__()
        self._cells_at = cells_at
        self._columns: tuple[Column, ...] = ()
        self._count = 0
        self._known: dict[int, Sequence[Cell]] = {}

    def set_rows(self, columns: Sequence[Column], count: int) -> None:
        """Other rows, or other columns."""
        self.beginResetModel()
        self._columns, self._count = tuple(columns), count
        self._known.clear()
        self.endResetModel()

    def set_changed(self, row: int | None = None) -> None:
        """The cells of a row, or of all, are different now."""
        first, last = (row, row) if row is not None else (0, self._count - 1)
        for one in [known for known in self._known if first <= known <= last]:
            del self._known[one]
        if self._count:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self._columns) - 1))

    def column(self, number: int) -> Column:
        """The column of that number."""
        return self._columns[number]

    def cell(self, row: int, column: int) -> Cell:
        """What stands there."""
        cells = self._known.get(row)
        if cells is None:
            cells = self._known[row] = self._cells_at(row)
        return cells[column]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One for each block that the filter lets through."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """As many as were set."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text for screen readers and under the mouse; the delegate paints the rest."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.cell(index.row(), index.column()).text
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Titles of the columns; rows have none."""
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self._columns[section].title
            if role == Qt.ItemDataRole.ToolTipRole:
                return self._columns[section].tip
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


class CellPainter(QStyledItemDelegate):
    """Small squares in the colours of the classes, each with its number, and words behind them."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        model = index.model()
        assert isinstance(model, ReviewRows)
        cell = model.cell(index.row(), index.column())
        rect: QRect = option.rect
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_selected:
            painter.fillRect(rect, QColor(colors().row_selected))
        elif index.row() % 2:
            painter.fillRect(rect, QColor(colors().rows_odd))
        metrics = painter.fontMetrics()
        left = rect.left() + _GAP
        for number, (sign, color) in enumerate(cell.chips):
            width = max(metrics.horizontalAdvance(sign) + 8, rect.height() - 6)
            room = rect.right() - (0 if number == len(cell.chips) - 1 else 10)
            if left + width > room and number:
                painter.setPen(QColor(colors().dim))
                painter.drawText(QRect(left, rect.top(), 12, rect.height()), Qt.AlignmentFlag.AlignCenter, "…")
                break
            _paint_chip(painter, QRect(left, rect.top() + 3, width, rect.height() - 6), sign, color)
            left += width + 3
        roles = {"faint": colors().dim, "warning": colors().warning}
        painter.setPen(QColor(roles.get(cell.role, colors().text)))
        space = QRect(left, rect.top(), max(0, rect.right() - _GAP - left), rect.height())
        mode = Qt.TextElideMode.ElideLeft if cell.cut == "left" else Qt.TextElideMode.ElideRight
        side = Qt.AlignmentFlag.AlignRight if cell.is_number else Qt.AlignmentFlag.AlignLeft
        text = metrics.elidedText(cell.words, mode, space.width())
        painter.drawText(space, side | Qt.AlignmentFlag.AlignVCenter, text)


def _paint_chip(painter: QPainter, rect: QRect, sign: str, color: str) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawRoundedRect(rect, 3, 3)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QColor(text_on(color)))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, sign)
