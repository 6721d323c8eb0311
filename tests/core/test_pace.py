"""Pace: rates and medians by hand, breaks, and what the order of the decisions must not change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.voting.pace import Pace, measure_pace


def pace_of(times: list[float], milliseconds: list[int], **options: Any) -> Pace:
    return measure_pace(np.zeros(len(times), int), np.array(times), np.array(milliseconds), 1, **options)[0]


def test_one_stretch_by_hand() -> None:
    found = pace_of([100, 110, 130, 136], [6000, 10_000, 20_000, 6000])
    assert (found.decisions, found.stretches, found.timed) == (4, 1, 4)
    assert found.active_hours == pytest.approx(42 / 3600)  # 36 s from the first to the last, 6 s for the first
    assert found.per_hour == pytest.approx(4 / 42 * 3600)
    assert found.median_seconds == 8


def test_a_break_is_not_counted() -> None:
    found = pace_of([0, 10, 20, 4000, 4010], [10_000, 10_000, 10_000, 3_980_000, 10_000])
    assert found.stretches == 2
    assert found.active_hours == pytest.approx(40 / 3600)
    assert found.per_hour == pytest.approx(4 / 40 * 3600)  # the one after the break only starts the clock
    assert (found.timed, found.median_seconds) == (4, 10)
    short = pace_of([0, 10, 20], [10_000] * 3, break_seconds=9)
    assert (short.stretches, short.timed) == (3, 0)
    assert np.isnan([short.per_hour, short.median_seconds]).all()


def test_decisions_of_the_older_program_have_times_only() -> None:
    found = pace_of([0, 20, 40], [0, 0, 0])
    assert found.per_hour == pytest.approx(2 / 40 * 3600)
    assert np.isnan(found.median_seconds)
    assert np.isnan(pace_of([0], [0]).per_hour)
    assert pace_of([0], [5000]).per_hour == pytest.approx(720)


def test_each_annotator_is_measured_alone() -> None:
    found = measure_pace(np.array([2, 0, 2]), np.array([5.0, 7.0, 0.0]), np.array([0, 4000, 5000]), 4)
    assert [pace.decisions for pace in found] == [1, 0, 2, 0]
    assert found[2].per_hour == pytest.approx(2 / 10 * 3600)
    assert np.isnan([found[1].per_hour, found[1].median_seconds, found[1].low]).all()
    assert found[1].stretches == 0


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2000), st.integers(0, 400_000)), min_size=1, unique=True),
    st.randoms(use_true_random=False),
    st.integers(-(10**9), 10**9),
)
def test_order_and_clock_change_nothing(decisions: list[tuple[int, int, int]], random: Any, shift: int) -> None:
    once_each = list({(who, when): (who, when, spent) for who, when, spent in decisions}.values())
    changed = list(once_each)
    random.shuffle(changed)
    plain, moved = (
        measure_pace(np.array(who), np.array(when, float) + by, np.array(spent), 3)
        for (who, when, spent), by in ((zip(*once_each, strict=True), 0), (zip(*changed, strict=True), shift))
    )
    for one, other in zip(plain, moved, strict=True):
        assert vars(one) == pytest.approx(vars(other), nan_ok=True)
        assert one.active_hours >= 0


def test_the_interval_of_the_median_mostly_contains_it() -> None:
    random = np.random.default_rng(1)
    hits = 0
    for _ in range(500):
        spent = random.lognormal(1, 0.7, 40)  # seconds; the median of all is e
        found = pace_of(list(np.cumsum(spent)), [int(seconds * 1000) for seconds in spent])
        assert found.low <= found.median_seconds <= found.high
        hits += found.low <= np.e <= found.high
    assert 0.92 <= hits / 500 <= 0.99
    assert np.isnan(pace_of([1, 2, 3], [1000, 1000, 1000]).low)


def test_what_is_refused() -> None:
    one, number = np.zeros(1), np.zeros(1, int)
    for arguments in [(number, one, np.zeros(2), 1), (number, one, one, 0), (number - 1, one, one, 1)]:
        with pytest.raises(ValueError, match=r"same length|numbered"):
            measure_pace(*arguments)
    with pytest.raises(ValueError, match="break"):
        measure_pace(number, one, one, 1, break_seconds=0)
