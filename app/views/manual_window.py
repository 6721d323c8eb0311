"""The manual in a window of its own: contents and search at the left, the page at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QTreeWidgetItemIterator,
    QVBoxLayout,
    QWidget,
)

from app.views.manual_text import ManualText
from app.views.texts import button, label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QImage

_PLACE = Qt.ItemDataRole.UserRole
_SIZE = (1080, 720)
_LEFT = 300


class Entry(NamedTuple):
    """A line of the contents, or of what was found: its place is a page and a heading; `level` 1 is a page."""

    page: str
    section: str
    text: str
    level: int
    detail: str = ""


class ManualWindow(QWidget):
    """Wishes: a page at a heading, words to look for, an address that was clicked, back and forth."""

    place_requested = Signal(str, str)
    search_requested = Signal(str)
    link_requested = Signal(str)
    back_requested = Signal()
    forth_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Cytoscribe manual")
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.resize(QSize(*_SIZE).boundedTo(self.screen().availableSize()))
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search")
        self.search.setToolTip("Words that stand in one section (Ctrl+F)")
        self.search.setAccessibleName("Search the manual")
        self.search.setClearButtonEnabled(True)
        self.contents = QTreeWidget()
        self.contents.setHeaderHidden(True)
        self.contents.setIndentation(14)
        self.contents.setAccessibleName("Contents")
        self.contents.setToolTip("Contents: Up, Down and Enter choose")
        self._nothing = label("", "faint", wrap=True)
        self._nothing.hide()
        self.text = ManualText()
        self._back = button("◀", "Back (Alt+Left)")
        self._forth = button("▶", "Forth (Alt+Right)")
        for made, name in ((self._back, "Back"), (self._forth, "Forth")):
            made.setAccessibleName(name)
            made.setFixedWidth(34)
        close = button("Close", "Close the manual (Escape)")
        self._back.clicked.connect(self.back_requested)
        self._forth.clicked.connect(self.forth_requested)
        close.clicked.connect(self.close)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 8, 0)
        line = QHBoxLayout()
        for part in (self._back, self._forth):
            line.addWidget(part)
        line.addWidget(self.search, 1)
        column.addLayout(line)
        column.addWidget(self._nothing)
        column.addWidget(self.contents, 1)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignLeft)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(left)
        splitter.addWidget(self.text)
        splitter.setStretchFactor(1, 1)
        left_width = min(_LEFT, self.width() // 3)
        splitter.setSizes([left_width, self.width() - left_width])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addWidget(splitter)
        self.search.textChanged.connect(self.search_requested)
        self.search.returnPressed.connect(self._on_search_entered)
        self.contents.currentItemChanged.connect(self._on_contents_moved)
        self.contents.itemClicked.connect(self._on_contents_clicked)
        self.text.link_requested.connect(self.link_requested)
        self.text.setFocus()  # so that arrows and PgDown read on
        for keys, slot in (
            (QKeySequence("Ctrl+F"), self._on_search_asked),
            (QKeySequence("Escape"), self._on_escape),
            (QKeySequence("Alt+Left"), self.back_requested.emit),
            (QKeySequence("Alt+Right"), self.forth_requested.emit),
        ):
            QShortcut(keys, self).activated.connect(slot)

    @property
    def room(self) -> int:
        """How wide a picture may be, in logical pixels."""
        margins = 2 * round(self.text.document().documentMargin())
        return max(200, self.text.viewport().width() - margins - 1)

    def set_entries(self, entries: Sequence[Entry], words: str = "") -> None:
        """The contents, or what was found for `words`."""
        self.contents.blockSignals(True)
        self.contents.clear()
        parent: QTreeWidgetItem | None = None
        for entry in entries:
            item = QTreeWidgetItem([f"{entry.text}\n{entry.detail}" if entry.detail else entry.text])
            item.setData(0, _PLACE, (entry.page, entry.section))
            item.setToolTip(0, entry.detail or entry.text)
            if entry.level == 1 or parent is None:
                self.contents.addTopLevelItem(item)
                parent = item if entry.level == 1 else None
            else:
                parent.addChild(item)
        self.contents.expandAll()
        self.contents.blockSignals(False)
        self._nothing.setText(f"Nothing is said of “{words}”. Fewer or shorter words find more.")
        self._nothing.setVisible(bool(words) and not entries)

    def set_page(self, markdown: str, pictures: Mapping[str, QImage], section: str, words: Sequence[str]) -> None:
        """The page that was asked for, at a heading (empty: its top), with words marked."""
        self.text.set_page(markdown, pictures)
        self.show_section(section, words)

    def show_section(self, section: str, words: Sequence[str]) -> None:
        """Another heading of the page that is shown."""
        self.text.mark(words)
        if section:
            self.text.show_section(section)
        else:
            self.text.verticalScrollBar().setValue(0)

    def set_place(self, page: str, section: str) -> None:
        """Which line of the contents is marked."""
        self.contents.blockSignals(True)
        walk = QTreeWidgetItemIterator(self.contents)
        while walk.value():
            item = walk.value()
            if tuple(item.data(0, _PLACE)) == (page, section):
                self.contents.setCurrentItem(item)
            walk += 1
        self.contents.blockSignals(False)

    def set_ways(self, has_back: bool, has_forth: bool) -> None:
        """Whether there is a page to go back to, and one to go forth to."""
        self._back.setEnabled(has_back)
        self._forth.setEnabled(has_forth)

    def _ask(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.place_requested.emit(*item.data(0, _PLACE))

    def _on_contents_moved(self, item: QTreeWidgetItem | None) -> None:
        self._ask(item)

    def _on_contents_clicked(self, item: QTreeWidgetItem) -> None:
        self._ask(item)

    def _on_search_asked(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _on_search_entered(self) -> None:
        """The first place that was found; from there on Down and Up go through them."""
        first = self.contents.topLevelItem(0)
        if first is not None:
            if self.contents.currentItem() is first:
                self._ask(first)
            self.contents.setCurrentItem(first)
            self.contents.setFocus()

    def _on_escape(self) -> None:
        if self.search.text():
            self.search.clear()
        else:
            self.close()
