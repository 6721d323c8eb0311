"""The frozen program on a computer without Python and without development packages."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.files import block_names, labels, make_blocks
from tests.frozen.bare_computer import BareComputer, why_not
from tests.frozen.conftest import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.conftest import Start

pytestmark = pytest.mark.skipif(bool(why_not()) or not shutil.which("xdotool"), reason=why_not() or "needs xdotool")


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[BareComputer]:
    with BareComputer(tmp_path / "computer") as computer:
        computer.add(Path(PROGRAM).parent, "program")
        yield computer


def test_there_is_no_python_and_no_compiler(computer: BareComputer) -> None:
    assert computer.files_called(r"python|libpython|gcc|ld$|.*\.h$|libxcb-cursor") == []


def test_blocks_are_annotated_there(computer: BareComputer, start: Start, tmp_path: Path) -> None:
    make_blocks(computer.root / "data", block_names(3))
    (computer.root / "annotations" / "journal").mkdir(parents=True)
    program = start(
        *("/data", "--annotations-root", "/annotations", "--user", "alice"),
        command=computer.command("/program/cytoscribe"),
        folder=computer.shared(tmp_path / "account"),
        environment={"HOME": "/root", "PATH": "/usr/bin:/bin:/usr/sbin"},
    )
    program.wait("frame", block="block_0000")
    assert not program.named("plain_view")
    program.keys("1")
    program.wait("decision", kind="annotate", block="block_0000", value=1)
    program.wait_until_saved()
    program.quit()
    assert labels(computer.root / "annotations") == {"block_0000": 1}


def test_a_package_that_is_missing_there_is_named(tmp_path: Path) -> None:
    computer = BareComputer(tmp_path / "computer", "libegl1", "libxkbcommon-x11-0")
    computer.add(Path(PROGRAM).parent, "program")
    done = subprocess.run(
        computer.command("/program/cytoscribe"),
        env={"PATH": "/usr/bin:/bin", "HOME": "/root", "DISPLAY": os.environ["DISPLAY"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "this computer lacks libEGL.so.1." in done.stderr  # libxkbcommon-x11 is in the program's own folder
    assert "sudo apt install libegl1\n" in done.stderr
