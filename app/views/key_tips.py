"""Tooltips that name a key, told anew when the key is another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Mapping


def retell(window: QWidget, retold: Mapping[str, str]) -> None:
    """Put new texts for old ones into the tooltips and spoken names of all controls of a window."""
    lowered = {old.lower(): new.lower() for old, new in retold.items()}  # some stand within a sentence
    texts = {**lowered, **retold}
    for action in window.findChildren(QAction):
        if (text := _retold(action.toolTip(), texts)) != action.toolTip():
            action.setToolTip(text)
    for widget in window.findChildren(QWidget):
        if (text := _retold(widget.toolTip(), texts)) != widget.toolTip():
            widget.setToolTip(text)
        if (text := _retold(widget.accessibleName(), texts)) != widget.accessibleName():
            widget.setAccessibleName(text)


def _retold(text: str, texts: Mapping[str, str]) -> str:
    for old, new in texts.items() if text else ():
        if text == old:
            return new
        if old.endswith(")") and old in text:
            return text.replace(old, new)
        if text.endswith(f": {old}"):  # without a key it may be a part of another sentence
            return text.removesuffix(old) + new
    return text
