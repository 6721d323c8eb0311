"""How a cell of figures is painted: its background stays as it is when it is chosen, and gets a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.views.look import colors

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize
    from PySide6.QtGui import QPainter

_ROOM = 14


class FigureCell(QStyledItemDelegate):
    """A frame of the accent colour round chosen cells, of two pixels round the one that the keys move."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the cell, then its frame."""
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        has_keys = bool(option.state & QStyle.StateFlag.State_HasFocus)
        option.state &= ~(QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_HasFocus)
        super().paint(painter, option, index)
        if is_chosen or has_keys:
            painter.save()
            painter.setPen(QPen(QColor(colors().link if has_keys else colors().accent), 2 if has_keys else 1))
            painter.drawRect(option.rect.adjusted(1, 1, -2, -2))
            painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Leave room beside the text."""
        size = super().sizeHint(option, index)
        size.setWidth(size.width() + _ROOM)
        return size
