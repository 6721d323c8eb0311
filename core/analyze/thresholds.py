"""Objects in categories by one measurement: thresholds that fit it, and what lies between them."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

import numpy as np

from core.analyze.table_values import named_not_there, numbers_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

METHODS = ("quantile", "otsu", "kmeans")
_BINS = 256


def suggest_thresholds(
    measurements: pd.DataFrame, column: str, n_categories: int, *, method: str = "quantile"
) -> list[float]:
    """Return the n - 1 thresholds, ascending, that part the values of a column in n categories.

    Missing values and infinities do not count.

    Parameters
    ----------
    measurements, column
        The table and the name of a column of numbers.
    n_categories
        2 or more.
    method
        `"quantile"`: as many objects in each (numpy's linear percentiles; thresholds are equal where values are).
        `"otsu"`: the greatest variance between the categories (Otsu 1979; several thresholds: Liao, Chen and Chung
        2001), found exactly among the different values, or in a histogram of 256 bins where there are more.
        `"kmeans"`: half way between the means of categories in which each value is nearest to its own mean, found from
        those of Otsu by Lloyd's algorithm (1982); it draws nothing at random.

    Raises
    ------
    ValueError
        Fewer than two categories, an unknown method, no such column, no number in it, or fewer different values than
        categories (not for quantiles).
    TypeError
        The column holds texts.
    """
    try:
        many = operator.index(n_categories)
    except TypeError as error:
        raise ValueError(f"The number of categories must be a whole number, but is {n_categories!r}.") from error
    if many < 2:
        raise ValueError(f"At least 2 categories are needed, but n_categories is {many}.")
    if method not in METHODS:
        raise ValueError(f"Unknown method {method!r}. Choose one of: {', '.join(METHODS)}.")
    named_not_there([column], measurements.columns, "Columns that are")
    try:
        values = numbers_of(measurements[column], column)
    except ValueError as error:
        raise TypeError(f"{error} Thresholds need numbers.") from error
    values = values[np.isfinite(values)]
    if not values.size:
        raise ValueError(
            f"The column {column!r} has no number in any of its {len(measurements)} rows, so there is nothing to part."
        )
    if method == "quantile":
        return [float(one) for one in np.percentile(values, np.linspace(0, 100, many + 1)[1:-1])]
    different, counts = np.unique(values, return_counts=True)
    if len(different) < many:
        raise ValueError(
            f"The column {column!r} has only {len(different)} different values in {len(values)} rows: "
            f"they cannot be parted in {many} categories."
        )
    return _otsu(different, counts, many, column) if method == "otsu" else _kmeans(different, counts, many)


def categorize_by_threshold(
    measurements: pd.DataFrame, column: str, thresholds: Sequence[float], category_names: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return a copy of the table with the columns `category_id` (int64, from 1) and `category_name` (text).

    A value below the lowest threshold is in category 1; a value that equals a threshold is in the category above it.
    Rows without a value have id 0 and the name "". Thresholds may be given in any order: names go with their ascending
    order. Without names they are category_1, category_2, ... Columns of these names are overwritten.

    Raises
    ------
    ValueError
        The column is not there or does not hold numbers, a threshold is NaN, or there is not one name more than
        thresholds.
    """
    import pandas as pd

    named_not_there([column], measurements.columns, "Columns that are")
    limits = np.sort(np.asarray(list(thresholds), np.float64))
    if np.isnan(limits).any():
        raise ValueError("A threshold is NaN. Give numbers.")
    names = [f"category_{number}" for number in range(1, len(limits) + 2)]
    if category_names is not None:
        names = [str(name) for name in category_names]
    if len(names) != len(limits) + 1:
        raise ValueError(
            f"{len(limits)} thresholds make {len(limits) + 1} categories, but {len(names)} names were given."
        )
    values = numbers_of(measurements[column], column)
    ids = np.where(np.isnan(values), 0, np.digitize(values, limits) + 1).astype(np.int64)
    result = measurements.copy()
    result["category_id"] = ids
    named = np.array(["", *names], dtype=object)[ids]
    result["category_name"] = pd.Series(named, index=result.index, dtype="str")
    return result


def _otsu(different: NDArray[np.float64], counts: NDArray[np.int64], many: int, column: str) -> list[float]:
    starts = _best_partition(different, counts, many)
    if starts is None:
        raise ValueError(
            f"The values of {column!r} crowd in less than {many} of {_BINS} equal steps from {different[0]:g} to "
            f"{different[-1]:g}: they cannot be parted in {many} categories this way. Use quantiles."
        )
    return [_between(different[start - 1], different[start]) for start in starts[1:]]


def _kmeans(different: NDArray[np.float64], counts: NDArray[np.int64], many: int) -> list[float]:
    """Return the middles between the means of categories in which each value is nearest to its own mean."""
    starts = _best_partition(different, counts, many)
    if starts is None:
        starts = list(np.linspace(0, len(different), many, endpoint=False).astype(int))
    low, range_ = different[0], different[-1] - different[0]
    middle = (different - low) / range_
    weight, total = np.append(0, np.cumsum(counts)), np.append(0, np.cumsum(counts * middle))
    bounds = np.array([*starts, len(different)])
    # Each round makes the sum of squares less (Lloyd 1982), so it ends
    while True:
        means = np.diff(total[bounds]) / np.diff(weight[bounds])
        limits = (means[1:] + means[:-1]) / 2
        found = np.concatenate([[0], np.searchsorted(middle, limits, "left"), [len(different)]])
        if (found == bounds).all() or (np.diff(found) <= 0).any():
            return [float(one) for one in limits * range_ + low]
        bounds = found


def _best_partition(different: NDArray[np.float64], counts: NDArray[np.int64], many: int) -> list[int] | None:
    """Return where each category begins in ascending values, of which `counts` are there, for the greatest variance.

    By dynamic programming: the variance between categories is, but for a constant, the sum of S² / W over them, where
    S is the sum of the values of a category and W their number; the best partition of the first bins is made from those
    of fewer bins. None if there are less bins with values than categories.
    """
    edges = np.arange(len(different))
    if len(different) > _BINS:
        bins = np.linspace(different[0], different[-1], _BINS + 1)[1:-1]
        edges = np.searchsorted(different, bins, "left")
        edges = np.unique(np.append(0, edges[edges < len(different)]))
    if len(edges) < many:
        return None
    middle = (different - different[0]) / (different[-1] - different[0]) - 0.5
    weight = np.append(0, np.cumsum(np.add.reduceat(counts, edges)))
    total = np.append(0, np.cumsum(np.add.reduceat(counts * middle, edges)))
    w = weight[np.newaxis, 1:] - weight[:-1, np.newaxis]
    s = total[np.newaxis, 1:] - total[:-1, np.newaxis]
    part = np.where(w > 0, s**2 / np.where(w > 0, w, 1), -np.inf)  # [i, j]: bins i to j are one category
    best = part[0]
    firsts = []
    for _ in range(many - 1):
        # The last category begins at bin i >= 1, the others have the bins before it
        sums = np.append(-np.inf, best[:-1])[:, np.newaxis] + part
        firsts.append(np.argmax(sums, axis=0))
        best = np.max(sums, axis=0)
    found = []
    last = len(edges) - 1
    for first in reversed(firsts):
        found.append(int(edges[first[last]]))
        last = int(first[last]) - 1
    return [0, *found[::-1]]


def _between(lower: float, upper: float) -> float:
    """Return the middle of two values, always greater than the lower one: a value at a threshold is above it."""
    middle = float(lower + (upper - lower) / 2)
    return middle if middle > lower else float(upper)
