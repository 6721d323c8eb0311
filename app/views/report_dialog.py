"""What went wrong, what is safe and what can be done; the report with all that it says, to copy or to save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QTabWidget, QVBoxLayout, QWidget

from app.views.fold import Fold
from app.views.texts import button, label, set_property

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH = 660
_DOING_LINES = 3


class ReportDialog(QDialog):
    """Not modal: the window behind it goes on. `asks` are pairs of a wish and its words, the first is proposed."""

    chosen = Signal(str)
    """A wish of `asks`; closing says the first."""
    copy_requested = Signal()
    save_requested = Signal()
    doing_changed = Signal()

    def __init__(
        self, parent: QWidget | None, title: str, texts: Sequence[str], asks: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(WIDTH, 10)
        self._first = asks[0][0]
        self._is_answered = False
        self._doing = QPlainTextEdit()
        self._doing.setPlaceholderText("Such as: I had just chosen the brush and moved to another slice")
        self._doing.setAccessibleName("What were you doing?")
        self._doing.setTabChangesFocus(True)
        self._doing.setFixedHeight(self._doing.fontMetrics().lineSpacing() * _DOING_LINES + 14)
        self._doing.textChanged.connect(self.doing_changed)
        self._pages = QTabWidget()
        self._pages.setMinimumHeight(210)
        self._fold = Fold("What the report says", self._pages, "Show every line of it")
        self._news = label("", wrap=True)
        self._news.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._news.hide()

        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        column.addWidget(label(title, "title", wrap=True))
        for text in texts:
            column.addWidget(_paragraph(text))
        column.addWidget(label("What were you doing? (optional, goes into the report)", "section"))
        column.addWidget(self._doing)
        column.addWidget(self._fold)
        column.addWidget(self._news)
        column.addStretch()
        column.addLayout(self._buttons(asks))
        # A class key pressed at this moment must not press a button
        self._fold.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._doing.setFocus()

    def _buttons(self, asks: Sequence[tuple[str, str]]) -> QHBoxLayout:
        row = QHBoxLayout()
        self._copy = button("Copy", "Copy the report as text (Alt+C)")
        self._copy.setShortcut("Alt+C")
        self._copy.clicked.connect(self.copy_requested)
        self._save = button("Save as zip…", "Save the report as a file to send to whoever helps you (Alt+S)")
        self._save.setShortcut("Alt+S")
        self._save.clicked.connect(self.save_requested)
        row.addWidget(self._copy)
        row.addWidget(self._save)
        row.addStretch()
        for wish, words in reversed(asks):
            is_first = wish == self._first
            key = "Escape" if is_first else f"Alt+{words[0].upper()}"
            made = button(words, f"{words} ({key})", primary=is_first)
            if not is_first:
                made.setShortcut(key)
            made.setProperty("wish", wish)
            made.clicked.connect(self._on_clicked)
            row.addWidget(made)
        for made in (self._copy, self._save):
            made.setEnabled(False)
            made.setAutoDefault(False)
        return row

    @property
    def doing(self) -> str:
        """What the user typed."""
        return self._doing.toPlainText()

    def set_parts(self, texts: Mapping[str, str]) -> None:
        """The files of the report, each with its text; now it can be copied and saved."""
        while self._pages.count():
            page = self._pages.widget(0)
            self._pages.removeTab(0)
            if page is not None:
                page.deleteLater()
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        for name, text in texts.items():
            page = QPlainTextEdit(text)
            page.setReadOnly(True)
            page.setFont(fixed)
            page.setAccessibleName(name)
            self._pages.addTab(page, name)
        self._copy.setEnabled(True)
        self._save.setEnabled(True)

    def set_report(self, text: str) -> None:
        """The first of the files says something else now."""
        page = self._pages.widget(0)
        if isinstance(page, QPlainTextEdit):
            page.setPlainText(text)

    def tell(self, text: str, level: str = "") -> None:
        """What came of a wish; `level` is empty, `warning` or `error`."""
        self._news.setText(text)
        set_property(self._news, "role", level)
        self._news.show()

    def reject(self) -> None:
        """Escape and the cross mean what is proposed."""
        self._answer(self._first)

    def _answer(self, wish: str) -> None:
        if not self._is_answered:
            self._is_answered = True
            self.chosen.emit(wish)
        super().reject()

    def _on_clicked(self) -> None:
        self._answer(self.sender().property("wish"))


def _paragraph(text: str) -> QLabel:
    made = label(text, wrap=True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    # A layout gives wrapped text the height of its hint, which is that of another width
    made.setMinimumHeight(made.heightForWidth(WIDTH - 36))
    return made
