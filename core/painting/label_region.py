"""Voxels of an image by their intensity: a region that grows from a voxel, and those in a range."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import never
from core.painting.boxes import Box, box_of, grown, inside, whole
from core.painting.label_fill import slice_of
from core.painting.runs import connected

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

MOST = 20_000_000
"""Voxels at which a region stops to grow: far more than any cell, and still drawn at once."""


@dataclass(frozen=True, eq=False)
class Region:
    """The voxels of `mask` in `box`; `warning` is a sentence for the user where not all were found, else empty."""

    box: Box
    mask: NDArray[np.bool_]
    warning: str = ""


def grow_region(
    image: NDArray[Any],
    seed: Sequence[int],
    tolerance: float,
    axis: int | None = None,
    limit: Box | None = None,
    cancelled: Callable[[], bool] = never,
    most: int = MOST,
    value: float | None = None,
) -> Region | None:
    """Return the voxels that hang together with the seed and differ from it by no more than the tolerance.

    `image` is (Z, Y, X) of any integers or floats, the tolerance in its units; `value` replaces that of the seed, which
    is in the region all the same. Through faces; in the slice across
    `axis` or in 3D if None; only within `limit`. The cost is that of the region: it stops soon after `most` voxels.
    None where the seed is outside or not a number. Raises Cancelled.
    """
    limits = whole(image.shape) if limit is None else inside(limit, whole(image.shape))
    limits = inside(slice_of(limits, seed, axis), limits)
    if not all(part.start <= at < part.stop for at, part in zip(seed, limits, strict=True)):
        return None
    middle = image[tuple(seed)].item()
    low, high = middle - tolerance, middle + tolerance
    if value is not None:
        low, high = min(middle, value - tolerance), max(middle, value + tolerance)
    found = connected(lambda box: in_range(image[box], low, high), seed, limits, cancelled, most)
    if found is None:
        return None
    box, mask, is_all = found
    warning = "" if is_all else f"The region is larger than {most:,} voxels: only a part is shown. Lower the tolerance."
    return Region(box, mask, warning)


def value_round(image: NDArray[Any], seed: Sequence[int], axis: int | None = None) -> float:
    """Return the median of the voxels round a seed (z, y, x), 3 along each axis: one of them alone is noisy.

    In the slice across `axis`, or in 3D if None.
    """
    box = grown(box_of(seed, [at + 1 for at in seed]), [0 if axis == other else 1 for other in range(3)], image.shape)
    return float(np.median(image[box]))


def in_range(values: NDArray[Any], low: float, high: float) -> NDArray[np.bool_]:
    """Tell of each voxel whether low <= intensity <= high; not a number is never in."""
    if values.dtype.kind in "iu":
        # Compared in the image's own type: no copy as floats
        limits = np.iinfo(values.dtype)
        if not (low <= limits.max and high >= limits.min and low <= high):
            return np.zeros(values.shape, np.bool_)
        low, high = math.ceil(max(low, limits.min)), math.floor(min(high, limits.max))
    mask: NDArray[np.bool_] = values >= low
    mask &= values <= high
    return mask


def proposed_threshold(values: NDArray[Any]) -> float:
    """Return the least value that is bright, by Otsu's threshold (IEEE Trans. SMC 9, 1979).

    Of large arrays a part is looked at, evenly spread; the mean where all is alike.
    """
    from skimage.filters import threshold_otsu

    some = values.ravel()[:: max(1, values.size // (1 << 18))]
    some = some[np.isfinite(some)]
    if not some.size:
        return 0.0
    found = float(some.mean())
    if some.min() < some.max():
        dark = some <= threshold_otsu(some)
        # Otsu's threshold is a dark value, which a range that includes its end would take for bright
        if dark.any() and not dark.all():
            found = 0.5 * (float(some[dark].max()) + float(some[~dark].min()))
    return float(f"{found:.4g}")
