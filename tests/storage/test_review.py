"""What the review reads: all votes with their marks, final labels, what changed, and whose files could not be read."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import numpy as np

from storage.decision import Decision
from storage.reading import read_everything
from storage.review import Review, Vote
from storage.roles import read_roles, roles_file
from storage.share import Share
from storage.state import State
from tests.storage.conftest import WHEN, entry

if TYPE_CHECKING:
    from storage.reading import Everything
    from tests.storage.conftest import Place

LATER = "2026-02-02T00:00:00.000000+00:00"


def everything(place: Place) -> Everything:
    return read_everything(Share(place.root), read_roles(roles_file(place.root)), place.data, "desk")


def test_votes_marks_and_final_labels_by_block(place: Place) -> None:
    place.write_roles(admins=["carol"])
    alice, bob = place.open(), place.open("bob")
    first = alice.decide("annotate", "b1", 2, ms=4500)
    alice.decide("flag", "b1", True)
    alice.decide("comment", "b1", "odd")
    alice.decide("annotate", "b2", 1, ms=10)
    cleared = alice.decide("clear", "b2", None)
    bob.decide("unsure", "b1", True)
    alice.push()
    bob.push()
    carol = place.open("carol", follow_all=True)
    carol.decide_finals({"b1": 3}, "seen in 3D")
    review = Review(carol.state)
    b1, b2, b3 = review.rows(["b1", "b2", "b3"])
    assert b1.votes == {
        "alice": Vote(2, first.t, 4500, True, False, "odd"),
        "bob": Vote(None, "", None, False, True, ""),
    }
    assert b1.final is not None
    assert (b1.final.label, b1.final.by, b1.final.reason) == (3, "carol", "seen in 3D")
    assert (b2.votes, b2.final) == ({"alice": Vote(None, cleared.t)}, None)
    assert (b3.block, b3.votes, b3.final) == ("b3", {}, None)
    assert (review.annotators(), review.blocks()) == (["alice", "bob"], {"b1", "b2"})
    np.testing.assert_array_equal(review.votes(["b3", "b1", "b2"], ["bob", "alice"]), [[0, 0], [0, 2], [0, 0]])


def test_what_changed_is_told_once_and_only_to_who_follows(place: Place) -> None:
    place.write_roles(admins=["carol"])
    carol, alice = place.open("carol", follow_all=True), place.open()
    review, other = Review(carol.state), Review(carol.state)
    assert review.changed() == set()
    alice.decide("annotate", "b1", 1)
    alice.decide("comment", "b2", "?")
    alice.push()
    for decision in carol.follow():
        carol.state.apply(decision)
    carol.decide_finals({"b3": 1})
    assert review.changed() == {"b1", "b2", "b3"}
    assert review.changed() == set()
    other.close()
    carol.decide_finals({"b3": 2})
    assert (review.changed(), other.changed()) == ({"b3"}, {"b1", "b2", "b3"})


def test_a_decision_that_came_too_late_changes_nothing(place: Place) -> None:
    carol = place.open("carol", follow_all=True)
    made = carol.decide("annotate", "b1", 1)
    review = Review(carol.state)
    carol.state.apply(made)
    assert review.changed() == set()


def test_ten_annotators_with_ten_thousand_blocks_are_read_quickly() -> None:
    state, blocks = State(), [f"tile/block_{number:05}" for number in range(10_000)]
    for person in range(10):
        for n, block in enumerate(blocks, 1):
            state.apply(Decision(1, WHEN, n, f"p{person}", "s", "annotate", block, 1 + n % 3, ms=n))
    review = Review(state)
    began = time.perf_counter()
    rows = list(review.rows(blocks))
    table = review.votes(blocks, review.annotators())
    middle = time.perf_counter()
    state.apply(Decision(1, LATER, 1, "p3", "t", "annotate", blocks[7], 3))
    [changed] = review.rows(review.changed())
    end = time.perf_counter()
    assert (len(rows), rows[7].votes["p9"].label, table.shape) == (10_000, 3, (10_000, 10))
    assert (changed.votes["p3"].label, changed.votes["p4"].label) == (3, 3)
    # Ten times what they take here: the bench says how long exactly
    assert middle - began < 4
    assert end - middle < 0.05


def test_unread_files_are_named_with_their_annotator_and_the_rest_counts(place: Place) -> None:
    place.write_roles(admins=["carol"])
    for name in ("alice", "bob"):
        store = place.open(name)
        store.decide("annotate", "b1", 1)
        store.push()
    [path] = (place.root / "journal" / "bob").glob("*.jsonl")
    with path.open("ab") as file:
        file.write(b"nonsense\n")
    (place.root / "users" / "dora.json").write_text("{", encoding="utf-8")
    (place.root / "users" / "dora_display.json").write_text("{}", encoding="utf-8")
    carol = place.open("carol", follow_all=True)
    assert [(one.annotator, one.path) for one in carol.unread] == [("bob", path)]
    assert "line 3, cannot be read" in carol.unread[0].sentence
    with path.open("ab") as file:
        file.write(b'{"v":1')
    carol.follow()
    assert [one.annotator for one in carol.unread] == ["bob"]  # a line that is being written is no fault
    found = everything(place)
    assert [one.annotator for one in found.unread] == ["bob", "bob", "dora"]
    assert "dora.json is not a valid annotation file" in found.unread[2].sentence
    assert [found.state.label(name, "b1") for name in ("alice", "bob")] == [1, 1]
    assert found.annotators == ["alice", "bob"]


def test_who_uses_only_the_older_program_is_read_too(place: Place) -> None:
    place.write_roles(admins=["carol"])
    store = place.open()
    store.decide("annotate", "b1", 1)
    store.push()
    (place.root / "users" / "eve.json").write_text(
        json.dumps({"username": "eve", "created_at": WHEN, "updated_at": WHEN, "annotations": {"b1": entry(2)}})
    )
    (place.root / "users" / "finn.json").write_text(json.dumps({"username": "finn", "annotations": {}}))
    (place.root / "admin").mkdir(exist_ok=True)
    (place.root / "admin" / "final_labels.json").write_text(
        json.dumps({"updated_at": WHEN, "labels": {"b1": {"final_label": 3, "set_by": "carol", "set_at": WHEN}}})
    )
    before = {path: path.read_bytes() for path in place.root.rglob("*") if path.is_file()}
    found = everything(place)
    assert found.annotators == ["alice", "eve", "finn"]
    assert (found.state.label("eve", "b1"), found.state.mark("carol", "b1", "final")) == (2, 3)
    assert found.state.annotations("eve").through == {}
    assert found.unread == []
    assert {path: path.read_bytes() for path in place.root.rglob("*") if path.is_file()} == before
