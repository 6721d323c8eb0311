"""Folders that are removed under a living session: made again with what was in them, or said to be missing."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.storage.conftest import away, decide_some, labels_of, saved
from tests.storage.refusing import check_whole, refused, snapshot_of

if TYPE_CHECKING:
    from tests.storage.conftest import Place

pytestmark = pytest.mark.skipif(os.name == "nt", reason="open files can be removed as on POSIX")


@pytest.mark.parametrize("removed", ["journal/alice", "journal", "users"])
@pytest.mark.parametrize("decides", [True, False])
def test_removed_folder_is_made_again_with_all_that_was_in_it(place: Place, removed: str, decides: bool) -> None:
    store = place.open()
    decide_some(store, "a", "b")
    saved(store)
    shutil.rmtree(place.root / removed)
    if decides:
        decide_some(store, "c")
    store.push()
    assert place.reopened() == labels_of(store)
    assert store.follow() == []
    check_whole(place, store)
    assert place.snapshot.exists()


def test_removed_annotations_folder_is_never_made_again_but_filled_when_it_is_back(place: Place) -> None:
    store = place.open()
    decide_some(store, "a")
    saved(store)
    shutil.rmtree(place.root)
    decide_some(store, "b")
    for work in (store.push, store.follow, snapshot_of(store)):
        refused(work, re.escape(str(place.root)), "does not exist", "Check that the share is mounted")
    place.root.mkdir()
    for work in (store.push, store.follow, snapshot_of(store)):
        refused(work, re.escape(str(place.root)), "is empty", "Check that the share is mounted")
    assert list(place.root.iterdir()) == []
    assert (store.pending, store.is_durable) == (1, True)
    (place.root / "users").mkdir()
    check_whole(place, store)


def test_folder_of_another_that_is_removed_takes_nothing_from_the_state(place: Place) -> None:
    bob = place.open("bob")
    decide_some(bob, "b")
    bob.push()
    store = place.open("carol", follow_all=True, local=place.top / "carol")
    shutil.rmtree(place.root / "journal" / "bob")
    assert store.follow() == []
    assert store.state.label("bob", "b") == 1
    bob.push()
    store.follow()
    assert place.open("dave", follow_all=True, local=None).state.label("bob", "b") == 1


def test_removed_local_folder_takes_nothing_that_the_session_still_has(place: Place) -> None:
    store = place.open()
    decide_some(store, "a")
    shutil.rmtree(place.local)
    decide_some(store, "b")
    store.push()
    assert place.reopened() == {"a": 1, "b": 1}
    check_whole(place, store)
    place.close(store)
    again = place.open()
    assert again.problems == []
    assert labels_of(again) == {"a": 1, "b": 1, "in the end": 1}


def test_removed_local_folder_is_said_while_the_share_is_away(place: Place) -> None:
    store = place.open()
    away(place)
    shutil.rmtree(place.local)
    decide_some(store, "a")
    assert not store.is_durable or place.local_journals()
    assert store.problems
