"""Classifiers: what they learn, the names they know, and what becomes of missing values."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - pytest reads the annotation
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from core import (
    apply_classifier,
    classifier_features,
    load_classifier,
    train_classifier,
)
from core.analyze.features import AnalysisWarning
from tests.core.annotated_cells import NAMES, cells, holed, truth


@pytest.mark.parametrize(
    ("method", "options", "model"),
    [
        ("random_forest", {}, RandomForestClassifier(n_estimators=100, random_state=0)),
        ("RF", {"n_estimators": 7, "max_depth": 2}, RandomForestClassifier(7, max_depth=2, random_state=0)),
        ("Random-Forest", {"max_depth": 0, "random_state": 9}, RandomForestClassifier(random_state=9)),
        ("logistic", {"C": 0.1}, LogisticRegression(C=0.1, max_iter=1000)),
        ("logistic regression", {}, LogisticRegression(max_iter=1000)),
    ],
)
def test_it_learns_what_scikit_learn_learns(method: str, options: dict[str, Any], model: Any) -> None:
    table = cells(apart=1.5)
    before = table.copy()
    classifier = train_classifier(table, method=method, **options)
    assert isinstance(classifier, Pipeline) and list(classifier.named_steps) == ["scaler", "clf"]
    assert classifier.feature_names_in_.tolist() == NAMES
    assert classifier.named_steps["clf"].classes_.tolist() == classifier.classes_.tolist() == [1, 2, 5]
    annotated = table["annotation"] > 0
    plain = make_pipeline(StandardScaler(), model)
    plain.fit(table.loc[annotated, NAMES].to_numpy(), table.loc[annotated, "annotation"].to_numpy())
    found = apply_classifier(table, classifier)
    np.testing.assert_array_equal(found["classification_id"], plain.predict(table[NAMES].to_numpy()))
    assert found["classification_id"].dtype == np.int64
    assert list(found.columns) == [*before.columns, "classification_id", "classification_name"]
    pd.testing.assert_frame_equal(table, before)
    again = apply_classifier(table, train_classifier(table, method=method, **options))
    pd.testing.assert_frame_equal(found, again)


def test_columns_are_found_by_name_whatever_their_order() -> None:
    table = cells()
    classifier = train_classifier(table)
    ids = apply_classifier(table, classifier)["classification_id"]
    assert ids.tolist() == truth(table)
    other = table[["solidity", "annotation", "mean", "index", "area"]].assign(extra=1.0, well="A1", class_=np.nan)
    np.testing.assert_array_equal(apply_classifier(other, classifier)["classification_id"], ids)
    assert classifier_features(other, classifier).left_out_columns == ("extra", "class_")
    with pytest.raises(ValueError, match=r"needs and that are not in the table: area, mean. It has index, Area"):
        apply_classifier(table.rename(columns={"area": "Area", "mean": "m"}), classifier)
    with pytest.raises(ValueError, match=r"'area' holds .* not all numbers"):
        apply_classifier(table.assign(area="large"), classifier)


def test_names_of_classes_go_upwards_and_may_be_too_few_or_too_many() -> None:
    table = cells()
    classifier = train_classifier(table)
    for names, wanted in (
        (None, ["class_1", "class_2", "class_5"]),
        (["a", "b"], ["a", "b", "class_5"]),
        (["a", "b", "c", "d"], ["a", "b", "c"]),
    ):
        assert apply_classifier(table, classifier, names)["classification_name"].tolist()[:3] == wanted


def test_other_annotations() -> None:
    """Floats are cut, NaN, infinite and negative ones are none, and a column of another name is no feature."""
    table = cells().rename(columns={"annotation": "mine"})
    table["mine"] = np.where(table["mine"] > 0, table["mine"] + 0.7, [np.nan, 0.5, -3.0, np.inf, 0.0, np.nan] * 15)
    classifier = train_classifier(table, "mine", missing="drop_columns")
    assert classifier.feature_names_in_.tolist() == NAMES and classifier.classes_.tolist() == [1, 2, 5]
    assert train_classifier(table.assign(mine=1), "mine").classes_.tolist() == [1]


def test_missing_values_are_left_out() -> None:
    table = holed()
    found = apply_classifier(table, train_classifier(table))
    assert found.loc[[2, 5, 8], "classification_id"].tolist() == [0, 0, 0]
    assert found.loc[[2, 5, 8], "classification_name"].tolist() == ["", "", ""]
    assert found.drop([2, 5, 8])["classification_id"].tolist() == [
        number for place, number in enumerate(truth(table)) if place not in (2, 5, 8)
    ]


def test_missing_values_are_imputed_then_and_later() -> None:
    table = holed()
    classifier = train_classifier(table, missing="impute")
    assert list(classifier.named_steps) == ["imputer", "scaler", "clf"]
    learned = table[(table["annotation"] > 0) & (table.index != 8)]
    np.testing.assert_allclose(classifier.named_steps["imputer"].statistics_, learned[NAMES].median())
    ids = apply_classifier(table, classifier)["classification_id"]
    assert ids[8] == 0 and (ids.drop(8) > 0).all()
    filled = table.fillna(dict(zip(NAMES, classifier.named_steps["imputer"].statistics_, strict=True)))
    assert ids[2] == apply_classifier(filled, classifier)["classification_id"][2]
    assert classifier_features(table, classifier).left_out_rows == (8,)


def test_columns_with_missing_values_are_dropped() -> None:
    classifier = train_classifier(holed(), missing="drop_columns")
    assert classifier.feature_names_in_.tolist() == ["mean"]
    assert (apply_classifier(holed(), classifier)["classification_id"] > 0).sum() == 89


def test_an_image_without_objects_is_classified() -> None:
    found = apply_classifier(pd.DataFrame(columns=["index", *NAMES]), train_classifier(cells()))
    assert not len(found) and found["classification_id"].dtype == np.int64


def test_a_classifier_without_names_goes_by_order_and_says_so(tmp_path: Path) -> None:
    table = cells()
    annotated = table[table["annotation"] > 0]
    bare = Pipeline([("scaler", StandardScaler()), ("clf", RandomForestClassifier(10, random_state=0))])
    bare.fit(annotated[NAMES].to_numpy(), annotated["annotation"].to_numpy())
    path = tmp_path / "peer.joblib"
    joblib.dump(bare, path)
    classifier = load_classifier(path)
    with pytest.warns(AnalysisWarning, match="does not know the names"):
        found = apply_classifier(table, classifier)
    assert found["classification_id"].tolist() == truth(table)
    with (
        pytest.warns(AnalysisWarning),
        pytest.raises(ValueError, match="3 features, but the table has 2: area, mean"),
    ):
        apply_classifier(table.drop(columns="solidity"), classifier)
    with pytest.warns(AnalysisWarning), pytest.raises(ValueError, match="No numeric feature columns"):
        apply_classifier(table[["index", "annotation"]], classifier)
    with pytest.warns(AnalysisWarning):
        assert set(apply_classifier(table.assign(mean=np.nan), classifier)["classification_id"]) == {0}


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (cells(), {"annotation_column": "mine"}, "'mine' is not in the table. It has index, area"),
        (cells()[["index", "annotation"]], {"method": "x"}, "No numeric feature columns"),
        (cells().assign(annotation=np.nan), {"method": "x"}, "No annotated rows: none of the 90 rows"),
        (cells().assign(mean=np.nan), {"method": "x"}, r"All 45 annotated rows have missing values: mean \(45\)"),
        (cells(), {"method": "svm"}, "'svm'. Choose one of: logistic_regression, random_forest"),
        (cells(), {"C": 1}, "random_forest has no option C. It knows: .*max_depth.*n_estimators"),
        (cells(), {"n_estimators": 0}, "from these 45 rows: The 'n_estimators' parameter"),
        (cells().assign(annotation=4), {"method": "logistic"}, "Only class 4 is annotated .90 rows.: there is nothing"),
        (cells(), {"missing": "noise"}, "leave_out, impute, drop_columns, but is 'noise'"),
        (cells(), {"features": ["annotation"]}, "'annotation' says which object or which class"),
        (cells().head(0), {}, "no rows"),
    ],
)
def test_tables_that_nothing_can_be_learned_from(table: pd.DataFrame, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        train_classifier(table, **options)


def test_annotations_that_are_texts() -> None:
    with pytest.raises(TypeError, match="must be numbers of classes"):
        train_classifier(cells().assign(annotation="neuron"))


def test_training_that_stops_too_early_says_so() -> None:
    with pytest.warns(AnalysisWarning, match="has not converged in 1 iterations"):
        train_classifier(cells(apart=1), method="logistic", max_iter=1)


@pytest.mark.parametrize("other", [RandomForestClassifier(), StandardScaler(), {"a": 1}])
def test_what_is_no_trained_classifier(other: Any) -> None:
    with pytest.raises(ValueError, match="not a trained classifier"):
        apply_classifier(cells(), other)
    texts = make_pipeline(LogisticRegression()).fit(np.array([[0.0], [1.0]]), ["a", "b"])
    with pytest.raises(ValueError, match="not numbers"):
        apply_classifier(cells(), texts)
