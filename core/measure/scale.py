"""The size of a voxel, as the functions for measuring take it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any


def axis_sizes(scale: Any, ndim: int) -> tuple[float, ...]:
    """Return the size of a voxel along each of `ndim` axes, in the order of the axes (Y, X or Z, Y, X).

    `scale` is one number for all of them, or as many as there are axes, in any unit of length. Numbers of numpy of any
    type count as numbers, and so does an array of one number without axes.

    Raises
    ------
    TypeError
        It holds something other than numbers.
    ValueError
        There are too many or too few, or one of them is not a positive, finite number.
    """
    is_one = not isinstance(scale, Iterable) or getattr(scale, "ndim", 1) == 0
    try:
        if isinstance(scale, str):  # "12" would be taken for 1 and 2
            raise TypeError
        sizes = (float(scale),) * ndim if is_one else tuple(map(float, scale))
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"scale must be one number or {ndim}, but is {scale!r}. Give the size of a pixel as numbers."
        ) from error
    if len(sizes) != ndim:
        raise ValueError(
            f"scale must be one number or {ndim}, one for each axis ({'Y, X' if ndim == 2 else 'Z, Y, X'}), "
            f"but {len(sizes)} were given: {', '.join(map(str, sizes))}."
        )
    if not all(math.isfinite(size) and size > 0 for size in sizes):
        raise ValueError(f"scale must be positive, but is {', '.join(map(str, sizes))}. Give the size of a pixel.")
    return sizes
