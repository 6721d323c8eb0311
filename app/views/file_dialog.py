"""Asks for a file to read or to write."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QWidget

_last: dict[str, str] = {}
"""The folder of the file that was chosen last, by the title of the dialog."""


def choose_file(parent: QWidget, title: str, kinds: str, folder: str = "") -> str:
    """The chosen file, or an empty text; `kinds` as Qt writes them: `Images (*.png *.tif)`.

    It opens where a file was chosen last, at first in `folder`.
    """
    path = str(QFileDialog.getOpenFileName(parent, title, _last.get(title, folder), kinds)[0])
    if path:
        _last[title] = path.rpartition("/")[0] or "/"
    return path


def choose_new_file(parent: QWidget, title: str, name: str, kinds: str) -> str:
    """Where a file is to be written, or an empty text; `name` is offered."""
    return str(QFileDialog.getSaveFileName(parent, title, name, kinds)[0])
