"""Everything about channels in the side panel: marker sets, search, the list, the contrast of the selected one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QPixmap
from PySide6.QtWidgets import QCheckBox, QColorDialog, QComboBox, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from app.views.channel_list import ChannelList
from app.views.contrast_panel import ContrastPanel
from app.views.marker_set_bar import MarkerSetBar
from app.views.spacing import SMALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.views.channel_rows import ChannelItem

_MANY = 8
"""More channels than these can be searched."""
_COLORS = (
    ("White", "#FFFFFF"),
    ("Sky blue", "#56B4E9"),
    ("Orange", "#E69F00"),
    ("Bluish green", "#009E73"),
    ("Yellow", "#F0E442"),
    ("Vermilion", "#D55E00"),
    ("Reddish purple", "#CC79A7"),
    ("Red", "#FF0000"),
    ("Green", "#00FF00"),
    ("Blue", "#4D7CFF"),
    ("Cyan", "#00FFFF"),
    ("Magenta", "#FF00FF"),
)


class ChannelsPanel(QWidget):
    """Wishes: those of its parts, a colour, and the contrast policy."""

    color_requested = Signal(int, str)
    auto_policy_requested = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.sets = MarkerSetBar()
        self.list = ChannelList()
        self.contrast = ContrastPanel()
        self._policy = QComboBox()
        self._policy.addItem("Contrast automatic for each block", True)
        self._policy.addItem("Contrast kept over blocks", False)
        self._policy.setAccessibleName("Contrast of each block")
        self._policy.setToolTip("Automatic: percentiles 1 and 99.9 of each block. Remembered for this data set")
        self._policy.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._policy.currentIndexChanged.connect(self._on_policy_changed)
        self._search = QLineEdit()
        self._search.setPlaceholderText("Find a channel…")
        self._search.setAccessibleName("Find a channel")
        self._search.setClearButtonEnabled(True)
        self._search.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._search.textChanged.connect(self._on_filter_changed)
        self._only_shown = QCheckBox("shown")
        self._only_shown.setToolTip("List only the channels that are drawn")
        self._only_shown.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._only_shown.toggled.connect(self._on_filter_changed)
        self._finding = QWidget()
        finding = QHBoxLayout(self._finding)
        finding.setContentsMargins(0, 0, 0, 0)
        finding.addWidget(self._search, 1)
        finding.addWidget(self._only_shown)
        for later in (self._finding, self.contrast):  # what is hidden costs the start no time
            later.hide()
        self._menu: QMenu | None = None
        self._colored = -1
        self._dialog: QColorDialog | None = None
        self.list.color_menu_requested.connect(self._on_color_menu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SMALL)
        for part in (self._policy, self.sets, self._finding, self.list, self.contrast):
            layout.addWidget(part)

    def set_channels(self, items: Sequence[ChannelItem], selected: int) -> None:
        """All channels in the order of the list."""
        many = len(items) > _MANY
        if many == self._finding.isHidden():
            self._finding.setVisible(many)
            if not many:
                self._search.clear()
                self._only_shown.setChecked(False)
        self.list.set_items(items, selected)
        if items and self.contrast.isHidden():
            self.contrast.show()

    def set_auto_policy(self, automatic: bool) -> None:
        """Contrast automatic for each block, or kept."""
        with QSignalBlocker(self._policy):
            self._policy.setCurrentIndex(0 if automatic else 1)

    def _on_policy_changed(self) -> None:
        self.auto_policy_requested.emit(bool(self._policy.currentData()))

    def _on_filter_changed(self) -> None:
        self.list.set_filter(self._search.text(), self._only_shown.isChecked())

    def _on_color_menu(self, channel: int, at: QPoint) -> None:
        """The menu is made when it is first wished for."""
        if self._menu is None:
            self._menu = QMenu(self)
            for name, color in _COLORS:
                picture = QPixmap(14, 14)
                picture.fill(QColor(color))
                action = self._menu.addAction(QIcon(picture), name)
                action.setData(color)
                action.triggered.connect(self._on_color_chosen)
            self._menu.addSeparator()
            self._menu.addAction("Any colour…").triggered.connect(self._on_any_color)
        self._colored = channel
        self._menu.popup(at)

    def _on_color_chosen(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.color_requested.emit(self._colored, str(action.data()))

    def _on_any_color(self) -> None:
        if self._dialog is None:
            self._dialog = QColorDialog(self)
            self._dialog.colorSelected.connect(self._on_any_color_selected)
        self._dialog.open()

    def _on_any_color_selected(self, color: QColor) -> None:
        self.color_requested.emit(self._colored, color.name().upper())
