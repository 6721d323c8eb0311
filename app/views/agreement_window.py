"""A window beside the review: how well annotators agree, and how fast they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.views.figure_table import FigureTable
from app.views.file_dialog import choose_new_file
from app.views.look import fix_width, least_lines
from app.views.spacing import WINDOW
from app.views.texts import button, label, set_property

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QCloseEvent

    from app.agreement.figure_grid import Grid

_TABS = ("&All together", "Against a &reference", "&Pace")
_TAB_TIPS = ("All annotators together, and each pair", "Each annotator against what is right", "How fast they work")


class AgreementWindow(QWidget):
    """Wishes: compute anew, stop, another class, reference or annotator, write a file; `closed` is a fact."""

    refresh_requested = Signal()
    stop_requested = Signal()
    choice_requested = Signal()
    save_requested = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Agreement of the annotators")
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.resize(1180, 680)
        self.summary = FigureTable("Agreement of all annotators together")
        self.pairs = FigureTable("Cohen's kappa of each pair")
        self.people = FigureTable("Each annotator against the reference")
        self.confusion = FigureTable("Classes of the reference and of the annotator")
        self.pace = FigureTable("Pace of each annotator")
        self._state = label()
        self._about = label(role="faint", wrap=True)
        self._notes = label(role="warning", wrap=True)
        self._told = label(role="faint", wrap=True)
        self._pairs_title, self._people_title, self._confusion_title = (label(role="section") for _ in range(3))
        self._explained = label(role="faint", wrap=True)
        self._bar = QProgressBar()
        fix_width(self._bar, 140)
        self._bar.setTextVisible(False)
        self._run = button("Refresh", "Compute anew (F5)")
        self._save = button("Save report…", "Write all figures and plots as one HTML file, or as a table (Ctrl+S)")
        self._close = button("Close", "Close this window (Esc)")
        self._is_busy = False
        self._class, self._reference = (
            self._choice("Figures of one class (Alt+C)"),
            self._choice("What annotators are compared with (Alt+W)"),
        )
        self._tabs = QTabWidget()
        self._tabs.setAccessibleName("Which figures")
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setDrawBase(False)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self._state, 1)
        for part in (self._bar, self._run, self._save, self._close):
            line.addWidget(part)
        choices = QHBoxLayout()
        for text, box in (("&Class", self._class), ("Compared &with", self._reference)):
            name = QLabel(text)
            name.setBuddy(box)
            choices.addWidget(name)
            choices.addWidget(box)
        choices.addStretch()
        together = self._split((None, self.summary), (self._pairs_title, self.pairs))
        together.setSizes([200, 400])
        against = self._split((self._people_title, self.people), (self._confusion_title, self.confusion))
        pages = (together, self._page(self._explained, against), self.pace)
        for page, text, tip, key in zip(pages, _TABS, _TAB_TIPS, "ARP", strict=True):
            self._tabs.setTabToolTip(self._tabs.addTab(page, text), f"{tip} (Alt+{key})")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*WINDOW)
        layout.addLayout(line)
        layout.addWidget(self._about)
        layout.addWidget(self._notes)
        layout.addLayout(choices)
        layout.addWidget(self._tabs, 1)
        layout.addWidget(self._told)
        self._notes.hide()
        least_lines(self._told, 2)  # the tables do not move with the text
        self._told.setAlignment(Qt.AlignmentFlag.AlignTop)

    def _connect(self) -> None:
        for keys, slot in (
            (QKeySequence("F5"), self._on_run_clicked),
            (QKeySequence(QKeySequence.StandardKey.Save), self._on_save_asked),
            (QKeySequence("Escape"), self.close),
        ):
            QShortcut(keys, self).activated.connect(slot)
        self._run.clicked.connect(self._on_run_clicked)
        self._save.clicked.connect(self._on_save_asked)
        self._close.clicked.connect(self.close)
        for box in (self._class, self._reference):
            box.currentIndexChanged.connect(self._on_box_changed)
        self._tabs.currentChanged.connect(self._on_tab_changed)
        self.people.row_chosen.connect(self._on_person_chosen)
        for table in (self.summary, self.pairs, self.people, self.confusion, self.pace):
            table.told.connect(self._told.setText)
            table.copied.connect(self._on_table_copied)

    # What is set

    def set_choices(self, classes: Sequence[tuple[str, int]], references: Sequence[tuple[str, str]]) -> None:
        """Classes and references by text and what they stand for; what is chosen stays if it is there."""
        for box, rows in ((self._class, classes), (self._reference, references)):
            chosen = box.currentData()
            box.blockSignals(True)
            box.clear()
            for text, value in rows:
                box.addItem(text, value)
            box.setCurrentIndex(max(0, box.findData(chosen)))
            box.blockSignals(False)

    def set_reference(self, key: str) -> None:
        """Choose what annotators are compared with."""
        self._reference.setCurrentIndex(max(0, self._reference.findData(key)))

    @property
    def chosen(self) -> tuple[int, str, int]:
        """The number of the class (0: all), the key of the reference, the place of the annotator."""
        return self._class.currentData() or 0, self._reference.currentData() or "", self.people.chosen_row()

    def set_together(self, summary: Grid | None, title: str, pairs: Grid | None) -> None:
        """The figures of all together, and those of each pair under their title."""
        self.summary.set_grid(summary)
        self._pairs_title.setText(title)
        self.pairs.set_grid(pairs)

    def set_people(self, explained: str, title: str, people: Grid | None) -> None:
        """Each annotator against the reference, and in words what the reference is."""
        self._explained.setText(explained)
        self._people_title.setText(title)
        self.people.set_grid(people)

    def set_confusion(self, title: str, confusion: Grid | None) -> None:
        """The classes of one annotator against the reference."""
        self._confusion_title.setText(title)
        self.confusion.set_grid(confusion)

    def set_pace(self, pace: Grid | None) -> None:
        """How fast each annotator works."""
        self.pace.set_grid(pace)

    def set_state(self, text: str, is_stale: bool, is_busy: bool, can_save: bool) -> None:
        """Whether the figures are up to date, are being computed, and whether there are any."""
        self._state.setText(text)
        set_property(self._state, "role", "warning" if is_stale else "")
        self._is_busy = is_busy
        self._bar.setVisible(is_busy)
        self._run.setText("Stop" if is_busy else "Refresh")
        self._run.setToolTip("Stop computing (F5)" if is_busy else "Compute anew (F5)")
        self._save.setEnabled(can_save)

    def set_progress(self, done: int, total: int) -> None:
        """How far the computation is; a total of 0 says that nobody knows."""
        self._bar.setRange(0, total)
        self._bar.setValue(done)

    def set_about(self, text: str) -> None:
        """What the figures rest on."""
        self._about.setText(text)

    def set_notes(self, text: str) -> None:
        """What is left out of the figures; empty for nothing."""
        self._notes.setText(text)
        self._notes.setVisible(bool(text))

    def set_told(self, text: str) -> None:
        """News in the line at the bottom: a file was written, or why not."""
        self._told.setText(text)

    def focus_figures(self) -> None:
        """Keys move in the first table."""
        self.summary.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that nobody looks any more."""
        super().closeEvent(event)
        self.closed.emit()

    # What is wished

    def _on_run_clicked(self) -> None:
        (self.stop_requested if self._is_busy else self.refresh_requested).emit()

    def _on_tab_changed(self, place: int) -> None:
        if not self._tabs.tabBar().hasFocus():
            (self.summary, self.people, self.pace)[place].setFocus()

    def _on_box_changed(self) -> None:
        self._told.clear()  # it spoke of figures that are not there any more
        self.choice_requested.emit()

    def _on_person_chosen(self) -> None:
        self.choice_requested.emit()

    def _on_table_copied(self, rows: int) -> None:
        self.set_told(f"{rows} row{'s' if rows != 1 else ''} copied")

    def _on_save_asked(self) -> None:
        if not self._save.isEnabled():
            return
        kinds = "Report with plots (*.html);;Comma separated (*.csv);;JSON (*.json)"
        path = choose_new_file(self, "Save the agreement report", "agreement.html", kinds)
        if path:
            self.save_requested.emit(path)

    def _choice(self, tip: str) -> QComboBox:
        box = QComboBox()
        box.setToolTip(tip)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        return box

    def _split(self, *parts: tuple[QLabel | None, QWidget]) -> QSplitter:
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        for title, table in parts:
            splitter.addWidget(table if title is None else self._page(title, table))
        return splitter

    def _page(self, title: QLabel, body: QWidget) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(title)
        layout.addWidget(body, 1)
        return page
