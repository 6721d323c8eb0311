"""A program killed between any two calls to the system: nothing that it reported is lost, nothing is doubled."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.storage.conftest import Place, decide_some, entry, labels_of, saved, share_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from storage.store import Store

pytestmark = pytest.mark.skipif(os.name == "nt", reason="forks and kills of POSIX")

ROOT = Path(__file__).resolve().parents[2]
MOST_KILLS = 400
"""Of one life; of more calls every second one is taken, and so on."""
HOST = "here"
SYSTEM = {"posix", "fcntl", "io", "_io"}
"""The modules whose functions and objects call the system."""


# The program that is killed; it runs in a process of its own


def works(top: Path, report: Callable[[str, Any], None]) -> None:
    """Judge, bring it to the share, read what is new, write the snapshot, also after the older program changed it."""
    place = Place(top)
    store = place.open(host=HOST)
    decides(store, report, "a", "b")
    brings(store, report)
    for decision in store.follow():
        store.state.apply(decision)
    store.write_snapshot(store.state.annotations("alice"))
    content = json.loads(place.snapshot.read_bytes())
    content["annotations"]["older 2"] = entry(2, "2026-02-01T00:00:00+00:00")
    content["updated_at"] = "2026-02-01T00:00:00+00:00"
    other = place.snapshot.with_name("of the older program")  # which is not what is killed here
    other.write_text(json.dumps(content))
    other.replace(place.snapshot)
    decides(store, report, "c")
    store.write_snapshot(store.state.annotations("alice"))
    brings(store, report)
    decides(store, report, "d")
    store.close()


def cleans_up(top: Path, report: Callable[[str, Any], None]) -> None:
    """Bring what dead sessions left to the share, put it away, and be a session like any other."""
    store = Place(top).open(host=HOST)
    decides(store, report, "a")
    brings(store, report)
    store.write_snapshot(store.state.annotations("alice"))
    store.close()


def decides(store: Store, report: Callable[[str, Any], None], *blocks: str) -> None:
    for block in blocks:
        made = store.decide("annotate", block, 1)
        report("decided", [made.session, made.n])


def brings(store: Store, report: Callable[[str, Any], None]) -> None:
    store.push()
    report("saved", [store.session, store.saved_through])


LIVES = {life.__name__: life for life in (works, cleans_up)}


def zygote() -> None:
    """Read a life, a folder and a number a line; fork a process that leads that life up to that call, and wait."""
    for line in sys.stdin:
        name, top, last = json.loads(line)
        child = os.fork()
        if not child:
            lead(LIVES[name], Path(top), last)
        os.waitpid(child, 0)
        report("ended", None)


def lead(life: Callable[[Path, Callable[[str, Any], None]], None], top: Path, last: int) -> None:
    """Lead a life; before its call to the system number `last`, counted from 0, kill this process."""
    calls = 0

    def watch(frame: FrameType, event: str, function: Any) -> None:
        nonlocal calls
        if event == "c_call" and module_of(function) in SYSTEM and frame.f_code is not report.__code__:
            if calls == last:
                os.kill(os.getpid(), signal.SIGKILL)
            calls += 1

    try:
        sys.setprofile(watch)
        life(top, report)
        sys.setprofile(None)
        report("calls", calls)
    finally:
        os._exit(0)


def module_of(function: Any) -> str | None:
    name: str | None = getattr(function, "__module__", None)
    return name or type(getattr(function, "__self__", None)).__module__


def report(what: str, value: Any) -> None:
    os.write(1, json.dumps([what, value]).encode() + b"\n")


# The tests


class Killer:
    """Has lives led that end at a given call."""

    def __init__(self) -> None:
        program = "from tests.storage.test_kills import zygote; zygote()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", program], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def lives(self, name: str, top: Path, last: int) -> list[tuple[str, Any]]:
        """Return what was reported in a life that ended before call number `last`."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([name, str(top), last]) + "\n")
        self.process.stdin.flush()
        found = []
        while (line := json.loads(self.process.stdout.readline())) != ["ended", None]:
            found.append((line[0], line[1]))
        return found

    def close(self) -> None:
        self.process.communicate()


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    found = Killer()
    yield found
    found.close()


def kills(killer: Killer, name: str, place: Place) -> Iterator[list[tuple[str, Any]]]:
    """Lead a life once for each of its calls, each time from the same files on; yield what it reported."""
    start = place.top.with_name("start")
    place.top.rename(start)
    shutil.copytree(start, place.top)
    [*_, (what, calls)] = killer.lives(name, place.top, -1)
    assert what == "calls"
    assert calls > 50
    for last in range(0, calls, -(-calls // MOST_KILLS)):
        shutil.rmtree(place.top)
        shutil.copytree(start, place.top)
        yield killer.lives(name, place.top, last)


def check_left(place: Place, reported: list[tuple[str, Any]]) -> None:
    """What was reported as saved is on the share, and a snapshot, if there is one, is whole."""
    shown = {(line["session"], line["n"]) for line in place.lines()}
    for what, value in reported:  # a life can take a few calls fewer than the one that was counted
        if what == "saved":
            session, through = value
            assert {(session, n) for n in range(1, through + 1)} <= shown
    if place.snapshot.exists():
        json.loads(place.snapshot.read_bytes())


def check_reopened(place: Place, reported: list[tuple[str, Any]]) -> dict[str, int]:
    """After another session on the same computer everything is there once, and nothing else is left; return it."""
    store = place.open(host=HOST)
    found = labels_of(store)
    saved(store)
    assert store.problems == []
    place.close(store)
    lines = [line for line in place.lines() if line["kind"] != "open"]
    keys = [(line["session"], line["n"]) for line in lines]
    assert len(set(keys)) == len(keys)
    assert {tuple(value) for what, value in reported if what == "decided"} <= set(keys)
    contents = [(line["annotator"], line["block"], line["value"], line["t"]) for line in lines]
    assert len(set(contents)) == len(contents)
    assert [path for path in place.local_journals() if path.stat().st_size] == []  # an empty one may be beginning
    assert [path for path in place.top.rglob("*") if path.name.endswith(".tmp")] == []
    shown = json.loads(place.snapshot.read_bytes())["annotations"]
    assert {block: one["label"] for block, one in shown.items()} == found == place.reopened()
    return found


@pytest.fixture
def here(tmp_path: Path) -> Place:
    return Place(tmp_path / "here")


def test_killed_at_any_call_while_working(killer: Killer, here: Place) -> None:
    other = here.open(local=here.top / "other")
    decide_some(other, "of another session")
    other.push()
    here.close(other)
    here.write_older({"older 1": entry(1)})
    before = {"of another session": 1, "older 1": 1}
    for reported in kills(killer, "works", here):
        check_left(here, reported)
        found = check_reopened(here, reported)
        decided = [what for what, _ in reported].count("decided")
        # The last may be durable and not be reported any more
        allowed = before | dict.fromkeys("abcd"[: decided + 1], 1) | {"older 2": 2}
        assert (before | dict.fromkeys("abcd"[:decided], 1)).items() <= found.items() <= allowed.items()
        assert "older 2" in found or decided < 3


def test_killed_at_any_call_while_cleaning_up(killer: Killer, here: Place) -> None:
    for annotator in ("alice", "bob"):
        store = here.open(annotator, host=HOST)
        decide_some(store, "b1", "b2")
        here.close(store)
        [path] = here.local.glob(f"*/journal/{annotator}/*.jsonl")
        if annotator == "bob":  # of whom the share has a part
            share_of(here, store).write_bytes(path.read_bytes()[:-20])
    for reported in kills(killer, "cleans_up", here):
        check_left(here, reported)
        found = check_reopened(here, reported)
        assert {"b1": 1, "b2": 1}.items() <= found.items() <= {"a": 1, "b1": 1, "b2": 1}.items()
        assert here.reopened("bob") == {"b1": 1, "b2": 1}


def test_killed_before_the_first_line_leaves_nothing_for_long(place: Place) -> None:
    store = place.open(host=HOST)
    empty = place.local_journals()[0].with_name("20260101T000000Z-here-0a1b2c3d.jsonl")
    empty.touch()
    os.utime(empty, (1, 1))
    store.push()
    assert not empty.exists()
