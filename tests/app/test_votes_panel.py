"""The panel of votes and the dialogs of the review, as widgets: what is read on them, and what their keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLabel, QLineEdit, QPushButton, QTextBrowser, QWidget

from app.views.accept_dialog import AcceptDialog
from app.views.export_dialog import ExportDialog
from app.views.votes_html import PastLine, ShownClass, VoteLine
from app.views.votes_panel import VotesPanel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

CELL = ShownClass("1", "Cell", "#22AA44")


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[VotesPanel]:
    made = VotesPanel(1000)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made


def text(panel: VotesPanel) -> str:
    """Return what can be read in the panel."""
    labels = [one.text() for one in panel.findChildren(QLabel)]
    browser = panel.findChild(QTextBrowser)
    assert isinstance(browser, QTextBrowser)
    return "\n".join([*labels, browser.toPlainText()])


def named(parent: QWidget, name: str, kind: type[QWidget]) -> QWidget:
    return next(one for one in parent.findChildren(kind) if one.accessibleName() == name)


def test_everything_that_is_known_is_read(panel: VotesPanel) -> None:
    panel.set_final(CELL, "ada, 3 Mar 12:00", "Rule: compatible")
    panel.set_consensus(CELL, "67% of 3", "By the rule: compatible")
    panel.set_votes([VoteLine("", CELL, "3 Mar 11:58", "3.4 s", "⚑ flagged", "<b>twice</b>")])
    panel.set_timeline([PastLine("11:58", "ada", "final label", CELL, "a shadow", True)], "one is missing")
    seen = text(panel)
    for part in ("ada, 3 Mar 12:00", "67% of 3", "3 Mar 11:58", "3.4 s", "⚑ flagged", "“<b>twice</b>”", "a shadow"):
        assert part in seen
    assert "taken back" in seen
    assert "one is missing" in seen
    panel.set_votes([])
    assert "Nobody has judged this block." in text(panel)
    assert "a shadow" not in text(panel)
    panel.clear()
    assert "Cell" not in text(panel)


def test_enter_keeps_a_reason_and_escape_puts_back_what_was_there(panel: VotesPanel) -> None:
    kept: list[str] = []
    left: list[bool] = []
    panel.reason.kept.connect(kept.append)
    panel.reason.left.connect(lambda: left.append(True))
    panel.reason.put("dark")
    panel.focus_reason()
    QTest.keyClicks(panel.reason, "blurred")
    assert panel.reason.has_changed()
    QTest.keyClick(panel.reason, Qt.Key.Key_Escape)
    assert (panel.reason.text(), kept, left) == ("dark", [], [True])
    assert not panel.reason.has_changed()
    panel.focus_reason()
    QTest.keyClicks(panel.reason, "blurred")
    QTest.keyClick(panel.reason, Qt.Key.Key_Return)
    assert (kept, panel.reason.has_changed()) == (["blurred"], True)
    panel.reason.put(kept[0])
    assert not panel.reason.has_changed()


def test_the_button_asks_for_names_and_shows_what_is_set(panel: VotesPanel) -> None:
    asked: list[str] = []
    panel.action_requested.connect(asked.append)
    button = named(panel, "Names", QPushButton)
    assert isinstance(button, QPushButton)
    button.click()
    panel.set_names_shown(False)
    assert (asked, button.isChecked()) == (["toggle_names"], False)
    assert button.toolTip().endswith("(Ctrl+B)")


def test_accepting_needs_rows_and_one_key(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = AcceptDialog(parent)
    asked: list[bool] = []
    changed: list[tuple[int, float]] = []
    dialog.accept_requested.connect(lambda: asked.append(True))
    dialog.quorum_changed.connect(lambda: changed.append(dialog.quorum()))
    dialog.set_counts([], "")
    with qtbot.waitActive(dialog):
        dialog.begin()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert asked == []
    dialog.set_counts([(CELL, 12_000), (ShownClass("2", "Edge", "#2266FF"), 1)], "1 of them is flagged")
    said = " ".join(one.text() for one in dialog.findChildren(QLabel))
    assert "12,000" in said
    assert "1 of them is flagged" in said
    assert any(one.text() == "Accept for 12,001 blocks" for one in dialog.findChildren(QPushButton))
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert asked == [True]
    share = named(dialog, "Share", QDoubleSpinBox)
    assert isinstance(share, QDoubleSpinBox)
    share.setValue(75)
    assert changed == [(2, 0.75)]


def test_an_export_asks_before_it_replaces_a_file(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ExportDialog(parent)
    asked: list[tuple[str, bool]] = []
    dialog.export_requested.connect(lambda path, may_replace: asked.append((path, may_replace)))
    dialog.set_rows(14, 3)
    dialog.set_rules(["one", "two"], 1)
    dialog.set_folder("/out")
    with qtbot.waitActive(dialog):
        dialog.begin()
    path = named(dialog, "File", QLineEdit)
    table, kind = named(dialog, "Table", QComboBox), named(dialog, "Kind of file", QComboBox)
    assert isinstance(path, QLineEdit)
    assert isinstance(table, QComboBox)
    assert isinstance(kind, QComboBox)
    table.setCurrentIndex(2)
    kind.setCurrentIndex(2)
    assert path.text().endswith("votes.xlsx")
    QTest.keyClick(path, Qt.Key.Key_Return)
    dialog.offer_replacing(path.text())
    QTest.keyClick(path, Qt.Key.Key_Return)
    assert [may_replace for _, may_replace in asked] == [False, True]
    dialog.offer_replacing(path.text())
    path.setText("/out/other.csv")
    QTest.keyClick(path, Qt.Key.Key_Return)
    assert asked[-1] == ("/out/other.csv", False)
    choice = dialog.choice()
    assert (choice.table, choice.rule, choice.is_filtered) == ("long", 1, False)
