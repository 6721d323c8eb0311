"""All keys on one sheet, from the table of actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.actions import ACTIONS
from app.views.texts import button, label

if TYPE_CHECKING:
    from collections.abc import Sequence


class KeySheet(QDialog):
    """Opened by `?`; closes with Escape."""

    def __init__(self, parent: QWidget, classes: Sequence[tuple[str, str]]) -> None:
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
        columns = QHBoxLayout()
        columns.setSpacing(34)
        for names in (("Classes", "Annotate", "Mouse"), ("Go", "Review", "File", "Help"), ("View",)):
            column = QVBoxLayout()
            column.setSpacing(2)
            for name in names:
                if groups.get(name):
                    title = label(name, "section")
                    title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
                    column.addWidget(title)
                    column.addLayout(_table(groups[name]))
                    column.addSpacing(14)
            column.addStretch(1)
            columns.addLayout(column)
        close = button("Close", "Escape")
        close.clicked.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 12, 20, 14)
        layout.addLayout(columns)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)


def _table(rows: list[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(3)
    grid.setColumnStretch(1, 1)
    for line, (keys, text) in enumerate(rows):
        grid.addWidget(label(keys, "mono"), line, 0)
        grid.addWidget(label(text), line, 1)
    return grid
