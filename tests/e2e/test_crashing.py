"""When it goes wrong: in a slot, a thread, a paint event, vispy, a frame and C code; what the user sees, and keeps."""

from __future__ import annotations

import json
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.e2e.files import decided, labels, make_blocks
from tests.e2e.program import Program, ProgramError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.conftest import Start

    Break = Callable[[str], None]

RETRY = (565, 351)
"""The button on the page of a block that cannot be shown, on a screen of 1366 x 768."""


@pytest.fixture
def arguments(tmp_path: Path) -> list[str | Path]:
    """Return a command line that needs no login: three blocks of noise, an empty annotations folder, alice."""
    make_blocks(tmp_path / "cohort_17", [f"block_{number:04d}" for number in range(3)])
    annotations = tmp_path / "annotations"
    (annotations / "journal").mkdir(parents=True)
    return [tmp_path / "cohort_17", "--annotations-root", annotations, "--user", "alice"]


@pytest.fixture
def broken(tmp_path: Path) -> Break:
    """Return what breaks the program that runs, in the way that a name says."""
    folder = tmp_path / "breaking"
    folder.mkdir()

    def break_it(kind: str) -> None:
        (folder / kind).touch()

    return break_it


@pytest.fixture
def begin(start: Start, tmp_path: Path, arguments: list[str | Path], broken: Break) -> Callable[[], Program]:
    """Return what starts the program that can be broken, and waits for its first block."""
    command = [sys.executable, "-m", "tests.e2e.crashing", str(tmp_path / "breaking")]

    def begin_one() -> Program:
        program = start(*arguments, command=command, check_stderr=False)
        program.wait("page", name="placed")
        program.wait("page", name="canvas")
        return program

    return begin_one


def runs(tmp_path: Path) -> list[str]:
    """Return the endings of the files that runs have left, without their logs."""
    return sorted(path.suffix for path in (tmp_path / "home/state/cytoscribe/runs").iterdir() if path.suffix != ".log")


@pytest.mark.parametrize(
    ("kind", "text", "where"),
    [
        ("slot", "ValueError: the slot of", "in the window"),
        ("paint", "OSError: cannot be painted", "in the window"),
        ("vispy", "RuntimeError: in a callback of vispy", "in the drawing part"),
        ("thread", "ValueError: in a thread", "in the background (alone)"),
    ],
)
def test_an_error_has_a_dialog_and_the_work_goes_on(
    begin: Callable[[], Program], broken: Break, tmp_path: Path, kind: str, text: str, where: str
) -> None:
    program = begin()
    broken(kind)
    assert program.wait("caught")["where"] == where
    shown = program.wait("crash_dialog")
    assert text in shown["text"]
    assert "All your decisions are in the annotations folder" in shown["safe"]
    program.wait("report_ready")
    program.focus("Something went wrong")
    program.keys("Escape")
    program.wait("report_closed", wish="go_on")
    program.focus("Cytoscribe -")
    program.keys("2")
    program.wait("decision", kind="annotate")
    program.quit()
    assert labels(tmp_path / "annotations") == {"block_0000": 2}
    assert runs(tmp_path) == []
    assert text in program.stderr()


def test_the_same_error_has_one_dialog_and_another_is_told_in_it(begin: Callable[[], Program], broken: Break) -> None:
    program = begin()
    broken("slot")
    program.wait("crash_dialog")
    broken("other_slot")
    program.wait("caught", kind="KeyError")
    program.wait("report_ready")  # once more, with the other error in its log
    program.focus("Something went wrong")
    program.keys("Escape")
    program.wait("report_closed")
    broken("slot")
    told = program.wait("message", level="error")["text"]
    assert told.startswith("The same error again, a second time: ValueError: the slot of")
    assert len(program.named("crash_dialog")) == 1
    program.focus("Cytoscribe -")
    program.quit()


def test_a_storm_of_errors_leaves_the_program_usable(
    begin: Callable[[], Program], broken: Break, tmp_path: Path
) -> None:
    program = begin()
    broken("storm")
    program.wait("crash_dialog")
    program.focus("Something went wrong")
    program.keys("Escape")
    program.wait("report_closed")
    program.focus("Cytoscribe -")
    program.keys("1", "2", "3", interval=0.4)
    program.wait("decision", block="block_0002", value=3)
    program.wait("message", level="error")
    program.quit()
    assert labels(tmp_path / "annotations") == {"block_0000": 1, "block_0001": 2, "block_0002": 3}
    assert len(program.named("crash_dialog")) == 1
    log = next((tmp_path / "home/state/cytoscribe/runs").glob("*.log")).read_text(encoding="utf-8")
    assert log.count("a storm") <= 2 * 3  # the line that raises and the error, thrice
    assert "8 times by now" in log


def test_a_draw_call_that_fails_has_a_page_with_retry(begin: Callable[[], Program], broken: Break) -> None:
    program = begin()
    broken("draw")
    assert "the drawing failed" in program.wait("block_failed")["text"]
    program.keys("1")
    program.wait("key_refused", stage="error")
    assert program.named("crash_dialog") == []
    broken("draw_well")
    program.wait("mended")
    program.click(*RETRY)
    program.wait("page", name="canvas", block="block_0000")
    program.quit()


def test_what_could_not_be_put_in_safety_is_said(begin: Callable[[], Program], broken: Break) -> None:
    program = begin()
    broken("unsafe")
    broken("slot")
    said = program.wait("crash_dialog")["safe"]
    assert "This could not be put in safety: decisions." in said
    assert "All that you painted is saved." in said


def test_quit_in_the_dialog_ends_the_program_with_all_saved(
    begin: Callable[[], Program], broken: Break, tmp_path: Path
) -> None:
    program = begin()
    program.keys("3")
    program.wait("page", name="canvas", block="block_0001")
    program.keys("c")
    program.wait("action", name="comment")
    program.type("half a comment")
    broken("slot")
    program.wait("crash_dialog")
    program.focus("Something went wrong")
    program.keys("alt+q")
    program.wait_end()
    assert labels(tmp_path / "annotations")["block_0000"] == 3
    assert ("comment", "block_0001", "half a comment") in decided(tmp_path / "annotations")
    assert runs(tmp_path) == []


def test_the_report_is_saved_without_names(begin: Callable[[], Program], broken: Break, tmp_path: Path) -> None:
    program = begin()
    program.keys("2")
    program.wait("decision")
    broken("slot")
    program.wait("report_ready")
    program.focus("Something went wrong")
    program.type("I pressed two")
    program.keys("alt+s")
    program.focus("Save a report")
    program.keys("ctrl+a")
    program.type(str(tmp_path / "sent"))
    program.keys("Return")
    path = tmp_path / "sent.zip"
    program.wait("report_saved", path=str(path))
    with zipfile.ZipFile(path) as file:
        texts = {name: file.read(name).decode() for name in file.namelist()}
    whole = "\n".join(texts.values())
    for private in ("alice", "block_000", "cohort_17", str(tmp_path), "/data/anna", ".tif"):
        assert private not in whole
    assert set(texts) == {"report.txt", "log.txt", "settings.json"}
    for kept in (
        "ValueError: the slot of",
        "tests/e2e/crashing.py",
        "What is not inside",
        "I pressed two",
        "Graphics: ",
        "numpy: ",
    ):
        assert kept in texts["report.txt"]
    assert json.loads(texts["settings.json"])["auto_advance"] is True
    assert "Traceback" in texts["log.txt"]
    program.focus("Something went wrong")
    program.keys("Escape")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("c", "Cytoscribe crashed when it last ran (Segmentation fault)."),
        ("qt_fatal", "Cytoscribe crashed when it last ran ([A qFatal() call"),
        ("", "it was ended by force, or the computer went off."),
    ],
)
def test_a_crash_is_told_at_the_next_start_once(
    begin: Callable[[], Program], broken: Break, tmp_path: Path, kind: str, words: str
) -> None:
    program = begin()
    program.keys("2")
    program.wait("decision")
    if kind:
        broken(kind)
        with pytest.raises(ProgramError, match="ended"):
            program.wait("never")
    else:
        program.kill()
    assert runs(tmp_path) == [".run"]
    second = begin()
    notice = second.seen("crash_notice")
    assert words in notice["text"]
    assert bool(kind) == ("most recent call first" in notice["crash"])
    assert runs(tmp_path) == [".run", ".seen"]
    second.quit()
    assert labels(tmp_path / "annotations") == {"block_0000": 2}
    third = begin()
    third.keys("3")
    third.wait("decision")
    assert third.named("crash_notice") == []
    third.quit()


def test_a_program_that_runs_is_not_taken_for_a_crash(begin: Callable[[], Program], start: Start) -> None:
    first = begin()
    second = start(command=[sys.executable, "-m", "app", "--user", "bob"])
    second.wait("page", name="canvas", timeout=60)
    second.quit()
    assert second.named("crash_notice") == []
    first.quit()
    assert first.stderr() == ""


def test_messages_of_qt_go_to_the_log(begin: Callable[[], Program], broken: Break, tmp_path: Path) -> None:
    program = begin()
    broken("qt_warning")
    broken("deletion")
    broken("slot")
    program.wait("crash_dialog")
    program.terminate()
    log = next((tmp_path / "home/state/cytoscribe/runs").glob("*.log")).read_text(encoding="utf-8")
    assert "WARNING cytoscribe.qt: a warning of Qt" in log
    assert "cannot be deleted" in log
    assert "a warning of Qt" in program.stderr()


def test_a_program_that_cannot_start_says_so(
    start: Start, tmp_path: Path, arguments: list[str | Path], broken: Break
) -> None:
    broken("start")
    command = [sys.executable, "-m", "tests.e2e.crashing", str(tmp_path / "breaking")]
    program = start(*arguments, command=command, check_stderr=False)
    program.focus("Cytoscribe could not start")
    program.keys("Escape")
    with pytest.raises(ProgramError, match="1"):
        program.wait_end()
    assert "the drawing failed" in program.stderr()
    assert runs(tmp_path) == []


def test_without_a_folder_to_write_the_log_is_in_memory_and_that_is_said_once(
    start: Start, tmp_path: Path, arguments: list[str | Path]
) -> None:
    file = tmp_path / "no folder"
    file.touch()
    program = start(*arguments, environment={"XDG_STATE_HOME": str(file)}, check_stderr=False)
    program.wait("page", name="canvas")
    program.quit()
    assert program.stderr().count("The log is kept in memory only") == 1
