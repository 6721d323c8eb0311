"""From the start to a block on screen: sample data, login, long lists, and reads that come back out of order."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import numpy as np

from tests.e2e.files import block_names, decided, labels, make_blocks, write_channel
from tests.e2e.xkeys import XKeys

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start
    from tests.e2e.program import Program


# ------------------------------------------------------------------ reads out of order


def test_late_reads_never_mix_blocks(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    """Blocks are pipes: a read waits until the test feeds it, in another order than it was asked for."""
    data = make_blocks(tmp_path / "data", block_names(5))
    # Far from each other, so that none is read ahead: a pipe may have one reader only. Each has its own number of
    # slices, and a block starts at its middle slice: that tells in each frame whose picture it is
    sizes = {"block_0100": 20, "block_0200": 30, "block_0300": 40}
    feeds = {name: make_pipes(data / name, size) for name, size in sizes.items()}
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    program.wait("frame", block="block_0000")
    for name in sizes:  # three reads under way; the block of the last one is wanted
        go_to(program, name)
    program.keys("1", "u", "c", "BackSpace")
    for _ in range(4):
        program.wait("key_refused", block="block_0300", stage="loading")

    feed(feeds["block_0200"])
    feed(feeds["block_0300"])
    program.wait("frame", block="block_0300", z=sizes["block_0300"] // 2)
    program.keys("2")
    program.wait("decision", block="block_0300", value=2)
    feed(feeds["block_0100"])  # long given up

    go_to(program, "block_0200")  # the answer of its first read was dropped
    program.keys("1")
    program.wait("key_refused", block="block_0200", stage="loading")
    feed(feeds["block_0200"])
    program.wait("frame", block="block_0200", z=sizes["block_0200"] // 2)
    program.keys("3")
    program.wait("decision", block="block_0200", value=3)
    program.quit()

    for frame in program.named("frame"):
        if frame["block"] in sizes:
            assert frame["z"] == sizes[frame["block"]] // 2
    assert {frame["block"] for frame in program.named("frame")} <= {"", "block_0000", "block_0200", "block_0300"}
    assert decided(annotations_root) == [("annotate", "block_0300", 2), ("annotate", "block_0200", 3)]


def go_to(program: Program, name: str) -> None:
    """Filter the list by a name and go to its first block, which is not read yet."""
    program.keys("ctrl+f")
    program.type(name)
    program.keys("Return")
    program.wait("page", name="loading", block=name)


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


def feed(pipes: list[tuple[Path, bytes]]) -> None:
    """Give the reader of each pipe the whole file, as a slow share would at last."""
    for path, content in pipes:
        with path.open("wb") as pipe:  # waits for the reader
            pipe.write(content)


# ------------------------------------------------------------------------- long lists


def test_a_long_list_is_there_at_once_and_never_blocks_the_window(
    start: Start, tmp_path: Path, annotations_root: Path
) -> None:
    data = tmp_path / "data"
    for tile in range(100):
        for name in block_names(100):
            (data / f"Tile_{tile}" / name).mkdir(parents=True)
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
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
    assert first["t"] < last["t"]
    answers = [e["t"] for e in program.named("action", name="show_focus")]
    assert begun["t"] < pressed[0] < last["t"]
    assert max(answer - press for press, answer in zip(pressed, answers, strict=True)) < 0.3
    program.quit()


# ------------------------------------------------------------------------------ login


def test_the_name_is_asked_for_and_checked(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(2))
    (annotations_root / "users").mkdir()
    older = {
        "username": "bob",
        "annotations": {"block_0000": {"label": 2, "annotated_at": "2025-01-01T00:00:00+00:00"}},
    }
    (annotations_root / "users" / "bob.json").write_text(json.dumps(older), encoding="utf-8")
    program = start(data, "--annotations-root", annotations_root)
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
    assert labels(annotations_root, "alice") == {"block_0000": 1}
    assert sorted(path.name for path in (annotations_root / "users").iterdir()) == ["alice.json", "bob.json"]
    assert sorted(path.name for path in (annotations_root / "journal").iterdir()) == ["alice"]
    assert not (tmp_path / "x.json").exists()

    again = start(data, "--annotations-root", annotations_root)
    again.wait("page", name="login")
    again.wait("names_offered", names=["alice", "bob"])  # bob is known from the folder alone
    again.seen("window_shown")
    again.keys("Down", "Return")  # alice is proposed, bob is below her
    again.wait("frame")
    again.keys("3")
    again.wait("decision")
    again.quit()
    assert 3 in labels(annotations_root, "bob").values()


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
    made = list((tmp_path / "home" / "data").rglob("users/alice.json"))
    assert len(made) == 1
    assert len(json.loads(made[0].read_text(encoding="utf-8"))["annotations"]) == 2


def annotate_two(program: Program, first: str) -> None:
    """Judge the first two blocks of the list."""
    program.keys("1")
    program.wait("decision", block=first)
    second = program.wait("page", name="canvas")["block"]
    program.keys("2")
    program.wait("decision", block=second)


def test_another_user_and_the_block_where_one_left(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", ["Tile_10/block_0001", "Tile_2/block_10000", "Tile_2/block_0002"])
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
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
    again = start(data, "--annotations-root", annotations_root, "--user", "alice")
    again.wait("frame", block="Tile_2/block_10000")
    again.quit()
    other = start(data, "--annotations-root", annotations_root, "--user", "bob")
    other.wait("frame", block="Tile_2/block_0002")
    other.quit()
    assert labels(annotations_root) == {"Tile_10/block_0001": 2}
