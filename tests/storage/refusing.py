"""What every refusal has in common: a sentence that says enough, and nothing lost once it is mended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from storage.errors import StorageError
from tests.storage.conftest import Place, decide_some, labels_of, saved

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.store import Store


def refused(work: Callable[[], object], *expected: str) -> str:
    """Do what has to fail; the sentence has to hold each expected text."""
    with pytest.raises(StorageError) as error:
        work()
    sentence = str(error.value)
    for text in expected:
        assert re.search(text, sentence), sentence
    return sentence


def snapshot_of(store: Store) -> Callable[[], None]:
    return lambda: store.write_snapshot(store.state.annotations(store.annotator))


def check_whole(place: Place, store: Store) -> None:
    """After what was wrong is mended, the session goes on: everything of its own is on the share once, in order."""
    decide_some(store, "in the end")
    saved(store)
    assert (store.pending, store.is_durable) == (0, True)
    lines = [line for line in place.lines() if line["kind"] != "open"]
    assert sorted(line["n"] for line in lines) == list(range(1, len(lines) + 1))
    by_number = sorted(lines, key=lambda line: int(line["n"]))
    assert [line["t"] for line in by_number] == sorted({line["t"] for line in lines})
    assert place.reopened() == labels_of(store)
    assert [path for path in place.root.rglob("*") if path.name.endswith(".tmp")] == []
