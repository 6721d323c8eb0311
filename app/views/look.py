"""The colours and the size of text that hold now, and the widgets that are dressed anew when they change."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

import shiboken6
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication, QTableView, QWidget

from app.views.colors import DARK, Colors

if TYPE_CHECKING:
    from collections.abc import Callable

W = TypeVar("W", bound=QWidget)

_LINE = 14.0
"""Height of a line of the font that the sizes in the code are for, in logical pixels."""
_NEAR = 0.04


class _Now:
    """Of the whole program, like Qt's own palette and font: those who paint ask while they paint."""

    def __init__(self) -> None:
        self.colors = DARK
        self.scale = 1.0
        self.dressed: WeakKeyDictionary[QWidget, list[Callable[[QWidget], object]]] = WeakKeyDictionary()


_now = _Now()


def colors() -> Colors:
    """The colours of the theme that is shown."""
    return _now.colors


def px(size: float) -> int:
    """A size in logical pixels that was chosen beside text of the usual size, for the text as it is now."""
    return math.ceil(size * _now.scale)


def dress(widget: W, how: Callable[[W], object]) -> None:
    """Do `how(widget)` now, and again whenever theme or font change.

    `how` must not hold the widget or what holds it: a function of the module, or a method of the class.
    """
    _now.dressed.setdefault(widget, []).append(how)  # type: ignore[arg-type]
    how(widget)


def fix_width(widget: QWidget, width: int) -> None:
    """As `setFixedWidth`, growing with the text."""

    def fix(one: QWidget) -> None:
        one.setFixedWidth(px(width))

    dress(widget, fix)


def fix_width_of(widget: QWidget, text: str, more: int = 0) -> None:
    """As wide as a text in the widget's font, and `more` pixels."""

    def fix(one: QWidget) -> None:
        one.setFixedWidth(one.fontMetrics().horizontalAdvance(text) + px(more))

    dress(widget, fix)


def least_width(widget: QWidget, width: int) -> None:
    """As `setMinimumWidth`, growing with the text."""

    def fix(one: QWidget) -> None:
        one.setMinimumWidth(px(width))

    dress(widget, fix)


def least_width_of(widget: QWidget, text: str, more: int = 0) -> None:
    """At least as wide as a text in the widget's font, and `more` pixels."""

    def fix(one: QWidget) -> None:
        one.setMinimumWidth(one.fontMetrics().horizontalAdvance(text) + px(more))

    dress(widget, fix)


def least_lines(widget: QWidget, lines: int, more: int = 4) -> None:
    """At least as high as some lines of text."""

    def fix(one: QWidget) -> None:
        one.setMinimumHeight(lines * one.fontMetrics().height() + more)

    dress(widget, fix)


def fix_rows(table: QTableView) -> None:
    """Rows as high as a line of text needs."""

    def fix(one: QTableView) -> None:
        one.verticalHeader().setDefaultSectionSize(one.fontMetrics().height() + 8)

    dress(table, fix)


def set_look(shown: Colors) -> None:
    """Take over the colours, and the size of text from the program's font; dress all widgets anew."""
    _now.colors = shown
    scale = QFontMetricsF(QApplication.font()).height() / _LINE
    _now.scale = 1.0 if abs(scale - 1) < _NEAR else scale
    for widget, ways in list(_now.dressed.items()):
        if shiboken6.isValid(widget):
            for how in ways:
                how(widget)
