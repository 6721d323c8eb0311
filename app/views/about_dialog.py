"""About the program: version, computer, licences; a text that can be copied into a letter."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QTabWidget, QVBoxLayout, QWidget

from app.views.texts import button, label

_SIZE = (680, 520)


class AboutDialog(QDialog):
    """Closes with Escape; what is found out later is set later."""

    def __init__(self, parent: QWidget, title: str, text: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"About {title}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(QSize(*_SIZE).boundedTo(self.screen().availableSize()))
        self._facts = _text("Looking…")
        self._licence = _text("")
        self._inside = _text("Looking…")
        self._pages = QTabWidget()
        self._pages.setDocumentMode(True)
        for name, page in (
            ("Versions", self._facts),
            ("Licence", self._licence),
            ("What is inside", self._inside),
        ):
            page.setAccessibleName(name)
            self._pages.addTab(page, name)
        self._copy = button("Copy", "Copy the versions, for a letter to whoever helps (Ctrl+Shift+C)")
        self._copy.setShortcut("Ctrl+Shift+C")
        self._copy.clicked.connect(self._on_copy_asked)
        close = button("Close", "Close (Escape)", primary=True)
        close.clicked.connect(self.accept)
        line = QHBoxLayout()
        line.addStretch()
        line.addWidget(self._copy)
        line.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 14, 20, 14)
        layout.setSpacing(8)
        layout.addWidget(label(title, "title"))
        layout.addWidget(label(text, wrap=True))
        layout.addWidget(self._pages, 1)
        layout.addLayout(line)
        self._pages.tabBar().setFocus()

    def set_texts(self, facts: str, licence: str, inside: str) -> None:
        """What was found out in the background."""
        self._facts.setPlainText(facts)
        self._licence.setPlainText(licence)
        self._inside.setPlainText(inside)

    def _on_copy_asked(self) -> None:
        QGuiApplication.clipboard().setText(self._facts.toPlainText() + "\n")
        self._copy.setText("Copied")


def _text(text: str) -> QPlainTextEdit:
    made = QPlainTextEdit(text)
    made.setReadOnly(True)
    made.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
    made.setTabChangesFocus(True)
    return made
