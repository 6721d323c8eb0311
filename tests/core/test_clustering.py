"""Clusters: scikit-learn's own answers, what becomes of missing values, and which columns are features."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import DBSCAN, HDBSCAN, KMeans, MeanShift
from sklearn.preprocessing import StandardScaler

from core import choose_features, cluster_measurements

RNG = np.random.default_rng(7)
NAMES = ("area", "mean", "solidity")


def cells(count: int = 60) -> pd.DataFrame:
    """Return three groups of objects that are far apart, with columns that are no features."""
    group = np.arange(count) % 3
    table = pd.DataFrame({"index": np.arange(1, count + 1)})
    for place, name in enumerate(NAMES):
        table[name] = np.array([0, 8, 16])[(group + place) % 3] + RNG.normal(size=count)
    return table.assign(
        annotation=1, classification_id=group, category_name="a", flag=group == 1, kind=group.astype(str)
    )


def holed() -> pd.DataFrame:
    """Return cells of which row 2 lacks one value, 5 is infinite, and 8 has none at all."""
    table = cells()
    table.loc[2, "area"] = np.nan
    table.loc[5, "solidity"] = np.inf
    table.loc[8, list(NAMES)] = [np.nan, -np.inf, np.nan]
    return table


@pytest.mark.parametrize(
    ("method", "options", "estimator"),
    [
        ("kmeans", {}, KMeans(3, random_state=0)),
        ("K-Means", {"n_clusters": 2, "n_init": 3}, KMeans(2, n_init=3, random_state=0)),
        ("dbscan", {}, DBSCAN()),
        ("DBSCAN", {"eps": 0.2, "min_samples": 3}, DBSCAN(eps=0.2, min_samples=3)),
        ("hdbscan", {"min_cluster_size": 8}, HDBSCAN(min_cluster_size=8, copy=True)),
        ("mean shift", {}, MeanShift()),
        ("MeanShift", {"bandwidth": 0.7}, MeanShift(bandwidth=0.7)),
        ("mean-shift", {"bandwidth": 0}, MeanShift()),
    ],
)
def test_ids_are_those_of_scikit_learn(method: str, options: dict[str, Any], estimator: Any) -> None:
    table = cells()
    before = table.copy()
    found = cluster_measurements(table, method, **options)
    wanted = estimator.fit_predict(StandardScaler().fit_transform(table[list(NAMES)].to_numpy()))
    np.testing.assert_array_equal(found["cluster_id"], np.where(wanted >= 0, wanted + 1, -1))
    assert found["cluster_id"].dtype == np.int64 and found.columns[-1] == "cluster_id"
    pd.testing.assert_frame_equal(table, before)
    pd.testing.assert_frame_equal(found[before.columns], before)


@pytest.mark.parametrize(
    ("missing", "codes"),
    [("noise", (-1, -1, -1)), ("leave_out", (0, 0, 0)), ("impute", (None, None, 0)), ("drop_columns", (None, None, 0))],
)
def test_what_becomes_of_missing_values(missing: str, codes: tuple[int | None, ...]) -> None:
    table = holed()
    ids = cluster_measurements(table, missing=missing)["cluster_id"]
    for row, code in zip((2, 5, 8), codes, strict=True):
        assert ids[row] == code if code is not None else ids[row] >= 1
    assert (ids.drop([2, 5, 8]) >= 1).all()
    values = table[list(NAMES)].replace([np.inf, -np.inf], np.nan)
    values = values.drop(8) if missing in ("impute", "drop_columns") else values.dropna()
    values = values[["mean"]] if missing == "drop_columns" else values.fillna(values.median())
    wanted = KMeans(3, random_state=0).fit_predict(StandardScaler().fit_transform(values.to_numpy()))
    np.testing.assert_array_equal(ids[values.index], wanted + 1)


def test_the_median_takes_the_place_of_a_missing_value() -> None:
    # The mean of the others is 25.4: nearest to 10
    table = pd.DataFrame({"index": range(14), "a": [0.0] * 7 + [10.0] * 3 + [100.0] * 3 + [np.nan], "b": [0.0] * 14})
    ids = cluster_measurements(table, missing="impute")["cluster_id"]
    assert ids[13] == ids[0] != ids[7] != ids[10]


def test_reruns_give_the_same_ids_and_the_seed_can_be_given() -> None:
    table = pd.DataFrame({"index": range(200), "a": RNG.random(200), "b": RNG.random(200)})

    def ids(**options: Any) -> list[int]:
        found: list[int] = cluster_measurements(table, n_clusters=6, **options)["cluster_id"].tolist()
        return found

    assert ids() == ids() == ids(seed=0) == ids(random_state=0, seed=4)
    assert len({tuple(ids(seed=seed)) for seed in range(4)}) > 1
    assert ids(seed=3) == ids(random_state=3)


def test_features_can_be_chosen() -> None:
    table = cells()
    for options in (
        {"features": ["area"]},
        {"exclude": ["mean", "solidity"]},
        {"features": NAMES, "exclude": NAMES[1:]},
    ):
        ids = cluster_measurements(table, **options)["cluster_id"]
        assert len(set(zip(ids, np.digitize(table["area"], [4, 12]), strict=True))) == 3
    assert choose_features(table).features == NAMES
    assert choose_features(table, exclude="mean").left_out_columns == ("mean",)
    assert choose_features(table, features=["solidity", "area"]).features == ("solidity", "area")
    assert choose_features(table, features=["flag", "area"]).features == ("flag", "area")
    assert choose_features(table.astype({"area": "Int64", "mean": "float32"}, errors="ignore")).features == NAMES


def test_what_is_used_is_told() -> None:
    found = choose_features(holed(), exclude="mean")
    assert (found.features, found.left_out_columns) == (("area", "solidity"), ("mean",))
    assert (found.rows, found.left_out_rows) == (60, (2, 5, 8))
    assert found.missing_values == (("area", 2), ("solidity", 2))
    assert found.sentences() == [
        "2 features are used: area, solidity.",
        "Not used: mean.",
        "3 of 60 rows are left out. Missing values: area (2), solidity (2).",
    ]
    dropped = choose_features(holed(), missing="drop_columns")
    assert (dropped.features, dropped.left_out_columns, dropped.left_out_rows) == (
        ("mean",),
        ("area", "solidity"),
        (8,),
    )
    imputed = choose_features(holed().drop(8), missing="impute").sentences()
    assert imputed[1:] == [
        "Missing values are replaced by the median of their column. Missing values: area (1), solidity (1)."
    ]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from([0.0, 1.5, np.nan, np.inf, -np.inf, 7.0]), min_size=2, max_size=2), max_size=9)
)
def test_any_missing_values_are_handled(rows: list[list[float]]) -> None:
    """Each row is left out with the code of its policy or has a cluster; only sentences are raised."""
    table = pd.DataFrame(rows, columns=["a", "b"], dtype=float)
    whole = np.isfinite(table.to_numpy()).all(axis=1)
    empty = ~np.isfinite(table.to_numpy()).any(axis=1)
    for missing, code in (("noise", -1), ("leave_out", 0), ("impute", 0), ("drop_columns", 0)):
        try:
            ids = cluster_measurements(table, missing=missing, n_clusters=2)["cluster_id"].to_numpy()
        except ValueError as error:
            assert str(error).endswith(".") and "Input" not in str(error)
            continue
        left_out = empty if missing in ("impute", "drop_columns") else ~whole
        np.testing.assert_array_equal(ids == code, left_out)
        assert (ids[~left_out] >= 1).all()


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (cells(), {"method": "ward"}, "Unknown method 'ward'.*kmeans, dbscan, hdbscan, mean_shift"),
        (
            cells(),
            {"method": "dbscan", "n_clusters": 3},
            "dbscan has no option n_clusters. It knows: .*eps.*min_samples",
        ),
        (cells(), {"method": "dbscan", "eps": -1}, "'eps' parameter .* Got -1"),
        (cells(), {"n_clusters": 61}, "61 clusters need as many rows, but only 60 of 60"),
        (cells().head(4), {"method": "hdbscan"}, "cannot cluster these 4 rows: min_samples"),
        (cells(), {"missing": "zero"}, "noise, leave_out, impute, drop_columns, but is 'zero'"),
        (cells(), {"exclude": "Area"}, "exclude that are not in the table: Area. It has index, area"),
        (cells(), {"features": ["area", "size"]}, "not in the table: size"),
        (cells(), {"features": ["area", "area"]}, "more than once: area"),
        (cells(), {"features": ["index"]}, "'index' says which object"),
        (cells(), {"features": []}, "empty"),
        (cells(), {"features": ["kind", "category_name"]}, "'category_name' holds .* not all numbers"),
        (cells()[["index", "flag", "kind"]], {}, "No numeric feature columns .* 60 rows and index, flag, kind"),
        (pd.DataFrame(columns=["index", "area"]), {}, "No numeric feature columns .* 0 rows"),
        (cells().head(0), {}, "no rows"),
        (cells().assign(void=np.nan), {}, r"All 60 rows have missing values: void \(60\)"),
        (cells().assign(void=np.nan), {"missing": "impute"}, "void: all values are missing in the 60 rows"),
        (cells()[["index"]].assign(void=np.inf), {"missing": "drop_columns"}, r"missing values: void \(60\)"),
        (cells()[["index"]].assign(void=np.nan), {"missing": "impute"}, r"missing values: void \(60\)"),
        (cells().assign(area=1e200), {}, "Values of area are above"),
        (pd.concat([cells(), cells()[["area"]]], axis=1), {}, "2 columns named 'area'"),
        (cells().assign(area=1j), {}, "'area' holds complex128"),
    ],
)
def test_tables_that_cannot_be_clustered(table: pd.DataFrame, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        cluster_measurements(table, **options)
    assert "\n" not in str(caught.value)


def test_an_all_missing_column_is_left_out_on_request() -> None:
    table = cells().assign(void=np.nan)
    pd.testing.assert_series_equal(
        cluster_measurements(table, missing="drop_columns")["cluster_id"],
        cluster_measurements(table[["index", *NAMES]])["cluster_id"],
    )


def test_objects_that_are_all_alike_are_one_cluster() -> None:
    table = pd.DataFrame({"index": range(9), "a": 1.0, "b": 2})
    for method, wanted in (("kmeans", 1), ("dbscan", 1), ("hdbscan", -1), ("mean_shift", 1)):
        assert set(cluster_measurements(table, method)["cluster_id"]) == {wanted}
