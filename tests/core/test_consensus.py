"""Consensus: the older program's rule, ties, quorum, and Dawid-Skene against its paper's own example."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from core.errors import Cancelled
from core.voting.consensus import RULE_NAMES, ConsensusRule, find_consensus
from core.voting.dawid_skene import dawid_skene, estimate_from_counts
from core.voting.votes import MOST_CLASSES, one_hot

Table = NDArray[Any]

COMPATIBLE, OPEN, DAWID_SKENE = ConsensusRule("compatible"), ConsensusRule("open"), ConsensusRule("dawid-skene")

TABLES = hnp.arrays(np.int64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=8), elements=st.integers(0, 4))

# Five anaesthetists on 45 patients, the first of them three times: A. P. Dawid and A. M. Skene, Applied Statistics 28
# (1979), table 1
ANAESTHETISTS = """
1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 2223343 1111111 2223212 1211111
1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222 1111111 1111111 2322222 1111111 1111111 1121121
1111111 3333233 1111111 2222222 2223232 4334343 2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111 2222222
"""


def anaesthetists() -> NDArray[np.int64]:
    return np.array([[int(digit) for digit in row] for row in ANAESTHETISTS.split()])


def simulated(blocks: int, accuracy: list[float], classes: int, seed: int) -> tuple[Table, Table]:
    """Return the truth, and votes that are right so often and chosen at random otherwise."""
    random = np.random.default_rng(seed)
    truth = random.integers(1, classes + 1, blocks)
    is_right = random.random((blocks, len(accuracy))) < np.array(accuracy)
    guesses = random.integers(1, classes + 1, is_right.shape)
    return truth, np.where(is_right, truth[:, np.newaxis], guesses)


# ---------------------------------------------------------------- majority


def test_rules_by_hand() -> None:
    votes = np.array([[2, 2, 1, 0, 0], [3, 1, 0, 0, 0], [0, 0, 0, 0, 0], [0, 4, 0, 0, 0], [5, 5, 5, 5, 1]])
    found = find_consensus(votes, COMPATIBLE)
    assert found.classes.tolist() == [2, 1, 0, 4, 5]
    assert found.votes.tolist() == [3, 2, 0, 1, 5]
    assert found.different.tolist() == [2, 2, 0, 1, 2]
    assert found.is_tied.tolist() == [False, True, False, False, False]
    assert found.share.tolist() == pytest.approx([2 / 3, 0.5, np.nan, 1, 0.8], nan_ok=True)
    assert find_consensus(votes, OPEN).classes.tolist() == [2, 0, 0, 4, 5]
    assert find_consensus(votes, OPEN).share.tolist() == pytest.approx([2 / 3, 0.5, np.nan, 1, 0.8], nan_ok=True)


@given(TABLES)
def test_compatible_is_what_the_older_program_counts(votes: Table) -> None:
    expected = []
    for row in votes.tolist():
        counts = Counter(vote for vote in row if vote)
        expected.append(min(counts, key=lambda vote: (-counts[vote], vote)) if counts else 0)
    assert find_consensus(votes, COMPATIBLE).classes.tolist() == expected


@pytest.mark.parametrize(
    ("row", "fewest", "share", "expected"),
    [
        ([1, 1, 2, 0, 0], 2, 0.0, 1),
        ([1, 1, 2, 0, 0], 3, 0.0, 0),
        ([1, 1, 2, 0, 0], 1, 0.66, 1),
        ([1, 1, 2, 0, 0], 1, 0.67, 0),
        ([1, 1, 1, 2, 2], 3, 0.6, 1),
        ([1, 1, 2, 2, 0], 2, 0.5, 0),
        ([1, 0, 0, 0, 0], 1, 1.0, 1),
        ([0, 0, 0, 0, 0], 1, 0.0, 0),
    ],
)
def test_quorum_needs_votes_and_share_and_no_tie(row: list[int], fewest: int, share: float, expected: int) -> None:
    found = find_consensus(np.array([row]), ConsensusRule("quorum", fewest, share))
    assert found.classes.tolist() == [expected]


@given(st.integers(1, 60), st.integers(1, 60))
def test_a_share_that_is_just_reached_is_enough(of_first: int, others: int) -> None:
    row = np.array([[1] * of_first + list(range(2, others + 2))])
    rule = ConsensusRule("quorum", 1, of_first / (of_first + others))
    assert find_consensus(row, rule).classes[0] == (1 if of_first > 1 else 0)


@given(TABLES, st.randoms(use_true_random=False), st.sampled_from(["compatible", "open", "quorum"]))
def test_the_order_of_annotators_and_blocks_changes_nothing(votes: Table, random: Any, name: Any) -> None:
    rule = ConsensusRule(name, 2, 0.5)
    rows, columns = list(range(votes.shape[0])), list(range(votes.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    changed = find_consensus(votes[rows][:, columns], rule)
    np.testing.assert_array_equal(changed.classes, find_consensus(votes, rule).classes[rows])


@given(TABLES, st.permutations([1, 2, 3, 4]))
def test_other_numbers_for_the_classes_give_the_same_where_ties_stay_open(votes: Table, numbers: list[int]) -> None:
    renamed = np.array([0, *numbers])
    np.testing.assert_array_equal(
        find_consensus(renamed[votes], OPEN).classes, renamed[find_consensus(votes, OPEN).classes]
    )


def test_two_annotators_prefer_no_class_where_ties_stay_open() -> None:
    _truth, votes = simulated(30_000, [0.85, 0.85], 3, 1)
    compatible, stays_open = find_consensus(votes, COMPATIBLE).classes, find_consensus(votes, OPEN).classes
    assert np.bincount(compatible)[1] / len(votes) > 0.38  # the older rule's lean, which is why it is not the only one
    decided = stays_open[stays_open > 0]
    assert np.bincount(decided)[1:] / len(decided) == pytest.approx([1 / 3] * 3, abs=0.015)


@pytest.mark.parametrize("name", RULE_NAMES)
@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (3, 2)])
def test_no_vote_at_all(name: Any, shape: tuple[int, int]) -> None:
    found = find_consensus(np.zeros(shape, np.int16), ConsensusRule(name), 5)
    assert found.classes.tolist() == [0] * shape[0]
    assert np.isnan(found.share).all()


@pytest.mark.parametrize(
    "votes", [np.zeros(3, int), np.zeros((2, 2)), np.array([[-1]]), np.array([[MOST_CLASSES + 1]]), np.array([["1"]])]
)
def test_what_is_no_table_of_votes_is_refused(votes: Table) -> None:
    with pytest.raises(ValueError, match=r"votes has 1 dimensions|lass numbers are"):
        find_consensus(votes, COMPATIBLE)


def test_rules_that_make_no_sense_are_refused() -> None:
    for arguments in [("most",), ("quorum", 0), ("quorum", 1, 1.1), ("quorum", 1, float("nan"))]:
        with pytest.raises(ValueError, match=r"rule|quorum"):
            ConsensusRule(*arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", RULE_NAMES)
def test_one_slip_to_a_great_number_costs_nothing(name: Any) -> None:
    truth, votes = simulated(10_000, [0.8] * 10, 5, 5)
    votes[0, 0] = MOST_CLASSES
    tracemalloc.start()
    try:
        found = find_consensus(votes, ConsensusRule(name))
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (found.classes == truth).mean() > 0.95
    assert most < 200e6  # what Dawid-Skene returns is 160 MB; counts of every class would be 800
    assert find_consensus(np.array([[MOST_CLASSES, 0]]), ConsensusRule(name)).classes.tolist() == [MOST_CLASSES]


# ---------------------------------------------------------------- Dawid-Skene


def test_dawid_skene_of_the_anaesthetists_is_that_of_the_paper() -> None:
    hot = one_hot(anaesthetists(), 4)
    counts = np.concatenate([hot[:, :3].sum(axis=1, keepdims=True), hot[:, 3:]], axis=1)
    found = estimate_from_counts(counts)
    assert found.has_converged
    assert found.prior == pytest.approx([0.40, 0.42, 0.11, 0.07], abs=0.005)
    assert found.confusion[0] == pytest.approx(
        np.array([[0.89, 0.11, 0, 0], [0.07, 0.88, 0.05, 0], [0, 0.34, 0.66, 0], [0, 0, 0.56, 0.44]]), abs=0.005
    )
    assert found.classes[[0, 1, 2, 10, 13, 35, 37]].tolist() == [1, 4, 2, 4, 2, 4, 3]


def test_one_round_by_hand() -> None:
    votes = np.array([[1, 1, 1], [1, 1, 2], [2, 2, 2], [2, 2, 2]])
    found = dawid_skene(votes)
    assert found.classes.tolist() == [1, 1, 2, 2]  # the third gave 2 once where the other two gave 1
    assert found.prior == pytest.approx([0.5, 0.5], abs=1e-3)
    assert found.confusion[2] == pytest.approx(np.array([[0.5, 0.5], [0, 1]]), abs=1e-3)
    assert found.confusion[0] == pytest.approx(np.eye(2), abs=1e-3)


def test_it_trusts_who_is_right_more_than_the_majority() -> None:
    truth, votes = simulated(3000, [0.95, 0.9, 0.2, 0.1, 0.1], 3, 2)
    found = find_consensus(votes, DAWID_SKENE)
    assert found.estimate is not None
    assert found.estimate.has_converged
    majority = (find_consensus(votes, COMPATIBLE).classes == truth).mean()
    assert (found.classes == truth).mean() > majority + 0.1
    right = [0.95 + 0.05 / 3, 0.9 + 0.1 / 3, 0.2 + 0.8 / 3, 0.1 + 0.9 / 3, 0.1 + 0.9 / 3]
    diagonals = found.estimate.confusion.diagonal(axis1=1, axis2=2).mean(axis=1)
    assert diagonals == pytest.approx(right, abs=0.06)


def test_missing_votes_are_no_votes() -> None:
    truth, votes = simulated(4000, [0.9] * 6, 4, 3)
    votes[np.random.default_rng(3).random(votes.shape) < 0.4] = 0
    found = find_consensus(votes, DAWID_SKENE)
    assert (found.classes == truth)[found.votes >= 2].mean() > 0.93
    assert (found.classes[found.votes == 0] == 0).all()
    assert found.estimate is not None
    assert np.isnan(found.estimate.posterior[found.votes == 0]).all()


def test_two_who_contradict_each_other_leave_the_block_open() -> None:
    assert dawid_skene(np.array([[1, 2]])).classes.tolist() == [0]
    assert np.isnan(dawid_skene(np.array([[1, 0], [2, 0], [0, 2]])).confusion[1, 0]).all()  # never saw a 1


@given(TABLES)
def test_probabilities_are_probabilities(votes: Table) -> None:
    found = dawid_skene(votes)
    voted = (votes > 0).any(axis=1)
    assert found.posterior[voted].sum(axis=1) == pytest.approx(np.ones(voted.sum()))
    assert np.isnan(found.posterior[~voted]).all()
    sums = found.confusion.sum(axis=2)
    assert sums[~np.isnan(sums)] == pytest.approx(np.ones((~np.isnan(sums)).sum()))


@given(st.integers(0, 1000), st.permutations(range(5)), st.permutations([1, 2, 3]))
def test_dawid_skene_does_not_see_orders_and_numbers(seed: int, columns: list[int], numbers: list[int]) -> None:
    _truth, votes = simulated(60, [0.9, 0.8, 0.8, 0.7, 0.5], 3, seed)
    renamed = np.array([0, *numbers])
    plain, changed = dawid_skene(votes, 3), dawid_skene(renamed[votes][::-1, columns], 3)
    assert changed.posterior[::-1, np.array(numbers) - 1] == pytest.approx(plain.posterior, abs=1e-3)


def test_rows_that_repeat_count_as_often_as_they_are_there() -> None:
    _truth, votes = simulated(200, [0.8, 0.7, 0.6], 2, 4)
    all_at_once, apart = dawid_skene(votes), estimate_from_counts(one_hot(votes, 2))
    assert all_at_once.posterior == pytest.approx(apart.posterior, abs=1e-6)
    assert all_at_once.rounds == apart.rounds


def test_dawid_skene_can_be_cancelled() -> None:
    with pytest.raises(Cancelled):
        find_consensus(anaesthetists(), DAWID_SKENE, cancelled=lambda: True)
