"""The strip below: classes with their keys, marks, the last decisions, and what is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.actions import key_before, tooltip
from app.views.flow_layout import FlowLayout
from app.views.look import colors, dress, least_width
from app.views.spacing import BAR, MEDIUM
from app.views.texts import button, label, set_property

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QPushButton

_MARKS = {"toggle_unsure": "unsure", "toggle_flag": "flag", "comment": "comment"}


class ClassItem(NamedTuple):
    """One class as the bar shows it."""

    number: int
    key: str
    name: str
    color: str


class ClassBar(QWidget):
    """Wishes: a class, a mark."""

    class_requested = Signal(int)
    action_requested = Signal(str)

    def __init__(self, has_marks: bool = True) -> None:
        """Without marks and last decisions in a window where classes are final labels."""
        super().__init__()
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._items: list[ClassItem] = []
        self._buttons: list[QPushButton] = []
        self._has_comment = False
        self._classes = QWidget()
        self._flow = FlowLayout(self._classes)
        self._marks = {
            name: button(key_before(name, text), tooltip(name), checkable=name != "comment")
            for name, text in _MARKS.items()
        }
        self._recent = label("", "faint")
        self._recent.setToolTip("Your last five decisions, newest at the right")
        self._saved = label("", "faint")
        least_width(self._saved, 110)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(*BAR)
        layout.setSpacing(MEDIUM)
        layout.addWidget(self._classes, 1)
        for name, made in self._marks.items():
            made.setAccessibleName(name)
            made.clicked.connect(self._on_mark_clicked)
            made.setVisible(has_marks)
            layout.addWidget(made)
        layout.addSpacing(MEDIUM)
        layout.addWidget(self._recent)
        layout.addSpacing(MEDIUM)
        layout.addWidget(self._saved)

    @property
    def class_buttons(self) -> QWidget:
        """What holds the classes."""
        return self._classes

    @property
    def saved_mark(self) -> QWidget:
        """What tells whether all is saved."""
        return self._saved

    def set_classes(self, items: Sequence[ClassItem]) -> None:
        """The classes, in the order of their numbers."""
        self._flow.clear()
        self._items = list(items)
        self._buttons = []
        for item in items:
            made = button(f"{item.key}  {item.name}", f"{item.name} ({item.key})", checkable=True)
            made.setProperty("color", item.color)
            dress(made, _color)
            made.clicked.connect(self._on_class_clicked)
            self._flow.addWidget(made)
            self._buttons.append(made)

    def set_counts(self, counts: Sequence[int]) -> None:
        """How many blocks have each class."""
        for made, item, count in zip(self._buttons, self._items, counts, strict=True):
            made.setText(f"{item.key}  {item.name}  {count}")

    def set_marks(self, label_number: int | None, unsure: bool, flagged: bool, comment: str) -> None:
        """What the block on screen has."""
        for made, item in zip(self._buttons, self._items, strict=True):
            made.setChecked(item.number == label_number)
        self._marks["toggle_unsure"].setChecked(unsure)
        self._marks["toggle_flag"].setChecked(flagged)
        self._has_comment = bool(comment)
        self.show_keys()

    def show_keys(self) -> None:
        """The buttons begin with the keys of today."""
        for name, text in _MARKS.items():
            self._marks[name].setText(key_before(name, text))
        if self._has_comment:
            self._marks["comment"].setText(f"{self._marks['comment'].text()}: 1")

    def set_enabled(self, enabled: bool) -> None:
        """Whether there is a block that can be judged."""
        for made in (*self._buttons, *self._marks.values()):
            made.setEnabled(enabled)

    def set_recent(self, keys: Sequence[str]) -> None:
        """Keys of the last classes given, oldest first; '–' for a cleared one."""
        self._recent.setText(f"last  {'  '.join(keys)}" if keys else "")

    def set_saved(self, state: str, text: str, tip: str) -> None:
        """`saved`, `waiting` or `failed`."""
        sign = {"saved": "✓", "waiting": "…", "failed": "✗"}[state]
        self._saved.setText(f"{sign} {text}")
        self._saved.setToolTip(tip)
        set_property(self._saved, "role", "error" if state == "failed" else "faint")

    def _on_class_clicked(self) -> None:
        made = self.sender()
        for known, item in zip(self._buttons, self._items, strict=True):
            if known is made:
                self.class_requested.emit(item.number)

    def _on_mark_clicked(self) -> None:
        made = self.sender()
        for name, known in self._marks.items():
            if known is made:
                self.action_requested.emit(name)


def _color(made: QPushButton) -> None:
    color = made.property("color")
    made.setStyleSheet(
        f"QPushButton {{ border-left: 5px solid {color}; }}"
        f"QPushButton:checked {{ background: {colors().hover}; border: 2px solid {color}; border-left-width: 5px;"
        f" padding: 2px 8px 2px 9px; color: {colors().strong}; font-weight: normal; }}"
        f"QPushButton:focus {{ border: 2px solid {colors().accent}; border-left: 5px solid {color};"
        " padding: 2px 8px 2px 9px; }"
    )
