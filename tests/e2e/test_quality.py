"""The quality of images in the real window: the panel, the table of all blocks, and its file."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.e2e.files import block_names, make_blocks, write_channel
from tests.e2e.program import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start

CLIPPED = "25 % of channel 2 (ch_561) is at 65535: clipped."


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Make four blocks; the second channel of the third one is clipped."""
    root = make_blocks(tmp_path / "data", block_names(4), shape=(4, 32, 32))
    for number in range(4):
        values = np.random.default_rng(number).normal(500, 20, (2, 4, 32, 32))
        values[:, :, 8:16, 8:16] += 800
        values[1, :, :8] = 65535 if number == 2 else 480
        values[1, :, :8] += 0 if number == 2 else np.random.default_rng(9).normal(0, 20, (4, 8, 32))
        for name, volume in zip(("ch_488", "ch_561"), values.astype(np.uint16), strict=True):
            write_channel(root / f"block_{number:04d}" / f"{name}.tif", volume)
    return root


def test_the_panel_measures_the_block_on_screen_and_is_remembered(
    start: Start, data: Path, annotations_root: Path
) -> None:
    arguments = (data, "--annotations-root", annotations_root, "--user", "alice")
    program = start(*arguments)
    program.wait("frame", block="block_0000")
    program.wait("ahead_ready")
    program.keys("Down")
    program.wait("frame", block="block_0001")
    assert program.named("quality_shown") == []  # folded: nothing is measured
    program.keys("ctrl+i")
    assert program.wait("quality_shown", block="block_0001")["warnings"] == []
    program.keys("Down")
    assert program.wait("quality_shown", block="block_0002")["warnings"] == [CLIPPED]
    program.keys("Up")
    program.wait("quality_shown", block="block_0001")
    program.keys("1")  # keys go on being for the block
    program.wait("decision", block="block_0001")
    program.wait("quality_shown", block="block_0002")
    program.keys("ctrl+i", "Down")
    program.wait("frame", block="block_0003")
    program.keys("ctrl+i")
    program.wait("quality_shown", block="block_0003")
    assert len(program.named("quality_shown", block="block_0003")) == 1
    program.quit()

    again = start(*arguments)
    again.wait("quality_shown")
    again.quit()


def test_the_table_fills_opens_blocks_and_is_written_to_a_file(
    start: Start, data: Path, annotations_root: Path, tmp_path: Path
) -> None:
    (data / "block_0001" / "ch_488.tif").write_bytes(b"no picture")
    program = start(data, "--annotations-root", annotations_root, "--user", "alice", size=(1366, 768))
    program.wait("frame", block="block_0000")
    program.keys("ctrl+shift+i")
    done = program.wait("quality_checked")
    assert (done["blocks"], done["warned"]) == (4, 2)
    program.focus("Quality of all blocks")
    program.keys("Tab", "ctrl+Home", "Down", "Return")  # the worst, which cannot be read, comes first
    program.focus()
    program.wait("page", block="block_0002")

    program.keys("ctrl+shift+i")
    program.wait("action", name="check_quality")
    output = tmp_path / "from window.csv"
    program.focus("Quality of all blocks")
    program.keys("ctrl+s")
    program.focus("Export the quality")
    program.type(str(output))
    program.keys("Return")
    program.wait("quality_exported", text=f"Written to {output}")
    program.focus("Quality of all blocks")
    program.keys("Escape")
    program.focus()
    program.keys("Down")
    program.wait("frame", block="block_0003")
    program.quit()

    command = tmp_path / "from command.csv"
    line = [sys.executable, "-m", "app", "quality", str(data), "--output", str(command), "--quiet"]
    ended = subprocess.run(line, cwd=ROOT, capture_output=True, check=False)
    assert ended.returncode == 1
    assert output.read_text(encoding="utf-8") == command.read_text(encoding="utf-8")
