"""A text to read, such as what changed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget


class TextDialog(QDialog):
    """Markdown, closes with Escape."""

    def __init__(self, parent: QWidget, title: str, markdown: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(640, 480)
        text = QTextBrowser()
        text.setMarkdown(markdown)
        QVBoxLayout(self).addWidget(text)
