"""Cross-validation of classifiers: the same folds and scores as by hand, and classes that are too rare for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, confusion_matrix
from sklearn.model_selection import StratifiedKFold

from core import apply_classifier, cross_validate, train_classifier
from tests.core.annotated_cells import NAMES, cells


@pytest.mark.parametrize(
    ("method", "missing"), [("rf", "leave_out"), ("logistic", "impute"), ("logistic", "drop_columns")]
)
def test_cross_validation_is_that_of_scikit_learn(method: str, missing: str) -> None:
    table = cells(150, apart=1.2)
    options: dict[str, Any] = {"n_estimators": 12} if method == "rf" else {}
    table.loc[[2, 3, 8], "area"] = np.nan
    found = cross_validate(table, method=method, missing=missing, seed=4, **options)
    rows = table[table["annotation"] > 0].drop(columns="area" if missing == "drop_columns" else [])
    rows = rows.dropna() if missing == "leave_out" else rows
    predicted = np.zeros(len(rows), np.int64)
    scores = []
    for train, test in StratifiedKFold(5, shuffle=True, random_state=4).split(rows, rows["annotation"]):
        model = train_classifier(rows.iloc[train], method=method, missing=missing, seed=4, **options)
        predicted[test] = apply_classifier(rows.iloc[test], model)["classification_id"].to_numpy()
        scores.append(balanced_accuracy_score(rows["annotation"].iloc[test], predicted[test]))
    np.testing.assert_array_equal(found.confusion, confusion_matrix(rows["annotation"], predicted))
    assert found.fold_scores == pytest.approx(scores)
    assert found.balanced_accuracy == pytest.approx(balanced_accuracy_score(rows["annotation"], predicted))
    assert 0.4 < found.balanced_accuracy < 0.95
    assert found.classes == (1, 2, 5) and found.counts == tuple(rows["annotation"].value_counts().sort_index())
    assert found.note == "" and set(found.choice.features) == set(NAMES) & set(rows.columns)
    again = cross_validate(table, method=method, missing=missing, seed=4, **options)
    assert again.fold_scores == found.fold_scores


def test_rare_classes_make_fewer_folds_or_none() -> None:
    table = cells(24, apart=9)  # 4 of each are annotated
    found = cross_validate(table, n_estimators=12)
    assert len(found.fold_scores) == 4 and found.note.startswith("4 folds instead of 5: class 1 has only 4")
    assert found.balanced_accuracy == 1 and found.confusion.tolist() == np.diag([4, 4, 4]).tolist()
    last = table.index[table["annotation"] == 5]
    with pytest.raises(ValueError, match="Class 5 has one annotated row"):
        cross_validate(table.drop(last[1:]))
    with pytest.raises(ValueError, match="Only class 1 is annotated"):
        cross_validate(table.assign(annotation=1))
    with pytest.raises(ValueError, match="at least 2 folds, but 1"):
        cross_validate(table, folds=1)
    told = cross_validate(table, method="logistic", max_iter=1, folds=2).note
    assert told == "The classifier has not converged in 1 iterations: allow more (max_iter)."


def test_a_fold_without_any_value_of_a_column_is_no_trouble() -> None:
    table = cells(30)
    table.loc[1:, "mean"] = np.nan
    assert len(cross_validate(table, missing="impute", n_estimators=5).fold_scores) == 5
