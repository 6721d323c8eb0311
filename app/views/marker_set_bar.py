"""Marker sets: choose, save under a name, delete, import, export; and colours for the channels shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QMenu, QToolButton, QWidget

from app.views.spacing import MEDIUM

if TYPE_CHECKING:
    from collections.abc import Sequence

_NONE = "Marker set…"


class MarkerSetBar(QWidget):
    """Wishes: a set by its name, a name for what is shown now, a set of colours."""

    chosen = Signal(str)
    save_requested = Signal(str)
    delete_requested = Signal(str)
    import_requested = Signal()
    export_requested = Signal()
    colors_requested = Signal(str)
    closed = Signal()
    """The field for the name is gone: keys are for the block again."""

    def __init__(self) -> None:
        super().__init__()
        self._combo = QComboBox()
        self._combo.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._combo.setToolTip("A named choice of channels with their colours and contrast")
        self._combo.setAccessibleName("Marker set")
        self._combo.activated.connect(self._on_chosen)
        self._name = _NameField()
        self._name.hide()
        self._name.returnPressed.connect(self._on_named)
        self._name.left.connect(self._close_name)
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        self._save = _entry(menu, "Save what is shown as…", "Channels, colours, contrast and order")
        self._save.triggered.connect(self._on_save)
        self._delete = _entry(menu, "Delete this marker set", "")
        self._delete.triggered.connect(self._on_delete)
        menu.addSeparator()
        _entry(menu, "Import marker sets…", "From a file that somebody exported").triggered.connect(
            self.import_requested
        )
        self._export = _entry(menu, "Export marker sets…", "All sets of this data set, as one file")
        self._export.triggered.connect(self.export_requested)
        menu.addSeparator()
        self._colors = menu.addMenu("Colours for the channels shown")
        self._more = QToolButton()
        self._more.setText("Sets")
        self._more.setToolTip("Save, delete, import and export marker sets; assign colours")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._more.setMenu(menu)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(MEDIUM)
        layout.addWidget(self._combo, 1)
        layout.addWidget(self._name, 1)
        layout.addWidget(self._more)
        self.set_names((), "")

    def set_names(self, names: Sequence[str], current: str) -> None:
        """All sets, and the one that was chosen last as long as it is what is shown."""
        with QSignalBlocker(self._combo):
            self._combo.clear()
            self._combo.addItem(_NONE, "")
            for name in names:
                self._combo.addItem(name, name)
            self._combo.setCurrentIndex(max(0, self._combo.findData(current)))
        self._combo.setEnabled(bool(names))
        self._export.setEnabled(bool(names))
        self._delete.setEnabled(bool(current))

    def set_color_sets(self, names: Sequence[str]) -> None:
        """Sets of colours that can be assigned."""
        self._colors.clear()
        for name in names:
            self._colors.addAction(name).triggered.connect(self._on_colors)

    def _on_chosen(self) -> None:
        name = str(self._combo.currentData())
        self._delete.setEnabled(bool(name))
        if name:
            self.chosen.emit(name)

    def _on_save(self) -> None:
        self._combo.hide()
        self._name.setText(str(self._combo.currentData()))
        self._name.show()
        self._name.selectAll()
        self._name.setFocus()

    def _on_named(self) -> None:
        name = self._name.text().strip()
        self._close_name()
        if name:
            self.save_requested.emit(name)

    def _close_name(self) -> None:
        if self._name.isVisible():
            self._name.hide()
            self._combo.show()
            self.closed.emit()

    def _on_delete(self) -> None:
        self.delete_requested.emit(str(self._combo.currentData()))

    def _on_colors(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.colors_requested.emit(action.text())


class _NameField(QLineEdit):
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText("Name, then Enter")
        self.setMaxLength(60)
        self.setAccessibleName("Name of the marker set")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def _entry(menu: QMenu, text: str, tip: str) -> QAction:
    action = menu.addAction(text)
    action.setToolTip(tip)
    return action
