"""One channel in the panel: visible, colour, limits by slider or typed, Auto, Reset."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QCheckBox, QColorDialog, QDoubleSpinBox, QHBoxLayout, QVBoxLayout, QWidget
from superqt import QRangeSlider

from app.views.texts import button, label

_STEPS = 4096
"""The slider's own positions: its range is mapped to the data's."""


class ChannelRow(QWidget):
    """Wishes carry the channel's number first."""

    visible_requested = Signal(int, bool)
    color_requested = Signal(int, str)
    limits_requested = Signal(int, float, float)
    auto_requested = Signal(int)
    reset_requested = Signal(int)

    def __init__(self, channel: int) -> None:
        super().__init__()
        self._channel = channel
        self._low, self._high = 0.0, 1.0
        self._color = "#FFFFFF"
        self._visible = QCheckBox()
        self._visible.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if channel < 9:
            self._visible.setToolTip(f"Show or hide (Alt+{channel + 1})")
        self._swatch = button("", "Colour of this channel")
        self._swatch.setFixedSize(26, 20)
        self._swatch.setAccessibleName("Colour")
        self._name = label("")
        self._auto = button("Auto", "Limits at percentiles 1 and 99.9 of this block (A for all channels)")
        self._reset = button("Reset", "Limits at the smallest and largest value of this block")
        self._low_box, self._high_box = _value_box("Black at"), _value_box("Full colour at")
        self._slider = QRangeSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, _STEPS)
        self._slider.setValue((0, _STEPS))
        self._slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._slider.setToolTip("Contrast limits")

        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self._visible)
        top.addWidget(self._swatch)
        top.addWidget(self._name, 1)
        top.addWidget(self._auto)
        top.addWidget(self._reset)
        boxes = QHBoxLayout()
        boxes.addWidget(self._low_box)
        boxes.addStretch()
        boxes.addWidget(self._high_box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 8)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self._slider)
        layout.addLayout(boxes)

        self._visible.toggled.connect(self._on_visible_toggled)
        self._swatch.clicked.connect(self._on_swatch_clicked)
        self._auto.clicked.connect(self._on_auto_clicked)
        self._reset.clicked.connect(self._on_reset_clicked)
        self._slider.valueChanged.connect(self._on_slider_moved)
        for box in (self._low_box, self._high_box):
            box.valueChanged.connect(self._on_box_changed)
            box.editingFinished.connect(box.clearFocus)

    def set_channel(self, name: str, color: str, visible: bool) -> None:
        """Name, colour as #RRGGBB, and whether it is drawn."""
        self._name.setText(name)
        self._name.setToolTip(name)
        if color != self._color or not self._swatch.styleSheet():
            self._color = color
            self._swatch.setStyleSheet(f"background: {color}; border: 1px solid #77777C;")
        with QSignalBlocker(self._visible):
            self._visible.setChecked(visible)

    def set_range(self, low: float, high: float, whole: bool) -> None:
        """Smallest and largest value of the block: the ends of the slider. `whole` for integers."""
        self._low, self._high = low, max(high, low + 1e-12)
        for box in (self._low_box, self._high_box):
            with QSignalBlocker(box):
                box.setDecimals(0 if whole else 4)
                box.setSingleStep(max(1.0, (high - low) / 200) if whole else (high - low) / 200)

    def set_limits(self, low: float, high: float) -> None:
        """What is black and what is full colour, in the data's own values."""
        with QSignalBlocker(self._low_box), QSignalBlocker(self._high_box), QSignalBlocker(self._slider):
            self._low_box.setValue(low)
            self._high_box.setValue(high)
            if not self._slider.isSliderDown():
                self._slider.setValue((self._position(low), self._position(high)))

    def _position(self, value: float) -> int:
        return max(0, min(_STEPS, round(_STEPS * (value - self._low) / (self._high - self._low))))

    def _on_slider_moved(self, positions: tuple[int, int]) -> None:
        span = (self._high - self._low) / _STEPS
        low, high = positions
        self.limits_requested.emit(self._channel, self._low + low * span, self._low + max(high, low + 1) * span)

    def _on_box_changed(self) -> None:
        low, high = self._low_box.value(), self._high_box.value()
        if high > low:
            self.limits_requested.emit(self._channel, low, high)

    def _on_visible_toggled(self, visible: bool) -> None:
        self.visible_requested.emit(self._channel, visible)

    def _on_swatch_clicked(self) -> None:
        color = QColorDialog.getColor(QColor(self._color), self, f"Colour of {self._name.text()}")
        if color.isValid():
            self.color_requested.emit(self._channel, color.name().upper())

    def _on_auto_clicked(self) -> None:
        self.auto_requested.emit(self._channel)

    def _on_reset_clicked(self) -> None:
        self.reset_requested.emit(self._channel)


def _value_box(name: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(-1e12, 1e12)
    box.setKeyboardTracking(False)
    box.setFixedWidth(92)
    box.setToolTip(name)
    box.setAccessibleName(name)
    box.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    box.setObjectName("value")  # the style sheet takes its arrows away
    return box
