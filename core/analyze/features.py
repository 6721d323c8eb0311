"""Which columns of a table are features, which rows can be used, and what is done about missing values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.analyze.table_values import annotated_classes, as_names, feature_values, listed, named_not_there

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

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
        where = f"Missing values: {listed(f'{name} ({many})' for name, many in gaps)}."
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
        whole = ~gap[measured].any(axis=0)
        names, values = [names[place] for place in np.flatnonzero(whole).tolist()], values[:, whole]
        usable = rows & measured
    elif missing == "impute":
        usable = rows & measured
        empty = gap[usable].all(axis=0)
        if usable.any() and empty.any():
            lost = [names[place] for place in np.flatnonzero(empty).tolist()]
            raise ValueError(
                f"{listed(lost)}: all values are missing in the {np.count_nonzero(usable)} rows that count, so there "
                f"is no median. Exclude {'it' if len(lost) == 1 else 'them'}."
            )
    else:
        usable = rows & ~gap.any(axis=1)
    if not names or not (usable.any() or may_be_none):
        which = "annotated rows have" if annotation_column is not None else "rows have"
        raise ValueError(
            f"All {np.count_nonzero(rows)} {which} missing values: "
            f"{listed(f'{name} ({many})' for name, many in missing_values)}. "
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
                f"{listed(map(str, measurements.columns))}{'; ' + listed(unused) + ' excluded' if unused else ''}."
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
