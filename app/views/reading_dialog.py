"""How the files of the data set are read: which axis is which, how large a voxel is, and what the file says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QDoubleValidator
from PySide6.QtWidgets import QComboBox, QDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.views.look import fix_width
from app.views.spacing import DIALOG, MEDIUM, SMALL
from app.views.texts import button, label

if TYPE_CHECKING:
    from collections.abc import Sequence

AS_STATED = ""
"""The choice to take what the files say."""

_AXES = ("z", "y", "x")


class ReadingDialog(QDialog):
    """Not modal: the picture beside it shows what a choice does. Closes with Escape."""

    choice_requested = Signal(str, object)
    """Letters of the axes (AS_STATED: as the files say) and the voxel size as (z, y, x) in micrometres, or None"""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("How this data set is read")
        self._axes = QComboBox()
        self._axes.setToolTip("What the dimensions of each file are")
        self._axes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._stated_axes = label("", "faint", wrap=True)
        self._stated_size = label("", "faint", wrap=True)
        self._problem = label("", "error", wrap=True)
        self._sizes: dict[str, QLineEdit] = {}
        sizes = QHBoxLayout()
        sizes.setSpacing(MEDIUM)
        numbers = QDoubleValidator(0.0, 1e6, 9, self)
        numbers.setLocale(QLocale.c())
        for axis in _AXES:
            field = QLineEdit()
            field.setValidator(numbers)
            fix_width(field, 90)
            field.setToolTip(f"Micrometres from one voxel to the next along {axis}; empty: as the file says")
            field.setAccessibleName(f"Voxel size {axis}")
            self._sizes[axis] = field
            sizes.addWidget(label(axis, "faint"))
            sizes.addWidget(field)
        sizes.addWidget(label("µm"))
        sizes.addStretch()
        form = QFormLayout()
        form.setVerticalSpacing(SMALL)
        form.addRow("Dimensions", self._axes)
        form.addRow("", self._stated_axes)
        form.addRow("Voxel", sizes)
        form.addRow("", self._stated_size)
        self._apply = button("Apply to this data set", "Read every block of this data set so (Enter)", primary=True)
        self._apply.setDefault(True)
        self._apply.clicked.connect(self._on_apply_clicked)
        stated = button("As the files say", "Forget what was set here")
        stated.setAutoDefault(False)
        stated.clicked.connect(self._on_stated_clicked)
        close = button("Close", "Escape")
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addWidget(stated)
        buttons.addStretch()
        buttons.addWidget(close)
        buttons.addWidget(self._apply)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*DIALOG)
        text = "For all blocks of this data set, remembered on this computer for you. Nothing in the files is changed."
        layout.addWidget(label(text, "faint", wrap=True))
        layout.addLayout(form)
        layout.addWidget(self._problem)
        layout.addStretch()
        layout.addLayout(buttons)
        self.resize(520, 300)

    def set_axes(self, offered: Sequence[tuple[str, str]], chosen: str, stated: str) -> None:
        """What may be chosen, as (letters, text), AS_STATED first; what is; what the file shown says."""
        with QSignalBlocker(self._axes):
            self._axes.clear()
            for letters, text in offered:
                self._axes.addItem(text, letters)
            self._axes.setCurrentIndex(max(0, self._axes.findData(chosen)))
        self._stated_axes.setText(stated)

    def set_voxel_size(
        self, size: tuple[float, float, float] | None, own: tuple[float, float, float] | None, stated: str
    ) -> None:
        """The size that was set (z, y, x in micrometres), None for none; that of the file shown, and in words."""
        for place, axis in enumerate(_AXES):
            self._sizes[axis].setText("" if size is None else f"{size[place]:.9g}")
            self._sizes[axis].setPlaceholderText("" if own is None else f"{own[place]:.6g}")
        self._stated_size.setText(stated)
        self._problem.setText("")

    def _on_apply_clicked(self) -> None:
        texts = [self._sizes[axis].text().strip() for axis in _AXES]
        size = None
        if any(texts):
            try:
                numbers = [float(text) for text in texts]
            except ValueError:
                numbers = []
            if len(numbers) != len(_AXES) or min(numbers) <= 0:
                self._problem.setText("A voxel size needs three numbers above 0, with a point for decimals, or none.")
                return
            size = (numbers[0], numbers[1], numbers[2])
        self._problem.setText("")
        self.choice_requested.emit(str(self._axes.currentData()), size)

    def _on_stated_clicked(self) -> None:
        self._axes.setCurrentIndex(max(0, self._axes.findData(AS_STATED)))
        for field in self._sizes.values():
            field.clear()
        self._on_apply_clicked()

    def show_beside(self) -> None:
        """Show it, or bring it to the front."""
        self.setWindowFlag(Qt.WindowType.Dialog)
        self.show()
        self.raise_()
        self.activateWindow()
