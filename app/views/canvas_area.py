"""The canvas with what lies over it: badge, read-out, scale bar, ruler, messages, or the page in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QImage, QPainter, QRegion, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QWidget

from app.views.axes_mark import AxesMark
from app.views.comment_line import CommentLine
from app.views.look import px
from app.views.message_bar import MessageBar
from app.views.notice_page import NoticePage
from app.views.readout import Readout
from app.views.scale_bar import ScaleBar
from app.views.texts import label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PaneRect = tuple[int, int, int, int]
"""Left, top, width and height in logical pixels."""

_MARGIN = 10
_BESIDE = 14
"""From the end of the ruler to its text."""


_CURSORS = {
    "cross": Qt.CursorShape.CrossCursor,
    "hand": Qt.CursorShape.OpenHandCursor,
    "arrow": Qt.CursorShape.ArrowCursor,
}


class CanvasArea(QWidget):
    """Only this widget places things over the canvas."""

    resized = Signal()
    pointer_left = Signal()

    def __init__(self, canvas: QWidget) -> None:
        super().__init__()
        self.setMinimumSize(320, 240)
        self.canvas = canvas
        # A window of its own: a frame then composes the canvas alone, not all of the main window with it, which
        # without a GPU takes as long as drawing a slice. What lies over it must be its child.
        canvas.setAttribute(Qt.WidgetAttribute.WA_DontCreateNativeAncestors)
        canvas.setAttribute(Qt.WidgetAttribute.WA_NativeWindow)
        canvas.setParent(self)
        canvas.setMinimumSize(0, 0)
        self._window_id = 0
        self._badge = self._over("badge")
        self._readout = Readout(canvas)
        self._ruler = self._over("ruler")
        self._ruler_place: tuple[float, float] | None = None
        self._scale_bar = ScaleBar(canvas)
        self._axes = AxesMark(canvas)
        self._axes_pane: PaneRect | None = None
        self._captions: list[QLabel] = []
        self.page = NoticePage(canvas)
        self.page.setProperty("over", "image")  # it is there between two images: a light one would dazzle
        self.page.hide()
        self.comment = CommentLine(canvas)
        self.messages = MessageBar(canvas)
        self.messages.hide()
        self.messages.size_changed.connect(self._place)

    def set_badge(self, text: str, color: str) -> None:
        """The class of this block, top left, in words and with a bar of its colour."""
        self._badge.setStyleSheet(f"border-left: 6px solid {color};" if color else "")
        self._set(self._badge, text)

    def set_readout(self, place: str, values: Sequence[tuple[str, str]] = (), more: int = 0) -> None:
        """What is under the cursor, bottom right: a position, (channel, value), and how many more channels."""
        self._readout.set_content(place, values, more, max(200, self.width() // 2))
        self._place()

    def set_cursor(self, name: str) -> None:
        """The mouse over the canvas: `cross` for a tool, `hand` to move the view, `arrow`."""
        self.canvas.setCursor(_CURSORS[name])

    def set_object(self, text: str) -> None:
        """The object under the mouse, in words; empty for none."""
        self._readout.set_object(text)
        self._place()

    def set_scale(self, units_per_pixel: float | None, is_known: bool) -> None:
        """World units in one logical pixel, micrometres if they are known; None takes the bar away."""
        self._scale_bar.set_scale(units_per_pixel, is_known, self.width())
        self._place()

    def set_ruler(self, text: str, place: tuple[float, float] | None) -> None:
        """A distance beside a place of the canvas, in logical pixels; no place: top right."""
        self._ruler_place = place
        self._set(self._ruler, text)
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
        at = self.canvas.mapFromGlobal(QCursor.pos())
        return next((name for name, rect in panes.items() if QRect(*rect).contains(at)), "")

    def show_page(self, title: str, text: str, buttons: list[tuple[str, str]]) -> None:
        """A page in the canvas's place; `buttons` are (wish, text)."""
        self.page.set_content(title, text, buttons)
        self.page.show()
        self._place()

    def hide_page(self) -> None:
        """The canvas again."""
        self.page.hide()

    def paint_over(self, picture: QImage, has_scale_bar: bool, has_captions: bool) -> None:
        """Paint what belongs to the image, and not to the work on it, over a picture of the canvas of any size."""
        picture.setDevicePixelRatio(picture.width() / self.canvas.width())
        painter = QPainter(picture)
        over: list[QWidget] = [self._ruler]
        over += [self._scale_bar] if has_scale_bar else []
        over += [*self._captions, self._axes] if has_captions else []
        for widget in over:
            if not widget.isHidden():
                widget.render(painter, widget.pos(), QRegion(), QWidget.RenderFlag.DrawChildren)
        painter.end()
        picture.setDevicePixelRatio(1.0)

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

    def showEvent(self, event: QShowEvent) -> None:
        """In another window, the canvas needs a window of its own anew: else Qt shows its last picture for good."""
        super().showEvent(event)
        window_id = int(self.window().winId())
        if self._window_id not in (0, window_id):
            QTimer.singleShot(0, self._on_window_changed)
        self._window_id = window_id

    def _on_window_changed(self) -> None:
        self.canvas.destroy()
        self.canvas.create()
        self.canvas.show()

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse points at nothing of the block any more."""
        super().leaveEvent(event)
        self.pointer_left.emit()

    def _over(self, name: str) -> QLabel:
        made = label("")
        made.setObjectName(name)
        made.setParent(self.canvas)
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
        self.canvas.setGeometry(0, 0, width, height)
        self.page.setGeometry(0, 0, width, height)
        self.comment.setGeometry(_MARGIN, _MARGIN + px(56), min(px(560), width - 2 * _MARGIN), px(30))
        self._badge.adjustSize()
        self._badge.move(_MARGIN, _MARGIN)
        self._readout.adjustSize()
        self._readout.move(width - self._readout.width() - _MARGIN, height - self._readout.height() - _MARGIN)
        self._scale_bar.resize(self._scale_bar.sizeHint())
        self._scale_bar.move(_MARGIN, height - self._scale_bar.height() - _MARGIN)
        if self._axes_pane is not None:
            left, top, _, pane_height = self._axes_pane
            bottom = top + pane_height - _MARGIN
            if left == 0 and self._scale_bar.isVisibleTo(self):
                bottom = min(bottom, self._scale_bar.y() - 4)
            self._axes.move(left + _MARGIN, bottom - self._axes.height())
        self._place_ruler()
        self.messages.set_room(width - 2 * _MARGIN)
        hint = self.messages.sizeHint()
        wide = min(width - 2 * _MARGIN, max(hint.width(), 200))
        tall = max(hint.height(), self.messages.heightForWidth(wide))
        # At the top: below are read-out, scale bar and axes, which are looked at while news come
        left, top = (width - wide) // 2, _MARGIN
        if left < self._badge.width() + 2 * _MARGIN:
            top = self._badge.height() + 2 * _MARGIN
        self.messages.setGeometry(QRect(left, top, wide, tall))
        self.messages.raise_()

    def _place_ruler(self) -> None:
        self._ruler.adjustSize()
        wide, tall = self._ruler.width(), self._ruler.height()
        x, y = self._ruler_place or (self.width(), _MARGIN)
        left = x + _BESIDE if x + _BESIDE + wide <= self.width() else x - _BESIDE - wide
        down = y + _BESIDE if y + _BESIDE + tall <= self.height() else y - _BESIDE - tall
        self._ruler.move(round(max(_MARGIN, left)), round(max(_MARGIN, down)))
