"""Openings of images by balls: what is left where a ball fits below the image."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray


def opened(image: NDArray[Any], radius: float, sizes: Sequence[float]) -> NDArray[Any]:
    """Return the opening of an image by a flat ball of `radius`; voxels have the sides `sizes`.

    Beyond the edges there is nothing, neither dark nor bright. The type is kept. A ball is taken as rows along the last
    axis, so that the time grows with its rows, not its voxels.
    """
    rows = list(_rows(radius, sizes))
    return _extreme(np.maximum, _extreme(np.minimum, image, rows), rows)


def opened_by_ball(image: NDArray[Any], radius: float, sizes: Sequence[float], gray: float) -> NDArray[np.float32]:
    """Return the opening of an image by a ball that is as high as wide; `gray` is how long one gray value is."""
    low = image.astype(np.float32)
    voxels = []
    for offset, half in _rows(radius, sizes):
        for last in range(-half, half + 1):
            away = math.hypot(*(step * size for step, size in zip((*offset, last), sizes, strict=True)))
            voxels.append(((*offset, last), np.float32(math.sqrt(max(0.0, radius**2 - away**2)) / gray)))
    touched = low - np.float32(radius / gray)
    for offset, height in voxels:
        here, there = _shifted(low.shape, offset)
        np.minimum(touched[here], low[there] - height, out=touched[here])
    back = touched + np.float32(radius / gray)
    for offset, height in voxels:
        here, there = _shifted(low.shape, offset)
        np.maximum(back[here], touched[there] + height, out=back[here])
    return back


def _rows(radius: float, sizes: Sequence[float]) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield the rows of a ball: their offsets along all axes but the last, and half their lengths in voxels."""
    square = radius**2 * (1 + 1e-9)
    reach = [int(radius / size * (1 + 1e-9)) for size in sizes[:-1]]
    for offset in itertools.product(*(range(-far, far + 1) for far in reach)):
        left = square - sum((step * size) ** 2 for step, size in zip(offset, sizes, strict=False))
        if left >= 0:
            yield offset, int(math.sqrt(left) / sizes[-1])


def _extreme(extreme: np.ufunc, image: NDArray[Any], rows: list[tuple[tuple[int, ...], int]]) -> NDArray[Any]:
    """Return the least (np.minimum) or greatest (np.maximum) number in the ball round each voxel."""
    result = image.copy()
    row = image.copy()
    reach = 0
    for offset, half in sorted(rows, key=lambda one: one[1]):
        while reach < half:
            reach += 1
            if reach < image.shape[-1]:
                extreme(row[..., :-reach], image[..., reach:], out=row[..., :-reach])
                extreme(row[..., reach:], image[..., :-reach], out=row[..., reach:])
        here, there = _shifted(image.shape, (*offset, 0))
        extreme(result[here], row[there], out=result[here])
    return result


def _shifted(shape: tuple[int, ...], offset: tuple[int, ...]) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Return where a voxel and the one at `offset` from it are both in the array: the places of both."""
    here = tuple(slice(max(0, -step), max(0, n - max(0, step))) for step, n in zip(offset, shape, strict=True))
    there = tuple(slice(max(0, step), max(0, n + min(0, step))) for step, n in zip(offset, shape, strict=True))
    return here, there
