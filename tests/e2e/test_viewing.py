"""Looking at a block: slices, auto-play, 3D, and that the pixels are the values of the files."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.e2e.files import block_names, make_blocks, write_channel, write_classes
from tests.e2e.xkeys import LEFT, WHEEL_DOWN, WHEEL_UP, XKeys

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.e2e.conftest import Start
    from tests.e2e.program import Event, Program


def test_slices_play_and_volume(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    slices = 9
    data = make_blocks(tmp_path / "data", block_names(2), shape=(slices, 24, 24))
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    frame = program.wait("frame", block="block_0000", mode="2d", z=slices // 2)
    for key, z in (("Right", 5), ("Left", 4), ("Home", 0), ("Left", None), ("End", 8), ("Right", None), ("Left", 7)):
        program.keys(key)
        if z is None:
            program.wait("action")  # at the end there is nowhere to go
        else:
            program.wait("frame", z=z)
    x, y = centre(frame)
    program.click(x, y, WHEEL_DOWN)
    program.wait("frame", z=8)
    for z in (7, 6, 5):
        program.click(x, y, WHEEL_UP)
        program.wait("frame", z=z)

    program.keys("Home")
    program.wait("frame", z=0)
    program.keys("plus", "plus", "plus", "space")
    program.wait("action", name="play")
    steps = [(program.wait("frame", z=z % slices)) for z in range(1, 2 * slices + 1)]
    program.keys("space")
    program.wait("action", name="play")
    shown = [e["z"] for e in program.named("frame") if steps[0]["t"] <= e["t"] <= steps[-1]["t"]]
    once = [z for i, z in enumerate(shown) if i == 0 or shown[i - 1] != z]
    assert once == [z % slices for z in range(1, 2 * slices + 1)]  # every slice once a round

    program.keys("v")
    program.wait("frame", mode="3d", fine=True)
    with XKeys(program.display) as keys:
        keys.move(x, y)
        keys.button(LEFT, down=True)
        for step in range(1, 5):
            keys.move(x + 20 * step, y)
            program.wait("frame", mode="3d", fine=False)
        keys.button(LEFT, down=False)
    program.wait("frame", mode="3d", fine=True)
    program.keys("1")
    program.wait("decision", block="block_0000")  # a block can be judged in 3D too
    program.wait("frame", block="block_0001", mode="3d")
    program.keys("v")
    program.wait("frame", block="block_0001", mode="2d")
    program.quit()


def centre(frame: Event) -> tuple[int, int]:
    """Return the middle of the canvas, in pixels of the screen."""
    return frame["at"][0] + frame["size"][0] // 2, frame["at"][1] + frame["size"][1] // 2


def test_pixels_are_the_values_between_the_limits(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    """A square of 8 x 8 tiles, each with a value of its own, in two channels; limits are 0 and 1000."""
    size, tile = 64, 8
    rows, columns = np.indices((size, size)) // tile
    first, second = 1000 * rows // 7, 1000 * columns // 7  # 0 .. 1000: with 8 tiles, percentiles 1 and 99.9 are these
    data = tmp_path / "data"
    for name, plane in (("ch_1", first), ("ch_2", second)):
        write_channel(data / "block_0000" / f"{name}.tif", np.stack([plane] * 5).astype(np.uint16))
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    frame = program.wait("frame", block="block_0000")
    colors = np.array([[0x4D, 0x7C, 0xFF], [0x2E, 0xD5, 0x73]])  # of the first two channels
    canvas = picture(program, frame)
    side = min(canvas.shape[:2])
    top, left = (canvas.shape[0] - side) // 2, (canvas.shape[1] - side) // 2
    step = side / 8
    for row in range(1, 7):  # badge and scale bar lie over the corners
        for column in range(1, 7):
            shown = canvas[round(top + (row + 0.5) * step), round(left + (column + 0.5) * step)]
            values = np.array([first[row * tile, 0], second[0, column * tile]]) / 1000
            expected = np.minimum(values @ colors, 255)
            assert np.abs(shown - expected).max() <= 2, (row, column, shown, expected)

    program.keys("alt+1")  # without the first channel
    canvas = picture(program, frame, wanted=(round(top + 6.5 * step), round(left + 1.5 * step), colors[1] / 7))
    shown = canvas[round(top + 6.5 * step), round(left + 6.5 * step)]
    assert np.abs(shown - colors[1] * second[0, 6 * tile] / 1000).max() <= 2
    program.quit()


def test_slice_and_volume_are_not_mirrored(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    """One bright cube per channel: near the top left, in the first slices; near the bottom, in the last ones."""
    data = tmp_path / "data"
    size = 32
    near, far = np.zeros((2, size, size, size), np.uint16)
    near[:8, 4:10, 4:10] = 1000  # z low, top left
    far[24:, 24:30, 12:18] = 1000  # z high, bottom, left of the middle
    write_channel(data / "block_0000" / "ch_1.tif", near)
    write_channel(data / "block_0000" / "ch_2.tif", far)
    classes = write_classes(tmp_path, ["Cell"])  # no message lies over the canvas
    program = start(data, "--annotations-root", annotations_root, "--user", "alice", "--classes", classes)
    frame = program.wait("frame", block="block_0000")
    program.keys("Home")
    program.wait("frame", z=0)
    places_2d = [place(picture(program, frame), channel=2)]
    program.keys("End")
    program.wait("frame", z=size - 1)
    places_2d.append(place(picture(program, frame), channel=1))
    program.keys("v")
    program.wait("frame", mode="3d", fine=True)
    volume = picture(program, frame)
    places_3d = [place(volume, channel=2), place(volume, channel=1)]
    for flat, deep in zip(places_2d, places_3d, strict=True):
        assert np.sign(flat).tolist() == np.sign(deep).tolist()
        ratios = np.array(flat) / np.array(deep)
        assert ratios[0] == pytest.approx(ratios[1], rel=0.15)  # as far to the side as up, but for the scale

    x, y = centre(frame)
    with XKeys(program.display) as keys:
        keys.move(x - 40, y)
        keys.button(LEFT, down=True)
        time.sleep(0.05)  # as a hand would: vispy leaves out moves in too quick succession
        for there in (x, x - 40):  # and back to where it was pressed
            keys.move(there, y)
            program.wait("frame", mode="3d", fine=False)
            time.sleep(0.05)
        coarse = picture(program, frame)
        assert place(coarse, channel=2) == pytest.approx(places_3d[0], abs=6)
        assert place(coarse, channel=1) == pytest.approx(places_3d[1], abs=6)
        keys.button(LEFT, down=False)
    program.quit()


def picture(program: Program, frame: Event, wanted: Any = None) -> NDArray[np.int64]:
    """Return what the canvas shows, (Y, X, 3); the display may be a moment behind the log."""
    left, top = frame["at"]
    width, height = frame["size"]
    before: NDArray[np.int64] | None = None
    for _ in range(30):
        shot = program.pixels()[top : top + height, left : left + width].astype(np.int64)
        is_there = wanted is None or np.abs(shot[wanted[0], wanted[1]] - wanted[2]).max() <= 2
        if is_there and before is not None and np.array_equal(shot, before):
            return shot
        before = shot
    raise AssertionError("the picture never came")


def place(canvas: NDArray[np.int64], channel: int) -> tuple[float, float]:
    """Return where the brightest spot of a colour is, from the middle: (down, right) in pixels.

    Blue (2) is stronger in the colour of the first channel, green (1) in that of the second.
    """
    other = 1 if channel == 2 else 2
    height, width = canvas.shape[:2]
    middle = canvas[60 : height - 60, 130:]  # without badge, scale bar, read-out and axes
    rows, columns = np.nonzero((middle[..., channel] > 200) & (middle[..., channel] > middle[..., other] + 60))
    return float(rows.mean() + 60 - height / 2), float(columns.mean() + 130 - width / 2)
