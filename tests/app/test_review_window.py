"""The window of the review as widgets: rows that stay selected, copying, columns, filters, and what is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QMenu, QWidget

from app.views.review_rows import Cell, Column
from app.views.review_window import ReviewWindow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytestqt.qtbot import QtBot

    from app.views.review_grid import ReviewGrid

COLUMNS = (Column("block", "Block", "", 100), Column("final", "Final", "", 90), Column("comments", "Comments", "", 90))
GREEN = "#00FF00"


def cells_at(row: int) -> Sequence[Cell]:
    return [
        Cell(f"b{row}", f"b{row}"),
        Cell("2 Excitatory", "Excitatory", (("2", GREEN),)),
        Cell("a\nb\tc", "a b c"),
        Cell("", ""),
    ]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[ReviewWindow]:
    made = ReviewWindow(QWidget(), (50, 1000), cells_at)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.focus_work()
    yield made
    made.close()


def grid(window: ReviewWindow, count: int = 200) -> ReviewGrid:
    found = window.panel.grid
    found.set_rows(COLUMNS, count, None, [], is_reordered=True)
    return found


def test_the_table_leaves_room_for_the_block(window: ReviewWindow) -> None:
    assert (window.width(), window.height()) == (1366, 768)
    assert 500 <= window.panel.width() <= 600
    assert window.area.width() >= 450


def test_rows_stay_selected_and_in_sight_when_others_come(window: ReviewWindow) -> None:
    table = grid(window)
    asked: list[int] = []
    table.row_requested.connect(asked.append)
    table.verticalScrollBar().setValue(500)
    table.set_rows(COLUMNS, 220, 3, [3, 4, 5, 90], is_reordered=False)
    assert table.selected_rows() == [3, 4, 5, 90]
    assert table.currentIndex().row() == 3
    assert table.verticalScrollBar().value() == 500
    table.set_rows(COLUMNS, 220, 150, [150], is_reordered=True)
    seen = table.viewport().rect()
    assert seen.contains(table.visualRect(table.rows.index(150, 0)))
    assert asked == []  # nobody asked for a block


def test_keys_of_the_table_ask_for_blocks_and_letters_do_not(window: ReviewWindow) -> None:
    table = grid(window)
    asked: list[int] = []
    table.row_requested.connect(asked.append)
    table.set_current(0)
    QTest.keyClick(table, Qt.Key.Key_PageDown)
    assert len(asked) == 1
    assert asked[0] > 5
    QTest.keyClicks(table, "b17")
    assert len(asked) == 1


def test_ctrl_c_copies_the_selected_rows_as_they_are_seen(window: ReviewWindow, qtbot: QtBot) -> None:
    table = grid(window)
    distances: list[str] = []
    window.action_requested.connect(distances.append)
    table.set_rows(COLUMNS, 5, 1, [1, 3], is_reordered=False)
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == (
        "Block\tFinal\tComments\nb1\t2 Excitatory\ta b c\nb3\t2 Excitatory\ta b c\n"
    )
    assert distances == []  # elsewhere in the window the key copies a distance
    table.set_hidden({"final"})
    table.set_rows(COLUMNS, 2, None, [], is_reordered=False)
    table.copy_rows()
    assert QGuiApplication.clipboard().text() == "Block\tComments\nb0\ta b c\nb1\ta b c\n"


def test_columns_are_chosen_and_widths_stay(window: ReviewWindow) -> None:
    table = grid(window)
    told: list[list[str]] = []
    table.hidden_changed.connect(told.append)
    table.horizontalHeader().resizeSection(2, 133)
    table.open_columns_menu()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions()] == ["Final", "Comments"]
    menu.actions()[0].trigger()
    menu.close()
    assert told == [["final"]]
    assert table.isColumnHidden(1)
    more = (*COLUMNS[:1], Column("@alice", "alice", "", 80), *COLUMNS[1:])
    table.set_rows(more, 5, None, [], is_reordered=False)
    assert [table.isColumnHidden(number) for number in range(4)] == [False, False, True, False]
    assert table.columnWidth(3) == 133


def test_a_second_choice_turns_the_order_round(window: ReviewWindow) -> None:
    table = grid(window)
    asked: list[tuple[str, bool]] = []
    table.sort_requested.connect(lambda column, is_descending: asked.append((column, is_descending)))
    table.horizontalHeader().sectionClicked.emit(1)
    table.set_order(*asked[-1])
    table.horizontalHeader().sectionClicked.emit(1)
    table.set_order(*asked[-1])
    table.horizontalHeader().sectionClicked.emit(1)
    assert asked == [("final", False), ("final", True), ("final", False)]


def test_filters_tell_all_that_is_wanted_and_keep_what_is_chosen(window: ReviewWindow) -> None:
    panel = window.panel
    asked: list[dict[str, object]] = []
    panel.filter_requested.connect(asked.append)
    panel.set_statuses([("All blocks", None), ("Disagree (3)", 1)])
    panel.set_annotators([("Any annotator", ""), ("alice", "alice")])
    status = next(combo for combo in panel.findChildren(QComboBox) if combo.itemText(1) == "Disagree (3)")
    status.setCurrentIndex(1)
    panel.set_statuses([("All blocks", None), ("Disagree (4)", 1)])
    assert status.currentText() == "Disagree (4)"
    panel.focus_filter()
    QTest.keyClicks(panel.findChildren(QLineEdit)[0], " zebra ")
    everything = {"label": None, "annotator": "", "is_flagged": False, "fewer_than": 0}
    assert asked[0] == {"status": 1, "text": "", **everything}
    assert asked[-1] == {"status": 1, "text": "zebra", **everything}
    count = len(asked)
    panel.reset_filter()
    assert (len(asked), status.currentIndex()) == (count, 0)


def test_a_rule_is_asked_for_with_its_quorum(window: ReviewWindow) -> None:
    panel = window.panel
    asked: list[tuple[str, int, float]] = []
    panel.rule_requested.connect(lambda *wish: asked.append(wish))
    panel.set_rules([("Majority", "compatible"), ("Quorum…", "quorum")], "compatible", 2, 0.6)
    rule = next(combo for combo in panel.findChildren(QComboBox) if combo.itemText(0) == "Majority")
    rule.setCurrentIndex(1)
    assert asked == [("quorum", 2, 0.6)]


def test_the_colour_of_a_class_is_seen_with_its_number(window: ReviewWindow) -> None:
    table = grid(window, count=3)
    QApplication.processEvents()
    rect = table.visualRect(table.rows.index(0, 1))
    image = table.viewport().grab(rect).toImage()
    colors = [image.pixelColor(x, y).name().upper() for x in range(rect.width()) for y in range(rect.height())]
    assert colors.count(GREEN) > 60
    assert "#101012" in colors  # the digit on it
