"""Journals that are checked again and begun anew, and the rights of what is made in a shared folder."""

from __future__ import annotations

import os
import stat
import time
from typing import TYPE_CHECKING

import pytest

from storage.errors import StorageError
from tests.storage.conftest import Place, decide_some, saved, share_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="rights of POSIX")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def strict_umask() -> Iterator[None]:
    old = os.umask(0o077)
    yield
    os.umask(old)


@pytest.mark.usefixtures("strict_umask")
def test_in_a_shared_folder_the_group_reads_what_is_made_whatever_the_umask(place: Place) -> None:
    place.root.chmod(0o3775)
    store = place.open()
    decide_some(store, "b")
    saved(store)
    assert [mode(place.root / name) for name in ("journal", "journal/alice", "users")] == [0o3775, 0o3775, 0o2775]
    assert [mode(share_of(place, store)), mode(place.snapshot)] == [0o644] * 2


@pytest.mark.usefixtures("strict_umask")
def test_in_a_folder_of_ones_own_the_umask_holds(place: Place) -> None:
    store = place.open()
    decide_some(store, "b")
    saved(store)
    assert mode(place.root / "journal" / "alice") == 0o700
    assert mode(share_of(place, store)) == 0o600


def test_what_vanishes_from_the_share_while_nobody_decides_comes_back(place: Place) -> None:
    store = place.open()
    decide_some(store, "b1", "b2")
    store.push()
    path = share_of(place, store)
    content = path.read_bytes()
    path.write_bytes(content[:50])
    store.follow()
    assert path.read_bytes() == content
    path.unlink()
    store.follow()
    assert (path.read_bytes(), store.pending) == (content, 0)


def test_what_vanished_and_cannot_be_brought_back_is_not_shown_as_saved(place: Place) -> None:
    store = place.open()
    decide_some(store, "b1", "b2")
    store.push()
    path = share_of(place, store)
    path.unlink()
    path.mkdir()
    assert store.follow() == []
    assert store.pending == 2
    with pytest.raises(StorageError, match="safe on this computer"):
        store.push()
    path.rmdir()
    store.push()
    path.unlink()
    path.parent.rmdir()
    path.parent.touch()
    assert store.follow() == []
    assert store.pending == 2
    with pytest.raises(StorageError, match="safe on this computer"):
        store.push()
    path.parent.unlink()
    store.push()
    assert store.pending == 0


def test_what_a_server_lost_is_pushed_again_by_the_next_session(place: Place) -> None:
    first = place.open()
    decide_some(first, "b1", "b2")
    first.push()
    path = share_of(place, first)
    content = path.read_bytes()
    place.close(first)
    path.write_bytes(content[:60])
    store = place.open()
    store.push()
    assert path.read_bytes() == content
    assert place.reopened() == {"b1": 1, "b2": 1}


def test_after_half_a_day_another_journal_is_begun(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that lost sight of the old file finds the new one by listing."""
    store, reader = place.open(), place.open(local=place.top / "other")
    decide_some(store, "b1")
    store.push()
    first = store.session
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 13 * 3600)
    decide_some(store, "b2")
    assert store.session != first
    assert (store.pending, store.saved_through) == (1, 1)
    store.push()
    assert (store.pending, store.saved_through) == (0, 2)
    assert {decision.block for decision in reader.follow()} == {"b1", "b2"}
    assert place.reopened() == {"b1": 1, "b2": 1}
    assert [line["n"] for line in sorted(place.lines(), key=lambda line: line["t"]) if line["n"]] == [1, 2]


def test_a_listed_journal_that_is_gone_stops_nothing(place: Place) -> None:
    store = place.open()
    decide_some(store, "b1")
    store.push()
    path = share_of(place, store)
    path.rename(path.with_name("20990101T000000Z-here-00000000.jsonl"))
    path.symlink_to(path.with_name("gone"))  # is listed and cannot be opened, as in a listing of the moment before
    assert place.reopened() == {"b1": 1}
