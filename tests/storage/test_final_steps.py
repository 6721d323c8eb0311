"""Many final labels in one step: durable, quick, with a reason; taken back without touching what others decided."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import StorageError
from storage.final_step import LONGEST_REASON
from storage.state import Final, State
from tests.storage.conftest import Place

if TYPE_CHECKING:
    import random

    from storage.decision import Decision
    from storage.final_step import FinalStep
    from storage.store import Store

BLOCKS = ("b1", "b2", "b3")


def admin(place: Place, name: str = "carol") -> Store:
    place.write_roles(admins=["carol", "dave"])
    return place.open(name, follow_all=True, local=place.top / name)


def follow(*stores: Store) -> None:
    for store in stores:
        store.push()
    for store in stores:
        for decision in store.follow():
            store.state.apply(decision)


def finals(store: Store) -> dict[str, int | None]:
    return {block: final.label for block in BLOCKS if (final := store.state.final(block)) is not None}


def test_reason_and_rule_are_in_the_line_and_in_the_state(place: Place) -> None:
    store = admin(place)
    step = store.decide_finals({"b1": 2, "b2": 3}, "both agree", "quorum of 2")
    assert [(d.n, d.block, d.value, d.reason, d.rule) for d in step.decisions] == [
        (1, "b1", 2, "both agree", "quorum of 2"),
        (2, "b2", 3, "both agree", "quorum of 2"),
    ]
    store.push()
    assert [(line["reason"], line["rule"]) for line in place.lines("carol")[1:]] == [("both agree", "quorum of 2")] * 2
    again = place.open("dave", follow_all=True)
    assert again.state.final("b1") == Final(2, "carol", step.decisions[0].t, "both agree", "quorum of 2")
    assert again.state.final("b3") is None
    store.decide_finals({"b1": None})
    cleared = store.state.final("b1")
    assert cleared is not None
    assert (cleared.label, cleared.by, cleared.reason) == (None, "carol", "")


def test_a_line_without_reason_is_as_short_as_before(place: Place) -> None:
    store = admin(place)
    store.decide_finals({"b1": 2})
    store.push()
    assert set(place.lines("carol")[1]) == {"v", "t", "n", "annotator", "session", "kind", "block", "value"}


def test_taking_back_gives_each_block_what_it_had_with_who_and_why(place: Place) -> None:
    carol, dave = admin(place), admin(place, "dave")
    dave.decide_finals({"b1": 1}, "clear case")
    follow(dave, carol)
    step = carol.decide_finals({"b1": 2, "b2": 2}, "consensus", "compatible")
    back = carol.take_back(step)
    assert back.kept == ()
    final = carol.state.final("b1")
    assert final is not None
    assert (final.label, final.by, final.reason, final.rule) == (1, "dave", "clear case", "")
    assert finals(carol) == {"b1": 1, "b2": None}
    follow(carol, dave)
    assert finals(dave) == finals(carol)
    carol.take_back(back)
    follow(carol, dave)
    assert finals(dave) == finals(carol) == {"b1": 2, "b2": 2}
    assert dave.state.final("b1") == carol.state.final("b1")


def test_what_another_admin_decided_since_is_kept_and_told(place: Place) -> None:
    carol, dave = admin(place), admin(place, "dave")
    step = carol.decide_finals({"b1": 2, "b2": 2})
    follow(carol, dave)
    dave.decide_finals({"b1": 3})
    follow(dave, carol)
    assert carol.take_back(step).kept == ("b1",)
    assert finals(carol) == {"b1": 3, "b2": None}


def test_what_another_admin_decided_unseen_is_kept_too(place: Place) -> None:
    carol, dave = admin(place), admin(place, "dave")
    step = carol.decide_finals({"b1": 2, "b2": 2})
    follow(carol, dave)
    dave.decide_finals({"b1": 3})  # not followed by carol
    back = carol.take_back(step)
    assert (back.kept, finals(carol)) == ((), {"b1": None, "b2": None})
    follow(dave, carol)
    follow(carol, dave)
    assert finals(carol) == finals(dave) == {"b1": 3, "b2": None}


def test_a_step_is_all_refused_where_a_part_is_wrong(place: Place) -> None:
    store = admin(place)
    with pytest.raises(ValueError, match="'b2' cannot be 0"):
        store.decide_finals({"b1": 1, "b2": 0})
    with pytest.raises(StorageError, match="The reason is too long"):
        store.decide_finals({"b1": 1}, "x" * (LONGEST_REASON + 1))
    with pytest.raises(StorageError, match="characters that cannot be stored"):
        store.decide_finals({"b1": 1, "b2": 1}, "\udcff")
    assert (finals(store), store.pending) == ({}, 0)
    with pytest.raises(StorageError, match="does not name alice"):
        place.open("alice").decide_finals({"b1": 1})


def test_an_empty_step_is_nothing(place: Place) -> None:
    store = admin(place)
    assert store.take_back(store.decide_finals({})).decisions == ()
    assert store.pending == 0


def test_ten_thousand_final_labels_in_one_second(place: Place) -> None:
    store = admin(place)
    labels = {f"tile/block_{number:05}": 1 + number % 3 for number in range(10_000)}
    began = time.perf_counter()
    step = store.decide_finals(labels, "accepted", "compatible")
    middle = time.perf_counter()
    store.take_back(step)
    assert max(middle - began, time.perf_counter() - middle) < 1
    assert not store.state.final_labels()
    store.push()
    assert len(place.lines("carol")) == 20_001


def test_a_time_to_count_after_that_is_none_is_left_out(place: Place) -> None:
    store = admin(place)
    store.take_back(store.decide_finals({"b1": 1}))
    store.push()
    store.close()
    place.stores.remove(store)
    [path] = (place.root / "journal" / "carol").glob("*.jsonl")
    lines = path.read_text().splitlines(keepends=True)
    for wrong in ('"after":"soon"', '"after":"9999-01-01T00:00:00.000000+00:00"'):
        after = lines[2].index('"after":')
        path.write_text("".join([*lines[:2], lines[2][:after] + wrong + "}\n"]))
        again = place.open("dave", follow_all=True, local=None)
        assert finals(again) == {"b1": 1}
        assert any("line 3, has no valid time after which it counts" in text for text in again.problems)


steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("set"),
            st.integers(0, 1),
            st.dictionaries(st.sampled_from(BLOCKS), st.one_of(st.none(), st.integers(1, 3)), min_size=1),
        ),
        st.tuples(st.just("back"), st.integers(0, 1), st.integers(0, 5)),
        st.tuples(st.just("follow"), st.just(0), st.just(0)),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=40)
@given(steps, st.randoms(use_true_random=False))
def test_two_admins_end_alike_and_taking_back_never_beats_a_later_decision(
    plan: list[Any], chance: random.Random
) -> None:
    with tempfile.TemporaryDirectory() as top:
        place = Place(Path(top))
        stores = (admin(place), admin(place, "dave"))
        made: list[list[FinalStep]] = [[], []]
        lines: list[Decision] = []
        forward: dict[str, Decision] = {}
        for what, who, detail in plan:
            if what == "follow":
                follow(*stores)
            elif what == "set":
                step = stores[who].decide_finals(detail)
                made[who].append(step)
                lines += step.decisions
                forward |= {one.block: one for one in step.decisions}
            elif made[who]:
                step = made[who][detail % len(made[who])]
                if any(one.undoes is not None for one in step.decisions):
                    continue
                back = stores[who].take_back(step)
                lines += back.decisions
                assert {one.block for one in back.decisions} | set(back.kept) == {one.block for one in step.decisions}
        follow(*stores)
        follow(*stores)
        chance.shuffle(lines)
        merged = State()
        for line in lines:
            merged.apply(line)
        for block in BLOCKS:
            assert merged.final(block) == stores[0].state.final(block) == stores[1].state.final(block)
            taken_back = any(
                (line.annotator, line.undoes) == (forward[block].annotator, forward[block].n)
                for line in lines
                if block in forward
            )
            if block in forward and not taken_back:  # the last to be set, whatever was taken back after it
                held = merged.final(block)
                assert held is not None
                assert (held.label, held.time) == (forward[block].value, forward[block].t)
        for store in list(place.stores):
            place.close(store)
