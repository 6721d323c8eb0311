"""One message at a time over the canvas: news go by themselves, warnings and errors stay until they are closed."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.views.look import px
from app.views.texts import icon_button, label, set_icon, set_property

_INFO_MS = 4000
_NARROWEST, _WIDEST = 400, 620
_BESIDE_TEXT = 76
"""Margins and the button."""


class MessageBar(QWidget):
    """News go in front of a warning for a moment; an error goes in front of all; a second warning waits behind."""

    size_changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._text = label("", wrap=True)
        self._close = icon_button("close", "Close the message", "Close")
        self._close.clicked.connect(self._on_close_clicked)
        self._waiting: list[tuple[str, str]] = []
        self._level = ""
        self._room = _WIDEST + _BESIDE_TEXT
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._next)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)

    def tell(self, text: str, level: str = "info") -> None:
        """`info`, `warning` or `error`."""
        if level == "info":
            if self._level in ("warning", "error"):  # it comes back when the news have been read
                self._waiting.insert(0, (self._text.text(), self._level))
            self._show(text, level)
        elif self._level in ("warning", "error"):
            if text == self._text.text():
                return
            if level == "error":  # most answer what was done just now: nobody looks for the answer behind a warning
                pair = self._text.text(), self._level
                self._waiting = [pair, *(one for one in self._waiting if one != (text, level))]
                self._show(text, level)
            elif (text, level) not in self._waiting:
                self._waiting.append((text, level))
                self._label_close()
        else:
            self._show(text, level)

    def withdraw(self, text: str) -> None:
        """What was said is true no more."""
        self._waiting = [pair for pair in self._waiting if pair[0] != text]
        if self._text.text() == text and self._level:
            self._next()

    def _show(self, text: str, level: str) -> None:
        self._level = level
        self._text.setText(text)
        set_property(self, "level", level)
        self._timer.stop()
        if level == "info":
            self._timer.start(_INFO_MS)
        self._label_close()
        self.show()
        self._widen()
        self.size_changed.emit()

    def set_room(self, width: int) -> None:
        """How wide the bar can be."""
        if width != self._room:
            self._room = width
            self._widen()

    def _widen(self) -> None:
        """Be as wide as one line of the text, where there is room; but many short lines would cover the picture."""
        wanted = min(px(_WIDEST), self._text.fontMetrics().horizontalAdvance(self._text.text()) + 8)
        self._text.setMinimumWidth(min(wanted, max(px(_NARROWEST), self._room - px(_BESIDE_TEXT))))

    def _label_close(self) -> None:
        self._close.setText(str(len(self._waiting)) if self._waiting else "")
        set_icon(self._close, "next" if self._waiting else "close")
        what = f"Next message, {len(self._waiting)} more" if self._waiting else "Close"
        self._close.setToolTip(what)
        self._close.setAccessibleName(what)

    def _next(self) -> None:
        self._level = ""
        if self._waiting:
            self._show(*self._waiting.pop(0))
        else:
            self.hide()

    def _on_close_clicked(self) -> None:
        self._next()
