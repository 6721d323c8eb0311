"""All keys on two sheets, one for judging and one for painting, from the table of actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.actions import ACTIONS
from app.views.texts import button, label

if TYPE_CHECKING:
    from collections.abc import Sequence


_COLUMNS = {
    "judge": (("Classes", "Annotate", "Mouse"), ("Go", "Review", "File", "Help"), ("View",)),
    "paint": (("Labels", "Mouse while painting"), ("Tools",), ("Objects",)),
}
_PAINTING_MOUSE = (
    ("Drag", "Paint, or draw with the tool"),
    ("Alt+drag", "Size of the brush"),
    ("Space+drag", "Move the view"),
    ("Wheel", "Slices; in 3D zoom"),
    ("0 … 9", "The number that is painted"),
)


class KeySheet(QDialog):
    """Opened by `?`; closes with Escape. `mode` is the sheet that is seen first: "judge" or "paint"."""

    def __init__(self, parent: QWidget, classes: Sequence[tuple[str, str]], mode: str = "judge") -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        native = QKeySequence.SequenceFormat.NativeText
        groups: dict[str, list[tuple[str, str]]] = {"Classes": list(classes)}
        for row in ACTIONS:
            keys = "  ".join(QKeySequence(key).toString(native) for key in row.keys)
            if keys:
                groups.setdefault(row.menu, []).append((keys, row.text.rstrip("…")))
        groups["View"].append(("Alt+1 … 9", "Show or hide a channel"))
        groups["View"].append(("Alt+Shift+1 … 9", "Show only that channel"))
        groups["Mouse"] = [
            ("Wheel", "Slices; in 3D zoom"),
            ("Ctrl+wheel", "Zoom into the slice"),
            ("Drag", "Move the slice; in 3D turn"),
            ("Shift+drag", "In 3D: move"),
            ("Right drag", "Zoom"),
            ("Double click", "In orthogonal views: go there"),
            ("Ctrl+drag", "In 3D: move the cut"),
            ("Ctrl+Shift+drag", "In 3D: tilt the cut"),
        ]
        groups["Mouse while painting"] = list(_PAINTING_MOUSE)
        self._pages = QStackedWidget()
        for names in _COLUMNS.values():
            self._pages.addWidget(_page([[(name, groups.get(name, [])) for name in column] for column in names]))
        self._other = button("", "The keys of the other mode")
        self._other.clicked.connect(self._on_other_clicked)
        close = button("Close", "Escape")
        close.clicked.connect(self.accept)
        close.setFocus()  # as it has been: Return closes
        line = QHBoxLayout()
        line.addWidget(self._other)
        line.addStretch()
        line.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 12, 20, 14)
        layout.addWidget(self._pages)
        layout.addLayout(line)
        self._show(list(_COLUMNS).index(mode))

    def _show(self, page: int) -> None:
        self._pages.setCurrentIndex(page)
        self._other.setText("Keys for judging blocks" if page else "Keys for painting labels")

    def _on_other_clicked(self) -> None:
        self._show(1 - self._pages.currentIndex())


def _page(columns: list[list[tuple[str, list[tuple[str, str]]]]]) -> QWidget:
    """Groups of keys with their titles, in columns."""
    made = QWidget()
    layout = QHBoxLayout(made)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(34)
    for groups in columns:
        column = QVBoxLayout()
        column.setSpacing(2)
        for name, rows in groups:
            if rows:
                title = label(name, "section")
                title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
                column.addWidget(title)
                column.addLayout(_table(rows))
                column.addSpacing(14)
        column.addStretch(1)
        layout.addLayout(column)
    return made


def _table(rows: list[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(3)
    grid.setColumnStretch(1, 1)
    for line, (keys, text) in enumerate(rows):
        grid.addWidget(label(keys, "mono"), line, 0)
        grid.addWidget(label(text), line, 1)
    return grid
