"""The bar of questions, with several who ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.views.choice_bar import ChoiceBar

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def seen(bar: ChoiceBar) -> tuple[str, list[str]]:
    """Return what is asked and the words of the buttons."""
    layout = bar.layout()
    assert layout is not None
    widgets: list[QWidget | None] = []
    for place in range(layout.count()):
        item = layout.itemAt(place)
        widgets.append(item.widget() if item is not None else None)
    text = next(widget.text() for widget in widgets if isinstance(widget, QLabel))
    return text, [widget.text() for widget in widgets if isinstance(widget, QPushButton)]


def test_a_question_comes_back_when_the_later_one_is_answered(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    bar = ChoiceBar()
    bar.setParent(parent)
    parent.show()
    bar.ask("Restore?", [("restore", "Restore"), ("discard", "Discard")], "first")
    bar.ask("Compare?", [("compare", "Compare")], "second")
    assert seen(bar) == ("Compare?", ["Compare"])
    bar.end("third")
    assert seen(bar) == ("Compare?", ["Compare"])
    bar.end("second")
    assert seen(bar) == ("Restore?", ["Restore", "Discard"])
    wishes: list[str] = []
    bar.chosen.connect(wishes.append)
    QTest.mouseClick(bar.findChildren(QPushButton)[-1], Qt.MouseButton.LeftButton)
    assert wishes == ["discard"]
    bar.ask("Compare now?", [("compare", "Compare")], "second")
    bar.end("first")  # behind the other one
    assert seen(bar) == ("Compare now?", ["Compare"])
    bar.end("second")
    assert bar.isHidden()


def test_what_is_not_urgent_waits_for_all_others(qtbot: QtBot) -> None:
    bar = ChoiceBar()
    qtbot.addWidget(bar)
    bar.ask("restore?", [("restore", "Restore")], "recovering")
    bar.ask("a crash", [("see", "See")], "reporting", is_urgent=False)
    assert bar._text.text() == "restore?"
    bar.end("recovering")
    assert bar._text.text() == "a crash"
