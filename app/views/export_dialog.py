"""The dialog for an export: which table, of which rows, by which rule, and to which file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.views.look import least_width
from app.views.spacing import DIALOG
from app.views.texts import button, label

if TYPE_CHECKING:
    from collections.abc import Sequence

_TABLES = (
    ("compatible", "The older program's table", "annotations"),
    ("wide", "Wide: a row for each block", "blocks"),
    ("long", "Long: a row for each vote", "votes"),
)
_FORMATS = (("CSV", ".csv"), ("TSV", ".tsv"), ("Excel workbook", ".xlsx"), ("Parquet", ".parquet"))


@dataclass(frozen=True)
class ExportChoice:
    """What is written: the table by its name, the rule as it was offered, and whether only rows that are shown."""

    table: str = "compatible"
    rule: int = 0
    is_filtered: bool = False


class ExportDialog(QDialog):
    """Not modal: what the filter shows can still be changed. A wish: a file by its path, and whether it may go."""

    export_requested = Signal(str, bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self._folder = ""
        self._named = 0
        """The table after which the proposed file is called."""
        self._replaceable = ""
        self._table = QComboBox()
        for name, text, _ in _TABLES:
            self._table.addItem(text, name)
        self._table.setToolTip("The older program's columns; or with class names, times, flags and comments")
        self._table.setAccessibleName("Table")
        self._rows = QComboBox()
        self._rows.setToolTip("All blocks, or only those that the filter of the review shows")
        self._rows.setAccessibleName("Rows")
        self._rule = QComboBox()
        self._rule.setToolTip("What the votes give; it always sees the votes on all blocks")
        self._rule.setAccessibleName("Consensus")
        self._path = QLineEdit()
        least_width(self._path, 340)
        self._path.setAccessibleName("File")
        self._path.setToolTip("A name that ends in .csv, .tsv, .xlsx or .parquet")
        self._format = QComboBox()
        for text, ending in _FORMATS:
            self._format.addItem(text, ending)
        self._format.setToolTip("The kind of file")
        self._format.setAccessibleName("Kind of file")
        self._problem = label("", "error", wrap=True)
        browse = button("Choose…", "Choose the folder and the name")
        self._save = button("Export", "Write the file (Enter)", primary=True)
        self._save.setDefault(True)
        close = button("Close", "Escape")
        for plain in (browse, close):
            plain.setAutoDefault(False)

        file_row = QHBoxLayout()
        for part in (self._path, self._format, browse):
            file_row.addWidget(part)
        form = QFormLayout()
        form.addRow("Table", self._table)
        form.addRow("Rows", self._rows)
        form.addRow("Consensus", self._rule)
        form.addRow("File", file_row)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(close)
        buttons.addWidget(self._save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*DIALOG)
        layout.addLayout(form)
        layout.addWidget(self._problem)
        layout.addStretch()
        layout.addLayout(buttons)
        self._table.currentIndexChanged.connect(self._on_table_changed)
        self._format.currentIndexChanged.connect(self._on_format_changed)
        browse.clicked.connect(self._on_browse_clicked)
        self._save.clicked.connect(self._on_save_clicked)
        close.clicked.connect(self.close)
        self._on_table_changed()

    def set_rows(self, total: int, shown: int) -> None:
        """How many blocks there are, and how many the filter shows."""
        at = max(0, self._rows.currentIndex())
        with QSignalBlocker(self._rows):
            self._rows.clear()
            self._rows.addItem(f"All {total:,}")
            self._rows.addItem(f"Only the {shown:,} that the filter shows")
            self._rows.setCurrentIndex(at)

    def set_rules(self, texts: Sequence[str], chosen: int) -> None:
        """The rules of consensus in words."""
        with QSignalBlocker(self._rule):
            self._rule.clear()
            self._rule.addItems(list(texts))
            self._rule.setCurrentIndex(chosen)

    def set_folder(self, folder: str) -> None:
        """Where the file goes unless another place was typed or chosen."""
        if self._path.text() in ("", self._proposed()):
            self._folder = folder
            self._path.setText(self._proposed())

    def set_problem(self, text: str) -> None:
        """Why nothing was written; empty for nothing."""
        self._problem.setText(text)

    def offer_replacing(self, path: str) -> None:
        """There is such a file: pressed again with the same name, Export replaces it."""
        self._replaceable = self._path.text().strip()
        self._problem.setText(f"{path} is there already. Press Export again to replace it, or choose another name.")

    def set_busy(self, is_busy: bool) -> None:
        """One export at a time."""
        self._save.setEnabled(not is_busy)

    def choice(self) -> ExportChoice:
        """What is chosen now."""
        return ExportChoice(str(self._table.currentData()), self._rule.currentIndex(), self._rows.currentIndex() == 1)

    def begin(self) -> None:
        """Show the dialog, ready for Enter."""
        self._problem.setText("")
        self.show()
        self.raise_()
        self.activateWindow()
        self._path.setFocus()

    def _proposed(self) -> str:
        names = [name for _, _, name in _TABLES]
        return str(PurePath(self._folder, names[self._named] + self._format.currentData())) if self._folder else ""

    def _on_table_changed(self) -> None:
        is_proposed = self._path.text() == self._proposed()
        self._named = self._table.currentIndex()
        if is_proposed:
            self._path.setText(self._proposed())
        self._rule.setEnabled(self._table.currentData() != "long")

    def _on_format_changed(self) -> None:
        path = PurePath(self._path.text())
        if path.suffix.lower() in [ending for _, ending in _FORMATS]:
            self._path.setText(str(path.with_suffix(self._format.currentData())))

    def _on_browse_clicked(self) -> None:
        chooser = QFileDialog(self, "Export as", self._path.text(), "Tables (*.csv *.tsv *.xlsx *.parquet)")
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
        if not path:
            self._problem.setText("Name a file.")
            return
        self._problem.setText("")
        may_replace = path == self._replaceable
        self._replaceable = ""
        self.export_requested.emit(path, may_replace)
