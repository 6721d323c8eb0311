"""The form of a hand-out: which blocks, to whom, how, how many gold blocks, in which order."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QWidget,
)

from app.hand_out_wish import HandOutWish
from app.views.look import fix_width, least_lines
from app.views.spacing import MEDIUM
from app.views.texts import button, label, set_property

_BLOCKS = (
    ("all", "All"),
    ("shown", "Those that the review shows"),
    ("unvoted", "Those without a vote"),
    ("fewer", "Seen by fewer than"),
    ("file", "A list of ids, one a line"),
)
_WAYS = (
    ("all", "Every block to everybody ticked"),
    ("each", "Balanced; annotators for each block:"),
    ("lists", "By hand: a CSV file annotator,block"),
)
_MOST_SEED = 2**31 - 1


class AssignForm(QWidget):
    """Facts: what is wished for has changed. Wishes: names to add, with commas between them."""

    changed = Signal()
    names_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._block_file, self._list_file = "", ""
        self._blocks = _choice(_BLOCKS, "Which blocks are handed out (Alt+B)")
        self._fewer = _number(1, 999, 2, "So few annotators gave the block a class")
        self._fewer.setAccessibleName("Fewer annotators than")
        self._block_button = button("Choose…", "A text file with the id of a block in each line (Space)")
        self._names = QListWidget()
        self._names.setToolTip("Who gets blocks: Up and Down go, Space ticks (Alt+T)")
        self._names.setAccessibleName("Annotators")
        self._all = button("Everybody", "Tick all annotators, or none (Alt+E)")
        self._all.setShortcut("Alt+E")
        self._new = QLineEdit()
        self._new.setPlaceholderText("Add names: alice, bob")
        self._new.setToolTip("Names of annotators who are not in the list, commas between them; Enter adds (Alt+A)")
        self._way = _choice(_WAYS, "Who gets which blocks (Alt+W)")
        self._each = _number(1, 999, 2, "So many annotators get each block; all get as many, but for one")
        self._each.setAccessibleName("Annotators for each block")
        self._list_button = button("Choose…", "A CSV file; its first line is annotator,block (Space)")
        self._gold = _number(0, 50, 0, "So much of each list are gold blocks, at random places (Alt+G)")
        self._gold.setSuffix(" %")
        self._gold_text = label("", "faint", wrap=True)
        self._random = QCheckBox("Random order")
        self._random.setToolTip("Each list in an order of its own; else the order of the data set (Alt+R)")
        self._random.setShortcut("Alt+R")
        self._seed = _number(0, _MOST_SEED, 0, "The same number gives the same lists again (Alt+S)")
        self._file_text = label("", "faint", wrap=True)
        self._list_text = label("", "faint", wrap=True)
        self._lay_out()
        for box in (self._blocks, self._way):
            box.currentIndexChanged.connect(self._on_choice_changed)
        for number in (self._fewer, self._each, self._gold, self._seed):
            number.valueChanged.connect(self.changed)
        self._random.toggled.connect(self.changed)
        self._names.itemChanged.connect(self.changed)
        self._all.clicked.connect(self._on_all_clicked)
        self._new.returnPressed.connect(self._on_names_entered)
        self._block_button.clicked.connect(self._on_block_file_clicked)
        self._list_button.clicked.connect(self._on_list_file_clicked)
        self._show_what_counts()

    def wish(self) -> HandOutWish:
        """What the form says."""
        way = str(self._way.currentData())
        return HandOutWish(
            str(self._blocks.currentData()),
            self._fewer.value(),
            self._block_file,
            () if way == "lists" else tuple(item.text() for item in self._items() if _is_ticked(item)),
            way,
            self._each.value(),
            self._list_file,
            self._gold.value() / 100,
            self._random.isChecked(),
            self._seed.value(),
        )

    def set_names(self, names: list[str]) -> None:
        """Show more names; nobody is ticked by that, and nobody goes."""
        known = {item.text() for item in self._items()}
        self._names.blockSignals(True)
        for name in names:
            if name not in known:
                item = QListWidgetItem(name, self._names)
                item.setCheckState(Qt.CheckState.Unchecked)
        self._names.blockSignals(False)
        self._names.sortItems()
        if self._names.currentRow() < 0:
            self._names.setCurrentRow(0)

    def add_names(self, names: list[str]) -> None:
        """Show and tick names that were typed."""
        self.set_names(names)
        self._names.blockSignals(True)
        for item in self._items():
            if item.text() in names:
                item.setCheckState(Qt.CheckState.Checked)
                self._names.scrollToItem(item)
        self._names.blockSignals(False)
        self._new.clear()
        self.changed.emit()

    def set_gold(self, text: str, is_bad: bool, can_mix: bool) -> None:
        """How many gold blocks there are, or what is wrong with their file."""
        self._gold_text.setText(text)
        set_property(self._gold_text, "role", "warning" if is_bad else "faint")
        self._gold.setEnabled(can_mix)
        if not can_mix:
            self._gold.setValue(0)

    def focus_first(self) -> None:
        """Keys are for the first field."""
        self._blocks.setFocus()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(MEDIUM)
        grid.setColumnStretch(1, 1)
        who = QHBoxLayout()
        who.addWidget(self._new, 1)
        who.addWidget(self._all)
        order = QHBoxLayout()
        order.addWidget(self._random)
        order.addStretch()
        order.addWidget(_title("&Seed", self._seed))
        order.addWidget(self._seed)
        gold = QHBoxLayout()
        gold.addWidget(self._gold)
        gold.addWidget(self._gold_text, 1)
        rows: tuple[tuple[QLabel | None, QWidget | QHBoxLayout, QWidget | None], ...] = (
            (_title("&Blocks", self._blocks), self._blocks, self._fewer),
            (None, self._file_text, self._block_button),
            (_title("&To", self._names), self._names, None),
            (_title("&Add", self._new), who, None),
            (_title("Ho&w", self._way), self._way, self._each),
            (None, self._list_text, self._list_button),
            (_title("&Gold", self._gold), gold, None),
            (label("Order"), order, None),
        )
        for row, (title, middle, end) in enumerate(rows):
            if title is not None:
                grid.addWidget(
                    title, row, 0, Qt.AlignmentFlag.AlignTop if middle is self._names else Qt.AlignmentFlag(0)
                )
            wide = 1 if end is not None else 2
            if isinstance(middle, QWidget):
                grid.addWidget(middle, row, 1, 1, wide)
            else:
                grid.addLayout(middle, row, 1, 1, wide)
            if end is not None:
                grid.addWidget(end, row, 2)
        grid.setRowStretch(2, 1)
        least_lines(self._names, 6)

    def _items(self) -> list[QListWidgetItem]:
        return [self._names.item(row) for row in range(self._names.count())]

    def _show_what_counts(self) -> None:
        blocks, way = self._blocks.currentData(), self._way.currentData()
        by_hand = way == "lists"
        self._blocks.setEnabled(not by_hand)
        self._fewer.setVisible(blocks == "fewer" and not by_hand)
        self._block_button.setVisible(blocks == "file" and not by_hand)
        self._file_text.setVisible(blocks == "file" and not by_hand)
        self._file_text.setText(self._block_file or "No file is chosen yet.")
        self._each.setVisible(way == "each")
        self._list_button.setVisible(by_hand)
        self._list_text.setVisible(by_hand)
        self._list_text.setText(self._list_file or "No file is chosen yet.")
        for part in (self._names, self._new, self._all):
            part.setEnabled(not by_hand)

    def _on_choice_changed(self) -> None:
        self._show_what_counts()
        self.changed.emit()

    def _on_all_clicked(self) -> None:
        items = self._items()
        state = Qt.CheckState.Unchecked if all(map(_is_ticked, items)) else Qt.CheckState.Checked
        self._names.blockSignals(True)
        for item in items:
            item.setCheckState(state)
        self._names.blockSignals(False)
        self.changed.emit()

    def _on_names_entered(self) -> None:
        if self._new.text().strip():
            self.names_requested.emit(self._new.text())

    def _on_block_file_clicked(self) -> None:
        if path := self._chosen_file("The blocks to hand out", "Text (*.txt *.csv *.tsv);;All files (*)"):
            self.set_block_file(path)

    def _on_list_file_clicked(self) -> None:
        if path := self._chosen_file("Who gets which blocks", "Comma separated (*.csv);;All files (*)"):
            self.set_list_file(path)

    def set_block_file(self, path: str) -> None:
        """The text file of ids."""
        self._block_file = path
        self._on_choice_changed()

    def set_list_file(self, path: str) -> None:
        """The CSV file of annotators and blocks."""
        self._list_file = path
        self._on_choice_changed()

    def _chosen_file(self, title: str, kinds: str) -> str:
        return str(QFileDialog.getOpenFileName(self, title, "", kinds)[0])


def _choice(rows: tuple[tuple[str, str], ...], tip: str) -> QComboBox:
    made = QComboBox()
    for value, text in rows:
        made.addItem(text, value)
    made.setToolTip(tip)
    made.setMinimumContentsLength(20)
    return made


def _number(least: int, most: int, value: int, tip: str) -> QSpinBox:
    made = QSpinBox()
    made.setRange(least, most)
    made.setValue(value)
    made.setToolTip(tip)
    fix_width(made, 84)
    return made


def _title(text: str, field: QWidget) -> QLabel:
    made = label(text)
    made.setBuddy(field)
    return made


def _is_ticked(item: QListWidgetItem) -> bool:
    return item.checkState() == Qt.CheckState.Checked
