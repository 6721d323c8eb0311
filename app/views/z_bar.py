"""Below the canvas: the slice slider and the auto-play."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QSpinBox, QWidget

from app.actions import tooltip
from app.views.look import least_width_of
from app.views.texts import icon_button, label, set_icon


class ZBar(QWidget):
    """Wishes: a slice, play, a speed."""

    z_requested = Signal(int)
    interval_requested = Signal(int)
    action_requested = Signal(str)

    def __init__(self, shortest_ms: int, longest_ms: int) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setToolTip("Slice (Left, Right, wheel)")
        self._slider.setAccessibleName("Slice")
        self._slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._position = label("", "mono")
        least_width_of(self._position, "0000/0000", 8)
        self._position.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._play = icon_button("play", "Play", tooltip("play"), checkable=True)
        self._bounce = icon_button("bounce", "Play back and forth", tooltip("bounce"), checkable=True)
        self._interval = QSpinBox()
        self._interval.setRange(shortest_ms, longest_ms)
        self._interval.setSingleStep(20)
        self._interval.setSuffix(" ms")
        self._interval.setKeyboardTracking(False)
        self._interval.setAccessibleName("Time for each slice")
        self._interval.setToolTip("Time for each slice (+ faster, - slower)")
        self._interval.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 3, 8, 3)
        layout.addWidget(label("z", "faint"))
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._position)
        layout.addWidget(self._play)
        layout.addWidget(self._bounce)
        layout.addWidget(self._interval)

        self._slider.valueChanged.connect(self.z_requested)
        self._interval.valueChanged.connect(self.interval_requested)
        self._interval.editingFinished.connect(self._interval.clearFocus)
        self._play.clicked.connect(self._on_play_clicked)
        self._bounce.clicked.connect(self._on_bounce_clicked)

    def set_z(self, z: int, slices: int) -> None:
        """Slice `z` (0-based) of so many; people count from 1."""
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, max(0, slices - 1))
            self._slider.setValue(z)
        self._position.setText(f"{z + 1}/{slices}")

    def set_play(self, playing: bool, bouncing: bool, interval_ms: int) -> None:
        """State of the auto-play."""
        set_icon(self._play, "pause" if playing else "play")
        self._play.setChecked(playing)
        self._bounce.setChecked(bouncing)
        with QSignalBlocker(self._interval):
            self._interval.setValue(interval_ms)

    def _on_play_clicked(self) -> None:
        self.action_requested.emit("play")

    def _on_bounce_clicked(self) -> None:
        self.action_requested.emit("bounce")
