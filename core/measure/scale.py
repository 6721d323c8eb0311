"""The size of a voxel, as the functions for measuring take it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any


def axis_sizes(scale: Any, ndim: int) -> tuple[float, ...]:
    """Return the size of a voxel along each of `ndim` axes, in the order of the axes (Y, X or Z, Y, X).

    `scale` is one number for all of them, or as many as there are axes, in any unit of length. Numbers of numpy of any
    type count as numbers.

    Raises
    ------
    ValueError
        There are too many or too few, or one of them is not a positive, finite number.
    """
    sizes = tuple(float(size) for size in scale) if isinstance(scale, Iterable) else (float(scale),) * ndim
    if len(sizes) != ndim:
        raise ValueError(
            f"scale must be one number or {ndim}, one for each axis ({'Y, X' if ndim == 2 else 'Z, Y, X'}), "
            f"but {len(sizes)} were given: {', '.join(map(str, sizes))}."
        )
    if not all(math.isfinite(size) and size > 0 for size in sizes):
        raise ValueError(f"scale must be positive, but is {', '.join(map(str, sizes))}. Give the size of a pixel.")
    return sizes
