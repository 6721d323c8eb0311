"""A small cross of arrows that tells which way x, y and z run in a 3D view."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

_SIDE = 76
_REACH = 24.0
_COLORS = {"x": "#FF6B6B", "y": "#5FDD6F", "z": "#7FA8FF"}


class AxesMark(QWidget):
    """Lies over the canvas and lets the mouse through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._directions: dict[str, tuple[float, float]] = {}
        self.resize(_SIDE, _SIDE)
        self.hide()

    def set_directions(self, directions: dict[str, tuple[float, float]]) -> None:
        """Axis -> (right, down) on the screen, each at most 1 long; none hides the mark."""
        self.setVisible(bool(directions))
        if directions != self._directions:
            self._directions = directions
            self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(_SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Arrows with letters on a dark ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(16, 16, 18))
        middle = QPointF(_SIDE / 2, _SIDE / 2)
        for name, (right, down) in self._directions.items():
            painter.setPen(QPen(QColor(_COLORS[name]), 2))
            painter.drawLine(middle, middle + QPointF(right, down) * _REACH)
            at = middle + QPointF(right, down) * (_REACH + 8) - QPointF(7, 7)
            painter.drawText(QRectF(at.x(), at.y(), 14, 14), Qt.AlignmentFlag.AlignCenter, name)
