"""The right panel: channels, labels, and facts about the block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.actions import tooltip
from app.views.channels_panel import ChannelsPanel
from app.views.fold import Fold
from app.views.labels_panel import LabelsPanel
from app.views.look import least_width
from app.views.quality_panel import QualityPanel
from app.views.spacing import BAR
from app.views.texts import button, label
from app.views.volume_panel import VolumePanel

if TYPE_CHECKING:
    from collections.abc import Sequence


_WIDTH = 300
"""What all parts need beside the scroll bar: nothing is to move when one of them comes, or the bar."""

Fact = tuple[str, str] | tuple[str, str, str]
"""Name and value, and more of it under the mouse."""


class SidePanel(QScrollArea):
    """Wishes: those of the channels panel, and where a block starts."""

    start_requested = Signal(str)
    action_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab goes to what is in it
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.channels = ChannelsPanel()
        self._start = QComboBox()
        self._start.setAccessibleName("Where each block starts")
        self._start.addItem("Starts at its focus point, or the middle", "focus")
        self._start.addItem("Starts at the middle slice", "middle")
        self._start.addItem("Starts at the first slice", "first")
        self._start.addItem("Starts at the slice of the block before", "stay")
        self._start.setToolTip("The slice that each block starts at. Remembered for this data set")
        self._start.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._start.currentIndexChanged.connect(self._on_start_changed)
        self.quality = QualityPanel()
        self._sign = label("", "warning")
        self._facts = QFormLayout()
        self._fact_labels: list[tuple[QLabel, QLabel]] = []
        self._facts.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._facts.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)

        inside = QWidget()
        inside.setObjectName("panel")
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(*BAR)
        layout.addWidget(label("Channels", "section"))
        layout.addWidget(self.channels)
        self.volume = VolumePanel()
        layout.addWidget(Fold("Slices and 3D", self.volume, "Thick slices, 3D modes, cuts and camera"))
        self._labels_heading = label("Labels", "section")
        layout.addWidget(self._labels_heading)
        self.labels = LabelsPanel()
        layout.addWidget(self.labels)
        heading = QHBoxLayout()
        heading.addWidget(label("Block", "section"), 1)
        heading.addWidget(self._sign)
        layout.addLayout(heading)
        layout.addWidget(self._start)
        layout.addLayout(self._facts)
        self._correct = button("Correct…", tooltip("correct_reading"))
        self._correct.setAccessibleName("Correct how this data set is read")
        self._correct.clicked.connect(self._on_correct_clicked)
        self._correct.hide()
        layout.addWidget(self._correct, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.quality)
        layout.addStretch()
        self.setWidget(inside)
        least_width(self, _WIDTH)
        self._revealed: QWidget | None = None
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._on_range_changed)
        bar.actionTriggered.connect(self._on_scrolled)

    def reveal_quality(self, is_open: bool) -> None:
        """Scroll to the quality of the block, now and as it grows, until somebody scrolls elsewhere."""
        self._revealed = self.quality if is_open else None
        self._on_range_changed()

    def reveal_labels(self) -> None:
        """Scroll to the labels, as far as that is needed to see all of them, until somebody scrolls elsewhere."""
        self._revealed = self._labels_heading
        self._on_range_changed()

    def _on_range_changed(self) -> None:
        if self._revealed is None:
            return
        bar, top = self.verticalScrollBar(), self._revealed.y()
        end = self.labels.geometry().bottom() + 8
        if self._revealed is self.quality or not bar.value() <= top <= end <= bar.value() + self.viewport().height():
            bar.setValue(top)

    def _on_scrolled(self) -> None:
        self._revealed = None

    def set_start(self, start_at: str) -> None:
        """Where each block starts."""
        with QSignalBlocker(self._start):
            self._start.setCurrentIndex(max(0, self._start.findData(start_at)))

    def set_facts(self, facts: Sequence[Fact]) -> None:
        """What is known of the block, one line each; more than its name can be corrected."""
        self._correct.setVisible(len(facts) > 1)
        while self._facts.rowCount() > len(facts):
            self._facts.removeRow(self._facts.rowCount() - 1)
            self._fact_labels.pop()
        while self._facts.rowCount() < len(facts):
            pair = (label("", "faint"), label("", wrap=True))
            pair[1].setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            # A long file name has no place to wrap: it must not make the panel wider
            pair[1].setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            self._facts.addRow(*pair)
            self._fact_labels.append(pair)
        for fact, (name, value) in zip(facts, self._fact_labels, strict=True):
            name.setText(fact[0])
            value.setText(fact[1])
            value.setToolTip(fact[2] if len(fact) == 3 else "")

    def set_sign(self, text: str, tip: str) -> None:
        """A small sign at the facts: how many warnings of quality there are; `tip` says which."""
        self._sign.setText(text)
        self._sign.setToolTip(tip)

    def _on_start_changed(self) -> None:
        self.start_requested.emit(str(self._start.currentData()))

    def _on_correct_clicked(self) -> None:
        self.action_requested.emit("correct_reading")
