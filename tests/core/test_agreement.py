"""Agreement: published examples, scikit-learn, calculations by hand, and what must not change the figures."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from core.errors import Cancelled
from core.voting.agreement import Agreement, measure_agreement
from core.voting.bootstrap import resampled_sums
from core.voting.group_agreement import group_agreement, group_features
from core.voting.pair_agreement import pair_agreement, pair_features
from core.voting.votes import one_hot

Table = NDArray[Any]

# Four observers and twelve units: K. Krippendorff, Computing Krippendorff's alpha-reliability (2011), section C
KRIPPENDORFF = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
        [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
    ]
).T
# Six psychiatrists on 30 patients, how many chose each of five diagnoses: J. L. Fleiss, Psychological Bulletin 76
# (1971), table 1
PSYCHIATRISTS = """
00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 00501 30012 51000 02040 10203
00006 01050 02013 20040 10041 05010 40002 02040 10500 00006
"""
TABLES = hnp.arrays(
    np.int64, st.tuples(st.integers(2, 12), st.integers(2, 5)), elements=st.integers(0, 3), fill=st.nothing()
)


def measured(votes: Table, classes: int = 0, samples: int = 0, **references: Table) -> Agreement:
    return measure_agreement(votes, classes, references, samples=samples)


def simulated(blocks: int, accuracy: float, annotators: int, seed: int, classes: int = 3) -> tuple[Table, Table]:
    """Return the truth, and votes that are right so often and chosen at random otherwise."""
    random = np.random.default_rng(seed)
    truth = random.integers(1, classes + 1, blocks)
    shape = (blocks, annotators)
    is_right = random.random(shape) < accuracy
    return truth, np.where(is_right, truth[:, np.newaxis], random.integers(1, classes + 1, shape))


def all_values(found: Agreement) -> list[NDArray[np.float64]]:
    figures = [found.group.percent, found.group.fleiss, found.group.alpha, found.pairs.percent, found.pairs.kappa]
    for table in found.confusions.values():
        figures += [table.correct, table.precise, table.kappa]
    return [figure.value for figure in figures]


def assert_same(first: Agreement, second: Agreement) -> None:
    for one, other in zip(all_values(first), all_values(second), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)


# ---------------------------------------------------------------- published examples


def test_krippendorffs_own_example() -> None:
    group = measured(KRIPPENDORFF).group
    assert group.alpha.at(0).value == pytest.approx(0.743, abs=0.0005)
    assert group.alpha.at(0).blocks == 11  # the last unit has one value, which pairs with nothing
    assert (group.votes, group.fewest, group.most) == (40, 2, 4)


def test_fleiss_own_example() -> None:
    counts = [[int(digit) for digit in row] for row in PSYCHIATRISTS.split()]
    votes = np.array([np.repeat(np.arange(1, 6), row) for row in counts])
    fleiss = measured(votes).group.fleiss
    assert fleiss.value == pytest.approx([0.430, 0.245, 0.245, 0.520, 0.471, 0.566], abs=0.0005)
    assert fleiss.at(0).blocks == 30


def test_cohens_kappa_by_hand() -> None:
    votes = np.repeat([[1, 1], [1, 2], [2, 1], [2, 2], [1, 0], [0, 2]], [20, 5, 10, 15, 7, 3], axis=0)
    pairs = measured(votes).pairs
    # both agree on 35 of 50; by chance (25 * 30 + 25 * 20) / 50^2 = 0.5
    assert pairs.percent.at(0, 0, 1).value == pytest.approx(0.7)
    assert pairs.kappa.at(0, 1, 0).value == pytest.approx(0.4)
    assert pairs.kappa.value[1:, 0, 1] == pytest.approx([0.4, 0.4])  # of two classes, each is the rest of the other
    assert pairs.kappa.at(0, 0, 1).blocks == 50


def test_unequal_numbers_of_votes_by_hand() -> None:
    group = measured(np.array([[1, 1, 0], [1, 1, 2], [2, 0, 2], [0, 0, 1], [2, 1, 0]])).group
    assert group.percent.at(0).value == pytest.approx((1 + 1 / 3 + 1 + 0) / 4)
    share = (1 + 2 / 3 + 0 + 1 / 2) / 4  # of class 1, over the four blocks with two votes or more
    chance = share**2 + (1 - share) ** 2
    assert group.fleiss.at(0).value == pytest.approx((7 / 12 - chance) / (1 - chance))
    # coincidences: 5 ones and 4 twos; off the diagonal 2 * (1 * 2 / 2) + 2
    assert group.alpha.at(0).value == pytest.approx(1 - (4 / 9) / (2 * 5 * 4 / (9 * 8)))
    assert (group.votes, group.fewest, group.most) == (9, 2, 3)


# ---------------------------------------------------------------- scikit-learn


@given(TABLES)
def test_pairs_are_those_of_scikit_learn(votes: Table) -> None:
    from sklearn.metrics import cohen_kappa_score

    pairs = measured(votes, 3).pairs
    for first in range(votes.shape[1]):
        for second in range(first):
            both = votes[(votes[:, first] > 0) & (votes[:, second] > 0)]
            one, other = both[:, first], both[:, second]
            assert pairs.kappa.blocks[0, first, second] == len(both)
            for number in range(4):
                first_says, second_says = (one, other) if number == 0 else (one == number, other == number)
                found = pairs.kappa.value[number, first, second]
                assert found == pairs.kappa.value[number, second, first] or np.isnan(found)
                if len(set(first_says) | set(second_says)) < 2:
                    assert np.isnan(found)
                else:
                    assert found == pytest.approx(cohen_kappa_score(first_says, second_says))
                    assert pairs.percent.value[number, first, second] == pytest.approx(
                        (first_says == second_says).mean()
                    )


@given(TABLES, st.data())
def test_confusion_is_that_of_scikit_learn(votes: Table, data: st.DataObject) -> None:
    from sklearn.metrics import confusion_matrix, precision_score, recall_score

    gold = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(votes), max_size=len(votes))))
    found = measured(votes, 3, gold=gold).confusions["gold"]
    for annotator, column in enumerate(votes.T):
        known = (column > 0) & (gold > 0)
        if not known.any():
            assert np.isnan(found.correct.value[:, annotator]).all()
            assert "to compare" in found.correct.at(0, annotator).why
            continue
        answer, vote = gold[known], column[known]
        np.testing.assert_array_equal(found.counts[annotator], confusion_matrix(answer, vote, labels=[1, 2, 3]))
        assert found.correct.value[0, annotator] == pytest.approx((answer == vote).mean())
        recall = recall_score(answer, vote, labels=[1, 2, 3], average=None, zero_division=np.nan)
        precision = precision_score(answer, vote, labels=[1, 2, 3], average=None, zero_division=np.nan)
        assert found.correct.value[1:, annotator] == pytest.approx(recall, nan_ok=True)
        assert found.precise.value[1:, annotator] == pytest.approx(precision, nan_ok=True)
        assert found.correct.blocks[1:, annotator].tolist() == [(answer == number).sum() for number in (1, 2, 3)]


# ---------------------------------------------------------------- plain definitions


@given(TABLES)
def test_alpha_and_percent_are_their_definitions(votes: Table) -> None:
    pairs = [  # of values on one block, each block's weighted to its number of values (alpha), or to one (percent)
        (one, other, 1 / (len(row) - 1), 1 / (len(row) * (len(row) - 1)))
        for row in ([vote for vote in line if vote] for line in votes.tolist())
        for place, one in enumerate(row)
        for number, other in enumerate(row)
        if place != number
    ]
    group = measured(votes).group
    if not pairs:
        assert np.isnan(group.alpha.value[0])
        assert np.isnan(group.percent.value[0])
        return
    blocks = sum(weight for *_, weight in pairs)
    agreeing = sum(weight for one, other, _, weight in pairs if one == other)
    assert group.percent.value[0] == pytest.approx(agreeing / blocks)
    values = [vote for line in votes.tolist() for vote in line if vote and sum(1 for v in line if v) > 1]
    chance = sum(one != other for one in values for other in values) / (len(values) * (len(values) - 1))
    seen = sum(weight for one, other, weight, _ in pairs if one != other) / len(values)
    assert group.alpha.value[0] == pytest.approx(1 - seen / chance if chance else np.nan, nan_ok=True)


@given(TABLES)
def test_a_class_against_the_rest_is_the_table_of_two(votes: Table) -> None:
    all_at_once = measured(votes, 3)
    for number in (1, 2, 3):
        two = np.where(votes == 0, 0, np.where(votes == number, 1, 2))
        alone = measured(two, 2)
        for figure, of_two in (
            (all_at_once.group.fleiss, alone.group.fleiss),
            (all_at_once.group.alpha, alone.group.alpha),
            (all_at_once.pairs.kappa, alone.pairs.kappa),
        ):
            np.testing.assert_allclose(figure.value[number], of_two.value[0], atol=1e-12)


# ---------------------------------------------------------------- what changes nothing


@settings(max_examples=50)
@given(TABLES, st.randoms(use_true_random=False), st.permutations([1, 2, 3]))
def test_orders_and_numbers_change_nothing(votes: Table, random: Any, numbers: list[int]) -> None:
    rows, columns = list(range(votes.shape[0])), list(range(votes.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    gold = votes[:, 0]
    renamed = np.array([0, *numbers])
    plain = measured(votes, 3, gold=gold)
    changed = measured(renamed[votes][rows][:, columns], 3, gold=renamed[gold][rows])
    places = [0, *numbers]
    for figure in ("percent", "fleiss", "alpha"):
        np.testing.assert_allclose(
            getattr(changed.group, figure).value[places], getattr(plain.group, figure).value, atol=1e-12
        )
    np.testing.assert_allclose(
        changed.pairs.kappa.value[places], plain.pairs.kappa.value[:, columns][:, :, columns], atol=1e-12
    )
    np.testing.assert_allclose(
        changed.confusions["gold"].correct.value[places],
        plain.confusions["gold"].correct.value[:, columns],
        atol=1e-12,
    )


@given(TABLES)
def test_blocks_without_votes_change_nothing(votes: Table) -> None:
    empty = np.zeros((5, votes.shape[1]), np.int64)
    assert_same(measured(votes, 3, 20), measured(np.concatenate([empty, votes]), 3, 20))


@given(TABLES, st.lists(st.integers(0, 3), min_size=12, max_size=12))
def test_weights_are_repeated_rows(votes: Table, repeats: list[int]) -> None:
    """What the bootstrap is built on: a figure from weighted sums is that of the table with the rows repeated."""
    weights = np.array(repeats[: len(votes)], np.float64)[np.newaxis]
    repeated = np.repeat(votes, repeats[: len(votes)], axis=0)
    of_group = group_agreement(weights @ group_features(votes, 3), repeated, 3, 0.95)
    of_pairs = pair_agreement(weights @ pair_features(one_hot(votes, 3)), votes.shape[1], 3, 0.95)
    expected = measured(repeated, 3)
    np.testing.assert_allclose(of_group.alpha.value, expected.group.alpha.value, atol=1e-12)
    np.testing.assert_allclose(of_group.fleiss.value, expected.group.fleiss.value, atol=1e-12)
    np.testing.assert_allclose(of_pairs.kappa.value, expected.pairs.kappa.value, atol=1e-12)


# ---------------------------------------------------------------- extremes


@given(st.lists(st.integers(1, 3), min_size=2, max_size=30).filter(lambda truth: len(set(truth)) > 1))
def test_perfect_agreement_is_one(truth: list[int]) -> None:
    found = measured(np.repeat(np.array(truth)[:, np.newaxis], 3, axis=1), 3, 50, gold=np.array(truth))
    used = [0, *sorted(set(truth))]
    for values in (found.group.percent.value, found.group.fleiss.value, found.group.alpha.value):
        assert values[used] == pytest.approx(1)
    assert found.pairs.kappa.value[used, 0, 1] == pytest.approx(1)
    assert found.confusions["gold"].kappa.value[used, 2] == pytest.approx(1)
    for number in {1, 2, 3} - set(truth):
        assert np.isnan(found.group.percent.value[number])
        assert found.group.percent.at(number).why == "This class does not occur here."


def test_votes_by_chance_agree_no_more_than_by_chance() -> None:
    found = measured(np.random.default_rng(5).integers(1, 5, (20_000, 4)))
    assert found.group.percent.value[0] == pytest.approx(0.25, abs=0.01)
    for kappa in (found.group.fleiss.value, found.group.alpha.value, found.pairs.kappa.value[:, 0, 1]):
        assert kappa == pytest.approx(np.zeros(5), abs=0.025)


def test_one_class_only_is_no_perfect_agreement() -> None:
    found = measured(np.full((10, 3), 2), 2, 20)
    assert found.group.percent.at(0).value == 1
    for figure in (found.group.fleiss, found.group.alpha):
        assert np.isnan(figure.value).all()
        assert "by chance is certain" in figure.at(0).why
        assert "by chance is certain" in figure.at(2).why
        assert figure.at(1).why == "This class does not occur here."
    assert np.isnan(found.pairs.kappa.value).all()
    assert "by chance is certain" in found.pairs.kappa.at(0, 0, 1).why


def test_annotators_without_a_common_block_cannot_be_compared() -> None:
    found = measured(np.array([[1, 0], [2, 0], [0, 1]]), 2, 20)
    assert np.isnan(found.pairs.percent.value).all()
    assert "to compare" in found.pairs.percent.at(0, 0, 1).why
    assert found.pairs.percent.at(0, 0, 1).blocks == 0
    assert "not compared with themselves" in found.pairs.kappa.at(0, 1, 1).why
    assert "to compare" in found.group.alpha.at(0).why
    assert (found.group.votes, found.group.fewest, found.group.most) == (0, 0, 0)


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (4, 0), (4, 1), (1, 2)])
def test_tables_with_nothing_to_compare(shape: tuple[int, int]) -> None:
    found = measured(np.zeros(shape, np.int32), 2, 10, gold=np.ones(shape[0], int))
    assert all(np.isnan(values).all() for values in all_values(found))
    assert found.pairs.kappa.value.shape == (3, shape[1], shape[1])


def test_what_is_refused() -> None:
    votes = np.ones((3, 2), int)
    with pytest.raises(ValueError, match="one class for each of 3"):
        measured(votes, gold=np.ones(2, int))
    with pytest.raises(ValueError, match="integers"):
        measured(votes.astype(float))
    with pytest.raises(ValueError, match="level"):
        measure_agreement(votes, level=1.0)
    with pytest.raises(ValueError, match="samples"):
        measure_agreement(votes, samples=-1)


def test_one_slip_to_a_great_number_costs_nothing() -> None:
    truth, votes = simulated(2000, 0.7, 4, 12)
    plain = measured(votes, 3, 50, gold=truth)
    votes[0, 0] = 900
    tracemalloc.start()
    try:
        found = measured(votes, 3, 50, gold=truth)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 100e6
    assert found.classes == 900
    assert found.group.alpha.at(0).value == pytest.approx(plain.group.alpha.at(0).value, abs=0.001)
    assert found.group.alpha.at(900).value == pytest.approx(0)
    assert found.group.alpha.at(899).why == "This class does not occur here."
    assert found.confusions["gold"].counts[0, truth[0] - 1, 899] == 1
    assert found.confusions["gold"].correct.at(900, 0).blocks == 0


# ---------------------------------------------------------------- the bootstrap


def test_the_interval_is_that_of_a_plain_bootstrap() -> None:
    _truth, votes = simulated(300, 0.6, 3, 6)
    found = measured(votes, 3, 1000).group.alpha.at(0)
    random = np.random.default_rng(7)
    plain = [measured(votes[random.integers(0, 300, 300)], 3).group.alpha.value[0] for _ in range(1000)]
    assert [found.low, found.high] == pytest.approx(np.percentile(plain, [2.5, 97.5]), abs=0.015)


def test_the_interval_mostly_contains_the_value_of_the_population() -> None:
    _truth, everything = simulated(60_000, 0.6, 3, 8)
    true = measured(everything, 3)
    hits = np.zeros(3)
    for study in range(100):
        found = measured(everything[study * 200 : study * 200 + 200], 3, 200)
        for place, (one, whole) in enumerate(
            [
                (found.group.alpha.at(0), true.group.alpha.at(0)),
                (found.group.fleiss.at(1), true.group.fleiss.at(1)),
                (found.pairs.kappa.at(0, 0, 1), true.pairs.kappa.at(0, 0, 1)),
            ]
        ):
            hits[place] += one.low <= whole.value <= one.high
    assert ((hits >= 86) & (hits <= 100)).all()  # 95 of 100 are meant; less than 86 happens once in 5,000 times


def test_more_blocks_make_the_interval_narrower() -> None:
    _truth, votes = simulated(6400, 0.6, 3, 9)
    few, many = measured(votes[:400], 3, 500).group.alpha.at(0), measured(votes, 3, 500).group.alpha.at(0)
    assert (few.high - few.low) / (many.high - many.low) == pytest.approx(4, rel=0.25)


def test_the_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    truth, votes = simulated(3000, 0.7, 4, 10)
    first = measure_agreement(votes, 3, {"gold": truth}, samples=100, seed=1)
    again = measure_agreement(votes, 3, samples=100, seed=1)
    other = measure_agreement(votes, 3, samples=100, seed=2)
    np.testing.assert_array_equal(first.pairs.kappa.low, again.pairs.kappa.low)
    np.testing.assert_array_equal(first.pairs.kappa.value, other.pairs.kappa.value)
    assert first.group.alpha.at(0).low != other.group.alpha.at(0).low


def test_one_block_has_a_figure_and_no_interval() -> None:
    found = measured(np.array([[1, 1, 2]]), 2, 50).group.percent.at(0)
    assert found.value == pytest.approx(1 / 3)
    assert np.isnan([found.low, found.high]).all()
    assert "too few such blocks" in found.why


def test_each_resample_has_as_many_blocks_as_there_are() -> None:
    count = resampled_sums(5000, [lambda part: np.ones((part.stop - part.start, 1))], 300, 3)[0]
    assert (count == 5000).all()  # also where the blocks are weighed in several parts


def test_each_block_is_drawn_as_often_as_the_others() -> None:
    values = np.arange(5000.0)
    sums = resampled_sums(5000, [lambda part: values[part, np.newaxis]], 2000, 4)[0][1:, 0]
    assert sums.mean() == pytest.approx(values.sum(), rel=0.001)
    assert sums.std() == pytest.approx(values.std() * np.sqrt(5000), rel=0.06)


def test_progress_is_told_and_it_can_be_cancelled_between_two_steps() -> None:
    _truth, votes = simulated(5000, 0.7, 3, 11)
    told: list[tuple[int, int]] = []
    measure_agreement(votes, samples=10, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    told.clear()
    with pytest.raises(Cancelled):
        measure_agreement(
            votes, samples=10, cancelled=lambda: len(told) == 1, progress=lambda done, of: told.append((done, of))
        )
    assert told == [(1, 3)]
