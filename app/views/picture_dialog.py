"""The dialog for a picture of the canvas or the window: what is on it, how large, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.actions import tooltip
from app.views.look import least_width
from app.views.texts import button, label

_FORMATS = (("PNG", ".png"), ("TIFF", ".tif"))


@dataclass(frozen=True)
class PictureChoice:
    """What a picture shows: `scale` pixels for each of the screen; the rest counts for the canvas only."""

    is_window: bool = False
    scale: int = 1
    has_scale_bar: bool = True
    has_captions: bool = True
    has_cross: bool = True


class PictureDialog(QDialog):
    """Not modal: what is seen can still be changed. Wishes: a file by its path, or a copy on the clipboard."""

    save_requested = Signal(str, bool)
    """A path, and whether a file that is there may be replaced."""
    copy_requested = Signal()
    choice_changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Save a picture")
        self._folder, self._name = "", ""
        self._replaceable = ""
        self._what = QComboBox()
        for text, is_window in (("Canvas", False), ("Whole window", True)):
            self._what.addItem(text, is_window)
        self._what.setToolTip("The canvas alone can be drawn larger than it is on the screen")
        self._scale = QSpinBox()
        self._scale.setRange(1, 8)
        self._scale.setSuffix(" ×")
        self._scale.setToolTip("Pixels of the picture for each pixel of the screen: drawn anew, not blown up")
        self._size = label("", "faint")
        self._limit = label("", "faint", wrap=True)
        self._scale_bar, self._captions, self._cross = (
            QCheckBox(text) for text in ("Scale bar", "Captions and axes", "Crosshair")
        )
        for box in self._boxes():
            box.setChecked(True)
        self._path = QLineEdit()
        least_width(self._path, 340)
        self._path.setAccessibleName("File")
        self._format = QComboBox()
        for text, ending in _FORMATS:
            self._format.addItem(text, ending)
        self._format.setToolTip("A TIFF says how many micrometres a pixel has; so does a PNG")
        browse = button("Choose…", "Choose the folder and the name")
        save = button("Save", "Write the file (Enter)", primary=True)
        save.setDefault(True)
        copy = button("Copy", "Put the picture on the clipboard; as it is seen: " + tooltip("copy_picture"))
        close = button("Close", "Escape")
        for plain in (browse, copy, close):
            plain.setAutoDefault(False)

        grid = QGridLayout()
        grid.setColumnStretch(2, 1)
        grid.addWidget(label("Picture of"), 0, 0)
        grid.addWidget(self._what, 0, 1)
        grid.addWidget(label("Scale"), 1, 0)
        grid.addWidget(self._scale, 1, 1)
        grid.addWidget(self._size, 1, 2)
        grid.addWidget(self._limit, 2, 1, 1, 2)
        grid.addWidget(label("With"), 3, 0)
        with_row = QHBoxLayout()
        for box in self._boxes():
            with_row.addWidget(box)
        with_row.addStretch()
        grid.addLayout(with_row, 3, 1, 1, 2)
        grid.addWidget(label("File"), 4, 0)
        file_row = QHBoxLayout()
        file_row.addWidget(self._path, 1)
        file_row.addWidget(self._format)
        file_row.addWidget(browse)
        grid.addLayout(file_row, 4, 1, 1, 2)
        buttons = QHBoxLayout()
        buttons.addStretch()
        for one in (close, copy, save):
            buttons.addWidget(one)
        layout = QVBoxLayout(self)
        layout.addLayout(grid)
        layout.addLayout(buttons)

        self._what.currentIndexChanged.connect(self._on_choice_changed)
        self._scale.valueChanged.connect(self._on_choice_changed)
        self._format.currentIndexChanged.connect(self._on_format_changed)
        browse.clicked.connect(self._on_browse_clicked)
        save.clicked.connect(self._on_save_clicked)
        copy.clicked.connect(self.copy_requested)
        close.clicked.connect(self.reject)

    def set_proposal(self, folder: str, name: str) -> None:
        """Where the file goes unless another place was typed or chosen; `name` is without its ending."""
        if self._path.text() == self._proposed():
            self._folder, self._name = folder, name
            self._path.setText(self._proposed())

    def set_sizes(self, canvas: tuple[int, int], largest_scale: int, limit: str) -> None:
        """Width and height of the canvas in pixels of the screen, how far it can be enlarged, and why no further."""
        self._scale.setMaximum(largest_scale)
        self._limit.setText(limit)
        self._limit.setVisible(bool(limit))
        is_window = self._what.currentData()
        for widget in (self._scale, *self._boxes()):
            widget.setEnabled(not is_window)
        width, height = (side * self._scale.value() for side in canvas)
        self._size.setText("" if is_window else f"{width} × {height} pixels")

    def choice(self) -> PictureChoice:
        """What is chosen now."""
        ticks = (box.isChecked() for box in self._boxes())
        return PictureChoice(bool(self._what.currentData()), self._scale.value(), *ticks)

    def begin(self) -> None:
        """Show the dialog, ready for Enter."""
        self.show()
        self.raise_()
        self.activateWindow()
        self._path.setFocus()

    def _boxes(self) -> tuple[QCheckBox, ...]:
        return self._scale_bar, self._captions, self._cross

    def _proposed(self) -> str:
        return str(PurePath(self._folder, self._name + self._format.currentData())) if self._name else ""

    def _on_choice_changed(self) -> None:
        self.choice_changed.emit()

    def _on_format_changed(self) -> None:
        path = PurePath(self._path.text())
        if path.suffix.lower() in (".png", ".tif", ".tiff"):
            self._path.setText(str(path.with_suffix(self._format.currentData())))

    def _on_browse_clicked(self) -> None:
        chooser = QFileDialog(self, "Save the picture as", self._path.text(), "Pictures (*.png *.tif *.tiff)")
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix(self._format.currentData())
        chooser.fileSelected.connect(self._on_file_chosen)
        chooser.finished.connect(chooser.deleteLater)
        chooser.open()

    def _on_file_chosen(self, path: str) -> None:
        """The chooser has asked already whether a file that is there may go."""
        self._path.setText(path)
        self._replaceable = path

    def _on_save_clicked(self) -> None:
        path = self._path.text().strip()
        if path:
            self.save_requested.emit(path, path == self._replaceable)
            self._replaceable = ""
