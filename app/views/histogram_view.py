"""The histogram of a channel with its limits and its gamma curve, which can be dragged."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.channel_rows import gradient
from app.views.colors import IMAGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_GRIP = 6
"""Pixels beside a line that still take hold of it."""
_RAMP = 8
"""Height of the colours at the bottom."""
_MIN_GAMMA, _MAX_GAMMA = 0.1, 10.0
# On the dark of the image in every theme: the colours below are those of a channel
_GROUND, _BARS, _BETWEEN = QColor(IMAGE["image"]), QColor("#55555C"), QColor("#9A9AA2")
_LIMIT, _CURVE = QColor("#F0F0F2"), QColor("#5AA2F0")


class HistogramView(QWidget):
    """Bins and limits in, wishes out. With a cofactor the axis is asinh(value / cofactor)."""

    limits_requested = Signal(float, float)
    gamma_requested = Signal(float)
    range_requested = Signal(float, float)
    """Bins from one value to another are wished for: the wheel zooms."""
    whole_range_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(104)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName("Histogram")
        self.setToolTip(
            "Drag the two lines, the space between them, or the point of the gamma curve.\n"
            "Wheel: zoom; with Shift: to the side; double click: the whole range"
        )
        self._edges: NDArray[np.float64] = np.array([0.0, 1.0])
        self._counts: NDArray[np.int64] = np.zeros(1, np.int64)
        self._range = (0.0, 1.0)
        self._low, self._high, self._gamma, self._cofactor = 0.0, 1.0, 1.0, 0.0
        self._ramp: tuple[str, ...] = ("#000000", "#FFFFFF")
        self._is_log = True
        self._held = ""
        self._pressed: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def set_bins(self, edges: NDArray[np.float64], counts: NDArray[np.int64], shown: tuple[float, float]) -> None:
        """Edges (B + 1,) in the data's values, ascending, and the voxels in each bin (B,).

        `shown` is the range that the bins are of; they may reach beyond it, and the wheel starts from it.
        """
        self._edges, self._counts, self._range = edges, counts, shown
        self.update()

    def set_look(self, low: float, high: float, gamma: float, cofactor: float, ramp: Sequence[str]) -> None:
        """Limits in the data's values; `ramp` are the colours between them."""
        look = (low, high, gamma, cofactor, tuple(ramp))
        if look != (self._low, self._high, self._gamma, self._cofactor, self._ramp):
            self._low, self._high, self._gamma, self._cofactor, self._ramp = look
            self.update()

    def set_log(self, is_log: bool) -> None:
        """Heights by the logarithm of the number of voxels, or by the number."""
        self._is_log = is_log
        self.update()

    def place_of(self, what: str) -> QPointF:
        """Where the `low` or `high` line or the point of the `gamma` curve can be taken hold of, in pixels."""
        box = self._box()
        if what == "gamma":
            return QPointF(
                (self._x(self._low) + self._x(self._high)) / 2, box.bottom() - 0.5**self._gamma * box.height()
            )
        at = min(max(self._x(self._low if what == "low" else self._high), box.left()), box.right())
        return QPointF(at, box.top() + 4)

    def sizeHint(self) -> QSize:
        """As low as it may be: the panel gives the width."""
        return QSize(240, 104)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bins, limits, curve, colours."""
        painter = QPainter(self)
        box = self._box()
        painter.fillRect(self.rect(), _GROUND)
        low, high = self._x(self._low), self._x(self._high)
        bars = self._bars(box)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_BARS)
        painter.drawPolygon(bars)
        painter.save()
        painter.setClipRect(QRectF(QPointF(low, box.top()), QPointF(high, box.bottom())))
        painter.setBrush(_BETWEEN)
        painter.drawPolygon(bars)
        painter.restore()
        painter.fillRect(
            QRectF(0, box.bottom() + 1, self.width(), _RAMP), gradient(self._ramp, low, max(high, low + 1))
        )

        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(_CURVE, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        steps = [i / 32 for i in range(33)]
        painter.drawPolyline(
            QPolygonF([QPointF(low + t * (high - low), box.bottom() - t**self._gamma * box.height()) for t in steps])
        )
        painter.setBrush(_CURVE)
        painter.drawEllipse(self.place_of("gamma"), 3.5, 3.5)
        painter.setPen(QPen(_LIMIT, 1.5))
        painter.setBrush(_LIMIT)
        for what, toward in (("low", 1), ("high", -1)):
            at = self.place_of(what).x()
            painter.drawLine(QPointF(at, box.top()), QPointF(at, box.bottom()))
            painter.drawPolygon(
                QPolygonF([QPointF(at, box.top()), QPointF(at + 7 * toward, box.top()), QPointF(at, box.top() + 8)])
            )

    def _bars(self, box: QRectF) -> QPolygonF:
        """The outline of all bins."""
        heights = self._counts.astype(np.float64)
        if self._is_log:
            heights = np.log10(heights + 1)
        top = float(heights.max()) if heights.size else 0.0
        if top <= 0:
            return QPolygonF()
        xs = self._xs(self._edges)
        ys = box.bottom() - heights / top * (box.height() - 6)
        points = [QPointF(xs[0], box.bottom())]
        for left, right, y in zip(xs[:-1].tolist(), xs[1:].tolist(), ys.tolist(), strict=True):
            points += (QPointF(left, y), QPointF(right, y))
        return QPolygonF([*points, QPointF(xs[-1], box.bottom())])

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of what lies under the mouse."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = self._under(event.position())
            self._pressed = (event.position().x(), self._x(self._low), self._x(self._high))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it, or show what could be dragged."""
        at = event.position()
        if not self._held:
            self._show_grip(self._under(at))
        elif self._held == "gamma":
            box = self._box()
            height = min(max((box.bottom() - at.y()) / box.height(), 1e-3), 0.999)
            self.gamma_requested.emit(min(max(math.log(height) / math.log(0.5), _MIN_GAMMA), _MAX_GAMMA))
        else:
            self._drag_limits(at.x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._held = ""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The whole range; on the point of the curve, no gamma."""
        if self._under(event.position()) == "gamma":
            self.gamma_requested.emit(1.0)
        else:
            self.whole_range_requested.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the value under the mouse, or move to the side."""
        event.accept()
        turned = event.angleDelta()
        box = self._box()
        first, last = (float(self._axis(end)) for end in self._range)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(turned.x()) > abs(turned.y()):
            by = -(turned.x() or turned.y()) / 120 * 0.15 * (last - first)
            self.range_requested.emit(self._value(first + by), self._value(last + by))
            return
        at = min(max(event.position().x(), box.left()), box.right())
        centre, factor = float(self._axis(self._value_at(at))), 0.8 ** (turned.y() / 120)
        self.range_requested.emit(
            self._value(centre + (first - centre) * factor), self._value(centre + (last - centre) * factor)
        )

    def _under(self, at: QPointF) -> str:
        """What lies there: the point of the curve, a line, or what is between the lines."""
        grip = self.place_of("gamma")
        if math.hypot(grip.x() - at.x(), grip.y() - at.y()) <= _GRIP + 1:
            return "gamma"
        low, high = self.place_of("low").x(), self.place_of("high").x()
        if min(abs(at.x() - low), abs(at.x() - high)) <= _GRIP:
            nearer_low = abs(at.x() - low) < abs(at.x() - high)
            return "low" if nearer_low or (low == high and at.x() < low) else "high"
        return "both" if low < at.x() < high else ""

    def _show_grip(self, what: str) -> None:
        shapes = {
            "gamma": Qt.CursorShape.SizeVerCursor,
            "low": Qt.CursorShape.SplitHCursor,
            "high": Qt.CursorShape.SplitHCursor,
            "both": Qt.CursorShape.SizeHorCursor,
        }
        self.setCursor(shapes.get(what, Qt.CursorShape.ArrowCursor))

    def _drag_limits(self, x: float) -> None:
        pressed, low, high = self._pressed
        if self._held == "both":
            low, high = low + x - pressed, high + x - pressed
        elif self._held == "low":
            high = self._x(self._high)
            low = min(x, high - 1)
        else:
            low = self._x(self._low)
            high = max(x, low + 1)
        # The line that is not dragged keeps its value to the last digit
        low_value = self._low if self._held == "high" else self._value_at(low)
        high_value = self._high if self._held == "low" else self._value_at(high)
        if low_value < high_value:
            self.limits_requested.emit(low_value, high_value)

    # From values to pixels

    def _box(self) -> QRectF:
        """Where the bins are drawn."""
        return QRectF(_GRIP, 2, max(1, self.width() - 2 * _GRIP), self.height() - _RAMP - 3)

    def _axis(self, value: Any) -> Any:
        return np.arcsinh(value / self._cofactor) if self._cofactor > 0 else value

    def _value(self, axis: float) -> float:
        if self._cofactor > 0:
            return float(np.sinh(min(max(axis, -500.0), 500.0)) * self._cofactor)
        return axis

    def _xs(self, values: Any) -> Any:
        box = self._box()
        first, last = self._axis(float(self._edges[0])), self._axis(float(self._edges[-1]))
        return box.left() + (self._axis(values) - first) / max(last - first, 1e-300) * box.width()

    def _x(self, value: float) -> float:
        """Far away stays near enough for Qt's coordinates."""
        return float(min(max(self._xs(value), -1e6), 1e6))

    def _value_at(self, x: float) -> float:
        box = self._box()
        first, last = self._axis(float(self._edges[0])), self._axis(float(self._edges[-1]))
        return self._value(float(first + (x - box.left()) / box.width() * (last - first)))
