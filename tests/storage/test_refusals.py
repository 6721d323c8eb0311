"""Disks that are full or read-only, and rights that are missing: it is said, nothing is lost, and it goes on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.storage.conftest import Place, away, back, decide_some, labels_of, saved, share_of
from tests.storage.refusing import check_whole, refused, snapshot_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(os.name == "nt", reason="rights and mounts of POSIX")

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
LONG = "x" * 3000
"""A comment that fills most of a page, for disks give room in pages."""


# Small disks, each in a mount namespace of its own


def mount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Take all room in a folder; return the file to be removed."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return ballast


def full_share(place: Place) -> None:
    mount(place.root, "size=256k")
    store = place.open()
    decide_some(store, "a", "b")
    saved(store)
    before, on_share = place.snapshot.read_bytes(), share_of(place, store).read_bytes()
    ballast = fill(place.root)
    for number in range(4):
        store.decide("comment", f"b{number}", LONG)
    for _ in range(2):  # the second time it finds a part of a line
        refused(store.push, re.escape(str(place.root / "journal")), "the disk is full", "safe on this computer")
        assert (store.pending, store.saved_through, store.is_durable) == (4, 2, True)
    refused(snapshot_of(store), "the disk is full")
    assert place.snapshot.read_bytes() == before
    assert share_of(place, store).read_bytes().startswith(on_share)
    reader = place.open(local=place.top / "reader")
    assert labels_of(reader) == {"a": 1, "b": 1}
    ballast.unlink()
    check_whole(place, store)


def full_share_for_the_snapshot(place: Place) -> None:
    mount(place.root, "size=256k")
    store = place.open()
    decide_some(store, *(f"block {number:04}" for number in range(60)))
    saved(store)
    before = place.snapshot.read_bytes()
    ballast = fill(place.root)
    decide_some(store, "more")
    store.push()  # there is room in the journal's last page
    refused(snapshot_of(store), re.escape(str(place.snapshot)), "the disk is full", "the journals have every decision")
    assert place.snapshot.read_bytes() == before
    assert [path.name for path in place.snapshot.parent.iterdir()] == ["alice.json"]
    ballast.unlink()
    check_whole(place, store)


def full_local_disk_while_the_share_is_away(place: Place) -> None:
    mount(place.local, "size=64k")
    store = place.open()
    decide_some(store, "a")
    saved(store)
    elsewhere = away(place)
    number = 0
    while store.is_durable:
        number += 1
        store.decide("comment", f"b{number}", LONG)
    [problem] = store.problems
    assert re.search(re.escape(str(place.local)) + ".*the disk is full.*safe only once it is shown as saved", problem)
    assert store.state.mark("alice", f"b{number}", "comment") == LONG
    refused(store.push, "Check that the share is mounted")
    assert (store.pending, store.saved_through) == (number, 1)
    refused(lambda: store.decide("annotate", "refused", 1), "was not taken, because the last one is not saved")
    assert store.state.label("alice", "refused") is None
    back(place, elsewhere)
    store.push()
    assert (store.pending, store.saved_through) == (0, number + 1)
    check_whole(place, store)


def read_only_share(place: Place) -> None:
    mount(place.root, "size=256k")
    store = place.open()
    decide_some(store, "a")
    saved(store)
    subprocess.run(["mount", "-o", "remount,ro", str(place.root)], check=True)
    decide_some(store, "b", "c")
    refused(store.push, re.escape(str(place.root)), "the disk is read-only", "safe on this computer")
    refused(snapshot_of(store), "the disk is read-only")
    assert (store.pending, store.is_durable) == (2, True)
    other = place.open(local=place.top / "other")  # it can be read
    assert labels_of(other) == {"a": 1}
    decide_some(other, "of the other")
    refused(other.push, "the disk is read-only")
    subprocess.run(["mount", "-o", "remount,rw", str(place.root)], check=True)
    check_whole(place, store)
    other.push()
    assert labels_of(other).items() <= place.reopened().items()


def following_on_a_full_share(place: Place) -> None:
    mount(place.root, "size=256k")
    store, other = place.open(), place.open(local=place.top / "other")
    decide_some(store, "a")
    store.push()
    decide_some(other, "of the other")
    other.push()
    fill(place.root)
    for _ in range(2):
        store.decide("comment", "b", LONG)
    assert [decision.block for decision in store.follow()] == ["of the other"]


MOUNTED = [
    full_share,
    full_share_for_the_snapshot,
    full_local_disk_while_the_share_is_away,
    read_only_share,
    following_on_a_full_share,
]


@pytest.fixture(scope="module")
def namespace() -> list[str]:
    """Return the command that runs another where it may mount, which no other process sees."""
    command = ["unshare", "--mount", "--map-root-user"]
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run([*command, "mount", "-t", "tmpfs", "none", folder], capture_output=True, check=False)
        except FileNotFoundError:
            pytest.skip("there is no unshare here")
    if done.returncode:
        pytest.skip("small disks cannot be mounted here without rights")
    return command


@pytest.mark.parametrize("case", MOUNTED)
def test_disk(namespace: list[str], place: Place, case: Callable[[Place], None]) -> None:
    run_apart(case, place, namespace)


def run_apart(case: Callable[[Place], None], place: Place, command: list[str]) -> None:
    program = f"from tests.storage.test_refusals import lead, {case.__name__}; lead({case.__name__})"
    done = subprocess.run(
        [*command, sys.executable, "-c", program, str(place.top)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.stderr, done.returncode) == ("", 0)


def lead(case: Callable[[Place], None]) -> None:
    """Run a case in the process that was started for it."""
    if case not in MOUNTED and os.geteuid() == 0:  # whom no right is ever missing
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    place = Place(Path(sys.argv[1]))
    case(place)
    for store in place.stores:
        store.close()


# Rights that are missing


def no_right_to_make_folders(place: Place) -> None:
    place.root.chmod(0o555)
    refused(place.open, re.escape(str(place.root)), "permission denied", "Ask for the right to write there")
    place.root.chmod(0o755)
    check_whole(place, place.open())


def no_right_to_list_the_annotations_folder(place: Place) -> None:
    store = place.open()
    decide_some(store, "a")
    saved(store)
    decide_some(store, "b")
    place.root.chmod(0)
    for work in (store.push, store.follow, snapshot_of(store), place.open):
        refused(work, re.escape(str(place.root)), "permission denied", "[Cc]heck that|Check")
    assert (store.pending, store.is_durable) == (1, True)
    place.root.chmod(0o755)
    check_whole(place, store)


def no_right_to_make_a_journal(place: Place) -> None:
    store = place.open()
    folder = place.root / "journal" / "alice"
    folder.chmod(0o555)
    decide_some(store, "a", "b")
    refused(store.push, re.escape(str(folder)), "permission denied", "safe on this computer")
    assert (store.pending, store.is_durable) == (2, True)
    folder.chmod(0o755)
    check_whole(place, store)


def no_right_to_write_ones_journal(place: Place) -> None:
    store = place.open()
    decide_some(store, "a")
    store.push()
    share_of(place, store).chmod(0o444)
    decide_some(store, "b")
    refused(store.push, re.escape(str(share_of(place, store))), "permission denied", "safe on this computer")
    assert store.pending == 1
    share_of(place, store).chmod(0o644)
    check_whole(place, store)


def no_right_to_write_snapshots(place: Place) -> None:
    store = place.open()
    decide_some(store, "a")
    saved(store)
    before = place.snapshot.read_bytes()
    place.snapshot.parent.chmod(0o555)
    decide_some(store, "b")
    refused(snapshot_of(store), r"alice\.json", "permission denied", "the journals have every decision")
    assert store.pending == 0  # which was pushed nevertheless
    assert place.reopened() == {"a": 1, "b": 1}
    assert place.snapshot.read_bytes() == before
    place.snapshot.parent.chmod(0o755)
    check_whole(place, store)


def no_right_to_read_a_journal(place: Place) -> None:
    other = place.open(local=place.top / "other")
    decide_some(other, "of the other")
    other.push()
    path = share_of(place, other)
    path.chmod(0)
    store = place.open()
    [problem] = store.problems
    assert re.search(re.escape(str(path)) + ".*permission denied.*missing here", problem)
    decide_some(store, "a")
    store.push()
    path.chmod(0o644)
    for decision in store.follow():
        store.state.apply(decision)
    assert labels_of(store) == {"of the other": 1, "a": 1} == place.reopened()


def no_right_to_read_the_snapshot(place: Place) -> None:
    place.write_older({"b": {"label": 2, "annotated_at": "2026-01-01T00:00:00+00:00"}})
    before = place.snapshot.read_bytes()
    place.snapshot.chmod(0)
    store = place.open()
    [problem] = store.problems
    assert re.search(r"alice\.json.*permission denied.*missing here", problem)
    decide_some(store, "a")
    refused(snapshot_of(store), "permission denied")
    place.snapshot.chmod(0o644)
    assert place.snapshot.read_bytes() == before
    saved(store)
    assert place.reopened() == {"a": 1, "b": 2}


def no_right_to_write_here(place: Place) -> None:
    """The folder for local journals becomes read-only while a session has its journal open."""
    store = place.open()
    folder = place.local_journals()[0].parent
    decide_some(store, "a")
    folder.chmod(0o555)
    decide_some(store, "b")
    assert store.is_durable
    store.push()
    place.close(store)
    second = place.open()
    assert any(re.search(r"permission denied.*straight to the annotations folder", said) for said in second.problems)
    decide_some(second, "c")
    second.push()
    place.close(second)
    assert place.reopened() == {"a": 1, "b": 1, "c": 1}
    folder.chmod(0o755)
    third = place.open()
    third.push()
    assert [path.stem for path in place.local_journals()] == [third.session]
    assert len(place.lines()) == 5  # the first lines of two sessions, and three decisions


def following_without_the_right_to_write(place: Place) -> None:
    store, other = place.open(), place.open(local=place.top / "other")
    decide_some(store, "a")
    store.push()
    decide_some(other, "of the other")
    other.push()
    share_of(place, store).chmod(0o444)
    assert [decision.block for decision in store.follow()] == ["of the other"]


RIGHTS = [
    no_right_to_make_folders,
    no_right_to_list_the_annotations_folder,
    no_right_to_make_a_journal,
    no_right_to_write_ones_journal,
    no_right_to_write_snapshots,
    no_right_to_read_a_journal,
    no_right_to_read_the_snapshot,
    no_right_to_write_here,
    following_without_the_right_to_write,
]


@pytest.fixture
def of_nobody() -> Iterator[Place]:
    """A place of an account that has no special rights."""
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        if os.geteuid() == 0:
            for path in [place.top, *place.top.rglob("*")]:
                os.chown(path, NOBODY, NOBODY)
        yield place


@pytest.mark.parametrize("case", RIGHTS)
def test_rights(of_nobody: Place, case: Callable[[Place], None]) -> None:
    run_apart(case, of_nobody, [])
