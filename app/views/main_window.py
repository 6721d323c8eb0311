"""The main window: puts the parts together, makes menus and keys from the table of actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QPaintEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.actions import ACTIONS, CHANNEL_KEYS, ONLY_KEYS, tooltip
from app.views.block_panel import BlockPanel
from app.views.canvas_area import CanvasArea
from app.views.class_bar import ClassBar, ClassItem
from app.views.held_keys import HeldKeys
from app.views.login_page import LoginPage
from app.views.notice_page import NoticePage
from app.views.press_clock import PressClock
from app.views.side_panel import SidePanel
from app.views.time_bar import TimeBar
from app.views.z_bar import ZBar

if TYPE_CHECKING:
    from collections.abc import Sequence


_LAYOUTS = (
    ("2d", "2D", "One slice (V: 3D and back)"),
    ("3d", "3D", tooltip("toggle_3d")),
    ("ortho", "Ortho", tooltip("ortho")),
    ("channels", "Channels", tooltip("side_by_side")),
)


class MainWindow(QMainWindow):
    """Wishes: an action of the table by name, a class, a channel, a layout of the canvas, a folder, the end."""

    action_requested = Signal(str)
    class_requested = Signal(int)
    channel_requested = Signal(int)
    layout_requested = Signal(str)
    only_channel_requested = Signal(int)
    folder_requested = Signal(str)
    close_requested = Signal()
    first_painted = Signal()

    def __init__(self, canvas: QWidget, shortest_ms: int, longest_ms: int) -> None:
        super().__init__()
        self.setWindowTitle("Cytoscribe")
        self.resize(1366, 768)
        self.setAcceptDrops(True)
        self.may_close = False
        self.blocks = BlockPanel()
        self.area = CanvasArea(canvas)
        self.z_bar = ZBar(shortest_ms, longest_ms)
        self.time_bar = TimeBar()
        self.side = SidePanel()
        self.classes = ClassBar()
        self.login = LoginPage()
        self.notice = NoticePage()
        self._actions: dict[str, QAction] = {}
        self._class_keys: list[QShortcut] = []
        self._layouts: dict[str, QAction] = {}
        self._clock = PressClock(self)
        self._held = HeldKeys(self, [key for row in ACTIONS if row.repeats for key in row.keys])
        self._is_painted = False

        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.area, 1)
        column.addWidget(self.z_bar)
        column.addWidget(self.time_bar)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        for part in (self.blocks, centre, self.side):
            self._splitter.addWidget(part)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([230, 850, 286])
        work = QWidget()
        work.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        rows = QVBoxLayout(work)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self._splitter, 1)
        rows.addWidget(self.classes)
        self._pages = QStackedWidget()
        for page in (work, self.login, self.notice):
            self._pages.addWidget(page)
        self.setCentralWidget(self._pages)
        self._work = work

        self._recent = QMenu("Open recent", self)
        self._recent.setToolTipsVisible(True)
        self._make_menus()
        self._make_mode_buttons()
        self._channel_keys = [self._shortcut(key) for key in CHANNEL_KEYS]
        for number, shortcut in enumerate(self._channel_keys):
            shortcut.setProperty("number", number)
            shortcut.activated.connect(self._on_channel_key)
        self._only_keys = [self._shortcut(key) for key in ONLY_KEYS]
        for number, shortcut in enumerate(self._only_keys):
            shortcut.setProperty("number", number)
            shortcut.activated.connect(self._on_only_key)
        self.classes.action_requested.connect(self.action_requested)
        self.classes.class_requested.connect(self.class_requested)
        self.z_bar.action_requested.connect(self.action_requested)
        self.time_bar.action_requested.connect(self.action_requested)
        self.side.action_requested.connect(self.action_requested)
        self.login.folder_requested.connect(self._on_folder_wished)
        self.show_login()

    # Which page

    def show_work(self) -> None:
        """List, canvas and panels."""
        self._show(self._work)
        self.focus_work()

    def focus_work(self) -> None:
        """Keys are for the block, not for a field to type in."""
        self._work.setFocus()

    def show_login(self) -> None:
        """Ask who annotates."""
        self._show(self.login)

    def show_notice(self, title: str, text: str, buttons: list[tuple[str, str]]) -> None:
        """A page in place of everything: nothing can be done before this is solved."""
        self.notice.set_content(title, text, buttons)
        self._show(self.notice)

    def _show(self, page: QWidget) -> None:
        """Keys that are for blocks are free for the page where there are none: Down in the list of names."""
        self._pages.setCurrentWidget(page)
        for row in ACTIONS:
            if row.needs_blocks:
                self._actions[row.name].setEnabled(page is self._work)
        for shortcut in (*self._class_keys, *self._channel_keys, *self._only_keys):
            shortcut.setEnabled(page is self._work)

    @property
    def is_working(self) -> bool:
        """Whether the list and the canvas are on screen."""
        return self._pages.currentWidget() is self._work

    # What is set

    @property
    def pressed_at(self) -> float:
        """Monotonic time of the last press of a key or a mouse button."""
        return self._clock.pressed_at

    def set_classes(self, classes: Sequence[ClassItem]) -> None:
        """Classes 1, 2, ... with their keys."""
        self.classes.set_classes(classes)
        self._set_class_keys([item.key for item in classes])

    def _set_class_keys(self, keys: Sequence[str]) -> None:
        for shortcut in self._class_keys:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        self._class_keys = []
        for number, key in enumerate(keys, 1):
            shortcut = self._shortcut(key)
            shortcut.setProperty("number", number)
            shortcut.activated.connect(self._on_class_key)
            self._class_keys.append(shortcut)

    def set_checked(self, name: str, checked: bool) -> None:
        """The tick of an action."""
        self._actions[name].setChecked(checked)

    def set_layout(self, layout: str) -> None:
        """Which of 2D, 3D, orthogonal views and channels is seen."""
        self._layouts[layout].setChecked(True)

    def set_recent(self, folders: Sequence[str]) -> None:
        """Folders opened before, newest first."""
        self._recent.clear()
        for folder in folders:
            action = self._recent.addAction(folder.replace("&", "&&"))
            action.setData(folder)
            action.triggered.connect(self._on_recent_chosen)
        self._recent.setEnabled(bool(folders))

    def set_splitter(self, state: str) -> None:
        """Widths of the panels, as `splitter` gave them."""
        self._splitter.restoreState(QByteArray.fromHex(state.encode()))

    def splitter(self) -> str:
        """Widths of the panels, as text."""
        return bytes(self._splitter.saveState().toHex().data()).decode()

    # Qt's events

    def showEvent(self, event: QShowEvent) -> None:
        """The window of the system exists now: watch its presses and its first painting."""
        super().showEvent(event)
        handle = self.windowHandle()
        handle.installEventFilter(self._clock)
        handle.installEventFilter(self._held)

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

    # Menus and keys

    def _make_menus(self) -> None:
        menus: dict[str, QMenu] = {}
        for row in ACTIONS:
            if row.menu not in menus:
                menus[row.menu] = self.menuBar().addMenu(row.menu)
                menus[row.menu].setToolTipsVisible(True)
            action = QAction(row.text, self)
            action.setShortcuts([QKeySequence(key) for key in row.keys])
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.setAutoRepeat(row.repeats)
            action.setCheckable(row.checkable)
            action.setToolTip(tooltip(row.name))
            action.setObjectName(row.name)
            action.triggered.connect(self._on_action_triggered)
            menus[row.menu].addAction(action)
            if row.is_of_canvas:
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
                for widget in (self._work, self.area.canvas):
                    widget.addAction(action)
            self._actions[row.name] = action
            if row.name == "open_sample":
                menus[row.menu].addMenu(self._recent)

    def _make_mode_buttons(self) -> None:
        corner = QWidget()
        layout = QHBoxLayout(corner)
        layout.setContentsMargins(0, 1, 6, 1)
        layout.setSpacing(2)
        group = QActionGroup(self)
        for name, text, tip in _LAYOUTS:
            action = QAction(text, group)
            action.setCheckable(True)
            action.setToolTip(tip)
            action.setObjectName(name)
            action.triggered.connect(self._on_layout_chosen)
            self._layouts[name] = action
            layout.addWidget(_corner_button(action))
        self._layouts["2d"].setChecked(True)
        keys = QAction("?", self)
        keys.setObjectName("key_sheet")
        keys.setToolTip(tooltip("key_sheet"))
        keys.triggered.connect(self._on_action_triggered)
        layout.addWidget(_corner_button(keys))
        self.menuBar().setCornerWidget(corner)
        self._corner = corner  # the menu bar alone does not keep it alive

    def _shortcut(self, key: str) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setAutoRepeat(False)
        return shortcut

    def _on_action_triggered(self) -> None:
        self.action_requested.emit(self.sender().objectName())

    def _on_layout_chosen(self) -> None:
        self.layout_requested.emit(self.sender().objectName())

    def _on_class_key(self) -> None:
        self.class_requested.emit(self.sender().property("number"))

    def _on_channel_key(self) -> None:
        self.channel_requested.emit(self.sender().property("number"))

    def _on_only_key(self) -> None:
        self.only_channel_requested.emit(self.sender().property("number"))

    def _on_recent_chosen(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.folder_requested.emit(action.data())

    def _on_folder_wished(self) -> None:
        self.action_requested.emit("open_folder")


def _corner_button(action: QAction) -> QToolButton:
    made = QToolButton()
    made.setDefaultAction(action)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made
