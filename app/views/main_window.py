"""The main window: the list of blocks, the canvas and its panels, the classes; login and notices in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from app.actions import ACTIONS
from app.views.block_panel import BlockPanel
from app.views.class_bar import ClassBar, ClassItem
from app.views.compare_bar import CompareBar
from app.views.login_page import LoginPage
from app.views.notice_page import NoticePage
from app.views.paint_bar import PaintBar
from app.views.space_key import SpaceKey
from app.views.viewer_window import ViewerWindow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DIGITS = "0123456789"


class MainWindow(ViewerWindow):
    """Wishes, beside those of every viewer: a folder, the end."""

    folder_requested = Signal(str)
    close_requested = Signal()
    number_requested = Signal(int)
    """A digit, while labels are painted."""
    first_painted = Signal()

    def __init__(self, canvas: QWidget, shortest_ms: int, longest_ms: int) -> None:
        self.blocks = BlockPanel()
        self.classes = ClassBar()
        rows = [row for row in ACTIONS if row.window in ("main", "any")]
        super().__init__(canvas, (shortest_ms, longest_ms), rows, self.blocks, self.classes, (230, 836, 300))
        self.paint = PaintBar()
        self.paint.hide()
        rows_of_work = self._work.layout()
        assert rows_of_work is not None
        rows_of_work.addWidget(self.paint)
        self.compare = CompareBar()
        self._above_canvas.addWidget(self.compare)
        self._digit_keys = [self._shortcut(digit) for digit in DIGITS]
        for digit, shortcut in enumerate(self._digit_keys):
            shortcut.setProperty("number", digit)
            shortcut.setEnabled(False)
            shortcut.activated.connect(self._on_digit_key)
        self.space = SpaceKey(self)
        self.setWindowTitle("Cytoscribe")
        self.resize(1366, 768)
        self.setAcceptDrops(True)
        self.may_close = False
        self.login = LoginPage()
        self.notice = NoticePage()
        self._is_painted = False
        self._pages = QStackedWidget()
        for page in (self._work, self.login, self.notice):
            self._pages.addWidget(page)
        self.setCentralWidget(self._pages)
        self.offer_review(False)
        self._recent = QMenu("Open recent", self)
        self._recent.setToolTipsVisible(True)
        for name in ("Tools", "Objects"):  # else nothing says there why all is grey while blocks are judged
            first = self._menus[name].actions()[0]
            self._menus[name].insertAction(first, self._actions["paint"])
            self._menus[name].insertSeparator(first)
        self._menus["File"].insertMenu(self._actions["choose_annotations"], self._recent)
        self.classes.action_requested.connect(self.action_requested)
        self.classes.class_requested.connect(self.class_requested)
        self.paint.done.connect(self.focus_work)
        self.side.labels.done.connect(self.focus_work)
        self.login.folder_requested.connect(self._on_folder_wished)
        self.show_login()

    # Which page

    def show_work(self) -> None:
        """List, canvas and panels."""
        self._show(self._work)
        self.focus_work()

    def show_login(self) -> None:
        """Ask who annotates."""
        self._show(self.login)

    def show_notice(self, title: str, text: str, buttons: list[tuple[str, str]]) -> None:
        """A page in place of everything: nothing can be done before this is solved."""
        self.notice.set_content(title, text, buttons)
        self.notice.setFocus()  # not a button of the menu bar, which would do something at the next Space
        self._show(self.notice)

    def _show(self, page: QWidget) -> None:
        self._pages.setCurrentWidget(page)
        self._enable_work(page is self._work)

    @property
    def is_working(self) -> bool:
        """Whether the list and the canvas are on screen."""
        return self._pages.currentWidget() is self._work

    # What is set

    def set_classes(self, classes: Sequence[ClassItem]) -> None:
        """Classes 1, 2, ... with their keys."""
        self.classes.set_classes(classes)
        self.set_class_keys([item.key for item in classes])

    def set_mode(self, mode: str) -> None:
        """What the keys and the bar below are for: "judge" blocks, or "paint" labels."""
        super().set_mode(mode)
        self._enable_painting()
        is_painting = mode == "paint"
        self.classes.setVisible(not is_painting)
        self.paint.setVisible(is_painting)
        if is_painting:
            self.side.reveal_labels()

    def show_keys(self, retold: Mapping[str, str]) -> None:
        """Keys of actions are others now; as in every viewer."""
        super().show_keys(retold)
        self.classes.show_keys()
        self.paint.show_keys()
        self.side.labels.show_keys()

    def offer_review(self, is_offered: bool) -> None:
        """Whether there is a way into the review."""
        self._actions["review"].setVisible(is_offered)
        self._menus["Review"].menuAction().setVisible(is_offered)

    def set_recent(self, folders: Sequence[str]) -> None:
        """Folders opened before, newest first."""
        self._recent.clear()
        for folder in folders:
            action = self._recent.addAction(folder.replace("&", "&&"))
            action.setData(folder)
            action.triggered.connect(self._on_recent_chosen)
        self._recent.setEnabled(bool(folders))

    def _enable_work(self, is_enabled: bool) -> None:
        super()._enable_work(is_enabled)
        self._enable_painting()

    def _enable_painting(self) -> None:
        is_painting = self._has_blocks and self._mode == "paint"
        for shortcut in self._digit_keys:
            shortcut.setEnabled(is_painting)
        self.space.is_on = is_painting

    # Qt's events

    def showEvent(self, event: QShowEvent) -> None:
        """The window of the system exists now: watch Space."""
        super().showEvent(event)
        self.windowHandle().installEventFilter(self.space)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once that the window is there."""
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Whoever saves says when the window may close."""
        if self.may_close:
            event.accept()
        else:
            event.ignore()
            self.close_requested.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A folder or a file of the disk may be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the first thing that was dropped."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.folder_requested.emit(paths[0])

    def _on_recent_chosen(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.folder_requested.emit(action.data())

    def _on_digit_key(self) -> None:
        self.number_requested.emit(self.sender().property("number"))

    def _on_folder_wished(self) -> None:
        self.action_requested.emit("open_folder")
