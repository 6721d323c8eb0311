"""The canvas with what lies over it: class badge, read-out, scale bar, messages, and the page that takes its place."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from app.views.axes_mark import AxesMark
from app.views.comment_line import CommentLine
from app.views.message_bar import MessageBar
from app.views.notice_page import NoticePage
from app.views.texts import label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PaneRect = tuple[int, int, int, int]
"""Left, top, width and height in logical pixels."""

_MARGIN = 10


class CanvasArea(QWidget):
    """Only this widget places things over the canvas."""

    resized = Signal()
    pointer_left = Signal()

    def __init__(self, canvas: QWidget) -> None:
        super().__init__()
        self.setMinimumSize(320, 240)
        self._canvas = canvas
        # A window of its own: a frame then composes the canvas alone, not all of the main window with it, which
        # without a GPU takes as long as drawing a slice. What lies over it must be its child.
        canvas.setAttribute(Qt.WidgetAttribute.WA_DontCreateNativeAncestors)
        canvas.setAttribute(Qt.WidgetAttribute.WA_NativeWindow)
        canvas.setParent(self)
        canvas.setMinimumSize(0, 0)
        self._badge = self._over("badge")
        self._readout = self._over("readout")
        self._scale_bar = ScaleBar(canvas)
        self._axes = AxesMark(canvas)
        self._axes_pane: PaneRect | None = None
        self._captions: list[QLabel] = []
        self.page = NoticePage(canvas)
        self.page.hide()
        self.comment = CommentLine(canvas)
        self.messages = MessageBar(canvas)
        self.messages.hide()
        self.messages.size_changed.connect(self._place)

    def set_badge(self, text: str, color: str) -> None:
        """The class of this block, top left, in words and with a bar of its colour."""
        self._badge.setStyleSheet(f"border-left: 6px solid {color};" if color else "")
        self._set(self._badge, text)

    def set_readout(self, text: str) -> None:
        """What is under the cursor, bottom right."""
        self._set(self._readout, text)

    def set_scale(self, units_per_pixel: float | None, unit: str) -> None:
        """World units in one logical pixel; None takes the bar away."""
        self._scale_bar.set_scale(units_per_pixel, unit)
        self._place()

    def set_captions(self, captions: Sequence[tuple[PaneRect, str, str]]) -> None:
        """What each pane shows: its place, a text and a colour as #RRGGBB, empty for none."""
        while len(self._captions) > len(captions):
            self._captions.pop().deleteLater()
        while len(self._captions) < len(captions):
            self._captions.append(self._over("caption"))
        for (rect, text, color), made in zip(captions, self._captions, strict=True):
            made.setText(text)
            style = f"border-bottom: 2px solid {color};" if color else ""
            if style != made.styleSheet():
                made.setStyleSheet(style)
            made.adjustSize()
            made.move(rect[0] + rect[2] - made.width() - 6, rect[1] + 6)
            made.show()

    def set_axes(self, pane: PaneRect | None, directions: dict[str, tuple[float, float]]) -> None:
        """Which way the axes run in the 3D pane."""
        self._axes_pane = pane
        self._axes.set_directions(directions if pane else {})
        self._place()

    def pane_under_mouse(self, panes: Mapping[str, PaneRect]) -> str:
        """The name of the pane that the mouse is over; empty if it is over none."""
        at = self._canvas.mapFromGlobal(QCursor.pos())
        return next((name for name, rect in panes.items() if QRect(*rect).contains(at)), "")

    def show_page(self, title: str, text: str, buttons: list[tuple[str, str]]) -> None:
        """A page in the canvas's place; `buttons` are (wish, text)."""
        self.page.set_content(title, text, buttons)
        self.page.show()
        self._place()

    def hide_page(self) -> None:
        """The canvas again."""
        self.page.hide()

    def position_in_window(self) -> tuple[int, int]:
        """Left and top in the window, in logical pixels."""
        corner = self.mapTo(self.window(), QPoint(0, 0))
        return corner.x(), corner.y()

    def sizeHint(self) -> QSize:
        """As large as can be."""
        return QSize(900, 800)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep everything in its corner."""
        super().resizeEvent(event)
        self._place()
        self.resized.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse points at nothing of the block any more."""
        super().leaveEvent(event)
        self.pointer_left.emit()

    def _over(self, name: str) -> QLabel:
        made = label("")
        made.setObjectName(name)
        made.setParent(self._canvas)
        made.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        made.hide()
        return made

    def _set(self, over: QLabel, text: str) -> None:
        if text != over.text():
            over.setText(text)
            self._place()
        over.setVisible(bool(text))

    def _place(self) -> None:
        width, height = self.width(), self.height()
        self._canvas.setGeometry(0, 0, width, height)
        self.page.setGeometry(0, 0, width, height)
        self.comment.setGeometry(_MARGIN, _MARGIN + 56, min(560, width - 2 * _MARGIN), 30)
        self._badge.adjustSize()
        self._badge.move(_MARGIN, _MARGIN)
        self._readout.adjustSize()
        self._readout.move(width - self._readout.width() - _MARGIN, height - self._readout.height() - _MARGIN)
        self._scale_bar.adjustSize()
        self._scale_bar.move(_MARGIN, height - self._scale_bar.height() - _MARGIN)
        if self._axes_pane is not None:
            left, top, _, pane_height = self._axes_pane
            self._axes.move(left + _MARGIN, top + pane_height - self._axes.height() - _MARGIN)
        hint = self.messages.sizeHint()
        wide = min(width - 2 * _MARGIN, max(hint.width(), 200))
        tall = max(hint.height(), self.messages.heightForWidth(wide))
        self.messages.setGeometry(QRect((width - wide) // 2, height - tall - 44, wide, tall))
        self.messages.raise_()


class ScaleBar(QWidget):
    """A bar of a round length: 1, 2 or 5 times a power of ten."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._pixels = 0
        self._text = ""
        self.hide()

    def set_scale(self, units_per_pixel: float | None, unit: str) -> None:
        """World units in one logical pixel, and their name."""
        self.setVisible(units_per_pixel is not None)
        if units_per_pixel is not None and units_per_pixel > 0:
            length = round_length(120 * units_per_pixel)
            self._pixels = round(length / units_per_pixel)
            self._text = f"{length:g} {unit}"
            self.update()

    def sizeHint(self) -> QSize:
        """Bar and text."""
        return QSize(max(self._pixels, self.fontMetrics().horizontalAdvance(self._text)) + 16, 30)

    def paintEvent(self, event: QPaintEvent) -> None:
        """White on a dark ground, whatever the image is."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(16, 16, 18, 170))
        painter.setPen(QColor("#F0F0F0"))
        painter.drawText(self.rect().adjusted(0, 2, 0, 0), Qt.AlignmentFlag.AlignHCenter, self._text)
        painter.fillRect((self.width() - self._pixels) // 2, self.height() - 8, self._pixels, 3, QColor("#F0F0F0"))


def round_length(longest: float) -> float:
    """The longest of 1, 2, 5 x 10^n that is not longer than `longest`."""
    power = 10.0 ** math.floor(math.log10(longest))
    return max(step * power for step in (1, 2, 5) if step * power <= longest * (1 + 1e-9))
