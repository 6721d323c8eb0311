"""Plans of a hand-out: which blocks are chosen, what the table says of them, and how far annotators are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.hand_out import Facts, NotYetError, PlanRow, make_plan, progress
from app.hand_out_wish import HandOutWish
from core.voting.assignment import AssignmentError
from storage.assignments import Assignment

if TYPE_CHECKING:
    from pathlib import Path

BLOCKS = [f"b{number}" for number in range(10)]
EVERYBODY = ("alice", "bob", "zoë")
BATCH = Assignment("1", "Batch 1", "alice", ("b0", "b5"), "carol", "2026-01-01T00:00:00.000000+00:00")


def last(label: int | None, time: str = "2026-02-01") -> tuple[str, str, int, Any]:
    return (time, "session", 1, label)


JUDGED = {
    "alice": {"b0": last(1), "b1": last(2, "2026-03-01"), "b2": last(None)},
    "bob": {"b0": last(3), "gone": last(1)},
}


def facts(**others: Any) -> Facts:
    return Facts(**{"blocks": BLOCKS, "shown": (), "judged": JUDGED, "gold": (), "latest": {"alice": BATCH}} | others)


def wish(**others: Any) -> HandOutWish:
    return HandOutWish(**{"annotators": EVERYBODY} | others)


@pytest.mark.parametrize(
    ("wanted", "blocks"),
    [
        (wish(), BLOCKS),
        (wish(blocks="shown"), ["b7", "b3"]),
        (wish(blocks="unvoted"), BLOCKS[2:]),  # what was taken back is no vote
        (wish(blocks="fewer", fewer_than=2), BLOCKS[1:]),
        (wish(blocks="fewer", fewer_than=3), BLOCKS),
    ],
)
def test_which_blocks(wanted: HandOutWish, blocks: list[str]) -> None:
    # The filter of the review may show a block that is not there any more
    assert make_plan(wanted, facts(shown=("b7", "gone", "b3"))).queues == dict.fromkeys(EVERYBODY, blocks)


def test_lists_of_files(tmp_path: Path) -> None:
    ids, by_hand = tmp_path / "ids.txt", tmp_path / "lists.csv"
    ids.write_text("b4\nb2\n")
    by_hand.write_text("annotator,block\nbob,b9\nDave,b1\nbob,b0\n")
    assert make_plan(wish(blocks="file", block_file=str(ids)), facts()).queues["bob"] == ["b4", "b2"]
    lists = wish(way="lists", list_file=str(by_hand), annotators=())
    assert make_plan(lists, facts()).queues == {"bob": ["b9", "b0"], "dave": ["b1"]}
    with pytest.raises(AssignmentError, match="no annotator dave"):
        make_plan(wish(way="lists", list_file=str(by_hand)), facts())


@pytest.mark.parametrize("wanted", [wish(annotators=()), wish(blocks="file"), wish(way="lists")])
def test_what_is_missing_is_said_and_is_no_error(wanted: HandOutWish) -> None:
    with pytest.raises(NotYetError):
        make_plan(wanted, facts())


def test_what_cannot_be_is_an_error() -> None:
    for wanted in (wish(blocks="shown"), wish(way="each", each=4), wish(gold_share=0.1)):
        with pytest.raises(AssignmentError) as error:
            make_plan(wanted, facts())
        assert not isinstance(error.value, NotYetError)


def test_the_table_says_what_they_judged_and_what_is_replaced() -> None:
    plan = make_plan(wish(gold_share=0.5), facts(gold={"b0": 1, "b1": 1}))
    assert plan.rows == (
        PlanRow("alice", 10, 2, 2, "Batch 1", 2, 1),
        PlanRow("bob", 10, 2, 1, "", 0, 0),
        PlanRow("zoë", 10, 2, 0, "", 0, 0),
    )
    assert plan.notes == ("There are only 2 gold blocks, so that the share is smaller than you wished.",)
    assert plan.replaced == {"alice": "1"}
    few = make_plan(wish(blocks="shown", way="each", each=1), facts(shown=["b3", "b4"]))
    assert len(few.notes) == 1
    assert few.notes[0].startswith("No blocks are left for ")


def test_progress_is_of_the_list_that_they_have() -> None:
    taken_back = Assignment("2", "x", "bob", (), "carol", BATCH.time)
    rows = progress({"bob": taken_back, "alice": BATCH}, JUDGED)
    assert [tuple(row) for row in rows] == [("alice", "Batch 1", 1, 2, "2026-02-01", BATCH.time, "carol")]


@given(
    way=st.sampled_from(["all", "each"]),
    each=st.integers(1, 3),
    share=st.sampled_from([0.0, 0.1, 0.5]),
    is_random=st.booleans(),
    seed=st.integers(0, 5),
)
def test_the_table_counts_what_is_in_the_lists(way: str, each: int, share: float, is_random: bool, seed: int) -> None:
    wanted = wish(way=way, each=each, gold_share=share, is_random=is_random, seed=seed)
    gold = {"b1": 1, "b8": 2}
    plan = make_plan(wanted, facts(gold=gold))
    assert plan == make_plan(wanted, facts(gold=gold))
    for row in plan.rows:
        queue = plan.queues[row.annotator]
        assert (row.blocks, row.gold) == (len(queue), len(gold.keys() & set(queue)))
        assert row.judged == len({"alice": {"b0", "b1"}, "bob": {"b0"}}.get(row.annotator, set()) & set(queue))
