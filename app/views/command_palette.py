"""A field over the window that finds actions by a few letters and does them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QInputEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHeaderView, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout

from app.action_search import search
from app.views.texts import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from app.action_search import FoundAction

_WIDEST, _HIGHEST = 560, 420
_PAGE = 10
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -_PAGE, Qt.Key.Key_PageDown: _PAGE}
_STAYS = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
"""Another window is in front for a moment: the palette waits."""


class CommandPalette(QFrame):
    """Lies over `below` in its window: closed, it gives the keyboard back to where it was.

    While it has the keyboard no key means anything else. Wish: an action by name. `closed` is a fact.
    """

    chosen = Signal(str)
    closed = Signal()

    def __init__(self, below: QWidget, actions: Sequence[FoundAction], recent: Sequence[str]) -> None:
        super().__init__(below)
        self._below = below
        self._actions, self._recent_names = actions, recent
        self._focus_before = QApplication.focusWidget()
        self.setObjectName("palette")
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.Box)
        self._field = QLineEdit()
        self._field.setPlaceholderText("What do you want to do?")
        self._field.setAccessibleName("Find an action")
        self._field.setToolTip("A few letters of an action. Up and Down choose, Enter does it, Escape closes")
        self._list = QTreeWidget()
        self._list.setAccessibleName("Actions")
        self._list.setColumnCount(2)
        self._list.setHeaderHidden(True)
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.header().setStretchLastSection(False)
        self._list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._none = label("No action has these letters.", "faint")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self._field)
        layout.addWidget(self._none)
        layout.addWidget(self._list, 1)
        self._field.installEventFilter(self)
        self._field.textChanged.connect(self._on_text_changed)
        self._list.itemClicked.connect(self._on_item_clicked)
        below.installEventFilter(self)
        self._on_text_changed("")
        self._place()
        self.show()
        self.raise_()
        self._field.setFocus()

    @property
    def shown(self) -> list[tuple[str, str]]:
        """What is listed: texts and keys."""
        return [(item.text(0), item.text(1)) for item in map(self._list.topLevelItem, range(self._count)) if item]

    def close_now(self) -> None:
        """Give the keyboard back and go."""
        if not self.isVisible():
            return
        before = self._focus_before
        has_keyboard = self._field.hasFocus()
        self.hide()
        if has_keyboard and before is not None and before.isVisible():
            before.setFocus()
        self.closed.emit()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep every key from the shortcuts of the window; choose with arrows; be gone when something else is used."""
        if watched is self._field:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                return self._press(event)
            is_left = isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in _STAYS
            if is_left:
                self.close_now()
        elif event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def event(self, event: QEvent) -> bool:
        """What nobody here wants does not go on to what lies below."""
        is_taken = super().event(event)
        if isinstance(event, QInputEvent):
            event.accept()
            return True
        return is_taken

    @property
    def _count(self) -> int:
        return self._list.topLevelItemCount()

    def _press(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.close_now()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self._choose(self._list.currentItem())
        elif key in _STEPS:
            self._step(_STEPS[key])
        elif key not in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):  # there is nowhere to go
            return False
        return True

    def _step(self, steps: int) -> None:
        item = self._list.currentItem()
        row = self._list.indexOfTopLevelItem(item) if item is not None else -1
        self._choose_row(max(0, min(self._count - 1, row + steps)))

    def _choose_row(self, row: int) -> None:
        item = self._list.topLevelItem(row)
        if item is not None:
            self._list.setCurrentItem(item)

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        name = item.data(0, Qt.ItemDataRole.UserRole) if item is not None else None
        if name:
            self.close_now()
            self.chosen.emit(name)

    def _place(self) -> None:
        room = self._below.rect()
        width, height = min(_WIDEST, room.width() - 40), min(_HIGHEST, room.height() - 80)
        self.setGeometry((room.width() - width) // 2, 40, width, height)

    def _on_text_changed(self, text: str) -> None:
        found = search(text, self._actions, self._recent_names)
        self._list.clear()
        grey = self.palette().placeholderText()
        for action in found:
            words = f"{action.menu}: {action.text}"
            item = QTreeWidgetItem([f"{words} - {action.refusal}" if action.refusal else words, action.key])
            item.setToolTip(0, action.refusal or action.tip)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if action.refusal:
                for column in (0, 1):
                    item.setForeground(column, grey)
            else:
                item.setData(0, Qt.ItemDataRole.UserRole, action.name)
            self._list.addTopLevelItem(item)
        self._choose_row(0)
        self._none.setVisible(not found)

    def _on_item_clicked(self, item: QTreeWidgetItem) -> None:
        self._choose(item)
