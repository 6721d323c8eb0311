"""Which columns of a table are features, which rows can be used, and what is done about missing values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

BOOKKEEPING = (
    "index",
    "_source_layer",
    "cluster_id",
    "category_id",
    "category_name",
    "annotation",
    "classification_id",
    "classification_name",
)
"""Columns that say what an object is, not how: they are features only where they are asked for by name."""

MISSING = ("noise", "leave_out", "impute", "drop_columns")
"""What can be done about missing values; classifiers know all but the first."""
_MANY = 8


class AnalysisWarning(UserWarning):
    """What somebody should know about a result that was made all the same: a sentence for the user."""


@dataclass(frozen=True)
class FeatureChoice:
    """What is used of a table, and what is not. Missing values are empty ones, NaN and infinities.

    features
        The columns that are used, in their order.
    rows
        How many rows were looked at: all, or the annotated ones where a classifier is trained.
    left_out_rows
        Those of them that cannot be used, as places in the table from 0.
    left_out_columns
        Columns of numbers that would be features by default but are not used, in the order of the table.
    missing_values
        How many values are missing in these rows, for each column, used or not, in which some are.
    missing
        What is done about them: one of `MISSING`.
    """

    features: tuple[str, ...]
    rows: int
    left_out_rows: tuple[int, ...]
    left_out_columns: tuple[str, ...]
    missing_values: tuple[tuple[str, int], ...]
    missing: str

    def sentences(self) -> list[str]:
        """Return it for the user: what is used, then each thing that is left out or made up, if any."""
        count = len(self.features)
        told = [f"{count} feature{'s are' if count > 1 else ' is'} used: {', '.join(self.features)}."]
        if self.left_out_columns:
            told.append(f"Not used: {', '.join(self.left_out_columns)}.")
        gaps = [(name, many) for name, many in self.missing_values if name in self.features]
        where = f"Missing values: {_listed(f'{name} ({many})' for name, many in gaps)}."
        if self.left_out_rows:
            verb = "is" if len(self.left_out_rows) == 1 else "are"
            told.append(f"{len(self.left_out_rows)} of {self.rows} rows {verb} left out. {where}")
        elif gaps:
            told.append(f"Missing values are replaced by the median of their column. {where}")
        return told


def choose_features(
    measurements: pd.DataFrame,
    *,
    features: Iterable[str] | None = None,
    exclude: str | Iterable[str] = (),
    missing: str = "noise",
    annotation_column: str | None = None,
) -> FeatureChoice:
    """Return which columns and rows of a table are used to cluster it, or to train a classifier from it.

    Parameters
    ----------
    measurements
        One row for each object.
    features
        The columns to use, in this order. None: all columns of numbers (not of True and False) but `BOOKKEEPING` and
        the annotations.
    exclude
        Columns not to use.
    missing
        `"noise"` and `"leave_out"`: a row with a missing value is not used. `"impute"`: a missing value is replaced by
        the median of the column. `"drop_columns"`: columns with missing values are not used. With the last two, rows in
        which all values are missing are left out before.
    annotation_column
        With it, only rows with a class (a number of 1 or more) count, and it is no feature.

    Raises
    ------
    ValueError
        A column is not there or given twice, no column of numbers is there, no row can be used; the message names the
        columns and the numbers of rows.
    """
    considered = None if annotation_column is None else annotated_classes(measurements, annotation_column) > 0
    return choose(measurements, features, exclude, missing, annotation_column, considered).choice


@dataclass(frozen=True, eq=False)
class ChosenValues:
    """A choice with its `values` (rows of the table, features), float64, NaN where missing, and its `usable` rows."""

    choice: FeatureChoice
    values: NDArray[np.float64]
    usable: NDArray[np.bool_]


def choose(
    measurements: pd.DataFrame,
    features: Iterable[str] | None,
    exclude: str | Iterable[str],
    missing: str,
    annotation_column: str | None,
    considered: NDArray[np.bool_] | None,
    *,
    may_be_none: bool = False,
) -> ChosenValues:
    """Return the choice of `choose_features` with the values; `considered` (rows,) are those that count.

    With `may_be_none` it is no error that no row can be used.
    """
    if missing not in MISSING:
        raise ValueError(f"missing must be one of {', '.join(MISSING)}, but is {missing!r}.")
    names, others = _names(measurements, features, exclude, annotation_column)
    if not len(measurements) and not may_be_none:
        raise ValueError("The table has no rows: there is nothing to use. Measure an image that has objects.")
    rows = np.ones(len(measurements), np.bool_) if considered is None else considered
    if not rows.any() and not may_be_none:
        raise ValueError(
            f"No annotated rows: none of the {len(rows)} rows has a class of 1 or more in {annotation_column!r}. "
            f"Annotate some objects first."
        )
    every = names
    values = feature_values(measurements, names)
    gap = np.isnan(values)
    measured = ~gap.all(axis=1)
    counts = gap[rows].sum(axis=0)
    missing_values = tuple((name, int(many)) for name, many in zip(names, counts, strict=True) if many)
    if missing == "drop_columns":
        whole = np.isfinite(values[measured]).all(axis=0).reshape(-1)
        names, values = [name for name, one in zip(names, whole, strict=True) if one], values[:, whole]
        usable = rows & measured
    elif missing == "impute":
        usable = rows & measured
        empty = gap[usable].all(axis=0)
        if usable.any() and empty.any():
            lost = [name for name, one in zip(names, empty.tolist(), strict=True) if one]
            raise ValueError(
                f"{_listed(lost)}: all values are missing in the {np.count_nonzero(usable)} rows that count, so there "
                f"is no median. Exclude {'it' if len(lost) == 1 else 'them'}."
            )
    else:
        usable = rows & ~gap.any(axis=1)
    if not names or not (usable.any() or may_be_none):
        which = "annotated rows have" if annotation_column is not None else "rows have"
        raise ValueError(
            f"All {np.count_nonzero(rows)} {which} missing values: "
            f"{_listed(f'{name} ({many})' for name, many in missing_values)}. "
            f"Exclude the columns that are missing most, or choose another way with missing values."
        )
    left_out = {*others, *every} - set(names)
    choice = FeatureChoice(
        tuple(names),
        int(np.count_nonzero(rows)),
        tuple(np.flatnonzero(rows & ~usable).tolist()),
        tuple(name for name in map(str, measurements.columns) if name in left_out),
        missing_values,
        missing,
    )
    return ChosenValues(choice, values, usable)


def feature_values(measurements: pd.DataFrame, names: Sequence[str]) -> NDArray[np.float64]:
    """Return the columns `names`, all of them there, as float64 (rows, columns); infinities are NaN as well.

    Raises
    ------
    ValueError
        A column is there twice, or holds something else than numbers.
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
    except (TypeError, ValueError) as error:
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
            f"It has {_listed(map(str, measurements.columns))}."
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
        raise ValueError(f"{what} not in the table: {', '.join(absent)}. It has {_listed(known)}.")


def _names(
    measurements: pd.DataFrame,
    features: Iterable[str] | None,
    exclude: str | Iterable[str],
    annotation_column: str | None,
) -> tuple[list[str], list[str]]:
    """Return the columns to use and those of numbers that are left."""
    unused = as_names(exclude)
    named_not_there(unused, measurements.columns, "Columns to exclude that are")
    reserved = {*BOOKKEEPING, annotation_column}
    numeric = [str(name) for name in measurements.select_dtypes("number").columns if name not in reserved]
    if features is None:
        names = [name for name in numeric if name not in unused]
        if not names:
            raise ValueError(
                f"No numeric feature columns found in measurements: the table has {len(measurements)} rows and "
                f"{_listed(map(str, measurements.columns))}{'; ' + _listed(unused) + ' excluded' if unused else ''}."
            )
        return names, [name for name in numeric if name in unused]
    names = [name for name in as_names(features) if name not in unused]
    named_not_there(names, measurements.columns, "Features that are")
    _check_asked(names, annotation_column)
    return names, [name for name in numeric if name not in names]


def _check_asked(names: Collection[str], annotation_column: str | None) -> None:
    if not names:
        raise ValueError("The list of features is empty. Name at least one column.")
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice:
        raise ValueError(f"Features named more than once: {', '.join(twice)}.")
    told = [name for name in ("index", annotation_column) if name in names]
    if told:
        raise ValueError(f"{told[0]!r} says which object or which class it is: it cannot be a feature.")


def _listed(names: Iterable[str]) -> str:
    """Return the first names and how many more there are."""
    every = list(names)
    more = f" and {len(every) - _MANY} more" if len(every) > _MANY else ""
    return (", ".join(every[:_MANY]) + more) or "no columns"
