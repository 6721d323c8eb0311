"""Handing out blocks in the real window, by keys only: preview, hand out, progress that follows, take back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from storage.assignments import Assignments
from storage.roles import read_roles
from storage.share import Share
from storage.store import open_store
from tests.e2e.files import block_names, make_blocks

if TYPE_CHECKING:
    from pathlib import Path

    from storage.store import Store
    from tests.e2e.conftest import Start
    from tests.e2e.program import Program

NAMES = block_names(8)


class Team:
    """Alice and bob, who have judged some blocks, and carol, who is an admin."""

    def __init__(self, top: Path, root: Path) -> None:
        self.top, self.root = top, root
        self.data = make_blocks(top / "data", NAMES)
        (root / "roles.json").write_text(json.dumps({"admins": ["carol"]}), encoding="utf-8")
        for name, blocks in (("alice", NAMES[:3]), ("bob", NAMES[:1])):
            store = self.store(name)
            for block in blocks:
                store.decide("annotate", block, 1)
            store.push()
            store.close()
        (root / "admin").mkdir(exist_ok=True)
        (root / "admin" / "gold.csv").write_text(f"block,class\n{NAMES[6]},1\n{NAMES[7]},2\n", encoding="utf-8")

    def store(self, name: str) -> Store:
        return open_store(self.root, self.top / "computer" / name, name, self.data)

    def assignments(self) -> Assignments:
        made = Assignments(Share(self.root), read_roles(self.root / "roles.json"))
        made.read()
        assert made.problems == ()
        return made

    def open(self, start: Start) -> Program:
        program = start(self.data, "--annotations-root", self.root, "--user", "carol")
        program.wait("frame", block=NAMES[0])
        program.keys("F6")
        program.wait("review_filled", blocks=len(NAMES))
        program.focus("Review")
        program.keys("ctrl+shift+n")
        program.wait("assign_looked")
        program.focus("Assign blocks")
        return program


@pytest.fixture
def team(tmp_path: Path, annotations_root: Path) -> Team:
    return Team(tmp_path, annotations_root)


def preview(program: Program, annotators: int) -> list[list[str]]:
    """Wait for a preview for so many annotators, and return its rows."""
    while True:
        rows: list[list[str]] = program.wait("assign_previewed").get("rows", [])
        if len(rows) == annotators:
            return rows


def test_an_admin_hands_out_by_keys_follows_and_takes_back(start: Start, team: Team) -> None:
    program = team.open(start)
    program.keys("alt+t", "space", "Down", "space")
    rows = preview(program, 2)
    assert [row[:4] for row in rows] == [["alice", "8", "2", "3"], ["bob", "8", "2", "1"]]
    program.keys("ctrl+Return")  # without a name nothing is handed out, and the name has the keyboard
    program.type("Batch 1")
    assert team.assignments().latest == {}
    program.keys("ctrl+Return")
    assert program.wait("assigned")["text"] == "“Batch 1” is handed out: 16 blocks to 2 annotators."
    assert {name: list(one.blocks) for name, one in team.assignments().latest.items()} == {"alice": NAMES, "bob": NAMES}
    assert preview(program, 2)[0][4] == "“Batch 1”: 8 blocks, 3 done"

    bob = team.store("bob")  # what others do is told while the window is open
    bob.decide("annotate", NAMES[4], 2)
    bob.push()
    bob.close()
    program.wait("assign_looked", done=5, timeout=15)

    # Without a vote, a third of it gold: 3 and 5 are left, and one of the gold blocks
    program.keys("alt+b", "Down", "Down", "alt+g")
    program.type("33")
    program.keys("Tab")
    while (rows := preview(program, 2))[0][2] != "1":
        pass
    assert [row[:4] for row in rows] == [["alice", "3", "1", "0"], ["bob", "3", "1", "0"]]

    program.keys("alt+n", "Tab", "Tab", "Down", "Delete", "Return")
    assert program.wait("assigned")["text"] == "“Batch 1” is taken back from bob."
    latest = team.assignments().latest
    assert (latest["bob"].blocks, len(latest["alice"].blocks)) == ((), len(NAMES))
    program.keys("Escape")
    program.focus("Review")
    program.keys("ctrl+q")
    program.wait_end()


def test_what_another_admin_hands_out_meanwhile_is_not_overwritten_unseen(start: Start, team: Team) -> None:
    program = team.open(start)
    program.keys("alt+t", "space", "alt+n")
    program.type("Mine")
    preview(program, 1)
    team.assignments().hand_out("carol", "Theirs", {"alice": NAMES[:2]}, "other")
    program.keys("ctrl+Return")
    found = program.wait("assign_previewed", timeout=10)
    while "rows" not in found or "Theirs" not in found["rows"][0][4]:
        found = program.wait("assign_previewed", timeout=10)
    assert team.assignments().latest["alice"].name == "Theirs"
    assert program.named("assigned") == []
    program.keys("ctrl+Return")
    program.wait("assigned")
    assert team.assignments().latest["alice"].name == "Mine"
    program.focus("Review")
    program.keys("ctrl+q")
    program.wait_end()
