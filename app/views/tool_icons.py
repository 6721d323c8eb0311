"""Small drawings of the tools that paint, sharp on every screen."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath

from app.views.icons import dots, drawn, lines, pen, shape


def tool_icon(name: str) -> QIcon:
    """The drawing of a tool by the name of its action, as it looks now. KeyError for a tool that is not known."""
    return drawn(_DRAWINGS[name])


def _pan(painter: QPainter, color: QColor) -> None:
    lines(painter, (8, 1.5), (8, 14.5))
    lines(painter, (1.5, 8), (14.5, 8))
    for turn in range(4):
        painter.save()
        painter.translate(8, 8)
        painter.rotate(90 * turn)
        lines(painter, (-2.2, -4.4), (0, -6.6), (2.2, -4.4))
        painter.restore()


def _brush(painter: QPainter, color: QColor) -> None:
    painter.setPen(pen(color, 2.2))
    lines(painter, (14, 2), (8.2, 7.8))
    painter.setPen(pen(color, 1))
    painter.setBrush(color)
    path = QPainterPath(QPointF(2, 14.5))
    path.cubicTo(4.5, 13.5, 2.8, 10.5, 5, 8.8)
    path.cubicTo(7, 7.8, 8.8, 9.8, 7.4, 11.8)
    path.cubicTo(6.2, 13.6, 4, 14.6, 2, 14.5)
    painter.drawPath(path)


def _erase(painter: QPainter, color: QColor) -> None:
    shape(painter, (9.2, 2), (14, 6.8), (7.6, 13.2), (4.6, 13.2), (1.8, 10.4), (1.8, 9.4))
    lines(painter, (5.5, 5.7), (10.3, 10.5))
    lines(painter, (7.6, 13.6), (14, 13.6))


def _fill(painter: QPainter, color: QColor) -> None:
    shape(painter, (7, 2.8), (12.4, 8.2), (6.8, 13.8), (1.4, 8.4))
    lines(painter, (4.6, 1.2), (7, 3.6))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    shape(painter, (1.8, 8.6), (12, 8.6), (6.8, 13.6))
    path = QPainterPath(QPointF(14, 9))
    path.cubicTo(16, 12, 15.6, 13.8, 14, 13.8)
    path.cubicTo(12.4, 13.8, 12, 12, 14, 9)
    painter.drawPath(path)


def _pick(painter: QPainter, color: QColor) -> None:
    shape(painter, (8.6, 5.6), (10.4, 7.4), (4.4, 13.4), (2, 14), (2.6, 11.6))
    painter.setPen(pen(color, 2.4))
    lines(painter, (8, 4.4), (11.6, 8))
    painter.setPen(pen(color, 3))
    lines(painter, (10.6, 5.4), (13, 3))


def _polygon(painter: QPainter, color: QColor) -> None:
    corners = ((8, 2), (14, 6.4), (11.6, 13.6), (4.4, 13.6), (2, 6.4))
    shape(painter, *corners)
    dots(painter, color, 1.8, *corners)


def _lasso(painter: QPainter, color: QColor) -> None:
    painter.setPen(pen(color, 1.6))
    path = QPainterPath(QPointF(4, 10.4))
    path.cubicTo(-1, 6, 4, 2, 9, 2.2)
    path.cubicTo(15, 2.6, 16, 8, 11, 10)
    path.cubicTo(8, 11.2, 5.4, 11.4, 4, 10.4)
    path.cubicTo(2.4, 11.6, 5.4, 13, 3.6, 15)
    painter.drawPath(path)


def _line(painter: QPainter, color: QColor) -> None:
    lines(painter, (2.6, 13.4), (13.4, 2.6))
    dots(painter, color, 2, (2.6, 13.4), (13.4, 2.6))


def _box(painter: QPainter, color: QColor) -> None:
    painter.drawRect(QRectF(2.4, 3.6, 11.2, 8.8))
    dots(painter, color, 1.8, (2.4, 3.6), (13.6, 12.4))


def _threshold(painter: QPainter, color: QColor) -> None:
    painter.drawEllipse(QPointF(8, 8), 6.2, 6.2)
    painter.setBrush(color)
    painter.drawChord(QRectF(1.8, 1.8, 12.4, 12.4), -90 * 16, 180 * 16)


def _grow(painter: QPainter, color: QColor) -> None:
    dots(painter, color, 2.6, (8, 8))
    for turn in range(4):
        painter.save()
        painter.translate(8, 8)
        painter.rotate(45 + 90 * turn)
        lines(painter, (0, -4.4), (0, -8.4))
        lines(painter, (-2.2, -6.4), (0, -8.6), (2.2, -6.4))
        painter.restore()


def _select(painter: QPainter, color: QColor) -> None:
    painter.setBrush(color)
    shape(painter, (4, 1.8), (4, 12.6), (6.8, 10.2), (8.6, 14.2), (10.4, 13.4), (8.7, 9.5), (12.4, 9.2))


def _cut(painter: QPainter, color: QColor) -> None:
    painter.drawEllipse(QPointF(8, 8.4), 5.4, 5.4)
    painter.setPen(pen(color, 1.6, Qt.PenStyle.DotLine))
    lines(painter, (1, 14.6), (15, 1.6))


def _seeds(painter: QPainter, color: QColor) -> None:
    painter.drawEllipse(QPointF(5.2, 8), 3.9, 5)
    painter.drawEllipse(QPointF(10.8, 8), 3.9, 5)
    dots(painter, color, 1.6, (4.6, 8), (11.4, 8))


_DRAWINGS = {
    "tool_pan": _pan,
    "tool_brush": _brush,
    "tool_erase": _erase,
    "tool_fill": _fill,
    "tool_pick": _pick,
    "tool_polygon": _polygon,
    "tool_lasso": _lasso,
    "tool_line": _line,
    "tool_box": _box,
    "tool_threshold": _threshold,
    "tool_grow": _grow,
    "tool_select": _select,
    "tool_cut": _cut,
    "tool_seeds": _seeds,
}
