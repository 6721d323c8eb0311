"""A second start with the same data: the window that runs comes to the front, and never one in its place is lost."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.e2e.display import Display
from tests.e2e.files import block_names, make_blocks, write_channel
from tests.e2e.program import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.conftest import Start
    from tests.e2e.program import Program


@pytest.fixture
def display() -> Iterator[Display]:
    """One screen for all programs of a test."""
    with Display(1366, 768) as made:
        yield made


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return make_blocks(tmp_path / "data", block_names(3))


def ended(program: Program) -> str:
    """Wait until the program has ended with 0; return what it said."""
    program.wait_end()
    return program.stdout()


def test_the_same_data_bring_the_window_to_the_front(
    start: Start, display: Display, data: Path, annotations_root: Path
) -> None:
    arguments = (data, "--annotations-root", annotations_root, "--user", "alice")
    first = start(*arguments, display=display)
    first.wait("frame", block="block_0000")
    for again in (arguments, (data,), (f"{data}/",), (data, "--user", "Alice")):
        second = start(*again, display=display)
        assert f"{data} is open already" in ended(second)
        assert not second.named("window_shown")
        first.wait("second_start", raised=True)
    first.quit()

    third = start(*arguments, display=display)  # nobody is there any more
    third.wait("frame", block="block_0000")
    third.quit()


def test_what_is_other_work_opens_a_window(
    start: Start, display: Display, data: Path, annotations_root: Path, tmp_path: Path
) -> None:
    first = start(data, "--annotations-root", annotations_root, "--user", "alice", display=display)
    first.wait("frame", block="block_0000")
    other = make_blocks(tmp_path / "other", block_names(1))
    for again in (
        (data, "--annotations-root", annotations_root, "--user", "bob"),
        (data, "--annotations-root", tmp_path / "elsewhere", "--user", "alice"),
        (other, "--user", "alice"),
        (data, "--annotations-root", annotations_root, "--user", "alice", "--new-window"),
        (data, "--annotations-root", annotations_root, "--user", "alice", "--safe-mode"),
    ):
        second = start(*again, display=display)
        second.wait("window_shown")
        second.terminate()
    assert not first.named("second_start", raised=True)
    first.terminate()


def test_the_second_window_of_the_same_data_answers_too(
    start: Start, display: Display, data: Path, annotations_root: Path
) -> None:
    alice = start(data, "--annotations-root", annotations_root, "--user", "alice", display=display)
    alice.wait("frame", block="block_0000")
    bob = start(data, "--annotations-root", annotations_root, "--user", "bob", display=display)
    bob.wait("frame", block="block_0000")
    assert "is open already" in ended(start(data, "--user", "bob", display=display))
    bob.wait("second_start", raised=True)
    alice.terminate()
    bob.terminate()


def test_a_file_of_the_same_data_comes_on_screen(
    start: Start, display: Display, tmp_path: Path, annotations_root: Path
) -> None:
    for name in ("a", "b", "c"):
        write_channel(tmp_path / "data" / f"{name}.tif", np.zeros((4, 16, 16), np.uint16))
    arguments = ("--annotations-root", annotations_root, "--user", "alice")
    first = start(tmp_path / "data", *arguments, display=display)
    first.wait("frame", block="a.tif")
    ended(start(tmp_path / "data" / "c.tif", *arguments, display=display))
    first.wait("frame", block="c.tif")
    first.terminate()


def test_a_program_that_was_killed_or_hangs_is_in_nobodys_way(
    start: Start, display: Display, data: Path, annotations_root: Path
) -> None:
    arguments = (data, "--annotations-root", annotations_root, "--user", "alice")
    first = start(*arguments, display=display)
    first.wait("frame", block="block_0000")
    first.kill()
    second = start(*arguments, display=display)
    second.wait("frame", block="block_0000")
    os.kill(second.pid, signal.SIGSTOP)
    try:
        third = start(*arguments, display=display)
        third.wait("frame", block="block_0000")
    finally:
        os.kill(second.pid, signal.SIGCONT)
    assert "is open already" in ended(start(*arguments, display=display))
    third.terminate()
    second.terminate()


def test_impatient_double_clicks_make_one_window(
    start: Start, display: Display, data: Path, annotations_root: Path
) -> None:
    arguments = (data, "--annotations-root", annotations_root, "--user", "alice")
    programs = [start(*arguments, display=display) for _ in range(3)]
    for _ in programs[1:]:
        running = {os.pidfd_open(program.pid): program for program in programs if program.is_running}
        assert select.select(list(running), [], [], 20)[0]
        for one in running:
            os.close(one)
    (left,) = [program for program in programs if program.is_running]
    left.seen("frame", block="block_0000")
    left.terminate()


def test_another_screen_is_left_alone(start: Start, data: Path, annotations_root: Path) -> None:
    """Whoever sits at another screen would see nothing of a window that comes to the front."""
    arguments = (data, "--annotations-root", annotations_root, "--user", "alice")
    first, second = start(*arguments), start(*arguments)
    first.wait("frame", block="block_0000")
    second.wait("frame", block="block_0000")


def test_rubbish_is_not_answered(start: Start, display: Display, data: Path, annotations_root: Path) -> None:
    with TemporaryDirectory(prefix="run") as runtime:  # addresses of sockets must be short
        environment = {"XDG_RUNTIME_DIR": runtime}
        arguments = (data, "--annotations-root", annotations_root, "--user", "alice")
        program = start(*arguments, display=display, environment=environment)
        program.wait("frame", block="block_0000")
        (address,) = Path(runtime).glob("cytoscribe-*-0")
        _send_rubbish(address)
        program.keys("1")
        program.wait("decision", block="block_0000")
        program.quit()


def _send_rubbish(address: Path) -> None:
    code = (
        "import socket, sys\n"
        "for text in (b'\\n', b'[]\\n', b'{\"annotator\": 3}\\n', b'\\xff\\n', b'x' * 200_000):\n"
        "    end = socket.socket(socket.AF_UNIX); end.settimeout(10); end.connect(sys.argv[1])\n"
        "    try:\n"
        "        end.sendall(text); assert end.recv(9) == b'', text\n"
        "    except (BrokenPipeError, ConnectionResetError): pass\n"
    )
    subprocess.run([sys.executable, "-c", code, str(address)], check=True, timeout=60, cwd=ROOT)
