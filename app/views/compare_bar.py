"""The bar above the canvas while two versions of the same labels are compared and merged by choice."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.views.flow_layout import FlowLayout
from app.views.late_widget import LateWidget
from app.views.texts import button, label

MINE, THEIRS, OTHER = "#56B4E9", "#E69F00", "#CC79A7"
"""Colours of voxels that only one version has, and of those that have another number in each."""
_LEGEND = ((MINE, "only mine"), (THEIRS, "only theirs"), (OTHER, "other number"))
_CHOICES = (
    ("previous", "◂ previous", "The difference before this one"),
    ("next", "next ▸", "The difference after this one"),
    ("mine", "Keep mine here", "At this difference, your version stays"),
    ("theirs", "Take theirs here", "At this difference, the other version is taken"),
    ("all_mine", "Keep all mine", "At all differences that are left, your version stays"),
    ("all_theirs", "Take all theirs", "At all differences that are left, the other version is taken"),
    ("done", "Done", "Save what was chosen; where nothing was chosen, your version stays"),
)


class CompareBar(LateWidget):
    """A wish: `previous`, `next`, `mine`, `theirs`, `all_mine`, `all_theirs` or `done`."""

    choice_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("compare")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def set_state(self, text: str, place: int, count: int, choices_left: int) -> None:
        """What is compared; the difference in view, from 0, of how many; and how many are not chosen yet."""
        self._need()
        self._text.setText(text)
        self._place.setText(f"{place + 1} of {count}, {choices_left} not chosen yet" if count else "no differences")
        for name, made in self._buttons.items():
            made.setEnabled(name == "done" or count > 0)
        self._buttons["all_mine"].setEnabled(choices_left > 0)
        self._buttons["all_theirs"].setEnabled(choices_left > 0)

    def _build(self) -> None:
        self._text = label("", wrap=True)
        self._place = label("", "faint")
        legend = QHBoxLayout()
        legend.setSpacing(6)
        for color, meaning in _LEGEND:
            swatch = label("")
            swatch.setFixedSize(12, 12)
            swatch.setStyleSheet(f"background: {color}; border-radius: 2px;")
            legend.addWidget(swatch)
            legend.addWidget(label(meaning, "faint"))
            legend.addSpacing(8)
        legend.addWidget(self._place)
        legend.addStretch()
        flowing = QWidget()
        flow = FlowLayout(flowing)
        self._buttons = {}
        for name, text, tip in _CHOICES:
            made = button(text, tip, primary=name == "done")
            made.setObjectName(name)
            made.clicked.connect(self._on_choice_clicked)
            flow.addWidget(made)
            self._buttons[name] = made
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.setSpacing(5)
        layout.addWidget(self._text)
        layout.addLayout(legend)
        layout.addWidget(flowing)

    def _on_choice_clicked(self) -> None:
        self.choice_requested.emit(self.sender().objectName())
