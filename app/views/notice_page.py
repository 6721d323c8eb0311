"""A page in the place of what cannot be shown: what happened, why, and what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from app.views.look import fix_width, px
from app.views.spacing import LARGE
from app.views.texts import button, label

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent


class NoticePage(QWidget):
    """Errors, loading, and nothing to show: never a modal box in the middle of the work."""

    chosen = Signal(str)
    """the wish behind the button"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = label("", "title", wrap=True)
        self._text = label("", wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for text in (self._title, self._text):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        fix_width(self._bar, 360)
        self._bar.hide()
        self._buttons = QHBoxLayout()
        self._wishes: dict[QWidget, str] = {}
        layout = QVBoxLayout(self)
        layout.setSpacing(LARGE)
        layout.addStretch(2)
        layout.addWidget(self._title, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._text, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addLayout(self._buttons)
        layout.addStretch(3)

    def set_content(self, title: str, text: str, buttons: list[tuple[str, str]]) -> None:
        """`buttons` are (wish, text); the first is the proposed one."""
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._fit()
        self._bar.hide()
        while (item := self._buttons.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._wishes.clear()
        self._buttons.addStretch()
        for wish, words in buttons:
            made = button(words, primary=wish == buttons[0][0])
            made.clicked.connect(self._on_button_clicked)
            self._wishes[made] = wish
            self._buttons.addWidget(made)
        self._buttons.addStretch()

    def set_progress(self, done: int, total: int) -> None:
        """Show a bar below the text; a total of 0 says only that something goes on."""
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._bar.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines of a length that can be read, whatever the page's."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        # A layout gives a centred label the height of its hint, which is not that of its lines at this width
        width = max(200, min(px(720), self.width() - 60))
        for text in (self._title, self._text):
            text.setFixedSize(width, max(0, text.heightForWidth(width)))  # -1 while there was no text yet

    def _on_button_clicked(self) -> None:
        made = self.sender()
        for known, wish in list(self._wishes.items()):
            if known is made:
                self.chosen.emit(wish)
