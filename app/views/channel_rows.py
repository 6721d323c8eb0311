"""The rows of the channel list: what they hold, where their parts lie, and how one is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QLinearGradient, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from app.views.look import colors

if TYPE_CHECKING:
    from collections.abc import Sequence

Index = QModelIndex | QPersistentModelIndex

ROW_MARGIN = 9
"""A row is so many pixels higher than its text."""


class ChannelItem(NamedTuple):
    """One channel as the panel shows it; `ramp` are the colours from the lower to the upper limit, as #RRGGBB.

    `least` and `greatest` are the values of the block; `key` shows or hides the channel, empty where there is none.
    """

    channel: int
    name: str
    ramp: tuple[str, ...]
    visible: bool
    low: float
    high: float
    least: float
    greatest: float
    key: str = ""


class RowParts(NamedTuple):
    """Where the parts of a row lie, in pixels of the list."""

    check: QRect
    swatch: QRect
    name: QRect
    track: QRect


def row_parts(rect: QRect) -> RowParts:
    """Divide the rectangle of a row."""
    top, height = rect.top(), rect.height()
    track = max(56, min(120, round(rect.width() * 0.36)))
    right = rect.right() - track - 8
    return RowParts(
        QRect(rect.left(), top, 24, height),
        QRect(rect.left() + 26, top + 5, 20, height - 10),
        QRect(rect.left() + 52, top, right - rect.left() - 56, height),
        QRect(right, top, track, height),
    )


class ChannelRows(QAbstractListModel):
    """Fed by a controller; holds no truth of its own. The filter leaves some of the items."""

    def __init__(self) -> None:
        super().__init__()
        self.selected = -1
        self._items: tuple[ChannelItem, ...] = ()
        self._shown: list[ChannelItem] = []
        self._words: list[str] = []
        self._only_visible = False

    def set_items(self, items: Sequence[ChannelItem], selected: int) -> None:
        """All channels in the order of the list, and the number of the selected one."""
        before = self.selected
        self.selected = selected
        self._items = tuple(items)
        self._apply(before != selected)

    def set_filter(self, text: str, only_visible: bool) -> None:
        """Leave the channels whose names contain all words, and, if wanted, that are drawn."""
        self._words = text.casefold().split()
        self._only_visible = only_visible
        self._apply(False)

    @property
    def count(self) -> int:
        """All channels, whatever the filter leaves."""
        return len(self._items)

    def item_at(self, row: int) -> ChannelItem:
        """The channel of a row."""
        return self._shown[row]

    def row_of(self, channel: int) -> int:
        """The row of a channel; -1 where the filter leaves it out."""
        return next((row for row, item in enumerate(self._shown) if item.channel == channel), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many rows the filter leaves."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text for screen readers; the delegate paints the rest."""
        item = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.name
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return f"{'shown' if item.visible else 'hidden'}, from {item.low:.6g} to {item.high:.6g}"
        return None

    def _apply(self, all_differ: bool) -> None:
        """Tell Qt only of the rows that differ: a drag of the limits changes one of forty."""
        shown = [item for item in self._items if self._passes(item)]
        if [item.channel for item in shown] != [item.channel for item in self._shown]:
            self.beginResetModel()
            self._shown = shown
            self.endResetModel()
            return
        old, self._shown = self._shown, shown
        for row, (before, now) in enumerate(zip(old, shown, strict=True)):
            if all_differ or before != now:
                self.dataChanged.emit(self.index(row), self.index(row))

    def _passes(self, item: ChannelItem) -> bool:
        name = item.name.casefold()
        return (item.visible or not self._only_visible) and all(word in name for word in self._words)


class ChannelPainter(QStyledItemDelegate):
    """Tick, colours, name, and the limits between the least and the greatest value."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line."""
        return QSize(120, QFontMetrics(option.font).height() + ROW_MARGIN)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        model = index.model()
        assert isinstance(model, ChannelRows)
        item = model.item_at(index.row())
        rect: QRect = option.rect
        parts = row_parts(rect)
        if item.channel == model.selected:
            painter.fillRect(rect, QColor(colors().row_selected))
        self._paint_check(painter, parts.check, item.visible)
        shown = item.ramp if len(item.ramp) > 2 else item.ramp[-1:]  # black to one colour: that colour
        painter.fillRect(parts.swatch, gradient(shown, parts.swatch.left(), parts.swatch.right()))
        painter.setPen(QColor(colors().line))
        painter.drawRect(parts.swatch.adjusted(0, 0, -1, -1))
        painter.setPen(_ink(item))
        text = painter.fontMetrics().elidedText(item.name, Qt.TextElideMode.ElideMiddle, parts.name.width())
        painter.drawText(parts.name, Qt.AlignmentFlag.AlignVCenter, text)
        self._paint_track(painter, parts.track, item)

    @staticmethod
    def _paint_check(painter: QPainter, rect: QRect, checked: bool) -> None:
        box = QRect(rect.left() + 5, rect.center().y() - 6, 13, 13)
        painter.setPen(QColor(colors().dim))
        painter.drawRect(box)
        if checked:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(colors().text), 2))
            left, middle, bottom = box.left() + 3, box.center().y() + 1, box.bottom() - 2
            painter.drawLine(left, middle, left + 3, bottom)
            painter.drawLine(left + 3, bottom, box.right() - 2, box.top() + 3)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    @staticmethod
    def _paint_track(painter: QPainter, rect: QRect, item: ChannelItem) -> None:
        middle = rect.center().y()
        low, high = (track_position(rect, item, value) for value in (item.low, item.high))
        painter.fillRect(rect.left(), middle, rect.width(), 2, QColor(colors().line))
        painter.fillRect(low, middle, max(1, high - low), 2, _ink(item))
        for at in (low, high):
            painter.fillRect(at - 2, middle - 5, 5, 12, _ink(item))


def _ink(item: ChannelItem) -> QColor:
    return QColor(colors().text if item.visible else colors().dim)


def gradient(ramp: Sequence[str], left: float, right: float) -> QLinearGradient:
    """The colours of a channel from left to right, as a brush."""
    made = QLinearGradient(left, 0, right, 0)
    for position, color in enumerate(ramp):
        made.setColorAt(position / max(1, len(ramp) - 1), QColor(color))
    return made


def track_position(track: QRect, item: ChannelItem, value: float) -> int:
    """Where a value lies on the track of a row, in pixels."""
    share = (value - item.least) / max(item.greatest - item.least, 1e-30)
    return track.left() + round(max(0.0, min(1.0, share)) * (track.width() - 1))


def track_value(track: QRect, item: ChannelItem, position: float) -> float:
    """The value at a place of the track."""
    share = max(0.0, min(1.0, (position - track.left()) / max(1, track.width() - 1)))
    return item.least + share * (item.greatest - item.least)
