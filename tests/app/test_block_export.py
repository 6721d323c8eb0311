"""Exports of some rows: the same as in an export of all, whatever the rule."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from app.block_export import ExportWish, export
from core.voting.consensus import RULE_NAMES, ConsensusRule
from storage.classes import default_classes
from storage.errors import StorageError
from storage.roles import Roles
from storage.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from core.voting.consensus import RuleName

BLOCKS = [f"b{n}" for n in range(6)]
VOTES = {"alice": [1, 1, 2, 1, 2, 3], "bob": [2, 1, 2, 1, 3, 3], "dave": [2, 2, 2, 1, 3, 0]}


@pytest.fixture
def wish(tmp_path: Path) -> ExportWish:
    root, data = tmp_path / "annotations", tmp_path / "data"
    root.mkdir()
    data.mkdir()
    for name, votes in VOTES.items():
        store = open_store(root, tmp_path / name, name, data)
        for block, vote in zip(BLOCKS, votes, strict=True):
            if vote:
                store.decide("annotate", block, vote)
        store.push()
        store.close()
    return ExportWish(
        data, root, Roles(), default_classes().classes, BLOCKS, "wide", ConsensusRule(), tmp_path / "out.csv"
    )


def rows(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["block"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("rule", RULE_NAMES)
def test_a_filter_changes_no_row(wish: ExportWish, rule: RuleName, tmp_path: Path) -> None:
    given = {**vars(wish), "rule": ConsensusRule(rule, 2, 0.6)}
    export(ExportWish(**given))
    everything = rows(wish.output)
    some = export(ExportWish(**{**given, "only": frozenset(["b4", "b0", "b1"]), "output": tmp_path / "some.csv"}))
    assert (some.blocks, some.rows) == (3, 3)
    assert rows(tmp_path / "some.csv") == {block: everything[block] for block in ("b0", "b1", "b4")}


def test_a_vote_that_is_a_slip_stops_no_export(wish: ExportWish, tmp_path: Path) -> None:
    store = open_store(wish.annotations_root, tmp_path / "erin", "erin", wish.data_root)
    store.decide("annotate", "b0", 70_000)
    store.push()
    store.close()
    done = export(wish)
    assert "1 votes for classes above 1000" in " ".join(done.problems)
    assert rows(wish.output)["b0"]["class_erin"] == "70000"
    assert rows(wish.output)["b0"]["consensus"] == "2"


def test_what_cannot_be_written_leaves_the_older_file(wish: ExportWish) -> None:
    wish.output.write_text("older", encoding="utf-8")
    bad = ExportWish(**{**vars(wish), "annotations_root": wish.data_root / "gone"})
    with pytest.raises(StorageError):
        export(bad)
    assert wish.output.read_text(encoding="utf-8") == "older"
