"""What segmenting takes: images of one channel, masks and labels, checked, with a sentence for what is wrong."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from core.measure.label_numbers import check_whole

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_COLOURS = (3, 4)
_SMALLEST_PICTURE = 16
"""Three voxels along the last axis are colours only where the other two axes are at least so long."""


def checked_image(image: ArrayLike) -> NDArray[Any]:
    """Return the image as an array (Y, X) or (Z, Y, X) of whole or decimal numbers; nothing is copied.

    Raises
    ------
    TypeError
        It is a mask, or holds something other than numbers.
    ValueError
        It has other axes, looks like RGB, holds no voxel, or holds NaN or infinities.
    """
    array = np.asarray(image)
    if array.dtype.kind == "b":
        raise TypeError("The image is a mask (true and false). Give the image that the mask was made from.")
    if array.dtype.kind not in "iuf":
        raise TypeError(f"The image must hold real numbers, but its type is {array.dtype}.")
    if array.ndim == 3 and array.shape[-1] in _COLOURS and min(array.shape[:2]) >= _SMALLEST_PICTURE:
        raise ValueError(f"The image looks like RGB: its shape is {_said(array.shape)}. Give one of its channels.")
    _check_axes("The image", array)
    if not array.size:
        raise ValueError(f"The image is empty: its shape is {_said(array.shape)}.")
    # The least and the greatest number are NaN where one of all is
    if array.dtype.kind == "f" and not (math.isfinite(array.min()) and math.isfinite(array.max())):
        raise ValueError("The image holds NaN or infinite numbers. Replace them, for example by np.nan_to_num.")
    return array


def checked_mask(mask: ArrayLike, shape: tuple[int, ...] | None = None) -> NDArray[np.bool_]:
    """Return what is not 0 in a mask (Y, X) or (Z, Y, X) as bool; a bool array is not copied.

    Raises
    ------
    ValueError
        It has other axes, or another shape than that of the image, if `shape` is given.
    """
    array = np.asarray(mask)
    _check_axes("The mask", array)
    if shape is not None:
        check_same_shape("mask", array.shape, shape)
    return array if array.dtype.kind == "b" else array != 0


def checked_labels(labels: ArrayLike) -> NDArray[Any]:
    """Return labels (Y, X) or (Z, Y, X) of any integer type as an array; nothing is copied.

    Raises
    ------
    TypeError
        They are no whole numbers.
    ValueError
        They have other axes.
    """
    array = np.asarray(labels)
    check_whole(array)
    _check_axes("The labels array", array)
    return array


def checked_length(name: str, length: float, least: float = 0.0) -> float:
    """Return a length, height or share that the user gave as a float.

    Raises
    ------
    ValueError
        It is not finite, or below `least`.
    """
    number = _finite(name, length)
    if number < least:
        raise ValueError(f"{name} must be {least:g} or more, but is {number:g}.")
    return number


def checked_radius(radius: float) -> float:
    """Return a radius as a float; it must be finite and above 0, or a ValueError says so."""
    number = _finite("radius", radius)
    if number <= 0:
        raise ValueError(f"radius must be above 0, but is {number:g}.")
    return number


def _finite(name: str, length: float) -> float:
    number = float(length)
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number, but is {number:g}.")
    return number


def check_same_shape(name: str, shape: tuple[int, ...], wanted: tuple[int, ...], of: str = "image") -> None:
    """Raise a ValueError where the array called `name` has not the shape of the `of`."""
    if shape != wanted:
        raise ValueError(f"The {name} has the shape {_said(shape)}, but the {of} has {_said(wanted)}.")


def _check_axes(name: str, array: NDArray[Any]) -> None:
    if array.ndim not in (2, 3):
        raise ValueError(f"{name} must have the axes Y, X or Z, Y, X, but its shape is {_said(array.shape)}.")


def _said(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "()"
