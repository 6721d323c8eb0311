"""The theme and the size of text in the real program: taken from the settings, changed by keys, kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from app.views.colors import LIGHT
from tests.e2e.files import make_blocks
from tests.e2e.program import Program

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


def test_the_theme_of_the_settings_is_shown_and_larger_text_is_kept(tmp_path: Path, annotations_root: Path) -> None:
    settings = tmp_path / "config" / "cytoscribe" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"theme": "light"}), encoding="utf-8")
    data = make_blocks(tmp_path / "data", ["block_0001"])
    with Program(data, "--annotations-root", annotations_root, "--user", "alice", folder=tmp_path) as program:
        frame = program.wait("frame")
        program.focus()
        pixels = program.pixels()
        height, width = pixels.shape[:2]
        assert _color(pixels, width - 4, height - 4) == LIGHT.panel  # below the classes
        left, top = frame["at"]
        beside = _color(pixels, left + 3, top + frame["size"][1] // 2)  # of the canvas, where there is no image
        assert int(beside[1:3], 16) < 0x30
        program.keys("ctrl+alt+plus", "ctrl+alt+plus", "ctrl+alt+minus")
        program.wait("action", name="smaller_text")
        program.keys("1")  # keys are for the block as before
        program.wait("decision", block="block_0001", value=1)
        program.quit()
    kept = json.loads(settings.read_text(encoding="utf-8"))
    assert (kept["theme"], kept["font_percent"]) == ("light", 110)


def _color(pixels: NDArray[np.uint8], x: int, y: int) -> str:
    red, green, blue = pixels[y, x]
    return f"#{red:02X}{green:02X}{blue:02X}"
