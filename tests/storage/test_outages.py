"""Shares that go away and disks that are full: what waits, where, and what is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from storage.errors import StorageError
from tests.storage.conftest import Place, away, back, decide_some, share_of

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="limits and links of POSIX")


# The share goes away and comes back


def test_share_goes_away_and_comes_back(place: Place) -> None:
    store = place.open()
    decide_some(store, "b1")
    store.push()
    elsewhere = away(place)
    for missing in (False, True):
        if missing:
            place.root.rmdir()
        decide_some(store, f"away_{missing}")
        for work in (store.push, store.follow, lambda: store.write_snapshot(store.state.annotations("alice"))):
            with pytest.raises(StorageError, match="Check that the share is mounted"):
                work()
        assert store.is_durable
    assert (store.pending, store.saved_through) == (2, 1)
    assert not place.root.exists()
    place.root.mkdir()
    back(place, elsewhere)
    store.push()
    assert (store.pending, store.saved_through) == (0, 3)
    assert place.reopened() == {"b1": 1, "away_False": 1, "away_True": 1}


def test_share_that_cannot_be_written_is_named(place: Place) -> None:
    store = place.open()
    decide_some(store, "b1")
    share_of(place, store).mkdir()
    with pytest.raises(StorageError, match=r"jsonl .*safe on this computer"):
        store.push()
    assert (store.pending, store.is_durable) == (1, True)
    share_of(place, store).rmdir()
    store.push()
    assert place.reopened() == {"b1": 1}


def test_snapshot_that_cannot_be_written_is_as_it_was(place: Place) -> None:
    store = place.open()
    decide_some(store, "b1")
    place.snapshot.mkdir()
    (place.snapshot / "x").touch()
    with pytest.raises(StorageError, match="the journals have every decision"):
        store.write_snapshot(store.state.annotations("alice"))
    assert [path.name for path in place.snapshot.parent.iterdir()] == ["alice.json"]


def test_folders_that_cannot_be_made(place: Place) -> None:
    (place.root / "journal").touch()
    with pytest.raises(StorageError, match=r"journal.*Ask for the right to write there"):
        place.open()


# No local disk


def blocked(place: Place) -> Path:
    """A local folder that cannot be used: a file stands in its place."""
    path = place.top / "file"
    path.touch()
    return path


@pytest.mark.parametrize("kind", ["none", "file"])
def test_without_a_local_folder_the_share_is_written_directly(place: Place, kind: str) -> None:
    store = place.open(local=None if kind == "none" else blocked(place))
    assert any("straight to the annotations folder" in problem for problem in store.problems)
    decide_some(store, "b1", "b2")
    assert (store.pending, store.is_durable) == (2, False)
    store.push()
    assert (store.pending, store.is_durable, store.saved_through) == (0, True, 2)
    decide_some(store, "b3")
    store.push()
    assert place.reopened() == {"b1": 1, "b2": 1, "b3": 1}


def test_without_a_local_folder_a_failed_push_refuses_the_next_key(place: Place) -> None:
    store = place.open(local=None)
    decide_some(store, "b1")
    elsewhere = away(place)
    decide_some(store, "b2")
    with pytest.raises(StorageError):
        store.push()
    before = store.state.annotations("alice")
    with pytest.raises(StorageError, match=r"was not taken.*is empty"):
        store.decide("annotate", "b3", 1)
    assert (store.pending, store.state.annotations("alice")) == (2, before)
    back(place, elsewhere)
    store.push()
    decide_some(store, "b3")
    store.push()
    assert place.reopened() == {"b1": 1, "b2": 1, "b3": 1}


FULL_DISK = """
import json, resource, sys
from pathlib import Path
from storage.errors import StorageError
from storage.store import open_store
root, local, data, room = sys.argv[1:]
store = open_store(Path(root), Path(local), "alice", Path(data))
for number in range(3):
    store.decide("annotate", f"before_{number}", 1)
first = store.session
path = next(Path(local).glob("*/journal/alice/*.jsonl"))
size = path.stat().st_size
# No file may grow beyond what this one has, and some bytes of the next line
resource.setrlimit(resource.RLIMIT_FSIZE, (size + int(room), resource.RLIM_INFINITY))
decision = store.decide("annotate", "at the end", 2)
assert path.stat().st_size == size, "the torn line was not cut back"
assert (decision.session, decision.n) == (store.session, 4) and store.session != first
assert (store.pending, store.is_durable) == (4, False)
store.push()
assert (store.pending, store.saved_through, store.is_durable) == (0, 4, True)
resource.setrlimit(resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
store.decide("annotate", "does not fit", 3)
refused = ""
for attempt in range(2):
    try:
        store.push()
    except StorageError as error:
        refused = str(error)
assert "larger than is allowed" in refused and "only in this window" in refused, refused
try:
    store.decide("annotate", "refused", 3)
except StorageError as error:
    refused = str(error)
assert "was not taken" in refused and store.state.label("alice", "refused") is None
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.push()
store.decide("annotate", "room again", 3)
store.push()
print(json.dumps(store.problems))
"""


@pytest.mark.parametrize("room", [0, 1, 100])
def test_full_local_disk(place: Place, room: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(place.root), str(place.local), str(place.data), str(room)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stderr, done.returncode) == ("", 0)
    [problem] = json.loads(done.stdout)
    assert "straight to the annotations folder" in problem
    expected = {f"before_{n}": 1 for n in range(3)} | {"at the end": 2, "does not fit": 3, "room again": 3}
    assert place.reopened() == expected
    decisions: list[dict[str, Any]] = [line for line in place.lines() if line["kind"] == "annotate"]
    assert sorted(line["n"] for line in decisions) == [1, 2, 3, 4, 5, 6]
    assert len({line["session"] for line in decisions}) == 2


def test_full_share_keeps_the_decisions_here(place: Place) -> None:
    script = (
        "import resource, sys\nfrom pathlib import Path\nfrom storage.errors import StorageError\n"
        "from storage.store import open_store\n"
        "root, local, data = map(Path, sys.argv[1:])\n"
        "store = open_store(root, local, 'alice', data)\n"
        "for number in range(9):\n    store.decide('annotate', f'b{number}', 1)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (500, resource.RLIM_INFINITY))\n"
        "try:\n    store.push()\n    sys.exit('it was pushed')\n"
        "except StorageError as error:\n    assert 'safe on this computer' in str(error), error\n"
        "assert store.pending == 9 and store.is_durable\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))\n"
        "store.push()\nassert store.pending == 0 and store.problems == [], store.problems\n"
    )
    arguments = [str(place.root), str(place.local), str(place.data)]
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.stderr, done.returncode) == ("", 0)
    assert place.reopened() == {f"b{number}": 1 for number in range(9)}
    assert len(place.lines()) == 10
