"""Classifiers in files: the same one comes back, and a file that holds none says why."""

from __future__ import annotations

import io
import pickle
import warnings
from pathlib import Path  # noqa: TC003 - pytest reads the annotation

import joblib
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier

from core import apply_classifier, classifier_bytes, load_classifier, train_classifier
from core.analyze.classifier_file import ClassifierError
from core.analyze.features import AnalysisWarning
from tests.core.annotated_cells import NAMES, cells, holed


def test_a_classifier_comes_back_from_its_file(tmp_path: Path) -> None:
    table = holed()
    classifier = train_classifier(table, missing="impute")
    path = tmp_path / "classifier.joblib"
    path.write_bytes(classifier_bytes(classifier))
    pd.testing.assert_frame_equal(
        apply_classifier(table, load_classifier(str(path))), apply_classifier(table, classifier)
    )
    assert joblib.load(path).feature_names_in_.tolist() == NAMES


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is no classifier that can be read"),
        (b"index,area\n1,2\n", "is no classifier that can be read"),
        (pickle.dumps({"a": 1}), "holds a dict, not a trained classifier"),
        (pickle.dumps(RandomForestClassifier()), "holds a RandomForestClassifier, not a trained classifier"),
        (b"cnowhere\nNothing\n.", "is no classifier that can be read: No module named 'nowhere'"),
    ],
)
def test_files_that_are_no_classifiers(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "classifier.joblib"
    path.write_bytes(content)
    with pytest.raises(ClassifierError, match=message) as caught:
        load_classifier(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_a_file_that_is_cut_off_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "classifier.joblib"
    whole = classifier_bytes(train_classifier(cells(), n_estimators=2))
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ClassifierError, match="is no classifier that can be read"):
        load_classifier(path)
    with pytest.raises(ClassifierError, match="does not exist"):
        load_classifier(tmp_path / "none.joblib")


def test_a_classifier_of_another_version_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("sklearn.base.__version__", "1.3.2")
        content = classifier_bytes(train_classifier(cells(), n_estimators=2))
    path = tmp_path / "classifier.joblib"
    path.write_bytes(content)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        classifier = load_classifier(path)
    assert [one.category for one in told] == [AnalysisWarning]
    assert "was saved by scikit-learn 1.3.2" in str(told[0].message)
    assert joblib.load(io.BytesIO(classifier_bytes(classifier))).classes_.tolist() == [1, 2, 5]
