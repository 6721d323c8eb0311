"""What goes wrong, done to real files: kills, cuts, full disks, shares that go away; nothing is lost or doubled."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import StorageError
from tests.storage.conftest import Place, labels_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.store import Store

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills and limits of POSIX")


def away(place: Place) -> Path:
    """Disconnect the share: its mount point stays, empty."""
    elsewhere = place.root.rename(place.top / "elsewhere")
    place.root.mkdir()
    return elsewhere


def back(place: Place, elsewhere: Path) -> None:
    place.root.rmdir()
    elsewhere.rename(place.root)


def share_of(place: Place, store: Store) -> Path:
    return place.root / "journal" / store.annotator / f"{store.session}.jsonl"


def decide_some(store: Store, *blocks: str) -> None:
    for block in blocks:
        store.decide("annotate", block, 1)


# Killed


DECIDES = """
import sys
from pathlib import Path
from storage.store import open_store
root, local, data, name, pushes = sys.argv[1:]
store = open_store(Path(root), Path(local), "alice", Path(data))
print("open", flush=True)
for number in range(1_000_000):
    store.decide("annotate", f"{name}_{number}", 1 + number % 3)
    print(f"{name}_{number}", flush=True)
    if pushes == "yes" and number % 3 == 0:
        store.push()
        store.write_snapshot(store.state.annotations("alice"))
"""


@pytest.mark.parametrize("pushes", ["yes", "no"])
@pytest.mark.parametrize("after", [1, 17, 60])
def test_killed_program_loses_no_decision_that_it_reported(place: Place, pushes: str, after: int) -> None:
    reported = []
    for name in ("first", "second"):
        arguments = [str(place.root), str(place.local), str(place.data), name, pushes]
        program = subprocess.Popen(
            [sys.executable, "-c", DECIDES, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert program.stdout is not None
        assert program.stdout.readline() == "open\n"
        reported += [program.stdout.readline().strip() for _ in range(after)]
        program.send_signal(signal.SIGKILL)
        reported += program.stdout.read().splitlines()
        program.stdout.close()
        assert program.wait() == -signal.SIGKILL
    store = place.open()
    assert set(reported) <= set(labels_of(store))
    store.push()
    assert set(reported) <= set(place.reopened())
    n = [(line["session"], line["n"]) for line in place.lines()]
    assert len(n) == len(set(n))
    assert place.local_journals() == [path for path in place.local_journals() if path.stem == store.session]
    assert [path.name for path in place.root.glob("users/.*")] == []


def test_decision_before_a_kill_with_the_share_away_is_there_at_the_next_start(place: Place) -> None:
    arguments = [str(place.root), str(place.local), str(place.data), "b", "no"]
    program = subprocess.Popen([sys.executable, "-c", DECIDES, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    assert program.stdout.readline() == "open\n"
    elsewhere = away(place)
    assert program.stdout.readline() == "b_0\n"
    program.kill()
    program.communicate()
    with pytest.raises(StorageError, match="is empty"):
        place.open()
    back(place, elsewhere)
    store = place.open()
    assert store.state.label("alice", "b_0") == 1
    assert store.pending == 0  # they belong to the dead session
    store.push()
    assert place.reopened()["b_0"] == 1


def test_temporary_files_of_killed_programs_are_cleaned_up(place: Place) -> None:
    users = place.root / "users"
    users.mkdir()
    ended = subprocess.Popen(["true"])
    ended.wait()
    names = {
        f".alice.json-here-{ended.pid}-0a1b.tmp": False,
        f".alice.json-here-{os.getpid()}-0a1b.tmp": True,
        f".alice.json-there-{ended.pid}-0a1b.tmp": True,
        f".bob.json-here-{ended.pid}-0a1b.tmp": True,
    }
    for name in names:
        (users / name).touch()
    place.open(host="here")
    assert {name: (users / name).exists() for name in names} == names


# Sessions that ended and sessions that live


def test_journals_of_dead_sessions_are_pushed_and_put_away(place: Place) -> None:
    for annotator in ("alice", "bob"):
        store = place.open(annotator)
        decide_some(store, "b1", "b2")
        place.close(store)
    assert len(place.local_journals()) == 2
    store = place.open("alice")
    assert labels_of(store) == {"b1": 1, "b2": 1}
    store.push()
    assert place.reopened("alice") == place.reopened("bob") == {"b1": 1, "b2": 1}
    assert [path.stem for path in place.local_journals()] == [store.session]
    assert len(list(place.local.glob("*/journal/*/pushed/*.jsonl"))) == 2


def test_journals_of_living_sessions_are_left_to_them(place: Place) -> None:
    living = place.open()
    decide_some(living, "b1")
    store = place.open()
    store.push()
    assert labels_of(store) == {"b1": 1}
    assert place.lines() == []
    living.push()
    assert len(place.local_journals()) == 2


def test_a_leftover_that_cannot_be_pushed_stops_nobody(place: Place) -> None:
    bob = place.open("bob")
    decide_some(bob, "b1")
    place.close(bob)
    (place.root / "journal" / "bob").rmdir()
    (place.root / "journal" / "bob").touch()
    store = place.open()
    decide_some(store, "b2")
    store.push()
    assert store.pending == 0
    assert any("earlier session and not on the share yet" in problem for problem in store.problems)
    (place.root / "journal" / "bob").unlink()
    store.push()
    assert place.reopened("bob") == {"b1": 1}


# Cut lines


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[bytes, str]]:
    """A journal of six decisions, and the name of its session."""
    place = Place(tmp_path_factory.mktemp("journal"))
    store = place.open()
    for number in range(6):
        store.decide("annotate", f"Blöck_{number}", 1 + number % 3)
    [path] = place.local_journals()
    content = path.read_bytes()
    store.close()
    yield content, path.stem


def whole(content: bytes) -> dict[str, int]:
    lines = [json.loads(line) for line in content.split(b"\n")[:-1]]
    return {line["block"]: line["value"] for line in lines if line["kind"] == "annotate"}


@given(data=st.data())
@settings(max_examples=60)
def test_torn_end_on_the_share_is_left_out_and_named(
    journal: tuple[bytes, str], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content, session = journal
    cut = content[: data.draw(st.integers(0, len(content)))]
    place = Place(tmp_path_factory.mktemp("torn"))
    path = place.root / "journal" / "alice" / f"{session}.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(cut)
    store = place.open()
    assert labels_of(store) == whole(cut)
    torn = [problem for problem in store.problems if "is not complete" in problem]
    assert len(torn) == (0 if not cut or cut.endswith(b"\n") else 1)
    assert all(f"{path}, line {cut.count(10) + 1}," in problem for problem in torn)
    path.write_bytes(content)  # its session was alive after all
    assert {decision.block for decision in store.follow()} == set(whole(content)) - set(whole(cut))
    assert [problem for problem in store.problems if "is not complete" in problem] == []
    store.close()


@given(data=st.data())
@settings(max_examples=60)
def test_push_completes_what_was_cut_anywhere(
    journal: tuple[bytes, str], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """A dead session's local journal may end within a line; so may its file on the share, earlier."""
    content, session = journal
    local = content[: data.draw(st.integers(0, len(content)))]
    complete = local[: local.rfind(b"\n") + 1]
    place = Place(tmp_path_factory.mktemp("cut"))
    share = place.root / "journal" / "alice" / f"{session}.jsonl"
    share.parent.mkdir(parents=True)
    if data.draw(st.booleans()):
        share.write_bytes(complete[: data.draw(st.integers(0, len(complete)))])
    place.close(place.open())
    folder = next(place.local.glob("*/journal/alice"))
    (folder / f"{session}.jsonl").write_bytes(local)
    store = place.open()
    assert labels_of(store) == whole(local)
    store.push()
    if whole(local):
        assert share.read_bytes() == complete
        assert (folder / "pushed" / f"{session}.jsonl").read_bytes() == local
    assert place.reopened() == whole(local)
    store.close()


def test_unreadable_lines_in_the_middle_are_named(place: Place, journal: tuple[bytes, str]) -> None:
    lines = journal[0].splitlines(keepends=True)
    lines[2] = b'{"v":1,"t":"2026\n'
    lines[4] = b"\0\0\0\xff\n"
    lines[5] = b"\n"
    path = place.root / "journal" / "alice" / "x.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(lines) + b"[]\n" * 9)
    store = place.open()
    assert labels_of(store) == {"Blöck_0": 1, "Blöck_2": 3, "Blöck_5": 3}
    assert [f"{path}, line {n}, cannot be read." in " ".join(store.problems) for n in (3, 5, 6, 4)] == [True] * 3 + [
        False
    ]
    assert any("more lines that cannot be used" in problem for problem in store.problems)
    assert len(store.problems) == 6


# What others do to our file on the share


@given(data=st.data())
@settings(max_examples=40)
def test_file_on_the_share_that_lost_its_end_is_completed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    place = Place(tmp_path_factory.mktemp("share"))
    store = place.open()
    decide_some(store, "b1", "b2", "b3")
    store.push()
    path = share_of(place, store)
    content = path.read_bytes()
    if data.draw(st.booleans()):
        path.unlink()
    else:
        path.write_bytes(content[: data.draw(st.integers(0, 100)) * len(content) // 100])
    if data.draw(st.booleans()):
        decide_some(store, "b4")
    store.push()
    assert path.read_bytes() == place.local_journals()[0].read_bytes()
    assert path.read_bytes().startswith(content)
    assert [problem for problem in store.problems if "changed by another program" in problem] == []
    store.close()


@pytest.mark.parametrize("content", [b"other\n", b"x" * 5000, None])
def test_file_on_the_share_with_other_bytes_is_left_alone(place: Place, content: bytes | None) -> None:
    store = place.open()
    decide_some(store, "b1", "b2")
    store.push()
    path = share_of(place, store)
    if content is None:  # as long as it was
        content = path.read_bytes().replace(b"b2", b"b9")
    path.write_bytes(content)
    decide_some(store, "b3")
    store.push()
    assert path.read_bytes() == content
    second = path.with_name(f"{store.session}-2.jsonl")
    assert second.read_bytes() == place.local_journals()[0].read_bytes()
    assert any(f"{path} was changed by another program" in problem for problem in store.problems)
    assert store.pending == 0
    decide_some(store, "b4")
    store.push()
    assert store.follow() == []
    assert {"b1", "b2", "b3", "b4"} <= set(place.reopened())


def test_folders_removed_under_us_are_made_again(place: Place) -> None:
    store = place.open()
    decide_some(store, "b1")
    store.push()
    share_of(place, store).unlink()
    (place.root / "journal" / "alice").rmdir()
    (place.root / "journal").rmdir()
    decide_some(store, "b2")
    store.push()
    assert place.reopened() == {"b1": 1, "b2": 1}


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
