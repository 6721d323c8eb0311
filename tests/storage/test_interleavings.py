"""Any interleaving of sessions, crashes, outages, wrong clocks and the older program: every reader sees the same."""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from storage.clock import later_than
from tests.storage.conftest import decide_some, saved
from tests.storage.group import BLOCKS, MOST_SESSIONS, PEOPLE, SLOTS, Group, Session, View, merged, view
from tests.storage.wall_clock import WallClock

if TYPE_CHECKING:
    from storage.store import Store
    from tests.storage.conftest import Place

pytestmark = pytest.mark.skipif(os.name == "nt", reason="open files that vanish, as on POSIX")

LABELS = st.tuples(st.just("annotate"), st.integers(1, 3)) | st.just(("clear", None))
FINALS = st.tuples(st.just("final"), st.integers(1, 3)) | st.just(("final-clear", None))
MARKS = st.tuples(st.sampled_from(["unsure", "flag"]), st.booleans()) | st.tuples(
    st.just("comment"), st.sampled_from(["", "odd", "ß\n"])
)
WHO = st.integers(0, MOST_SESSIONS - 1)
BLOCK = st.sampled_from(BLOCKS)


def step(name: str, *values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(st.just(name), *values)


STEPS = st.one_of(  # what is often done stands here more often
    *[step("decide", WHO, BLOCK, what) for what in (*[LABELS] * 6, FINALS, FINALS, MARKS)],
    *[step(name, WHO) for name in ("undo", "push", "push", "follow", "follow", "write_snapshot", "close")],
    *[step("open", st.sampled_from(people), st.booleans()) for people in (PEOPLE, PEOPLE[:2])],
    *[step("crash", WHO, st.just(leaves), st.floats(0.1, 1)) for leaves in ("nothing", "local", "share", "share")],
    step("share_goes_or_comes", st.booleans()),
    step("fold", st.sampled_from(["alice", "carol"])),
    step("older_program_saves", st.dictionaries(BLOCK, st.none() | st.integers(1, 3), min_size=1), st.booleans()),
    step("time_passes", st.sampled_from([0.000_001, 1, 50_000, 100_000])),
    step("clock_jumps", st.sampled_from(["desk", "lab", "laptop"]), st.integers(-1, 1)),
    step("settle", st.integers(0, 99)),
)
OF_SESSIONS = {"decide", "undo", "push", "follow", "write_snapshot", "close", "crash"}


class Interleavings(Group, RuleBasedStateMachine):
    """Steps of a group in any order; at any time everything can be brought together."""

    @initialize(people=st.lists(st.sampled_from(PEOPLE), min_size=2, max_size=3), follows_all=st.booleans())
    def begin(self, people: list[tuple[str, str]], follows_all: bool) -> None:
        for person in people:
            self.open(person, follows_all)

    @rule(step=STEPS)
    def step(self, step: tuple[Any, ...]) -> None:
        name, *values = step
        if self.living or name not in OF_SESSIONS:
            getattr(self, name)(*values)

    # ------------------------------------------------------------ the claim

    def settle(self, seed: int) -> None:
        """With the share there and everything brought to it, every reader sees what the rule says."""
        if self.is_away:
            self.share_comes_back()
        self.bring_all()
        self.follow_all()
        self.write_snapshot_elsewhere()
        self.follow_all()
        lines = self.lines()
        self.check_lines(lines)
        self.check_older(lines)
        for session in self.living:
            name = session.store.annotator
            known = lines if session.follows_all else [line for line in lines if line["annotator"] == name]
            assert view(session.store) == merged(known)
        self.check_fresh_readers(merged(lines), random.Random(seed))
        self.check_removal()

    def check_removal(self) -> None:
        """What the older program removes is cleared: here all know all that was in its file."""
        session = next((session for session in self.living if session.store.annotator == "alice"), None)
        self.clock.passes(0.001)
        self.clock.offset = self.wrong["desk"]
        if session is None or self.clock.shown() < session.store.state.latest:
            return
        self.older_program_saves({"b1": None}, False)
        self.write_snapshot(self.living.index(session))
        self.follow_all()
        assert "b1" not in json.loads(self.snapshot.read_bytes())["annotations"]
        assert session.store.state.label("alice", "b1") is None

    def bring_all(self) -> None:
        for choice in range(len(self.living)):
            self.push(choice)
        for computer in self.wrong:  # where nobody is at work now
            if self.local(computer).exists() and all(session.computer != computer for session in self.living):
                store = self.opened("bob", computer, False)
                store.push()
                store.close()
                self.saved |= {key for key in self.made if self.at[key[0]] == computer}
        assert self.saved == set(self.made)
        left = [path.stem for path in self.top.glob("*/journals/*/journal/*/*.jsonl")]
        assert sorted(left) == sorted(name for session in self.living for name in session.names)

    def write_snapshot_elsewhere(self) -> None:
        """Have alice write hers at a computer of its own; it has to hold what a fresh reader sees."""
        store = self.opened("alice", "settling", False)
        self.clock.passes(0.001)
        self.keep(Session(store, "settling", False), store.decide("annotate", "settled", 1))
        store.write_snapshot(store.state.annotations("alice"))
        self.saved.add((store.session, store.saved_through))
        self.removed.clear()
        self.note_reading("alice")
        annotations = store.state.annotations("alice")
        found = json.loads(self.snapshot.read_bytes())["annotations"]
        assert {block: (entry["label"], entry["annotated_at"]) for block, entry in found.items()} == annotations
        store.close()

    def follow_all(self) -> None:
        for choice in range(len(self.living)):
            self.follow(choice)

    def check_lines(self, lines: list[dict[str, Any]]) -> None:
        """What was reported is on the share once, as it was reported; else there is what the older program did."""
        by_key = {(line["session"], line["n"]): line for line in lines}
        assert len(by_key) == len(lines)
        for key, decision in self.made.items():
            line = by_key.pop(key)
            assert (line["t"], line["annotator"], line["kind"], line["block"], line.get("value")) == (
                decision.t,
                decision.annotator,
                decision.kind,
                decision.block,
                decision.value,
            )
            assert line.get("undoes") == decision.undoes
        for line in by_key.values():
            assert line["source"] == "older"
            assert (line["block"], line.get("value"), line["t"]) in self.older

    def check_older(self, lines: list[dict[str, Any]]) -> None:
        """What the older program set counts, unless there is something newer."""
        for block, when in self.read:
            assert any(
                line["t"] >= when
                for line in lines
                if (line["annotator"], line["block"], SLOTS[line["kind"]]) == ("alice", block, "label")
            )

    def check_fresh_readers(self, expected: View, chance: random.Random) -> None:
        """Sessions on new computers see the same, also where the files come in another order."""
        copy = self.top / "copy"
        shutil.copytree(self.root, copy)
        for path in copy.glob("journal/*/*.jsonl"):
            path.rename(path.with_name(f"{chance.random()}.jsonl"))
        for root in (self.root, copy):
            reader = self.opened("carol", "new", True, root)
            assert view(reader) == expected
            assert reader.problems == []
            reader.close()
        shutil.rmtree(copy)

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # no rule failed
                self.settle(0)
        finally:
            for session in self.living:
                session.store.close()
            shutil.rmtree(self.top)


@pytest.mark.timeout(600)  # to find the shortest way to a failure takes its time
def test_every_reader_sees_the_same_after_any_interleaving(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = WallClock(monkeypatch)

    class OnThatClock(Interleavings):
        def __init__(self) -> None:
            super().__init__(clock)

    run_state_machine_as_test(
        OnThatClock,
        settings=settings(max_examples=150, stateful_step_count=30, suppress_health_check=list(HealthCheck)),
    )


# A session that has not followed, and a snapshot that was changed


@pytest.fixture
def changed(place: Place) -> tuple[Place, Store]:
    """A place where the older program changed what one session wrote, and a session that knows nothing of either."""
    stale, writer = place.open(), place.open(local=place.top / "other")
    decide_some(writer, "b1", "b2")
    saved(writer)
    content = json.loads(place.snapshot.read_bytes())
    del content["annotations"]["b1"]
    content["updated_at"] = later_than(writer.state.latest)
    place.snapshot.write_text(json.dumps(content))
    return place, stale


def test_removal_by_the_older_program_outlives_a_session_that_has_not_followed(changed: tuple[Place, Store]) -> None:
    place, stale = changed
    saved(stale)
    assert place.reopened() == {"b2": 1}


def test_decisions_in_a_changed_snapshot_are_not_taken_over_twice(changed: tuple[Place, Store]) -> None:
    place, stale = changed
    saved(stale)
    assert [line["block"] for line in place.lines() if line.get("value") == 1] == ["b1", "b2"]


# What the older program gave and took away again


def removes(place: Place, block: str, when: str) -> None:
    content = json.loads(place.snapshot.read_bytes())
    del content["annotations"][block]
    content["updated_at"] = when
    place.snapshot.write_text(json.dumps(content))


@pytest.mark.parametrize(
    "is_read_at",
    ["opening", "writing", "opening, then writing"],
)
def test_what_the_older_program_gave_it_can_take_away(place: Place, is_read_at: str) -> None:
    store = place.open()
    decide_some(store, "b1")
    saved(store)
    content = json.loads(place.snapshot.read_bytes())
    when = later_than(store.state.latest)
    content["annotations"]["b2"] = {"label": 2, "annotated_at": when}
    content["updated_at"] = when
    place.snapshot.write_text(json.dumps(content))
    if "opening" in is_read_at:
        place.close(store)
        store = place.open()
        store.push()
    if "writing" in is_read_at:
        saved(store)
    removes(place, "b2", later_than(when))
    saved(store)
    assert list(json.loads(place.snapshot.read_bytes())["annotations"]) == ["b1"]
    assert place.reopened() == {"b1": 1}
