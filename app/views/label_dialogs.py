"""A small form for what must be typed about labels: a name, a number, a type, a colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QColorDialog,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.views.look import colors, dress, least_width, px
from app.views.spacing import DIALOG, LARGE, MEDIUM, SMALL
from app.views.texts import button, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QShowEvent
    from PySide6.QtWidgets import QPushButton

BITS = (("8 bits: numbers to 255", 8), ("16 bits: numbers to 65,535", 16), ("32 bits: numbers to 2,147,483,647", 32))
"""The choice of a type, as `FormField.choices`."""
_MOST = 2**31 - 1
_COLORS = ("#56B4E9", "#E69F00", "#009E73", "#F0E442", "#D55E00", "#CC79A7", "#FFFFFF", "#FF4040")


@dataclass(frozen=True)
class FormField:
    """One line of a form: `kept` has its value under `name`.

    `kind` is "text" (str), "number" (int), "choice" (the data of `choices`, which are texts with their data), or
    "color" (#RRGGBB, or "" for the colour of the number).
    """

    name: str
    text: str
    kind: str = "text"
    value: Any = ""
    choices: Sequence[tuple[str, Any]] = ()


class LabelForm(QDialog):
    """Not modal. Return wishes that the values are kept: whoever answers says an error, or the form closes."""

    kept = Signal(dict)

    def __init__(self, parent: QWidget, title: str, *fields: FormField, keep: str = "OK", said: str = "") -> None:
        """`keep` is the text of the button, `said` a sentence above the fields."""
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        least_width(self, 360)
        self._fields = fields
        self._inputs: dict[str, QWidget] = {}
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setHorizontalSpacing(LARGE)
        for field in fields:
            made = _input(field)
            made.setAccessibleName(field.text)
            self._inputs[field.name] = made
            form.addRow(label(field.text, "faint"), made)
        self._error = label("", "error", wrap=True)
        self._error.hide()
        ok = button(keep, "Return", primary=True)
        ok.setDefault(True)
        ok.clicked.connect(self._on_keep_asked)
        cancel = button("Cancel", "Escape")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        line = QHBoxLayout()
        line.addStretch()
        line.addWidget(cancel)
        line.addWidget(ok)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*DIALOG)
        layout.setSpacing(MEDIUM)
        layout.addWidget(label(title, "channel"))
        if said:
            layout.addWidget(label(said, "faint", wrap=True))
        layout.addLayout(form)
        layout.addWidget(self._error)
        layout.addLayout(line)
        first = self._inputs[fields[0].name]
        first.setFocus()
        if isinstance(first, QLineEdit | QSpinBox):
            first.selectAll()

    def showEvent(self, event: QShowEvent) -> None:
        """Take the keyboard: what is typed for a name must not judge a block instead."""
        super().showEvent(event)
        self.activateWindow()

    def values(self) -> dict[str, Any]:
        """What stands in the fields, by their names."""
        return {field.name: _value(self._inputs[field.name]) for field in self._fields}

    def set_error(self, text: str) -> None:
        """Why the values cannot be kept; empty for no reason."""
        self._error.setText(text)
        self._error.setVisible(bool(text))
        self.adjustSize()

    def _on_keep_asked(self) -> None:
        self.set_error("")
        self.kept.emit(self.values())
        if not self._error.text():
            self.accept()


class _ColorLine(QWidget):
    """Colours to click, and one of one's own."""

    def __init__(self, color: str) -> None:
        super().__init__()
        self.color = color
        self._buttons: list[QPushButton] = []
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SMALL)
        for each in ("", *_COLORS):
            made = button("" if each else "by number", each or "The colour of the number", checkable=True)
            made.setAutoDefault(False)
            made.setProperty("color", each)
            made.clicked.connect(self._on_color_clicked)
            if each:
                made.setAccessibleName(f"Colour {each}")
                dress(made, _dress_swatch)
            self._buttons.append(made)
            line.addWidget(made)
        self._other = button("other…", "A colour of your own")
        self._other.setAutoDefault(False)
        self._other.clicked.connect(self._on_other_clicked)
        line.addWidget(self._other)
        line.addStretch()
        self._show()

    def _show(self) -> None:
        for made in self._buttons:
            made.setChecked(made.property("color") == self.color)
        is_own = bool(self.color) and self.color not in _COLORS
        self._other.setStyleSheet(f"border-left: 6px solid {self.color};" if is_own else "")

    def _on_color_clicked(self) -> None:
        self.color = self.sender().property("color")
        self._show()

    def _on_other_clicked(self) -> None:
        dialog = QColorDialog(QColor(self.color or "#FFFFFF"), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(self._on_color_chosen)
        dialog.open()

    def _on_color_chosen(self, color: QColor) -> None:
        self.color = color.name().upper()
        self._show()


def _dress_swatch(made: QPushButton) -> None:
    made.setFixedSize(px(22), px(22))
    now = colors()
    made.setStyleSheet(
        f"QPushButton {{ background: {made.property('color')}; border: 2px solid {now.window}; }}"
        f"QPushButton:checked {{ border-color: {now.accent}; }} QPushButton:focus {{ border-color: {now.strong}; }}"
    )


def _input(field: FormField) -> QWidget:
    if field.kind == "number":
        number = QSpinBox()
        number.setRange(0, _MOST)
        number.setObjectName("value")  # the style sheet takes the arrows away
        number.setValue(int(field.value or 0))
        return number
    if field.kind == "choice":
        choice = QComboBox()
        for text, data in field.choices:
            choice.addItem(text, data)
        choice.setCurrentIndex(max(0, choice.findData(field.value)))
        return choice
    if field.kind == "color":
        return _ColorLine(field.value)
    return QLineEdit(str(field.value))


def _value(made: QWidget) -> Any:
    if isinstance(made, QSpinBox):
        return made.value()
    if isinstance(made, QComboBox):
        return made.currentData()
    if isinstance(made, _ColorLine):
        return made.color
    assert isinstance(made, QLineEdit)
    return made.text().strip()
