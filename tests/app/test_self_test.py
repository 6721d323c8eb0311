"""The self-test: what works is ok, and each part that is broken for a real reason is told by its name."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pytest

from app.self_test import imports
from app.self_test.checks import CHECKS
from app.self_test.command import exit_code, line_of, total
from app.self_test.drawing import _compare
from app.self_test.result import FAILED, OK, SKIPPED, Failure, Result, from_line
from app.self_test.watching import watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from app.self_test.check import Check

ROOT = Path(__file__).resolve().parents[2]
MAY_BE_SKIPPED = {"annotations folder", "Parquet"}
DRAWN = {check.name for check in CHECKS if check.draws}


def run(*arguments: str, **environment: str | None) -> subprocess.CompletedProcess[str]:
    """Run `cytoscribe --self-test`; variables that are None are taken away."""
    variables = {**os.environ, **environment}
    kept = {name: value for name, value in variables.items() if value is not None}
    command = [sys.executable, "-m", "app", "--self-test", *arguments]
    return subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, check=False, timeout=110)


def checks(*names: str) -> list[Check]:
    found = [check for check in CHECKS if check.name in names]
    assert len(found) == len(names)
    return found


def results(*names: str, draws: bool = True, root: Path | None = None) -> dict[str, Result]:
    return {result.name: result for result in watch(None, root, draws, checks(*names))}


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def shim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder from which the processes of the test import before they look where libraries are installed."""
    folder = tmp_path / "shim"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(folder), os.environ.get("PYTHONPATH", ""))))
    return folder


def test_an_installation_that_works(tmp_path: Path) -> None:
    folders = {
        f"XDG_{kind}_HOME": str(tmp_path / "home" / kind.lower()) for kind in ("CONFIG", "STATE", "DATA", "CACHE")
    }
    (tmp_path / "home").mkdir()
    (tmp_path / "temporary").mkdir()
    done = run("--json", TMPDIR=str(tmp_path / "temporary"), HOME=str(tmp_path / "home"), **folders)
    assert done.stderr == ""
    told = json.loads(done.stdout)
    outcomes = {row["name"]: row["outcome"] for row in told["checks"]}
    sentences = {row["name"]: row["sentence"] for row in told["checks"]}
    assert list(outcomes) == [check.name for check in CHECKS]
    assert {name for name, outcome in outcomes.items() if outcome == FAILED} == set(), sentences
    assert {name for name, outcome in outcomes.items() if outcome == SKIPPED} <= MAY_BE_SKIPPED
    assert (done.returncode, told["exit_code"]) == (0, 0)
    assert "OpenGL" in sentences["OpenGL"]
    assert list((tmp_path / "temporary").iterdir()) == []
    if sys.platform.startswith("linux"):  # elsewhere the folders of the user are not found by these variables
        made = [path for path in files_of(tmp_path / "home") if "cytoscribe" in str(path).casefold()]
        assert made == []


def test_without_a_display_the_rest_is_tested_and_the_exit_code_says_so() -> None:
    gone: dict[str, str | None] = {"DISPLAY": None, "WAYLAND_DISPLAY": None, "QT_QPA_PLATFORM": None}
    if not sys.platform.startswith("linux"):
        pytest.skip("there is always a display")
    done = run(**gone)
    lines = done.stdout.splitlines()
    skipped = {line[8:42].strip() for line in lines if line.startswith("skipped") and "no display" in line}
    assert skipped == DRAWN
    assert not any(line.startswith("failed") for line in lines), done.stdout
    assert done.returncode == 2


def test_exit_codes() -> None:
    fine, broken, left = (Result("a", outcome, 0.1, "Said.") for outcome in (OK, FAILED, SKIPPED))
    assert exit_code([fine, left], is_drawing_settled=True) == 0
    assert exit_code([fine, left], is_drawing_settled=False) == 2
    assert exit_code([fine, broken], is_drawing_settled=False) == 1
    assert exit_code([], is_drawing_settled=True) == 1
    assert total([fine, broken, left], 1.0).startswith("1 of 3 checks are ok, 1 failed, 1 skipped")
    assert line_of(broken).startswith("failed  a ")
    assert from_line(broken.to_line()) == broken


def test_a_library_that_cannot_be_loaded_is_named(shim: Path) -> None:
    (shim / "openpyxl.py").write_text("raise ImportError('libfoo.so is missing')\n")
    found = results("modules loaded late", "tables in files", "votes")
    assert {name: result.outcome for name, result in found.items()} == {
        "modules loaded late": FAILED,
        "tables in files": FAILED,
        "votes": OK,
    }
    assert "openpyxl" in found["modules loaded late"].sentence
    assert all("libfoo.so is missing" in found[name].sentence for name in ("modules loaded late", "tables in files"))
    assert exit_code(list(found.values()), is_drawing_settled=True) == 1


def test_a_codec_that_is_missing_is_named(shim: Path) -> None:
    (shim / "sitecustomize.py").write_text("import sys\nsys.modules['imagecodecs._zstd'] = None\n")
    found = results("TIFF compressions")["TIFF compressions"]
    assert found.outcome == FAILED
    assert "Zstandard" in found.sentence
    assert "LZW" not in found.sentence


def test_what_hangs_ends_by_its_name_and_the_rest_goes_on(shim: Path) -> None:
    (shim / "openpyxl.py").write_text("import threading\nthreading.Event().wait()\n")
    hanging, after = checks("tables in files", "OpenGL")
    found = {result.name: result for result in watch(checks=[replace(hanging, limit_s=4.0), after])}
    assert found["tables in files"].outcome == FAILED
    assert found["tables in files"].sentence == "It was not through after 4 seconds."
    assert found["OpenGL"].outcome == OK


def test_what_crashes_the_process_is_told_by_its_name_and_the_rest_goes_on(shim: Path) -> None:
    (shim / "openpyxl.py").write_text("import ctypes\nctypes.string_at(0)\n")
    found = results("votes", "tables in files", "Parquet")
    assert [result.outcome for result in found.values()][:2] == [OK, FAILED]
    assert found["Parquet"].outcome in (OK, SKIPPED)
    assert "ended the process" in found["tables in files"].sentence
    if os.name == "posix":
        assert "SIGSEGV" in found["tables in files"].sentence


def test_a_platform_that_qt_cannot_load_is_said_in_qts_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "no-such-platform")
    found = results("OpenGL", "slice", "votes")
    assert found["slice"].outcome == SKIPPED
    assert found["votes"].outcome == OK
    assert found["OpenGL"].outcome == FAILED
    assert "no-such-platform" in found["OpenGL"].sentence


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the variable is of Qt on X11")
def test_without_opengl_only_what_needs_it_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_XCB_GL_INTEGRATION", "none")
    found = results("OpenGL", "slice", "volume, mip", "slice without OpenGL")
    assert [result.outcome for result in found.values()] == [FAILED, SKIPPED, SKIPPED, OK]
    assert "No usable OpenGL" in found["OpenGL"].sentence


def test_a_wrong_pixel_is_noticed() -> None:
    picture = np.full((4, 5, 3), 0.5)
    _compare(picture + 0.005, picture, "slice")
    wrong = picture.copy()
    wrong[2, 3, 1] = 0.625
    with pytest.raises(Failure, match=r"slice: 1 of 20 pixels are wrong, by up to 32 of 255\. The graphics driver"):
        _compare(wrong, picture, "slice")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the variable is of Linux")
def test_settings_that_cannot_be_used_are_named_and_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "cytoscribe").mkdir()
    path = tmp_path / "cytoscribe" / "settings.json"
    path.write_text("{not JSON")
    found = results("your folders")["your folders"]
    assert found.outcome == FAILED
    assert str(path) in found.sentence
    assert files_of(tmp_path) == {path: b"{not JSON"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the variable is of Linux")
def test_a_bad_value_in_the_settings_costs_no_check_but_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "cytoscribe").mkdir()
    path = tmp_path / "cytoscribe" / "settings.json"
    path.write_text('{"theme": "pink", "font_percent": 110}')
    found = results("your folders")["your folders"]
    assert (found.outcome, found.sentence.partition("Not used of the settings: ")[2]) == (OK, "theme.")
    assert files_of(tmp_path) == {path: b'{"theme": "pink", "font_percent": 110}'}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the variable is of Linux")
def test_a_state_folder_that_is_no_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    (tmp_path / "file").write_text("")
    found = results("your folders")["your folders"]
    assert found.outcome == FAILED
    assert str(tmp_path / "file" / "cytoscribe") in found.sentence


def test_the_share_is_only_read(tmp_path: Path) -> None:
    journal = tmp_path / "share" / "journal" / "alice" / "a.jsonl"
    journal.parent.mkdir(parents=True)
    journal.write_text('{"n": 0}\n{"n": 1}\n')
    before = files_of(tmp_path)
    found = results("annotations folder", root=tmp_path / "share")["annotations folder"]
    assert found.outcome == OK
    assert "1 journal of 1 annotator" in found.sentence
    assert files_of(tmp_path) == before
    missing = results("annotations folder", root=tmp_path / "nowhere")["annotations folder"]
    assert missing.outcome == FAILED
    assert str(tmp_path / "nowhere") in missing.sentence


@pytest.mark.skipif(os.name != "posix", reason="a process of Windows does not learn that its parent has gone")
def test_a_test_that_nobody_waits_for_ends_and_leaves_nothing(tmp_path: Path, qtbot: QtBot) -> None:
    code = "from app.self_test.watching import watch\nfor result in watch(draws=False): print(result.name, flush=True)"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | {"TMPDIR": str(tmp_path)}, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"program\n"
        [child] = psutil.Process(parent.pid).children()
        parent.kill()
    qtbot.waitUntil(lambda: not child.is_running(), timeout=60_000)
    assert list(tmp_path.iterdir()) == []


def test_without_a_temporary_folder_nothing_is_tested(tmp_path: Path) -> None:
    code = (
        "import tempfile\n"
        f"tempfile.tempdir = {str(tmp_path / 'gone')!r}\n"
        "from app.self_test.command import main\n"
        "raise SystemExit(main(['--no-display']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "failed  temporary folder" in done.stdout


def test_lazy_imports_are_those_of_the_syntax_trees() -> None:
    """The self-test reads them from compiled code, since a frozen program has no sources."""
    for package in imports.OWN:
        for path in (ROOT / package).rglob("*.py"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            wanted = set(written(ast.parse(path.read_text(encoding="utf-8"))))
            assert set(imports.lazy_imports(name)) == wanted, name


def test_every_module_is_found() -> None:
    files = {path for package in imports.OWN for path in (ROOT / package).rglob("*.py")}
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in files}
    assert set(imports.own_modules()) == names


def test_the_command_loads_no_qt_and_no_numpy() -> None:
    code = (
        "import sys, app.self_test.command\n"
        "print([name for name in sys.modules if name.startswith(('PySide6', 'vispy', 'numpy', 'msgspec'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def written(tree: ast.AST, is_in_function: bool = False) -> Iterator[tuple[str, str]]:
    """Yield (module, name) of the imports within functions, as they are written."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
            case ast.Import(names=names) if is_in_function:
                yield from ((alias.name, "") for alias in names if not is_of_python(alias.name))
            case ast.ImportFrom(module=str(module), names=names) if is_in_function:
                yield from ((module, alias.name) for alias in names if not is_of_python(module))
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from written(node, is_in_function or is_function)


def is_of_python(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names
