"""The sheet of keys: what stands on its two pages, and which one is seen first."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QScrollArea, QTabWidget, QWidget

from app.actions import ACTIONS
from app.views.key_sheet import KeySheet

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class Shown:
    """A sheet on the screen, over a window."""

    def __init__(self, qtbot: QtBot, is_painting: bool) -> None:
        self.parent = QWidget()
        qtbot.addWidget(self.parent)
        self.sheet = KeySheet(self.parent, [("1", "Interphase")], is_painting)
        self.sheet.show()
        qtbot.waitExposed(self.sheet)
        pages = self.sheet.findChild(QTabWidget)
        assert pages is not None
        self.pages = pages


def texts(page: QWidget | None) -> list[str]:
    assert page is not None
    return [one.text() for one in page.findChildren(QLabel)]


def native(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


@pytest.mark.parametrize("is_painting", [False, True])
def test_the_page_of_the_mode_comes_first_and_arrows_turn_it(qtbot: QtBot, is_painting: bool) -> None:
    seen = Shown(qtbot, is_painting)
    pages = seen.pages
    assert pages.currentIndex() == int(is_painting)
    QTest.keyClick(pages.tabBar(), Qt.Key.Key_Left if is_painting else Qt.Key.Key_Right)
    assert pages.currentIndex() == int(not is_painting)


def test_every_key_stands_on_the_page_of_its_mode(qtbot: QtBot) -> None:
    seen = Shown(qtbot, False)
    judging, painting = texts(seen.pages.widget(0)), texts(seen.pages.widget(1))
    pairs = [set(pairwise(page)) for page in (judging, painting)]
    only_there: dict[str, set[tuple[str, str]]] = {"judge": set(), "paint": set(), "any": set()}
    for row in ACTIONS:
        if not row.keys or row.menu == "Decide":  # the review tells its own keys beside the block
            continue
        line = "  ".join(map(native, row.keys)), row.text.rstrip("…")
        assert line in pairs[row.mode == "paint"] or (row.mode == "any" and line in pairs[1]), row.name
        only_there[row.mode].add(line)
    assert not (only_there["judge"] - only_there["paint"]) & pairs[1]
    assert not (only_there["paint"] - only_there["judge"]) & pairs[0]
    assert "Interphase" in judging
    assert "Interphase" not in painting


def test_the_whole_sheet_is_seen_where_the_screen_has_room(qtbot: QtBot) -> None:
    seen = Shown(qtbot, True)
    sheet, pages = seen.sheet, seen.pages
    screen = sheet.screen().availableGeometry()
    for place in range(pages.count()):
        pages.setCurrentIndex(place)
        area = pages.widget(place)
        assert isinstance(area, QScrollArea)
        inside = area.widget()
        assert inside is not None
        wanted = inside.sizeHint()
        if wanted.width() < 0.9 * screen.width():
            assert area.viewport().width() >= wanted.width()
        if wanted.height() < 0.75 * screen.height():
            assert area.viewport().height() >= wanted.height()
    assert sheet.height() <= screen.height()
