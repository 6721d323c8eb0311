"""From the start to a block on screen: sample data, login, long lists, and reads that come back out of order."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.e2e.files import block_names, decided, labels, make_blocks, write_channel
from tests.e2e.xkeys import XKeys

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start
    from tests.e2e.program import Program


@pytest.fixture
def annotations(tmp_path: Path) -> Path:
    """Make an empty annotations folder."""
    folder = tmp_path / "annotations"
    folder.mkdir()
    return folder


# ------------------------------------------------------------------ reads out of order


def test_late_reads_never_mix_blocks(start: Start, tmp_path: Path, annotations: Path) -> None:
    """Blocks are pipes: a read waits until the test feeds it, in another order than it was asked for."""
    data = tmp_path / "data"
    make_blocks(data, ["block_0000"])
    sizes = {"block_0001": 20, "block_0002": 30, "block_0003": 40}
    feeds = {name: make_pipes(data / name, size) for name, size in sizes.items()}
    program = start(data, "--annotations-root", annotations, "--user", "alice")
    program.wait("frame", block="block_0000")
    for name in sizes:  # three reads under way, the last one is the block that is wanted
        program.keys("Down")
        program.wait("page", name="loading", block=name)
    program.keys("1", "u", "c", "BackSpace")
    for _ in range(4):
        program.wait("key_refused", block="block_0003", stage="loading")

    feed(feeds["block_0002"])
    feed(feeds["block_0003"])
    program.wait("frame", block="block_0003", z=sizes["block_0003"] // 2)
    program.keys("2")
    program.wait("decision", block="block_0003", value=2)
    feed(feeds["block_0001"])  # long given up
    program.keys("Up")
    feed(feeds["block_0002"], missing_ok=True)  # asked for again only where the first answer was dropped
    program.wait("frame", block="block_0002", z=sizes["block_0002"] // 2)
    program.keys("3")
    program.wait("decision", block="block_0002", value=3)
    program.quit()

    first, last = {name: size // 2 for name, size in sizes.items()}, {"block_0000": 3}
    for frame in program.named("frame"):
        if frame["block"]:  # each block has its own number of slices: the picture is told apart by its middle
            assert frame["z"] == (first | last)[frame["block"]]
    assert decided(annotations) == [("annotate", "block_0003", 2), ("annotate", "block_0002", 3)]


def make_pipes(block: Path, slices: int) -> list[tuple[Path, bytes]]:
    """Make a block of two channels that are pipes; return each with what is to be fed to it."""
    made = []
    for number in range(2):
        path = block / f"ch_{number}.tif"
        write_channel(path, np.full((slices, 16, 16), 100 * slices + number, np.uint16))
        content = path.read_bytes()
        path.unlink()
        os.mkfifo(path)
        made.append((path, content))
    return made


def feed(pipes: list[tuple[Path, bytes]], *, missing_ok: bool = False) -> None:
    """Give each reader of the pipes the whole file, as a slow share would at last."""
    for path, content in pipes:
        try:
            writing = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            if missing_ok:
                continue
            raise
        os.set_blocking(writing, True)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(content)


# ------------------------------------------------------------------------- long lists


def test_a_long_list_is_there_at_once_and_never_blocks_the_window(
    start: Start, tmp_path: Path, annotations: Path
) -> None:
    data = tmp_path / "data"
    for tile in range(100):
        for name in block_names(100):
            (data / f"Tile_{tile}" / name).mkdir(parents=True)
    program = start(data, "--annotations-root", annotations, "--user", "alice")
    program.wait("page", name="error", block="Tile_0/block_0000")  # no TIFF in it
    program.seen("blocks_listed", final=True, count=10_000)
    with XKeys(program.display) as keys:
        program.focus()
        keys.tap("F5")
        pressed = []
        begun = program.wait("scan_started")
        while not program.named("blocks_listed", final=True, count=10_000)[1:]:
            pressed.append(keys.tap("x"))
            program.wait("action", name="show_focus")
    first, last = (
        next(e for e in program.named("blocks_listed", final=final) if e["t"] > begun["t"]) for final in (False, True)
    )
    assert 0 < first["count"] < 500
    assert first["t"] - begun["t"] < 0.5 * (last["t"] - begun["t"])
    answers = [e["t"] for e in program.named("action", name="show_focus")]
    during = [(p, a) for p, a in zip(pressed, answers, strict=True) if first["t"] < a < last["t"]]
    assert during  # keys were answered in the middle of it
    assert max(answer - press for press, answer in during) < 0.3
    program.quit()


# ------------------------------------------------------------------------------ login


def test_the_name_is_asked_for_and_checked(start: Start, tmp_path: Path, annotations: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(2))
    (annotations / "users").mkdir()
    older = {"username": "bob", "annotations": {"block_0000": {"label": 2, "annotated_at": "2025-01-01T00:00:00+00:00"}}}
    (annotations / "users" / "bob.json").write_text(json.dumps(older), encoding="utf-8")
    program = start(data, "--annotations-root", annotations)
    program.wait("page", name="login")
    program.seen("window_shown")
    for name in ("../x", "a-b", "a b"):
        program.keys("ctrl+a")
        program.type(name)
        program.keys("Return")
        refused = program.wait("message", level="error")["text"]
        assert name in refused
        assert "letters, digits or underscores" in refused
    program.keys("ctrl+a")
    program.type("Alice")
    program.keys("Return")
    program.wait("frame", block="block_0000")
    program.keys("1")
    program.wait("decision", block="block_0000")
    program.quit()
    assert labels(annotations, "alice") == {"block_0000": 1}
    assert sorted(path.name for path in (annotations / "users").iterdir()) == ["alice.json", "bob.json"]
    assert sorted(path.name for path in (annotations / "journal").iterdir()) == ["alice"]
    assert not (tmp_path / "x.json").exists()

    again = start(data, "--annotations-root", annotations)
    again.wait("page", name="login")
    again.wait("names_offered", names=["alice", "bob"])  # bob is known from the folder alone
    again.seen("window_shown")
    again.keys("Down", "Return")  # alice is proposed, bob is below her
    again.wait("frame")
    again.keys("3")
    again.wait("decision")
    again.quit()
    assert 3 in labels(annotations, "bob").values()


# -------------------------------------------------------------------------- sample data


def test_with_nothing_configured_the_sample_data_is_made(start: Start, tmp_path: Path) -> None:
    program = start("--user", "alice")
    program.wait("page", name="sample")
    total = program.wait("sample")["total"]
    assert total >= 24
    program.wait("sample", timeout=90, done=total)
    frame = program.wait("frame", timeout=40, fine=True)
    assert program.seen("blocks_listed", final=True)["count"] == total
    annotate_two(program, frame["block"])
    program.quit()

    again = start("--user", "alice")
    again.wait("frame")
    assert not again.named("sample")
    assert again.seen("blocks_listed", final=True)["count"] == total
    again.quit()
    made = [path for path in (tmp_path / "home" / "data").rglob("users/alice.json")]
    assert len(made) == 1
    assert len(json.loads(made[0].read_text(encoding="utf-8"))["annotations"]) == 2


def annotate_two(program: Program, first: str) -> None:
    """Judge the first two blocks of the list."""
    program.keys("1")
    program.wait("decision", block=first)
    second = program.wait("page", name="canvas")["block"]
    program.keys("2")
    program.wait("decision", block=second)


def test_another_user_and_the_block_where_one_left(start: Start, tmp_path: Path, annotations: Path) -> None:
    data = make_blocks(tmp_path / "data", ["Tile_10/block_0001", "Tile_2/block_10000", "Tile_2/block_0002"])
    program = start(data, "--annotations-root", annotations, "--user", "alice")
    program.wait("frame", block="Tile_2/block_0002")  # natural order
    program.keys("Down")
    program.wait("frame", block="Tile_2/block_10000")
    program.keys("Down")
    program.wait("frame", block="Tile_10/block_0001")
    program.keys("2")
    program.wait("decision", block="Tile_10/block_0001")
    program.keys("Up")
    program.wait("frame", block="Tile_2/block_10000")
    program.quit()
    again = start(data, "--annotations-root", annotations, "--user", "alice")
    again.wait("frame", block="Tile_2/block_10000")
    again.quit()
    other = start(data, "--annotations-root", annotations, "--user", "bob")
    other.wait("frame", block="Tile_2/block_0002")
    other.quit()
    assert labels(annotations) == {"Tile_10/block_0001": 2}
