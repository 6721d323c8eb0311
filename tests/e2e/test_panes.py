"""Orthogonal views, channels side by side, 3D modes and cuts, by keys and mouse in the real window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.e2e.files import block_names, make_blocks
from tests.e2e.xkeys import LEFT, WHEEL_DOWN, XKeys

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start
    from tests.e2e.program import Event, Program

SHAPE = (20, 32, 48)  # z, y, x


def at(frame: Event, across: float, down: float) -> tuple[int, int]:
    """Return a place of the canvas, as shares of its size, in pixels of the screen."""
    (left, top), (width, height) = frame["at"], frame["size"]
    return left + round(across * width), top + round(down * height)


def wait_position(program: Program, wanted: list[int]) -> Event:
    frame = program.wait("frame", mode="ortho")
    while frame["position"] != wanted:
        frame = program.wait("frame", mode="ortho")
    return frame


def test_the_crosshair_is_dragged_wheeled_and_jumps(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(2), shape=SHAPE)
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    program.wait("frame", block="block_0000")
    program.keys("o")
    frame = program.wait("frame", mode="ortho", fine=True)
    assert frame["position"] == [10, 16, 24]

    program.click(*at(frame, 0.25, 0.25), WHEEL_DOWN)  # XY, XZ and YZ: top left, bottom left, top right
    wait_position(program, [11, 16, 24])
    program.click(*at(frame, 0.25, 0.75), WHEEL_DOWN)
    wait_position(program, [11, 17, 24])
    program.click(*at(frame, 0.75, 0.25), WHEEL_DOWN)
    frame = wait_position(program, [11, 17, 25])

    with XKeys(program.display) as keys:
        x, y = at(frame, 0.25, 0.25)
        step = 0.5 * frame["size"][0] / SHAPE[2]  # at most so many pixels for a voxel
        keys.move(round(x + 1.4 * step), round(y + 1.4 * step))  # near both lines
        keys.button(LEFT, down=True)
        keys.move(round(x + step), round(y + step))
        keys.move(round(x + 6 * step), round(y - 4 * step))
        keys.button(LEFT, down=False)
    moved = program.wait("frame", mode="ortho")
    while moved["position"][2] < 28:
        moved = program.wait("frame", mode="ortho")
    z, row, column = moved["position"]
    assert z == 11
    assert row < 17
    assert column > 25

    program.pass_over()
    for _ in range(2):
        program.click(*at(frame, 0.25, 0.75))  # XZ: its middle is the middle of x and z
    jumped = program.wait("frame", mode="ortho")
    while jumped["position"][0] == 11:
        jumped = program.wait("frame", mode="ortho")
    assert jumped["position"][1] == row
    assert jumped["position"][0] in (9, 10)
    assert jumped["position"][2] in (23, 24)

    program.keys("1")
    program.wait("decision", block="block_0000", value=1)  # annotating goes on in every layout
    program.wait("frame", block="block_0001", mode="ortho")
    program.quit()


def test_one_view_alone_and_channels_side_by_side(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(1), shape=SHAPE)
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    frame = program.wait("frame", block="block_0000")
    program.keys("o")
    program.wait("frame", mode="ortho", panes=["3d", "xy", "xz", "yz"], fine=True)
    for name, place in (("xz", (0.25, 0.75)), ("yz", (0.75, 0.25)), ("3d", (0.75, 0.75))):
        with XKeys(program.display) as keys:
            keys.move(*at(frame, *place))
        program.keys("shift+o")
        program.wait("frame", panes=[name])
        program.keys("shift+o")
        program.wait("frame", panes=["3d", "xy", "xz", "yz"])
    program.keys("shift+c")
    program.wait("frame", mode="channels", panes=["channel 0", "channel 1"])
    program.keys("alt+2")
    program.wait("frame", mode="channels", panes=["channel 0"])
    program.click(*at(frame, 0.1, 0.1), WHEEL_DOWN)
    program.wait("frame", mode="channels", z=11)
    program.quit()


def test_3d_modes_and_layout_are_remembered(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(1), shape=SHAPE)
    arguments = (data, "--annotations-root", annotations_root, "--user", "alice")
    program = start(*arguments)
    program.wait("frame", block="block_0000")
    program.keys("v")
    frame = program.wait("frame", mode="3d", volume="mip", fine=True)
    for mode in ("attenuated", "translucent", "iso"):
        program.keys("shift+v")
        program.wait("frame", mode="3d", volume=mode)
        program.wait("frame", mode="3d", volume=mode, fine=True)
    straight = program.pixels()
    with XKeys(program.display) as keys:
        x, y = at(frame, 0.5, 0.5)
        keys.move(x, y)
        keys.button(LEFT, down=True)
        for step in range(1, 5):
            keys.move(x + 30 * step, y + 8 * step)
            program.wait("frame", mode="3d", volume="iso")
        keys.button(LEFT, down=False)
    program.wait("frame", mode="3d", volume="iso", fine=True)
    turned = program.pixels()
    program.quit()

    again = start(*arguments)
    again.wait("frame", mode="3d", volume="iso", fine=True)
    left, top = frame["at"]
    width, height = frame["size"]
    canvas = np.s_[top + 100 : top + height - 120, left : left + width]  # without what lies over it
    assert np.mean(np.abs(straight[canvas].astype(int) - turned[canvas])) > 5
    assert np.mean(np.abs(again.pixels()[canvas].astype(int) - turned[canvas])) < 1.0
    again.quit()


@pytest.mark.parametrize("layout", ["o", "v", "shift+c"])
def test_a_block_of_another_size_fits_every_layout(
    start: Start, tmp_path: Path, annotations_root: Path, layout: str
) -> None:
    make_blocks(tmp_path / "data", ["block_0"], shape=SHAPE)
    data = make_blocks(tmp_path / "data", ["block_1"], shape=(3, 70, 20))
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    program.wait("frame", block="block_0")
    program.keys(layout, "Down")
    program.wait("frame", block="block_1", fine=True)
    program.keys("Up")
    program.wait("frame", block="block_0", fine=True)
    program.quit()
