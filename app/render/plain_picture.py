"""Paints what the plain view shows into an array, at a higher resolution where it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage, QPainter
from vispy.util.event import Event

from app.render.picture import LARGEST_SCALE

if TYPE_CHECKING:
    from app.render.plain_canvas import PlainCanvas

_LONGEST = 16384
"""Pixels: as far as image viewers go."""


class PlainPicture:
    """Has what others use of Picture, with the same meaning and events."""

    def __init__(self, canvas: PlainCanvas) -> None:
        self._canvas = canvas
        canvas.events.add(picture_drawn=Event, picture_failed=Event)
        self._scale, self._has_cross = 1, True
        self._timer = QTimer(canvas.native)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_due)

    def longest_side(self) -> int:
        """Pixels that a side of a picture may have."""
        return _LONGEST

    def largest_scale(self) -> int:
        """How many times as large as on the screen a picture may be, at most LARGEST_SCALE."""
        return max(1, min(LARGEST_SCALE, int(_LONGEST // max(1, *self._canvas.physical_size))))

    def begin(self, scale: int, has_cross: bool) -> None:
        """Paint at so many pixels for each of the screen, with the crosshair or not."""
        self._scale, self._has_cross = max(1, min(scale, self.largest_scale())), has_cross
        self._timer.start()

    def _on_due(self) -> None:
        canvas = self._canvas
        width, height = (round(n * self._scale) for n in canvas.physical_size)
        image = QImage(width, height, QImage.Format.Format_RGB888)
        image.setDevicePixelRatio(width / canvas.size[0])
        painter = QPainter(image)
        canvas.paint(painter, self._has_cross, has_tool=False)
        painter.end()
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
        pixels = np.ascontiguousarray(rows[:, : 3 * width].reshape(height, width, 3))
        canvas.events.picture_drawn(pixels=pixels, scale=self._scale)
