"""Thresholds of images, found and applied: what is brighter than the background."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from core.segment.gray_values import count_gray_values, li_threshold, triangle_threshold
from core.segment.inputs import check_same_shape, checked_image, checked_mask
from core.segment.labelling import pieces_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Threshold = Literal["otsu", "li", "triangle", "yen", "percentile"]

_LI_BINS = 1 << 16
"""Li's threshold is that of the gray values themselves, so that bins must be narrow."""


def find_threshold(
    image: ArrayLike,
    method: Threshold = "otsu",
    *,
    percentile: float | None = None,
    mask: ArrayLike | None = None,
    bins: int = 256,
) -> float:
    """Return the gray value that parts the objects from the background.

    Parameters
    ----------
    image
        (Y, X) or (Z, Y, X), whole or decimal numbers, one channel.
    method
        - "otsu": two groups that differ least within themselves (Otsu 1979);
        - "li": the least cross entropy between the image and its two means (Li and Tam 1998);
        - "triangle": farthest from the line between the histogram's peak and its far end (Zack et al. 1977); for small
          objects in much background;
        - "yen": the largest correlation (Yen et al. 1995);
        - "percentile": below it are `percentile` percent of the voxels (linear between two, as numpy).
    percentile
        0 to 100, for that method only.
    mask
        The same shape; voxels where it is 0 do not count.
    bins
        In how many equal steps the gray values are counted if they are decimal numbers, or whole ones over a range of
        more than a million; other whole numbers are counted one by one. "li" always takes 65536 steps.

    Returns
    -------
    threshold
        In gray values. The definitions, and the results, are those of scikit-image's `threshold_*`; "li" of decimal
        numbers is its threshold within one step. Takes no memory that grows with the image, except for "percentile"
        (a copy of the image) and with a mask (a copy of what is in it).

    Raises
    ------
    TypeError, ValueError
        The image is none (see `checked_image`), or holds one gray value only; the mask has another shape or holds no
        voxel; no such method; `percentile` is missing, out of range, or given to another method; `bins` is below 2,
        or too many for decimal numbers that are nearly equal.
    """
    values = _values(checked_image(image), mask)
    if method not in get_args(Threshold):
        raise ValueError(f'There is no threshold called "{method}". Choose from {", ".join(get_args(Threshold))}.')
    if method == "percentile":
        if percentile is None or not 0 <= percentile <= 100:
            given = "is missing" if percentile is None else f"is {percentile:g}"
            raise ValueError(f"percentile must be from 0 to 100 percent, but {given}.")
        return float(np.percentile(values, percentile))
    if bins < 2:
        raise ValueError(f"bins must be 2 or more, but is {bins}.")
    if percentile is not None:
        raise ValueError(f'percentile is for the method "percentile", but the method is "{method}". Leave one out.')
    least, most = values.min(), values.max()
    if least == most:
        raise ValueError(
            f"All voxels of the image have the gray value {least:g}, so that no threshold parts them. "
            "Choose another image, or give a value."
        )
    return _found(values, method, bins)


def threshold_image(
    image: ArrayLike,
    method: Threshold = "otsu",
    *,
    value: float | None = None,
    percentile: float | None = None,
    mask: ArrayLike | None = None,
    bins: int = 256,
) -> NDArray[np.bool_]:
    """Return where an image is above a threshold; a voxel that equals the threshold is not above it.

    Parameters
    ----------
    image, method, percentile, mask, bins
        As `find_threshold` takes them. Outside the mask, nothing is above.
    value
        The threshold itself, in gray values; then `method` finds none.

    Returns
    -------
    above
        bool, the shape of the image.

    Raises
    ------
    TypeError, ValueError
        As `find_threshold`; or `value` is NaN, or given together with `percentile`.
    """
    image = checked_image(image)
    if value is None:
        value = find_threshold(image, method, percentile=percentile, mask=mask, bins=bins)
    elif percentile is not None:
        raise ValueError("Both a value and a percentile are given. Leave one out.")
    above = is_above(image, value)
    if mask is not None:
        above &= checked_mask(mask, image.shape)
    return above


def hysteresis_threshold(image: ArrayLike, low: float, high: float) -> NDArray[np.bool_]:
    """Return where an image is above `low`, in those connected pieces that are above `high` somewhere.

    Parameters
    ----------
    image
        (Y, X) or (Z, Y, X), whole or decimal numbers, one channel.
    low, high
        Gray values; equal ones are not above. Voxels are connected by their faces.

    Returns
    -------
    above
        bool, the shape of the image; `skimage.filters.apply_hysteresis_threshold`. Takes 4 bytes a voxel besides.

    Raises
    ------
    TypeError, ValueError
        The image is none (see `checked_image`); `low` is above `high`, or one of them is NaN.
    """
    image = checked_image(image)
    if low > high:
        raise ValueError(f"The low threshold, {low:g}, is above the high one, {high:g}. Exchange them.")
    pieces = pieces_of(is_above(image, low))
    kept = np.zeros(int(pieces.max()) + 1, np.bool_)
    kept[pieces[is_above(image, high)]] = True  # never the background: what is above high is above low
    return kept[pieces]


def is_above(image: NDArray[Any], value: float) -> NDArray[np.bool_]:
    """Return where the image is above a gray value, in the image's own type of numbers."""
    value = float(value)
    if math.isnan(value):
        raise ValueError("The threshold is NaN (not a number). Give a gray value.")
    if image.dtype.kind == "f" or math.isinf(value):
        # A number such as 0.1 is the nearest one of the image's type, so that a voxel of 0.1 is not above it
        limit = value if math.isinf(value) else image.dtype.type(value)
        return np.asarray(image > limit)
    bounds = np.iinfo(image.dtype)
    whole = math.floor(value)  # what is above 7.5 is above 7, and whole numbers are compared without converting them
    if whole < bounds.min:
        return np.ones(image.shape, np.bool_)
    return np.asarray(image > image.dtype.type(min(whole, bounds.max)))


def _values(image: NDArray[Any], mask: ArrayLike | None) -> NDArray[Any]:
    """Return the gray values that count, in one dimension."""
    if mask is None:
        return image.reshape(-1)
    check_same_shape("mask", np.shape(mask), image.shape)
    values = image[checked_mask(mask)]
    if not values.size:
        raise ValueError("The mask holds no voxel, so that there is nothing to find a threshold in.")
    return values


def _found(voxels: NDArray[Any], method: Threshold, bins: int) -> float:
    from skimage import filters

    if method == "li":
        return li_threshold(count_gray_values(voxels, _LI_BINS))
    gray = count_gray_values(voxels, bins)
    if method == "triangle":
        return triangle_threshold(gray)
    find = filters.threshold_otsu if method == "otsu" else filters.threshold_yen
    return float(find(hist=(gray.counts, gray.values)))
