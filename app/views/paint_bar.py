"""The strip below while labels are painted: tools, number, brush, what may be painted over, and what is saved."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from app.actions import info, key_before, tooltip
from app.key_map import keys_of
from app.paint_actions import TOOLS
from app.views.field_keys import FieldKeys
from app.views.flow_layout import FlowLayout
from app.views.icons import SIZE
from app.views.late_widget import LateWidget
from app.views.limit_box import LimitBox
from app.views.look import dress, fix_width, px
from app.views.own_keys import OwnKeys
from app.views.spacing import MEDIUM
from app.views.texts import button, label, set_property
from app.views.tool_icons import tool_icon

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent
    from PySide6.QtWidgets import QPushButton

LARGEST_NUMBER = 2**31 - 1
LARGEST_BRUSH = 2000
_SLIDER_BRUSH = 100
"""The slider ends here; the field goes on."""
_OVERS = (
    ("everything", "over everything", "Paint over other objects, too"),
    ("background", "only background", "Paint only background, erase only the number that is painted"),
    ("selected", "only selected", "Change only voxels of the selected objects"),
)
_END_WIDTH = 246


class PaintBar(LateWidget):
    """Wishes: an action by its name, and what is painted with. Made when it is first seen; `done`: a field is left."""

    action_requested = Signal(str)
    number_requested = Signal(int)
    diameter_requested = Signal(int)
    dims_requested = Signal(int)
    over_requested = Signal(str)
    shape_requested = Signal(bool)
    """True: square."""
    range_requested = Signal(float, float)
    end_requested = Signal()
    cancel_requested = Signal()
    done = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def showEvent(self, event: QShowEvent) -> None:
        """Make everything: the start of the program does not wait for it."""
        self._need()
        super().showEvent(event)

    # What is set

    def set_tool(self, name: str) -> None:
        """The tool in use, by the name of its action."""
        self._late("_show_tool", name)

    def set_number(self, number: int, color: str, largest: int, is_background: bool) -> None:
        """The number that is painted, its colour as #RRGGBB, and the largest number of these labels.

        `is_background`: background is painted now, and the number again after `X`.
        """
        self._late("_show_number", number, color, largest, is_background)

    def set_brush(self, diameter: int, is_square: bool, dims: int) -> None:
        """Diameter in voxels, and 2 or 3 for the slice or the volume."""
        self._late("_show_brush", diameter, is_square, dims)

    def set_over(self, over: str) -> None:
        """`everything`, `background` or `selected`."""
        self._late("_show_over", over)

    def set_range(self, low: float, high: float, unit_low: float, unit_high: float) -> None:
        """Brightness that the threshold brush takes, and the least and greatest value of the channel."""
        self._late("_show_range", low, high, unit_low, unit_high)

    def set_saved(self, state: str, text: str, tip: str) -> None:
        """`saved`, `waiting` or `failed`."""
        self._late("_show_saved", state, text, tip)

    def set_busy(self, text: str) -> None:
        """What takes long just now, with a button that ends it; empty: nothing."""
        self._late("_show_busy", text)

    def set_enabled(self, is_enabled: bool) -> None:
        """Whether there are labels that can be painted."""
        self._late("_show_enabled", is_enabled)

    def show_keys(self) -> None:
        """The buttons begin with the keys of today."""
        self._late("_show_keys")

    # How

    def _build(self) -> None:
        self._flowing = QWidget()
        flow = FlowLayout(self._flowing)
        self._tools = {row.name: _tool_button(row.name) for row in TOOLS}
        for made in self._tools.values():
            made.clicked.connect(self._on_tool_clicked)

        self._swatch = label("")
        dress(self._swatch, _fix_swatch)
        self._swatch.setAccessibleName("Colour that is painted")
        self._number = QSpinBox()
        self._number.setRange(0, LARGEST_NUMBER)
        self._number.setAccessibleName("Number to paint")
        self._number.setObjectName("value")
        fix_width(self._number, 84)
        self._new = self._action_button(key_before("new_number", "new"), "new_number")

        self._diameter = QSpinBox()
        self._diameter.setRange(1, LARGEST_BRUSH)
        self._diameter.setObjectName("value")
        fix_width(self._diameter, 44)
        self._diameter.setAccessibleName("Diameter of the brush")
        self._diameter.setToolTip("Diameter of the brush in voxels ([ and ], Alt+drag)")
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, _SLIDER_BRUSH)
        fix_width(self._slider, 64)
        self._slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._slider.setToolTip(self._diameter.toolTip())
        self._shape = button(key_before("brush_shape", "●"), tooltip("brush_shape"))
        self._shape.setObjectName("narrow")
        self._dims = button(key_before("edit_dims", "2D"), tooltip("edit_dims"))
        self._dims.setObjectName("narrow")
        self._over = QComboBox()
        for name, text, tip in _OVERS:
            self._over.addItem(text, name)
            self._over.setItemData(self._over.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self._over.setToolTip(f"What may be changed. {tooltip('preserve')}; {tooltip('over_selected').lower()}")
        self._over.setAccessibleName("Paint over")
        self._over.setFocusPolicy(Qt.FocusPolicy.TabFocus)

        self._low, self._high = _limit("Least brightness"), _limit("Greatest brightness")
        self._range = _group(self._low, label("–", "faint"), self._high)
        self._range.hide()
        self._parts = (
            _group(*self._tools.values(), gap=2),
            _group(self._swatch, self._number, self._new),
            _group(self._diameter, self._slider, self._shape, self._dims),
            _group(self._over),
        )
        for part in (*self._parts, self._range):
            flow.addWidget(part)

        self._saved = label("", "faint")
        self._way_back = end = button(key_before("end_paint", " back to judging"), tooltip("end_paint"))
        end.setAccessibleName("Back to judging")
        end.clicked.connect(self.end_requested)
        self._busy = label("")
        self._cancel = button("Esc  cancel", "Give this up; the labels stay as they were (Escape)")
        self._cancel.clicked.connect(self.cancel_requested)
        self._end = QStackedWidget()
        fix_width(self._end, _END_WIDTH)
        for said, way_out in ((self._saved, end), (self._busy, self._cancel)):
            said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            way_out.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
            self._end.addWidget(_group(said, way_out))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 3, 8, 3)
        layout.setSpacing(MEDIUM)
        layout.addWidget(self._flowing, 1)
        layout.addWidget(self._end, 0, Qt.AlignmentFlag.AlignTop)

        keys = FieldKeys(self, self._number, self._diameter, self._low, self._high)
        keys.done.connect(self.done)
        OwnKeys(self, self._over)
        self._number.valueChanged.connect(self.number_requested)
        self._diameter.valueChanged.connect(self.diameter_requested)
        self._slider.valueChanged.connect(self._on_slider_moved)
        self._shape.clicked.connect(self._on_shape_clicked)
        self._dims.clicked.connect(self._on_dims_clicked)
        self._over.activated.connect(self._on_over_chosen)
        self._low.valueChanged.connect(self._on_range_changed)
        self._high.valueChanged.connect(self._on_range_changed)
        self._is_square, self._n_dims, self._tool = False, 2, ""

    def _action_button(self, text: str, name: str) -> QPushButton:
        made = button(text, tooltip(name))
        made.setObjectName(name)
        made.setProperty("role", "small")
        made.clicked.connect(self._on_action_clicked)
        return made

    def _show_tool(self, name: str) -> None:
        self._tool = name
        for known, made in self._tools.items():
            made.setChecked(known == name)
        has_range = name == "tool_threshold"
        if not has_range:
            self._range.hide()
        for extra in (self._slider, self._new):  # they make room: the bar must not need a second row
            extra.setVisible(not has_range)
        for part in self._parts:  # at once: else there is a second row until Qt lays them out
            layout = part.layout()
            assert layout is not None
            layout.activate()
        self._range.setVisible(has_range)
        self._flowing.updateGeometry()

    def _show_number(self, number: int, color: str, largest: int, is_background: bool) -> None:
        with QSignalBlocker(self._number):
            self._number.setValue(number)
        painted = "transparent" if is_background else color
        border = "2px dashed #85858C" if is_background or not number else "1px solid #85858C"  # seen on any ground
        self._swatch.setStyleSheet(f"background: {painted}; border: {border}; border-radius: 3px;")
        self._swatch.setToolTip(
            f"{'Background' if is_background else 'This number'} is painted. {tooltip('swap_number')}"
        )
        self._number.setToolTip(f"The number that is painted ({_numbers()}); the largest so far is {largest}")
        self._new.setToolTip(f"{largest + 1}. {tooltip('new_number')}")

    def _show_brush(self, diameter: int, is_square: bool, dims: int) -> None:
        self._is_square, self._n_dims = is_square, dims
        with QSignalBlocker(self._diameter):
            self._diameter.setValue(diameter)
        if not self._slider.isSliderDown():
            with QSignalBlocker(self._slider):
                self._slider.setValue(_to_step(diameter))
        self._shape.setText(key_before("brush_shape", "■" if is_square else "●"))
        self._shape.setToolTip(f"The brush is {'square' if is_square else 'round'}. {tooltip('brush_shape')}")
        self._dims.setText(key_before("edit_dims", f"{dims}D"))
        where = "through the volume" if dims == 3 else "in the slice"
        self._dims.setToolTip(f"Tools work {where}. {tooltip('edit_dims')}")

    def _show_over(self, over: str) -> None:
        with QSignalBlocker(self._over):
            self._over.setCurrentIndex(self._over.findData(over))

    def _show_range(self, low: float, high: float, unit_low: float, unit_high: float) -> None:
        span = unit_high - unit_low
        decimals = next((digits for digits in range(12) if span * 10**digits >= 100), 12) if span > 0 else 2
        for field, value in ((self._low, low), (self._high, high)):
            with QSignalBlocker(field):
                field.setDecimals(decimals)
                field.setRange(unit_low, unit_high)
                field.setSingleStep(span / 100)
                field.setValue(value)

    def _show_keys(self) -> None:
        for made in self._tools.values():
            _show_key(made)
        self._new.setText(key_before("new_number", "new"))
        self._way_back.setText(key_before("end_paint", " back to judging"))
        self._show_brush(self._diameter.value(), self._is_square, self._n_dims)

    def _show_saved(self, state: str, text: str, tip: str) -> None:
        sign = {"saved": "✓", "waiting": "…", "failed": "✗"}[state]
        self._saved.setText(f"{sign} {text}")
        self._saved.setToolTip(tip)
        set_property(self._saved, "role", "error" if state == "failed" else "faint")

    def _show_busy(self, text: str) -> None:
        room = px(_END_WIDTH) - self._cancel.sizeHint().width() - 8
        self._busy.setText(self._busy.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room))
        self._busy.setToolTip(text)
        self._end.setCurrentIndex(1 if text else 0)

    def _show_enabled(self, is_enabled: bool) -> None:
        for part in (*self._parts, self._range):
            part.setEnabled(is_enabled)

    # What is done

    def _on_tool_clicked(self) -> None:
        name = self.sender().objectName()
        self._show_tool(self._tool)  # which tool is in use is told, not clicked
        self.action_requested.emit(name)

    def _on_action_clicked(self) -> None:
        self.action_requested.emit(self.sender().objectName())

    def _on_slider_moved(self, step: int) -> None:
        diameter = _from_step(step)
        if diameter != self._diameter.value():
            self.diameter_requested.emit(diameter)

    def _on_shape_clicked(self) -> None:
        self.shape_requested.emit(not self._is_square)

    def _on_dims_clicked(self) -> None:
        self.dims_requested.emit(5 - self._n_dims)

    def _on_over_chosen(self) -> None:
        self.over_requested.emit(self._over.currentData())

    def _on_range_changed(self) -> None:
        ends = sorted((self._low.value(), self._high.value()))
        self.range_requested.emit(*ends)


def _group(*widgets: QWidget, gap: int = 4) -> QWidget:
    """Widgets that stay side by side when the bar wraps."""
    made = QWidget()
    layout = QHBoxLayout(made)
    layout.setContentsMargins(0, 0, 4, 0)
    layout.setSpacing(gap)
    for widget in widgets:
        if not isinstance(widget, QLabel):  # buttons and fields in one line are equally high
            dress(widget, _fix_height)
        layout.addWidget(widget)
    return made


def _fix_height(widget: QWidget) -> None:
    widget.setFixedHeight(widget.fontMetrics().height() + 10)  # the bar is as high as that of classes


def _fix_swatch(swatch: QWidget) -> None:
    swatch.setFixedSize(px(16), px(16))


def _tool_button(name: str) -> QToolButton:
    made = QToolButton()
    made.setObjectName(name)
    made.setProperty("role", "tool")
    _show_key(made)
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    made.setToolTip(f"{info(name).text}: {tooltip(name)}")
    made.setAccessibleName(info(name).text)
    made.setCheckable(True)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    dress(made, _show_tool_icon)
    return made


def _show_key(made: QToolButton) -> None:
    keys = keys_of(info(made.objectName()))
    text = QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.PortableText) if keys else ""
    made.setText(text.replace("Shift+", "⇧"))
    _show_tool_icon(made)


def _show_tool_icon(made: QToolButton) -> None:
    made.setIcon(tool_icon(made.objectName()))
    made.setIconSize(QSize(px(SIZE), px(SIZE)))
    made.setFixedWidth(px(SIZE) + made.fontMetrics().horizontalAdvance(made.text()) + px(13))


def _numbers() -> str:
    keys = [key for name in ("number_down", "number_up") for key in keys_of(info(name))[:1]]
    return " and ".join(["0 to 9", *keys]) if len(keys) < 2 else f"0 to 9, {keys[0]} and {keys[1]}"


def _limit(name: str) -> LimitBox:
    made = LimitBox()
    made.setObjectName("value")
    fix_width(made, 54)
    made.setAccessibleName(name)
    made.setToolTip(f"{name} that the threshold brush paints")
    return made


def _to_step(diameter: int) -> int:
    return min(_SLIDER_BRUSH, round(_SLIDER_BRUSH * log(diameter) / log(_SLIDER_BRUSH)))


def _from_step(step: int) -> int:
    return round(exp(log(_SLIDER_BRUSH) * step / _SLIDER_BRUSH))
