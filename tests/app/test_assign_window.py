"""The window that hands out blocks, as widgets: what the form says, what can be asked for when, by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QListWidget, QSpinBox, QTableView, QWidget

from app.hand_out_wish import BLOCK_CHOICES, WAYS, HandOutWish
from app.views.assign_window import AssignWindow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

CONTROL = Qt.KeyboardModifier.ControlModifier
ROWS = [["alice", "8", "2", "3", "nothing"]]
NOW = [
    ["alice", "3 of 8", "37 %", "2026-01-01 10:00", "“Batch 1”", "2026-01-01 09:00 by carol"],
    ["bob", "0 of 8", "0 %", "none", "“Batch 2”", "2026-01-01 09:00 by carol"],
]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[AssignWindow]:
    parent = QWidget()
    qtbot.addWidget(parent)
    made = AssignWindow(parent)
    made.form.set_names(["bob", "alice"])
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    made.close()


def button(window: AssignWindow, text: str) -> QAbstractButton:
    return next(one for one in window.findChildren(QAbstractButton) if one.text() == text and one.isVisible())


def names(window: AssignWindow) -> QListWidget:
    found = window.findChild(QListWidget)
    assert isinstance(found, QListWidget)
    return found


def combo(window: AssignWindow, value: str) -> None:
    """Choose `value` in the field that has it."""
    for box in window.findChildren(QComboBox):
        values = BLOCK_CHOICES if box.itemData(1) == BLOCK_CHOICES[1] else WAYS
        if value in values and not (value == "all" and values is WAYS):
            box.setCurrentIndex(box.findData(value))


def test_every_choice_of_a_wish_can_be_made(window: AssignWindow) -> None:
    boxes = window.findChildren(QComboBox)
    assert [tuple(box.itemData(row) for row in range(box.count())) for box in boxes] == [BLOCK_CHOICES, WAYS]
    assert window.form.wish() == HandOutWish()


def test_space_ticks_and_everybody_ticks_all_or_none(window: AssignWindow, qtbot: QtBot) -> None:
    assert [names(window).item(row).text() for row in range(2)] == ["alice", "bob"]
    with qtbot.waitSignal(window.form.changed):
        QTest.keyClick(names(window), Qt.Key.Key_Space)
    assert window.form.wish().annotators == ("alice",)
    QTest.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: window.form.wish().annotators == ("alice", "bob"))
    button(window, "Everybody").click()
    assert window.form.wish().annotators == ()


def test_names_that_are_added_are_ticked_and_others_stay_as_they_are(window: AssignWindow, qtbot: QtBot) -> None:
    field = next(one for one in window.findChildren(QLineEdit) if one.placeholderText().startswith("Add"))
    field.setText("Zoë, bob")
    with qtbot.waitSignal(window.form.names_requested) as asked:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert asked.args == ["Zoë, bob"]
    window.form.add_names(["zoë", "bob"])
    assert (window.form.wish().annotators, field.text()) == (("bob", "zoë"), "")
    window.form.set_names(["alice", "carol"])
    assert window.form.wish().annotators == ("bob", "zoë")
    assert names(window).count() == 4


def test_fields_are_there_only_where_they_count(window: AssignWindow) -> None:
    assert [box.suffix() for box in window.findChildren(QSpinBox) if box.isVisible()] == [" %", ""]  # gold, seed
    combo(window, "fewer")
    combo(window, "each")
    assert len([box for box in window.findChildren(QSpinBox) if box.isVisible()]) == 4
    combo(window, "file")
    window.form.set_block_file("/somewhere/ids.txt")
    assert (window.form.wish().blocks, window.form.wish().block_file) == ("file", "/somewhere/ids.txt")
    QTest.keyClick(names(window), Qt.Key.Key_Space)
    combo(window, "lists")  # the file says who gets blocks
    assert not names(window).isEnabled()
    assert window.form.wish().annotators == ()
    combo(window, "each")
    assert window.form.wish().annotators == ("alice",)


def test_without_gold_blocks_none_are_mixed_in(window: AssignWindow) -> None:
    share = next(box for box in window.findChildren(QSpinBox) if box.suffix() == " %")
    window.form.set_gold("3 gold blocks", is_bad=False, can_mix=True)
    share.setValue(60)
    assert window.form.wish().gold_share == 0.5
    window.form.set_gold("gold.csv, line 2: bad", is_bad=True, can_mix=False)
    assert (window.form.wish().gold_share, share.isEnabled()) == (0, False)


def test_only_what_the_table_shows_can_be_handed_out(window: AssignWindow, qtbot: QtBot) -> None:
    def asks() -> bool:
        asked: list[str] = []
        connection = window.hand_out_requested.connect(asked.append)
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        window.hand_out_requested.disconnect(connection)
        return bool(asked)

    assert not asks()
    window.set_preview(ROWS, "1 list", "faint")
    assert asks()
    window.set_pending()
    assert not asks()
    window.set_preview([], "Choose who gets blocks.", "faint")
    assert not asks()
    window.set_preview(ROWS, "1 list", "faint")
    window.focus_name()
    window.set_busy(True)
    assert not asks()
    window.set_busy(False)
    assert asks()
    name = window.focusWidget()
    assert isinstance(name, QLineEdit)
    assert name.placeholderText().startswith("Name")
    window.set_busy(True)
    window.set_preview(ROWS, "1 list", "faint")  # a preview that comes while something is written
    assert not asks()


def test_taking_back_is_asked_for_once_more(window: AssignWindow, qtbot: QtBot) -> None:
    asked: list[str] = []
    window.take_back_requested.connect(asked.append)
    window.set_now(NOW)
    table = next(one for one in window.findChildren(QTableView) if one.model() is window.now)
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Delete)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.isVisible()
    assert table.hasFocus()
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert asked == []
    window.set_now([NOW[0], ["bob", "1 of 8", *NOW[1][2:]]])  # bob goes on working while it is asked
    QTest.keyClick(button(window, "Take it back"), Qt.Key.Key_Return)
    assert asked == ["bob"]
    QTest.keyClick(table, Qt.Key.Key_Delete)
    window.set_now(NOW[:1])  # somebody else was quicker: there is nothing to ask any more
    assert not [one for one in window.findChildren(QAbstractButton) if one.text() == "Keep it" and one.isVisible()]
    with qtbot.waitSignal(window.closed):
        QTest.keyClick(window, Qt.Key.Key_Escape)


def test_every_control_says_its_key_or_what_it_does(window: AssignWindow) -> None:
    kinds = (QAbstractButton, QComboBox, QSpinBox, QLineEdit)
    within = [one for kind in kinds for one in window.findChildren(kind) if not one.objectName().startswith("qt_")]
    assert [one for one in within if not one.toolTip() and not isinstance(one.parent(), QTableView)] == []
