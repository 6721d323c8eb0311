"""The older program's files: read in both schemas, taken over by their own times, written in its format."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.storage.conftest import WHEN, Place, entry, labels_of, saved

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.store import Store

GOLDEN = Path(__file__).resolve().parents[2].parent / "shared" / "golden" / "block-annotator"
needs_golden = pytest.mark.skipif(not GOLDEN.is_dir(), reason="the folder of real data is not here")
LATER = "2026-01-02T00:00:00.000000+00:00"


def after(text: str, seconds: float = 1) -> str:
    return (datetime.fromisoformat(text) + timedelta(seconds=seconds)).isoformat()


class OlderProgram:
    """Does to a snapshot what the older program does: loads it all, changes it, writes it all."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.content = json.loads(path.read_text(encoding="utf-8"))

    def label(self, block: str, label: int, seconds: float = 1) -> None:
        self.content["updated_at"] = when = after(self.content["updated_at"], seconds)
        self.content["annotations"][block] = entry(label, when)
        self._write()

    def clear(self, block: str, seconds: float = 1) -> None:
        self.content["updated_at"] = after(self.content["updated_at"], seconds)
        del self.content["annotations"][block]
        self._write()

    def _write(self) -> None:
        self.path.write_text(json.dumps(self.content, indent=2, ensure_ascii=False), encoding="utf-8")


# Reading


@needs_golden
def test_real_file_with_flat_ids(place: Place) -> None:
    shutil.copytree(GOLDEN / "users_legacy", place.root / "users")
    store = place.open()
    assert dict(store.state.annotations("alice")) == {
        "block_0001": (1, "2024-01-02T10:30:00.000000+00:00"),
        "block_0002": (3, "2024-01-02T11:00:00.000000+00:00"),
    }
    store.push()
    assert [line.get("source") for line in place.lines()] == [None, "older", "older"]
    assert store.problems == []


@needs_golden
@pytest.mark.parametrize("moved", [False, True])
def test_real_file_with_nested_ids(place: Place, moved: bool) -> None:
    shutil.copytree(GOLDEN / "users", place.root / "users")
    store = place.open(data_root=place.data if moved else Path("/data/blocks"))
    assert labels_of(store) == {"block_0000": 1, "Tile_X_0001/ch_561/block_0001": 3}
    assert any("made in /data/blocks were taken over" in problem for problem in store.problems) == moved


@needs_golden
def test_written_file_is_as_the_older_program_writes_it(place: Place) -> None:
    shutil.copytree(GOLDEN / "users_legacy", place.root / "users")
    before = place.snapshot.read_bytes()
    store = place.open()
    saved(store)
    after_it = place.snapshot.read_bytes()
    content = json.loads(after_it)
    assert after_it == json.dumps(content, indent=2, ensure_ascii=False).encode()
    seal = content.pop("cytoscribe")
    assert seal["written_at"] == content["updated_at"]
    content["updated_at"] = json.loads(before)["updated_at"]
    for annotation in content["annotations"].values():
        annotation["annotated_at"] = annotation["annotated_at"].replace(".000000", "")
    assert json.dumps(content, indent=2, ensure_ascii=False).encode() == before


@pytest.mark.parametrize(
    ("data_root", "parent", "block"),
    [
        ("/mnt/a/blocks", "/mnt/a/blocks", "block_0001"),
        ("/mnt/a/blocks", "/mnt/a/blocks/Tile 1/ch", "Tile 1/ch/block_0001"),
        ("/mnt/a/blocks", "/old/blocks/T", "T/block_0001"),
        ("/mnt/a/blocks", r"C:\data\blocks\T", "T/block_0001"),
        ("/mnt/a/blocks", "C:/data/blocks/T", "T/block_0001"),
        ("/mnt/a/blocks", r"\\server\share\blocks", "block_0001"),
        ("/mnt/ä/Blöcke 🧬", "/old/Blöcke 🧬/T", "T/block_0001"),
        ("/mnt/a/blocks", "/blocks/a/blocks/T", "T/block_0001"),  # a/blocks agrees in two parts
        ("/mnt/a/blocks", "/old/blocks/x/blocks/T", None),  # either could be it
        ("/mnt/a/blocks", "/old/Blocks/T", None),
        ("/mnt/a/blocks", "/old/myblocks", None),
        ("/mnt/a/blocks", "/mnt/a", None),
        ("/", "/data/x", None),
        ("/mnt/a/blocks", "", "block_0001"),
        ("/mnt/a/blocks", "T/ch", "T/ch/block_0001"),
    ],
)
def test_nested_ids_become_relative(place: Place, data_root: str, parent: str, block: str | None) -> None:
    place.write_older({parent: {"block_0001": entry(2)}})
    store = place.open(data_root=Path(data_root))
    assert labels_of(store) == ({block: 2} if block else {})
    saved(store)
    kept = json.loads(place.snapshot.read_text()).get("unmatched")
    assert kept == (None if block else {parent: {"block_0001": entry(2)}})
    assert any(f"made in {parent} fit no block" in problem for problem in store.problems) == (block is None)


def test_most_like_the_data_folder_wins_over_the_whole_file(place: Place) -> None:
    nested = {
        "/old/set_1/blocks/T": {"block_0001": entry(1)},
        "/old/set_2/blocks/T": {"block_0001": entry(2), "block_0002": entry(2)},
    }
    place.write_older(nested)
    store = place.open(data_root=Path("/mnt/set_2/blocks"))
    assert labels_of(store) == {"T/block_0001": 2, "T/block_0002": 2}
    saved(store)
    assert json.loads(place.snapshot.read_text())["unmatched"] == {"/old/set_1/blocks/T": nested["/old/set_1/blocks/T"]}


def test_another_data_set_of_the_same_name_is_not_mixed_in(place: Place) -> None:
    place.write_older(
        {"/mnt/set_1/blocks": {"b": entry(1)}, "/mnt/set_2/blocks": {"b": entry(2, LATER), "c": entry(2)}}
    )
    assert labels_of(place.open(data_root=Path("/mnt/set_1/blocks"))) == {"b": 1}


def test_two_equally_good_folders_are_not_guessed(place: Place) -> None:
    place.write_older({"/x/set_1/blocks": {"b": entry(1)}, "/x/set_2/blocks": {"b": entry(2)}})
    store = place.open(data_root=Path("/mnt/blocks"))
    assert labels_of(store) == {}
    [problem] = store.problems
    assert "2 annotations made in /x/set_1/blocks and 1 more folders fit no block" in problem


def test_mixed_schemas_take_the_newest_of_a_block(place: Place) -> None:
    place.write_older(
        {
            "T/b1": entry(1),
            "T/b2": entry(2, LATER),
            "/old/blocks/T": {"b1": entry(3, LATER), "b2": entry(3), "b3": entry(3)},
        }
    )
    assert labels_of(place.open()) == {"T/b1": 3, "T/b2": 2, "T/b3": 3}


def test_flat_ids_of_windows(place: Place) -> None:
    place.write_older({r"Tile_1\block_0001": entry(2)})
    assert labels_of(place.open()) == {"Tile_1/block_0001": 2}


BAD: dict[str, Any] = {
    "zero": entry(0),
    "true": entry(True),
    "text": entry("1"),
    "number": entry(1.5),
    "none": entry(None),
    "no time": {"label": 1},
    "bad time": entry(1, "yesterday"),
    "time as number": entry(1, 5),
    "list": [1],
    "no label": {"annotated_at": WHEN},
}


def test_bad_entries_are_named_and_kept(place: Place) -> None:
    place.write_older({"good": entry(1)} | BAD | {"/old/blocks": {"fine": entry(2), "bad": entry(-1), "worse": None}})
    store = place.open()
    assert labels_of(store) == {"good": 1, "fine": 2}
    assert any("12 annotations have no valid class or time (the first is “zero”)" in p for p in store.problems)
    for _ in range(2):  # they stay, however often it is written
        saved(store)
        kept = json.loads(place.snapshot.read_text())["unmatched"]
        assert kept == BAD | {"/old/blocks": {"bad": entry(-1), "worse": None}}
        place.close(store)
        store = place.open()


def test_unmatched_entries_are_found_by_the_right_data_folder(place: Place) -> None:
    place.write_older({"/old/set_1": {"b": entry(1)}, "/old/set_2": {"c": entry(2)}})
    store = place.open(data_root=Path("/mnt/set_1"))
    assert labels_of(store) == {"b": 1}
    saved(store)
    place.close(store)
    store = place.open(data_root=Path("/mnt/set_2"))
    assert labels_of(store)["c"] == 2
    saved(store)
    assert "unmatched" not in json.loads(place.snapshot.read_text())


# Taking over what the older program did


def test_what_is_newer_than_the_journals_is_taken_over(place: Place) -> None:
    store = place.open()
    for block in ("kept", "changed", "cleared"):
        store.decide("annotate", block, 1)
    store.decide("flag", "cleared", True)
    saved(store)
    place.close(store)
    older = OlderProgram(place.snapshot)
    older.label("changed", 2)
    older.label("new", 3)
    older.clear("cleared")
    again = place.open()
    assert labels_of(again) == {"kept": 1, "changed": 2, "new": 3}
    assert again.state.mark("alice", "cleared", "flag") is True
    assert again.pending == 0  # the snapshot names them at once
    last = {line["block"]: line for line in place.lines() if line.get("source") == "older"}
    assert (last["cleared"]["kind"], last["cleared"]["prev"]) == ("clear", 1)
    assert (last["changed"]["value"], last["changed"]["prev"]) == (2, 1)
    assert last["cleared"]["t"] == older.content["updated_at"]
    assert place.reopened() == {"kept": 1, "changed": 2, "new": 3}
    place.close(again)
    assert place.open().pending == 0  # once is enough


def test_what_our_snapshot_never_had_is_not_cleared(place: Place) -> None:
    """A session that was cut off from the share brings its decisions late."""
    online, offline = place.open(), place.open(local=place.top / "offline")
    offline.decide("annotate", "late", 1)
    online.decide("annotate", "early", 2)
    saved(online)
    OlderProgram(place.snapshot).label("other", 3)
    offline.push()
    assert place.reopened() == {"late": 1, "early": 2, "other": 3}


def test_what_is_newer_than_the_older_change_is_not_cleared(place: Place) -> None:
    store = place.open()
    store.decide("annotate", "b", 1)
    saved(store)
    older = OlderProgram(place.snapshot)
    older.clear("b", seconds=-3600)  # its clock is behind
    again = place.open(local=None)
    assert (labels_of(again), again.pending) == ({"b": 1}, 0)


def test_older_entries_than_ours_change_nothing(place: Place) -> None:
    store = place.open()
    store.decide("annotate", "b", 1)
    store.decide("annotate", "c", 1)
    store.decide("clear", "c", None)
    store.push()
    place.write_older({"b": entry(2), "c": entry(2)})
    assert place.reopened() == {"b": 1}


def test_change_while_our_session_is_open_is_not_lost(place: Place) -> None:
    store = place.open()
    for block in ("kept", "changed", "cleared"):
        store.decide("annotate", block, 1)
    saved(store)
    older = OlderProgram(place.snapshot)
    older.label("changed", 2, seconds=60)
    older.label("new", 3)
    older.clear("cleared")
    store.decide("annotate", "ours", 2)
    saved(store)
    expected = {"kept": 1, "changed": 2, "new": 3, "ours": 2}
    assert {b: e["label"] for b, e in json.loads(place.snapshot.read_text())["annotations"].items()} == expected
    for decision in store.follow():
        store.state.apply(decision)
    assert labels_of(store) == expected
    assert place.reopened() == expected


def test_journals_that_are_lost_are_made_up_from_the_snapshot(place: Place) -> None:
    store = place.open()
    store.decide("annotate", "b", 1)
    saved(store)
    place.close(store)
    shutil.rmtree(place.root / "journal")
    assert place.reopened() == {"b": 1}


def test_snapshot_has_nothing_that_no_journal_has(place: Place) -> None:
    store = place.open()
    store.decide("annotate", "b", 1)
    store.write_snapshot(store.state.annotations("alice"))
    assert store.pending == 0
    assert place.open(local=None).pending == 0  # nothing is taken for the older program's


# By hand, and by programs that do not know our forms


def by_hand(place: Place, edit: Callable[[dict[str, Any]], object]) -> Store:
    """Let somebody edit alice's snapshot of five annotated blocks; return the session that comes then."""
    store = place.open()
    for number in range(5):
        store.decide("annotate", f"b{number}", 1)
    saved(store)
    place.close(store)
    content = json.loads(place.snapshot.read_text())
    edit(content)
    place.snapshot.write_text(json.dumps(content))
    again = place.open()
    saved(again)
    return again


def test_what_was_typed_in_by_hand_counts(place: Place) -> None:
    def edit(content: dict[str, Any]) -> None:
        content["annotations"]["b1"]["label"] = 2
        content["annotations"]["new"] = entry(3)
        del content["annotations"]["b2"]

    store = by_hand(place, edit)
    assert labels_of(store) == {"b0": 1, "b1": 2, "b3": 1, "b4": 1, "new": 3}
    assert place.reopened() == labels_of(store)
    assert set(json.loads(place.snapshot.read_text())["annotations"]) == set(labels_of(store))


@pytest.mark.parametrize("how", ["nested elsewhere", "text for a class", "no time"])
def test_what_is_not_understood_was_not_taken_away(place: Place, how: str) -> None:
    def edit(content: dict[str, Any]) -> None:
        content["updated_at"] = "2970-01-01T00:00:00+00:00"
        annotations = content["annotations"]
        if how == "nested elsewhere":
            content["annotations"] = {"/mnt/elsewhere/stuff": annotations}
        elif how == "text for a class":
            annotations["b1"]["label"] = "2"
        else:
            del annotations["b1"]["annotated_at"]

    assert labels_of(by_hand(place, edit)) == {f"b{number}": 1 for number in range(5)}
    content = json.loads(place.snapshot.read_text())
    edit(content)  # and once more: now it is also kept as unmatched
    content["updated_at"] = "2971-01-01T00:00:00+00:00"
    place.snapshot.write_text(json.dumps(content))
    assert place.reopened() == {f"b{number}": 1 for number in range(5)}


def test_brackets_without_end_are_one_sentence(place: Place) -> None:
    place.snapshot.parent.mkdir()
    place.snapshot.write_text('{"annotations": {"a": ' + "[" * 5000 + "]" * 5000 + "}}")
    store = place.open()
    assert any("is not a valid annotation file" in problem for problem in store.problems)
