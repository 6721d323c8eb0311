"""The way into the review, and what comes from the store into its table, with the real window and a real store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.controllers.preparing import Wish, prepare
from app.main import Program
from app.models.review_row import Status
from app.models.session import Session
from app.options import Options
from app.settings import DataSetSettings, user_places
from core.images.blocks import Block
from storage.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.controllers.preparing import Opened
    from app.models.review_table import ReviewTable
    from storage.store import Store

BLOCKS = [f"b{number:03d}" for number in range(400)]


class Place:
    """An annotations folder with an admin, and the program without a data folder."""

    def __init__(self, top: Path, program: Program) -> None:
        self.top, self.program = top, program
        self.root, self.data = top / "annotations", top / "data"
        (self.root / "journal").mkdir(parents=True)
        self.data.mkdir()
        self.write_roles(json.dumps({"admins": ["carol"]}))
        self.opened: list[Store] = []

    def write_roles(self, text: str) -> None:
        (self.root / "roles.json").write_text(text, encoding="utf-8")

    def store(self, annotator: str) -> Store:
        store = open_store(self.root, self.top / annotator, annotator, self.data)
        self.opened.append(store)
        return store

    def prepare(self, annotator: str) -> Opened:
        made = prepare(Wish(Options(), user_places(), self.root, False, self.data, annotator))
        self.opened.append(made.store)
        return made

    def begin(self, annotator: str) -> Session:
        """Log in, with blocks that are listed but on no disk."""
        found = self.prepare(annotator)
        session = Session(found.store, found.classes, found.review_problem)
        self.program.blocks.add([Block(name, str(self.data / name), is_folder=True) for name in BLOCKS])
        self.program.reviewing.set_session(session, DataSetSettings())
        return session


@pytest.fixture
def place(qtbot: QtBot, tmp_path: Path) -> Iterator[Place]:
    program = Program(Options())
    here = Place(tmp_path, program)
    yield here
    reviewing = program.reviewing
    reviewing.set_session(None)
    reviewing.stop()
    program.viewer.stop()
    if reviewing.window is not None and reviewing.viewer is not None:
        reviewing.viewer.canvas.close()
        reviewing.window.deleteLater()
    program.window.may_close = True
    program.window.close()
    program.viewer.canvas.close()
    program.window.deleteLater()
    for store in here.opened:
        store.close()


def filled(place: Place, qtbot: QtBot) -> ReviewTable:
    place.program.reviewing.open_window()
    table = place.program.reviewing.table
    assert table is not None
    qtbot.waitUntil(lambda: len(table.shown) == len(BLOCKS))
    return table


def test_only_an_admin_follows_everybody_and_gets_in(place: Place, qtbot: QtBot) -> None:
    bob = place.store("bob")
    bob.decide("annotate", BLOCKS[0], 2)
    bob.push()
    alice = place.begin("alice")
    place.program.reviewing.open_window()
    assert place.program.reviewing.window is None
    assert alice.store.state.label("bob", BLOCKS[0]) is None
    place.program.blocks.clear()
    carol = place.begin("Carol")
    assert carol.store.state.label("bob", BLOCKS[0]) == 2
    assert filled(place, qtbot).row(0).votes == {"bob": 2}


def test_with_a_bad_roles_file_one_annotates_and_the_review_says_why(place: Place) -> None:
    place.write_roles('{"admins": "carol"}')
    session = place.begin("carol")
    assert "is not a valid roles file" in session.review_problem
    session.annotate(BLOCKS[0], 1)
    place.program.reviewing.open_window()
    assert place.program.reviewing.window is None


def test_one_and_many_changes_come_into_the_table_and_nothing_moves(place: Place, qtbot: QtBot) -> None:
    session = place.begin("carol")
    table = filled(place, qtbot)
    before = table.shown.tolist()
    session.annotate(BLOCKS[7], 3)  # the admin's own vote, at once: in a column that was not there
    assert (table.annotators, table.row(7).status) == (("carol",), Status.SINGLE)
    session.store.decide_finals(dict.fromkeys(BLOCKS[:300], 2), "all of them")
    place.program.reviewing.take_changes()
    assert table.counts()[Status.DECIDED] == 300
    assert (table.row(7).final, table.row(7).votes, table.row(301).final) == (2, {"carol": 3}, None)
    assert table.shown.tolist() == before
    np.testing.assert_array_equal(table.positions_of(np.array(before[:3])), [0, 1, 2])


def test_leaving_closes_the_window_and_lets_everything_go(place: Place, qtbot: QtBot) -> None:
    session = place.begin("carol")
    table = filled(place, qtbot)
    reviewing = place.program.reviewing
    assert reviewing.window is not None
    told: list[object] = []
    reviewing.session_set.connect(told.append)
    place.program._on_data_left()
    assert not reviewing.window.isVisible()
    assert (reviewing.review, table.ids, told) == (None, [], [None])
    session.annotate(BLOCKS[0], 1)  # nobody looks, and nothing breaks
    filled(place, qtbot)
    assert told == [None, session]


def test_blocks_that_the_scan_finds_later_come_in(place: Place, qtbot: QtBot) -> None:
    place.begin("carol")
    table = filled(place, qtbot)
    place.program.blocks.add([Block("late", str(place.data / "late"), is_folder=True)])
    qtbot.waitUntil(lambda: table.place_of("late") == len(BLOCKS))
    assert len(table.shown) == len(BLOCKS) + 1
