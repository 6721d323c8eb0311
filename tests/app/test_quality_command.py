"""`cytoscribe quality ...` as its user runs it: a process, its exit code, what it prints, the file it writes."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile

from core.quality.table import COLUMNS
from tests.e2e.files import block_names, make_blocks, write_channel

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: object, code: int = 0, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "app", "quality", *map(str, arguments)]
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def table(path: Path, separator: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=separator))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Make three blocks of two channels; the second channel of the second block is clipped."""
    root = make_blocks(tmp_path / "data", block_names(3), shape=(4, 32, 32))
    clipped = np.random.default_rng(0).integers(100, 1000, (4, 32, 32), dtype=np.uint16)
    clipped[:, :8] = 65535
    write_channel(root / "block_0001" / "ch_561.tif", clipped)
    return root


def test_a_row_for_each_block_and_channel(data: Path, tmp_path: Path) -> None:
    output = tmp_path / "qc.csv"
    said = run(data, "--output", output)
    rows = table(output)
    assert [(row["block"], row["channel"], row["name"]) for row in rows] == [
        (f"block_000{block}", str(channel + 1), name)
        for block in range(3)
        for channel, name in enumerate(("ch_488", "ch_561"))
    ]
    assert tuple(rows[0]) == COLUMNS
    clipped = rows[3]
    assert clipped["warnings"] == "25 % of channel 2 (ch_561) is at 65535: clipped."
    assert (clipped["at_possible_max_percent"], clipped["max"], clipped["dtype"]) == ("25", "65535", "uint16")
    assert (clipped["size_x_voxels"], clipped["size_z_voxels"], clipped["file"]) == ("32", "4", "ch_561.tif")
    assert f"block_0001: {clipped['warnings']}" in said.stdout
    assert said.stdout.splitlines()[-1].startswith("3 blocks, 6 channels: ")
    assert said.stderr == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "qc.csv"]  # nothing is left beside it


def test_tabs_by_name_one_file_and_json(data: Path, tmp_path: Path) -> None:
    output = tmp_path / "qc.TSV"
    assert run(data / "block_0001" / "ch_561.tif", "--output", output, "--quiet").stdout == ""
    assert [row["block"] for row in table(output, "\t")] == ["ch_561.tif"]
    answer = json.loads(run(data, "--json").stdout)
    assert len(answer["rows"]) == 6
    assert answer["problems"] == []
    assert answer["rows"][3]["at_possible_max_percent"] == 25.0


def test_what_cannot_be_read_stops_nothing(data: Path, tmp_path: Path) -> None:
    (data / "block_0001" / "ch_561.tif").write_bytes(b"no picture")
    output = tmp_path / "qc.csv"
    done = run(data, "--output", output, code=1)
    assert "block_0001" in done.stderr
    assert "is not a TIFF file" in done.stderr
    rows = table(output)
    assert [row["block"] for row in rows] == ["block_0000"] * 2 + ["block_0001"] + ["block_0002"] * 2
    assert "is not a TIFF file" in rows[2]["error"]
    assert rows[2]["mean"] == ""
    assert done.stdout.splitlines()[-1].endswith("1 could not be read.")


def test_an_older_table_is_replaced_only_by_a_whole_one(data: Path, tmp_path: Path) -> None:
    output = tmp_path / "qc.csv"
    output.write_text("old", encoding="utf-8")
    run(tmp_path / "nowhere", "--output", output, code=2)
    assert output.read_text(encoding="utf-8") == "old"
    run(data, "--output", output)
    assert len(table(output)) == 6


def test_wrong_calls_say_one_sentence(data: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").touch()
    for arguments, text in (
        ((), "required: FOLDER|FILE"),
        (("",), "the name is empty"),
        ((data, "--what"), "unrecognized arguments: --what"),
        ((data, "--output", tmp_path / "qc.xlsx"), "must end in .csv or .tsv"),
        ((data, "--output", tmp_path / "no" / "qc.csv"), "does not exist"),
        ((tmp_path / "nowhere",), "does not exist"),
        ((tmp_path / "empty",), "holds no block"),
        ((tmp_path / "notes.txt",), "is not a .tif or .tiff file"),
    ):
        done = run(*arguments, code=2)
        assert text in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert done.stdout == ""


def test_floats_have_empty_cells_where_there_is_no_range(tmp_path: Path) -> None:
    data = np.random.default_rng(0).normal(0, 1, (64, 64)).astype(np.float32)
    data[0, 0] = np.nan
    tifffile.imwrite(tmp_path / "a.tif", data)
    run("a.tif", "--output", "qc.csv", cwd=tmp_path)
    row = table(tmp_path / "qc.csv")[0]
    assert (row["possible_max"], row["range_used_percent"], row["bits_used"], row["nan_voxels"]) == ("", "", "", "1")


def test_real_data(shared: Path, tmp_path: Path) -> None:
    output = tmp_path / "qc.csv"
    run(shared / "data" / "cells-2d", "--output", output)
    rows = {row["block"]: row for row in table(output)}
    assert rows["blobs.tif"]["step"] == "8"
    assert rows["maize_clsm_labels.tif"]["is_mask"] == "1"
    assert rows["hela-cells.tif"]["voxel_source"] == "ImageJ metadata"


def test_the_command_loads_no_qt_and_helps_quickly() -> None:
    code = (
        "import sys, app.commands.quality as q\n"
        "try: q.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in sys.modules if name.startswith(('PySide6', 'vispy', 'numpy', 'tifffile'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "[]"
