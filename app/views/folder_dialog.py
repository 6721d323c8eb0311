"""Asks for a folder."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QWidget


def choose_folder(parent: QWidget, title: str, start: str) -> str:
    """The chosen folder, or an empty text."""
    return QFileDialog.getExistingDirectory(parent, title, start)
