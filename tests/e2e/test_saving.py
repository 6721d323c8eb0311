"""Decisions reach the annotations folder, whatever happens to it meanwhile."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from tests.e2e.display import Display
from tests.e2e.files import block_names, decided, journal, labels, make_blocks, write_channel
from tests.e2e.xkeys import XKeys, focus

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start
    from tests.e2e.program import Program

_QUICKEST_HAND = 0.005
"""Seconds between a frame and the key that judges it; X stamps keys in whole milliseconds."""


def judge(program: Program, first: int, count: int) -> dict[str, int]:
    """Judge so many blocks from block number `first` on, which is on screen; return what was decided."""
    given = {}
    for number in range(first, first + count):
        name, value = f"block_{number:04d}", 1 + number % 3
        program.keys(str(value))
        program.wait("decision", block=name, value=value)
        program.wait("frame", block=f"block_{number + 1:04d}")
        given[name] = value
    return given


def test_a_share_that_goes_away_and_comes_back(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(20))
    arguments = (data, "--annotations-root", annotations_root, "--user", "alice")
    away = tmp_path / "away"
    program = start(*arguments)
    program.wait("frame", block="block_0000")
    given = judge(program, 0, 2)
    program.wait_until_saved()

    annotations_root.parent.rename(away)
    given |= judge(program, 2, 3)
    assert program.wait("store", state="waiting")["pending"] > 0
    assert program.seen("message", level="warning")["text"].startswith("Decisions wait on this computer")
    assert not annotations_root.parent.exists()
    away.rename(annotations_root.parent)
    program.wait_until_saved()  # nobody clicked

    annotations_root.parent.rename(away)
    annotations_root.mkdir(parents=True)  # where a share was, there is an empty folder
    given |= judge(program, 5, 2)
    assert program.wait("store", state="waiting")["pending"] > 0
    program.terminate()  # while decisions wait
    assert list(annotations_root.iterdir()) == []

    again = start(*arguments)
    assert "is empty, but held annotations before" in again.wait("page", name="error")["text"]
    assert list(annotations_root.iterdir()) == []
    again.quit()

    annotations_root.rmdir()
    annotations_root.parent.rmdir()
    away.rename(annotations_root.parent)
    last = start(*arguments)
    last.wait("frame", block="block_0007")
    last.seen("store", state="saved", pending=0)
    given |= judge(last, 7, 1)
    last.quit()
    assert labels(annotations_root) == given
    assert decided(annotations_root) == [("annotate", block, value) for block, value in given.items()]


def test_two_sessions_of_one_annotator_lose_nothing(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data, count = tmp_path / "data", 200
    for part in ("a", "b"):
        for name in block_names(count + 1):
            write_channel(data / part / name / "ch.tif", np.zeros((2, 8, 8), np.uint8))
    arguments = (data, "--annotations-root", annotations_root, "--user", "alice")
    first = start(*arguments)
    first.wait("frame", block="a/block_0000")
    second = start(*arguments)
    second.wait("frame", block="a/block_0000")
    second.keys("ctrl+f")
    second.type("b/")
    second.keys("Return")  # goes to the first block of the filtered list
    second.wait("frame", block="b/block_0000")
    programs = (first, second)
    with XKeys(first.display) as first_keys, XKeys(second.display) as second_keys:
        first.focus()
        for number in range(count):
            time.sleep(_QUICKEST_HAND)
            for keys in (first_keys, second_keys):
                keys.tap(str(1 + number % 3))
            for part, program in zip("ab", programs, strict=True):
                program.wait("frame", block=f"{part}/block_{number + 1:04d}")
    first.quit()
    second.quit()
    given = {f"{part}/block_{number:04d}": 1 + number % 3 for part in "ab" for number in range(count)}
    lines = journal(annotations_root)
    assert {line["block"]: line["value"] for line in lines} == given
    assert len(lines) == 2 * count
    assert len({line["session"] for line in lines}) == 2

    third = start(*arguments)
    third.wait("frame")
    third.quit()
    assert labels(annotations_root) == given


def test_two_windows_on_one_display_follow_each_other(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(4))
    arguments = (data, "--annotations-root", annotations_root, "--user", "alice")
    with Display() as display:
        first = start(*arguments, display=display)
        first.wait("frame", block="block_0000")
        first.keys("3")
        first.wait("decision", block="block_0000")
        first.wait_until_saved()
        second = start(*arguments, "--new-window", display=display)
        second.wait("frame", block="block_0001")
        first.keys("2")  # the keyboard is still the first window's
        first.wait("decision", block="block_0001", value=2)
        second.wait("decision", block="block_0001", value=2)
        first.terminate()
        focus(display.name)
        second.keys("ctrl+z")
        assert "nothing to undo" in second.wait("message")["text"]  # that was decided elsewhere
        second.terminate()
    assert labels(annotations_root) == {"block_0000": 3, "block_0001": 2}


def test_quitting_asks_while_a_decision_is_nowhere_on_a_disk(
    start: Start, tmp_path: Path, annotations_root: Path
) -> None:
    data = make_blocks(tmp_path / "data", block_names(2))
    (tmp_path / "no-folder").write_text("a file where the local journals should be", encoding="utf-8")
    state = {"XDG_STATE_HOME": str(tmp_path / "no-folder")}
    program = start(
        data, "--annotations-root", annotations_root, "--user", "alice", environment=state, check_stderr=False
    )
    program.wait("frame", block="block_0000")
    away = annotations_root.with_name("away")
    annotations_root.rename(away)
    program.keys("2")
    program.wait("store", state="failed", pending=1)
    program.keys("ctrl+q")
    program.wait("page", name="unsafe")
    away.rename(annotations_root)
    program.wait_until_saved()  # without a click
    program.quit()
    assert labels(annotations_root) == {"block_0000": 2}
