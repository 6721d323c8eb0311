"""A window with a canvas and what belongs to it: slices, time, side panel, menus and keys from the table of actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.actions import CHANNEL_KEYS, ONLY_KEYS, tooltip
from app.key_map import keys_of
from app.views.canvas_area import CanvasArea
from app.views.choice_bar import ChoiceBar
from app.views.held_keys import HeldKeys
from app.views.key_tips import retell
from app.views.press_clock import PressClock
from app.views.side_panel import SidePanel
from app.views.time_bar import TimeBar
from app.views.uncovering import Uncovering
from app.views.z_bar import ZBar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.action_info import ActionInfo

_LAYOUTS = (
    ("2d", "2D", "toggle_3d"),
    ("3d", "3D", "toggle_3d"),
    ("ortho", "Ortho", "ortho"),
    ("channels", "Channels", "side_by_side"),
)
_WITHIN = {"Looks": "View"}
"""Menus that are entries of another one."""


class ViewerWindow(QMainWindow):
    """Puts a list at the left of the canvas and the side panel, and a bar below all of them.

    `actions` are the rows that this window has. Wishes: an action by name, a class, a channel, a layout of the canvas.
    """

    action_requested = Signal(str)
    class_requested = Signal(int)
    channel_requested = Signal(int)
    layout_requested = Signal(str)
    only_channel_requested = Signal(int)
    mode_changed = Signal(str)

    def __init__(
        self,
        canvas: QWidget,
        interval_ms: tuple[int, int],
        actions: Sequence[ActionInfo],
        left: QWidget,
        bottom: QWidget,
        sizes: Sequence[int],
        above_side: QWidget | None = None,
    ) -> None:
        super().__init__()
        self.area = CanvasArea(canvas)
        self.z_bar = ZBar(*interval_ms)
        self.time_bar = TimeBar()
        self.side = SidePanel()
        self._rows = actions
        self._actions: dict[str, QAction] = {}
        self._menus: dict[str, QMenu] = {}
        self._class_keys: list[QShortcut] = []
        self._layouts: dict[str, QAction] = {}
        self._clock = PressClock(self)
        self._uncovering = Uncovering(self)
        self._held = HeldKeys(self, [])
        self._mode = "judge"
        self._has_blocks = True

        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.choice = ChoiceBar()
        self._above_canvas = QVBoxLayout()
        self._above_canvas.addWidget(self.choice)
        column.addLayout(self._above_canvas)
        column.addWidget(self.area, 1)
        column.addWidget(self.z_bar)
        column.addWidget(self.time_bar)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        right: QWidget = self.side
        if above_side is not None:
            right = QSplitter(Qt.Orientation.Vertical)
            right.addWidget(above_side)
            right.addWidget(self.side)
            right.setStretchFactor(1, 1)
        for part in (left, centre, right):
            self._splitter.addWidget(part)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes(list(sizes))
        self._work = QWidget()
        self._work.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        rows = QVBoxLayout(self._work)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self._splitter, 1)
        rows.addWidget(bottom)

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
        self._enable_keys()
        self.z_bar.action_requested.connect(self.action_requested)
        self.time_bar.action_requested.connect(self.action_requested)
        self.side.action_requested.connect(self.action_requested)

    def focus_work(self) -> None:
        """Keys are for the block, not for a field to type in."""
        self._work.setFocus()

    @property
    def mode(self) -> str:
        """What the keys are for: "judge" or "paint"."""
        return self._mode

    @property
    def has_blocks(self) -> bool:
        """Whether the list and the canvas are on screen."""
        return self._has_blocks

    @property
    def ground(self) -> QWidget:
        """What something for a moment can lie over: the canvas has a window of its own, and covers what is no part."""
        return self.area.canvas if self.area.canvas.isVisible() else self

    def offers(self, name: str) -> bool:
        """Whether there is such an action in the menus, greyed or not."""
        return name in self._actions and self._actions[name].isVisible()

    def do(self, name: str) -> None:
        """As its entry in the menu does."""
        self._actions[name].trigger()

    def set_mode(self, mode: str) -> None:
        """What the keys are for: "judge" blocks, or "paint" labels."""
        self._mode = mode
        self._enable_keys()
        self.mode_changed.emit(mode)

    def _enable_work(self, is_enabled: bool) -> None:
        """Keys that are for blocks are free for a page where there are none: Down in the list of names."""
        self._has_blocks = is_enabled
        self._enable_keys()

    def _enable_keys(self) -> None:
        for row in self._rows:
            is_of_mode = row.mode in ("any", self._mode)
            self._actions[row.name].setEnabled(is_of_mode and (self._has_blocks or not row.needs_blocks))
        # A class letter may be a key that repeats while labels are painted: it never does while blocks are judged
        repeating = [row for row in self._rows if row.repeats and row.mode in ("any", self._mode)]
        self._held.set_may_repeat(key for row in repeating for key in keys_of(row))
        for shortcut in self._class_keys:
            shortcut.setEnabled(self._has_blocks and self._mode == "judge")
        for shortcut in (*self._channel_keys, *self._only_keys):
            shortcut.setEnabled(self._has_blocks)

    # What is set

    @property
    def pressed_at(self) -> float:
        """Monotonic time of the last press of a key or a mouse button."""
        return self._clock.pressed_at

    def set_class_keys(self, keys: Sequence[str]) -> None:
        """Keys of the classes 1, 2, ..."""
        for shortcut in self._class_keys:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        self._class_keys = []
        for number, key in enumerate(keys, 1):
            shortcut = self._shortcut(key)
            shortcut.setProperty("number", number)
            shortcut.activated.connect(self._on_class_key)
            self._class_keys.append(shortcut)
        self._enable_keys()

    def set_action_text(self, name: str, text: str) -> None:
        """What a menu says of an action: "Undo brush stroke"."""
        self._actions[name].setText(text)

    def show_keys(self, retold: Mapping[str, str]) -> None:
        """Keys of actions are others now: `retold` has what a control said of one until now, and what it is to say."""
        for row in self._rows:
            self._actions[row.name].setShortcuts([QKeySequence(key) for key in keys_of(row)])
        self._enable_keys()
        retell(self, retold)

    def set_checked(self, name: str, checked: bool) -> None:
        """The tick of an action."""
        self._actions[name].setChecked(checked)

    def set_layout(self, layout: str) -> None:
        """Which of 2D, 3D, orthogonal views and channels is seen."""
        self._layouts[layout].setChecked(True)

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
        handle.installEventFilter(self._uncovering)

    # Menus and keys

    def _make_menus(self) -> None:
        menus = self._menus
        for row in self._rows:
            if row.menu not in menus:
                above = menus[_WITHIN[row.menu]] if row.menu in _WITHIN else self.menuBar()
                menus[row.menu] = above.addMenu(row.menu)
                menus[row.menu].setToolTipsVisible(True)
            action = QAction(row.text, self)
            action.setShortcuts([QKeySequence(key) for key in keys_of(row)])
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.setAutoRepeat(row.repeats)
            action.setCheckable(row.checkable)
            action.setToolTip(tooltip(row.name))
            action.setObjectName(row.name)
            action.triggered.connect(self._on_action_triggered)
            if row.begins_group:
                menus[row.menu].addSeparator()
            menus[row.menu].addAction(action)
            if row.is_of_canvas:
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
                for widget in (self._work, self.area.canvas):
                    widget.addAction(action)
            self._actions[row.name] = action

    def _make_mode_buttons(self) -> None:
        corner = QWidget()
        layout = QHBoxLayout(corner)
        layout.setContentsMargins(0, 1, 6, 1)
        layout.setSpacing(2)
        group = QActionGroup(self)
        for name, text, key in _LAYOUTS:
            action = QAction(text, group)
            action.setCheckable(True)
            action.setToolTip(tooltip(key) if name != "2d" else f"One slice; {tooltip(key)} and back")
            action.setObjectName(name)
            action.triggered.connect(self._on_layout_chosen)
            self._layouts[name] = action
            layout.addWidget(_corner_button(action))
        self._layouts["2d"].setChecked(True)
        keys = QAction("?", self)
        keys.setObjectName("key_sheet")
        keys.setToolTip(tooltip("key_sheet"))
        keys.triggered.connect(self._on_action_triggered)
        self.help_button = _corner_button(keys)
        layout.addWidget(self.help_button)
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


def _corner_button(action: QAction) -> QToolButton:
    made = QToolButton()
    made.setDefaultAction(action)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made
