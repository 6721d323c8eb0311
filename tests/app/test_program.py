"""The program object itself: what can only be told when all parts are connected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.actions import ACTIONS
from app.main import Program
from app.options import Options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def program(qtbot: QtBot) -> Iterator[Program]:
    """Make a program that has not begun: no folder is read."""
    made = Program(Options())
    yield made
    made.window.may_close = True
    made.window.close()
    made.viewer.canvas.close()
    made.window.deleteLater()


def test_every_action_has_a_slot_and_every_slot_an_action(program: Program) -> None:
    assert set(program._slots) == {row.name for row in ACTIONS if row.window in ("main", "any")}


def test_keys_for_blocks_do_nothing_before_there_is_one(program: Program) -> None:
    for row in ACTIONS:
        if row.window != "review" and row.menu in ("Annotate", "Go", "View", "Review") and not row.checkable:
            program.act(row.name)  # the login page is on screen
    assert program.viewer.screen.now.block_id == ""
