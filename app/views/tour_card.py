"""A card of the tour over the canvas, and the frame round what it explains."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.views.look import dress, px
from app.views.texts import button, label

_WIDTH = 330
_MARGIN = 16
_FRAME = 2


class TourCard(QFrame):
    """Stands as near to what it explains as the canvas reaches. Wishes: the next card, the one before, the end."""

    next_requested = Signal()
    back_requested = Signal()
    skip_requested = Signal()

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.setObjectName("message")
        self.setAccessibleName("Tour")
        self._target: QWidget | None = None
        self._frame = _TourFrame(canvas.window())
        self._title = label("", "title", wrap=True)
        self._text = label("", wrap=True)
        self._count = label("", "faint")
        self._back = button("Back", "The card before (Shift+Enter)")
        self._skip = button("Skip (Esc)", "End the tour; Help > Show the tour brings it back (Escape)")
        self._next = button("", "", primary=True)
        self._back.clicked.connect(self.back_requested)
        self._skip.clicked.connect(self.skip_requested)
        self._next.clicked.connect(self.next_requested)
        line = QHBoxLayout()
        line.addWidget(self._count)
        line.addStretch()
        for part in (self._skip, self._back, self._next):
            line.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        for widget in (self._title, self._text):
            layout.addWidget(widget)
        layout.addLayout(line)
        self.hide()
        dress(self, TourCard.place)

    def explain(self, target: QWidget, title: str, text: str, step: int, count: int) -> None:
        """Show card `step` of `count`, counted from 1, beside a widget of the same window."""
        self._target = target
        self._title.setText(title)
        self._text.setText(text)
        self._count.setText(f"{step} of {count}")
        self._back.setEnabled(step > 1)
        is_last = step == count
        self._skip.setVisible(not is_last)
        self._next.setText("Done (Enter)" if is_last else "Next (Enter)")
        self._next.setToolTip("End the tour (Enter)" if is_last else "The next card (Enter)")
        self.show()
        self.place()

    def end(self) -> None:
        """Take card and frame away."""
        self._target = None
        self._frame.hide()
        self.hide()

    def place(self) -> None:
        """Stand beside the widget, within the canvas; asked for when either has moved."""
        canvas = self.parentWidget()
        if self._target is None or canvas is None:
            return
        inside = self.layout()
        assert inside is not None
        width = min(px(_WIDTH), canvas.width() - 2 * _MARGIN)
        self.resize(width, max(inside.heightForWidth(width), inside.minimumSize().height()))
        corner = canvas.mapFromGlobal(self._target.mapToGlobal(QPoint(0, 0)))
        explained = QRect(corner, self._target.size())
        if self._target is canvas:
            self._frame.hide()
            at = QPoint((canvas.width() - self.width()) // 2, canvas.height())  # messages stand at the top
        else:
            self._frame.surround(self._target)
            at = explained.center() - self.rect().center()
        left = max(_MARGIN, min(at.x(), canvas.width() - self.width() - _MARGIN))
        top = max(_MARGIN, min(at.y(), canvas.height() - self.height() - _MARGIN))
        self.move(left, top)
        self.raise_()


class TourKeys(QObject):
    """An event filter of the window's handle: Enter, Shift+Enter and Escape are the card's while `is_on`.

    All other keys stay what they are: a class key pressed during the tour is a decision. Fields keep theirs, too.
    """

    def __init__(self, card: TourCard) -> None:
        super().__init__(card)
        self._card = card
        self.is_on = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take a press that is for the card, before it becomes a shortcut."""
        if not self.is_on or not isinstance(event, QKeyEvent):
            return False
        if event.type() not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            return False
        wish = self._wish(event)
        if wish is None:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # no shortcut follows, but the press
        elif not event.isAutoRepeat():
            wish.emit()
        return True

    def _wish(self, event: QKeyEvent) -> SignalInstance | None:
        if isinstance(QApplication.focusWidget(), QLineEdit | QAbstractSpinBox | QTextEdit | QPlainTextEdit):
            return None
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        plain, shift = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and modifiers in (plain, shift):
            return self._card.back_requested if modifiers == shift else self._card.next_requested
        if event.key() == Qt.Key.Key_Escape and modifiers == plain:
            return self._card.skip_requested
        return None


class _TourFrame(QWidget):
    """A line round a widget of the window; the mouse does not notice it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def surround(self, target: QWidget) -> None:
        if not target.isVisible():
            self.hide()
            return
        corner = target.mapTo(self._window, QPoint(0, 0))
        self.setGeometry(QRect(corner, target.size()))
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Link), _FRAME))
        painter.drawRect(self.rect().adjusted(1, 1, -_FRAME, -_FRAME))
