"""A window beside the main one: the quality of all blocks as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.views.look import fix_rows, fix_width, px
from app.views.quality_rows import QualityRows
from app.views.spacing import WINDOW
from app.views.texts import button, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QModelIndex
    from PySide6.QtGui import QCloseEvent

_WIDTHS = {"Block": 210, "Channel": 110, "Warnings": 84, "What is wrong": 380, "Voxel (µm)": 150, "Voxel from": 130}
_WIDTH = 92


class QualityWindow(QWidget):
    """Wishes: go to a block, start and stop measuring, write a file; `closed` is a fact."""

    block_requested = Signal(str)
    start_requested = Signal()
    stop_requested = Signal()
    export_requested = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget, headings: Sequence[tuple[str, str]], marked: int) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Quality of all blocks")
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.resize(1180, 560)
        self.rows = QualityRows(headings, marked)
        self._is_running = False
        self._table = QTableView()
        self._table.setAccessibleName("Quality of each channel")
        self._table.setModel(self.rows)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._table.setAlternatingRowColors(True)
        self._table.setWordWrap(False)
        self._table.setTabKeyNavigation(False)
        self._table.verticalHeader().hide()
        fix_rows(self._table)
        self._table.horizontalHeader().setSortIndicator(marked, Qt.SortOrder.DescendingOrder)
        self._table.setSortingEnabled(True)
        for column, (title, _) in enumerate(headings):
            self._table.setColumnWidth(column, px(_WIDTHS.get(title, _WIDTH)))
        self._table.doubleClicked.connect(self._on_table_chosen)

        self._text = label("")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        fix_width(self._bar, 180)
        self._run = button("Stop")
        self._copy = button("Copy", "Copy the selected rows, or all, with tabs between the columns (Ctrl+C)")
        self._export = button("Export…", "Write all figures to a .csv or .tsv file (Ctrl+S)")
        close = button("Close", "Measuring stops; what is measured is kept (Escape)")
        self._run.clicked.connect(self._on_run_clicked)
        self._copy.clicked.connect(self._on_copy_asked)
        self._export.clicked.connect(self._on_export_asked)
        close.clicked.connect(self.close)
        for keys, slot in (
            (QKeySequence(QKeySequence.StandardKey.Copy), self._on_copy_asked),
            (QKeySequence(QKeySequence.StandardKey.Save), self._on_export_asked),
            (QKeySequence("Escape"), self.close),
            (QKeySequence("Return"), self._on_return_pressed),
        ):
            QShortcut(keys, self).activated.connect(slot)
        line = QHBoxLayout()
        line.addWidget(self._text)
        line.addWidget(self._bar)
        line.addWidget(self._run)
        line.addStretch()
        for part in (self._copy, self._export, close):
            line.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*WINDOW)
        layout.addLayout(line)
        layout.addWidget(self._table, 1)

    def set_progress(self, done: int, total: int, warned: int, is_running: bool) -> None:
        """How many blocks are measured, how many of these have a warning or no figures, and whether it goes on."""
        self._is_running = is_running
        state = f"{done} of {total} blocks measured" if done < total else f"{total} blocks"
        self._text.setText(f"{state}, {warned or 'none'} with a warning")
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(done)
        self._bar.setVisible(is_running)
        self._run.setVisible(is_running or done < total)
        self._run.setText("Stop" if is_running else "Go on")
        self._run.setToolTip("Stop measuring; what is measured is kept" if is_running else "Measure the blocks left")
        self._export.setEnabled(done > 0)
        self._copy.setEnabled(done > 0)

    def set_said(self, text: str) -> None:
        """News in place of the progress: a file was written, or why not."""
        self._text.setText(text)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that nobody looks any more."""
        super().closeEvent(event)
        self.closed.emit()

    def _on_table_chosen(self, index: QModelIndex) -> None:
        self.block_requested.emit(self.rows.row_at(index.row()).block_id)

    def _on_return_pressed(self) -> None:
        index = self._table.currentIndex()
        if index.isValid():
            self._on_table_chosen(index)

    def _on_run_clicked(self) -> None:
        (self.stop_requested if self._is_running else self.start_requested).emit()

    def _on_copy_asked(self) -> None:
        chosen = sorted(index.row() for index in self._table.selectionModel().selectedRows())
        columns = range(self.rows.columnCount())
        lines = [[str(self.rows.headerData(c, Qt.Orientation.Horizontal)) for c in columns]]
        lines += [[text for text, _ in self.rows.row_at(r).cells] for r in chosen or range(self.rows.rowCount())]
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines) + "\n")
        self.set_said(f"{len(lines) - 1} row{'s' if len(lines) != 2 else ''} copied")

    def _on_export_asked(self) -> None:
        if not self._export.isEnabled():
            return
        kinds = "Comma separated (*.csv);;Tab separated (*.tsv)"
        path, _ = QFileDialog.getSaveFileName(self, "Export the quality of all blocks", "quality.csv", kinds)
        if path:
            self.export_requested.emit(path)
