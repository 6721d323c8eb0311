"""The table of objects: sorted, filtered, selected and copied, with a hundred thousand rows, too."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QTableView, QWidget

from app.views.object_rows import ObjectRows
from app.views.object_table import ObjectTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
HEADERS = ["number", "name", "voxels", "mean"]
COLUMNS: list[Any] = [
    np.array([3, 7, 12, 20, 31], np.int32),
    np.array(["", "mitosis", "Apoptosis", "", "mitosis"], object),
    np.array([50, 400, 9, 50, 120]),
    np.array([1.5, np.nan, -2.0, 10.25, np.nan]),
]
COLORS = ["#FF0000", "#00FF00", "#0000FF", "#FFFF00", "#00FFFF"]


@pytest.fixture
def table(qtbot: QtBot) -> Iterator[ObjectTable]:
    """Show five objects."""
    parent = QWidget()
    qtbot.addWidget(parent)
    made = ObjectTable(parent)
    made.set_rows(HEADERS, COLUMNS, COLORS)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    made.close()


@pytest.fixture
def wishes(table: ObjectTable) -> list[Any]:
    """Note what the table asks for."""
    noted: list[Any] = []
    table.selected.connect(noted.append)
    table.go_requested.connect(lambda number: noted.append(("go", number)))
    table.color_by_requested.connect(lambda column: noted.append(("color", column)))
    table.table_requested.connect(lambda: noted.append("table"))
    table.copy_requested.connect(lambda: noted.append("copy"))
    return noted


def grid(table: ObjectTable) -> QTableView:
    """Return the rows on screen."""
    found = table.findChild(QTableView)
    assert isinstance(found, QTableView)
    return found


def click(table: ObjectTable, row: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Click on a row."""
    view = grid(table)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, middle(view, row))


def middle(view: QTableView, row: int) -> QPoint:
    """Return the middle of the first cell of a row."""
    return view.visualRect(view.model().index(row, 0)).center()


def count_text(table: ObjectTable) -> str:
    """Return what the table says of its rows."""
    return next(one.text() for one in table.findChildren(QLabel) if "object" in one.text())


def marked(table: ObjectTable) -> list[int]:
    """Return the numbers whose rows are painted as selected."""
    rows = table.rows
    backgrounds = [rows.data(rows.index(row, 1), Qt.ItemDataRole.BackgroundRole) for row in range(rows.rowCount())]
    return [int(n) for n, color in zip(rows.numbers(), backgrounds, strict=True) if color is not None]


@pytest.mark.parametrize(
    ("column", "order", "numbers"),
    [
        (0, DOWN, [31, 20, 12, 7, 3]),
        (2, UP, [12, 3, 20, 31, 7]),
        (2, DOWN, [7, 31, 3, 20, 12]),  # 3 and 20 have 50 voxels each: in the order of their numbers in both
        (1, UP, [12, 7, 31, 3, 20]),  # without a name last in both orders
        (1, DOWN, [7, 31, 12, 3, 20]),
        (3, UP, [12, 3, 20, 7, 31]),
        (3, DOWN, [20, 3, 12, 7, 31]),
    ],
)
def test_rows_are_sorted(table: ObjectTable, column: int, order: Qt.SortOrder, numbers: list[int]) -> None:
    grid(table).sortByColumn(column, order)
    assert table.rows.numbers().tolist() == numbers


@given(
    st.lists(st.tuples(st.integers(-5, 5), st.sampled_from(["", "a", "B", "ab"])), max_size=30),
    st.integers(1, 2), st.booleans(), st.sampled_from(["", "a", "1", "b 2", "A B"]),
)  # fmt: skip
def test_rows_are_sorted_and_left_as_plain_python_does(
    objects: list[tuple[int, str]], column: int, is_down: bool, words: str
) -> None:
    rows = ObjectRows()
    names = np.array([name for _, name in objects] + ["x"], object)[:-1]  # also for none an array of objects
    rows.set_rows(["n", "v", "name"], [np.arange(1, len(objects) + 1), np.array([v for v, _ in objects], int), names],
                  [])  # fmt: skip
    rows.sort(column, DOWN if is_down else UP)
    rows.set_filter(words)
    numbered = [(n, value, name.casefold()) for n, (value, name) in enumerate(objects, 1)]
    known = [one for one in numbered if one[column] != ""]
    expected = sorted(known, key=lambda one: one[column], reverse=is_down)
    expected += [one for one in numbered if one[column] == ""]
    left = [n for n, _, name in expected if all(word in f"{n} {name}" for word in words.casefold().split())]
    assert rows.numbers().tolist() == left


def test_the_filter_leaves_rows_with_all_words(table: ObjectTable) -> None:
    field = table.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "MITO")
    assert table.rows.numbers().tolist() == [7, 31]
    assert count_text(table) == "2 of 5 objects"
    QTest.keyClicks(field, "sis 3")
    assert table.rows.numbers().tolist() == [31]
    field.clear()
    assert table.rows.rowCount() == 5


def test_cells_say_what_they_are(table: ObjectTable) -> None:
    rows = table.rows
    texts = [[rows.data(rows.index(r, c)) for c in range(4)] for r in range(5)]
    assert texts[1] == ["7", "mitosis", "400", ""]
    assert texts[3] == ["20", "", "50", "10.25"]
    assert rows.data(rows.index(2, 0), Qt.ItemDataRole.DecorationRole) == QColor("#0000FF")
    table.set_rows(HEADERS, COLUMNS, np.array([[1, 2, 3]] * 5, np.uint8))  # type: ignore[arg-type]
    assert rows.data(rows.index(4, 0), Qt.ItemDataRole.DecorationRole) == QColor(1, 2, 3)


def test_rows_are_selected_by_mouse_and_keys(table: ObjectTable, wishes: list[Any]) -> None:
    click(table, 3)
    click(table, 1, Qt.KeyboardModifier.ControlModifier)
    assert wishes == [[20], [20, 7]]  # the first that was selected stays the first
    assert marked(table) == [7, 20]
    assert count_text(table) == "5 objects, 2 selected"
    click(table, 3, Qt.KeyboardModifier.ControlModifier)
    click(table, 0)
    click(table, 2, Qt.KeyboardModifier.ShiftModifier)
    assert wishes[2:] == [[7], [3], [3, 7, 12]]
    wishes.clear()
    QTest.keyClick(grid(table), Qt.Key.Key_Down)
    QTest.keyClick(grid(table), Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(grid(table), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert wishes == [[20], [20, 31], [20, 31, 3, 7, 12]]


def test_rows_are_selected_by_a_drag(table: ObjectTable, wishes: list[Any]) -> None:
    view = grid(table)
    none = Qt.KeyboardModifier.NoModifier
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, none, middle(view, 1))
    QTest.mouseMove(view.viewport(), middle(view, 2))
    QTest.mouseMove(view.viewport(), middle(view, 3))
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, none, middle(view, 3))
    assert wishes == [[7], [7, 12], [7, 12, 20]]


def test_what_is_selected_elsewhere_is_marked_and_nothing_is_asked(table: ObjectTable, wishes: list[Any]) -> None:
    table.set_selected([31, 3])
    assert marked(table) == [3, 31]
    grid(table).sortByColumn(2, DOWN)
    assert marked(table) == [31, 3]
    table.set_rows(HEADERS, [column[1:] for column in COLUMNS], COLORS[1:])
    assert marked(table) == [31]
    assert wishes == []


def test_return_and_a_double_click_go_to_the_object(table: ObjectTable, wishes: list[Any]) -> None:
    grid(table).sortByColumn(0, DOWN)
    click(table, 1)
    QTest.keyClick(table.windowHandle(), Qt.Key.Key_Return)
    assert wishes == [[20], ("go", 20)]
    where = middle(grid(table), 0)
    click(table, 0)
    QTest.mouseDClick(grid(table).viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
    assert wishes[-1] == ("go", 31)


def test_colours_by_any_column(table: ObjectTable, wishes: list[Any]) -> None:
    box = table.findChild(QComboBox)
    assert isinstance(box, QComboBox)
    assert [box.itemData(place) for place in range(box.count())] == ["", "name", "voxels", "mean"]
    table.set_color_by("name")
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert wishes == [("color", "voxels")]
    table.set_rows([*HEADERS, "area"], [*COLUMNS, COLUMNS[2]], COLORS)
    assert (box.count(), box.currentData()) == (5, "voxels")
    table.set_color_by("")
    assert (box.currentData(), wishes) == ("", [("color", "voxels")])


def test_copied_are_the_selected_rows_or_all(table: ObjectTable, wishes: list[Any]) -> None:
    QTest.keyClick(table.windowHandle(), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    for made in table.findChildren(QPushButton):
        QTest.mouseClick(made, Qt.MouseButton.LeftButton)
    assert sorted(wishes) == ["copy", "copy", "table"]
    assert len(table.text().splitlines()) == 6
    table.set_selected([7, 31])
    assert table.text() == "number\tname\tvoxels\tmean\n7\tmitosis\t400\t\n31\tmitosis\t120\t\n"


def test_escape_closes_and_says_so(table: ObjectTable, qtbot: QtBot) -> None:
    with qtbot.waitSignal(table.closed):
        QTest.keyClick(table.windowHandle(), Qt.Key.Key_Escape)
    assert not table.isVisible()


def test_no_objects(table: ObjectTable) -> None:
    table.set_rows(HEADERS, [column[:0] for column in COLUMNS], [])
    table.set_selected([])
    assert count_text(table) == "0 objects"
    assert table.text().count("\n") == 1


def test_a_hundred_thousand_rows_are_no_wait(table: ObjectTable) -> None:
    """Generous: a list of scattered rows took Qt's own selection 25 seconds."""
    count = 100_000
    columns: list[Any] = [np.arange(1, count + 1), np.array(["", "mitosis"] * (count // 2), object),
                          np.random.default_rng(1).random(count)]  # fmt: skip
    began = perf_counter()
    table.set_rows(["number", "name", "mean"], columns, np.zeros((count, 3), np.uint8))  # type: ignore[arg-type]
    grid(table).sortByColumn(2, DOWN)
    grid(table).sortByColumn(1, UP)
    table.set_selected(list(range(1, count, 2)))
    table.rows.set_filter("mitosis 99")
    table.repaint()
    assert perf_counter() - began < 2.0
