"""Below the slice slider: the time slider of a film, not there where there is only one time point."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from app.actions import tooltip
from app.views.look import least_width_of
from app.views.texts import icon_button, label


class TimeBar(QWidget):
    """Wishes: a time point."""

    time_requested = Signal(int)
    action_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setToolTip(f"{tooltip('time_back')}; {tooltip('time_on')}")
        self._slider.setAccessibleName("Time point")
        self._slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._position = label("", "mono")
        least_width_of(self._position, "0000/0000", 8)
        self._position.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 3, 8, 3)
        layout.addWidget(label("t", "faint"))
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._position)
        for name, sign in (("time_back", "previous"), ("time_on", "next")):
            step = icon_button(sign, tooltip(name), tooltip(name))
            step.setObjectName(name)
            step.clicked.connect(self._on_step_clicked)
            layout.addWidget(step)
        self._slider.valueChanged.connect(self.time_requested)
        self.hide()

    def set_time(self, time: int, times: int, is_here: bool = True) -> None:
        """Time point `time` (0-based) of so many; `is_here` is False while it is still being read."""
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, max(0, times - 1))
            self._slider.setValue(time)
        self._position.setText(f"{time + 1}/{times}{'' if is_here else '…'}")
        self.setVisible(times > 1)

    def _on_step_clicked(self) -> None:
        self.action_requested.emit(self.sender().objectName())
