"""The left panel: filter, block list, progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QListView, QProgressBar, QVBoxLayout, QWidget

from app.actions import tooltip
from app.views.block_rows import BlockRows, RowPainter
from app.views.spacing import SMALL
from app.views.texts import label

if TYPE_CHECKING:
    from collections.abc import Sequence


class BlockPanel(QWidget):
    """Wishes: another block, another filter."""

    block_requested = Signal(int)
    """the place of the block"""
    first_requested = Signal()
    """the first block that the filter lets through, and no more typing"""
    filter_requested = Signal(object, str)
    """state (a name or a class number) and text"""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.rows = BlockRows()
        self._text = QLineEdit()
        self._text.setPlaceholderText("Filter by name or comment")
        self._text.setClearButtonEnabled(True)
        self._text.setAccessibleName("Filter by name or comment")
        self._text.setToolTip(tooltip("filter"))
        self._state = QComboBox()
        self._state.setAccessibleName("Which blocks are listed")
        self._state.setToolTip("Which blocks are listed")
        self._state.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._list = QListView()
        self._list.setModel(self.rows)
        self._list.setItemDelegate(RowPainter(self._list))
        self._list.setUniformItemSizes(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setAccessibleName("Blocks")
        # A list that gets the focus by Tab makes its first row the current one, and would open that block
        self._list.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._empty = label("", "faint", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.hide()
        self._progress_text = label("", "faint")
        self._rate = label("", "faint")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)

        below = QHBoxLayout()
        below.addWidget(self._progress_text)
        below.addStretch()
        below.addWidget(self._rate)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(SMALL)
        layout.addWidget(self._text)
        layout.addWidget(self._state)
        layout.addWidget(self._list, 1)
        layout.addWidget(self._empty)
        layout.addLayout(below)
        layout.addWidget(self._bar)

        self._text.textChanged.connect(self._on_filter_changed)
        self._text.returnPressed.connect(self.first_requested)
        escape = QShortcut(QKeySequence("Escape"), self._text)
        escape.setContext(Qt.ShortcutContext.WidgetShortcut)
        escape.activated.connect(self._on_filter_escaped)
        self._state.currentIndexChanged.connect(self._on_filter_changed)
        self._list.selectionModel().currentChanged.connect(self._on_list_current_changed)
        self._list.clicked.connect(self._on_list_clicked)

    def set_states(self, states: Sequence[tuple[str, object]]) -> None:
        """The choices of the filter as (text, state); keeps the chosen one."""
        chosen = self._state.currentData()
        with QSignalBlocker(self._state):
            if [self._state.itemData(i) for i in range(self._state.count())] != [s for _, s in states]:
                self._state.clear()
                for text, state in states:
                    self._state.addItem(text, state)
            else:
                for i, (text, _) in enumerate(states):
                    self._state.setItemText(i, text)
            self._state.setCurrentIndex(max(0, self._state.findData(chosen)))

    def choose_state(self, state: object) -> None:
        """Choose what is listed, as if the user had."""
        self._state.setCurrentIndex(max(0, self._state.findData(state)))

    def set_current(self, shown_at: int | None) -> None:
        """Select the row at that position of the filtered list."""
        model = self._list.selectionModel()
        with QSignalBlocker(model):
            index = self.rows.index(shown_at) if shown_at is not None else QModelIndex()
            model.setCurrentIndex(index, model.SelectionFlag.ClearAndSelect)
        # The blocker kept the news from the list too
        self._list.viewport().update()
        if shown_at is not None:
            self._list.scrollTo(index)

    def set_progress(self, done: int, total: int, per_hour: float | None, scanning: bool) -> None:
        """Annotated blocks of those in the data set."""
        self._progress_text.setText(f"{done} / {total}{'  scanning…' if scanning else ''}")
        self._rate.setText("" if per_hour is None else f"{per_hour:.0f} / h" if per_hour < 10_000 else "> 9999 / h")
        self._rate.setToolTip("Decisions per hour of looking")
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(done)

    def set_empty(self, text: str) -> None:
        """Say why the list is empty; an empty text where it is not."""
        self._empty.setText(text)
        self._empty.setVisible(bool(text))

    def focus_filter(self) -> None:
        """Type a filter now."""
        self._text.setFocus()
        self._text.selectAll()

    def reset_filter(self) -> None:
        """Show all blocks again, without telling."""
        with QSignalBlocker(self._text), QSignalBlocker(self._state):
            self._text.clear()
            self._state.setCurrentIndex(0)

    def _on_filter_escaped(self) -> None:
        self._text.clear()
        self.first_requested.emit()

    def _on_filter_changed(self) -> None:
        self.filter_requested.emit(self._state.currentData(), self._text.text().strip())

    def _on_list_current_changed(self, index: QModelIndex) -> None:
        if index.isValid():
            self.block_requested.emit(self.rows.place_at(index))

    def _on_list_clicked(self, index: QModelIndex) -> None:
        # Also for the row that is current already: after a filter the block on screen may be another
        self.block_requested.emit(self.rows.place_at(index))
