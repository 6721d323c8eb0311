"""The labels in the side panel: the list, how they are drawn, and the buttons for objects, in the real window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QLabel, QMenu, QPushButton, QSlider, QSpinBox, QWidget

from app.settings import RESOURCES
from app.views.labels_panel import LabelsPanel, OverlayRow
from app.views.main_window import MainWindow
from app.views.theme import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

ROWS = [
    OverlayRow("cells", True, "✓", "412 objects, 16 bits"),
    OverlayRow("nuclei", False, "read-only", ""),
    OverlayRow("strokes", True, "✗ not saved", "The folder is full"),
]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    """Show a main window that paints, with a plain widget for a canvas."""
    made = MainWindow(QWidget(), 20, 10_000)
    made.setStyleSheet(filled((RESOURCES / "style.qss").read_text(encoding="utf-8"), (RESOURCES / "icons").as_posix()))
    made.resize(1366, 900)
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
def panel(window: MainWindow) -> LabelsPanel:
    """Fill the panel with three overlays; what was set before the first one was there counts."""
    made = window.side.labels
    made.set_unit("µm")
    made.set_amount(0.5)
    made.set_overlays(ROWS, 0)
    made.set_enabled(True, True)
    made.set_look(0.6, 2, False)
    made.set_objects("412 objects", 0)
    made.set_memory("Undo: 3 steps, 1.5 of 256 MB")
    return made


@pytest.fixture
def wishes(panel: LabelsPanel) -> list[Any]:
    """Note what the panel asks for."""
    noted: list[Any] = []
    panel.overlay_requested.connect(lambda place: noted.append(("overlay", place)))
    panel.visible_requested.connect(lambda place, shown: noted.append(("visible", place, shown)))
    panel.order_requested.connect(lambda start, end: noted.append(("order", start, end)))
    panel.opacity_requested.connect(lambda value: noted.append(("opacity", value)))
    panel.contour_requested.connect(lambda value: noted.append(("contour", value)))
    panel.only_selected_requested.connect(lambda value: noted.append(("only", value)))
    panel.amount_requested.connect(lambda value: noted.append(("amount", value)))
    panel.action_requested.connect(noted.append)
    return noted


def take(wishes: list[Any]) -> list[Any]:
    """Return what is new."""
    new = wishes.copy()
    wishes.clear()
    return new


def texts(panel: LabelsPanel) -> str:
    """Return all that is to be read."""
    return "\n".join(one.text() for one in panel.findChildren(QLabel) if one.isVisible())


def shown_buttons(panel: LabelsPanel) -> dict[str, QPushButton]:
    """Return the buttons that are seen, by the names of their actions."""
    return {one.objectName(): one for one in panel.findChildren(QPushButton) if one.isVisible()}


def click(widget: QWidget) -> None:
    """Click into the middle."""
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_without_labels_it_says_how_to_make_some(window: MainWindow) -> None:
    panel = window.side.labels
    panel.set_overlays([], -1)
    panel.set_enabled(False, False)
    assert texts(panel) == "No labels yet. Ctrl+N makes some, Ctrl+L opens a file."
    assert set(shown_buttons(panel)) == {"new_labels", "open_labels", ""}
    panel.set_overlays(ROWS[:1], 0)
    panel.set_enabled(True, False)
    assert "No labels" not in texts(panel)
    assert "paint" in shown_buttons(panel)
    assert "merge_objects" not in shown_buttons(panel)
    panel.set_overlays([], -1)
    panel.set_enabled(False, False)
    assert texts(panel) == "No labels yet. Ctrl+N makes some, Ctrl+L opens a file."
    assert not panel.list.isVisible()


def test_a_click_on_the_eye_and_on_the_name(panel: LabelsPanel, wishes: list[Any]) -> None:
    viewport = panel.list.viewport()
    for place, row in enumerate(ROWS):
        eye, name = panel.list.parts_of(place)
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, eye)
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, name)
        assert take(wishes) == [("visible", place, not row.is_visible), ("overlay", place)]


def test_a_double_click_on_a_name_is_for_another_name(panel: LabelsPanel, wishes: list[Any]) -> None:
    name = panel.list.parts_of(2)[1]
    QTest.mouseDClick(panel.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, name)
    assert take(wishes)[-2:] == [("overlay", 2), "rename_labels"]


@pytest.mark.parametrize(
    ("held", "drop", "after", "wished"),
    [(0, 2, True, [("order", 0, 2)]), (2, 0, False, [("order", 2, 0)]), (0, 1, True, [("order", 0, 1)]),
     (1, 1, True, []), (0, 1, False, [])],
)  # fmt: skip
def test_a_row_is_dragged(
    panel: LabelsPanel, wishes: list[Any], held: int, drop: int, after: bool, wished: list[Any]
) -> None:
    """The place is the one that the row has in the end."""
    viewport, start, end = panel.list.viewport(), panel.list.parts_of(held)[1], panel.list.parts_of(drop)[1]
    end += QPoint(0, 4 if after else -4)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(viewport, start + QPoint(0, 30))
    QTest.mouseMove(viewport, end)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
    assert [wish for wish in wishes if wish[0] == "order"] == wished


def test_many_overlays_scroll_and_the_active_one_is_seen(panel: LabelsPanel) -> None:
    tall = panel.list.height()
    panel.set_overlays([OverlayRow(f"l{n}", True, "", "") for n in range(12)], 11)
    assert panel.list.height() == pytest.approx(tall * 4 / 3, abs=2)
    assert panel.list.viewport().rect().contains(panel.list.parts_of(11)[1])


def test_how_labels_are_drawn(panel: LabelsPanel, wishes: list[Any]) -> None:
    slider, contour = panel.findChildren(QSlider)[0], panel.findChildren(QSpinBox)[0]
    only = panel.findChildren(QCheckBox)[0]
    assert (slider.value(), contour.value(), only.isChecked()) == (60, 2, False)
    panel.set_look(0.25, 0, True)
    assert (slider.value(), contour.text(), only.isChecked()) == (25, "filled", True)
    assert "25 %" in texts(panel)
    assert take(wishes) == []
    slider.setValue(80)
    contour.setValue(3)
    only.click()
    assert take(wishes) == [("opacity", 0.8), ("contour", 3), ("only", False)]


def test_a_length_is_typed_and_the_keys_are_for_the_canvas_again(
    window: MainWindow, panel: LabelsPanel, wishes: list[Any]
) -> None:
    length = panel.findChildren(QDoubleSpinBox)[0]
    assert length.value() == 0.5
    assert "µm" in texts(panel)
    length.setFocus()
    length.selectAll()
    QTest.keyClicks(length, "1.25")
    QTest.keyClick(length, Qt.Key.Key_Return)
    assert take(wishes) == [("amount", 1.25)]
    assert not length.hasFocus()
    asked: list[str] = []
    window.action_requested.connect(asked.append)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_E)
    assert asked == ["tool_erase"]


def test_each_button_asks_for_its_action_and_says_its_key(panel: LabelsPanel, wishes: list[Any]) -> None:
    panel.set_objects("2 of 412 objects selected", 2)
    for name, made in shown_buttons(panel).items():
        if name:
            click(made)
            assert take(wishes) == [name]
    tips = {name: made.toolTip() for name, made in shown_buttons(panel).items()}
    assert tips["delete_objects"] == "Delete (Delete)"
    assert tips["merge_objects"].endswith("(J)")
    assert "Grow" in tips["grow_objects"]


def test_one_object_is_not_merged(panel: LabelsPanel, wishes: list[Any]) -> None:
    panel.set_objects("17: 1,204 voxels", 1)
    click(shown_buttons(panel)["merge_objects"])
    assert take(wishes) == []
    assert "17: 1,204 voxels" in texts(panel)


def test_the_menu_has_the_rest(panel: LabelsPanel, wishes: list[Any]) -> None:
    click(shown_buttons(panel)[""])
    menu = panel.findChildren(QMenu)[0]
    names = [action.objectName() for action in menu.actions() if not action.isSeparator()]
    assert {"rename_labels", "delete_labels", "compare_labels", "next_overlay"} <= set(names)
    next(action for action in menu.actions() if action.objectName() == "delete_labels").trigger()
    menu.close()
    assert take(wishes) == ["delete_labels"]


def test_a_long_name_does_not_make_the_panel_wider(window: MainWindow, panel: LabelsPanel) -> None:
    wide = window.side.width()
    panel.set_overlays([OverlayRow("n" * 200, True, "✗ " + "not saved " * 20, "")], 0)
    panel.set_objects("17 " + "name" * 100, 1)
    panel.set_unit("voxels")
    inside = window.side.widget()
    assert inside is not None
    assert window.side.width() == wide
    assert inside.width() <= wide
    assert panel.minimumSizeHint().width() <= 286 - 20 - 10  # of the side panel, without margins and scroll bar
