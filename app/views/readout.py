"""What is under the cursor, as a few lines over the canvas that do not grow with the number of channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from app.views.look import px

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFontMetrics

MOST_VALUES = 8
_LONGEST_NAME = 150
"""Pixels of a channel's name; a longer one loses its middle."""
_GAP = "   "


class Readout(QLabel):
    """A line for the position, then the values, as many in a line as there is room for."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("readout")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._object, self._pixel = "", ""
        self.hide()

    def set_object(self, text: str) -> None:
        """What object is there, as the first line; empty for none."""
        if text != self._object:
            self._object = text
            self._show()

    def set_content(self, place: str, values: Sequence[tuple[str, str]], more: int, room: int) -> None:
        """Show a position, (channel, value) and how many more there are, in lines of at most `room` pixels."""
        metrics = self.fontMetrics()
        texts = [f"{_short(metrics, name)} {value}" for name, value in values[:MOST_VALUES]]
        more += len(values) - len(texts)
        if more:
            texts.append(f"+{more} more")
        self._pixel = "\n".join([place, *_wrapped(metrics, texts, room)]) if place else ""
        self._show()

    def _show(self) -> None:
        text = "\n".join(part for part in (self._object, self._pixel) if part)
        self.setText(text)
        self.setVisible(bool(text))
        self.adjustSize()


def _short(metrics: QFontMetrics, name: str) -> str:
    return metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, px(_LONGEST_NAME))


def _wrapped(metrics: QFontMetrics, texts: Sequence[str], room: int) -> list[str]:
    lines: list[str] = []
    for text in texts:
        if lines and metrics.horizontalAdvance(lines[-1] + _GAP + text) <= room:
            lines[-1] += _GAP + text
        else:
            lines.append(text)
    return lines
