"""Comparing versions of labels in the real window: what is seen meanwhile, and that all of it is undone at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import tifffile

from app.paint_actions import PAINT_ACTIONS
from tests.app.test_keeping_labels import SHAPE, painted, program

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.main import Program
    from app.models.overlay import Overlay

__all__ = ["program"]


def opened(program: Program, qtbot: QtBot, path: Path, row: int) -> Overlay:
    """Open labels that have object 300 in a row of all slices."""
    array = np.zeros(SHAPE, np.uint16)
    array[:, row] = 300
    tifffile.imwrite(path, array)
    program.painter.filing.open_file(path, path.stem)
    qtbot.waitUntil(lambda: path.stem in program.painter.overlays.names(), timeout=10_000)
    return next(one for one in program.painter.overlays.all if one.state.name == path.stem)


def test_while_two_are_compared_only_they_are_seen(program: Program, qtbot: QtBot, tmp_path: Path) -> None:
    painter, overlays = program.painter, program.painter.overlays
    mine, other, third = painted(program), *(opened(program, qtbot, tmp_path / f"{n}.tif", 4 + n) for n in (1, 2))
    other.change(is_visible=False)
    third.change(contour=2)
    before = {one: (one.state.is_visible, one.state.contour) for one in overlays.all}
    overlays.set_active(mine)
    painter.comparing.begin(mine, other)
    qtbot.waitUntil(lambda: len(overlays.all) == 4, timeout=10_000)
    shown = overlays.all[0]
    assert np.array_equal(np.unique(shown.labels.array), [0, 1, 2])
    assert {one: one.state.is_visible for one in before} == {mine: True, other: True, third: False}
    assert mine.state.contour
    assert other.state.contour
    assert program.window.compare.isVisibleTo(program.window)
    overlays.set_active(shown)
    assert overlays.active is mine  # nobody paints on what only shows differences
    program.act("end_comparison")
    assert shown not in overlays.all
    assert {one: (one.state.is_visible, one.state.contour) for one in overlays.all} == before
    assert not program.window.compare.isVisibleTo(program.window)


def test_read_only_labels_take_over_as_a_copy_and_what_does_not_fit_is_said(
    program: Program, qtbot: QtBot, tmp_path: Path
) -> None:
    painter, overlays = program.painter, program.painter.overlays
    other, mine = (opened(program, qtbot, tmp_path / f"{n}.tif", 4 + n) for n in (1, 2))
    content = (tmp_path / "2.tif").read_bytes()
    mine.set_labels(mine.labels.converted("int32"))
    painter.comparing.begin(mine, other)
    qtbot.waitUntil(lambda: len(overlays.all) == 3, timeout=10_000)
    program.window.compare.choice_requested.emit("all_theirs")
    qtbot.waitUntil(lambda: np.array_equal(mine.labels.array, other.labels.array), timeout=10_000)
    assert mine.is_own
    painter.keeping.save_all()
    qtbot.waitUntil(lambda: painter.keeping.is_settled, timeout=10_000)
    assert mine.path is not None
    assert np.array_equal(tifffile.imread(mine.path), other.labels.array)
    assert (tmp_path / "2.tif").read_bytes() == content
    program.act("end_comparison")

    small = painter.overlaying.add_new("small", "uint8")
    said: list[str] = []
    painter.editing.said.connect(lambda text, level: said.append(text))
    painter.comparing.begin(small, other)
    qtbot.waitUntil(lambda: len(overlays.all) == 4, timeout=10_000)
    program.act("take_theirs")
    qtbot.waitUntil(lambda: bool(said), timeout=10_000)
    assert "Number 300 does not fit" in said[0]
    assert not small.labels.array.any()


def test_leaving_the_block_ends_the_comparison(program: Program, qtbot: QtBot, tmp_path: Path) -> None:
    painter = program.painter
    mine, other = painted(program), opened(program, qtbot, tmp_path / "1.tif", 5)
    painter.comparing.begin(mine, other)
    qtbot.waitUntil(lambda: len(painter.overlays.all) == 3, timeout=10_000)
    program.act("next_block")
    qtbot.waitUntil(lambda: program.viewer.screen.now.block_id == "block_0001", timeout=10_000)
    assert not program.window.compare.isVisibleTo(program.window)
    said: list[str] = []
    painter.comparing.said.connect(lambda text, level: said.append(text))
    names = [row.name for row in PAINT_ACTIONS if row.name in painter.comparing.slots]
    for name in names:
        program.act(name)
    assert len(said) == len(names) == 5
