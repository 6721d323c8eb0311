"""The panel of quality and the table of all blocks, as widgets: order, selection, copying, what is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QTableView, QToolButton, QWidget

from app.actions import info
from app.quality_text import HEADINGS, WARNINGS_COLUMN, cells, sections
from app.views.quality_panel import QualityPanel
from app.views.quality_rows import QualityRow, QualityRows
from app.views.quality_window import QualityWindow
from core.images.reading import BlockImage, Channel
from core.quality.block_quality import measure_block
from core.quality.table import failed_block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from core.quality.block_quality import BlockQuality


def measured(block_id: str, clipped: int = 0, channels: int = 1) -> BlockQuality:
    """Measure a block whose first channel has so many of its 32 rows at 65535."""
    data = np.random.default_rng(0).normal(300, 20, (channels, 4, 32, 32)).astype(np.uint16)
    data[..., 24:, 8:16] += 500  # else it would be said that there is nothing but noise
    data[0, :, :clipped] = 65535
    own = [Channel(f"ch{number}", one, f"/no/{block_id}.tif") for number, one in enumerate(data)]
    return measure_block(BlockImage(block_id, tuple(own), None, ()))


def rows(*blocks: BlockQuality) -> list[QualityRow]:
    return [QualityRow(block.block_id, ord(block.block_id), row) for block in blocks for row in cells(block)]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[QualityWindow]:
    parent = QWidget()
    qtbot.addWidget(parent)
    made = QualityWindow(parent, HEADINGS, WARNINGS_COLUMN)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    made.close()


def table(window: QualityWindow) -> QTableView:
    found = window.findChild(QTableView)
    assert isinstance(found, QTableView)
    return found


def column(window: QualityWindow, title: str) -> list[object]:
    place = [heading for heading, _ in HEADINGS].index(title)
    return [window.rows.data(window.rows.index(row, place)) for row in range(window.rows.rowCount())]


def test_the_worst_come_first_however_they_arrive(window: QualityWindow) -> None:
    assert column(window, "Block") == []
    window.rows.add(rows(measured("a"), measured("b", 8)))
    window.rows.add(rows(failed_block("c", ValueError("torn")), measured("d", 3, channels=2), measured("e")))
    assert column(window, "Block") == ["c", "b", "d", "a", "d", "e"]
    assert column(window, "Warnings") == ["unreadable", "⚠ 1", "⚠ 1", "", "", ""]
    assert column(window, "What is wrong")[:2] == ["ValueError: torn", "25 % of channel 1 (ch0) is at 65535: clipped."]


def test_any_column_sorts_and_empty_cells_come_last(window: QualityWindow) -> None:
    window.rows.add(rows(measured("b", 8), measured("a", 3), failed_block("c", ValueError("torn")), measured("d", 16)))
    place = [heading for heading, _ in HEADINGS].index("At the top")
    table(window).sortByColumn(place, Qt.SortOrder.AscendingOrder)
    assert column(window, "Block") == ["a", "b", "d", "c"]
    table(window).sortByColumn(place, Qt.SortOrder.DescendingOrder)
    assert column(window, "Block") == ["d", "b", "a", "c"]
    table(window).sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert column(window, "Block") == ["a", "b", "c", "d"]


def test_a_block_measured_anew_replaces_its_rows_and_the_selection_stays(window: QualityWindow) -> None:
    window.rows.add(rows(measured("a", 3), measured("b", 8)))
    table(window).sortByColumn(0, Qt.SortOrder.DescendingOrder)
    table(window).selectRow(0)
    window.rows.add(rows(failed_block("c", ValueError("torn")), measured("a", 24)))
    assert column(window, "Block") == ["c", "b", "a"]
    assert [index.row() for index in table(window).selectionModel().selectedRows()] == [1]
    assert column(window, "At the top")[1:] == ["25 %", "75 %"]


def test_copying_takes_the_selected_rows_or_all(window: QualityWindow) -> None:
    window.rows.add(rows(measured("a", 3), measured("b", 8)))
    window.set_progress(2, 2, 2, is_running=False)
    QTest.keyClick(table(window), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:3] == ["Block", "Channel", "Warnings"]
    assert [line.split("\t")[0] for line in lines[1:]] == ["a", "b"]
    table(window).selectRow(1)
    QTest.keyClick(table(window), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert [line.split("\t")[0] for line in QGuiApplication.clipboard().text().splitlines()[1:]] == ["b"]


def test_return_shows_the_block_and_escape_closes(window: QualityWindow, qtbot: QtBot) -> None:
    window.rows.add(rows(measured("a", 3), measured("b", 8)))
    table(window).selectRow(1)
    with qtbot.waitSignal(window.block_requested) as asked:
        QTest.keyClick(table(window), Qt.Key.Key_Return)
    assert asked.args == ["b"]
    with qtbot.waitSignal(window.closed):
        QTest.keyClick(table(window), Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_the_button_stops_and_goes_on(window: QualityWindow, qtbot: QtBot) -> None:
    window.set_progress(1, 3, 0, is_running=True)
    stop = next(one for one in window.findChildren(QPushButton) if one.text() == "Stop")
    with qtbot.waitSignal(window.stop_requested):
        stop.click()
    window.set_progress(1, 3, 0, is_running=False)
    assert stop.text() == "Go on"
    with qtbot.waitSignal(window.start_requested):
        stop.click()
    window.set_progress(3, 3, 1, is_running=False)
    assert not stop.isVisible()


@given(
    st.lists(st.tuples(st.integers(0, 30), st.one_of(st.none(), st.sampled_from([0.0, 1.0, 2.0]))), max_size=20),
    st.booleans(),
)
def test_rows_that_come_one_by_one_stand_where_all_at_once_would(
    made: list[tuple[int, float | None]], descending: bool
) -> None:
    order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
    new = [QualityRow(f"{i}", place, [("", key), ("", "")]) for i, (place, key) in enumerate(made)]
    one_by_one, at_once = QualityRows((("a", ""), ("b", "")), 0), QualityRows((("a", ""), ("b", "")), 0)
    for rows_ in (one_by_one, at_once):
        rows_.sort(0, order)
    for row in new:
        one_by_one.add([row])
    at_once.add(new)
    count = at_once.rowCount()
    assert [one_by_one.row_at(n) for n in range(count)] == [at_once.row_at(n) for n in range(count)]
    known = [key for _, key in (at_once.row_at(n).cells[0] for n in range(count)) if key is not None]
    assert known == sorted(known, reverse=descending)


# ---------------------------------------------------------------- the panel


def said(panel: QualityPanel) -> str:
    return "\n".join(text.text() for text in panel.findChildren(QLabel) if text.isVisible())


def test_the_panel_opens_and_says_what_is_wrong(qtbot: QtBot) -> None:
    panel = QualityPanel()
    qtbot.addWidget(panel)
    panel.show()
    assert said(panel) == ""
    panel.set_open(True)
    panel.set_state("Measuring…")
    assert said(panel) == "Measuring…"
    block = measured("<b>", 8)
    panel.set_quality(block.all_warnings, block.all_notes, [("<i>&", [("At <top>", "25 %")]), *sections(block)])
    text = said(panel)
    assert text.startswith("⚠ 25 % of channel 1 (ch0) is at 65535: clipped.")
    assert "No voxel size is stated" in text
    assert "&lt;i&gt;&amp;" in text  # names are no HTML
    assert "Measuring" not in text
    panel.set_open(False)
    assert said(panel) == ""


def test_the_panel_asks_by_the_names_of_actions(qtbot: QtBot) -> None:
    panel = QualityPanel()
    qtbot.addWidget(panel)
    asked: list[str] = []
    panel.action_requested.connect(asked.append)
    for kind in (QToolButton, QPushButton):
        made = panel.findChild(kind)
        assert isinstance(made, QToolButton | QPushButton)
        made.click()
        assert info(asked[-1]).keys[0] in made.toolTip()
    assert asked == ["toggle_quality", "check_quality"]
