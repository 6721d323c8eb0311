"""Columns of a table as numbers, and sentences on columns that are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

_MANY = 8
_TOO_LARGE = 1e150
"""The sum of the squares of such values is no number any more, nor is their standard deviation."""


def feature_values(measurements: pd.DataFrame, names: Sequence[str]) -> NDArray[np.float64]:
    """Return the columns `names`, all of them there, as float64 (rows, columns); infinities are NaN as well.

    Raises
    ------
    ValueError
        A column is there twice, or holds something else than numbers, or numbers that are too large.
    """
    places: dict[str, list[int]] = {}
    for place, name in enumerate(measurements.columns):
        places.setdefault(str(name), []).append(place)
    values = np.empty((len(measurements), len(names)), np.float64)
    for number, name in enumerate(names):
        if len(places[name]) > 1:
            raise ValueError(f"The table has {len(places[name])} columns named {name!r}. Rename or drop all but one.")
        values[:, number] = numbers_of(measurements.iloc[:, places[name][0]], name)
    values[np.isinf(values)] = np.nan
    large = (np.abs(values) > _TOO_LARGE).any(axis=0)
    if large.any():
        told = listed(names[place] for place in np.flatnonzero(large).tolist())
        raise ValueError(f"Values of {told} are above {_TOO_LARGE:g}: too large to be compared. Exclude these columns.")
    return values


def numbers_of(column: pd.Series, name: str) -> NDArray[np.float64]:
    """Return a column (rows,) as float64, NaN where it has no value.

    Raises
    ------
    ValueError
        It holds something else than numbers.
    """
    try:
        if column.dtype.kind in "cmM":
            raise TypeError
        found: NDArray[np.float64] = column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (OverflowError, TypeError, ValueError) as error:
        raise ValueError(f"The column {name!r} holds {column.dtype} values that are not all numbers.") from error
    return found


def annotated_classes(measurements: pd.DataFrame, annotation_column: str) -> NDArray[np.int64]:
    """Return the class of each row (rows,), int64: 0 where the annotation is missing or less than 1; decimals are cut.

    Raises
    ------
    ValueError
        The column is not there.
    TypeError
        It holds texts.
    """
    if annotation_column not in measurements.columns:
        raise ValueError(
            f"Annotation column {annotation_column!r} is not in the table. "
            f"It has {listed(map(str, measurements.columns))}."
        )
    try:
        classes = numbers_of(measurements[annotation_column], annotation_column)
    except ValueError as error:
        raise TypeError(
            f"The annotations in {annotation_column!r} must be numbers of classes (1, 2, ...; 0 or empty for none)."
        ) from error
    return np.where((classes >= 1) & (classes < 2**53), classes, 0).astype(np.int64)


def as_names(names: str | Iterable[str]) -> list[str]:
    """Return one name or several as a list."""
    return [names] if isinstance(names, str) else [str(name) for name in names]


def named_not_there(wanted: Iterable[str], there: Iterable[Any], what: str) -> None:
    """Raise a ValueError that lists the names which are not there, if there are any; `what` is what they are."""
    known = [str(name) for name in there]
    absent = [name for name in wanted if name not in known]
    if absent:
        raise ValueError(f"{what} not in the table: {', '.join(absent)}. It has {listed(known)}.")


def listed(names: Iterable[str]) -> str:
    """Return the first names and how many more there are."""
    every = list(names)
    more = f" and {len(every) - _MANY} more" if len(every) > _MANY else ""
    return (", ".join(every[:_MANY]) + more) or "no columns"
