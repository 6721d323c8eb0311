"""Contrast of the selected channel: histogram, limits as values and percentiles, gamma, opacity, colormap, arcsinh."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.views.histogram_view import HistogramView
from app.views.limit_box import LimitBox
from app.views.look import least_width
from app.views.spacing import MEDIUM, SMALL
from app.views.texts import button, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtWidgets import QLabel


class ContrastItem(NamedTuple):
    """The selected channel; limits in the data's values, `whole` for integers, `ramp` as #RRGGBB."""

    channel: int
    name: str
    ramp: tuple[str, ...]
    colormap: str
    low: float
    high: float
    gamma: float
    opacity: float
    cofactor: float
    whole: bool


class ContrastPanel(QWidget):
    """Wishes carry the channel's number first."""

    limits_requested = Signal(int, float, float)
    percentiles_requested = Signal(int, float, float)
    gamma_requested = Signal(int, float)
    opacity_requested = Signal(int, float)
    colormap_requested = Signal(int, str)
    cofactor_requested = Signal(int, float)
    auto_requested = Signal(int)
    reset_requested = Signal(int)
    full_range_requested = Signal(int)
    scope_requested = Signal(bool)
    """Of the whole block, or of the slice."""
    range_requested = Signal(float, float)
    whole_range_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.item: ContrastItem | None = None
        self._name = label("")
        self._name.setProperty("role", "channel")
        self._colormap = QComboBox()
        self._colormap.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._colormap.setToolTip("From the lower to the upper limit: one colour, or a colormap")
        self._colormap.setAccessibleName("Colormap")
        self.histogram = HistogramView()
        self._shares = label("", "faint")
        self._shares.setToolTip("Voxels drawn in full colour, and voxels of the value 0")
        self._low, self._high = _limit("Black at"), _limit("Full colour at")
        self._low_percent, self._high_percent = _percent("Lower limit", 1.0), _percent("Upper limit", 99.9)
        self._gamma = _small("Gamma: drawn is t ^ gamma, so that above 1 the middle is darker", 0.1, 10.0, 0.05)
        self._opacity = _small("Opacity: how much this channel adds to the picture", 0, 100, 5)
        self._opacity.setDecimals(0)
        self._opacity.setSuffix(" %")
        self._arcsinh = QCheckBox("arcsinh")
        self._arcsinh.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._arcsinh.setToolTip("Draw asinh(value / cofactor), as is usual for imaging mass cytometry")
        self._cofactor = _small("Cofactor: about linear below it, logarithmic above", 0.001, 1e6, 1)
        self._cofactor.setDecimals(3)
        self._cofactor.setValue(5)
        self._auto = button("Auto", "Limits at percentiles 1 and 99.9 of this block (A for all channels)")
        self._reset = button("Reset", "Limits at the smallest and largest value of this block, gamma 1")
        self._full = button("Full", "Limits at the ends of what the data type can hold")
        self._log = button("Log", "Heights by the logarithm of the number of voxels", checkable=True)
        self._log.setChecked(True)
        self._slice = button("Slice", "Histogram of the slice on screen, else of the whole block", checkable=True)
        self._lay_out()
        self._connect()

    def set_colormaps(self, names: Sequence[tuple[str, str]]) -> None:
        """Name of each colormap and the text for it."""
        with QSignalBlocker(self._colormap):
            self._colormap.clear()
            for name, text in names:
                self._colormap.addItem(text, name)

    def set_item(self, item: ContrastItem) -> None:
        """The selected channel as it is drawn."""
        self.item = item
        self._full.setEnabled(item.whole)
        self._name.setText(item.name)
        self._name.setToolTip(item.name)
        self.histogram.set_look(item.low, item.high, item.gamma, item.cofactor, item.ramp)
        for box, value in ((self._low, item.low), (self._high, item.high)):
            with QSignalBlocker(box):
                box.setDecimals(0 if item.whole else _decimals(item.low, item.high))
                step = (item.high - item.low) / 100
                box.setSingleStep(max(1.0, step) if item.whole else step if step > 0 else 1.0)
                box.setValue(value)
        for small, shown in ((self._gamma, item.gamma), (self._opacity, 100 * item.opacity)):
            with QSignalBlocker(small):
                small.setValue(shown)
        with QSignalBlocker(self._arcsinh), QSignalBlocker(self._cofactor):
            self._arcsinh.setChecked(item.cofactor > 0)
            self._cofactor.setEnabled(item.cofactor > 0)
            if item.cofactor > 0:
                self._cofactor.setValue(item.cofactor)
        with QSignalBlocker(self._colormap):
            self._colormap.setCurrentIndex(max(0, self._colormap.findData(item.colormap)))

    def set_bins(self, edges: NDArray[np.float64], counts: NDArray[np.int64], shown: tuple[float, float]) -> None:
        """The histogram: edges (B + 1,) in the data's values, the voxels of each bin (B,), and the range shown."""
        self.histogram.set_bins(edges, counts, shown)

    def set_percentiles(self, low: float, high: float) -> None:
        """At which percentiles the limits are; a field that is typed into is left alone."""
        for box, value in ((self._low_percent, low), (self._high_percent, high)):
            if not box.hasFocus():
                with QSignalBlocker(box):
                    box.setValue(value)

    def set_shares(self, text: str) -> None:
        """How many voxels are saturated and zero."""
        self._shares.setText(text)

    def set_slice_possible(self, possible: bool) -> None:
        """A block of one slice is that slice."""
        self._slice.setEnabled(possible)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._name, 1)
        top.addWidget(self._colormap)
        buttons = QHBoxLayout()
        buttons.setSpacing(SMALL)
        for made in (self._auto, self._reset, self._full, self._log, self._slice):
            made.setObjectName("narrow")
            buttons.addWidget(made)
        values = QGridLayout()
        values.setHorizontalSpacing(MEDIUM)
        values.setVerticalSpacing(SMALL)
        values.setColumnStretch(1, 1)
        values.setColumnStretch(3, 1)
        rows: tuple[tuple[QLabel | QCheckBox, QWidget, QLabel, QWidget], ...] = (
            (label("From", "faint"), self._low, label("to", "faint"), self._high),
            (label("Percentile", "faint"), self._low_percent, label("to", "faint"), self._high_percent),
            (label("Gamma", "faint"), self._gamma, label("opacity", "faint"), self._opacity),
        )
        for row, widgets in enumerate(rows):
            for column, widget in enumerate(widgets):
                values.addWidget(widget, row, column)
        values.addWidget(self._arcsinh, len(rows), 0)
        values.addWidget(self._cofactor, len(rows), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(SMALL)
        layout.addLayout(top)
        layout.addWidget(self.histogram)
        layout.addWidget(self._shares)
        layout.addLayout(buttons)
        layout.addLayout(values)

    def _connect(self) -> None:
        self.histogram.limits_requested.connect(self._on_histogram_limits)
        self.histogram.gamma_requested.connect(self._on_gamma)
        self.histogram.range_requested.connect(self.range_requested)
        self.histogram.whole_range_requested.connect(self.whole_range_requested)
        self._low.valueChanged.connect(self._on_low_changed)
        self._high.valueChanged.connect(self._on_high_changed)
        for percent in (self._low_percent, self._high_percent):
            percent.valueChanged.connect(self._on_percent_changed)
        self._gamma.valueChanged.connect(self._on_gamma)
        self._opacity.valueChanged.connect(self._on_opacity)
        self._arcsinh.toggled.connect(self._on_arcsinh)
        self._cofactor.valueChanged.connect(self._on_cofactor)
        self._colormap.activated.connect(self._on_colormap)
        self._auto.clicked.connect(self._on_auto)
        self._reset.clicked.connect(self._on_reset)
        self._full.clicked.connect(self._on_full)
        self._log.toggled.connect(self.histogram.set_log)
        self._slice.toggled.connect(self._on_slice)
        for field in (self._low, self._high, self._low_percent, self._high_percent, self._gamma, self._opacity):
            field.editingFinished.connect(field.clearFocus)
        self._cofactor.editingFinished.connect(self._cofactor.clearFocus)

    def _on_histogram_limits(self, low: float, high: float) -> None:
        if self.item is not None:
            self.limits_requested.emit(self.item.channel, low, high)

    def _on_low_changed(self, low: float) -> None:
        if self.item is not None:  # the other box shows its value rounded; it is pushed on where it is in the way
            span = self.item.high - self.item.low
            self.limits_requested.emit(self.item.channel, low, self.item.high if low < self.item.high else low + span)

    def _on_high_changed(self, high: float) -> None:
        if self.item is not None:
            span = self.item.high - self.item.low
            self.limits_requested.emit(self.item.channel, self.item.low if self.item.low < high else high - span, high)

    def _on_percent_changed(self) -> None:
        low, high = self._low_percent.value(), self._high_percent.value()
        if self.item is not None and low < high:
            self.percentiles_requested.emit(self.item.channel, low, high)

    def _on_gamma(self, gamma: float) -> None:
        if self.item is not None:
            self.gamma_requested.emit(self.item.channel, gamma)

    def _on_opacity(self, percent: float) -> None:
        if self.item is not None:
            self.opacity_requested.emit(self.item.channel, percent / 100)

    def _on_arcsinh(self, checked: bool) -> None:
        if self.item is not None:
            self.cofactor_requested.emit(self.item.channel, self._cofactor.value() if checked else 0.0)

    def _on_cofactor(self, cofactor: float) -> None:
        if self.item is not None and self._arcsinh.isChecked():
            self.cofactor_requested.emit(self.item.channel, cofactor)

    def _on_colormap(self) -> None:
        if self.item is not None:
            self.colormap_requested.emit(self.item.channel, str(self._colormap.currentData()))

    def _on_auto(self) -> None:
        if self.item is not None:
            self.auto_requested.emit(self.item.channel)

    def _on_reset(self) -> None:
        if self.item is not None:
            self.reset_requested.emit(self.item.channel)

    def _on_full(self) -> None:
        if self.item is not None:
            self.full_range_requested.emit(self.item.channel)

    def _on_slice(self, of_slice: bool) -> None:
        self.scope_requested.emit(not of_slice)


def _decimals(low: float, high: float) -> int:
    """So many that a hundredth of the span is seen."""
    span = high - low
    return 4 if span >= 1 else 6 if span >= 0.01 else max(9, 3 - math.floor(math.log10(span))) if span > 0 else 9


def _limit(tip: str) -> QDoubleSpinBox:
    return _box(tip, LimitBox())


def _box(tip: str, made: QDoubleSpinBox | None = None) -> QDoubleSpinBox:
    made = made or QDoubleSpinBox()
    made.setRange(-1e12, 1e12)
    made.setKeyboardTracking(False)
    least_width(made, 60)
    made.setToolTip(tip)
    made.setAccessibleName(tip)
    made.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    made.setObjectName("value")  # the style sheet takes its arrows away
    return made


def _percent(tip: str, value: float) -> QDoubleSpinBox:
    made = _box(f"{tip} at this percentile of the histogram: type it")
    made.setRange(0, 100)
    made.setDecimals(2)
    made.setSuffix(" %")
    made.setValue(value)
    return made


def _small(tip: str, low: float, high: float, step: float) -> QDoubleSpinBox:
    made = _box(tip)
    made.setObjectName("")
    made.setRange(low, high)
    made.setSingleStep(step)
    return made
