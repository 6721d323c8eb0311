"""`cytoscribe agreement` as its user runs it: a process, its exit code, what it says, and the file."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from storage.store import open_store

ROOT = Path(__file__).resolve().parents[2]
VOTES = {"alice": (1, 1, 2, 2), "bob": (1, 2, 2, 2), "dora": (2, 2, 2, 1)}


class Team:
    """A data folder with five blocks, three who voted on four of them, carol who decided two, and one gold block."""

    def __init__(self, top: Path) -> None:
        self.top, self.data, self.root = top, top / "tiles", top / "annotations"
        self.root.mkdir()
        names = [f"block_{number}" for number in range(1, 6)]
        for name in names:
            (self.data / name).mkdir(parents=True)
            tifffile.imwrite(self.data / name / "488.tif", np.zeros((2, 4, 4), np.uint8))
        (self.root / "roles.json").write_text('{"admins": ["carol"]}')
        (self.root / "classes.json").write_text('{"classes": ["Inhibitory", "Excitatory"]}')
        for annotator in (*VOTES, "carol"):
            store = open_store(self.root, top / "local", annotator, self.data, follow_all=True)
            for name, number in zip(names, VOTES.get(annotator, ()), strict=False):
                store.decide("annotate", name, number, ms=2000)
            if annotator == "carol":
                store.decide_finals({"block_1": 1, "block_2": 2}, "", "open")
            store.push()
            store.close()
        (self.root / "admin").mkdir(exist_ok=True)
        (self.root / "admin" / "gold.csv").write_text("block,class\nblock_3,Excitatory\n")

    def run(self, *arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "app", "agreement", *map(str, arguments)]
        environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
        environment |= {"XDG_STATE_HOME": str(self.top / "state")}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    def measure(self, *more: object, code: int = 0) -> subprocess.CompletedProcess[str]:
        return self.run(self.data, "--annotations-root", self.root, "--samples", 100, *more, code=code)


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path)


def figure(answer: dict[str, Any], name: str, **wanted: object) -> dict[str, Any]:
    asked = {"class": None} | wanted
    [found] = [row for row in answer["figures"] if row["figure"] == name and asked.items() <= row.items()]
    return dict(found)


def test_text_says_the_figures_and_what_they_rest_on(team: Team) -> None:
    said = team.measure().stdout
    assert "3 annotators, 5 blocks: 4 with a vote, 4 with two votes or more (the overlap), with 3 votes each." in said
    assert "Intervals of 95 % from 100 bootstrap samples of the blocks, seed 0." in said
    [pair] = [line for line in said.splitlines() if line.startswith("alice and bob")]
    assert pair.split()[3] == "0.50"
    assert "2 Excitatory" in said


def test_json_has_all_figures(team: Team) -> None:
    answer = json.loads(team.measure("--json", "--seed", 5, "--consensus", "open", "quorum").stdout)
    assert (answer["data"], answer["samples"], answer["seed"], answer["overlap"]) == ("tiles", 100, 5, 4)
    assert [one["key"] for one in answer["references"]] == ["consensus open", "consensus quorum 2 0.6", "final", "gold"]
    assert (answer["problems"], answer["notes"], answer["unread"], answer["output"]) == ([], [], [], None)
    kappa = figure(answer, "cohen_kappa", annotator="alice", other="bob")
    assert (kappa["value"], kappa["n"]) == (0.5, 4)
    right = figure(answer, "right", annotator="alice", reference="final")
    assert (right["value"], right["n"]) == (0.5, 2)
    assert figure(answer, "right", annotator="dora", reference="gold")["value"] == 1
    assert figure(answer, "median_seconds", annotator="bob")["value"] == 2


@pytest.mark.parametrize("ending", [".html", ".csv", ".tsv", ".json"])
def test_the_file_is_of_the_kind_that_its_ending_names(team: Team, ending: str) -> None:
    path = team.top / f"report{ending}"
    path.write_text("what was there before")
    done = team.measure("--output", path)
    assert done.stdout.startswith(f"Wrote {path}: 3 annotators, 5 blocks")
    text = path.read_text(encoding="utf-8")
    if ending == ".html":
        assert text.startswith("<!DOCTYPE html>") and "<svg" in text
    elif ending == ".json":
        assert json.loads(text)["overlap"] == 4
    else:
        rows = list(csv.DictReader(text.splitlines(), delimiter="," if ending == ".csv" else "\t"))
        assert [row["value"] for row in rows if row["figure"] == "overlap"] == ["4"]
    assert [found.name for found in team.top.glob("*report*")] == [path.name]


def test_what_is_left_out_is_said_and_the_rest_is_there(team: Team) -> None:
    [path] = (team.root / "journal" / "bob").glob("*.jsonl")
    path.write_bytes(path.read_bytes() + b"nonsense\n")
    (team.root / "admin" / "gold.csv").write_text("block,class\nblock_77,1\n")
    done = team.measure("--json", code=1)
    answer = json.loads(done.stdout)
    assert [one["annotator"] for one in answer["unread"]] == ["bob"]
    assert len(answer["problems"]) == 2
    assert "the data folder has no block “block_77”" in done.stderr
    assert figure(answer, "cohen_kappa", annotator="alice", other="bob")["value"] == 0.5


def test_what_cannot_be_done_is_a_sentence_and_no_file(team: Team) -> None:
    assert "must end in .html" in team.measure("--output", team.top / "out.doc", code=2).stderr
    assert "does not exist" in team.measure("--output", team.top / "no" / "out.html", code=2).stderr
    assert "is from 0 to 100000" in team.measure("--samples", -1, code=2).stderr
    assert "seed is 0 or more" in team.measure("--seed", -1, code=2).stderr
    assert "A quorum needs at least one vote" in team.measure("--consensus", "quorum", "--votes", 0, code=2).stderr
    assert "invalid choice" in team.measure("--consensus", "loudest", code=2).stderr
    assert "DATA_ROOT is missing" in team.run("--annotations-root", team.root, code=2).stderr


def test_a_folder_where_nobody_voted_has_no_figures(team: Team) -> None:
    empty = team.top / "empty"
    store = open_store(empty_folder(empty), team.top / "local", "carol", team.data, may_begin=True)
    store.push()
    store.close()
    done = team.run(team.data, "--annotations-root", empty, "--output", team.top / "out.html")
    assert "0 annotators, 5 blocks: 0 with a vote" in done.stdout
    assert "Nobody has given a block a class yet" in (team.top / "out.html").read_text(encoding="utf-8")


def empty_folder(path: Path) -> Path:
    path.mkdir()
    return path


def test_nobody_imports_qt(team: Team) -> None:
    code = (
        "import sys; from app.cli import main; "
        f"main(['agreement', {str(team.data)!r}, '--annotations-root', {str(team.root)!r}, "
        f"'--output', {str(team.top / 'o.html')!r}]); "
        "assert not {'PySide6', 'vispy', 'pandas', 'scipy'} & set(sys.modules), sorted(sys.modules)"
    )
    environment = os.environ | {"XDG_STATE_HOME": str(team.top / "state")}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
