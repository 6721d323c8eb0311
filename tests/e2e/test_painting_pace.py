"""A stroke in the real program: it is followed however quick it is, and what is told of it comes after the frames."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile

from tests.e2e.program import Program
from tests.e2e.xkeys import LEFT, XKeys

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHAPE = (8, 256, 256)


@pytest.fixture
def painting(tmp_path: Path) -> Iterator[tuple[Program, XKeys, Path]]:
    """Return the program, in painting mode on a dark block, with its annotations folder."""
    for number in range(2):
        block = tmp_path / "data" / f"block_{number}"
        block.mkdir(parents=True)
        tifffile.imwrite(block / "ch_0.tif", np.zeros(SHAPE, np.uint8), metadata={"axes": "ZYX"})
    annotations = tmp_path / "annotations"
    (annotations / "journal").mkdir(parents=True)
    (tmp_path / "home").mkdir()
    arguments = (tmp_path / "data", "--annotations-root", annotations, "--user", "alice")
    with Program(*arguments, folder=tmp_path / "home") as program:
        program.wait("frame", block="block_0")
        program.seen("labels_there")
        program.keys("p")
        program.wait("mode", name="paint")
        with XKeys(program.display) as keys:
            yield program, keys, annotations / "labels" / "alice" / "block_0"


def middle(frame: dict[str, Any]) -> tuple[int, int]:
    return frame["at"][0] + frame["size"][0] // 2, frame["at"][1] + frame["size"][1] // 2


def test_each_step_of_a_stroke_is_drawn_and_the_file_holds_all_of_it(painting: tuple[Program, XKeys, Path]) -> None:
    program, keys, folder = painting
    x, y = middle(program.named("frame")[-1])
    keys.move(x, y)
    keys.button(LEFT, down=True)
    program.wait("frame", labels=1)
    for step in range(1, 200):
        keys.move(x + step // 2, y + 20 * (step % 2))
        time.sleep(0.002)
    keys.button(LEFT, down=False)
    program.wait("label_edit", edit="Brush stroke")
    steps = [frame["labels"] for frame in program.named("frame")]
    assert steps == sorted(steps) and len(set(steps)) > 2  # the paint is seen while the stroke goes on
    program.wait("labels_saved")
    (file,) = folder.glob("*.tif")
    painted = tifffile.imread(file) == 1
    (planes,) = painted.any(axis=(1, 2)).nonzero()
    assert planes.tolist() == [SHAPE[0] // 2]
    columns = painted[planes[0]].any(axis=0)
    (places,) = columns.nonzero()
    assert columns[places[0] : places[-1]].all()  # no gap, however few of the moves the window system told
    edits = program.named("label_edit")
    assert len(edits) == 1


def test_a_stroke_of_hundreds_of_steps_is_taken_back_at_once(painting: tuple[Program, XKeys, Path]) -> None:
    program, keys, folder = painting
    x, y = middle(program.named("frame")[-1])
    keys.move(x, y)
    keys.button(LEFT, down=True)
    for step in range(1, 300):
        before = len(program.named("frame"))
        keys.move(round(x + step * np.cos(step / 9)), round(y + step * np.sin(step / 9)))
        while len(program.named("frame")) == before:
            time.sleep(0.002)
    keys.button(LEFT, down=False)
    program.wait("label_edit", edit="Brush stroke", undo=False)
    pressed = keys.tap("ctrl+z")
    undone = program.wait("label_edit", edit="Brush stroke", undo=True)
    assert undone["t"] - pressed < 0.5
    program.wait("labels_saved")
    (file,) = folder.glob("*.tif")
    assert not tifffile.imread(file).any()
