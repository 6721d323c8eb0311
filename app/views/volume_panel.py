"""How slices are thickened and the volume is drawn: mode and its number, cuts, camera."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.actions import tooltip
from app.views.look import fix_width_of
from app.views.spacing import MEDIUM, SMALL
from app.views.texts import button, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QShowEvent

_MODES = (
    ("mip", "Maximum (MIP)", "", "The brightest voxel along each ray"),
    ("attenuated", "Attenuated maximum", "Attenuation", "As maximum, but what lies behind bright voxels is darker"),
    ("translucent", "Translucent", "Density", "What is in front covers what is behind"),
    ("iso", "Surface", "Threshold", "The first place where a channel reaches this share of its contrast, lit"),
    ("additive", "Additive", "Density", "Everything along the ray shines through"),
    ("average", "Average", "", "The mean of all voxels along each ray"),
    ("minip", "Minimum", "", "The darkest voxel along each ray"),
)
_LEAST, _MOST, _STEPS = 0.005, 2.0, 300
"""The slider of a mode's number is logarithmic."""
_BOX_STEPS = 1000


class VolumePanel(QWidget):
    """Wishes carry the name of what is to be different and its value; made when it is first seen."""

    volume_requested = Signal(str, object)
    amount_requested = Signal(float)
    slab_requested = Signal(str, object)
    box_requested = Signal(int, float, float)
    side_requested = Signal(str)
    cut_side_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._volume: tuple[Any, ...] = ()
        self._slab: tuple[Any, ...] = ()
        self._is_built = False

    def showEvent(self, event: QShowEvent) -> None:
        """Make everything: the start of the program does not wait for it."""
        if not self._is_built:
            self._build()
            self._is_built = True
            self._show_volume()
            self._show_slab()
        super().showEvent(event)

    def set_volume(
        self,
        mode: str,
        amount: float | None,
        is_smooth: bool,
        box: Sequence[tuple[float, float]],
        has_cut: bool,
        shows_box: bool,
        shows_axes: bool,
        is_free: bool,
        perspective: float,
    ) -> None:
        """All choices; `amount` is the number of the mode, None where it has none."""
        self._volume = (mode, amount, is_smooth, box, has_cut, shows_box, shows_axes, is_free, perspective)
        if self._is_built:
            self._show_volume()

    def set_slab(self, thickness: int, how: str, is_smooth: bool) -> None:
        """Slices shown at once, `max` or `mean` of them, smoothed or not."""
        self._slab = (thickness, how, is_smooth)
        if self._is_built:
            self._show_slab()

    def _build(self) -> None:
        # Imported late: it costs a fifth of a second that the start does not have
        from superqt import QRangeSlider

        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setHorizontalSpacing(MEDIUM)
        form.setVerticalSpacing(SMALL)
        self._thickness = QSpinBox()
        self._thickness.setRange(1, 100)
        self._thickness.setKeyboardTracking(False)
        self._thickness.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._thickness.setToolTip("So many slices are shown as one, in every plane")
        self._how = _combo([("max", "maximum"), ("mean", "mean")], "Of the slices that are shown as one")
        self._smooth_slices = _check("Smooth", "Interpolate between voxels. Off: voxels as they are")
        slab = QHBoxLayout()
        slab.addWidget(self._thickness)
        slab.addWidget(self._how)
        form.addRow(label("Slices", "faint"), slab)
        form.addRow("", self._smooth_slices)

        self._mode = _combo([(name, text) for name, text, _, _ in _MODES], tooltip("next_3d_mode"))
        for place, (_, _, _, tip) in enumerate(_MODES):
            self._mode.setItemData(place, tip, Qt.ItemDataRole.ToolTipRole)
        self._amount_label = label("", "faint")
        self._amount = _slider(_STEPS, "")
        self._smooth = _check("Smooth", "Interpolate between voxels. Off: voxels as they are")
        form.addRow(label("3D", "faint"), self._mode)
        self._values = {name: _value() for name in ("amount", "x", "y", "z", "perspective")}
        form.addRow(self._amount_label, _row(self._amount, self._values["amount"]))
        form.addRow("", self._smooth)

        self._box = []
        for number, name in ((2, "x"), (1, "y"), (0, "z")):
            slider = QRangeSlider(Qt.Orientation.Horizontal)
            slider.setRange(0, _BOX_STEPS)
            slider.setValue((0, _BOX_STEPS))
            slider.setProperty("axis", number)
            slider.setToolTip(f"Draw only this part of the volume along {name}")
            slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            slider.valueChanged.connect(self._on_box_moved)
            self._box.append(slider)
            form.addRow(label(f"Cut {name}", "faint"), _row(slider, self._values[name]))
        self._cut = _check("Plane", "Cut with a plane. Ctrl+drag moves it, Ctrl+Shift+drag tilts it")
        cuts = QHBoxLayout()
        cuts.addWidget(self._cut)
        for axis, text, tip in (
            ("x", "x", "across x"),
            ("y", "y", "across y"),
            ("z", "z", "across z"),
            ("eye", "view", "across the line of sight"),
        ):
            cuts.addWidget(self._small(text, f"Cut {tip}, through the middle", axis, self._on_cut_side_clicked))
        cuts.addStretch()
        form.addRow(label("", "faint"), cuts)

        sides = QHBoxLayout()
        for axis, tip in (("z", "as the XY view"), ("y", "as the XZ view"), ("x", "as the YZ view")):
            sides.addWidget(self._small(axis, f"Look along {axis}, {tip}", axis, self._on_side_clicked))
        sides.addStretch()
        form.addRow(label("Look along", "faint"), sides)
        self._free = _check("Turn freely", "Drag turns about any axis; else the volume stays upright")
        form.addRow("", self._free)
        self._perspective = _slider(90, "Angle of view; 0 is without perspective")
        form.addRow(label("Perspective", "faint"), _row(self._perspective, self._values["perspective"]))
        shows = QHBoxLayout()
        self._shows_box = _check("Edges", "The edges of the block, in 3D")
        self._shows_axes = _check("Axes", "Which way x, y and z run, in 3D")
        shows.addWidget(self._shows_box)
        shows.addWidget(self._shows_axes)
        form.addRow("", shows)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.addLayout(form)

        self._thickness.valueChanged.connect(self._on_thickness_changed)
        self._thickness.editingFinished.connect(self._thickness.clearFocus)
        self._how.currentIndexChanged.connect(self._on_how_changed)
        self._smooth_slices.toggled.connect(self._on_smooth_slices_toggled)
        self._mode.currentIndexChanged.connect(self._on_mode_changed)
        self._amount.valueChanged.connect(self._on_amount_moved)
        self._perspective.valueChanged.connect(self._on_perspective_moved)
        for check, name in (
            (self._smooth, "is_smooth"),
            (self._cut, "has_cut"),
            (self._free, "is_free"),
            (self._shows_box, "shows_box"),
            (self._shows_axes, "shows_axes"),
        ):
            check.setObjectName(name)
            check.toggled.connect(self._on_toggled)

    def _small(self, text: str, tip: str, name: str, slot: Any) -> QWidget:
        made = button(text, tip)
        made.setObjectName(name)
        made.setProperty("role", "small")
        made.clicked.connect(slot)
        return made

    def _show_volume(self) -> None:
        if not self._volume:
            return
        mode, amount, is_smooth, box, has_cut, shows_box, shows_axes, is_free, perspective = self._volume
        place = next(i for i, row in enumerate(_MODES) if row[0] == mode)
        with QSignalBlocker(self._mode):
            self._mode.setCurrentIndex(place)
        self._amount_label.setText(_MODES[place][2] or "Amount")
        self._amount.setEnabled(amount is not None)
        self._amount.setToolTip(_MODES[place][3])
        self._values["amount"].setText("" if amount is None else f"{amount:.3g}")
        self._values["perspective"].setText(f"{perspective:.0f}°")
        if amount is not None and not self._amount.isSliderDown():
            with QSignalBlocker(self._amount):
                self._amount.setValue(_to_step(mode, amount))
        for check, value in (
            (self._smooth, is_smooth),
            (self._cut, has_cut),
            (self._free, is_free),
            (self._shows_box, shows_box),
            (self._shows_axes, shows_axes),
        ):
            with QSignalBlocker(check):
                check.setChecked(value)
        for slider in self._box:
            low, high = box[slider.property("axis")]
            self._values["zyx"[slider.property("axis")]].setText(f"{100 * low:.0f}–{100 * high:.0f} %")
            with QSignalBlocker(slider):
                slider.setValue((round(low * _BOX_STEPS), round(high * _BOX_STEPS)))
        with QSignalBlocker(self._perspective):
            self._perspective.setValue(round(perspective))

    def _show_slab(self) -> None:
        if not self._slab:
            return
        thickness, how, is_smooth = self._slab
        with QSignalBlocker(self._thickness):
            self._thickness.setValue(thickness)
        with QSignalBlocker(self._how):
            self._how.setCurrentIndex(self._how.findData(how))
        with QSignalBlocker(self._smooth_slices):
            self._smooth_slices.setChecked(is_smooth)

    def _on_thickness_changed(self, value: int) -> None:
        self.slab_requested.emit("thickness", value)

    def _on_how_changed(self) -> None:
        self.slab_requested.emit("how", self._how.currentData())

    def _on_smooth_slices_toggled(self, value: bool) -> None:
        self.slab_requested.emit("is_smooth", value)

    def _on_mode_changed(self) -> None:
        self.volume_requested.emit("mode", self._mode.currentData())

    def _on_amount_moved(self, step: int) -> None:
        self.amount_requested.emit(_from_step(self._mode.currentData(), step))

    def _on_perspective_moved(self, degrees: int) -> None:
        self.volume_requested.emit("perspective", float(degrees))

    def _on_toggled(self, value: bool) -> None:
        self.volume_requested.emit(self.sender().objectName(), value)

    def _on_box_moved(self, ends: tuple[int, int]) -> None:
        low, high = ends
        if high - low < 5:  # something must be left
            low, high = (low, low + 5) if low + 5 <= _BOX_STEPS else (_BOX_STEPS - 5, _BOX_STEPS)
        self.box_requested.emit(self.sender().property("axis"), low / _BOX_STEPS, high / _BOX_STEPS)

    def _on_side_clicked(self) -> None:
        self.side_requested.emit(self.sender().objectName())

    def _on_cut_side_clicked(self) -> None:
        self.cut_side_requested.emit(self.sender().objectName())


def mode_text(mode: str) -> str:
    """The name of a 3D mode for people."""
    return next(text for name, text, _, _ in _MODES if name == mode)


def _value() -> QLabel:
    made = label("", "faint")
    fix_width_of(made, "100–100 %")
    return made


def _row(slider: QWidget, value: QLabel) -> QHBoxLayout:
    made = QHBoxLayout()
    made.addWidget(slider, 1)
    made.addWidget(value)
    return made


def _to_step(mode: str, amount: float) -> int:
    if mode == "iso":
        return round(amount * _STEPS)
    return round(_STEPS * _log_share(amount))


def _from_step(mode: str, step: int) -> float:
    if mode == "iso":
        return max(0.02, step / _STEPS)
    most = 1.0 if mode == "attenuated" else _MOST
    return min(most, float(_LEAST * (_MOST / _LEAST) ** (step / _STEPS)))


def _log_share(amount: float) -> float:
    from math import log

    return log(amount / _LEAST) / log(_MOST / _LEAST)


def _combo(items: Sequence[tuple[str, str]], tip: str) -> QComboBox:
    made = QComboBox()
    for name, text in items:
        made.addItem(text, name)
    made.setToolTip(tip)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made


def _check(text: str, tip: str) -> QCheckBox:
    made = QCheckBox(text)
    made.setToolTip(tip)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made


def _slider(most: int, tip: str) -> QSlider:
    made = QSlider(Qt.Orientation.Horizontal)
    made.setRange(0, most)
    made.setToolTip(tip)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made
