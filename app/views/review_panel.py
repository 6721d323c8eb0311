"""The left of the review: filter, rule of consensus, the table of blocks, and what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.actions import tooltip
from app.views.own_keys import OwnKeys
from app.views.review_grid import ReviewGrid
from app.views.spacing import BAR, SMALL
from app.views.texts import button, label

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.views.review_rows import Cell

Choice = tuple[str, object]
"""A text, and what it stands for."""

QUORUM = "quorum"


class ReviewPanel(QWidget):
    """Wishes: a filter, a rule, other keys for the table; those of the table are its own."""

    filter_requested = Signal(object)
    """A dict with status, label, annotator, text, is_flagged, fewer_than"""
    rule_requested = Signal(str, int, float)
    """Name, fewest votes, smallest share (0 to 1)"""
    table_requested = Signal()
    """No more typing"""
    action_requested = Signal(str)

    def __init__(self, cells_at: Callable[[int], Sequence[Cell]]) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._text = QLineEdit()
        self._text.setPlaceholderText("Filter by block or comment")
        self._text.setClearButtonEnabled(True)
        self._text.setAccessibleName("Filter by block or comment")
        self._text.setToolTip(f"{tooltip('filter')}. Return: to the table; Escape: no filter at all, and to the table")
        self._status = _combo("Status", "Blocks with this status")
        self._label = _combo("Class", "Blocks that anybody gave this class, or this annotator")
        self._annotator = _combo("Annotator", "Blocks that this annotator gave a class")
        self._flagged = QCheckBox("Flagged")
        self._flagged.setToolTip("Only blocks that somebody has flagged, also decided ones")
        self._flagged.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._fewer = QSpinBox()
        self._fewer.setRange(0, 99)
        self._fewer.setPrefix("fewer than ")
        self._fewer.setSuffix(" votes")
        self._fewer.setSpecialValueText("any number of votes")
        self._fewer.setAccessibleName("Number of votes")
        self._fewer.setToolTip("Only blocks that fewer annotators than this gave a class")
        self._rule = _combo("Consensus", "How votes become a consensus; stored with final labels and exports")
        self._fewest = QSpinBox()
        self._fewest.setRange(1, 99)
        self._fewest.setSuffix(" votes or more")
        self._fewest.setAccessibleName("Fewest votes for the class")
        self._fewest.setToolTip("The class needs so many votes")
        self._share = QDoubleSpinBox()
        self._share.setRange(0, 100)
        self._share.setDecimals(0)
        self._share.setSingleStep(5)
        self._share.setSuffix(" % of votes")
        self._share.setAccessibleName("Smallest share of the votes")
        self._share.setToolTip("The class needs this share of the votes on the block")
        columns = button("Columns", tooltip("choose_columns"))
        sort = button("Sort", tooltip("sort_rows"))
        copy = button("Copy", "Copy the selected rows, with tabs between the columns (Ctrl+C in the table)")
        self.grid = ReviewGrid(cells_at)
        self._empty = label("", "faint", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.hide()
        self._summary = label("", "faint")
        self._notice = label("", "warning", wrap=True)
        self._notice.hide()

        first, second, third = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        first.addWidget(self._text, 1)
        first.addWidget(self._status)
        first.addWidget(self._flagged)
        second.addWidget(self._label, 1)
        second.addWidget(self._annotator, 1)
        second.addWidget(self._fewer)
        third.addWidget(label("Consensus", "faint"))
        third.addWidget(self._rule, 1)
        self._quorum = QWidget()
        fourth = QHBoxLayout(self._quorum)
        fourth.setContentsMargins(0, 0, 0, 0)
        fourth.addWidget(label("A class needs", "faint"))
        fourth.addWidget(self._fewest)
        fourth.addWidget(self._share)
        fourth.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*BAR)
        layout.setSpacing(SMALL)
        for line in (first, second, third):
            line.setSpacing(SMALL)
            layout.addLayout(line)
        layout.addWidget(self._quorum)
        layout.addWidget(self._notice)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self.grid, 10)
        below = QHBoxLayout()
        below.setSpacing(SMALL)
        self._summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        below.addWidget(self._summary, 1)
        for part in (sort, columns, copy):
            part.setProperty("role", "small")
            below.addWidget(part)
        layout.addLayout(below)

        OwnKeys(
            self, self._status, self._label, self._annotator, self._flagged, self._fewer, self._rule, self._fewest,
            self._share, sort, columns, copy,
        )  # fmt: skip
        self.set_annotators([])
        self._show_quorum()
        self._text.textChanged.connect(self._on_filter_changed)
        self._text.returnPressed.connect(self.table_requested)
        controls = (self._text, self._status, self._label, self._annotator, self._flagged, self._fewer, self._rule)
        for control in controls:
            escape = QShortcut(QKeySequence("Escape"), control)
            escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            escape.activated.connect(self._on_filter_escaped)
        for combo in (self._status, self._label, self._annotator):
            combo.currentIndexChanged.connect(self._on_filter_changed)
        self._flagged.toggled.connect(self._on_filter_changed)
        self._fewer.valueChanged.connect(self._on_filter_changed)
        self._rule.currentIndexChanged.connect(self._on_rule_changed)
        for field in (self._fewest, self._share):
            field.setKeyboardTracking(False)
            field.valueChanged.connect(self._on_rule_changed)
        sort.clicked.connect(self.grid.open_sort_menu)
        columns.clicked.connect(self.grid.open_columns_menu)
        copy.clicked.connect(self.grid.copy_rows)

    # What is set

    def set_statuses(self, choices: Sequence[Choice]) -> None:
        """What the filter by status offers."""
        _fill(self._status, choices)

    def set_classes(self, choices: Sequence[Choice]) -> None:
        """What the filter by class offers."""
        _fill(self._label, choices)

    def set_annotators(self, choices: Sequence[Choice]) -> None:
        """What the filter by annotator offers; nothing at all while names are hidden."""
        _fill(self._annotator, choices)
        self._annotator.setVisible(bool(choices))

    def set_rules(self, choices: Sequence[Choice], name: str, fewest: int, share: float) -> None:
        """The rules of consensus, the one in use, and what the quorum needs."""
        with QSignalBlocker(self._rule), QSignalBlocker(self._fewest), QSignalBlocker(self._share):
            _fill(self._rule, choices)
            self._rule.setCurrentIndex(max(0, self._rule.findData(name)))
            self._fewest.setValue(fewest)
            self._share.setValue(round(100 * share))
        self._show_quorum()

    def set_summary(self, text: str) -> None:
        """The line below the table."""
        self._summary.setText(text)
        self._summary.setToolTip(text)

    def set_notice(self, text: str, tip: str = "") -> None:
        """What could not be read; empty for nothing."""
        self._notice.setText(text)
        self._notice.setToolTip(tip)
        self._notice.setVisible(bool(text))

    def set_empty(self, text: str) -> None:
        """Why the table is empty; an empty text where it is not."""
        self._empty.setText(text)
        self._empty.setVisible(bool(text))

    def focus_filter(self) -> None:
        """Type a filter now."""
        self._text.setFocus()
        self._text.selectAll()

    def reset_filter(self) -> None:
        """Show all blocks again, without telling."""
        fields = (self._text, self._status, self._label, self._annotator, self._flagged, self._fewer)
        blockers = [QSignalBlocker(field) for field in fields]
        self._text.clear()
        for combo in (self._status, self._label, self._annotator):
            combo.setCurrentIndex(0)
        self._flagged.setChecked(False)
        self._fewer.setValue(0)
        for blocker in blockers:
            blocker.unblock()

    # Answers

    def _on_filter_escaped(self) -> None:
        self.reset_filter()
        self._on_filter_changed()
        self.table_requested.emit()

    def _on_filter_changed(self) -> None:
        self.filter_requested.emit(
            {
                "status": self._status.currentData(),
                "label": self._label.currentData(),
                "annotator": self._annotator.currentData() or "",
                "text": self._text.text().strip(),
                "is_flagged": self._flagged.isChecked(),
                "fewer_than": self._fewer.value(),
            }
        )

    def _on_rule_changed(self) -> None:
        self._show_quorum()
        self.rule_requested.emit(self._rule.currentData(), self._fewest.value(), self._share.value() / 100)

    def _show_quorum(self) -> None:
        self._quorum.setVisible(self._rule.currentData() == QUORUM)


def _combo(name: str, tip: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setToolTip(tip)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(12)
    return made


def _fill(combo: QComboBox, choices: Sequence[Choice]) -> None:
    """Offer these choices; the chosen one stays if it is still there."""
    chosen = combo.currentData()
    with QSignalBlocker(combo):
        if [combo.itemData(i) for i in range(combo.count())] != [value for _, value in choices]:
            combo.clear()
            for text, value in choices:
                combo.addItem(text, value)
            combo.setCurrentIndex(max(0, combo.findData(chosen)))
        else:
            for i, (text, _) in enumerate(choices):
                combo.setItemText(i, text)
