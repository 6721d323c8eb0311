"""A bar above the canvas while two versions of labels are compared: how many places differ, and what is done there."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.actions import tooltip
from app.views.flow_layout import FlowLayout
from app.views.spacing import BAR, SMALL
from app.views.texts import button, icon_button, label

LEGEND = (("Only mine", "#FFB000"), ("Only theirs", "#3FB4FF"), ("Another number", "#FF5FA8"))
"""Words and colour of what differs, in the order of the numbers 1, 2 and 3 of the overlay that shows it."""

_CHOICES = (  # with the name of the action, or a text where there is none
    ("previous", "", "previous_difference"),
    ("next", "", "next_difference"),
    ("mine", "Keep mine here", "keep_mine"),
    ("theirs", "Take theirs here", "take_theirs"),
    ("all_mine", "Keep all mine", "Wherever nothing was chosen yet (no key)"),
    ("all_theirs", "Take all theirs", "Wherever nothing was chosen yet, as one step of undo (no key)"),
    ("done", "Done", "end_comparison"),
)


class CompareBar(QWidget):
    """Wishes: "previous", "next", "mine", "theirs", "all_mine", "all_theirs", "done"."""

    choice_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._text = label("", wrap=True)
        self._place = label("", "mono")
        self._buttons: dict[str, QPushButton] = {}
        first = QHBoxLayout()
        first.addWidget(self._text, 1)
        for words, color in LEGEND:
            mark = label("■")
            mark.setStyleSheet(f"color: {color};")
            mark.setAccessibleName("Its colour")
            first.addWidget(mark)
            first.addWidget(label(words, "faint"))
        below = QWidget()
        second = FlowLayout(below)
        for name, words, what in _CHOICES:  # the place stands after the two that change it
            tip = what if " " in what else tooltip(what)
            made = button(words, tip, primary=name == "theirs") if words else icon_button(name, tip, tip)
            made.setObjectName(name)
            made.setAccessibleName(words or tip)
            made.clicked.connect(self._on_clicked)
            second.addWidget(made)
            self._buttons[name] = made
            if name == "next":
                second.addWidget(self._place)
                self._place.setMinimumHeight(made.sizeHint().height())
        rows = QVBoxLayout(self)
        rows.setContentsMargins(*BAR)
        rows.setSpacing(SMALL)
        rows.addLayout(first)
        rows.addWidget(below)
        self.hide()

    def set_state(self, text: str, place: int, count: int, choices_left: int) -> None:
        """What is compared; which difference (from 0 on; -1 for none) of so many; where nothing was chosen yet."""
        self._text.setText(text)
        number = str(place + 1) if place >= 0 else "–"
        self._place.setText(f"{number}/{count}, {choices_left} to choose" if count else "")
        for name in ("previous", "next", "mine", "theirs"):
            self._buttons[name].setEnabled(count > 0)
        for name in ("all_mine", "all_theirs"):
            self._buttons[name].setEnabled(choices_left > 0)

    def _on_clicked(self) -> None:
        self.choice_requested.emit(self.sender().objectName())
