"""The list of overlays: an eye, the name, and a sign of what stands out; rows are painted, no widget each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from app.actions import tooltip, with_keys
from app.views.icons import SIGNS, SIZE, paint_drawing
from app.views.look import colors, dress, px

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QHelpEvent

Index = QModelIndex | QPersistentModelIndex

_LONGEST = 4
"""Rows before the list scrolls."""
_MARGIN = 8
_EYE = 26


class OverlayRow(NamedTuple):
    """One overlay as the list shows it."""

    name: str
    is_visible: bool
    sign: str
    """Such as "read-only", "✗ not saved", "…", "✓", "two versions"."""
    tip: str


class _Rows(QAbstractListModel):
    """Fed by the list."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[OverlayRow] = []

    def set_rows(self, rows: Sequence[OverlayRow]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return self.rows[index.row()].name if role == Qt.ItemDataRole.DisplayRole else None


class _Painter(QStyledItemDelegate):
    """Draws a row."""

    def __init__(self, parent: OverlayList) -> None:
        super().__init__(parent)
        self._list = parent

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, option.fontMetrics.height() + _MARGIN)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, rect = self._list.row_at(index.row()), option.rect
        is_active = index.row() == self._list.active
        if is_active:
            painter.fillRect(rect, QColor(colors().row_selected))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(colors().accent))
        size = px(SIZE)
        eye = QRectF(rect.left() + 7, rect.center().y() - size // 2 + 1, size, size)
        picture, ink = ("shown", colors().text) if row.is_visible else ("hidden", colors().dim)
        paint_drawing(painter, SIGNS[picture], eye, ink)
        metrics = option.fontMetrics
        inside = rect.adjusted(px(_EYE) + 4, 0, -6, 0)
        beside = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        sign = metrics.elidedText(row.sign, Qt.TextElideMode.ElideRight, inside.width() // 2)
        painter.setPen(QColor(_color_of(row.sign)))
        painter.drawText(inside, beside, sign)
        inside.setRight(inside.right() - metrics.horizontalAdvance(sign) - 8)
        painter.setPen(QColor(colors().text if row.is_visible else colors().dim))
        name = metrics.elidedText(row.name, Qt.TextElideMode.ElideMiddle, inside.width())
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, name)


def _color_of(sign: str) -> str:
    if sign.startswith("✗"):
        return colors().error
    return colors().warning if sign.startswith("two") else colors().dim


class OverlayList(QListView):
    """Wishes carry the place of the overlay in the list first."""

    overlay_requested = Signal(int)
    visible_requested = Signal(int, bool)
    order_requested = Signal(int, int)
    """An overlay, and the place that it shall have."""
    name_requested = Signal(int)
    """A name was clicked twice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = _Rows()
        self.active = -1
        self.setModel(self._rows)
        self.setItemDelegate(_Painter(self))
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Labels")
        self.setObjectName("fitted")  # its height is that of its rows: the style sheet gives it no frame
        dress(self, OverlayList._fit)
        self._held = -1
        self._drop = -1
        self._pressed_at = QPoint()

    def row_at(self, place: int) -> OverlayRow:
        """The row that is shown there."""
        return self._rows.rows[place]

    def set_rows(self, rows: Sequence[OverlayRow], active: int) -> None:
        """All overlays in their order, and which one is painted on; -1 for none."""
        if list(rows) != self._rows.rows:
            top = self.verticalScrollBar().value()
            self._rows.set_rows(rows)
            self._fit()
            self.verticalScrollBar().setValue(top)
        if active != self.active:
            self.active = active
            if active >= 0:
                self.scrollTo(self._rows.index(active))
        self.viewport().update()

    def _fit(self) -> None:
        tall = self.fontMetrics().height() + _MARGIN
        self.setFixedHeight(max(1, min(_LONGEST, len(self._rows.rows))) * tall)

    def parts_of(self, place: int) -> tuple[QPoint, QPoint]:
        """The middles of the eye and of the name, in pixels of the viewport."""
        rect = self.visualRect(self._rows.index(place))
        return QPoint(rect.left() + px(_EYE) // 2 + 2, rect.center().y()), rect.center()

    # Qt's events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The eye, or a name and perhaps the beginning of a drag."""
        at = event.position().toPoint()
        index = self.indexAt(at)
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        if at.x() <= px(_EYE):
            self.visible_requested.emit(index.row(), not self.row_at(index.row()).is_visible)
            return
        self._held, self._pressed_at = index.row(), at
        self.overlay_requested.emit(index.row())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the row to another place."""
        at = event.position().toPoint()
        is_far = abs(at.y() - self._pressed_at.y()) >= QApplication.startDragDistance()
        if self._held < 0 or (self._drop < 0 and not is_far):
            return
        index = self.indexAt(QPoint(self.viewport().rect().center().x(), at.y()))
        drop = self._rows.rowCount() if at.y() > 0 else 0
        if index.isValid():
            drop = index.row() + (at.y() > self.visualRect(index).center().y())
        if drop != self._drop:
            self._drop = drop
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The end of a drag."""
        held, drop = self._held, self._drop
        self._held = self._drop = -1
        if held < 0 or drop < 0 or held >= self._rows.rowCount():
            return
        self.viewport().update()
        place = drop - (drop > held)
        if place != held:
            self.order_requested.emit(held, place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On a name: another one. On the eye it is two presses."""
        at = event.position().toPoint()
        index = self.indexAt(at)
        if index.isValid() and at.x() > px(_EYE):
            self.name_requested.emit(index.row())
        else:
            self.mousePressEvent(event)

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
        if self._drop >= 0 and self._rows.rows:
            last = self._rows.rowCount() - 1
            rect = self.visualRect(self._rows.index(min(self._drop, last)))
            y = rect.top() if self._drop <= last else rect.bottom()
            QPainter(self.viewport()).fillRect(0, max(0, y - 1), self.viewport().width(), 2, QColor(colors().accent))

    def _tip(self, at: QPoint) -> str:
        index = self.indexAt(at)
        if not index.isValid():
            return ""
        row = self.row_at(index.row())
        if at.x() <= px(_EYE):
            return f"Show or hide {row.name}. " + with_keys("Those that are painted on: {show_labels}")
        more = f"\n{row.tip}" if row.tip else ""
        return f"{row.name}{more}\nPress to paint on these, drag to move them in the list, double click: " + tooltip(
            "rename_labels"
        )
