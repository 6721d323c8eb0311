"""Lists of blocks that admins hand out: written once, read by everybody, the latest for each annotator counts."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.assignments import Assignments
from storage.checkup import check_store
from storage.errors import StorageError
from storage.roles import read_roles, roles_file
from storage.share import Share
from tests.storage.conftest import Place, away, back

if TYPE_CHECKING:
    from pathlib import Path


def reader(place: Place) -> Assignments:
    """Return what another session reads with."""
    return Assignments(Share(place.root), read_roles(roles_file(place.root)))


@pytest.fixture
def group(place: Place) -> Place:
    place.write_roles(admins=["carol", "dave"])
    place.close(place.open())
    return place


def lists(found: Assignments) -> dict[str, tuple[str, ...]]:
    found.read()
    return {name: one.blocks for name, one in found.latest.items()}


def files(place: Place) -> list[Path]:
    return sorted((place.root / "assignments").iterdir())


def test_everybody_reads_what_was_handed_out_in_its_order(group: Place) -> None:
    admin, other = reader(group), reader(group)
    assert not other.read()
    identity = admin.hand_out("carol", "Week 1", {"alice": ["b2", "gold/b1"], "bob": ["b3"]}, "desk")
    assert other.read()
    assert not other.read()
    assert (other.latest, other.problems) == (admin.latest, ())
    mine = other.latest["alice"]
    assert (mine.id, mine.name, mine.by, mine.blocks) == (identity, "Week 1", "carol", ("b2", "gold/b1"))
    assert [path.name for path in files(group)] == [f"{identity}.json"]


def test_the_latest_for_each_annotator_counts_and_nothing_is_rewritten(group: Place) -> None:
    carol, dave, other = reader(group), reader(group), reader(group)
    carol.hand_out("carol", "first", {"alice": ["b1"], "bob": ["b1"]}, "desk")
    before = {path: path.read_bytes() for path in files(group)}
    dave.hand_out("dave", "second", {"alice": ["b2"]}, "lab")
    assert lists(other) == {"alice": ("b2",), "bob": ("b1",)}
    carol.hand_out("carol", "none", {"bob": []}, "desk")
    assert lists(other) == {"alice": ("b2",), "bob": ()}
    assert before.items() <= {path: path.read_bytes() for path in files(group)}.items()


def test_a_clock_that_is_behind_does_not_make_it_older(group: Place) -> None:
    admin = reader(group)
    admin.hand_out("carol", "first", {"alice": ["b1"]}, "desk")
    [path] = files(group)
    content = json.loads(path.read_text()) | {"t": "2900-01-01T00:00:00.000000+00:00"}
    path.write_text(json.dumps(content))
    again = reader(group)
    again.hand_out("carol", "second", {"alice": ["b2"]}, "desk")
    assert lists(reader(group)) == {"alice": ("b2",)}


def test_ten_lists_of_ten_thousand_blocks(group: Place) -> None:
    ids = [f"a folder with a long name/tile {number % 7}/block_{number:05}" for number in range(10_000)]
    began = time.perf_counter()
    reader(group).hand_out("carol", "all", {f"p{person}": ids[person:] for person in range(10)}, "desk")
    other = reader(group)
    other.read()
    assert time.perf_counter() - began < 1
    assert other.latest["p9"].blocks == tuple(ids[9:])
    began = time.perf_counter()
    other.read()
    assert time.perf_counter() - began < 0.1  # a file is read once


@pytest.mark.parametrize(
    ("admin", "name", "blocks", "sentence"),
    [
        ("alice", "x", {"alice": ["b1"]}, "does not name alice as one"),
        ("carol", " ", {"alice": ["b1"]}, "Give the assignment a name"),
        ("carol", "x", {"alice": ["b1", "b2", "b1"]}, "The list of alice has b1 twice"),
        ("carol", "x", {"alice": [""]}, "a block without a name"),
        ("carol", "x", {"Alice": ["b1"]}, "“Alice” is not the name of an annotator as it is stored"),
        ("carol", "x", {"a b": ["b1"]}, "cannot be used as a name"),
        ("carol", "x", {"alice": ["\udcff"]}, "characters that cannot be stored"),
    ],
)
def test_what_is_not_valid_is_not_handed_out(
    group: Place, admin: str, name: str, blocks: dict[str, list[str]], sentence: str
) -> None:
    with pytest.raises(StorageError, match=sentence):
        reader(group).hand_out(admin, name, blocks, "desk")
    assert lists(reader(group)) == {}


def test_what_does_not_count_is_named_and_the_rest_counts(group: Place) -> None:
    reader(group).hand_out("carol", "right", {"alice": ["b1"]}, "desk")
    [path] = files(group)
    right = json.loads(path.read_text())
    later = {"t": "2900-01-01T00:00:00+00:00"}
    wrong = {
        "1.json": '{"v":1',
        "2.json": json.dumps(right | later | {"by": "bob"}),
        "3.json": json.dumps(right | {"t": "noon"}),
        "4.json": json.dumps(right | later | {"blocks": {"alice": ["b1", "b1"]}}),
        "5.json": json.dumps(right | later | {"blocks": {"A B": ["b1"]}}),
        "6.json": json.dumps(right | later | {"blocks": {"alice": "b1"}}),
    }
    for name, text in wrong.items():
        (path.parent / name).write_text(text)
    (path.parent / ".half.json").write_text("{")
    found = reader(group)
    assert lists(found) == {"alice": ("b1",)}
    assert [sentence.split(": ")[0].split(" ")[0].rpartition("/")[2] for sentence in found.problems] == list(wrong)
    assert "bob, who is not an admin" in found.problems[1]
    (path.parent / "1.json").write_text(json.dumps(right | later | {"blocks": {"alice": ["b7"]}}))
    assert lists(found) == {"alice": ("b7",)}  # it was repaired


@pytest.mark.skipif(os.name == "nt", reason="rights of POSIX")
def test_a_file_of_another_account_does_not_count(group: Place) -> None:
    reader(group).hand_out("carol", "x", {"alice": ["b1"]}, "desk")
    group.write_roles(admins=["carol"], accounts={"carol": "nobody-here"})
    found = reader(group)
    assert lists(found) == {}
    assert "which is no account of carol" in found.problems[0]


def test_a_share_that_is_away_takes_nothing_back(group: Place) -> None:
    found = reader(group)
    found.hand_out("carol", "x", {"alice": ["b1"]}, "desk")
    elsewhere = away(group)
    with pytest.raises(StorageError, match="Check that the share is mounted"):
        found.read()
    with pytest.raises(StorageError, match="Check that the share is mounted"):
        found.hand_out("carol", "y", {"alice": ["b2"]}, "desk")
    assert found.latest["alice"].blocks == ("b1",)
    back(group, elsewhere)
    assert lists(found) == {"alice": ("b1",)}


blocks = st.lists(st.sampled_from(["b1", "b2", "ü/b3"]), unique=True)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.tuples(st.sampled_from(["carol", "dave"]), st.dictionaries(st.sampled_from(["alice", "bob"]), blocks)),
        max_size=5,
    )
)
def test_the_last_hand_out_counts_whoever_made_it(
    tmp_path_factory: pytest.TempPathFactory, plan: list[tuple[str, dict[str, list[str]]]]
) -> None:
    place = Place(tmp_path_factory.mktemp("x"))
    place.write_roles(admins=["carol", "dave"])
    place.close(place.open())
    admins = {name: reader(place) for name in ("carol", "dave")}
    wanted: dict[str, tuple[str, ...]] = {}
    for admin, given_blocks in plan:
        admins[admin].hand_out(admin, "x", given_blocks, admin)
        wanted |= {name: tuple(ids) for name, ids in given_blocks.items()}
    assert lists(reader(place)) == wanted


def test_the_check_names_bad_assignments_and_knows_gold(group: Place) -> None:
    share, roles = Share(group.root), roles_file(group.root)
    reader(group).hand_out("carol", "x", {"alice": ["b1"]}, "desk")
    (group.root / "admin").mkdir(exist_ok=True)
    (group.root / "admin" / "gold.csv").write_text("block,class\n")
    assert [one.text for one in check_store(share, roles, None, ()).problems if "rights" not in one.kind] == []
    (group.root / "assignments" / "bad.json").write_text("{")
    (group.root / "admin" / "silver.csv").write_text("")
    found = {one.kind for one in check_store(share, roles, None, ()).problems}
    assert {"assignment", "foreign"} <= found
