"""The store by its front door: what is on disk after deciding, pushing, following and opening again."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from storage.errors import StorageError
from storage.names import known_annotators
from storage.store import open_store
from tests.storage.conftest import labels_of

if TYPE_CHECKING:
    from tests.storage.conftest import Place

ROOT = Path(__file__).resolve().parents[2]


def test_decision_is_on_this_computer_then_on_the_share(place: Place) -> None:
    store = place.open()
    made = store.decide("annotate", "Tile 1/block_0001", 2, ms=450)
    assert (store.pending, store.saved_through, store.is_durable) == (1, 0, True)
    assert store.state.label("alice", "Tile 1/block_0001") == 2
    [local] = place.local_journals()
    assert json.loads(local.read_text().splitlines()[1]) == {
        "v": 1,
        "t": made.t,
        "n": 1,
        "annotator": "alice",
        "session": store.session,
        "kind": "annotate",
        "block": "Tile 1/block_0001",
        "value": 2,
        "ms": 450,
    }
    assert place.lines() == []
    store.push()
    assert (store.pending, store.saved_through) == (0, 1)
    share = place.root / "journal" / "alice" / f"{store.session}.jsonl"
    assert share.read_bytes() == local.read_bytes()


def test_first_line_names_the_data_folder(place: Place) -> None:
    store = place.open()
    store.decide("flag", "b", True)
    store.push()
    first = place.lines()[0]
    assert (first["kind"], first["n"], first["value"]) == ("open", 0, str(place.data.resolve()))


def test_session_is_named_by_start_computer_and_chance(place: Place) -> None:
    store = place.open(host="Müller's PC.local")
    assert store.session.split("Z-", 1)[1].startswith("M-ller-s-PC-local-")
    assert store.session != place.open(host="Müller's PC.local").session
    store.decide("flag", "b", True)
    store.push()
    assert [line["session"] for line in place.lines()] == [store.session] * 2


def test_previous_value_and_undo_are_in_the_line(place: Place) -> None:
    store = place.open()
    first = store.decide("annotate", "b", 2)
    second = store.decide("annotate", "b", 3)
    third = store.decide("annotate", "b", second.prev, undoes=second.n)
    cleared = store.decide("clear", "b", first.prev, undoes=first.n)
    assert [d.prev for d in (first, second, third, cleared)] == [None, 2, 3, 2]
    assert [d.n for d in (first, second, third, cleared)] == [1, 2, 3, 4]
    assert [d.t for d in (first, second, third, cleared)] == sorted(d.t for d in (first, second, third, cleared))
    store.push()
    assert [line.get("undoes") for line in place.lines()] == [None, None, None, 2, 1]
    assert place.reopened() == {}


def test_every_kind_comes_back(place: Place) -> None:
    place.write_roles(admins=["alice"])
    store = place.open()
    values = {"unsure": True, "flag": True, "comment": "odd “ß”\n🧬", "final": 3}
    for kind, value in values.items():
        store.decide(kind, "b", value)
    assert store.decide("unsure", "b", False).prev is True
    store.push()
    again = place.open(local=place.top / "other")
    assert [again.state.mark("alice", "b", kind) for kind in values] == [False, True, "odd “ß”\n🧬", 3]
    assert again.state.label("alice", "b") is None


@pytest.mark.parametrize(
    ("kind", "block", "value"),
    [("annotate", "b", 0), ("annotate", "b", True), ("annotate", "", 1), ("sing", "b", 1), ("flag", "b", 1)],
)
def test_what_makes_no_sense_is_refused(place: Place, kind: str, block: str, value: Any) -> None:
    store = place.open()
    with pytest.raises(ValueError, match="cannot be"):
        store.decide(kind, block, value)
    assert store.pending == 0
    assert store.decide("annotate", "b", 1).n == 1


def test_text_that_is_no_text_is_refused(place: Place) -> None:
    store = place.open()
    with pytest.raises(StorageError, match="cannot be stored"):
        store.decide("comment", "b", "half a pair: \ud800")
    assert store.state.mark("alice", "b", "comment") is None
    assert store.decide("annotate", "b", 1).n == 1


def test_a_session_without_decisions_leaves_nothing(place: Place) -> None:
    store = place.open()
    store.push()
    store.write_snapshot(store.state.annotations("alice"))
    place.close(store)
    assert place.local_journals() == []
    assert [path for path in place.root.rglob("*") if path.is_file()] == []


def test_time_is_after_everything_seen(place: Place) -> None:
    place.write_older({"b": {"label": 1, "annotated_at": "2970-01-01T00:00:00+00:00"}})
    store = place.open()
    assert store.decide("annotate", "b", 2).t == "2970-01-01T00:00:00.000001+00:00"
    store.push()
    assert place.reopened() == {"b": 2}


def test_lines_of_a_newer_version_are_kept_and_ignored(place: Place) -> None:
    store = place.open()
    store.decide("annotate", "b", 2)
    store.push()
    share = next((place.root / "journal" / "alice").iterdir())
    newer = place.lines()[-1] | {"v": 2, "n": 2, "kind": "cells", "value": {"12": 3}, "colour": ["x"]}
    with share.with_name("newer.jsonl").open("w") as file:
        file.write(json.dumps(newer) + "\n")
        file.write(json.dumps(newer | {"kind": "annotate", "value": 3, "n": 3, "t": "2970-01-01T00:00:00Z"}) + "\n")
    again = place.open(local=None)
    assert labels_of(again) == {"b": 3}
    assert [problem for problem in again.problems if "newer" in problem] == []


# Following


def test_other_sessions_of_the_annotator_are_followed(place: Place) -> None:
    here, there = place.open(host="here"), place.open(host="there", local=place.top / "there")
    there.decide("annotate", "b1", 1)
    there.push()
    [seen] = here.follow()
    assert (seen.block, seen.value, seen.session) == ("b1", 1, there.session)
    assert here.state.label("alice", "b1") is None  # the owner applies it
    assert here.state.apply(seen)
    there.decide("annotate", "b1", 2)
    there.decide("flag", "b2", True)
    there.push()
    assert [(d.kind, d.value) for d in here.follow()] == [("annotate", 2), ("flag", True)]
    assert here.follow() == []
    here.decide("annotate", "b3", 3)
    here.push()
    assert here.follow() == []  # one's own are known
    assert [d.block for d in there.follow()] == ["b3"]


def test_others_are_followed_if_wanted(place: Place) -> None:
    place.write_roles(admins=["dave"])
    bob = place.open("bob")
    bob.decide("annotate", "b", 2)
    bob.push()
    assert place.open(local=place.top / "a").state.label("bob", "b") is None
    review = place.open("carol", local=place.top / "c", follow_all=True)
    assert review.state.label("bob", "b") == 2
    dave = place.open("dave")
    dave.decide("final", "b", 1)
    dave.push()
    [seen] = review.follow()
    assert (seen.annotator, seen.kind, seen.value) == ("dave", "final", 1)
    assert known_annotators(place.root) == ["alice", "bob", "carol", "dave"]


def test_a_journal_that_was_quiet_for_long_is_followed_when_it_grows(place: Place) -> None:
    writer = place.open(local=place.top / "other")
    writer.decide("annotate", "b1", 1)
    writer.push()
    os.utime(place.root / "journal" / "alice" / f"{writer.session}.jsonl", (1, 1))
    store = place.open()
    assert store.follow() == []
    writer.decide("annotate", "b2", 1)
    writer.push()
    assert [decision.block for decision in store.follow()] == ["b2"]


def test_what_was_read_before_a_folder_failed_is_not_lost(place: Place) -> None:
    place.write_roles(admins=["carol"])
    alice, bob = place.open("alice"), place.open("bob", local=place.top / "b")
    decide_in = place.root / "journal"
    reader = place.open("carol", local=place.top / "c", follow_all=True)
    bob.decide("annotate", "b", 1)
    bob.push()
    alice.decide("annotate", "a", 2)
    alice.push()
    (decide_in / "bob").rename(place.top / "away")
    (decide_in / "bob").symlink_to("bob")  # a link in a circle cannot be listed
    with pytest.raises(StorageError):
        reader.follow()
    (decide_in / "bob").unlink()
    (place.top / "away").rename(decide_in / "bob")
    assert {decision.block for decision in reader.follow()} == {"a", "b"}


def test_half_a_line_waits_for_its_rest(place: Place) -> None:
    store, writer = place.open(), place.open(local=place.top / "other")
    writer.decide("annotate", "b", 2)
    writer.push()
    share = place.root / "journal" / "alice" / f"{writer.session}.jsonl"
    content = share.read_bytes()
    for end in range(len(content)):
        share.write_bytes(content[:end])
        assert store.follow() == []
    share.write_bytes(content)
    assert [d.value for d in store.follow()] == [2]


def test_hidden_and_foreign_files_are_not_read(place: Place) -> None:
    store = place.open()
    store.decide("annotate", "b", 1)
    store.push()
    folder = place.root / "journal" / "alice"
    line = json.dumps(place.lines()[-1] | {"value": 3, "t": "2960-01-01T00:00:00+00:00"}) + "\n"
    for name in (".nfs00000123", ".x.jsonl", "notes.txt", "copy.jsonl.bak"):
        (folder / name).write_text(line)
    forged = json.dumps(place.lines()[-1] | {"annotator": "bob"}) + "\n"
    (folder / "forged.jsonl").write_text(forged)
    assert store.follow() == []
    again = place.open(local=None)
    assert labels_of(again) == {"b": 1}
    assert any("forged.jsonl, line 1, claims to be by bob" in problem for problem in again.problems)
    assert again.state.label("bob", "b") is None


def test_two_programs_of_one_annotator(place: Place) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom storage.store import open_store\n"
        "root, local, data, name = sys.argv[1:]\n"
        "store = open_store(Path(root), Path(local), 'alice', Path(data))\n"
        "for number in range(200):\n"
        "    store.decide('annotate', f'{name}_{number}', 1 + number % 3)\n"
        "    if number % 7 == 0:\n"
        "        store.push()\n"
        "        for decision in store.follow():\n            store.state.apply(decision)\n"
        "        store.write_snapshot(store.state.annotations('alice'))\n"
        "store.push()\nstore.close()\n"
    )
    arguments = [str(place.root), str(place.local), str(place.data)]
    programs = [
        subprocess.Popen([sys.executable, "-c", script, *arguments, name], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for name in ("x", "y")
    ]
    for program in programs:
        assert (program.communicate(timeout=60)[1], program.returncode) == ("", 0)
    expected = {f"{name}_{number}": 1 + number % 3 for name in "xy" for number in range(200)}
    assert place.reopened() == expected
    assert sum(line["kind"] == "annotate" for line in place.lines()) == 400


# Opening


def test_missing_folder_is_an_error_and_nothing_is_made(place: Place) -> None:
    missing = place.top / "not mounted"
    with pytest.raises(StorageError, match=r"not mounted does not exist\. Check that the share is mounted"):
        place.open(root=missing)
    assert not missing.exists()
    assert list(place.local.iterdir()) == []
    missing.touch()
    with pytest.raises(StorageError, match="is not a folder"):
        place.open(root=missing)
    with pytest.raises(StorageError, match="name"):
        place.open("../alice")


def test_empty_mount_point_is_an_error_and_nothing_is_made(place: Place) -> None:
    place.close(place.open())
    mounted = place.root.rename(place.top / "elsewhere")
    place.root.mkdir()
    with pytest.raises(StorageError, match="is empty, but held annotations before") as error:
        place.open()
    assert list(place.root.iterdir()) == []
    note = next(place.local.glob("*/root.txt"))
    assert note.read_text() == f"{place.root.resolve()}\n"
    assert str(note) in str(error.value)
    place.root.rmdir()
    mounted.rename(place.root)
    place.open()


def test_folders_are_made_below_the_root_only(place: Place) -> None:
    place.open()
    assert sorted(path.relative_to(place.root).as_posix() for path in place.root.rglob("*")) == [
        "journal",
        "journal/alice",
        "users",
    ]


def test_another_data_set_in_the_same_annotations_folder_is_noticed(place: Place) -> None:
    store = place.open()
    store.decide("annotate", "block_0001", 1)
    store.push()
    assert store.same_data_warning is None
    moved = place.top / "another mount" / "blocks"
    assert place.open(data_root=moved, local=None).same_data_warning is None
    warning = place.open(data_root=place.top / "other set", local=None).same_data_warning
    assert warning is not None
    assert str(place.data.resolve()) in warning
    other = place.open("bob", data_root=place.top / "other set", local=None)
    assert other.same_data_warning is not None


def test_links_to_the_annotations_folder_are_the_same_store(place: Place) -> None:
    store = place.open()
    store.decide("annotate", "b", 1)
    place.close(store)
    link = place.top / "link"
    link.symlink_to(place.root)
    assert labels_of(place.open(root=link)) == {"b": 1}


def test_new_files_show_on_clients_with_old_listings(place: Place) -> None:
    """The folder's time moves on, a moment after the file was made, at the next call."""
    store = place.open()
    folder = place.root / "journal" / "alice"
    store.decide("annotate", "b", 1)
    start = time.monotonic()
    store.push()
    os.utime(folder, (1, 1))
    while folder.stat().st_mtime == 1:  # each call looks whether the moment has come
        store.follow()
    assert time.monotonic() - start >= 0.05
    os.utime(folder, (1, 1))
    store.push()
    store.follow()
    assert folder.stat().st_mtime == 1  # once is enough


# The cost


def test_cost_of_a_decision_does_not_grow(place: Place) -> None:
    def median(store: Any) -> float:
        seconds = []
        for number in range(60):
            start = time.perf_counter()
            store.decide("annotate", f"new_{number}", 1)
            seconds.append(time.perf_counter() - start)
        return statistics.median(seconds)

    when = "2026-01-01T00:00:00.000000+00:00"
    annotations = {f"block_{n:06d}": {"label": 1, "annotated_at": when} for n in range(100_000)}
    (place.root / "users").mkdir()
    (place.root / "users" / "many.json").write_text(json.dumps({"updated_at": when, "annotations": annotations}))
    few, many = place.open("few"), place.open("many")
    assert len(labels_of(many)) == 100_000
    assert min(median(many) for _ in range(3)) < 3 * min(median(few) for _ in range(3))


def test_options_have_defaults(place: Place) -> None:
    store = open_store(place.root, place.local, "Alice", place.data)
    assert store.annotator == "alice"
    store.close()
