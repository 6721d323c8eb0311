"""The program from its start to a decision on disk: real window, real keys, real files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start


@pytest.fixture
def data_root(tmp_path: Path) -> Path:
    """Make three blocks of two channels, 16 x 48 x 48, each filled with its own noise."""
    root = tmp_path / "data"
    random = np.random.default_rng(1)
    for number in range(3):
        block = root / f"block_{number:04d}"
        block.mkdir(parents=True)
        for channel in ("488", "561"):
            volume = random.integers(0, 4000, (16, 48, 48), dtype=np.uint16)
            tifffile.imwrite(block / f"ch_{channel}.tif", volume, metadata={"axes": "ZYX"})
    return root


@pytest.fixture
def arguments(tmp_path: Path, data_root: Path) -> list[str | Path]:
    """Return a command line that needs no login: the blocks above, an empty annotations folder, alice."""
    annotations = tmp_path / "annotations"
    (annotations / "journal").mkdir(parents=True)
    return [data_root, "--annotations-root", annotations, "--user", "alice"]


def labels(tmp_path: Path) -> dict[str, int]:
    """Return what the annotations folder says alice decided, in the older program's format."""
    snapshot = json.loads((tmp_path / "annotations" / "users" / "alice.json").read_text(encoding="utf-8"))
    return {block: entry["label"] for block, entry in snapshot["annotations"].items()}


def test_shows_the_first_block_and_quits(start: Start, arguments: list[str | Path]) -> None:
    program = start(*arguments)
    assert program.wait("frame", fine=True)["block"] == "block_0000"
    assert program.seen("window_shown")
    assert program.seen("blocks_listed", final=True)["count"] == 3
    program.quit()
    assert program.named("closed")


def test_sigterm_ends_it_as_quit_does(start: Start, arguments: list[str | Path]) -> None:
    program = start(*arguments)
    program.wait("frame")
    program.terminate()
    assert program.named("closed")


def test_a_key_annotates_and_shows_the_next_block(start: Start, arguments: list[str | Path], tmp_path: Path) -> None:
    program = start(*arguments)
    program.wait("frame", block="block_0000")
    program.keys("2")
    assert program.wait("decision", block="block_0000")["value"] == 2
    program.wait("frame", block="block_0001")
    program.keys("1")
    program.wait("decision", block="block_0001")
    program.wait("frame", block="block_0002")
    program.quit()
    assert labels(tmp_path) == {"block_0000": 2, "block_0001": 1}


def test_a_decision_survives_a_kill(start: Start, arguments: list[str | Path], tmp_path: Path) -> None:
    program = start(*arguments)
    program.wait("frame", block="block_0000")
    program.keys("3")
    program.wait("decision", block="block_0000")
    program.kill()
    again = start(*arguments)
    again.wait("frame")
    again.quit()
    assert labels(tmp_path) == {"block_0000": 3}
