"""Asks for a file to read or to write."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QWidget


def choose_file(parent: QWidget, title: str, kinds: str, start: str = "") -> str:
    """The chosen file, or an empty text; `kinds` as Qt writes them: `Images (*.png *.tif)`; `start` is a folder."""
    return str(QFileDialog.getOpenFileName(parent, title, start, kinds)[0])


def choose_new_file(parent: QWidget, title: str, name: str, kinds: str) -> str:
    """Where a file is to be written, or an empty text; `name` is offered."""
    return str(QFileDialog.getSaveFileName(parent, title, name, kinds)[0])
