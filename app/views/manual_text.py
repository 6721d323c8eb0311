"""The text of one page of the manual: Markdown with pictures, keys that look like keys, headings to jump to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QPalette,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFragment,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import QTextBrowser, QTextEdit

from app.views.look import colors, dress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_SIZES = {1: 1.7, 2: 1.3, 3: 1.1}
"""Of headings, in the size of the text."""
_SPACE = 10
_LINE_PERCENT = 125


class ManualText(QTextBrowser):
    """`link_requested` is a fact about the mouse: an address, as the page writes it."""

    link_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._pictures: Mapping[str, QImage] = {}
        self._words: Sequence[str] = ()
        self.setOpenLinks(False)
        self.setObjectName("reading")
        self.document().setDocumentMargin(24)
        # Always: pictures are made to fit before there is a text
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.anchorClicked.connect(self._on_anchor_clicked)
        dress(self, ManualText._dress_again)

    def set_page(self, markdown: str, pictures: Mapping[str, QImage]) -> None:
        """Show a page; `pictures` are by their addresses in the text."""
        self._pictures = pictures
        self.document().clear()
        self.setMarkdown(markdown)
        self._dress()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def show_section(self, title: str) -> None:
        """Put a heading at the top."""
        for block in self._blocks():
            if block.blockFormat().headingLevel() and block.text() == title:
                self.setTextCursor(QTextCursor(block))
                top = self.document().documentLayout().blockBoundingRect(block).top()
                self.verticalScrollBar().setValue(round(top) - _SPACE)
                return

    def mark(self, words: Sequence[str]) -> None:
        """Mark all places of the words."""
        self._words = words
        palette = self.palette()
        look = QTextCharFormat()
        look.setBackground(palette.color(QPalette.ColorRole.Highlight))
        look.setForeground(palette.color(QPalette.ColorRole.HighlightedText))
        marks = []
        for word in words:
            cursor = self.document().find(word)
            while not cursor.isNull():
                selection = QTextEdit.ExtraSelection()
                selection.cursor, selection.format = cursor, look
                marks.append(selection)
                cursor = self.document().find(word, cursor)
        self.setExtraSelections(marks)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Pictures come from memory: a view reads no files."""
        if kind == QTextDocument.ResourceType.ImageResource.value:
            return self._pictures.get(name.toString() if isinstance(name, QUrl) else name)
        return None

    def _dress_again(self) -> None:
        """The page holds colours and sizes of its own: those of the theme that it was opened in."""
        self._dress()
        self.mark(self._words)

    def _dress(self) -> None:
        """Markdown knows nothing of sizes and spaces."""
        size = self.font().pointSizeF()
        key = QTextCharFormat()
        key.setBackground(QColor(colors().hover))  # the palette of a dressed field has the field as its buttons
        key.setForeground(QColor(colors().text))
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for block in self._blocks():
            place = block.blockFormat()
            level = place.headingLevel()
            fragments = list(_fragments(block))
            cursor.setPosition(block.position())
            if level:
                look = QTextCharFormat()
                look.setFontPointSize(size * _SIZES.get(level, 1.0))
                look.setFontWeight(QFont.Weight.DemiBold)
                cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
                cursor.mergeCharFormat(look)
                place.setTopMargin(_SPACE * 2 if level > 1 else 0)
                place.setBottomMargin(_SPACE / 2)
            elif cursor.currentTable() is None:
                if not any(fragment.charFormat().isImageFormat() for fragment in fragments):
                    place.setLineHeight(_LINE_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
                place.setBottomMargin(_SPACE / 2 if block.textList() else _SPACE)
            cursor.setPosition(block.position())
            cursor.setBlockFormat(place)
            spans = [(f.position(), f.length()) for f in fragments if f.charFormat().fontFixedPitch()]
            for start, length in spans:
                cursor.setPosition(start)
                cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
                cursor.mergeCharFormat(key)
        for frame in self.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                table = frame.format()
                table.setBorder(0)
                table.setCellPadding(5)
                table.setCellSpacing(0)
                table.setBottomMargin(_SPACE)
                table.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
                frame.setFormat(table)
        cursor.endEditBlock()

    def _blocks(self) -> Iterator[QTextBlock]:
        block = self.document().begin()
        while block.isValid():
            yield block
            block = block.next()

    def _on_anchor_clicked(self, address: QUrl) -> None:
        self.link_requested.emit(address.toString())


def _fragments(block: QTextBlock) -> Iterator[QTextFragment]:
    """Pieces of a block with one look each."""
    place = block.begin()
    while not place.atEnd():
        yield place.fragment()
        place += 1
