"""The table of the review without its window: status, filters, order, what a change costs, and what names betray."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.review_row import NOT_COMPUTED, ReviewFilter, Status
from app.models.review_table import ReviewTable
from core.voting.consensus import find_consensus
from storage.review import BlockReview, Vote
from storage.state import Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.models.review_table import Comments

WHO = ("alice", "bob", "dave")
VOTES = [[1, 1, 1], [1, 2, 2], [2, 0, 0], [0, 0, 0], [3, 1, 2], [2, 2, 0], [2, 2, 0]]
"""All agree; two of three; one alone; nobody; nobody with anybody; two agree, flagged; two agree, decided."""
IDS = [f"b{place}" for place in range(len(VOTES))]
STATUS = [
    Status.AGREE,
    Status.DISAGREE,
    Status.SINGLE,
    Status.EMPTY,
    Status.DISAGREE,
    Status.FLAGGED,
    Status.DECIDED,
]


def make(
    votes: Sequence[Sequence[int]] = VOTES,
    finals: Mapping[int, int] | None = None,
    flagged: Sequence[int] = (),
    comments: Mapping[int, Comments] | None = None,
    who: Sequence[str] = WHO,
) -> ReviewTable:
    table = ReviewTable()
    table.set_annotators(who)
    places = range(len(votes))
    table.append(
        [f"b{place}" for place in places],
        np.array(votes, np.int32).reshape(len(votes), len(who)),
        [(finals or {}).get(place) for place in places],
        [place in flagged for place in places],
        [(comments or {}).get(place, ()) for place in places],
    )
    table.refresh()
    return table


def typical() -> ReviewTable:
    return make(finals={6: 3}, flagged=(5, 6), comments={1: (("alice", "Odd shape"),), 4: (("dave", "a zebra"),)})


def shown(table: ReviewTable) -> list[int]:
    places: list[int] = table.shown.tolist()
    return places


def told(block: str, final: int | None = None, **votes: int) -> BlockReview:
    decided = Final(final, "carol", "2026-01-01T00:00:00.000000+00:00") if final else None
    return BlockReview(block, {name: Vote(label) for name, label in votes.items()}, decided)


def test_each_block_has_the_status_it_should_and_those_to_look_at_come_first() -> None:
    table = typical()
    assert [table.row(place).status for place in range(len(VOTES))] == STATUS
    assert shown(table) == [5, 1, 4, 2, 0, 3, 6]
    assert table.counts() == {**dict.fromkeys(Status, 1), Status.DISAGREE: 2}
    row = table.row(1)
    assert (row.block, row.consensus, row.final, dict(row.votes)) == ("b1", 2, None, {"alice": 1, "bob": 2, "dave": 2})
    assert row.share == pytest.approx(2 / 3)
    assert (table.row(6).final, table.row(6).is_flagged) == (3, True)
    assert math.isnan(table.row(3).share)
    assert [row.place for row in table.shown_rows()] == shown(table)


@pytest.mark.parametrize(
    ("wanted", "passing"),
    [
        (ReviewFilter(), [0, 1, 2, 3, 4, 5, 6]),
        (ReviewFilter(status=Status.DISAGREE), [1, 4]),
        (ReviewFilter(is_flagged=True), [5, 6]),
        (ReviewFilter(fewer_than=2), [2, 3]),
        (ReviewFilter(label=3), [4, 6]),  # a vote; the final label
        (ReviewFilter(annotator="bob"), [0, 1, 4, 5, 6]),
        (ReviewFilter(annotator="bob", label=2), [1, 5, 6]),
        (ReviewFilter(text="B1"), [1]),
        (ReviewFilter(text="ZEBRA"), [4]),
        (ReviewFilter(text="alice"), []),  # names are no text: they may be hidden
        (ReviewFilter(status=Status.DISAGREE, label=3), [4]),
        (ReviewFilter(annotator="nobody of that name"), [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_a_filter_lets_through_what_it_says(wanted: ReviewFilter, passing: list[int]) -> None:
    table = typical()
    table.set_sort("block", is_descending=False)
    table.set_filter(wanted)
    assert shown(table) == passing


def test_any_column_sorts_both_ways_and_what_is_empty_comes_last() -> None:
    table = typical()
    table.set_blind(False)
    orders = {
        "block": ([0, 1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1, 0]),
        "consensus": ([0, 4, 1, 2, 5, 6, 3], [1, 2, 5, 6, 0, 4, 3]),
        "votes": ([2, 5, 6, 0, 1, 4, 3], [0, 1, 4, 5, 6, 2, 3]),
        "final": ([6, 0, 1, 2, 3, 4, 5], [6, 0, 1, 2, 3, 4, 5]),
        "status": ([5, 1, 4, 2, 0, 3, 6], [6, 3, 0, 2, 1, 4, 5]),
        "share": ([4, 1, 0, 2, 5, 6, 3], [0, 2, 5, 6, 1, 4, 3]),
        "@alice": ([0, 1, 2, 5, 6, 4, 3], [4, 2, 5, 6, 0, 1, 3]),
        "comments": ([4, 1, 0, 2, 3, 5, 6], [1, 4, 0, 2, 3, 5, 6]),
    }
    assert set(orders) | {"@bob", "@dave"} == set(table.columns())
    for column, (up, down) in orders.items():
        table.set_sort(column, is_descending=False)
        assert shown(table) == up, column
        table.set_sort(column, is_descending=True)
        assert shown(table) == down, column


def test_a_changed_row_stays_where_it_is_until_the_next_sort_or_filter() -> None:
    table = typical()
    before = shown(table)
    changed: list[int] = []
    moved: list[int] = []
    table.blocks_changed.connect(changed.extend)
    table.rows_changed.connect(lambda: moved.append(1))
    table.put([told("b0", alice=1, bob=1, dave=3), told("b1", final=2, alice=1), told("elsewhere", alice=1)])
    assert (shown(table), changed, moved) == (before, [0, 1], [])
    assert (table.row(0).status, table.row(1).status) == (Status.DISAGREE, Status.DECIDED)
    assert table.row(0).share == pytest.approx(2 / 3)
    assert dict(table.row(1).votes) == {"alice": 1}  # what was taken back is gone
    table.set_filter(ReviewFilter(status=Status.DECIDED))
    assert shown(table) == [1, 6]


def test_somebody_new_gets_a_column_and_nobody_loses_a_vote() -> None:
    table = typical()
    table.set_annotators(["alice", "bob", "carol", "dave"])
    table.put([told("b3", carol=2)])
    assert dict(table.row(3).votes) == {"carol": 2}
    assert dict(table.row(1).votes) == {"alice": 1, "bob": 2, "dave": 2}
    table.set_blind(False)
    table.set_sort("@carol", is_descending=False)
    assert shown(table)[0] == 3


def test_while_names_are_hidden_neither_columns_nor_order_nor_filter_tell_them() -> None:
    table = typical()
    assert table.columns() == ("block", "consensus", "votes", "final", "status", "share", "comments")
    table.set_sort("@bob", is_descending=False)  # there is no such column
    assert table.sorted_by == ("status", False)
    table.set_blind(False)
    table.set_sort("@bob", is_descending=True)
    table.set_filter(ReviewFilter(annotator="bob", fewer_than=3))
    table.set_blind(True)
    assert table.sorted_by == ("status", False)
    assert table.filter == ReviewFilter(fewer_than=3)
    assert shown(table) == [5, 2, 3, 6]


def test_the_rule_decides_the_consensus_but_not_the_status() -> None:
    table = typical()
    assert table.row(4).consensus == 1  # a tie goes to the smallest number
    table.set_rule("open")
    assert [table.row(place).consensus for place in (0, 1, 4)] == [1, 2, 0]
    table.set_rule("quorum", 3, 0.5)
    assert [table.row(place).consensus for place in (0, 1, 4)] == [1, 0, 0]
    assert [table.row(place).status for place in range(len(VOTES))] == STATUS
    with pytest.raises(ValueError, match="at least one vote"):
        table.set_rule("quorum", 0, 0.5)


def test_dawid_skene_comes_later_and_for_these_votes_only() -> None:
    table = typical()
    asked: list[int] = []
    table.votes_changed.connect(lambda: asked.append(1))
    table.set_rule("dawid-skene")
    assert asked == [1]
    assert [table.is_computing, table.row(0).consensus] == [True, NOT_COMPUTED]
    table.set_consensus(find_consensus(table.counted_votes(), table.rule))
    assert [table.is_computing, table.row(0).consensus] == [False, 1]
    table.put([told("b3", alice=2)])
    assert asked == [1, 1]
    late = find_consensus(table.counted_votes(), table.rule)
    table.set_rule("open")
    table.set_consensus(late)  # of another rule: dropped
    assert table.row(4).consensus == 0


def test_a_class_number_that_is_a_slip_is_shown_and_does_not_count() -> None:
    table = make([[1, 2_000_000, 1]])
    row = table.row(0)
    assert (row.consensus, row.share, row.status) == (1, 1.0, Status.AGREE)
    assert row.votes["bob"] == 2_000_000


def test_without_blocks_and_without_annotators_there_is_nothing_and_no_error() -> None:
    empty = make([], who=())
    assert (shown(empty), sum(empty.counts().values())) == ([], 0)
    nobody = make([[], []], who=())
    assert [row.status for row in nobody.shown_rows()] == [Status.EMPTY, Status.EMPTY]
    nobody.set_rule("dawid-skene")
    nobody.set_sort("comments", is_descending=False)


def test_many_blocks_at_once_give_the_same_as_one_by_one() -> None:
    one, many = typical(), typical()
    one.put([told("b3", final=1, alice=2), told("b0", bob=3)])
    rows = [one.row(3), one.row(0)]
    votes = np.array([[2, 0, 0], [0, 3, 0]], np.int32)
    changed: list[int] = []
    many.blocks_changed.connect(changed.extend)
    many.replace(["b3", "b0"], votes, [1, None], [False, False], [(), ()])
    assert [many.row(3), many.row(0)] == rows
    assert changed == [3, 0]


@given(
    st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.lists(st.integers(0, 3), min_size=3, max_size=3)), max_size=6),
    st.sampled_from(["compatible", "open", "quorum"]),
)
def test_changes_one_by_one_give_what_reading_all_anew_gives(
    votes: list[list[int]], changes: list[tuple[int, list[int]]], rule: str
) -> None:
    table = make(votes)
    table.set_rule(rule)  # type: ignore[arg-type]
    for place, labels in changes:
        if place < len(votes):
            votes[place] = labels
            table.put([told(f"b{place}", **{name: one for name, one in zip(WHO, labels, strict=True) if one})])
    table.set_sort("status", is_descending=False)
    anew = make(votes)
    anew.set_rule(rule)  # type: ignore[arg-type]
    for one, other in zip(table.shown_rows(), anew.shown_rows(), strict=True):
        assert repr(one) == repr(other)


@given(
    st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=12),
    st.integers(1, 3),
    st.floats(0, 1),
    st.sets(st.integers(0, 11)),
    st.sets(st.integers(0, 11)),
)
def test_only_undecided_rows_with_a_quorum_are_accepted(
    votes: list[list[int]], fewest: int, share: float, decided: set[int], flagged: set[int]
) -> None:
    table = make(votes, finals=dict.fromkeys(decided, 1), flagged=sorted(flagged))
    table.set_filter(ReviewFilter(fewer_than=3))
    expected = {}
    for place, row in enumerate(votes):
        given_votes = [vote for vote in row if vote]
        label = int(table.row(place).consensus)
        of_it = given_votes.count(label)
        is_shown = 0 < len(given_votes) < 3
        is_enough = of_it >= fewest and of_it >= share * len(given_votes) - 1e-9
        if is_shown and is_enough and place not in decided:
            expected[f"b{place}"] = label
    found, are_flagged = table.reaching(fewest, share)
    assert found == expected
    assert are_flagged == sum(int(block[1:]) in flagged for block in expected)


def test_a_quorum_is_of_the_votes_that_are_there_now() -> None:
    """Dawid-Skene is estimated later: what it said of other votes must not be accepted."""
    table = make([[1, 1, 0], [2, 2, 2]])
    table.set_rule("dawid-skene")
    table.set_consensus(find_consensus(table.counted_votes(), table.rule))
    assert table.reaching(2, 0.6)[0] == {"b0": 1, "b1": 2}
    table.put([told("b0", alice=2, bob=2)])
    assert table.reaching(2, 0.6)[0] == {"b1": 2}


def test_a_final_label_that_is_a_slip_is_shown_and_stops_nothing() -> None:
    table = make(finals={0: 10**20})
    assert table.row(0).status is Status.DECIDED
    table.put([told("b1", final=10**20)])
    assert table.row(1).status is Status.DECIDED


def test_what_the_filter_hides_is_not_shown() -> None:
    table = typical()
    table.set_filter(ReviewFilter(status=Status.DISAGREE))
    assert [block for block in IDS if table.is_shown(block)] == ["b1", "b4"]
    assert not table.is_shown("elsewhere")
