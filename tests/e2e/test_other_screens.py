"""The window goes to a screen with another scale factor, and the right voxels go on being drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.e2e.display import Display
from tests.e2e.files import write_channel
from tests.e2e.monitors import split
from tests.e2e.xkeys import xdotool

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.e2e.conftest import Start
    from tests.e2e.program import Event, Program

WIDTH, HEIGHT = 1400, 900
TILES = 8


@pytest.mark.parametrize("options", [[], ["--no-opengl"]], ids=["opengl", "plain"])
@pytest.mark.parametrize("scale", ["1.5", "2"])
def test_it_draws_on_a_screen_of_another_scale(
    start: Start, tmp_path: Path, annotations_root: Path, options: list[str], scale: str
) -> None:
    rows, columns = np.indices((64, 64)) // TILES
    values = np.stack([1000 * ((rows * TILES + columns + 9 * z) % 64) // 63 for z in range(5)]).astype(np.uint16)
    write_channel(tmp_path / "data" / "block_0000" / "ch_1.tif", values)
    with Display(2 * WIDTH, HEIGHT) as display:
        try:
            split(display.name, WIDTH, HEIGHT, 2)
        except OSError:
            pytest.skip("libXrandr is not here")
        program = start(
            tmp_path / "data", "--annotations-root", annotations_root, "--user", "alice", *options,
            display=display, environment={"QT_SCREEN_SCALE_FACTORS": f"1;{scale}"},
        )  # fmt: skip
        frame = program.wait("frame", block="block_0000", z=2)
        program.keys("a")  # the limits are those of all values
        program.keys("Home")
        frame = program.wait("frame", z=0)
        wait_for(program, frame, 0, 1.0, values[0])
        for left, ratio in ((WIDTH, float(scale)), (0, 1.0), (WIDTH, float(scale))):
            search = ("search", "--onlyvisible", "--name", "Cytoscribe")
            xdotool(program.display, *search, "windowmove", "--sync", str(left), "0")
            program.wait("frame")
            for key, z in (("End", 4), ("Home", 0), ("Right", 1)):
                program.keys(key)
                frame = program.wait("frame", z=z)
                program.keys("r")
                wait_for(program, program.wait("frame", z=z), left, ratio, values[z])
        program.quit()


def wait_for(program: Program, frame: Event, left: int, ratio: float, values: NDArray[np.uint16]) -> None:
    """Wait until tiles below the middle, where no message lies, have the brightness of their values."""
    for _ in range(20):
        shot = program.pixels().astype(int)
        width, height = (side * ratio for side in frame["size"])
        side = min(width, height)
        x0 = left + frame["at"][0] * ratio + (width - side) / 2
        y0 = frame["at"][1] * ratio + (height - side) / 2
        middle = [(row, column) for row in range(TILES // 2, TILES - 2) for column in range(2, TILES - 2)]
        seen = [shot[round(y0 + (r + 0.5) * side / TILES), round(x0 + (c + 0.5) * side / TILES), 2] for r, c in middle]
        wanted = [values[r * TILES, c * TILES] / 1000 * 255 for r, c in middle]
        if np.abs(np.array(seen) - wanted).max() <= 3:
            return
    raise AssertionError(f"on the screen at {left}: {seen}, wanted {np.round(wanted)}, frame {frame}")
