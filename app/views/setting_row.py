"""One setting in the dialog: its name, a control, and a button that brings the first value back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QHBoxLayout, QLineEdit, QWidget

from app.views.folder_dialog import choose_folder
from app.views.texts import button, label

if TYPE_CHECKING:
    from app.setting_info import SettingInfo

LABEL_WIDTH = 190
_CONTROL_WIDTH = 230
_NARROWEST = 130


class SettingRow(QWidget):
    """`default` is what the setting is at first. Wish: a value."""

    value_requested = Signal(str, object)

    def __init__(self, row: SettingInfo, default: object) -> None:
        super().__init__()
        self.row, self._default = row, default
        self._value: Any = default
        name = label(row.text, wrap=True)
        name.setToolTip(row.tip)
        name.setFixedWidth(LABEL_WIDTH)
        self._control, *beside = self._make_control()
        for control in (self._control, *beside):
            control.setAccessibleName(row.text)
            control.setAccessibleDescription(row.tip)
        self._control.setToolTip(row.tip)
        name.setBuddy(self._control)
        self._reset = button(*_reset_texts(row, self._shown(default)))
        self._reset.setProperty("role", "small")
        self._reset.setAccessibleName(f"{self._reset.text()}: {row.text}")
        self._reset.clicked.connect(self._on_reset_clicked)
        policy = self._reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # nothing jumps when it comes and goes
        self._reset.setSizePolicy(policy)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 1, 0, 1)
        layout.setSpacing(8)
        layout.addWidget(name)
        within = QHBoxLayout()
        within.setSpacing(4)
        for control in (self._control, *beside):
            within.addWidget(control)
        if not isinstance(self._control, QLineEdit):  # a path takes all the room that there is
            within.addStretch()
        layout.addLayout(within, 1)
        layout.addWidget(self._reset)

    @property
    def words(self) -> str:
        """What a search looks into."""
        texts = " ".join(text for _, text in self.row.choices)
        return f"{self.row.group} {self.row.text} {self.row.tip} {texts}".lower()

    def set_value(self, value: Any) -> None:
        """The setting is this."""
        self._value = value
        self._reset.setVisible(value != self._default)
        with QSignalBlocker(self._control):
            match self._control:
                case QCheckBox() as box:
                    box.setChecked(bool(value) != self.row.is_opposite)
                case QComboBox() as choice:
                    choice.setCurrentIndex(max(0, choice.findData(value)))
                case QDoubleSpinBox() as number:
                    number.setValue(float(value) * self.row.factor)
                case QLineEdit() as field:
                    field.setText(self._shown(value))
                    field.setCursorPosition(0)

    def _make_control(self) -> list[QWidget]:
        row = self.row
        if row.kind == "switch":
            box = QCheckBox()
            box.toggled.connect(self._on_toggled)
            return [box]
        if row.kind == "choice":
            choice = QComboBox()
            for value, text in row.choices:
                choice.addItem(text, value)
            choice.setFixedWidth(_CONTROL_WIDTH)
            choice.currentIndexChanged.connect(self._on_chosen)
            choice.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel scrolls the page
            return [choice]
        if row.kind == "number":
            number = QDoubleSpinBox()
            number.setDecimals(row.decimals)
            number.setRange(row.low, row.high)
            number.setSingleStep(row.step)
            number.setSuffix(row.suffix)
            number.setFixedWidth(_CONTROL_WIDTH // 2)
            number.setKeyboardTracking(False)
            number.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            number.valueChanged.connect(self._on_number_changed)
            return [number]
        field = QLineEdit()
        field.setMinimumWidth(_NARROWEST)
        if row.kind == "list":
            field.setReadOnly(True)
            return [field]
        field.editingFinished.connect(self._on_path_typed)
        browse = button("Choose…", f"{row.text}: choose it (Space)")
        browse.setProperty("role", "small")
        browse.clicked.connect(self._on_browse_clicked)
        return [field, browse]

    def _shown(self, value: Any) -> str:
        row = self.row
        if row.kind == "switch":
            return "on" if bool(value) != row.is_opposite else "off"
        if row.kind == "number":
            return f"{value * row.factor:.{row.decimals}f}{row.suffix}"
        if row.kind == "choice":
            return dict(row.choices).get(value, str(value))
        if row.kind == "list":
            return ", ".join(value) or "none"
        return str(value)

    def _wish(self, value: object) -> None:
        if value != self._value:
            self.value_requested.emit(self.row.name, value)

    def _on_toggled(self, is_on: bool) -> None:
        self._wish(is_on != self.row.is_opposite)

    def _on_chosen(self) -> None:
        assert isinstance(self._control, QComboBox)
        self._wish(self._control.currentData())

    def _on_number_changed(self, value: float) -> None:
        kept = value / self.row.factor
        self._wish(kept if self.row.decimals or self.row.factor != 1 else round(kept))

    def _on_path_typed(self) -> None:
        assert isinstance(self._control, QLineEdit)
        self._wish(self._control.text().strip())

    def _on_browse_clicked(self) -> None:
        folder = choose_folder(self, self.row.text, str(self._value))
        if folder:
            self._wish(folder)

    def _on_reset_clicked(self) -> None:
        self._control.setFocus()
        self._wish(self._default)


def _reset_texts(row: SettingInfo, default: str) -> tuple[str, str]:
    if row.kind == "list":
        return "Forget", f"{row.text}: forget them (Space)"
    return "Reset", f"{row.text}: {default}, as at first (Space)"
