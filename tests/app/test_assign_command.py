"""`cytoscribe assign` as its user runs it: a process, its exit code, what it says, and who has what then."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile

from storage.assignments import Assignments
from storage.roles import read_roles
from storage.share import Share
from storage.store import open_store

ROOT = Path(__file__).resolve().parents[2]
NAMES = [f"block_{number}" for number in range(6)]


class Team:
    """Six blocks, alice who has judged two, and carol who is an admin."""

    def __init__(self, top: Path) -> None:
        self.top, self.data, self.root = top, top / "data", top / "annotations"
        self.root.mkdir()
        for name in NAMES:
            (self.data / name).mkdir(parents=True)
            tifffile.imwrite(self.data / name / "488.tif", np.zeros((2, 4, 4), np.uint8))
        (self.root / "roles.json").write_text('{"admins": ["carol"]}')
        store = open_store(self.root, top / "local", "alice", self.data)
        store.decide("annotate", "block_0", 1)
        store.decide("annotate", "block_1", 1)
        store.push()
        store.close()
        (self.root / "admin").mkdir(exist_ok=True)

    def run(self, *arguments: object, user: str = "Carol", code: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "app", "assign", str(self.data), "--annotations-root", str(self.root)]
        command += ["--user", user, "--name", "Batch 1", *map(str, arguments)]
        environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    def lists(self) -> dict[str, list[str]]:
        files = Assignments(Share(self.root), read_roles(self.root / "roles.json"))
        files.read()
        assert files.problems == ()
        return {name: list(one.blocks) for name, one in files.latest.items()}


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path)


def test_all_to_all_and_what_it_replaces(team: Team) -> None:
    done = team.run("--all-to-all", "--annotators", "alice, Bob", "--dry-run")
    assert "alice: 6 blocks, 2 already judged\n" in done.stdout
    assert team.lists() == {}
    assert not (team.root / "assignments").exists()
    team.run("--all-to-all", "--annotators", "alice, Bob")
    assert team.lists() == {"alice": NAMES, "bob": NAMES}
    again = team.run("--each", 1, "--annotators", "alice,bob", "--dry-run")
    assert "in place of “Batch 1” (2 of 6 done)" in again.stdout


def test_balanced_with_gold_is_the_same_for_the_same_seed(team: Team) -> None:
    (team.root / "admin" / "gold.csv").write_text("block,class\nblock_4,1\nblock_5,2\n")
    wished = ("--each", 2, "--annotators", "alice,bob,dave", "--gold-share", 0.4, "--random", "--seed", 7, "--json")
    first = json.loads(team.run(*wished, "--dry-run").stdout)
    second = json.loads(team.run(*wished).stdout)
    assert (first["id"], first["is_dry_run"]) == ("", True)
    assert second["id"]
    assert first["blocks"] == second["blocks"] == team.lists()
    for row in second["rows"]:
        queue = second["blocks"][row["annotator"]]
        assert row["gold"] == len({"block_4", "block_5"} & set(queue)) >= 1
        assert row["blocks"] == len(queue)


def test_by_hand(team: Team) -> None:
    path = team.top / "lists.csv"
    path.write_text("annotator,block\nalice,block_3\nBob,block_1\nalice,block_0\n")
    team.run("--lists", path)
    assert team.lists() == {"alice": ["block_3", "block_0"], "bob": ["block_1"]}
    path.write_text("annotator,block\nalice,block_3\nalice,block_9\n")
    done = team.run("--lists", path, code=2)
    assert "lists.csv, line 3: the data folder has no block “block_9”" in done.stderr
    assert team.lists() == {"alice": ["block_3", "block_0"], "bob": ["block_1"]}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--all-to-all",), "Choose who gets blocks"),
        (("--each", 0, "--annotators", "alice"), "Each block can go to 1 to 1 annotators, not to 0."),
        (("--each", 3, "--annotators", "alice,bob"), "Each block can go to 1 to 2 annotators, not to 3."),
        (("--all-to-all", "--annotators", "al ice"), "cannot be used as a name"),
        (("--all-to-all", "--annotators", "alice", "--gold-share", 0.1), "There are no gold blocks to mix in."),
        (("--all-to-all", "--annotators", "alice", "--gold-share", 0.6), "is not from 0 to 0.5"),
        (("--all-to-all", "--annotators", "alice", "--name", " "), "Give the assignment a name"),
        (("--all-to-all", "--each", 1), "not allowed with argument"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_handed_out(
    team: Team, arguments: tuple[object, ...], sentence: str
) -> None:
    assert sentence in team.run(*arguments, code=2).stderr
    assert team.lists() == {}


def test_only_admins_and_only_from_their_account(team: Team) -> None:
    assert "does not name alice as one" in team.run("--all-to-all", "--annotators", "bob", user="alice", code=2).stderr
    roles = {"admins": ["carol"], "accounts": {"carol": "somebody-else-entirely"}}
    (team.root / "roles.json").write_text(json.dumps(roles))
    done = team.run("--all-to-all", "--annotators", "bob", code=2)
    assert "uses another account" in done.stderr
    assert not (team.root / "assignments").exists()


def test_bad_gold_stops_it_and_a_bad_file_of_somebody_is_named(team: Team) -> None:
    (team.root / "admin" / "gold.csv").write_text("block,class\nblock_4,9000\n")
    done = team.run("--all-to-all", "--annotators", "alice", "--gold-share", 0.1, code=2)
    assert "gold.csv, line 2" in done.stderr
    team.run("--all-to-all", "--annotators", "alice")  # no gold is wanted
    (team.root / "users" / "bob.json").write_text("{")
    assert "bob.json" in team.run("--all-to-all", "--annotators", "bob", code=1).stderr
    assert team.lists() == {"alice": NAMES, "bob": NAMES}
