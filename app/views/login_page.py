"""Who annotates? Names used before are offered; Enter goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.actions import tooltip
from app.views.look import dress, fix_width, least_width, px
from app.views.spacing import LARGE
from app.views.texts import button, label

if TYPE_CHECKING:
    from collections.abc import Sequence


class LoginPage(QWidget):
    """Wishes: to go on under a name, or to open another folder."""

    login_requested = Signal(str)
    folder_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._name = QComboBox()
        self._name.setEditable(True)
        self._name.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        least_width(self._name, 260)
        self._name.setAccessibleName("Your name")
        edit = self._name.lineEdit()
        assert edit is not None
        self._edit = edit
        # Completed in the line, "ann" and Enter would be anna
        self._name.setCompleter(None)  # type: ignore[arg-type]
        self._edit.setPlaceholderText("for example alice")
        self._go = button("Start", primary=True)
        self._problem = label("", "error", wrap=True)
        dress(self._problem, _fix_two_lines)
        self._problem.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._data = label("", "faint", wrap=True)
        fix_width(self._data, 560)
        self._data.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        other = button("Open another folder…", tooltip("open_folder"))
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self._name)
        row.addWidget(self._go)
        row.addStretch()
        layout = QVBoxLayout(self)
        layout.setSpacing(LARGE)
        layout.addStretch(2)
        centre = Qt.AlignmentFlag.AlignHCenter
        layout.addWidget(label("Who annotates?", "title"), 0, centre)
        layout.addLayout(row)
        layout.addWidget(label("Letters, digits and underscore. Stored in lower case.", "faint"), 0, centre)
        layout.addWidget(self._problem, 0, centre)
        layout.addSpacing(LARGE)
        layout.addWidget(self._data, 0, centre)
        layout.addWidget(other, 0, centre)
        layout.addStretch(3)
        self._go.clicked.connect(self._on_go)
        self._edit.returnPressed.connect(self._on_go)
        self._edit.textChanged.connect(self._on_text_changed)
        other.clicked.connect(self.folder_requested)
        self._on_text_changed()

    def set_names(self, names: Sequence[str], proposed: str) -> None:
        """Names used before; what was typed meanwhile stays."""
        typed, cursor = self._edit.text(), self._edit.cursorPosition()
        is_selected = self._edit.selectedText() == typed  # as it was proposed: typing replaces it
        with QSignalBlocker(self._edit), QSignalBlocker(self._name):
            self._name.clear()
            self._name.addItems(list(names))
            self._edit.setText(typed or proposed)
        if typed and not is_selected:
            self._edit.setCursorPosition(cursor)
        else:
            self._edit.selectAll()
        self._go.setEnabled(bool(self._edit.text().strip()))
        self._edit.setFocus()

    def set_data(self, text: str) -> None:
        """What will be opened."""
        self._data.setText(text)

    def set_problem(self, text: str) -> None:
        """Why that name does not do."""
        self._problem.setText(text)

    def _on_text_changed(self) -> None:
        self._go.setEnabled(bool(self._edit.text().strip()))
        self._problem.setText("")

    def _on_go(self) -> None:
        if self._edit.text().strip():
            self.login_requested.emit(self._edit.text())


def _fix_two_lines(text: QWidget) -> None:
    text.setFixedSize(px(560), 2 * text.fontMetrics().lineSpacing() + 6)
