"""The snapshot in the older program's format: its bytes, what survives in it, and files that cannot be used."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import StorageError
from tests.storage.conftest import WHEN, Place, entry, saved

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(blocks=st.dictionaries(TEXTS, st.integers(1, 99), max_size=8), extra=st.dictionaries(TEXTS, TEXTS, max_size=3))
@settings(max_examples=40)
def test_bytes_are_those_of_json_dump(tmp_path_factory: Any, blocks: dict[str, int], extra: dict[str, str]) -> None:
    place = Place(tmp_path_factory.mktemp("place"))
    extra = {key: value for key, value in extra.items() if key not in ("annotations", "unmatched", "cytoscribe")}
    place.write_older({}, **extra)
    store = place.open(local=None)
    for block, label in blocks.items():
        store.decide("annotate", block, label)
    store.write_snapshot(store.state.annotations("alice"))
    data = place.snapshot.read_bytes()
    content = json.loads(data)
    assert data == json.dumps(content, indent=2, ensure_ascii=False).encode()
    assert {block: e["label"] for block, e in content["annotations"].items()} == blocks
    assert all(content[key] == value for key, value in extra.items() if key != "updated_at")
    store.close()


def test_unknown_keys_and_the_creation_time_survive(place: Place) -> None:
    odd = {"station": {"x": [1.0, 1e300, 12345678901234567890123, None]}, "empty": {}, "list": []}
    place.write_older({}, created_at="2020-01-01T00:00:00+00:00", **odd)
    store = place.open()
    store.decide("annotate", "b", 1)
    saved(store)
    content = json.loads(place.snapshot.read_text())
    assert {key: content[key] for key in odd} == odd
    assert content["created_at"] == "2020-01-01T00:00:00+00:00"
    assert content["username"] == "alice"
    assert list(content) == ["username", "created_at", "updated_at", "annotations", *odd, "cytoscribe"]


def test_cleared_blocks_are_not_in_it(place: Place) -> None:
    store = place.open()
    store.decide("annotate", "a", 1)
    store.decide("annotate", "b", 1)
    store.decide("clear", "a", None)
    saved(store)
    assert list(json.loads(place.snapshot.read_text())["annotations"]) == ["b"]
    assert [path.name for path in place.snapshot.parent.iterdir()] == ["alice.json"]


UNREADABLE = {
    "truncated": b'{"annotations": {"b": {"lab',
    "empty": b"",
    "null": b"null",
    "list": b"[]",
    "annotations null": b'{"annotations": null}',
    "annotations list": b'{"annotations": [1]}',
    "not UTF-8": b'{"username": "\xff", "annotations": {}}',
    "two": b"{}{}",
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_file_is_named_and_never_overwritten(place: Place, content: bytes) -> None:
    place.snapshot.parent.mkdir()
    place.snapshot.write_bytes(content)
    store = place.open()
    assert any(str(place.snapshot) in problem for problem in store.problems)
    assert place.snapshot.read_bytes() == content
    store.decide("annotate", "b", 1)
    store.push()
    assert place.snapshot.read_bytes() == content
    saved(store)
    [aside] = place.snapshot.parent.glob("alice.json.unreadable-*")
    assert aside.read_bytes() == content
    assert any(aside.name in problem for problem in store.problems)
    assert list(json.loads(place.snapshot.read_text())["annotations"]) == ["b"]


def test_file_that_breaks_again_at_once_is_kept_too(place: Place) -> None:
    store = place.open()
    store.decide("annotate", "b", 1)
    for content in (b"first", b"second"):
        place.snapshot.write_bytes(content)
        with contextlib.suppress(StorageError):  # within one second there is no other name for it: later
            saved(store)
    kept = [path.read_bytes() for path in place.snapshot.parent.iterdir()]
    assert b"first" in kept
    assert b"second" in kept


def test_file_without_annotations_is_filled(place: Place) -> None:
    place.snapshot.parent.mkdir()
    place.snapshot.write_bytes(b"\xef\xbb\xbf{}")
    store = place.open()
    assert store.problems == []
    store.decide("annotate", "b", 1)
    saved(store)
    content = json.loads(place.snapshot.read_text())
    assert (content["username"], list(content["annotations"])) == ("alice", ["b"])


def test_snapshots_of_two_sessions_never_lose(place: Place) -> None:
    first, second = place.open(), place.open()
    first.decide("annotate", "a", 1)
    second.decide("annotate", "b", 2)
    saved(first)
    saved(second)  # it does not know of a yet
    assert place.reopened() == {"a": 1, "b": 2}
    for decision in second.follow():
        second.state.apply(decision)
    saved(second)
    assert set(json.loads(place.snapshot.read_text())["annotations"]) == {"a", "b"}


def test_cost_of_a_snapshot(place: Place) -> None:
    annotations = {f"block_{n:06d}": entry(1 + n % 3) for n in range(100_000)}
    store = place.open()
    place.write_older(annotations)
    plain = {block: (1 + n % 3, WHEN) for n, block in enumerate(annotations)}

    def timed(work: Any) -> float:
        best = 1e9
        for _ in range(3):
            start = time.perf_counter()
            work()
            best = min(best, time.perf_counter() - start)
        return best

    ours = timed(lambda: store.write_snapshot(plain))
    assert ours < timed(lambda: place.write_older(annotations))  # which reads nothing and syncs nothing
