"""Trained classifiers as files."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Any

from core.analyze.features import AnalysisWarning
from core.errors import os_reason

if TYPE_CHECKING:
    import os

_COMPRESSION = 3


class ClassifierError(ValueError):
    """A file that holds no classifier: a sentence for the user."""


def classifier_bytes(classifier: Any) -> bytes:
    """Return a classifier as the content of a .joblib file (compressed pickle)."""
    import joblib

    file = io.BytesIO()
    joblib.dump(classifier, file, compress=_COMPRESSION)
    return file.getvalue()


def load_classifier(path: str | os.PathLike[str]) -> Any:
    """Return the classifier in a .joblib file, of this program or any other that saves scikit-learn's classifiers.

    Such a file is a pickle: **reading it runs whatever code it holds**. Open only files of people that you trust.

    Raises
    ------
    ClassifierError
        The file cannot be read or holds something else.

    Warns
    -----
    AnalysisWarning
        It was saved by another version of scikit-learn.
    """
    import joblib
    import sklearn
    from sklearn.exceptions import InconsistentVersionWarning

    try:
        with open(path, "rb") as file:
            content = io.BytesIO(file.read())
    except OSError as error:
        raise ClassifierError(f"{path} {os_reason(error)}. Choose a classifier that was saved as .joblib.") from error
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            classifier = joblib.load(content)
    except Exception as error:
        raise ClassifierError(
            f"{path} is no classifier that can be read: {str(error).splitlines()[0] if str(error) else 'it is empty'}. "
            f"Choose a file that was saved as .joblib, or train the classifier again."
        ) from error
    if not hasattr(classifier, "predict") or not hasattr(classifier, "classes_"):
        raise ClassifierError(
            f"{path} holds a {type(classifier).__name__}, not a trained classifier. Choose a file that a classifier "
            f"was saved to."
        )
    old = [one.message for one in told if issubclass(one.category, InconsistentVersionWarning)]
    if old:
        warnings.warn(
            f"{path} was saved by scikit-learn {getattr(old[0], 'original_sklearn_version', 'of another version')}, "
            f"this is {sklearn.__version__}: its results may differ. Train it again to be sure.",
            AnalysisWarning,
            stacklevel=2,
        )
    return classifier
