"""Annotating without OpenGL: blocks are judged by key, 3D is refused in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.e2e.files import block_names, labels, make_blocks, write_channel
from tests.e2e.test_viewing import centre, picture
from tests.e2e.xkeys import WHEEL_DOWN, WHEEL_UP, XKeys

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start


# Each is one way in which OpenGL is missing: said by a person, an X server that passes on only the old protocol,
# a driver that is too old
WITHOUT: dict[str, tuple[list[str], dict[str, str], str]] = {
    "option": (["--no-opengl"], {}, "the option --no-opengl was given"),
    "indirect": ([], {"QT_XCB_GL_INTEGRATION": "xcb_glx", "LIBGL_ALWAYS_INDIRECT": "1"}, "no context could be made"),
    "old": ([], {"MESA_GL_VERSION_OVERRIDE": "1.4"}, "version 1.4 is older than 2.1"),
}


@pytest.mark.parametrize("how", WITHOUT)
def test_two_blocks_are_annotated_without_opengl(
    start: Start, tmp_path: Path, annotations_root: Path, how: str
) -> None:
    options, environment, reason = WITHOUT[how]
    data = make_blocks(tmp_path / "data", block_names(3))
    program = start(
        data, "--annotations-root", annotations_root, "--user", "alice", *options, environment=environment
    )  # fmt: skip
    assert reason in program.wait("plain_view")["text"]
    program.wait("frame", block="block_0000", z=3)
    program.keys("2")
    assert program.wait("decision", block="block_0000")["value"] == 2
    program.wait("frame", block="block_0001")
    program.keys("Right")
    program.wait("frame", z=4)
    program.keys("1")
    program.wait("decision", block="block_0001")
    program.wait("frame", block="block_0002")
    program.quit()
    assert labels(annotations_root) == {"block_0000": 2, "block_0001": 1}


def test_a_display_without_glx(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    """Qt itself says on stderr what it misses."""
    data = make_blocks(tmp_path / "data", block_names(2))
    program = start(
        data, "--annotations-root", annotations_root, "--user", "alice",
        environment={"QT_XCB_GL_INTEGRATION": "none"}, check_stderr=False,
    )  # fmt: skip
    program.wait("plain_view")
    program.wait("frame", block="block_0000")
    program.keys("3")
    program.wait("decision", block="block_0000")
    program.quit()
    assert labels(annotations_root) == {"block_0000": 3}


def test_keys_and_mouse_in_the_plain_view(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    size, tile = 64, 8
    rows, columns = np.indices((size, size)) // tile
    data = tmp_path / "data"
    for name, plane in (("ch_1", 1000 * rows // 7), ("ch_2", 1000 * columns // 7)):
        write_channel(data / "block_0000" / f"{name}.tif", np.stack([plane] * 9).astype(np.uint16))
    program = start(data, "--annotations-root", annotations_root, "--user", "alice", "--no-opengl")
    frame = program.wait("frame", block="block_0000", z=4)
    seen = picture(program, frame)
    side = min(seen.shape[:2])
    top, left, step = (seen.shape[0] - side) / 2, (seen.shape[1] - side) / 2, side / 8
    colors = np.array([[0x4D, 0x7C, 0xFF], [0x2E, 0xD5, 0x73]])  # of the first two channels
    for row in range(1, 6):  # badge, scale bar and the notice lie over the corners and the lower edge
        for column in range(1, 7):
            shown = seen[round(top + (row + 0.5) * step), round(left + (column + 0.5) * step)]
            wanted = np.minimum(np.array([1000 * row // 7, 1000 * column // 7]) / 1000 @ colors, 255)
            assert np.abs(shown - wanted).max() <= 1

    program.keys("v")
    program.wait("action", name="toggle_3d")
    program.keys("Right")
    program.wait("frame", mode="2d", z=5)
    x, y = centre(frame)
    program.click(x, y, WHEEL_DOWN)
    program.wait("frame", z=6)
    program.keys("Home", "space")
    for z in (1, 2, 3):
        program.wait("frame", z=z)
    program.keys("space")
    program.keys("o")
    frame = program.wait("frame", mode="ortho")
    before = picture(program, frame)
    at = round(0.75 * before.shape[0]), before.shape[1] // 4 + 40  # in the pane xz, beside the crosshair
    with XKeys(program.display) as keys:  # one step up along y: there the first channel is weaker by one tile
        keys.move(frame["at"][0] + at[1], frame["at"][1] + at[0])
        keys.button(WHEEL_UP, down=True)
        keys.button(WHEEL_UP, down=False)
    program.wait("frame", mode="ortho")
    change = picture(program, frame)[at] - before[at]
    assert np.abs(change + colors[0] / 7).max() <= 2
    program.quit()
