"""Widgets: what a key does depends on where the keyboard is, and messages wait their turn."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from app.views.class_bar import ClassItem
from app.views.contrast_panel import ContrastItem, ContrastPanel
from app.views.login_page import LoginPage
from app.views.main_window import MainWindow
from app.views.message_bar import MessageBar
from app.views.scale_bar import round_length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@given(st.floats(1e-9, 1e9))
def test_the_scale_bar_has_a_round_length(longest: float) -> None:
    length = round_length(longest)
    assert longest / 2.5 - 1e-12 <= length <= longest * (1 + 1e-6)
    leading = length / 10 ** math.floor(math.log10(length) + 1e-9)
    assert min(abs(leading - step) for step in (1, 2, 5, 10)) < 1e-6


def test_small_limits_are_shown_and_typed(qtbot: QtBot) -> None:
    panel = ContrastPanel()
    qtbot.addWidget(panel)
    wishes: list[Any] = []
    panel.limits_requested.connect(lambda _, low, high: wishes.append((low, high)))
    low, high = 1.234567891e-10, 3e-10
    panel.set_item(ContrastItem(0, "CD3", ("#000000", "#FFFFFF"), "", low, high, 1.0, 1.0, 0.0, False))
    assert (panel._low.text(), panel._high.text()) == ("1.235e-10", "3e-10")
    panel.set_item(ContrastItem(0, "CD3", ("#000000", "#FFFFFF"), "", 0.0, high, 1.0, 1.0, 0.0, False))
    assert panel._low.text() == "0"
    panel.set_item(ContrastItem(0, "CD3", ("#000000", "#FFFFFF"), "", low, high, 1.0, 1.0, 0.0, False))
    panel._high.selectAll()
    QTest.keyClicks(panel._high, "2.5e-10")
    QTest.keyClick(panel._high, Qt.Key.Key_Return)
    assert wishes == [(low, pytest.approx(2.5e-10))]
    panel._low.selectAll()
    QTest.keyClicks(panel._low, "x-0.5")  # the letter is not taken
    QTest.keyClick(panel._low, Qt.Key.Key_Return)
    assert wishes[1:] == [(-0.5, high)]


# ------------------------------------------------------------------------------- keys


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    """Show a main window with three classes, working, with a plain widget for a canvas."""
    made = MainWindow(QWidget(), 20, 10_000)
    made.set_classes([ClassItem(n, str(n), f"Class {n}", "#FF0000") for n in (1, 2, 3)])
    made.show_work()
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    made.may_close = True
    made.close()
    made.deleteLater()


def test_a_class_key_is_for_the_block_and_not_for_a_field(window: MainWindow) -> None:
    classes: list[int] = []
    actions: list[str] = []
    window.class_requested.connect(classes.append)
    window.action_requested.connect(actions.append)
    window.focus_work()
    QTest.keyClick(window, Qt.Key.Key_2)
    QTest.keyClick(window, Qt.Key.Key_U)
    assert (classes, actions) == ([2], ["toggle_unsure"])
    window.blocks.focus_filter()
    field = window.blocks.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "2u3f")
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    assert (classes, actions) == ([2], ["toggle_unsure"])
    assert field.text() == "2u3"


def test_keys_of_other_classes_are_gone(window: MainWindow) -> None:
    classes: list[int] = []
    window.class_requested.connect(classes.append)
    window.set_classes([ClassItem(1, "1", "Only", "#FF0000")])
    QTest.keyClick(window, Qt.Key.Key_3)
    QTest.keyClick(window, Qt.Key.Key_1)
    assert classes == [1]


def test_closing_asks_whoever_saves(window: MainWindow) -> None:
    asked: list[bool] = []
    window.close_requested.connect(lambda: asked.append(True))
    assert not window.close()
    assert asked == [True]


# --------------------------------------------------------------------------- messages


@pytest.fixture
def bar(qtbot: QtBot) -> Iterator[MessageBar]:
    """Make a message bar on a widget."""
    parent = QWidget()
    qtbot.addWidget(parent)
    made = MessageBar(parent)
    parent.show()
    yield made
    parent.close()


def said(bar: MessageBar) -> str:
    """Return what the bar shows; empty where it is hidden."""
    text = bar.findChild(QLabel)
    assert isinstance(text, QLabel)
    return text.text() if bar.isVisible() else ""


def close(bar: MessageBar) -> None:
    """Press the bar's button."""
    button = bar.findChild(QPushButton)
    assert isinstance(button, QPushButton)
    button.click()


def test_news_go_in_front_of_a_warning_which_comes_back(bar: MessageBar) -> None:
    bar.tell("the share is away", "warning")
    bar.tell("undone")
    assert said(bar) == "undone"
    bar.tell("redone")
    assert said(bar) == "redone"
    close(bar)
    assert said(bar) == "the share is away"
    close(bar)
    assert said(bar) == ""


def test_warnings_wait_behind_each_other_and_none_is_said_twice(bar: MessageBar) -> None:
    bar.tell("one", "warning")
    bar.tell("two", "warning")
    bar.tell("two", "warning")
    bar.tell("one", "warning")
    assert said(bar) == "one"
    close(bar)
    assert said(bar) == "two"
    close(bar)
    assert said(bar) == ""


def test_an_error_is_seen_at_once_and_what_it_covers_comes_back(bar: MessageBar) -> None:
    bar.tell("no classes", "warning")
    bar.tell("first file", "error")
    assert said(bar) == "first file"
    bar.tell("second file", "error")
    bar.tell("second file", "error")
    assert said(bar) == "second file"
    bar.tell("first file", "error")  # tried again: seen again, and once
    assert said(bar) == "first file"
    for text in ("second file", "no classes", ""):
        close(bar)
        assert said(bar) == text


def test_news_during_news_lose_no_warning(bar: MessageBar) -> None:
    bar.tell("news")
    bar.tell("warning", "warning")
    bar.tell("more news")
    close(bar)
    assert said(bar) == "warning"


def test_what_is_true_no_more_is_withdrawn(bar: MessageBar) -> None:
    bar.tell("away", "warning")
    bar.tell("broken file", "warning")
    bar.withdraw("away")
    assert said(bar) == "broken file"
    bar.tell("news")
    bar.withdraw("broken file")
    assert said(bar) == "news"
    close(bar)
    assert said(bar) == ""


def test_news_go_by_themselves(bar: MessageBar, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.views.message_bar._INFO_MS", 10)
    bar.tell("news")
    qtbot.waitUntil(lambda: not bar.isVisible())


# ------------------------------------------------------------------------------ login


def test_the_reason_stays_when_the_names_of_the_share_arrive(qtbot: QtBot) -> None:
    page = LoginPage()
    qtbot.addWidget(page)
    page.show()
    page.set_names(["alice"], "alice")
    page.set_problem("“a-b” cannot be used as a name.")
    page.set_names(["alice", "bob"], "alice")
    assert "“a-b” cannot be used as a name." in [text.text() for text in page.findChildren(QLabel)]
