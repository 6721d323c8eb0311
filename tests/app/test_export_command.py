"""`cytoscribe export` as its user runs it: a process, its exit code, what it says, and the file."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile

from storage.store import Store, open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).resolve().parents[2]


class Team:
    """A data folder with four blocks, an annotations folder, alice and bob who voted, carol who decides."""

    def __init__(self, top: Path) -> None:
        self.top, self.data, self.root = top, top / "data", top / "annotations"
        self.state = top / "state"
        self.root.mkdir()
        for number in (1, 2, 3, 10):
            folder = self.data / "tile 1" / f"block_{number}"
            folder.mkdir(parents=True)
            tifffile.imwrite(folder / "488.tif", np.zeros((2, 4, 4), np.uint8))
        (self.root / "roles.json").write_text('{"admins": ["carol"]}')
        (self.root / "classes.json").write_text('{"classes": ["Inhibitory", "Excitatory"]}')
        self.stores = {name: self.open(name) for name in ("alice", "bob", "carol")}
        alice, bob, carol = self.stores.values()
        alice.decide("annotate", "tile 1/block_1", 1, ms=450)
        bob.decide("annotate", "tile 1/block_1", 2)
        alice.decide("annotate", "tile 1/block_2", 2)
        bob.decide("comment", "tile 1/block_10", "-odd, “ß”")
        carol.decide_finals({"tile 1/block_1": 2}, "membrane", "compatible")
        for store in self.stores.values():
            store.push()

    def open(self, name: str) -> Store:
        return open_store(self.root, self.top / "local", name, self.data, follow_all=True)

    def run(self, *arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "app", "export", *map(str, arguments)]
        environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
        environment |= {"XDG_STATE_HOME": str(self.state)}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    def export(self, kind: str, ending: str = ".csv", *more: object, code: int = 0) -> Path:
        path = self.top / f"{kind}{ending}"
        self.run(self.data, "--annotations-root", self.root, "--format", kind, "--output", path, *more, code=code)
        return path


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path)
    yield made
    for store in made.stores.values():
        store.close()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","))


def test_compatible_export_is_one_row_a_block_in_the_order_of_the_list(team: Team) -> None:
    content = team.export("compatible").read_bytes().decode()
    moment = content.split("\r\n")[1].rpartition(",")[2]
    assert moment.endswith("+00:00")
    assert content == (
        "block_id,consensus_label,final_label,has_disagreement,user_alice_label,user_bob_label,exported_at\r\n"
        f"tile 1/block_1,1,2,True,1,2,{moment}\r\n"
        f"tile 1/block_2,2,,False,2,,{moment}\r\n"
        f"tile 1/block_3,,,False,,,{moment}\r\n"
        f"tile 1/block_10,,,False,,,{moment}\r\n"
    )


def test_long_and_wide_name_the_classes(team: Team) -> None:
    long = rows(team.export("long"))
    assert [(row["block"], row["annotator"], row["class_name"], row["ms"], row["comment"]) for row in long] == [
        ("tile 1/block_1", "alice", "Inhibitory", "450", ""),
        ("tile 1/block_1", "bob", "Excitatory", "", ""),
        ("tile 1/block_2", "alice", "Excitatory", "", ""),
        ("tile 1/block_10", "bob", "", "", "'-odd, “ß”"),
    ]
    first = rows(team.export("wide", ".tsv"))[0]
    shown = ("consensus_name", "final_name", "final_by", "final_reason", "final_rule", "share")
    assert [first[name] for name in shown] == ["Inhibitory", "Excitatory", "carol", "membrane", "compatible", "0.5"]


def test_workbook_and_parquet_say_the_same(team: Team) -> None:
    from openpyxl import load_workbook

    sheet = load_workbook(team.export("long", ".xlsx")).active
    assert sheet is not None
    found = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert found[1][:4] == ["tile 1/block_1", "alice", 1, "Inhibitory"]
    assert found[4][8] == "-odd, “ß”"
    pq = pytest.importorskip("pyarrow.parquet")
    table = pq.read_table(team.export("long", ".parquet")).to_pylist()
    assert [list(row.values())[:4] for row in table] == [row[:4] for row in found[1:]]


def test_json_says_what_was_written(team: Team) -> None:
    path = team.top / "out.csv"
    done = team.run(team.data, "--annotations-root", team.root, "--format", "wide", "--output", path, "--json")
    answer: dict[str, Any] = json.loads(done.stdout)
    wanted = {"output": str(path), "format": "wide", "consensus": "compatible", "blocks": 4, "rows": 4}
    assert wanted.items() <= answer.items()
    assert (answer["annotators"], answer["problems"], answer["notes"]) == (["alice", "bob"], [], [])


def test_what_is_left_out_is_said_by_name_and_the_rest_is_written(team: Team) -> None:
    [path] = (team.root / "journal" / "bob").glob("*.jsonl")
    path.write_bytes(path.read_bytes() + b"nonsense\n")
    (team.root / "users" / "dora.json").write_text("{")
    team.stores["alice"].decide("annotate", "tile 9/block_7", 1)
    team.stores["alice"].push()
    output = team.top / "out.csv"
    done = team.run(
        *(team.data, "--annotations-root", team.root, "--format", "long", "--output", output, "--json"), code=1
    )
    answer = json.loads(done.stdout)
    assert [one["annotator"] for one in answer["unread"]] == ["bob", "dora"]
    assert "line 4, cannot be read" in done.stderr
    assert "dora.json is not a valid annotation file" in done.stderr
    assert answer["notes"] == [
        "What was decided about 1 block that the data folder does not have is left out; the first is tile 9/block_7."
    ]
    assert len(rows(output)) == 4


def test_environment_names_the_folders(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNOTATOR_DATA_ROOT", str(team.data))
    monkeypatch.setenv("ANNOTATOR_ANNOTATIONS_ROOT", str(team.root))
    team.run("--format", "wide", "--output", team.top / "out.csv")
    assert len(rows(team.top / "out.csv")) == 4


def test_what_cannot_be_done_is_a_sentence_and_no_file(team: Team) -> None:
    folder = ("--annotations-root", team.root, "--format", "wide", "--output")
    out = team.top / "out.csv"
    (team.top / "empty").mkdir()
    assert "must end in .csv" in team.run(team.data, *folder, team.top / "out.doc", code=2).stderr
    assert "holds no block" in team.run(team.top / "empty", *folder, out, code=2).stderr
    assert "DATA_ROOT is missing" in team.run(*folder, out, code=2).stderr
    assert "invalid choice" in team.run(team.data, *folder, out, "--consensus", "loudest", code=2).stderr
    assert "is not there" in team.run(team.data, *folder, out, "--roles", team.top / "x", code=2).stderr
    arguments = ("--annotations-root", team.top / "empty", "--format", "wide", "--output", out)
    assert "is empty. Check that the share is mounted" in team.run(team.data, *arguments, code=2).stderr
    (team.root / "roles.json").write_text("[]")
    assert "is not a valid roles file" in team.run(team.data, *folder, out, code=2).stderr
    assert not out.exists()


def test_nobody_imports_qt(team: Team) -> None:
    code = (
        "import sys; from app.cli import main; "
        f"main(['export', {str(team.data)!r}, '--annotations-root', {str(team.root)!r}, '--format', 'wide', "
        f"'--output', {str(team.top / 'o.csv')!r}]); "
        "assert not {'PySide6', 'vispy', 'pandas', 'pyarrow'} & set(sys.modules), sorted(sys.modules)"
    )
    environment = os.environ | {"XDG_STATE_HOME": str(team.state)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
