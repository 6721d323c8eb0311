"""The numbers in labels: checked, as the index of a table, and the smallest type that holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def check_whole(labels: NDArray[Any], *, mask_too: bool = False) -> None:
    """Raise a TypeError with a sentence where labels are no whole numbers; with `mask_too` bool is one object, 1."""
    if labels.dtype.kind not in ("iub" if mask_too else "iu"):
        what = "label_objects makes labels from a mask" if labels.dtype.kind == "b" else "Convert them to whole numbers"
        raise TypeError(f"Labels must be whole numbers, one for each object, but are {labels.dtype}. {what}.")


def object_index(numbers: NDArray[Any]) -> NDArray[np.int64]:
    """Return the numbers of objects (n,), ascending, as int64, the type of `index` in all tables.

    Of decimal numbers it is the whole part.

    Raises
    ------
    ValueError
        One of them does not fit.
    """
    for number in numbers[[0, -1]].tolist() if len(numbers) else ():
        if not -(2**63) <= number < 2**63:
            raise ValueError(
                f"The labels hold the number {number}, which is too large for a table. Number the objects anew "
                "(relabel does)."
            )
    return numbers.astype(np.int64)


def smallest_type(least: int, most: int) -> np.dtype[Any]:
    """Return the smallest type of whole numbers that holds `least` to `most`: unsigned where `least` is not negative.

    Raises
    ------
    ValueError
        There is none.
    """
    for one in "bhiq" if least < 0 else "BHIQ":
        if np.iinfo(one).min <= least and most <= np.iinfo(one).max:
            return np.dtype(one)
    raise ValueError(f"The numbers from {least} to {most} fit no type of whole numbers.")
