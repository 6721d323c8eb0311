"""A window beside the main one: what came of the test of this installation, check by check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.views.texts import button, label

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QResizeEvent

HEADINGS = ("Result", "What was tested", "Seconds", "What was found")
_SIGNS = {"ok": "✓", "failed": "✗", "skipped": "–"}
_LAST = len(HEADINGS) - 1


class InstallationWindow(QWidget):
    """Wishes: start and stop testing; `closed` is a fact."""

    start_requested = Signal()
    stop_requested = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Test of this installation")
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.resize(QSize(980, 620).boundedTo(self.screen().availableSize()))
        self._is_running = False
        self._rows: list[tuple[str, ...]] = []
        self._first_failed = -1
        self._text = label(wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(180)
        self._bar.setAccessibleName("Checks done")
        self._run = button("Stop", "Test no more")
        self._copy = button("Copy", "Copy all rows as text, for a mail to whoever helps you (Ctrl+C)")
        close = button("Close", "The test stops (Escape)")
        self._run.clicked.connect(self._on_run_clicked)
        self._copy.clicked.connect(self._on_copy_asked)
        close.clicked.connect(self.close)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self).activated.connect(self._on_copy_asked)
        QShortcut(QKeySequence("Escape"), self).activated.connect(self.close)
        self._table = self._made_table()
        line = QHBoxLayout()
        line.addWidget(self._text, 1)
        for part in (self._bar, self._run, self._copy, close):
            line.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addLayout(line)
        layout.addWidget(self._table, 1)

    def set_begun(self, total: int) -> None:
        """A test of so many checks has begun."""
        self._table.setRowCount(0)
        self._rows.clear()
        self._first_failed = -1
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(0)
        self._set_running(True)
        self._text.setText("Testing… You can go on working; nothing of yours is changed.")

    def add(self, name: str, outcome: str, seconds: float, sentence: str) -> None:
        """One check has ended; `outcome` is ok, failed or skipped."""
        row = self._table.rowCount()
        self._table.insertRow(row)
        texts = (f"{_SIGNS.get(outcome, '')} {outcome}", name, f"{seconds:.2f}", sentence)
        self._rows.append(texts)
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            item.setTextAlignment(Qt.AlignmentFlag.AlignTop | _side(column))
            if outcome == "failed":
                font = item.font()
                font.setBold(True)
                item.setFont(font)
            self._table.setItem(row, column, item)
        self._table.resizeRowToContents(row)
        self._bar.setValue(row + 1)
        if outcome == "failed" and self._first_failed < 0:
            self._first_failed = row

    def set_ended(self, sentence: str) -> None:
        """The test is through, or was stopped."""
        self._set_running(False)
        self._text.setText(sentence)
        if self._first_failed >= 0:
            top = QAbstractItemView.ScrollHint.PositionAtTop
            self._table.scrollTo(self._table.model().index(self._first_failed, 0), top)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that nobody looks any more."""
        super().closeEvent(event)
        self.closed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Sentences take as many lines as the new width asks for."""
        super().resizeEvent(event)
        self._table.resizeRowsToContents()

    def _made_table(self) -> QTableWidget:
        table = QTableWidget(0, len(HEADINGS))
        table.setHorizontalHeaderLabels(HEADINGS)
        table.setAccessibleName("Checks of this installation")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setAlternatingRowColors(True)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        width = self.fontMetrics().averageCharWidth()
        for column, letters in ((0, 12), (1, 28), (2, 10)):
            table.setColumnWidth(column, width * letters)
        table.horizontalHeader().setSectionResizeMode(_LAST, QHeaderView.ResizeMode.Stretch)
        return table

    def _set_running(self, is_running: bool) -> None:
        self._is_running = is_running
        self._bar.setVisible(is_running)
        self._run.setText("Stop" if is_running else "Test again")
        self._run.setToolTip("Test no more" if is_running else "Test everything once more")

    def _on_run_clicked(self) -> None:
        (self.stop_requested if self._is_running else self.start_requested).emit()

    def _on_copy_asked(self) -> None:
        text = "\n".join("\t".join(line) for line in (HEADINGS, *self._rows))
        QGuiApplication.clipboard().setText(f"{text}\n{self._text.text()}\n")


def _side(column: int) -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignRight if HEADINGS[column] == "Seconds" else Qt.AlignmentFlag.AlignLeft
