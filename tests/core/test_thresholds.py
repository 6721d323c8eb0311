"""Thresholds and categories: against loops over values, and all partitions tried one after the other."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.filters import threshold_multiotsu, threshold_otsu
from sklearn.cluster import KMeans

from core import categorize_by_threshold, suggest_thresholds

VALUES = st.lists(st.integers(-20, 20).map(float), min_size=1, max_size=12)


def table(values: Any) -> pd.DataFrame:
    return pd.DataFrame({"index": np.arange(1, len(values) + 1), "x": values})


def spread(parts: list[list[float]]) -> float:
    """Return the sum of the squared distances from the mean of each part."""
    return sum(sum((value - sum(part) / len(part)) ** 2 for value in part) for part in parts)


def parted(values: list[float], thresholds: list[float]) -> list[list[float]]:
    parts: list[list[float]] = [[] for _ in range(len(thresholds) + 1)]
    for value in values:
        parts[sum(value >= one for one in thresholds)].append(value)
    return parts


@given(VALUES, st.integers(2, 6))
def test_quantiles_are_percentiles(values: list[float], many: int) -> None:
    found = suggest_thresholds(table([*values, np.nan]), "x", many)
    wanted = [float(np.percentile(values, 100 * part / many)) for part in range(1, many)]
    assert found == pytest.approx(wanted, abs=1e-12) and all(type(one) is float for one in found)
    assert suggest_thresholds(table([np.inf, *values, -np.inf, None]), "x", many) == found


def test_quantiles_of_numbers_counted_by_hand() -> None:
    assert suggest_thresholds(table([4, 0, 3, 1, 2]), "x", 4) == [1, 2, 3]
    assert suggest_thresholds(table([7, 7, 7]), "x", 3) == [7, 7]


@settings(max_examples=40, deadline=None)
@given(VALUES, st.integers(2, 4), st.sampled_from([1.0, 1e-9, 1e12]))
def test_otsu_is_the_best_of_all_partitions(values: list[float], many: int, unit: float) -> None:
    different = sorted(set(values))
    scaled = [value * unit for value in values]
    if len(different) < many:
        with pytest.raises(ValueError, match=f"only {len(different)} different values in {len(values)} rows"):
            suggest_thresholds(table(scaled), "x", many, method="otsu")
        return
    found = suggest_thresholds(table(scaled), "x", many, method="otsu")
    assert found == sorted(found) and len(found) == many - 1
    best = min(spread(parted(values, list(cut))) for cut in combinations(different[1:], many - 1))
    parts = parted(scaled, found)
    assert all(parts)
    assert spread([[value / unit for value in part] for part in parts]) == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("many", [2, 3, 4])
def test_otsu_in_a_histogram_is_that_of_scikit_image(many: int) -> None:
    rng = np.random.default_rng(many)
    values = np.concatenate([rng.normal(10 * place, 3 + place / 3, 4000) for place in range(many)])
    found = suggest_thresholds(table(values), "x", many, method="otsu")
    wanted = threshold_multiotsu(values, many) if many > 2 else [threshold_otsu(values)]
    np.testing.assert_allclose(found, wanted, atol=1.01 * np.ptp(values) / 256)


def test_otsu_with_one_value_far_away_says_so() -> None:
    values = np.append(np.random.default_rng(0).random(1000), 1e9)
    assert suggest_thresholds(table(values), "x", 2, method="otsu")[0] == pytest.approx(5e8, rel=1e-6)
    with pytest.raises(ValueError, match="crowd in less than 3 of 256 equal steps"):
        suggest_thresholds(table(values), "x", 3, method="otsu")
    low, high = suggest_thresholds(table(values), "x", 3, method="kmeans")
    assert low == pytest.approx(0.5, abs=0.05) and high == pytest.approx(5e8, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(VALUES, st.integers(2, 4))
def test_kmeans_is_half_way_between_the_means_of_the_best_partition(values: list[float], many: int) -> None:
    if len(set(values)) < many:
        return
    found = suggest_thresholds(table(values), "x", many, method="kmeans")
    parts = parted(values, found)
    best = min(spread(parted(values, list(cut))) for cut in combinations(sorted(set(values))[1:], many - 1))
    assert spread(parts) == pytest.approx(best, abs=1e-6)
    means = [sum(part) / len(part) for part in parts]
    assert found == pytest.approx([(one + other) / 2 for one, other in pairwise(means)], abs=1e-9)


@pytest.mark.parametrize("many", [2, 3, 6])
def test_kmeans_of_many_values_is_as_good_as_that_of_scikit_learn(many: int) -> None:
    values = np.random.default_rng(many).lognormal(1, 0.8, 1000)
    parts = parted(values.tolist(), suggest_thresholds(table(values), "x", many, method="kmeans"))
    model = KMeans(many, n_init=4, random_state=0, tol=0).fit(values.reshape(-1, 1))
    assert spread(parts) <= model.inertia_ * (1 + 1e-5)  # the best of four tries


@pytest.mark.parametrize("unit", [1.0, 1e-200, 1e200])
def test_kmeans_parts_groups_that_are_far_apart(unit: float) -> None:
    values = np.concatenate([np.linspace(0, 1, 50), np.linspace(10, 11, 5), np.linspace(30, 31, 70)]) * unit
    found = suggest_thresholds(table(values), "x", 3, method="kmeans")
    assert found == pytest.approx([5.5 * unit, 20.5 * unit], rel=0.02)


@pytest.mark.parametrize(
    ("values", "column", "many", "options", "message"),
    [
        ([1.0], "x", 1, {}, "At least 2 categories .* 1"),
        ([1.0], "x", 2.5, {}, "whole number, but is 2.5"),
        ([1.0], "y", 2, {}, "not in the table: y. It has index, x"),
        ([np.nan, np.nan], "x", 2, {}, "'x' has no number in any of its 2 rows"),
        ([], "x", 2, {}, "'x' has no number in any of its 0 rows"),
        ([1.0, 1.0], "x", 2, {"method": "kmeans"}, "only 1 different values in 2 rows"),
        ([1.0], "x", 2, {"method": "median"}, "'median'.*quantile, otsu, kmeans"),
    ],
)
def test_thresholds_that_cannot_be_suggested(values: Any, column: str, many: Any, options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        suggest_thresholds(table(values), column, many, **options)


def test_texts_have_no_thresholds() -> None:
    with pytest.raises(TypeError, match=r"'x' holds .* not all numbers"):
        suggest_thresholds(table(["a", "b"]), "x", 2)


@given(st.lists(st.one_of(st.integers(-3, 3), st.just(None)), max_size=8), st.lists(st.integers(-3, 3), max_size=4))
def test_categories_are_those_of_a_loop(values: list[int | None], limits: list[int]) -> None:
    measurements = table(pd.array(values, dtype="Float64"))
    found = categorize_by_threshold(measurements, "x", [float(one) for one in limits])
    wanted = [0 if value is None else 1 + sum(value >= limit for limit in limits) for value in values]
    assert found["category_id"].tolist() == wanted and found["category_id"].dtype == np.int64
    assert found["category_name"].tolist() == [f"category_{number}" if number else "" for number in wanted]
    assert list(measurements.columns) == ["index", "x"]


def test_a_value_at_a_threshold_is_above_it_and_names_go_upwards() -> None:
    measurements = table([2.0, 1.999, 5.0, np.inf, -np.inf, np.nan]).assign(category_id=99, category_name="old")
    found = categorize_by_threshold(measurements, "x", [5, 2], ["low", "middle", "high"])
    assert found["category_name"].tolist() == ["middle", "low", "high", "high", "low", ""]
    assert found["category_id"].tolist() == [2, 1, 3, 3, 1, 0]
    assert list(found.columns) == ["index", "x", "category_id", "category_name"]
    assert measurements["category_id"].tolist() == [99] * 6


def test_objects_that_are_numbers_count_as_such() -> None:
    found = categorize_by_threshold(table(np.array([1, None, 3.5], dtype=object)), "x", [2])
    assert found["category_id"].tolist() == [1, 0, 2]
    assert not len(categorize_by_threshold(pd.DataFrame(columns=["index", "x"]), "x", [2]))


@pytest.mark.parametrize(
    ("column", "limits", "names", "message"),
    [
        ("y", [1], None, "not in the table: y"),
        ("x", [1], ["a"], "1 thresholds make 2 categories, but 1 names"),
        ("x", [1, np.nan], None, "NaN"),
        ("text", [1], None, "'text' holds .* not all numbers"),
    ],
)
def test_categories_that_cannot_be_made(column: str, limits: list[float], names: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        categorize_by_threshold(table([1.0]).assign(text="a"), column, limits, names)
