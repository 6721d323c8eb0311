"""Files of runs: whose run is dead, what is known of it, and what is kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from app.run_files import RunFiles

ROOT = Path(__file__).resolve().parents[2]
_DYING = """
import os, sys
from pathlib import Path
from app.run_files import RunFiles
files = RunFiles(Path(sys.argv[1]))
files.file.write(b"Fatal Python error: a test\\n")
files.log_file.write_text("the last line")
print(files.name)
os._exit(3)
"""


def dead(state: Path) -> str:
    """Let another process die; return the name of its run."""
    command = [sys.executable, "-c", _DYING, str(state)]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False).stdout.strip()


def names(state: Path) -> set[str]:
    """Return the names of the files that are there."""
    return {path.name for path in (state / "runs").iterdir()}


def test_a_run_that_ends_leaves_nothing(tmp_path: Path) -> None:
    files = RunFiles(tmp_path)
    assert names(tmp_path) == {f"{files.name}.run"}
    files.end()
    assert names(tmp_path) == set()


def test_a_dead_run_is_found_once_with_its_crash_and_its_log(tmp_path: Path) -> None:
    name = dead(tmp_path)
    files = RunFiles(tmp_path)
    found = files.take_dead()
    assert [(one.name, one.crash, one.log) for one in found] == [
        (name, "Fatal Python error: a test\n", "the last line")
    ]
    assert files.take_dead() == []
    assert names(tmp_path) == {f"{name}.seen", f"{name}.log", f"{files.name}.run"}
    files.end()


def test_a_run_that_goes_on_is_left_alone(tmp_path: Path) -> None:
    first = RunFiles(tmp_path)
    code = "import sys; from pathlib import Path; from app.run_files import RunFiles; "
    code += "print(RunFiles(Path(sys.argv[1])).take_dead())"
    command = [sys.executable, "-c", code, str(tmp_path)]
    assert subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout == "[]\n"
    assert f"{first.name}.run" in names(tmp_path)
    first.end()


def test_old_files_go_but_not_those_of_runs_that_go_on(tmp_path: Path) -> None:
    files = RunFiles(tmp_path)
    folder = tmp_path / "runs"
    assert files.log_file is not None
    files.log_file.touch()
    for number in range(8):
        for suffix in (".log", ".log.1", ".seen"):
            (folder / f"2020010{number}-000000-1{suffix}").touch()
    files.clean()
    kept = {f"2020010{number}-000000-1{suffix}" for number in range(3, 8) for suffix in (".log", ".log.1", ".seen")}
    assert names(tmp_path) == kept | {f"{files.name}.run", f"{files.name}.log"}
    files.end()


def test_a_folder_that_cannot_be_made_is_a_problem_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    files = RunFiles(tmp_path / "file")
    assert files.folder is None
    assert files.log_file is None
    assert os.fspath(tmp_path) in files.problem
    assert files.take_dead() == []
    files.end()
