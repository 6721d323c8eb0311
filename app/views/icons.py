"""Small drawings in the colours of the theme, sharp on every screen: no font has to have a sign for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from app.views.look import colors, px

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 16
"""Of the drawings, in logical pixels beside text of the usual size."""
_RATIOS = (1, 2, 3)
_NORMAL, _OFF = QIcon.Mode.Normal, QIcon.Mode.Disabled


def icon(name: str) -> QIcon:
    """One of `SIGNS`, in the colours and the size of now: dress what shows it."""
    return drawn(SIGNS[name])


def drawn(draw: Callable[[QPainter, QColor], None], is_faint: bool = False) -> QIcon:
    """A drawing of 16 x 16 as an icon, also for a button that is down or cannot be used."""
    now = colors()
    looks = (
        (_NORMAL, QIcon.State.Off, now.dim if is_faint else now.text),
        (_NORMAL, QIcon.State.On, now.chosen_text),
        (_OFF, QIcon.State.Off, now.off),
    )
    made = QIcon()
    size = px(SIZE)
    for ratio in _RATIOS:
        for mode, state, color in looks:
            pixmap = QPixmap(size * ratio, size * ratio)
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            paint_drawing(painter, draw, QRectF(0, 0, size, size), color)
            painter.end()
            made.addPixmap(pixmap, mode, state)
    return made


def paint_drawing(painter: QPainter, draw: Callable[[QPainter, QColor], None], rect: QRectF, color: str) -> None:
    """Paint a drawing of 16 x 16 into a place."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / SIZE, rect.height() / SIZE)
    painter.setPen(pen(QColor(color)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    draw(painter, QColor(color))
    painter.restore()


def pen(color: QColor, width: float = 1.4, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A line with round ends."""
    return QPen(color, width, style, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def lines(painter: QPainter, *points: tuple[float, float]) -> None:
    """An open line through points."""
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))


def shape(painter: QPainter, *points: tuple[float, float]) -> None:
    """A closed shape."""
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))


def dots(painter: QPainter, color: QColor, radius: float, *points: tuple[float, float]) -> None:
    """Full circles."""
    painter.save()
    painter.setBrush(color)
    painter.setPen(Qt.PenStyle.NoPen)
    for x, y in points:
        painter.drawEllipse(QPointF(x, y), radius, radius)
    painter.restore()


def _play(painter: QPainter, color: QColor) -> None:
    painter.setBrush(color)
    shape(painter, (5, 3.4), (12.4, 8), (5, 12.6))


def _pause(painter: QPainter, color: QColor) -> None:
    for left in (4, 9.4):
        painter.fillRect(QRectF(left, 3, 2.6, 10), color)


def _bounce(painter: QPainter, color: QColor) -> None:
    lines(painter, (2, 5.4), (14, 5.4))
    lines(painter, (11.4, 2.8), (14, 5.4), (11.4, 8))
    lines(painter, (14, 10.8), (2, 10.8))
    lines(painter, (4.6, 8.2), (2, 10.8), (4.6, 13.4))


def _close(painter: QPainter, color: QColor) -> None:
    lines(painter, (4, 4), (12, 12))
    lines(painter, (12, 4), (4, 12))


def _next(painter: QPainter, color: QColor) -> None:
    lines(painter, (6, 3.6), (10.6, 8), (6, 12.4))


def _previous(painter: QPainter, color: QColor) -> None:
    lines(painter, (10, 3.6), (5.4, 8), (10, 12.4))


def _flag(painter: QPainter, color: QColor) -> None:
    lines(painter, (4, 2), (4, 14))
    painter.setBrush(color)
    shape(painter, (4, 2.6), (12.6, 5.4), (4, 8.4))


def _comment(painter: QPainter, color: QColor) -> None:
    shape(painter, (2, 3), (14, 3), (14, 10.6), (7.4, 10.6), (4.4, 13.6), (4.4, 10.6), (2, 10.6))
    lines(painter, (4.8, 6), (11.2, 6))
    lines(painter, (4.8, 8), (9, 8))


def _eye(painter: QPainter, color: QColor) -> None:
    _lid(painter)
    dots(painter, color, 2.2, (8, 8))


def _no_eye(painter: QPainter, color: QColor) -> None:
    _lid(painter)
    lines(painter, (3, 13.4), (13, 2.6))


def _lid(painter: QPainter) -> None:
    path = QPainterPath(QPointF(1.2, 8))
    path.quadTo(8, 0.6, 14.8, 8)
    path.quadTo(8, 15.4, 1.2, 8)
    painter.drawPath(path)


SIGNS = {
    "play": _play,
    "pause": _pause,
    "bounce": _bounce,
    "close": _close,
    "next": _next,
    "previous": _previous,
    "flag": _flag,
    "comment": _comment,
    "shown": _eye,
    "hidden": _no_eye,
}
