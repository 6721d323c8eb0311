"""What keys and typed reasons become in the store, in the real window of the review; only its rows are the test's."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.controllers.deciding import Deciding
from app.log import EventRecord
from app.models.review_row import ReviewFilter
from app.models.review_table import ReviewTable
from app.models.screen import Screen, Stage
from app.models.session import Session
from app.settings import Settings
from app.views.class_bar import ClassItem
from app.views.message_bar import MessageBar
from app.views.review_window import ReviewWindow
from app.views.votes_panel import VotesPanel
from storage.classes import default_classes
from storage.store import Store, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

BLOCKS = ("b0", "b1", "b2")
ENTER, ESCAPE, BACK = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Backspace


class Rows:
    """Three rows that are on screen as soon as somebody goes to them."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen

    def go_to(self, block: str) -> None:
        self.screen.set(Stage.PLACED, BLOCKS.index(block), block)
        self.screen.frame_swapped()

    def next_row(self) -> None:
        self.go_to(BLOCKS[self.screen.now.place + 1])


class Desk:
    """An admin before the window, with the first block on screen."""

    def __init__(self, top: Path, qtbot: QtBot, admin: str = "carol") -> None:
        self.top = top
        (top / "root").mkdir()
        (top / "root" / "roles.json").write_text(json.dumps({"admins": ["carol", "erin"]}), encoding="utf-8")
        self.store = self.open(admin)
        self.window = ReviewWindow(QWidget(), (20, 10_000), lambda row: [])
        self.votes = VotesPanel(1000)
        self.window.put_votes(self.votes)
        self.window.set_classes([ClassItem(n, str(n), f"Class {n}", "#FF0000") for n in (1, 2, 3)])
        qtbot.addWidget(self.window)
        self.screen, self.settings = Screen(), Settings()
        self.rows = Rows(self.screen)
        self.table = ReviewTable()
        self.table.append(BLOCKS, np.zeros((len(BLOCKS), 0), np.int32), [None] * 3, [False] * 3, [()] * 3)
        self.table.refresh()
        self.deciding = Deciding(
            self.window,
            self.votes,
            self.rows,  # type: ignore[arg-type]
            self.screen,
            self.table,
            self.settings,
            EventRecord(),
        )
        self.window.action_requested.connect(self._on_action_requested)
        self.deciding.set_session(Session(self.store, default_classes()))
        with qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()
        self.rows.go_to("b0")
        self.window.focus_work()

    def open(self, name: str) -> Store:
        return open_store(self.top / "root", self.top / name, name, self.top / "data", follow_all=True)

    def press(self, key: Qt.Key, *, control: bool = False) -> None:
        modifier = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(self.window.windowHandle(), key, modifier)

    def type(self, text: str) -> None:
        """Type where the keyboard is."""
        field = self.window.focusWidget()
        assert field is not None
        QTest.keyClicks(field, text)

    def click_class(self, number: int) -> None:
        button = next(
            one for one in self.window.classes.findChildren(QPushButton) if one.text().startswith(f"{number} ")
        )
        place = button.mapTo(self.window, button.rect().center())
        QTest.mouseClick(self.window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)

    def finals(self) -> dict[str, tuple[int, str]]:
        """Return label and reason by block."""
        found = {block: self.store.state.final(block) for block in BLOCKS}
        return {block: (one.label, one.reason) for block, one in found.items() if one is not None and one.label}

    def said(self) -> str:
        bar = self.window.findChild(MessageBar)
        assert isinstance(bar, MessageBar)
        label = bar.findChild(QLabel)
        assert isinstance(label, QLabel)
        return label.text()

    def _on_action_requested(self, name: str) -> None:
        self.deciding.slots[name]()


@pytest.fixture(autouse=True)
def _presses_happen_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """QTest stamps its presses with a clock that no window system has."""
    monkeypatch.setattr(ReviewWindow, "pressed_at", property(lambda window: time.monotonic()))


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    made = Desk(tmp_path, qtbot)
    yield made
    made.store.close()


def test_a_digit_decides_and_goes_on_and_undo_goes_back(desk: Desk) -> None:
    desk.press(Qt.Key.Key_2)
    desk.press(Qt.Key.Key_3)
    assert (desk.finals(), desk.screen.now.block_id) == ({"b0": (2, ""), "b1": (3, "")}, "b2")
    desk.press(Qt.Key.Key_Z, control=True)
    assert desk.screen.now.block_id == "b1"
    desk.press(Qt.Key.Key_Z, control=True)
    assert (desk.finals(), desk.screen.now.block_id) == ({}, "b0")
    desk.press(Qt.Key.Key_Z, control=True)
    assert desk.said() == "There is nothing to undo in this session."
    desk.press(Qt.Key.Key_Y, control=True)
    assert desk.finals() == {"b0": (2, "")}
    assert desk.said().startswith("Decided again: b0 has the final label 2")


def test_it_stays_where_it_is_without_going_on(desk: Desk) -> None:
    desk.deciding.slots["review_goes_on"]()
    desk.press(Qt.Key.Key_2)
    assert (desk.screen.now.block_id, desk.settings.review_goes_on) == ("b0", False)


def test_backspace_clears_what_there_is(desk: Desk) -> None:
    desk.settings.review_goes_on = False
    desk.press(Qt.Key.Key_2)
    assert desk.finals() == {"b0": (2, "")}
    desk.press(BACK)
    assert desk.finals() == {}
    desk.press(Qt.Key.Key_F12)  # else it would be the same press, held
    desk.press(BACK)
    assert desk.said() == "b0 has no final label to clear."


def test_nothing_is_decided_before_the_block_is_seen(desk: Desk) -> None:
    desk.screen.set(Stage.LOADING, 1, "b1")
    for key in (Qt.Key.Key_2, BACK, Qt.Key.Key_C):
        desk.press(key)
        assert desk.said() == "b1 was not on screen yet: the key did nothing."
    desk.votes.reason.setText("typed")
    QTest.keyClick(desk.votes.reason, ENTER)
    assert desk.said() == "b1 is not on screen: the reason was not kept."
    desk.screen.set(Stage.FAILED, 1, "b1")
    desk.press(Qt.Key.Key_2)
    assert "cannot be shown, so it cannot be decided" in desk.said()
    assert desk.finals() == {}


def test_a_reason_before_or_after_the_label(desk: Desk) -> None:
    desk.press(Qt.Key.Key_C)
    desk.type("2 of 3")  # digits are for the field now
    desk.press(ENTER)
    desk.rows.go_to("b1")  # it waits for its block
    desk.press(Qt.Key.Key_1)
    desk.rows.go_to("b0")
    desk.press(Qt.Key.Key_3)
    assert desk.finals() == {"b0": (3, "2 of 3"), "b1": (1, "")}
    desk.rows.go_to("b1")
    desk.press(Qt.Key.Key_C)
    desk.type("dark")
    desk.press(ENTER)
    assert desk.finals() == {"b0": (3, "2 of 3"), "b1": (1, "dark")}
    desk.press(Qt.Key.Key_1)  # the same again keeps it, another class does not: it was a reason for the first
    assert desk.finals()["b1"] == (1, "dark")
    desk.rows.go_to("b1")
    desk.press(Qt.Key.Key_2)
    assert desk.finals()["b1"] == (2, "")


def test_what_is_typed_goes_with_a_class_that_is_clicked_and_with_the_block_that_is_left(desk: Desk) -> None:
    desk.votes.reason.setText("clicked")
    desk.click_class(2)
    assert desk.finals() == {"b0": (2, "clicked")}
    desk.rows.go_to("b0")
    desk.votes.reason.setText("left")
    desk.rows.go_to("b1")
    assert desk.finals() == {"b0": (2, "left")}
    assert desk.votes.reason.text() == ""
    desk.press(Qt.Key.Key_C)
    desk.type("never mind")
    desk.press(ESCAPE)
    desk.rows.go_to("b2")
    assert desk.finals() == {"b0": (2, "left")}


def test_a_reason_that_is_being_typed_survives_an_undo(desk: Desk) -> None:
    desk.press(Qt.Key.Key_1)
    desk.rows.go_to("b2")
    desk.votes.reason.setText("not yet")
    desk.deciding.undo()
    desk.rows.go_to("b2")
    assert desk.votes.reason.text() == "not yet"


def test_a_block_that_the_filter_hides_is_not_decided(desk: Desk) -> None:
    table = desk.table
    table.set_filter(ReviewFilter(text="b1"))
    desk.press(Qt.Key.Key_1)
    assert desk.finals() == {}
    table.set_filter(ReviewFilter())
    desk.press(Qt.Key.Key_2)  # the same key at once would be one that is held
    assert list(desk.finals()) == ["b0"]


def test_what_another_admin_decided_meanwhile_is_told(desk: Desk) -> None:
    desk.press(Qt.Key.Key_2)
    desk.store.push()
    other = desk.open("erin")
    other.decide_finals({"b0": 3})
    other.push()
    other.close()
    for decision in desk.store.follow():
        desk.store.state.apply(decision)
    desk.press(Qt.Key.Key_Z, control=True)
    assert desk.said().endswith("b0 was left alone, because somebody has decided about it since.")
    assert desk.finals() == {"b0": (3, "")}


def test_a_store_that_refuses_is_told_and_nothing_is_lost(tmp_path: Path, qtbot: QtBot) -> None:
    desk = Desk(tmp_path, qtbot, admin="alice")
    desk.votes.reason.setText("worth keeping")
    desk.click_class(2)
    assert desk.said().startswith("Final labels are set by admins")
    assert (desk.finals(), desk.screen.now.block_id) == ({}, "b0")
    assert desk.votes.reason.text() == "worth keeping"
    desk.store.close()
