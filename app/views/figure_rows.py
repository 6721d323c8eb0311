"""A table of figures for Qt: the texts of a grid, with a background as strong as the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor

from app.views.look import colors

if TYPE_CHECKING:
    from app.agreement.figure_grid import Cell, Grid

_ALIGN = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_TEXT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def shade(strength: float) -> QColor:
    """Return the background of a figure from -1 to 1: that of the rows at 0, blue towards 1, brown below 0."""
    now, share = colors(), min(1.0, abs(strength))
    end = QColor(now.figure if strength >= 0 else now.figure_below)
    mixed = [
        round(first + (last - first) * share)
        for first, last in zip(QColor(now.rows_odd).getRgb()[:3], end.getRgb()[:3], strict=True)  # type: ignore[index]
    ]
    return QColor(*mixed)


class FigureRows(QAbstractTableModel):
    """Shows a grid; a new one of the same headings changes the figures alone, so that nothing jumps."""

    def __init__(self) -> None:
        super().__init__()
        self._grid: Grid | None = None

    def set_grid(self, grid: Grid | None) -> None:
        """Show other figures; None shows nothing."""
        old = self._grid
        if old is not None and grid is not None and (old.columns, old.rows) == (grid.columns, grid.rows):
            self._grid = grid
            if grid.rows and grid.columns:
                self.dataChanged.emit(self.index(0, 0), self.index(len(grid.rows) - 1, len(grid.columns) - 1))
            return
        self.beginResetModel()
        self._grid = grid
        self.endResetModel()

    def cell(self, row: int, column: int) -> Cell:
        """Return the figure at a place that the grid has."""
        assert self._grid is not None
        return self._grid.cells[row][column]

    def corner(self) -> str:
        """Return what the rows are."""
        return self._grid.corner if self._grid is not None else ""

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Rows of the grid."""
        return len(self._grid.rows) if self._grid is not None and not parent.isValid() else 0

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Columns of the grid."""
        return len(self._grid.columns) if self._grid is not None and not parent.isValid() else 0

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Headings of columns and rows."""
        if self._grid is None:
            return None
        is_row = orientation == Qt.Orientation.Vertical
        names = self._grid.rows if is_row else self._grid.columns
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole) and section < len(names):
            return names[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and is_row:
            return _TEXT
        return None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, tip, background."""
        if self._grid is None or not index.isValid():
            return None
        text, tip, strength = self._grid.cells[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip or None
        if role == Qt.ItemDataRole.BackgroundRole and strength is not None:
            return QBrush(shade(strength))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _TEXT if text[:1].isalpha() else _ALIGN
        return None
