"""A share that does not answer: the window goes on, counts, and asks before it ends."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.e2e.files import block_names, decided, labels, make_blocks
from tests.e2e.test_bad_input import click_proposed
from tests.e2e.test_saving import judge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.conftest import Start
    from tests.e2e.program import Program

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a pipe stands for the share that hangs")


@contextmanager
def hung(program: Program, annotations_root: Path, number: int) -> Iterator[Path]:
    """Judge block `number`; what reads the snapshot after it waits, and with it all that has to do with the share."""
    pipe = annotations_root / "users" / "alice.json"
    program.wait("snapshot")
    pipe.unlink()
    os.mkfifo(pipe)
    judge(program, number, 1)
    writer = os.open(pipe, os.O_WRONLY)  # waits until the program reads
    try:
        yield pipe
    finally:
        os.close(writer)


def begun(start: Start, data: Path, annotations_root: Path, first: int) -> Program:
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    program.wait("frame", block=f"block_{first:04d}")
    return program


def test_annotating_goes_on_and_what_waits_follows_by_itself(
    start: Start, tmp_path: Path, annotations_root: Path
) -> None:
    data = make_blocks(tmp_path / "data", block_names(80))
    program = begun(start, data, annotations_root, 0)
    given = judge(program, 0, 2)
    with hung(program, annotations_root, 2):
        given |= {"block_0002": 3} | judge(program, 3, 5)
        program.seen("store", state="waiting", pending=5)
        assert "does not answer" in program.seen("message", level="warning")["text"]
        given |= judge(program, 8, 20)
        program.seen("store", state="waiting", pending=25)
        program.keys("ctrl+q")
        page = program.wait("page", name="waiting")
        assert "25 decisions are not in the annotations folder yet. They are safe on this computer" in page["text"]
        assert "does not answer" in page["text"]
    program.wait_end()  # by itself
    assert labels(annotations_root) == given
    assert decided(annotations_root) == [("annotate", block, value) for block, value in given.items()]


def test_quitting_keeps_the_journal_and_the_next_start_carries_on(
    start: Start, tmp_path: Path, annotations_root: Path
) -> None:
    data = make_blocks(tmp_path / "data", block_names(20))
    program = begun(start, data, annotations_root, 0)
    given = judge(program, 0, 2)
    with hung(program, annotations_root, 2) as pipe:
        given |= {"block_0002": 3} | judge(program, 3, 4)
        program.keys("ctrl+q")
        program.wait("page", name="waiting")
        click_proposed(program)
        program.wait_end()
        assert [block for _, block, _ in decided(annotations_root)] == list(given)[:3]
        pipe.unlink()

    again = begun(start, data, annotations_root, 7)
    again.seen("store", state="saved", pending=0)
    given |= judge(again, 7, 1)
    again.quit()
    assert labels(annotations_root) == given
    assert decided(annotations_root) == [("annotate", block, value) for block, value in given.items()]


def test_one_can_go_on_annotating_instead(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(20))
    program = begun(start, data, annotations_root, 0)
    given = judge(program, 0, 2)
    with hung(program, annotations_root, 2):
        given |= {"block_0002": 3} | judge(program, 3, 2)
        program.keys("ctrl+q")
        program.wait("page", name="waiting")
        click_proposed(program, beside=60)
        given |= judge(program, 5, 2)
    program.wait_until_saved()
    given |= judge(program, 7, 2)
    program.quit()
    assert labels(annotations_root) == given


def test_the_system_ends_the_program_without_asking(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(20))
    program = begun(start, data, annotations_root, 0)
    given = judge(program, 0, 2)
    with hung(program, annotations_root, 2) as pipe:
        given |= {"block_0002": 3} | judge(program, 3, 2)
        program.terminate()
        pipe.unlink()
    again = begun(start, data, annotations_root, 5)
    again.quit()
    assert labels(annotations_root) == given


def test_a_share_that_does_not_answer_at_the_start_is_named(
    start: Start, tmp_path: Path, annotations_root: Path
) -> None:
    data = make_blocks(tmp_path / "data", block_names(3))
    (annotations_root / "users").mkdir(parents=True)
    pipe = annotations_root / "users" / "alice.json"
    os.mkfifo(pipe)
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    writer = os.open(pipe, os.O_WRONLY)
    assert f"{annotations_root} has not answered" in program.wait("page", name="slow")["text"]
    os.close(writer)
    program.wait("frame", block="block_0000")
    program.terminate()
