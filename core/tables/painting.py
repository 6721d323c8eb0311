"""Labels painted with what a table says of each object: its class, its cluster."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from core.measure.filled_runs import filled_runs
from core.measure.label_numbers import check_whole, smallest_type
from core.measure.object_runs import find_object_runs

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_ROOM = 2
"""A look-up table may have so many entries for each voxel; where numbers need more, runs are painted."""
_AT_ONCE = 1 << 18


def paint_column(segmentation: NDArray[Any], table: pd.DataFrame, column: str, *, background: int = 0) -> NDArray[Any]:
    """Return an array in which each object has its value of a column of whole numbers.

    Parameters
    ----------
    segmentation
        Labels of any shape, whole numbers or bool. Every number but 0 is an object, negative ones too.
    table
        One row for each object, in any order; `index` is its number. Rows of objects that are not there, and one of 0,
        change nothing.
    column
        The column to paint: whole numbers in any type, or NaN.
    background
        What 0 becomes, and objects without a row or with NaN in it.

    Returns
    -------
    An array in the shape of the labels, in the smallest type of integers that holds `background` and all values of the
    column, unsigned where none is negative.

    Raises
    ------
    TypeError
        The labels are not whole numbers.
    ValueError
        The table has no column `index` or not the one to paint, two rows of one object, numbers that are not whole, or
        numbers that no type holds together.
    """
    labels = np.asarray(segmentation)
    check_whole(labels, mask_too=True)
    for name in ("index", column):
        if name not in table.columns:
            raise ValueError(
                f"The table has no column {name!r}. It has: {', '.join(map(str, table.columns)) or 'no column'}."
            )
    rows = ~table["index"].isna().to_numpy()
    objects = _whole_numbers(table["index"][rows], "index")
    if len(set(objects)) < len(objects):
        raise ValueError(
            f"The table has several rows of object {_repeated(objects)} (column 'index'). Keep one row of each object."
        )
    there = ~table[column].isna().to_numpy()[rows]
    values = _whole_numbers(table[column][rows][there], column)
    objects = [number for number, is_there in zip(objects, there.tolist(), strict=True) if is_there]
    kind = smallest_type(min([background, *values]), max([background, *values]))
    known = dict(zip(objects, values, strict=True))
    known[0] = background
    return _painted(labels.view(np.uint8) if labels.dtype == np.bool_ else labels, known, background, kind)


def _painted(labels: NDArray[Any], known: dict[int, int], background: int, kind: np.dtype[Any]) -> NDArray[Any]:
    if not labels.size:
        return np.empty(labels.shape, kind)
    lowest, highest = int(labels.min()), int(labels.max())
    if highest - lowest > _ROOM * labels.size or not labels.ndim:
        runs = find_object_runs(np.atleast_1d(labels), negative=True)
        values = np.array([known.get(number, background) for number in runs.numbers.tolist()], kind)
        return filled_runs(runs, values, background).reshape(labels.shape)
    colors = np.full(highest - lowest + 1, background, kind)
    used = {number - lowest: value for number, value in known.items() if lowest <= number <= highest}
    colors[np.fromiter(used.keys(), np.int64, len(used))] = np.fromiter(used.values(), kind, len(used))
    flat = np.ascontiguousarray(labels).reshape(-1)
    painted = np.empty(flat.size, kind)
    # In blocks: places in the look-up table take 8 bytes for each voxel
    for first in range(0, flat.size, _AT_ONCE):
        block = flat[first : first + _AT_ONCE]
        if lowest:
            # Differences fit where the numbers do not, if taken modulo the type and read as unsigned
            native = labels.dtype.newbyteorder("=")
            unsigned = np.dtype(f"u{native.itemsize}")
            block = block.astype(native, copy=False).view(unsigned) - np.asarray(lowest, native).view(unsigned)
        np.take(colors, block.astype(np.intp), out=painted[first : first + _AT_ONCE], mode="clip")
    return painted.reshape(labels.shape)


def _whole_numbers(column: pd.Series[Any], name: str) -> list[int]:
    """Return the values of a column without gaps; ValueError where one is not a whole number."""
    values = column.tolist()
    if column.dtype.kind in "iub":
        return [int(value) for value in values]
    whole = []
    for value in values:
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError):
            number = None
        if number is None or isinstance(value, str) or number != value or abs(number) > 1 << 62:
            raise ValueError(f"Column {name!r} must hold whole numbers, but holds {value!r}. Choose another column.")
        whole.append(number)
    return whole


def _repeated(objects: list[int]) -> int:
    """Return the smallest number that is there twice."""
    ordered = sorted(objects)
    return next(one for one, other in pairwise(ordered) if one == other)
