"""Classifiers of objects: trained from annotated measurements, applied to others."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from core.analyze.features import (
    BOOKKEEPING,
    MISSING,
    AnalysisWarning,
    ChosenValues,
    FeatureChoice,
    choose,
)
from core.analyze.pipelines import fit, make_pipeline, predict
from core.analyze.table_values import annotated_classes, feature_values, listed, named_not_there

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

MISSING_IN_TRAINING = MISSING[1:]


def train_classifier(
    measurements: pd.DataFrame,
    annotation_column: str = "annotation",
    method: str = "random_forest",
    *,
    features: Iterable[str] | None = None,
    exclude: str | Iterable[str] = (),
    missing: str = "leave_out",
    seed: int | None = 0,
    **kwargs: Any,
) -> Any:
    """Return a fitted scikit-learn Pipeline with the steps `scaler` (StandardScaler) and `clf` (the model).

    It is fitted on a DataFrame, so that it knows the names of its features (`feature_names_in_`).

    Parameters
    ----------
    measurements
        One row for each object. Rows with a class (1 or more; decimals are cut) in `annotation_column` are learned
        from.
    method
        `"random_forest"` (100 trees) or `"logistic_regression"` (1000 iterations at most).
    features, exclude
        The columns to use, and not to use: see `choose_features`, which tells what is used.
    missing
        What to do about missing values (NaN and infinities). `"leave_out"`: nothing is learned from such rows, and
        such rows are not classified. `"impute"`: the median of what was learned from takes their place, then and
        later: a step `imputer` comes before the others. `"drop_columns"`: columns in which a value is missing in any
        row of the table, annotated or not, are not used.
    seed
        Same seed, same classifier. None: another one each time. `random_state` among the options wins over it.
    **kwargs
        Options of scikit-learn's RandomForestClassifier or LogisticRegression. A `max_depth` of 0 is no limit.

    Raises
    ------
    ValueError
        No such annotation column, no feature, no annotated row, or none without missing values; an unknown method,
        option or column; an option out of range; logistic regression with one class.
    TypeError
        The annotations are texts.

    Warns
    -----
    AnalysisWarning
        The logistic regression has not converged.
    """
    import pandas as pd

    chosen, classes = training_rows(measurements, annotation_column, features, exclude, missing)
    pipeline = make_pipeline(method, kwargs, missing, seed)
    frame = pd.DataFrame(chosen.values[chosen.usable], columns=list(chosen.choice.features))
    note = fit(pipeline, frame, classes[chosen.usable])
    if note:
        warnings.warn(note, AnalysisWarning, stacklevel=2)
    return pipeline


def apply_classifier(
    measurements: pd.DataFrame,
    classifier: Any,
    class_names: Sequence[str] | None = None,
    annotation_column: str = "annotation",
) -> pd.DataFrame:
    """Return a copy of the table with the columns `classification_id` (int64) and `classification_name` (text).

    Columns are found by the names that the classifier knows: their order does not matter, and others are ignored. Rows
    with missing features have id 0 and the name "", unless the classifier imputes them (then those without any).

    Parameters
    ----------
    measurements
        One row for each object.
    classifier
        What `train_classifier` returned, or a fitted Pipeline of another program. One that does not know the names of
        its features gets the columns of numbers in the order of the table.
    class_names
        In the ascending order of the classes. Classes without one are called class_<id>; names too many are ignored.
    annotation_column
        No feature, where the classifier does not know its features.

    Raises
    ------
    ValueError
        Features are missing or hold no numbers, their number is not the classifier's, or it is not a trained classifier
        with numbers of classes.

    Warns
    -----
    AnalysisWarning
        The classifier does not know the names of its features.
    """
    import pandas as pd

    classes = _known_classes(classifier)
    names = stored_features(classifier)
    if names is None:
        warnings.warn(
            "This classifier does not know the names of its features: the columns of numbers were used in the order of "
            "the table. The result is right only if it was trained with the same columns in the same order.",
            AnalysisWarning,
            stacklevel=2,
        )
    chosen = _rows_for(measurements, classifier, names, annotation_column)
    values = chosen.values[chosen.usable]
    ids = np.zeros(len(measurements), np.int64)
    if len(values):
        known = values if names is None else pd.DataFrame(values, columns=names)
        ids[chosen.usable] = predict(classifier, known)
    told = {0: ""}
    given = [] if class_names is None else [str(name) for name in class_names]
    for place, number in enumerate(classes):
        told[number] = given[place] if place < len(given) else f"class_{number}"
    result = measurements.copy()
    result["classification_id"] = ids
    named = [told.get(number, f"class_{number}") for number in ids.tolist()]
    result["classification_name"] = pd.Series(named, index=result.index, dtype="str")
    return result


def classifier_features(
    measurements: pd.DataFrame, classifier: Any, annotation_column: str = "annotation"
) -> FeatureChoice:
    """Return what `apply_classifier` uses of a table: its features, and the rows that it leaves out.

    Raises
    ------
    ValueError
        As `apply_classifier`.
    """
    return _rows_for(measurements, classifier, stored_features(classifier), annotation_column).choice


def stored_features(classifier: Any) -> list[str] | None:
    """Return the names of the features that a classifier was trained with, or None if it does not know them."""
    names = getattr(classifier, "feature_names_in_", None)
    return None if names is None else [str(name) for name in names]


def training_rows(
    measurements: pd.DataFrame,
    annotation_column: str,
    features: Iterable[str] | None,
    exclude: str | Iterable[str],
    missing: str,
) -> tuple[ChosenValues, NDArray[np.int64]]:
    """Return what is learned from, and the class of each row of the table (rows,), 0 for none."""
    if missing not in MISSING_IN_TRAINING:
        raise ValueError(f"missing must be one of {', '.join(MISSING_IN_TRAINING)}, but is {missing!r}.")
    classes = annotated_classes(measurements, annotation_column)
    return choose(measurements, features, exclude, missing, annotation_column, classes > 0), classes


def _rows_for(
    measurements: pd.DataFrame, classifier: Any, names: list[str] | None, annotation_column: str
) -> ChosenValues:
    if names is None:
        found = choose(measurements, None, (), "leave_out", annotation_column, None, may_be_none=True)
        wanted = getattr(classifier, "n_features_in_", len(found.choice.features))
        if len(found.choice.features) != wanted:
            raise ValueError(
                f"The classifier was trained with {wanted} features, but the table has "
                f"{len(found.choice.features)}: {listed(found.choice.features)}. "
                f"Give it a table with the same columns, in the same order, as it was trained with."
            )
        return found
    named_not_there(names, measurements.columns, "Features that the classifier needs and that are")
    values = feature_values(measurements, names)
    gap = np.isnan(values)
    imputes = "imputer" in getattr(classifier, "named_steps", {})
    usable = np.logical_not(gap.all(axis=1) if imputes else gap.any(axis=1), dtype=np.bool_)
    counts = gap.sum(axis=0)
    numeric = [str(name) for name in measurements.select_dtypes("number").columns]
    choice = FeatureChoice(
        tuple(names),
        len(measurements),
        tuple(np.flatnonzero(~usable).tolist()),
        tuple(name for name in numeric if name not in {*names, *BOOKKEEPING, annotation_column}),
        tuple((name, int(many)) for name, many in zip(names, counts, strict=True) if many),
        "impute" if imputes else "leave_out",
    )
    return ChosenValues(choice, values, usable)


def _known_classes(classifier: Any) -> list[int]:
    """Return the classes of a trained classifier, ascending."""
    classes = np.asarray(getattr(classifier, "classes_", []))
    if not hasattr(classifier, "predict") or not classes.size:
        raise ValueError("This is not a trained classifier. Train one from annotated objects first.")
    if classes.dtype.kind not in "iufb":
        raise ValueError(f"The classes of this classifier are {classes.dtype} values, not numbers.")
    return [int(number) for number in classes]
