"""Rows of the table of objects are those of the labels that are painted on, also where these change while it counts."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.main import Program
from app.options import Options
from app.views.object_table import ObjectTable
from core.painting.boxes import box_of
from core.painting.label_edit import Change
from tests.e2e.files import block_names, make_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.jobs import Job
    from app.models.overlay import Overlay

SHAPE = (2, 16, 16)


@pytest.fixture
def program(qtbot: QtBot, tmp_path: Path) -> Iterator[Program]:
    """Return a program whose block has labels with objects 1 and 2, and the table open."""
    (tmp_path / "annotations" / "journal").mkdir(parents=True)
    data = make_blocks(tmp_path / "data", block_names(1), SHAPE)
    made = Program(Options(data, tmp_path / "annotations", annotator=f"tabler{abs(hash(tmp_path)) % 10**8}"))
    with qtbot.waitActive(made.window):
        made.begin()
        made.window.activateWindow()
    qtbot.waitUntil(lambda: made.painter.overlaying.is_there, timeout=20_000)
    overlay = made.painter.overlaying.editable()
    assert overlay is not None
    for number in (1, 2):
        paint(made, overlay, number)
    made.painter.tabling.open()
    qtbot.waitUntil(lambda: numbers(made) == [1, 2], timeout=10_000)
    yield made
    made.ending.end_unasked()
    qtbot.waitUntil(made.window.isHidden, timeout=10_000)
    made.viewer.canvas.close()
    made.window.deleteLater()


def paint(program: Program, overlay: Overlay, number: int) -> None:
    """Paint a row of the first slice with a number."""
    assert program.painter.editing.begin(overlay, "Brush stroke")
    program.painter.editing.paint(
        Change(box_of((0, number, 0), (1, number + 1, 16)), np.ones((1, 1, 16), np.bool_), number)
    )
    program.painter.editing.end()


def numbers(program: Program) -> list[int]:
    """Return the numbers of objects that the table shows."""
    (view,) = program.window.findChildren(ObjectTable)
    return [int(line.split("\t")[0]) for line in view.text().splitlines()[1:]]


def hold(program: Program) -> threading.Event:
    """Keep the worker of the table busy until the event is set."""
    begun, goes_on = threading.Event(), threading.Event()

    def work(job: Job) -> None:
        begun.set()
        goes_on.wait(20)

    program.jobs.start("object table", work)
    assert begun.wait(10)
    return goes_on


def test_rows_counted_for_labels_that_were_left_are_not_shown(program: Program, qtbot: QtBot) -> None:
    first = program.painter.overlays.active
    assert first is not None
    goes_on = hold(program)
    program.painter.tabling._count()  # waits for the worker
    second = program.painter.overlaying.add_new("others")
    paint(program, second, 7)
    shown: list[list[int]] = []
    program.painter.tabling._again.timeout.connect(lambda: shown.append(numbers(program)))
    qtbot.waitUntil(lambda: bool(shown), timeout=10_000)  # it has asked again, while the first count waits
    goes_on.set()
    qtbot.waitUntil(lambda: numbers(program) == [7], timeout=10_000)


def test_an_edit_while_rows_are_counted_is_counted_too(program: Program, qtbot: QtBot) -> None:
    overlay = program.painter.overlays.active
    assert overlay is not None
    goes_on = hold(program)
    program.painter.tabling._count()
    overlay.change(names={1: "one"})
    shown: list[str] = []
    (view,) = program.window.findChildren(ObjectTable)
    program.painter.tabling._again.timeout.connect(lambda: shown.append(view.text()))
    qtbot.waitUntil(lambda: bool(shown), timeout=10_000)
    goes_on.set()
    qtbot.waitUntil(lambda: "one" in view.text(), timeout=10_000)


def test_columns_of_a_table_stay_when_the_list_of_labels_is_told(
    program: Program, qtbot: QtBot, tmp_path: Path
) -> None:
    program.painter.tabling._on_table_read({"area": {1: 10, 2: 20}})
    (view,) = program.window.findChildren(ObjectTable)
    qtbot.waitUntil(lambda: "area" in view.text(), timeout=10_000)
    program.painter.overlays.listed.emit()  # as after a rename, or the first edit of what was read-only
    overlay = program.painter.overlays.active
    assert overlay is not None
    paint(program, overlay, 3)
    qtbot.waitUntil(lambda: numbers(program) == [1, 2, 3], timeout=10_000)
    assert "area" in view.text()
