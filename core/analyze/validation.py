"""How good a classifier is on objects that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.analyze.classifying import training_rows
from core.analyze.pipelines import fit, make_pipeline, predict

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import NDArray

    from core.analyze.features import FeatureChoice


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """What classifiers say of annotated objects that they were not trained with; each object is judged once.

    balanced_accuracy
        The mean over the classes of the share of their objects that is recognized, 0 to 1, from `confusion`. Guessing
        gives 1 / number of classes.
    fold_scores
        The balanced accuracy in each fold.
    classes, counts
        The classes, ascending, and how many annotated objects each has.
    confusion
        (classes, classes), int64: numbers of objects, the annotated class in rows, the predicted one in columns.
    choice
        The features, and the rows that were left out.
    note
        Sentences where fewer folds were made than asked for, or a classifier has not converged; else "".
    """

    balanced_accuracy: float
    fold_scores: tuple[float, ...]
    classes: tuple[int, ...]
    counts: tuple[int, ...]
    confusion: NDArray[np.int64]
    choice: FeatureChoice
    note: str


def cross_validate(
    measurements: pd.DataFrame,
    annotation_column: str = "annotation",
    method: str = "random_forest",
    *,
    folds: int = 5,
    features: Iterable[str] | None = None,
    exclude: str | Iterable[str] = (),
    missing: str = "leave_out",
    seed: int | None = 0,
    **kwargs: Any,
) -> CrossValidation:
    """Return how well classifiers trained as by `train_classifier` judge annotated objects that they have not seen.

    The annotated objects are dealt into `folds` parts with the same share of each class (scikit-learn's
    StratifiedKFold, shuffled by `seed`); each part is judged by a classifier trained from the others. A class with
    fewer objects than folds makes the folds fewer.

    Raises
    ------
    ValueError
        Fewer than 2 folds, fewer than 2 classes, a class with one object only; else as `train_classifier`.
    TypeError
        The annotations are texts.
    """
    import pandas as pd
    from sklearn.model_selection import StratifiedKFold

    if folds < 2:
        raise ValueError(f"Cross-validation needs at least 2 folds, but {folds} were asked for.")
    chosen, every = training_rows(measurements, annotation_column, features, exclude, missing)
    frame = pd.DataFrame(chosen.values[chosen.usable], columns=list(chosen.choice.features))
    truth = every[chosen.usable]
    classes, place, counts = np.unique(truth, return_inverse=True, return_counts=True)
    made, note = _possible_folds(classes, counts, folds)
    predicted = np.empty_like(place)
    scores = []
    for train, test in StratifiedKFold(made, shuffle=True, random_state=seed).split(frame, place):
        pipeline = make_pipeline(method, kwargs, missing, seed)
        told = fit(pipeline, frame.iloc[train], truth[train])
        note = note if told in note else f"{note} {told}".strip()
        predicted[test] = np.searchsorted(classes, predict(pipeline, frame.iloc[test]))
        scores.append(_balanced_accuracy(_confusion(place[test], predicted[test], len(classes))))
    table = _confusion(place, predicted, len(classes))
    return CrossValidation(
        _balanced_accuracy(table),
        tuple(scores),
        tuple(classes.tolist()),
        tuple(counts.tolist()),
        table,
        chosen.choice,
        note,
    )


def _possible_folds(classes: NDArray[np.int64], counts: NDArray[np.int64], folds: int) -> tuple[int, str]:
    """Return how many folds can be made, and a sentence if they are fewer than asked for."""
    if len(classes) < 2:
        raise ValueError(
            f"Only class {classes[0]} is annotated ({counts[0]} rows): there is nothing to tell apart. "
            f"Annotate objects of another class."
        )
    rarest = int(np.argmin(counts))
    least = int(counts[rarest])
    if least < 2:
        raise ValueError(
            f"Class {classes[rarest]} has one annotated row that can be used: it cannot be in training and test at "
            f"once. Annotate more objects of it."
        )
    if least < folds:
        return least, f"{least} folds instead of {folds}: class {classes[rarest]} has only {least} annotated rows."
    return folds, ""


def _confusion(truth: NDArray[np.int64], predicted: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    return np.bincount(truth * classes + predicted, minlength=classes**2).reshape(classes, classes)


def _balanced_accuracy(confusion: NDArray[np.int64]) -> float:
    """Return the mean recall of the classes that are there."""
    sizes = confusion.sum(axis=1)
    there = sizes > 0
    return float(np.mean(np.diag(confusion)[there] / sizes[there]))
