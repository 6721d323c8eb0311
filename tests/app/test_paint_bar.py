"""The strip for painting, and the keys of the two modes, in the real window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from app.actions import ACTIONS
from app.paint_actions import TOOLS
from app.settings import RESOURCES
from app.views.class_bar import ClassItem
from app.views.main_window import MainWindow
from app.views.theme import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from app.views.paint_bar import PaintBar


class Wishes:
    """What the window asked for, in order."""

    def __init__(self, window: MainWindow) -> None:
        self.all: list[Any] = []
        bar = window.paint
        bar.action_requested.connect(self.all.append)
        window.action_requested.connect(self.all.append)
        for name in ("number", "diameter", "dims", "over", "shape", "range", "end", "cancel"):
            getattr(bar, f"{name}_requested").connect(getattr(self, f"_on_{name}"))
        window.class_requested.connect(self._on_class)
        window.number_requested.connect(self._on_digit)
        window.space.held_changed.connect(self._on_held)

    def take(self) -> list[Any]:
        """Return what is new."""
        new = self.all.copy()
        self.all.clear()
        return new

    def _on_number(self, value: int) -> None:
        self.all.append(("number", value))

    def _on_diameter(self, value: int) -> None:
        self.all.append(("diameter", value))

    def _on_dims(self, value: int) -> None:
        self.all.append(("dims", value))

    def _on_over(self, value: str) -> None:
        self.all.append(("over", value))

    def _on_shape(self, value: bool) -> None:
        self.all.append(("shape", value))

    def _on_range(self, low: float, high: float) -> None:
        self.all.append(("range", low, high))

    def _on_end(self) -> None:
        self.all.append("end")

    def _on_cancel(self) -> None:
        self.all.append("cancel")

    def _on_class(self, value: int) -> None:
        self.all.append(("class", value))

    def _on_digit(self, value: int) -> None:
        self.all.append(("digit", value))

    def _on_held(self, value: bool) -> None:
        self.all.append(("held", value))


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    """Show a main window that paints, with a plain widget for a canvas."""
    made = MainWindow(QWidget(), 20, 10_000)
    made.setStyleSheet(filled((RESOURCES / "style.qss").read_text(encoding="utf-8"), (RESOURCES / "icons").as_posix()))
    made.resize(1366, 768)
    made.set_classes([ClassItem(n, "12Z"[n - 1], f"Class {n}", "#FF0000") for n in (1, 2, 3)])
    made.paint.set_number(7, "#009E73", 41, False)  # before it is seen for the first time
    made.paint.set_brush(10, False, 2)
    made.paint.set_tool("tool_brush")
    made.show_work()
    made.set_mode("paint")
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    made.may_close = True
    made.close()
    made.deleteLater()


@pytest.fixture
def wishes(window: MainWindow) -> Wishes:
    """Note what the window asks for."""
    return Wishes(window)


def field(bar: PaintBar, name: str) -> Any:
    """Return the field of that name."""
    kinds = (QSpinBox, QDoubleSpinBox, QComboBox, QPushButton, QToolButton)
    return next(made for kind in kinds for made in bar.findChildren(kind) if made.accessibleName() == name)


def press(window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key as the system does, and not at once after the last: that would be a key that repeats."""
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_F35)  # nothing has it
    QTest.keyClick(window.windowHandle(), key, modifier)


def click(window: MainWindow, widget: QWidget) -> None:
    """Click into the middle of a widget, as the system does."""
    at = widget.mapTo(window, widget.rect().center())
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


# ------------------------------------------------------------------------------------------------------ the modes


def test_keys_change_their_meaning_with_the_mode(window: MainWindow, wishes: Wishes) -> None:
    window.focus_work()
    shift_control = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    keys = [
        (Qt.Key.Key_2, Qt.KeyboardModifier.NoModifier, ("digit", 2), ("class", 2)),
        (Qt.Key.Key_0, Qt.KeyboardModifier.NoModifier, ("digit", 0), None),
        (Qt.Key.Key_P, Qt.KeyboardModifier.NoModifier, "tool_brush", "paint"),
        (Qt.Key.Key_F, Qt.KeyboardModifier.NoModifier, "tool_fill", "toggle_flag"),
        (Qt.Key.Key_Z, Qt.KeyboardModifier.NoModifier, "tool_pan", ("class", 3)),
        (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier, "undo_edit", "undo"),
        (Qt.Key.Key_Z, shift_control, "redo_edit", "redo"),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, "slice_on", "slice_on"),
        (Qt.Key.Key_Backspace, Qt.KeyboardModifier.NoModifier, None, "clear_annotation"),
    ]
    for mode, place in (("paint", 2), ("judge", 3), ("paint", 2)):
        window.set_mode(mode)
        for row in keys:
            press(window, row[0], row[1])
            assert wishes.take() == ([] if row[place] is None else [row[place]]), (mode, row[0])


def test_classes_that_come_while_painting_have_no_keys_until_blocks_are_judged(
    window: MainWindow, wishes: Wishes
) -> None:
    window.set_classes([ClassItem(1, "5", "Late", "#FF0000")])
    window.focus_work()
    press(window, Qt.Key.Key_5)
    assert wishes.take() == [("digit", 5)]
    window.set_mode("judge")
    press(window, Qt.Key.Key_5)
    assert wishes.take() == [("class", 1)]


def test_a_page_without_blocks_has_no_keys_of_painting(window: MainWindow, wishes: Wishes) -> None:
    window.show_login()
    press(window, Qt.Key.Key_E)
    press(window, Qt.Key.Key_2)
    press(window, Qt.Key.Key_Space)
    assert wishes.take() == []


def test_the_bar_below_goes_with_the_mode(window: MainWindow) -> None:
    assert (window.paint.isVisible(), window.classes.isVisible()) == (True, False)
    window.set_mode("judge")
    assert (window.paint.isVisible(), window.classes.isVisible()) == (False, True)


def test_a_key_that_is_held_judges_once_but_steps_the_number_on(window: MainWindow, wishes: Wishes) -> None:
    """X may tell of a repeat as a release and a press: Z is a class, though Ctrl+Z repeats while labels are painted."""
    window.focus_work()

    def hold(key: Qt.Key, text: str) -> list[Any]:
        handle = window.windowHandle()
        for moment in (1000, 1300, 1330):
            for kind in (QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride):
                if kind == QEvent.Type.KeyRelease and moment == 1000:
                    continue
                event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
                event.setTimestamp(moment)
                event.ignore()
                QApplication.sendEvent(handle, event)
                taken.append((kind == QEvent.Type.ShortcutOverride, event.isAccepted()))
        return [accepted for is_press, accepted in taken if is_press]

    taken: list[tuple[bool, bool]] = []
    window.set_mode("judge")
    assert hold(Qt.Key.Key_Z, "z") == [False, True, True]  # taken: no shortcut follows
    taken.clear()
    window.set_mode("paint")
    assert hold(Qt.Key.Key_Equal, "=") == [False, False, False]


def test_a_menu_says_what_undo_takes_back(window: MainWindow) -> None:
    window.set_action_text("undo_edit", "Undo brush stroke")
    texts = [action.text() for action in window._menus["Labels"].actions()]
    assert "Undo brush stroke" in texts


# ---------------------------------------------------------------------------------------------------------- Space


def test_space_pans_while_it_is_held(window: MainWindow, wishes: Wishes, qtbot: QtBot) -> None:
    window.focus_work()
    handle = window.windowHandle()
    QTest.keyPress(handle, Qt.Key.Key_Space)
    assert wishes.take() == [("held", True)]
    for _ in range(3):  # repeats of X: a release, and a press of the same moment
        QTest.keyRelease(handle, Qt.Key.Key_Space)
        QTest.keyPress(handle, Qt.Key.Key_Space)
    assert wishes.take() == []
    with qtbot.waitSignal(window.space.held_changed):
        QTest.keyRelease(handle, Qt.Key.Key_Space)
    assert wishes.take() == [("held", False)]


def test_space_is_let_go_when_painting_ends(window: MainWindow, wishes: Wishes) -> None:
    window.focus_work()
    QTest.keyPress(window.windowHandle(), Qt.Key.Key_Space)
    window.set_mode("judge")
    assert wishes.take() == [("held", True), ("held", False)]
    QTest.keyRelease(window.windowHandle(), Qt.Key.Key_Space)
    press(window, Qt.Key.Key_Space)
    assert wishes.take() == ["play"]


def test_space_is_a_letter_in_a_text_and_pans_in_a_number(window: MainWindow, wishes: Wishes) -> None:
    window.blocks.focus_filter()
    line = window.blocks.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    press(window, Qt.Key.Key_Space)
    assert (line.text(), wishes.take()) == (" ", [])
    field(window.paint, "Number to paint").setFocus()
    QTest.keyPress(window.windowHandle(), Qt.Key.Key_Space)
    assert wishes.take() == [("held", True)]


# -------------------------------------------------------------------------------------------------------- the bar


def test_each_tool_is_a_click(window: MainWindow, wishes: Wishes) -> None:
    for row in TOOLS:
        made = field(window.paint, row.text)
        click(window, made)
        assert wishes.take() == [row.name]
        assert field(window.paint, "Brush").isChecked()  # until the program says that it is another
        window.paint.set_tool(row.name)
        checked = [made.objectName() for made in window.paint.findChildren(QToolButton) if made.isChecked()]
        assert checked == [row.name]
        window.paint.set_tool("tool_brush")


def test_every_control_says_its_key(window: MainWindow) -> None:
    tips = [made.toolTip() for made in window.paint.findChildren(QToolButton)]
    assert [tip.rsplit("(")[-1].rstrip(")") for tip in tips] == [row.keys[0] for row in TOOLS]
    for made in window.paint.findChildren(QPushButton):
        assert made.toolTip().endswith(")"), made.text()


def test_a_number_is_typed_and_the_keys_are_for_the_canvas_again(window: MainWindow, wishes: Wishes) -> None:
    number = field(window.paint, "Number to paint")
    assert number.value() == 7
    click(window, number)
    number.selectAll()
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_Return):
        press(window, key)
    assert wishes.take() == [("number", 12)]
    press(window, Qt.Key.Key_E)
    assert wishes.take() == ["tool_erase"]


def test_escape_gives_a_number_up(window: MainWindow, wishes: Wishes) -> None:
    number = field(window.paint, "Number to paint")
    click(window, number)
    number.selectAll()
    press(window, Qt.Key.Key_9)
    press(window, Qt.Key.Key_Escape)
    assert (number.value(), number.text(), wishes.take()) == (7, "7", [])
    press(window, Qt.Key.Key_Escape)
    assert wishes.take() == ["end_paint"]


def test_the_largest_number_fits(window: MainWindow, wishes: Wishes) -> None:
    number = field(window.paint, "Number to paint")
    window.paint.set_number(2**31 - 1, "#009E73", 2**31 - 1, False)
    text = number.lineEdit()
    assert number.value() == 2**31 - 1
    assert text.fontMetrics().horizontalAdvance(text.text()) <= text.width()
    assert wishes.take() == []


def test_size_by_field_and_slider(window: MainWindow, wishes: Wishes) -> None:
    diameter, slider = field(window.paint, "Diameter of the brush"), window.paint.findChild(QSlider)
    assert isinstance(slider, QSlider)
    assert (diameter.value(), slider.value()) == (10, 50)
    slider.setValue(100)
    slider.setValue(0)
    assert wishes.take() == [("diameter", 100), ("diameter", 1)]
    click(window, diameter)
    diameter.selectAll()
    for key in (Qt.Key.Key_3, Qt.Key.Key_0, Qt.Key.Key_0, Qt.Key.Key_Return):
        press(window, key)
    assert wishes.take() == [("diameter", 300)]
    window.paint.set_brush(2000, True, 3)
    assert (diameter.value(), slider.value(), wishes.take()) == (2000, 100, [])


@pytest.mark.parametrize("diameter", [1, 2, 3, 5, 17, 50, 99, 100])
def test_the_slider_stands_where_the_size_is(window: MainWindow, wishes: Wishes, diameter: int) -> None:
    window.paint.set_brush(diameter, False, 2)
    slider = window.paint.findChild(QSlider)
    assert isinstance(slider, QSlider)
    place = slider.value()
    window.paint.set_brush(60 if diameter < 50 else 2, False, 2)
    slider.setValue(place)
    back = wishes.take()[-1][1]
    assert abs(back - diameter) <= max(1, 0.03 * diameter)


def test_shape_and_dimensions_turn_over(window: MainWindow, wishes: Wishes) -> None:
    buttons = {made.text()[0]: made for made in window.paint.findChildren(QPushButton)}
    click(window, buttons["Q"])
    click(window, buttons["D"])
    assert wishes.take() == [("shape", True), ("dims", 3)]
    window.paint.set_brush(10, True, 3)
    click(window, buttons["Q"])
    click(window, buttons["D"])
    assert wishes.take() == [("shape", False), ("dims", 2)]


def test_what_is_painted_over(window: MainWindow, wishes: Wishes) -> None:
    over = field(window.paint, "Paint over")
    window.paint.set_over("selected")
    assert (over.currentText(), wishes.take()) == ("only selected", [])
    over.setFocus()
    QTest.keyClick(over, Qt.Key.Key_Up)
    assert wishes.take() == [("over", "background")]


def test_the_range_is_there_for_its_tool_only(window: MainWindow, wishes: Wishes) -> None:
    low, high = field(window.paint, "Least brightness"), field(window.paint, "Greatest brightness")
    assert not low.isVisible()
    window.paint.set_tool("tool_threshold")
    window.paint.set_range(300, 4000, 0, 65535)
    assert low.isVisible()
    assert (low.value(), high.value(), wishes.take()) == (300, 4000, [])
    low.setFocus()
    low.selectAll()
    QTest.keyClicks(low, "5000")
    QTest.keyClick(low, Qt.Key.Key_Return)
    assert wishes.take() == [("range", 4000, 5000)]  # never the wrong way round
    window.paint.set_range(1.5e-6, 3e-6, 0, 1e-5)
    assert (low.value(), high.value()) == (1.5e-6, 3e-6)


def test_what_takes_long_can_be_given_up(window: MainWindow, wishes: Wishes) -> None:
    window.paint.set_busy("Splitting object 17 into the parts that were clicked")
    shown = [made for made in window.paint.findChildren(QPushButton) if "cancel" in made.text() and made.isVisible()]
    click(window, shown[0])
    assert wishes.take() == ["cancel"]
    window.paint.set_busy("")
    assert not shown[0].isVisible()
    click(window, field(window.paint, "Back to judging"))
    assert wishes.take() == ["end"]


def test_without_labels_there_is_a_way_back_only(window: MainWindow, wishes: Wishes) -> None:
    window.paint.set_enabled(False)
    click(window, field(window.paint, "Fill"))
    click(window, field(window.paint, "Back to judging"))
    assert wishes.take() == ["end"]


def test_what_is_saved_is_said(window: MainWindow) -> None:
    window.paint.set_saved("failed", "not saved", "The folder is full")
    said = [made for made in window.paint.findChildren(QLabel) if made.text() == "✗ not saved"]
    assert [made.toolTip() for made in said] == ["The folder is full"]


@pytest.mark.parametrize(("width", "rows"), [(1366, 1), (1024, 2)])
def test_the_bar_wraps_and_nothing_is_cut_off(window: MainWindow, qtbot: QtBot, width: int, rows: int) -> None:
    window.resize(width, 700)
    window.paint.set_tool("tool_brush")
    line = window.paint.findChildren(QToolButton)[0].height()
    qtbot.waitUntil(lambda: window.paint.width() == width and window.paint.height() < line * (rows + 1))
    assert window.paint.height() > line * rows
    for made in window.paint.findChildren(QWidget):
        if made.isVisible():
            corner = made.mapTo(window.paint, QPoint(0, 0))
            assert corner.x() + made.width() <= width
            assert corner.y() + made.height() <= window.paint.height()


def test_all_actions_of_painting_have_a_place_in_a_menu(window: MainWindow) -> None:
    listed = {action.objectName() for menu in window._menus.values() for action in menu.actions()}
    assert {row.name for row in ACTIONS if row.mode == "paint"} <= listed
