"""Disks that are full or turn read-only while somebody judges, on a real small file system."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.e2e.files import block_names, decided, labels, make_blocks
from tests.e2e.test_saving import judge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.conftest import Start
    from tests.e2e.program import Program

_SIZE = 256 * 1024


def mount(*arguments: object) -> bool:
    command = [shutil.which("mount") or "mount", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return the folder of a file system of its own, which holds 256 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if shutil.which("mount") is None or not mount("-t", "tmpfs", "-o", f"size={_SIZE}", "none", folder):
        pytest.skip("only root mounts a file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """Leave no room for another page."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return filler


def judge_until(program: Program, first: int, state: str) -> dict[str, int]:
    """Judge from block number `first` on until the badge shows `state`."""
    given: dict[str, int] = {}
    while program.named("store")[-1]["state"] != state:
        given |= judge(program, first + len(given), 1)
    return given


def test_a_share_that_is_full_then_read_only(start: Start, tmp_path: Path, small_disk: Path) -> None:
    data, root = make_blocks(tmp_path / "data", block_names(120)), small_disk / "annotations"
    (root / "journal").mkdir(parents=True)
    program = start(data, "--annotations-root", root, "--user", "alice")
    program.wait("frame", block="block_0000")
    given = judge(program, 0, 2)
    program.seen("store", state="saved", pending=0)
    filler = fill(small_disk)
    given |= judge_until(program, 2, "waiting")
    text = program.seen("message", level="warning")["text"]
    assert text.startswith("Decisions wait on this computer")
    assert "the disk is full" in text
    given |= judge(program, len(given), 3)
    filler.unlink()
    program.wait_until_saved()

    assert mount("-o", "remount,ro", small_disk)
    program.pass_over()
    given |= judge(program, len(given), 3)
    while "read-only" not in "".join(event["text"] for event in program.named("message")):
        program.wait("message")
    assert program.named("store")[-1]["state"] == "waiting"
    assert mount("-o", "remount,rw", small_disk)
    program.wait_until_saved()
    given |= judge(program, len(given), 1)
    program.quit()
    assert labels(root) == given
    assert decided(root) == [("annotate", block, value) for block, value in given.items()]


def test_a_computer_that_is_full_writes_to_the_share(
    start: Start, tmp_path: Path, annotations_root: Path, small_disk: Path
) -> None:
    data = make_blocks(tmp_path / "data", block_names(60))
    state = {"XDG_STATE_HOME": str(small_disk)}
    program = start(data, "--annotations-root", annotations_root, "--user", "alice", environment=state)
    program.wait("frame", block="block_0000")
    given = judge(program, 0, 2)
    fill(small_disk)
    while not any("straight to the annotations folder" in event["text"] for event in program.named("message")):
        given |= judge(program, len(given), 1)
    given |= judge(program, len(given), 3)
    program.seen("store", state="saved", pending=0)
    program.quit()
    assert labels(annotations_root) == given
    assert decided(annotations_root) == [("annotate", block, value) for block, value in given.items()]


def test_with_no_room_anywhere_decisions_are_refused_and_nothing_is_lost(
    start: Start, tmp_path: Path, small_disk: Path
) -> None:
    data, root = make_blocks(tmp_path / "data", block_names(90)), small_disk / "annotations"
    (root / "journal").mkdir(parents=True)
    state = {"XDG_STATE_HOME": str(small_disk / "state")}
    program = start(data, "--annotations-root", root, "--user", "alice", environment=state)
    program.wait("frame", block="block_0000")
    given = judge(program, 0, 2)
    program.seen("store", state="saved", pending=0)
    filler = fill(small_disk)
    given |= judge_until(program, 2, "failed")
    while not any("was not taken" in event["text"] for event in program.named("message")):
        count = len(program.named("decision"))
        program.keys("2")
        if len(program.named("decision")) > count:  # the last that was taken before the share had failed
            given[program.named("decision")[-1]["block"]] = 2
    refused = program.seen("message", level="error")["text"]
    assert "the disk is full" in refused
    filler.unlink()
    program.wait_until_saved()
    given |= judge(program, len(given), 2)
    program.quit()
    assert labels(root) == given
