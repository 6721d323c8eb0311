"""How noisy a channel is, and whether it is a picture at all, from differences of neighbours."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import Cancelled, never

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_BAND = 1 << 20
"""Pixels of one band: a slice, or some rows of a large one."""
_MOST_BANDS = 16
"""Spread evenly over the volume: enough for a median, and quick on a large volume, too."""
_FEWEST = 64
"""Pixels of a band that must be left to judge by."""


@dataclass(frozen=True)
class Noise:
    """`sigma` is the standard deviation of the noise, in the units of the values. None: it cannot be told.

    `flat_share` is the share of neighbours in x that are equal, of those that are neither the lowest nor the highest
    value of the channel: near 1 in masks and label images. None: there are too few of them.
    """

    sigma: float | None
    flat_share: float | None


def estimate_noise(data: NDArray[Any], lowest: float, highest: float, cancelled: Callable[[], bool] = never) -> Noise:
    """Estimate the noise of a volume (Z, Y, X) whose finite values lie between `lowest` and `highest`.

    J. Immerkær, "Fast noise variance estimation", Computer Vision and Image Understanding 64 (1996) 300-302: the
    difference of two Laplacians, N = [[1, -2, 1], [-2, 4, -2], [1, -2, 1]], leaves edges and slopes out, and

        sigma = sqrt(pi / 2) / 6 * mean(|I * N|)

    for Gaussian noise that is independent from pixel to pixel. Taken in XY for each of at most 16 bands (whole slices
    where they have no more than 2**20 pixels) spread evenly over the volume; the result is their median. Pixels at the
    lowest or the highest value are left out: padding and clipping have no noise. Fine structure counts as noise, and
    noise that a filter or a lossy compression has smoothed is estimated too low.

    Raises
    ------
    Cancelled
        `cancelled` returned True.
    """
    sigmas: list[float] = []
    pairs = equal = 0
    for z, start, end in _bands(data.shape):
        if cancelled():
            raise Cancelled
        band = data[z, start:end].astype(np.int32 if data.dtype.kind in "iu" else np.float64)
        judged = (band != lowest) & (band != highest)
        if band.dtype.kind == "f":
            judged &= np.isfinite(band)
        both = judged[:, 1:] & judged[:, :-1]
        pairs += int(both.sum())
        equal += int(((band[:, 1:] == band[:, :-1]) & both).sum())
        if min(band.shape) >= 3:
            sigma = _immerkaer(band, judged[1:-1, 1:-1])
            if sigma is not None:
                sigmas.append(sigma)
    return Noise(median(sigmas) if sigmas else None, equal / pairs if pairs >= _FEWEST else None)


def _immerkaer(band: NDArray[Any], judged: NDArray[np.bool_]) -> float | None:
    with np.errstate(invalid="ignore"):  # infinities of a float image
        rows = band[:-2] - 2 * band[1:-1] + band[2:]
        response = np.abs(rows[:, :-2] - 2 * rows[:, 1:-1] + rows[:, 2:])
    if band.dtype.kind == "f":
        judged = judged & np.isfinite(response)
    count = int(judged.sum())
    if count < _FEWEST:
        return None
    return math.sqrt(math.pi / 2) / 6 * float(response.sum(where=judged, dtype=np.float64)) / count


def _bands(shape: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """Return slice, first row and last row (excluded) of the bands."""
    slices, height, width = shape
    rows = max(3, min(height, _BAND // max(1, width)))
    per_slice = max(1, height // rows)
    total = slices * per_slice
    count = min(total, _MOST_BANDS)
    found = []
    for number in ((2 * i + 1) * total // (2 * count) for i in range(count)):
        z, place = divmod(number, per_slice)
        found.append((z, place * rows, min(height, (place + 1) * rows)))
    return found
