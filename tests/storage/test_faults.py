"""Kills, torn lines and changed files, done to real files: nothing is lost or doubled."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import StorageError
from tests.storage.conftest import Place, away, back, decide_some, labels_of, share_of

if TYPE_CHECKING:
    from collections.abc import Iterator


ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills and limits of POSIX")


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
    journal = place.root / "journal" / "alice" / f".s.jsonl-here-{ended.pid}-0a1b.tmp"
    journal.parent.mkdir(parents=True)
    journal.touch()
    place.open(host="here")
    assert {name: (users / name).exists() for name in names} == names
    assert not journal.exists()


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


@pytest.mark.parametrize("behind", [b"", b"{}\n"])
@pytest.mark.parametrize("lost", [0, 7, 200])
def test_zeros_that_a_full_disk_or_a_power_cut_left_are_written_over(place: Place, lost: int, behind: bytes) -> None:
    store = place.open()
    decide_some(store, "b1", "b2", "b3")
    store.push()
    path = share_of(place, store)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) - lost] + bytes(lost + 30) + behind)
    decide_some(store, "b4")
    store.push()
    assert path.read_bytes() == place.local_journals()[0].read_bytes()
    assert store.pending == 0
    assert store.problems == []


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
