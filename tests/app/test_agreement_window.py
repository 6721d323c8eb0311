"""The window of agreement with its controller: real widgets, a real store, figures computed in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QWidget

from app.actions import info
from app.controllers.agreeing import Agreeing
from app.jobs import Jobs
from app.log import EventRecord
from app.models.block_list import BlockList
from app.models.review_table import ReviewTable
from app.models.session import Session
from core.images.blocks import scan_blocks
from storage.classes import default_classes
from storage.store import Store, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.views.agreement_window import AgreementWindow
    from app.views.figure_table import FigureTable

VOTES = {"alice": (1, 1, 2, 2), "bob": (1, 2, 2, 2), "dora": (2, 2, 2, 1)}


class Desk:
    """A store with three who voted, and carol, an admin, at work with the window of agreement."""

    def __init__(self, top: Path, qtbot: QtBot, annotator: str = "carol") -> None:
        self.qtbot, self.root, self.top = qtbot, top / "annotations", top
        data = top / "tiles"
        self.root.mkdir()
        (self.root / "roles.json").write_text('{"admins": ["carol"]}')
        for number in range(1, 6):
            (data / f"block_{number}").mkdir(parents=True)
            tifffile.imwrite(data / f"block_{number}" / "488.tif", np.zeros((2, 4, 4), np.uint8))
        for name, votes in VOTES.items():
            store = open_store(self.root, top / "local", name, data)
            for number, vote in enumerate(votes, 1):
                store.decide("annotate", f"block_{number}", vote, ms=3000)
            store.push()
            store.close()
        self.store: Store = open_store(self.root, top / "local", annotator, data, follow_all=True)
        self.jobs, self.blocks, self.table = Jobs(), BlockList(), ReviewTable()
        self.blocks.add([block for batch in scan_blocks(data, ()) for block in batch.blocks])
        self.parent = QWidget()
        qtbot.addWidget(self.parent)
        self.parent.show()
        self.session = Session(self.store, default_classes())
        self.agreeing = Agreeing(self.jobs, self.blocks, self.table, self.parent, EventRecord())

    def open(self) -> AgreementWindow:
        self.agreeing.set_session(self.session, "tiles", self.root / "roles.json")
        self.agreeing.open_window()
        window = self.agreeing._window
        assert window is not None
        with self.qtbot.waitActive(window):
            window.activateWindow()
        self.wait("Up to date")
        return window

    def wait(self, state: str) -> None:
        self.qtbot.waitUntil(lambda: state in self.state())

    def state(self) -> str:
        window = self.agreeing._window
        assert window is not None
        return window._state.text()

    def close(self) -> None:
        self.agreeing.set_session(None)
        self.jobs.shut_down()
        self.store.close()


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    made = Desk(tmp_path, qtbot)
    yield made
    made.close()


def texts(table: FigureTable, row: int) -> list[str]:
    return [table.rows.cell(row, column).text for column in range(table.rows.columnCount())]


def box(window: AgreementWindow, key: str) -> QComboBox:
    [found] = [one for one in window.findChildren(QComboBox) if f"({key})" in one.toolTip()]
    return found


def test_figures_are_there_and_are_those_of_the_votes(desk: Desk) -> None:
    window = desk.open()
    assert texts(window.pairs, 0) == ["", "0.50", "-0.50"]
    assert window.pairs.rows.cell(0, 1).tip.startswith("alice and bob: kappa 0.50 (")
    assert texts(window.summary, 0)[0].startswith("50.0 % (")
    assert texts(window.pace, 1)[0] == "4"
    assert texts(window.confusion, 0)[:3] == ["1", "0", "0"]
    about = [one.text() for one in window.findChildren(QLabel) if one.text().startswith("3 annotators, 5 blocks")]
    assert len(about) == 1


def test_keys_move_through_the_figures_and_say_them_in_words(desk: Desk) -> None:
    window = desk.open()
    window.pairs.setFocus()
    QTest.keyClick(window.pairs, Qt.Key.Key_Right)
    assert "alice and bob: kappa 0.50" in window._told.text()
    QTest.keyClick(window.pairs, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == (
        "Cohen's kappa\talice\tbob\tdora\nalice\t\t0.50\t-0.50\nbob\t0.50\t\t-0.33\ndora\t-0.50\t-0.33\t\n"
    )
    QTest.keyClick(window.pairs, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(window.pairs, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Cohen's kappa\tbob\nalice\t0.50\nbob\t\n"
    QTest.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.AltModifier)
    assert window.pace.hasFocus()
    assert window._told.text() == "alice: 4 decisions that hold"
    box(window, "Alt+C").setCurrentIndex(1)
    assert window._told.text() == ""


def test_class_reference_and_annotator_are_chosen(desk: Desk) -> None:
    desk.store.decide_finals({"block_1": 2, "block_2": 2}, "", "compatible")
    window = desk.open()
    classes, references = box(window, "Alt+C"), box(window, "Alt+W")
    assert [classes.itemText(place) for place in range(2)] == ["All classes", "1 Class 1 against the rest"]
    assert references.currentText().startswith("Consensus: Majority, ties to the smallest number")
    assert "contains the annotator's own vote" in window._explained.text()
    references.setCurrentText("Final labels")
    assert [cell.split(" (")[0] for cell in texts(window.people, 2)][:2] == ["100.0 %", "2"]
    assert texts(window.confusion, 1)[:4] == ["2", "0", "0", "2"]  # alice says 1, twice, where 2 is final
    window.people.setFocus()
    QTest.keyClick(window.people, Qt.Key.Key_Down)
    assert "Votes of bob" in window._confusion_title.text()
    assert texts(window.confusion, 1)[:4] == ["1", "1", "0", "2"]
    classes.setCurrentIndex(2)
    assert window.confusion.rows.corner() == "Reference"
    assert texts(window.confusion, 0)[:3] == ["1", "1", "2"]
    assert window.people.chosen_row() == 1


def test_a_new_decision_is_told_and_nothing_moves_until_f5(desk: Desk) -> None:
    window = desk.open()
    window.pairs.setFocus()
    QTest.keyClick(window.pairs, Qt.Key.Key_Right)
    before = window.pairs.currentIndex()
    desk.store.decide("annotate", "block_5", 1)
    desk.store.decide("annotate", "block_1", 1)
    desk.wait("Not up to date: 2 blocks changed since (F5)")
    assert window.pairs.rows.columnCount() == 3
    QTest.keyClick(window, Qt.Key.Key_F5)
    desk.wait("Up to date")
    assert window.pairs.rows.columnCount() == 4  # carol has voted now
    assert (window.pairs.currentIndex().row(), window.pairs.currentIndex().column()) == (before.row(), before.column())


def test_blocks_that_a_scan_finds_later_are_told(desk: Desk) -> None:
    found = desk.blocks.blocks[3:]
    del desk.blocks.blocks[3:]
    window = desk.open()
    desk.blocks.add(found)
    desk.wait("Not up to date: the list of blocks has changed since (F5)")
    QTest.keyClick(window, Qt.Key.Key_F5)
    desk.wait("Up to date")
    assert texts(window.summary, 0)[3] == "4"


def test_stopping_leaves_the_figures_and_no_answer_comes_late(desk: Desk) -> None:
    window = desk.open()
    desk.store.decide("annotate", "block_5", 1)
    run = next(one for one in window.findChildren(QPushButton) if one.text() == "Refresh")
    run.click()
    assert (run.text(), "Computing" in desk.state()) == ("Stop", True)
    desk.qtbot.waitUntil(lambda: desk.agreeing._job is not None)
    run.click()
    assert run.text() == "Refresh"
    desk.qtbot.waitUntil(lambda: not desk.jobs._alive)
    assert window.pairs.rows.columnCount() == 3
    assert "Computing" not in desk.state()


def test_the_rule_of_the_review_is_the_first_reference(desk: Desk) -> None:
    desk.table.set_rule("quorum", 3, 0.9)
    window = desk.open()
    assert box(window, "Alt+W").currentText() == "Consensus: Quorum 3 0.9"
    assert "1 block with a known class" in window._explained.text()  # only block 3 has three equal votes


def test_gold_blocks_count_and_a_bad_file_is_a_sentence(desk: Desk) -> None:
    (desk.root / "admin").mkdir(exist_ok=True)
    (desk.root / "admin" / "gold.csv").write_text("block,class\nblock_1,1\nblock_2,1\n")
    window = desk.open()
    box(window, "Alt+W").setCurrentText("Gold blocks")
    assert [texts(window.people, row)[0].split(" (")[0] for row in range(3)] == ["100.0 %", "50.0 %", "0.0 %"]
    (desk.root / "admin" / "gold.csv").write_text("nonsense")
    desk.agreeing.refresh()
    desk.wait("Up to date")
    assert "gold.csv, line 1: it has the column “block” not at all" in window._notes.text()
    assert window._notes.isVisible()


def test_the_report_is_written_with_the_reference_that_is_shown(desk: Desk) -> None:
    window = desk.open()
    box(window, "Alt+W").setCurrentText("Consensus: Dawid-Skene")
    window.save_requested.emit(str(desk.top / "report"))
    desk.qtbot.waitUntil(lambda: "Written to" in window._told.text())
    text = (desk.top / "report.html").read_text(encoding="utf-8")
    assert "Against: Consensus: Dawid-Skene" in text and "Against: Consensus: Majority" not in text
    window.save_requested.emit(str(desk.top / "no" / "report.html"))
    desk.qtbot.waitUntil(lambda: "does not exist" in window._told.text())


def test_leaving_the_annotator_closes_the_window_and_forgets(desk: Desk) -> None:
    window = desk.open()
    desk.agreeing.set_session(None)
    assert not window.isVisible()
    assert window.pairs.rows.rowCount() == 0
    desk.agreeing.open_window()
    assert not window.isVisible()


def test_without_votes_the_window_says_so(desk: Desk) -> None:
    desk.blocks.clear()
    window = desk.open()
    assert "Nobody has given a block a class yet." in [one.text() for one in window.findChildren(QLabel)]
    assert window.pairs.rows.rowCount() == 0


def test_who_is_no_admin_has_no_way_in(tmp_path: Path, qtbot: QtBot) -> None:
    desk = Desk(tmp_path, qtbot, "alice")
    desk.agreeing.set_session(desk.session, "tiles", desk.root / "roles.json")
    desk.agreeing.open_window()
    assert desk.agreeing._window is None
    desk.close()


def test_the_action_is_one_of_the_review_alone() -> None:
    assert (info("agreement").window, info("agreement").keys) == ("review", ("Ctrl+G",))
