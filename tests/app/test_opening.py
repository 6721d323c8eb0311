"""Blocks and time points that come back in another order than they were asked for, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile

from app.controllers.loading import Answer, answer
from app.models.screen import Stage
from core.errors import never
from core.images.blocks import Block
from core.images.reading_choice import ReadingChoice
from tests.app.test_lost_context import Desk, no_sharing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

__all__ = ["no_sharing"]

TIMES = 6


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    """Return a desk with two films, of which the first is on screen."""
    blocks = []
    for name in ("a", "b"):
        film = np.random.default_rng(5).integers(0, 4000, (TIMES, 3, 2, 12, 14)).astype(np.uint16)
        tifffile.imwrite(tmp_path / f"{name}.tif", film, metadata={"axes": "TZCYX"})
        blocks.append(Block(name, str(tmp_path / f"{name}.tif"), is_folder=False))
    made = Desk(qtbot, tmp_path, blocks)
    made.opening.open(0)
    made.wait_shown(0)
    yield made
    made.close()


def read(desk: Desk, place: int, time: int) -> Answer:
    """What a worker would answer now: these tests say themselves when it arrives."""
    block, shown = desk.blocks.blocks[place], frozenset({0, 1})
    return answer(desk.opening._epoch, (place, time), block, None, ReadingChoice(time=time), shown, never)


def test_a_large_time_point_on_its_way_to_the_graphics_survives_a_neighbour(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.controllers.opening._AT_ONCE_BYTES", 0)
    placed: list[int] = []
    desk.opening.time_placed.connect(lambda loaded: placed.append(loaded.image.time))
    desk.opening._on_read(read(desk, 0, 1))
    desk.opening.open_time(5)
    desk.opening._on_read(read(desk, 1, 0))
    qtbot.waitUntil(lambda: placed[-1:] == [5])
    assert desk.screen.now.stage is Stage.SHOWN


def test_a_time_point_that_is_left_before_it_came(qtbot: QtBot, desk: Desk) -> None:
    qtbot.waitUntil(lambda: not desk.opening._reading and not desk.opening._idle.isActive())  # neighbours are there
    desk.opening.open_time(3)
    desk.opening.open_time(0)
    assert desk.opening._idle.isActive()  # what comes next is got ready again


def test_channels_that_cannot_be_had_are_no_time_point(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.controllers.loading.ALL_CHANNELS_BYTES", 0)
    told: list[str] = []
    desk.opening.time_failed.connect(lambda _, text: told.append(text))
    desk.opening.reset()
    desk.opening.set_shown(frozenset({0}))
    desk.opening.open(0)
    desk.wait_shown(0)
    desk.opening._cache.clear()
    (desk.data / "a.tif").unlink()
    desk.opening.set_shown(frozenset({0, 1}))
    qtbot.waitUntil(desk.area.messages.isVisible)
    assert not told
    assert desk.screen.now.stage is Stage.SHOWN


@pytest.mark.expects_warnings
@pytest.mark.usefixtures("no_sharing")
def test_another_time_point_comes_before_the_one_that_was_lost(qtbot: QtBot, desk: Desk) -> None:
    other = read(desk, 0, 4)
    desk.opening._time = 4

    def arrive(event: object) -> None:
        desk.opening._on_read(other)

    desk.canvas.events.context_lost.connect(arrive, position="last")
    desk.move_to_another_window()
    qtbot.waitUntil(lambda: bool(desk.lost))
    desk.wait_shown(0)
    assert desk.opening.placed_time == 4
