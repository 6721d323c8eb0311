"""The scale bar over the canvas: a round length, in the unit that people would say it in."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

_LONGEST = 120
"""Logical pixels; less where the canvas is narrow."""
_UNITS = ((1e4, "cm"), (1e3, "mm"), (1.0, "µm"), (1e-3, "nm"))
"""Micrometres of each."""


class ScaleBar(QWidget):
    """A bar of 1, 2 or 5 times a power of ten."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._pixels = 0
        self._text = ""
        self.hide()

    def set_scale(self, units_per_pixel: float | None, is_known: bool, room: int) -> None:
        """World units in one logical pixel, whether they are micrometres or voxels, and the width of the canvas."""
        self.setVisible(units_per_pixel is not None and units_per_pixel > 0)
        if units_per_pixel is not None and units_per_pixel > 0:
            length = round_length(max(40, min(_LONGEST, room // 4)) * units_per_pixel)
            self._pixels = round(length / units_per_pixel)
            self._text = length_text(length, is_known)
            self.update()

    def sizeHint(self) -> QSize:
        """Bar and text."""
        return QSize(
            max(self._pixels, self.fontMetrics().horizontalAdvance(self._text)) + 16,
            max(30, self.fontMetrics().height() + 15),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """White on a dark ground, whatever the image is."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(16, 16, 18, 170))
        painter.setPen(QColor("#F0F0F0"))
        painter.drawText(self.rect().adjusted(0, 2, 0, 0), Qt.AlignmentFlag.AlignHCenter, self._text)
        painter.fillRect((self.width() - self._pixels) // 2, self.height() - 8, self._pixels, 3, QColor("#F0F0F0"))


def round_length(longest: float) -> float:
    """The longest of 1, 2, 5 x 10^n that is not longer than `longest`."""
    power = math.floor(math.log10(longest))
    for step, exponent in ((10, power), (5, power), (2, power), (1, power)):
        # Parsed, not multiplied: 2 * 10.0 ** -1 and its like must be the number that is written so
        length = float(f"{step}e{exponent}")
        if length <= longest * (1 + 1e-9):
            return length
    return float(f"5e{power - 1}")


def length_text(length: float, is_known: bool) -> str:
    """Return a length in micrometres as 200 nm, 5 µm, 1 mm or 2 cm; where it is in voxels, as voxels."""
    if not is_known:
        return f"{length:.12g} voxel{'' if length == 1 else 's'}"
    size, unit = next((pair for pair in _UNITS if length >= pair[0] * (1 - 1e-9)), _UNITS[-1])
    return f"{length / size:.12g} {unit}"
