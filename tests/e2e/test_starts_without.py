"""Starts without what is usually there: a home that can be written, a temporary folder, a locale, data, a screen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.display import Display
from tests.e2e.files import block_names, labels, make_blocks
from tests.e2e.program import ROOT
from tests.e2e.test_bad_input import click_proposed
from tests.e2e.test_full_disks import fill, mount, small_disk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start
    from tests.e2e.program import Program

__all__ = ["small_disk"]
PLACES = ("CONFIG", "STATE", "DATA", "CACHE")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return make_blocks(tmp_path / "data", block_names(3))


def judge_and_quit(program: Program, annotations_root: Path) -> None:
    """The work goes on: a decision arrives in the annotations folder."""
    program.seen("frame", block="block_0000")
    program.keys("2")
    program.wait("decision", block="block_0000", value=2)
    program.wait_until_saved()
    program.quit()
    assert labels(annotations_root) == {"block_0000": 2}


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program until it ends by itself, without a screen unless the environment names one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QT_", "ANNOTATOR_"))}
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        kept.pop(name, None)
    return subprocess.run(
        [sys.executable, "-m", "app", *map(str, arguments)],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a screen")
@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({}, "neither DISPLAY nor WAYLAND_DISPLAY is set"),
        ({"DISPLAY": ":4711"}, "DISPLAY is :4711"),
        ({"DISPLAY": "localhost:4711.0", "QT_QPA_PLATFORM": "xcb"}, "DISPLAY is localhost:4711.0"),
    ],
)
def test_without_a_screen(environment: dict[str, str], named: str) -> None:
    done = run(**environment)
    assert done.returncode == 2
    assert done.stdout == ""
    assert named in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_record_that_cannot_be_written(tmp_path: Path) -> None:
    with Display(800, 600) as display:
        done = run("--log-json", tmp_path / "none" / "log.jsonl", DISPLAY=display.name)
    assert done.returncode == 2
    assert str(tmp_path / "none" / "log.jsonl") in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_without_write_access_to_home(
    start: Start, tmp_path: Path, data: Path, annotations_root: Path, small_disk: Path
) -> None:
    home = small_disk / "home"
    home.mkdir()
    assert mount("-o", "remount,ro", small_disk)
    places = {f"XDG_{name}_HOME": str(home / name) for name in PLACES}
    environment = {"HOME": str(home), **places}
    program = start(
        *(data, "--annotations-root", annotations_root, "--user", "alice"), environment=environment, check_stderr=False
    )
    program.wait("frame", block="block_0000")
    judge_and_quit(program, annotations_root)
    said = [one["text"] for one in program.named("message", level="warning")]
    (of_settings,) = [text for text in said if text.startswith("Settings cannot be kept: ")]
    assert str(home / "CONFIG") in of_settings
    assert "read-only" in of_settings
    assert len([text for text in said if "straight to the annotations folder" in text]) == 1
    assert len(said) == 2
    assert "Traceback" not in program.stderr()


def test_without_write_access_and_without_an_annotations_folder(start: Start, tmp_path: Path, data: Path) -> None:
    (tmp_path / "file").write_text("a file where the home folder should be", encoding="utf-8")
    places = {f"XDG_{name}_HOME": str(tmp_path / "file" / name) for name in PLACES}
    program = start(data, "--user", "alice", environment=places, check_stderr=False)
    text = program.wait("page", name="error")["text"]
    assert "annotations folder that you can write to" in text
    assert str(tmp_path / "file") in text
    program.quit()
    sample = start(environment=places, check_stderr=False)
    sample.wait("page", name="login")
    assert str(tmp_path / "file") in sample.wait("page", name="error")["text"]
    sample.quit()
    assert "Traceback" not in program.stderr() + sample.stderr()


def test_a_full_disk(start: Start, data: Path, annotations_root: Path, small_disk: Path) -> None:
    fill(small_disk)
    places = {f"XDG_{name}_HOME": str(small_disk / name) for name in PLACES}
    program = start(data, "--annotations-root", annotations_root, "--user", "alice", environment=places)
    program.wait("frame", block="block_0000")
    assert "the disk is full" in program.seen("message", level="warning")["text"]
    judge_and_quit(program, annotations_root)


def test_a_home_that_nobody_named(start: Start, data: Path, annotations_root: Path) -> None:
    command = ("env", "-u", "HOME", sys.executable, "-m", "app")
    program = start(data, "--annotations-root", annotations_root, "--user", "alice", command=command)
    judge_and_quit(program, annotations_root)


def test_without_a_utf8_locale(start: Start, tmp_path: Path) -> None:
    data = make_blocks(tmp_path / "Größe 😀", ["Präparat/block_0000", "Präparat/block_0001"])
    for number, variables in enumerate(({"LC_ALL": "C"}, {"LC_ALL": "", "LANG": "C"})):
        root = tmp_path / f"Annötations {number}"
        (root / "journal").mkdir(parents=True)
        program = start(
            *(data, "--annotations-root", root, "--user", "alice"), environment=variables, check_stderr=False
        )
        block = f"Präparat/block_000{number}"  # the second start goes on where the first one ended
        program.wait("frame", block=block)
        program.keys("2")
        program.wait("decision", block=block, value=2)
        if number == 0:
            program.wait("page", name="canvas", block="Präparat/block_0001")
        program.quit()
        assert labels(root) == {block: 2}
        assert "Traceback" not in program.stderr()


def test_a_temporary_folder_that_cannot_be_written(
    start: Start, data: Path, annotations_root: Path, small_disk: Path
) -> None:
    assert mount("-o", "remount,ro", small_disk)
    environment = {"TMPDIR": str(small_disk), "XDG_RUNTIME_DIR": str(small_disk)}
    program = start(
        *(data, "--annotations-root", annotations_root, "--user", "alice"), environment=environment, check_stderr=False
    )
    judge_and_quit(program, annotations_root)
    assert "Traceback" not in program.stderr()


def test_very_long_paths(start: Start, tmp_path: Path) -> None:
    parent = tmp_path / "/".join(["ä" * 100] * 6)
    data, root = make_blocks(parent / "data", block_names(2)), parent / "annotations"
    (root / "journal").mkdir(parents=True)
    program = start(data, "--annotations-root", root, "--user", "alice")
    judge_and_quit(program, root)
    longer = tmp_path / "/".join(["x" * 200] * 25)
    other = start(longer, "--annotations-root", root, "--user", "alice")
    assert "too long" in other.wait("page", name="error")["text"]
    other.quit()


def test_a_data_folder_that_cannot_be_read(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    program = start(tmp_path / "circle", "--annotations-root", annotations_root, "--user", "alice")
    assert str(tmp_path / "circle") in program.wait("page", name="error")["text"]
    program.quit()


def test_what_does_not_exist_is_a_page_that_can_be_tried_again(
    start: Start, tmp_path: Path, annotations_root: Path
) -> None:
    annotations = ("--annotations-root", annotations_root, "--user", "alice")
    program = start(tmp_path / "later" / "block_0001", *annotations)
    assert "does not exist" in program.wait("page", name="error")["text"]
    make_blocks(tmp_path / "later", block_names(2))
    click_proposed(program)
    program.wait("frame", block="block_0001")
    program.quit()


@pytest.mark.parametrize("content", ["", "[1]", "\0\0\0", '{"recent": 3, "annotators": ["zoe"]}', "{" * 10_000])
def test_broken_settings(start: Start, tmp_path: Path, data: Path, annotations_root: Path, content: str) -> None:
    settings = tmp_path / "home" / "config" / "cytoscribe" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(content, encoding="utf-8")
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    judge_and_quit(program, annotations_root)
    assert "alice" in json.loads(settings.read_text(encoding="utf-8"))["annotators"]


def test_safe_mode_neither_reads_nor_writes_settings(
    start: Start, tmp_path: Path, data: Path, annotations_root: Path
) -> None:
    settings = tmp_path / "home" / "config" / "cytoscribe" / "settings.json"
    settings.parent.mkdir(parents=True)
    content = json.dumps({"annotators": ["zoe"], "annotation_roots": {str(data): "/nowhere"}, "splitter": "broken"})
    settings.write_text(content, encoding="utf-8")
    program = start(data, "--annotations-root", annotations_root, "--safe-mode")
    assert program.wait("names_offered")["names"] == []
    program.seen("window_shown")
    assert program.seen("plain_view")["text"].startswith("Safe mode")
    program.type("alice")
    program.keys("Return")
    program.wait("frame", block="block_0000")
    judge_and_quit(program, annotations_root)
    assert settings.read_text(encoding="utf-8") == content
    assert [one.name for one in settings.parent.iterdir()] == ["settings.json"]
