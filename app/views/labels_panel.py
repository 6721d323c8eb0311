"""Everything about labels in the side panel: which there are, how they are drawn, and what is done to objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.actions import info, key_before, tooltip
from app.key_map import keys_of
from app.views.field_keys import FieldKeys
from app.views.flow_layout import FlowLayout
from app.views.late_widget import LateWidget
from app.views.look import fix_width, fix_width_of
from app.views.overlay_list import OverlayList, OverlayRow
from app.views.spacing import SMALL
from app.views.texts import button, label

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LabelsPanel", "OverlayRow"]

_MENU = (
    ("save_labels_as", "duplicate_labels", "rename_labels", "convert_labels", "delete_labels", "compare_labels"),
    ("next_overlay", "previous_overlay", "show_labels", "toggle_contour", "shuffle_colors"),
)
_OBJECTS = (
    ("merge_objects", "merge"),
    ("delete_objects", "delete"),
    ("fill_holes", "holes"),
    ("largest_piece", "largest"),
    ("split_pieces", "pieces"),
    ("interpolate", "interpolate"),
    ("copy_on", "copy on"),
    ("hide_objects", "hide"),
    ("lock_objects", "lock"),
    ("name_object", "name…"),
    ("object_table", "table…"),
)
_BY_LENGTH = (("smooth_objects", "smooth"), ("grow_objects", "grow"), ("shrink_objects", "shrink"))
_LEAST_TO_MERGE = 2
_LEAST_LENGTH, _MOST_LENGTH = 0.001, 1000.0


class LabelsPanel(LateWidget):
    """Wishes: an overlay by its place in the list, how it is drawn, an action by its name; `done`: a field is left.

    Most of it is made with the first overlay.
    """

    overlay_requested = Signal(int)
    visible_requested = Signal(int, bool)
    order_requested = Signal(int, int)
    """An overlay, and the place that it shall have."""
    opacity_requested = Signal(float)
    contour_requested = Signal(int)
    only_selected_requested = Signal(bool)
    amount_requested = Signal(float)
    action_requested = Signal(str)
    done = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._empty = label(_empty_text(), "faint", wrap=True)
        self._new = self._button("new_labels", "New")
        self._open = self._button("open_labels", "Open")
        self._paint = self._button("paint", key_before("paint", " paint"))
        self._more = button("⋯", "More about these labels")
        self._more.setProperty("role", "small")
        self._more.setAccessibleName("More about labels")
        self._more.clicked.connect(self._on_more_clicked)
        self._menu: QMenu | None = None
        self._has_overlay = False
        line = QHBoxLayout()
        line.setSpacing(SMALL)
        for made in (self._new, self._open, self._paint, self._more):
            line.addWidget(made)
        line.addStretch()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SMALL)
        self._column.addWidget(self._empty)
        self._column.addLayout(line)
        self._paint.hide()

    # What is set

    def show_keys(self) -> None:
        """The texts name the keys of today."""
        self._empty.setText(_empty_text())
        self._paint.setText(key_before("paint", " paint"))

    def set_overlays(self, rows: Sequence[OverlayRow], active: int) -> None:
        """All overlays in their order, and the place of the one that is painted on; -1 for none."""
        self._empty.setVisible(not rows)
        if rows:
            self._need()
        self._late("_show_overlays", rows, active)

    def set_look(self, opacity: float, contour: int, only_selected: bool) -> None:
        """How the active overlay is drawn: 0 to 1, thickness in pixels (0: filled), and whether others are left out."""
        self._late("_show_look", opacity, contour, only_selected)

    def set_enabled(self, has_overlay: bool, is_painting: bool) -> None:
        """Whether there is an active overlay, and whether its objects can be worked on now."""
        self._has_overlay = has_overlay
        self._paint.setVisible(has_overlay and not is_painting)
        self._late("_show_enabled", has_overlay, is_painting)

    def set_objects(self, text: str, selected: int) -> None:
        """What is to say of the objects that are selected, and how many they are."""
        self._late("_show_objects", text, selected)

    def set_amount(self, value: float) -> None:
        """The length that smooth, grow and shrink work with, in the unit that was set."""
        self._late("_show_amount", value)

    def set_unit(self, text: str) -> None:
        """`µm`, or `voxels` where the size of a voxel is not known."""
        self._late("_show_unit", text)

    def set_memory(self, text: str) -> None:
        """What undo takes of the memory."""
        self._late("_show_memory", text)

    # How

    def _build(self) -> None:
        self.list = OverlayList()
        self.list.overlay_requested.connect(self.overlay_requested)
        self.list.visible_requested.connect(self.visible_requested)
        self.list.order_requested.connect(self.order_requested)
        self.list.name_requested.connect(self._on_name_requested)
        self._column.insertWidget(0, self.list)

        self._opacity = QSlider(Qt.Orientation.Horizontal)
        self._opacity.setRange(0, 100)
        self._opacity.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._opacity.setToolTip("How much these labels cover the picture")
        self._opacity.setAccessibleName("Opacity")
        self._percent = label("", "faint")
        fix_width_of(self._percent, "100 %", 2)
        self._contour = QSpinBox()
        self._contour.setRange(0, 50)
        self._contour.setSpecialValueText("filled")
        self._contour.setSuffix(" px")
        self._contour.setAccessibleName("Contour")
        self._contour.setToolTip(f"Thickness of contours; 0: filled. {tooltip('toggle_contour')}")
        self._only = QCheckBox("only selected")
        self._only.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._only.setToolTip(tooltip("only_selected"))
        self._look = QWidget()
        look = QVBoxLayout(self._look)
        look.setContentsMargins(0, 0, 0, 0)
        look.setSpacing(SMALL)
        look.addLayout(_line(label("Opacity", "faint"), self._opacity, self._percent))
        look.addLayout(
            _line(label("Contour", "faint"), self._contour, self._button("shuffle_colors", "other colours"), None)
        )
        look.addLayout(_line(self._only, self._button("show_objects", "show hidden"), None))

        self._text = label("", wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        # A long name has no place to wrap: it must not make the panel wider
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._work = QWidget()
        work = QVBoxLayout(self._work)
        work.setContentsMargins(0, 0, 0, 0)
        work.setSpacing(SMALL)
        flowing = QWidget()
        flow = FlowLayout(flowing)
        self._of_objects = {name: self._button(name, text) for name, text in _OBJECTS}
        for made in self._of_objects.values():
            flow.addWidget(made)
        work.addWidget(flowing)
        self._amount = QDoubleSpinBox()
        self._amount.setObjectName("value")
        self._amount.setDecimals(3)
        self._amount.setRange(_LEAST_LENGTH, _MOST_LENGTH)
        fix_width(self._amount, 64)
        self._amount.setAccessibleName("Length")
        self._amount.setToolTip("How far smooth, grow and shrink reach")
        self._unit = label("", "faint")
        by_length = QWidget()
        wrapping = FlowLayout(by_length)
        for name, text in _BY_LENGTH:
            made = self._button(name, text)
            wrapping.addWidget(made)
            self._amount.setFixedHeight(made.sizeHint().height())  # on one line with the buttons
        length = QWidget()
        within = _line(self._amount, self._unit)
        within.setContentsMargins(0, 0, 0, 0)
        length.setLayout(within)
        wrapping.addWidget(length)
        work.addWidget(by_length)
        self._memory = label("", "faint", wrap=True)
        self._memory.setToolTip("Steps that can be undone, and the memory that they take")
        self._objects = QWidget()
        objects = QVBoxLayout(self._objects)
        objects.setContentsMargins(0, 0, 0, 0)
        objects.setSpacing(SMALL)
        for part in (label("Objects", "section"), self._text, self._work, self._memory):
            objects.addWidget(part)
        self._column.addWidget(self._look)
        self._column.addWidget(self._objects)

        keys = FieldKeys(self, self._contour, self._amount)
        keys.done.connect(self.done)
        self._opacity.valueChanged.connect(self._on_opacity_moved)
        self._contour.valueChanged.connect(self.contour_requested)
        self._only.toggled.connect(self.only_selected_requested)
        self._amount.valueChanged.connect(self.amount_requested)

    def _button(self, name: str, text: str) -> QPushButton:
        made = button(text, f"{info(name).text.rstrip('…')}: {tooltip(name)}" if info(name).tip else tooltip(name))
        made.setObjectName(name)
        made.setProperty("role", "small")
        made.clicked.connect(self._on_action_asked)
        return made

    def _show_overlays(self, rows: Sequence[OverlayRow], active: int) -> None:
        self.list.setVisible(bool(rows))
        self.list.set_rows(rows, active)

    def _show_look(self, opacity: float, contour: int, only_selected: bool) -> None:
        self._percent.setText(f"{100 * opacity:.0f} %")
        if not self._opacity.isSliderDown():
            with QSignalBlocker(self._opacity):
                self._opacity.setValue(round(100 * opacity))
        with QSignalBlocker(self._contour):
            self._contour.setValue(contour)
        with QSignalBlocker(self._only):
            self._only.setChecked(only_selected)

    def _show_enabled(self, has_overlay: bool, is_painting: bool) -> None:
        self._look.setVisible(has_overlay)
        self._objects.setVisible(has_overlay)
        self._work.setVisible(is_painting)

    def _show_objects(self, text: str, selected: int) -> None:
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._of_objects["merge_objects"].setEnabled(selected >= _LEAST_TO_MERGE)

    def _show_amount(self, value: float) -> None:
        with QSignalBlocker(self._amount):
            self._amount.setValue(value)

    def _show_unit(self, text: str) -> None:
        self._unit.setText(text)

    def _show_memory(self, text: str) -> None:
        self._memory.setText(text)
        self._memory.setVisible(bool(text))

    # What is done

    def _on_action_asked(self) -> None:
        self.action_requested.emit(self.sender().objectName())

    def _on_more_clicked(self) -> None:
        if self._menu is None:
            self._menu = QMenu(self)
            self._menu.setToolTipsVisible(True)
            for names in _MENU:
                if not self._menu.isEmpty():
                    self._menu.addSeparator()
                for name in names:
                    action = self._menu.addAction("")
                    action.setObjectName(name)
                    action.triggered.connect(self._on_action_asked)
        for action in self._menu.actions():
            action.setEnabled(self._has_overlay)
            if name := action.objectName():  # a line has none
                action.setText("\t".join((info(name).text, *keys_of(info(name))[:1])))
                action.setToolTip(tooltip(name))
        self._menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def _on_name_requested(self, place: int) -> None:
        self.overlay_requested.emit(place)
        self.action_requested.emit("rename_labels")

    def _on_opacity_moved(self, percent: int) -> None:
        self.opacity_requested.emit(percent / 100)


def _empty_text() -> str:
    new, opened = (keys_of(info(name)) for name in ("new_labels", "open_labels"))
    return f"No labels yet. {(*new, 'New')[0]} makes some, {(*opened, 'Open')[0]} opens a file."


def _line(*widgets: QWidget | None) -> QHBoxLayout:
    """Widgets side by side; None for the room that is left."""
    made = QHBoxLayout()
    made.setSpacing(SMALL)
    for widget in widgets:
        if widget is None:
            made.addStretch()
        else:
            made.addWidget(widget)
    return made
