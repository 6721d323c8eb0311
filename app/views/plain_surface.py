"""The widget of the plain view: lets somebody paint it, and says what the mouse did and when a picture was shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

_KEYS = ("Shift", "Control", "Alt", "Meta")


@dataclass(frozen=True)
class Touch:
    """Where the mouse is, in logical pixels; which buttons are down (of a release: which was let go); held keys."""

    x: float
    y: float
    is_left: bool
    is_right: bool
    has_control: bool
    has_modifiers: bool
    modifiers: tuple[str, ...] = ()
    """Names of held keys: Shift, Control, Alt, Meta."""
    is_middle: bool = False


class PlainSurface(QWidget):
    """`paint(painter)` is set by whoever draws; it paints all of the widget in logical pixels."""

    frameSwapped = Signal()  # noqa: N815 - the name that Qt's OpenGL widget has for it
    """What was painted is with the window system: the name and the meaning are those of an OpenGL widget."""
    pressed = Signal(object)
    moved = Signal(object)
    released = Signal(object)
    double_clicked = Signal(object)
    wheel_turned = Signal(object, float)
    """A Touch, and the steps away from the user."""
    resized = Signal()
    _painted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.paint: Callable[[QPainter], None] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.WheelFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._painted.connect(self.frameSwapped, Qt.ConnectionType.QueuedConnection)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Let it be painted; Qt hands all that was painted to the window system before it delivers the next event."""
        painter = QPainter(self)
        if self.paint is None:
            painter.fillRect(self.rect(), Qt.GlobalColor.black)
        else:
            self.paint(painter)
        painter.end()
        self._painted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell that the panes must find new places."""
        super().resizeEvent(event)
        self.resized.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A button went down."""
        self.pressed.emit(_touch(event.position(), event.button(), event.modifiers()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The mouse moved, with buttons held or not."""
        self.moved.emit(_touch(event.position(), event.buttons(), event.modifiers()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A button was let go."""
        self.released.emit(_touch(event.position(), event.button(), event.modifiers()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second press of a double click."""
        self.double_clicked.emit(_touch(event.position(), event.button(), event.modifiers()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel was turned."""
        touch = _touch(event.position(), event.buttons(), event.modifiers())
        self.wheel_turned.emit(touch, event.angleDelta().y() / 120.0)


def _touch(at: QPointF, buttons: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> Touch:
    keypad = Qt.KeyboardModifier.KeypadModifier
    return Touch(
        at.x(),
        at.y(),
        bool(buttons & Qt.MouseButton.LeftButton),
        bool(buttons & Qt.MouseButton.RightButton),
        bool(modifiers & Qt.KeyboardModifier.ControlModifier),
        bool(modifiers & ~keypad),
        tuple(name for name in _KEYS if modifiers & Qt.KeyboardModifier[f"{name}Modifier"]),
        bool(buttons & Qt.MouseButton.MiddleButton),
    )
