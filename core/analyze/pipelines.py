"""Pipelines of scikit-learn that classify objects: made, fitted and asked, with sentences where they refuse."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from core.analyze.methods import make_estimator, method_key, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

_ALIASES = {
    "logistic_regression": "logistic_regression",
    "logistic": "logistic_regression",
    "random_forest": "random_forest",
    "rf": "random_forest",
    "randomforest": "random_forest",
    "random_forest_classifier": "random_forest",
}


def make_pipeline(method: str, options: Mapping[str, Any], missing: str, seed: int | None) -> Any:
    """Return a Pipeline that is not fitted yet."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    key = method_key(method, _ALIASES)
    if key == "random_forest":
        if options.get("max_depth") == 0:
            options = {**options, "max_depth": None}
        model = make_estimator(key, RandomForestClassifier, {"n_estimators": 100}, options, seed)
    else:
        model = make_estimator(key, LogisticRegression, {"max_iter": 1000}, options, seed)
    first = [("imputer", SimpleImputer(strategy="median"))] if missing == "impute" else []
    return Pipeline([*first, ("scaler", StandardScaler()), ("clf", model)])


def fit(pipeline: Any, frame: pd.DataFrame, classes: NDArray[np.int64]) -> str:
    """Fit a pipeline to a table of features (rows,) and their classes (rows,).

    Returns a sentence if it has not converged, else "". What scikit-learn refuses is a ValueError with a sentence.
    """
    from sklearn.exceptions import ConvergenceWarning

    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            pipeline.fit(frame, classes)
    except (TypeError, ValueError) as error:
        different = np.unique(classes)
        if len(different) == 1:
            raise ValueError(
                f"Only class {different[0]} is annotated ({len(classes)} rows): there is nothing to tell apart. "
                f"Annotate objects of another class."
            ) from error
        raise ValueError(f"No classifier can be trained from these {len(frame)} rows: {plain(error)}.") from error
    if not any(issubclass(one.category, ConvergenceWarning) for one in told):
        return ""
    limit = pipeline.named_steps["clf"].max_iter
    return f"The classifier has not converged in {limit} iterations: allow more (max_iter)."


def predict(classifier: Any, features: Any) -> NDArray[np.int64]:
    """Return the class of each row of features (rows,); what scikit-learn refuses is a ValueError with a sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.asarray(classifier.predict(features), np.int64)
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(
            f"The classifier cannot be applied to these {len(features)} rows: {plain(error)}. If it was made with "
            f"another version of scikit-learn, train it again."
        ) from error
