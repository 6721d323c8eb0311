"""The rows of the block list: what they hold, and how one is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.views.colors import text_on
from app.views.look import colors

if TYPE_CHECKING:
    from collections.abc import Sequence

Index = QModelIndex | QPersistentModelIndex


class Row(NamedTuple):
    """One block as the list shows it."""

    text: str
    sign: str = "·"
    color: str = "#8A8A90"
    class_name: str = ""
    unsure: bool = False
    flagged: bool = False
    comment: str = ""


class BlockRows(QAbstractListModel):
    """Fed by a controller; holds no truth of its own. `visible` are the places that the filter lets through."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._visible: list[int] = []

    def set_rows(self, rows: list[Row], visible: list[int]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows, self._visible = rows, visible
        self.endResetModel()

    def set_visible(self, visible: list[int]) -> None:
        """Let other rows through."""
        self.beginResetModel()
        self._visible = visible
        self.endResetModel()

    def append(self, rows: Sequence[Row], visible: Sequence[int]) -> None:
        """Add rows at the end; `visible` are the new places to be shown."""
        self._rows.extend(rows)
        if visible:
            first = len(self._visible)
            self.beginInsertRows(QModelIndex(), first, first + len(visible) - 1)
            self._visible.extend(visible)
            self.endInsertRows()

    def set_row(self, place: int, row: Row, shown_at: int | None) -> None:
        """Replace one row; `shown_at` is where it stands in the filtered list."""
        self._rows[place] = row
        if shown_at is not None:
            index = self.index(shown_at)
            self.dataChanged.emit(index, index)

    def row_at(self, index: Index) -> Row:
        """The row behind a model index."""
        return self._rows[self._visible[index.row()]]

    def place_at(self, index: Index) -> int:
        """The block's place behind a model index."""
        return self._visible[index.row()]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many rows the filter lets through."""
        return 0 if parent.isValid() else len(self._visible)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text for search and screen readers; the delegate paints the rest."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self.row_at(index).text
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            row = self.row_at(index)
            parts = [row.text, row.class_name or "no class"]
            parts += ["unsure"] if row.unsure else []
            parts += ["flagged"] if row.flagged else []
            parts += [row.comment] if row.comment else []
            return "\n".join(parts)
        return None


class RowPainter(QStyledItemDelegate):
    """Sign, name and marks in fixed columns, so that numbers line up."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line."""
        return QSize(80, QFontMetrics(option.font).height() + 6)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        model = index.model()
        assert isinstance(model, BlockRows)
        row = model.row_at(index)
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, QColor(colors().row_selected))
        metrics = painter.fontMetrics()
        sign_width = metrics.horizontalAdvance("00") + 12
        self._paint_sign(painter, QRect(rect.left(), rect.top(), sign_width, rect.height()), row)
        marks = ("?" if row.unsure else "") + ("⚑" if row.flagged else "") + ("✎" if row.comment else "")
        marks_width = metrics.horizontalAdvance(marks) + 8
        painter.setPen(QColor(colors().warning))
        painter.drawText(rect.adjusted(0, 0, -6, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, marks)
        dim = not row.class_name and not selected
        painter.setPen(QColor(colors().dim if dim else colors().text))
        space = rect.width() - sign_width - marks_width
        # The folder at the beginning and the number at the end tell blocks apart
        text = metrics.elidedText(row.text, Qt.TextElideMode.ElideMiddle, space)
        painter.drawText(rect.adjusted(sign_width, 0, -marks_width, 0), Qt.AlignmentFlag.AlignVCenter, text)

    @staticmethod
    def _paint_sign(painter: QPainter, rect: QRect, row: Row) -> None:
        """The key of the class on a ground of its colour: any colour stays readable on the dark list."""
        color = QColor(row.color)
        if row.class_name:
            ground = rect.adjusted(4, 2, -4, -2)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRoundedRect(ground, 3, 3)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            color = QColor(text_on(row.color))
        else:
            color = QColor(colors().dim)
        painter.setPen(color)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, row.sign)
