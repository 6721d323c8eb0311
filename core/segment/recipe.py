"""From an image to labels in one call, by a recipe that can be kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from core.measure.scale import axis_sizes
from core.postprocess.holes import remove_small_holes
from core.postprocess.small_segments import filter_small_segments
from core.segment.background import subtract_background
from core.segment.border import clear_border
from core.segment.distances import expand_labels
from core.segment.inputs import checked_image
from core.segment.labelling import label_objects, relabel
from core.segment.smoothing import smooth_image
from core.segment.splitting import split_touching
from core.segment.thresholds import find_threshold, hysteresis_threshold, is_above

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from core.segment.background import Background
    from core.segment.smoothing import Smoothing
    from core.segment.thresholds import Threshold

_BINS = 4096
"""Smoothed images are decimal; a few bright voxels would leave all others in one of 256 bins."""


@dataclass(frozen=True)
class SegmentRecipe:
    """What `segment_image` does, in this order; lengths are in the unit of its `scale`, sizes in voxels.

    `background_radius`, `background`: see `subtract_background`; None subtracts nothing. `sigma`, `smoothing`: see
    `smooth_image`; 0 smooths nothing. `threshold`, `percentile`, `value`: see `threshold_image`; `value` is a gray
    value of the image as it is after these steps. `low_value`: with hysteresis, objects reach down to this gray
    value, and need one voxel above the threshold. `max_hole_size`: holes of so many voxels and fewer are filled, 0 none
    (see `remove_small_holes`). `split`, `h`, `min_distance`: see `split_touching`; "none" splits nothing. `min_size`:
    smaller objects are removed. `clear_border`: whether objects that the image's edge cuts are removed; `border_axes`
    are the axes that count, all if None. `expand`: how far the objects grow at last.

    On fluorescent nuclei with uneven light or glow, a `background_radius` of twice their radius does best.
    """

    background_radius: float | None = None
    background: Background = "top_hat"
    sigma: float = 1.0
    smoothing: Smoothing = "gaussian"
    threshold: Threshold = "li"
    percentile: float | None = None
    value: float | None = None
    low_value: float | None = None
    max_hole_size: int = 0
    split: Literal["distance", "intensity", "none"] = "distance"
    h: float | None = None
    min_distance: float = 0.0
    min_size: int = 0
    clear_border: bool = False
    border_axes: tuple[int, ...] | None = None
    expand: float = 0.0


@dataclass(frozen=True, eq=False)
class Segmentation:
    """What `segment_image` gives.

    `labels` are 1 to n in the smallest unsigned type, of the shape of the image; `threshold` is the gray value that
    was used, of the image after smoothing and without its background; `notes` are sentences on what was done.
    """

    labels: NDArray[np.unsignedinteger[Any]]
    threshold: float
    notes: tuple[str, ...]


def segment_image(
    image: ArrayLike, recipe: SegmentRecipe | None = None, scale: float | Sequence[float] = 1.0
) -> Segmentation:
    """Find the bright objects of an image and number them.

    Parameters
    ----------
    image
        (Y, X) or (Z, Y, X), whole or decimal numbers, one channel. It is not changed.
    recipe
        The steps; `SegmentRecipe()` if None: a Gaussian of 1, Li's threshold, split by distance.
    scale
        The size of a voxel: one number, or one for each axis; lengths of the recipe are in its unit.

    Raises
    ------
    TypeError, ValueError
        As the functions of the steps: the image is none or has one gray value only, a step's argument is out of range.
    """
    image = checked_image(image)
    sizes = axis_sizes(scale, image.ndim)
    recipe = recipe or SegmentRecipe()
    notes: list[str] = []
    smooth = _prepared(image, recipe, sizes)
    threshold = recipe.value
    if threshold is None:
        threshold = find_threshold(smooth, recipe.threshold, percentile=recipe.percentile, bins=_BINS)
        notes.append(f"Threshold {threshold:.6g} ({recipe.threshold}).")
    else:
        notes.append(f"Threshold {threshold:.6g} (given).")
    if recipe.low_value is None:
        mask = is_above(smooth, threshold)
    else:
        mask = hysteresis_threshold(smooth, recipe.low_value, threshold)
        notes.append(f"Objects reach down to {recipe.low_value:.6g}.")
    if not mask.all() and mask.mean() > 0.9:
        notes.append("More than 90 % of the image is above the threshold: are the objects darker than the background?")
    if recipe.max_hole_size:
        filled = remove_small_holes(mask.astype(np.uint8), recipe.max_hole_size) > 0
        many = int(np.count_nonzero(filled) - np.count_nonzero(mask))
        notes.append(_counted(many, "voxel", "of holes filled") + ".")
        mask = filled
    labels = _split(mask, smooth, recipe, sizes, notes)
    del smooth, mask
    labels = _chosen(labels, recipe, notes)
    if recipe.expand:
        labels = expand_labels(labels, recipe.expand, sizes)
    notes.append(_counted(_count(labels), "object", "found") + ".")
    return Segmentation(labels, float(threshold), tuple(notes))


def _prepared(image: NDArray[Any], recipe: SegmentRecipe, sizes: tuple[float, ...]) -> NDArray[Any]:
    if recipe.background_radius is not None:
        image = subtract_background(image, recipe.background_radius, sizes, method=recipe.background)
    if recipe.sigma:
        image = smooth_image(image, recipe.sigma, sizes, method=recipe.smoothing)
    return image


def _split(
    mask: NDArray[np.bool_], smooth: NDArray[Any], recipe: SegmentRecipe, sizes: tuple[float, ...], notes: list[str]
) -> NDArray[np.unsignedinteger[Any]]:
    if recipe.split == "none":
        return label_objects(mask)
    image = smooth if recipe.split == "intensity" else None
    labels = split_touching(
        mask, method=recipe.split, image=image, h=recipe.h, min_distance=recipe.min_distance, scale=sizes
    )
    pieces = _count(label_objects(mask))
    parts = _count(labels)
    notes.append(f"{_counted(pieces, 'piece', 'split')} into {parts}." if parts != pieces else "Nothing was split.")
    return labels


def _chosen(
    labels: NDArray[np.unsignedinteger[Any]], recipe: SegmentRecipe, notes: list[str]
) -> NDArray[np.unsignedinteger[Any]]:
    """Return the labels without small objects and those at the border, numbered anew."""
    before = _count(labels)
    if recipe.min_size > 1:
        labels = relabel(filter_small_segments(labels, recipe.min_size))
        notes.append(_counted(before - _count(labels), "object", f"below {recipe.min_size} voxels removed") + ".")
        before = _count(labels)
    if recipe.clear_border:
        labels = relabel(clear_border(labels, axes=recipe.border_axes))
        notes.append(_counted(before - _count(labels), "object", "at the border removed") + ".")
    return labels


def _count(labels: NDArray[Any]) -> int:
    return int(labels.max(initial=0))


def _counted(count: int, what: str, rest: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'} {rest}".rstrip()
