"""The frozen program: what it says, what it needs, what it writes, how fast it starts and what it weighs."""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import sys
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import psutil
import pytest

from core import measure_morphology
from tests.app.batch_calls import cells, write_labels
from tests.bench.bench_window import idle_memory
from tests.e2e.files import block_names, labels, make_blocks, snapshot, write_classes
from tests.frozen.conftest import PROGRAM, bare, call

if TYPE_CHECKING:
    from tests.e2e.conftest import Start
    from tests.e2e.program import Program

ROOT = Path(__file__).resolve().parents[2]
FROZEN = Path(PROGRAM)
ON_LINUX = sys.platform.startswith("linux")
needs_x = pytest.mark.skipif(not (ON_LINUX and shutil.which("xdotool")), reason="keys are sent through X")
START_LIMIT_S = 1.5
MEMORY_LIMIT_MB = 250
SELF_TEST_LIMIT_S = 60


def tell(name: str, value: float, unit: str, limit: float) -> None:
    """Print a figure as `dev.py bench` does."""
    sys.stdout.write("\n" + json.dumps({"name": name, "value": round(value, 3), "unit": unit, "limit": limit}) + "\n")


def test_version_and_commit_are_those_of_the_checkout(tmp_path: Path) -> None:
    said, _ = call(FROZEN, "--version", environment=bare(tmp_path / "home"))
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert re.fullmatch(rf"Cytoscribe {re.escape(version)} \([0-9a-f]{{12}}(, changed)?\)\n", said)


@pytest.mark.skipif(not ON_LINUX, reason="displays of Linux")
def test_without_a_display_there_is_a_sentence(tmp_path: Path) -> None:
    said, complaint = call(FROZEN, environment=bare(tmp_path / "home"), code=2)
    assert said == ""
    assert complaint == "Cytoscribe needs a screen: neither DISPLAY nor WAYLAND_DISPLAY is set.\n"


@pytest.mark.skipif(not ON_LINUX, reason="libraries of Linux")
def test_a_library_that_the_system_lacks_is_named(tmp_path: Path) -> None:
    (tmp_path / "libGL.so.1").touch()  # the loader takes an empty file for the library, and fails
    hidden = bare(tmp_path / "home", LD_LIBRARY_PATH=str(tmp_path), DISPLAY=os.environ["DISPLAY"])
    _, complaint = call(FROZEN, environment=hidden, code=2)
    assert "this computer lacks libGL.so.1." in complaint
    assert "sudo apt install libgl1\n" in complaint


def annotate(program: Program, key: str, then: str) -> None:
    """Press a class key and wait for its decision and for the next block."""
    program.keys(key)
    program.wait("decision", kind="annotate", value=int(key))
    program.wait("frame", block=then)


@needs_x
def test_open_annotate_and_quit_as_a_person_does(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(5))
    classes = write_classes(tmp_path, ["Inhibitory", "Excitatory", "Unknown"])
    arguments = (data, "--annotations-root", annotations_root, "--user", "alice", "--classes", classes)
    program = start(*arguments, environment={"PATH": "/usr/bin:/bin"})
    program.wait("frame", block="block_0000")
    for number, key in enumerate("213", start=1):
        annotate(program, key, then=f"block_{number:04d}")
    program.keys("u", "ctrl+z")
    program.wait("decision", kind="unsure", value=False)
    program.wait_until_saved()
    program.quit()
    assert labels(annotations_root) == {"block_0000": 2, "block_0001": 1, "block_0002": 3}
    assert set(snapshot(annotations_root)) >= {"username", "created_at", "updated_at", "annotations"}


@needs_x
def test_pictures_are_drawn_with_opengl_in_2d_and_3d(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(2), (16, 64, 64))
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    program.wait("frame", block="block_0000")
    assert not program.named("plain_view"), "OpenGL or vispy is not complete"
    program.keys("v")
    program.wait("frame", mode="3d", fine=True)
    assert np.ptp(program.pixels()) > 100


@pytest.mark.parametrize("jobs", [1, 2])
def test_batch_commands_measure_files_in_processes_of_their_own(tmp_path: Path, jobs: int) -> None:
    for number in range(4):
        write_labels(tmp_path / "labels" / f"{number}.tif", cells() + number * (cells() > 0))
    folders = ("--segmentation", tmp_path / "labels", "--output", f"{tmp_path}/tables/")
    _, complaint = call(
        FROZEN, "measure", "morphology", *folders, "--scale", 1, "--jobs", jobs, environment=bare(tmp_path / "home")
    )
    assert "Traceback" not in complaint
    for number in range(4):
        expected = measure_morphology(cells() + number * (cells() > 0), 1)
        found = pd.read_csv(tmp_path / "tables" / f"{number}.csv")
        pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-14)


def test_every_licence_text_is_there() -> None:
    folder = next(
        one for one in (FROZEN.parent / "licenses", FROZEN.parents[1] / "Resources" / "licenses") if one.is_dir()
    )
    entries = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    assert {"Cytoscribe", "Python", "numpy", "scipy", "vispy", "imagecodecs", "scikit-learn"} <= {
        entry["name"] for entry in entries
    }
    assert any(entry["licence"].startswith("LGPL") for entry in entries)
    for entry in entries:
        assert entry["texts"], entry["name"]
        assert all((folder / text).stat().st_size > 0 for text in entry["texts"]), entry["name"]
    named = {text for entry in entries for text in entry["texts"]} | {"index.json"}
    assert named == {path.name for path in folder.iterdir()}


def test_nothing_of_the_left_out_is_inside() -> None:
    names = [path.name for path in FROZEN.parent.rglob("*")]
    unwanted = re.compile(r"Qt6?(Qml|Quick|Pdf|WebEngine)|^(pyarrow|dask|pytest|_?tkinter|PIL)\b|\.qm$")
    assert [name for name in names if unwanted.search(name)] == []


def test_it_tests_itself(tmp_path: Path) -> None:
    usage, _ = call(FROZEN, "--help", environment=bare(tmp_path / "home"))
    if "--self-test" not in usage:
        pytest.skip("this version has no --self-test")
    from tests.e2e.display import Display

    with Display(1366, 768) as display:
        environment = display.environment(bare(tmp_path / "home"))
        began = time.monotonic()
        said, _ = call(FROZEN, "--self-test", environment=environment)
        seconds = time.monotonic() - began
    sys.stdout.write("\n" + said)
    tell("frozen_self_test_s", seconds, "s", SELF_TEST_LIMIT_S)
    assert seconds <= SELF_TEST_LIMIT_S


@needs_x
def test_it_starts_fast_and_takes_no_more_memory_than_from_source(start: Start, tmp_path: Path) -> None:
    make_blocks(tmp_path / "data", block_names(24))
    (tmp_path / "annotations" / "journal").mkdir(parents=True)
    seconds, busy = [], []
    for _ in range(6):
        program = start(tmp_path / "data", "--annotations-root", tmp_path / "annotations", "--user", "alice")
        listed = program.wait("blocks_listed", final=True)["t"]
        shown = program.seen("window_shown")["t"]
        used = psutil.Process(program.pid).cpu_times()
        busy.append(used.user + used.system)
        seconds.append(max(listed, shown) - program.started)
        program.wait("frame")
        program.quit()
    began, worked = statistics.median(seconds[1:]), statistics.median(busy[1:])
    memory = idle_memory().value
    tell("frozen_start_s", began, "s", START_LIMIT_S)
    tell("frozen_start_cpu_s", worked, "s", START_LIMIT_S)
    tell("frozen_idle_rss_mb", memory, "MB", MEMORY_LIMIT_MB)
    assert worked <= START_LIMIT_S
    assert memory <= MEMORY_LIMIT_MB
    if os.getloadavg()[0] < (os.cpu_count() or 1):  # else others share the processor, and the clock says nothing
        assert began <= START_LIMIT_S
