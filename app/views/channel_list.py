"""The list of channels: shown or hidden, colour, name, small limits; rows are painted, no widget each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QListView, QMenu, QSizePolicy, QToolTip

from app.actions import tooltip
from app.views.channel_rows import (
    ROW_MARGIN,
    ChannelItem,
    ChannelPainter,
    ChannelRows,
    row_parts,
    track_position,
    track_value,
)
from app.views.look import colors, dress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QHelpEvent

_LONGEST = 8
"""Rows before the list scrolls."""


class ChannelList(QListView):
    """Wishes carry the channel's number first."""

    selected = Signal(int)
    visible_requested = Signal(int, bool)
    only_requested = Signal(int)
    color_menu_requested = Signal(int, QPoint)
    limits_requested = Signal(int, float, float)
    auto_requested = Signal(int)
    move_requested = Signal(int, int)
    """A channel, and the one that it shall stand before: -1 for the end."""

    def __init__(self) -> None:
        super().__init__()
        self._rows = ChannelRows()
        self.setModel(self._rows)
        self.setItemDelegate(ChannelPainter(self))
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setObjectName("fitted")  # its height is that of its rows: the style sheet gives it no frame
        self.setAccessibleName("Channels")
        self._held: ChannelItem | None = None
        self._handle = 0  # which limit is dragged: -1 the lower, 1 the upper, 0 none
        self._pressed_at = QPoint()
        self._drop_row = -1
        self._menu_channel = -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        dress(self, ChannelList._fit)
        self._menu = QMenu(self)
        for text, slot in (
            ("Show only this channel", self._on_menu_only),
            ("Automatic contrast", self._on_menu_auto),
            ("Move to the top", self._on_menu_top),
        ):
            self._menu.addAction(text).triggered.connect(slot)

    def set_items(self, items: Sequence[ChannelItem], selected: int) -> None:
        """All channels in the order of the list, and the number of the selected one."""
        moved = selected != self._rows.selected
        self._rows.set_items(items, selected)
        if moved and (row := self._rows.row_of(selected)) >= 0:
            self.scrollTo(self._rows.index(row))
        self._fit()

    def set_filter(self, text: str, only_visible: bool) -> None:
        """Leave the channels whose names contain all words, and, if wanted, that are drawn."""
        self._rows.set_filter(text, only_visible)

    def parts_of(self, channel: int) -> tuple[QPoint, QPoint, QPoint, QPoint, QPoint] | None:
        """The middles of tick, colour and name, and the two handles, in pixels of the viewport; None if not listed."""
        row = self._rows.row_of(channel)
        if row < 0:
            return None
        item = self._rows.item_at(row)
        parts = row_parts(self.visualRect(self._rows.index(row)))
        handles = [
            QPoint(track_position(parts.track, item, v), parts.track.center().y()) for v in (item.low, item.high)
        ]
        return parts.check.center(), parts.swatch.center(), parts.name.center(), handles[0], handles[1]

    # Qt's events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A tick, a colour, or the beginning of a drag."""
        index = self.indexAt(event.position().toPoint())
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        item, at = self._rows.item_at(index.row()), event.position().toPoint()
        parts = row_parts(self.visualRect(index))
        self._pressed_at = at
        if parts.check.contains(at):
            if event.modifiers() & Qt.KeyboardModifier.AltModifier:
                self.only_requested.emit(item.channel)
            else:
                self.visible_requested.emit(item.channel, not item.visible)
            return
        self.selected.emit(item.channel)
        if parts.swatch.contains(at):
            self.color_menu_requested.emit(item.channel, self.viewport().mapToGlobal(parts.swatch.bottomLeft()))
            return
        self._held = item
        if at.x() >= parts.track.left() - 4:
            low, high = (track_position(parts.track, item, value) for value in (item.low, item.high))
            # Where both are at one place, the side of it that was pressed tells which one is meant
            self._handle = -1 if abs(at.x() - low) < abs(at.x() - high) or (low == high and at.x() < low) else 1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag a limit, or the channel to another place."""
        if self._held is None:
            return
        at = event.position().toPoint()
        if self._handle:
            self._drag_limit(at)
        elif self._drop_row >= 0 or abs(at.y() - self._pressed_at.y()) >= QApplication.startDragDistance():
            index = self.indexAt(QPoint(self.viewport().rect().center().x(), at.y()))
            row = self._rows.rowCount() if at.y() > 0 else 0
            if index.isValid():
                row = index.row() + (at.y() > self.visualRect(index).center().y())
            if row != self._drop_row:
                self._drop_row = row
                self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The end of a drag."""
        held, row = self._held, self._drop_row
        self._held, self._handle, self._drop_row = None, 0, -1
        if held is not None and row >= 0:
            self.viewport().update()
            before = self._rows.item_at(row).channel if row < self._rows.rowCount() else -1
            if before != held.channel:
                self.move_requested.emit(held.channel, before)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On a name: show only this channel. Elsewhere it is two presses."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and row_parts(self.visualRect(index)).name.contains(event.position().toPoint()):
            self.only_requested.emit(self._rows.item_at(index.row()).channel)
        else:
            self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What else can be done with a channel."""
        index = self.indexAt(event.pos())
        if index.isValid():
            self._menu_channel = self._rows.item_at(index.row()).channel
            self._menu.popup(event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        """Each part of a row says what it does."""
        if event.type() == QEvent.Type.ToolTip:
            help_event: QHelpEvent = event  # type: ignore[assignment]
            QToolTip.showText(help_event.globalPos(), self._tip(help_event.pos()), self)
            return True
        return bool(super().viewportEvent(event))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows, and where a dragged one would come to stand."""
        super().paintEvent(event)
        if self._drop_row >= 0:
            last = self._rows.rowCount() - 1
            rect = self.visualRect(self._rows.index(min(self._drop_row, last)))
            y = rect.top() if self._drop_row <= last else rect.bottom()
            QPainter(self.viewport()).fillRect(0, max(0, y - 1), self.viewport().width(), 2, QColor(colors().accent))

    # How

    def _drag_limit(self, at: QPoint) -> None:
        assert self._held is not None
        row = self._rows.row_of(self._held.channel)
        if row < 0:
            return
        item = self._rows.item_at(row)
        track = row_parts(self.visualRect(self._rows.index(row))).track
        value, least = track_value(track, item, at.x()), (item.greatest - item.least) / 4096
        if self._handle < 0:
            self.limits_requested.emit(item.channel, min(value, item.high - least), item.high)
        else:
            self.limits_requested.emit(item.channel, item.low, max(value, item.low + least))

    def _tip(self, at: QPoint) -> str:
        index = self.indexAt(at)
        if not index.isValid():
            return ""
        item, parts = self._rows.item_at(index.row()), row_parts(self.visualRect(index))
        if parts.check.contains(at):
            key = f" ({item.key})" if item.key else ""
            return f"Show or hide{key}. With Alt, or by a double click on the name: {tooltip('only_channel').lower()}"
        if parts.swatch.contains(at):
            return "Colour of this channel"
        if at.x() >= parts.track.left():
            return f"Contrast limits: {item.low:.6g} to {item.high:.6g}"
        return f"{item.name}\nPress to see its histogram, drag to move it in the list"

    def _fit(self) -> None:
        """As high as all its channels, up to some; the filter changes nothing, so that nothing jumps."""
        rows = max(1, min(_LONGEST, self._rows.count))
        self.setFixedHeight(rows * (self.fontMetrics().height() + ROW_MARGIN))

    def _on_menu_only(self) -> None:
        self.only_requested.emit(self._menu_channel)

    def _on_menu_auto(self) -> None:
        self.auto_requested.emit(self._menu_channel)

    def _on_menu_top(self) -> None:
        if self._rows.rowCount() and (first := self._rows.item_at(0).channel) != self._menu_channel:
            self.move_requested.emit(self._menu_channel, first)
