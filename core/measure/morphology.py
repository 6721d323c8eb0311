"""Sizes and shapes of objects in two and three dimensions: a table with a row for each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from core.measure.boxes import bounding_boxes
from core.measure.feret import max_feret_diameters
from core.measure.hull_2d import hull_pixels_2d
from core.measure.hull_3d import hull_voxels_3d
from core.measure.label_numbers import check_whole, object_index
from core.measure.moments import find_moments, principal_variances
from core.measure.object_runs import find_object_runs
from core.measure.perimeter import count_entries, crofton_perimeters, equal_pixel_perimeters
from core.measure.pieces import count_pieces
from core.measure.scale import axis_sizes
from core.measure.surface import crofton_surface_areas, surface_areas

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import NDArray

    from core.measure.moments import Moments
    from core.measure.object_runs import ObjectRuns

_Columns = dict[str, "NDArray[Any]"]

_SHAPE = ("sphericity", "solidity", "axis_major_length", "axis_minor_length", "equivalent_diameter")
COLUMNS = {
    2: ("index", "area", "perimeter", *_SHAPE),
    3: ("index", "volume", "surface_area", *_SHAPE),
}
"""The columns of every table, by dimensions."""

EXTRA_COLUMNS = (
    "centroid",
    "bounding_box",
    "touches_border",
    "pieces",
    "feret",
    "eccentricity",
    "orientation",
    "perimeter_crofton",
    "surface_area_crofton",
)
"""What can be asked for besides, in the order of the columns."""

_ONLY_IN = {"eccentricity": 2, "orientation": 2, "perimeter_crofton": 2, "surface_area_crofton": 3}


def measure_morphology(
    segmentation: NDArray[Any], scale: Any = 1.0, *, extra: str | Iterable[str] = ()
) -> pd.DataFrame:
    """Return a table with a row for each positive number in `segmentation`, ascending.

    Parameters
    ----------
    segmentation
        Labels (Y, X) or (Z, Y, X) of any integer type, not changed. 0 is background, negative numbers are ignored.
        All voxels of one number are one object, also where they are in several pieces.
    scale
        The size of a voxel: one number, or one for each axis in the order of the axes, in any unit of length.
    extra
        Names from EXTRA_COLUMNS for more columns, or "all" for all that there are in so many dimensions.

    Returns
    -------
    A DataFrame with `index` (int64, the object's number) and, all float64, in units of `scale`:

    - area, or volume: the number of voxels times the size of one.
    - perimeter (2D): `skimage.measure.perimeter_crofton` in pixels, times the geometric mean of the pixel's sides. For
      pixels that are not square this is wrong; the extra perimeter_crofton is right.
    - surface_area (3D): of the surface by marching cubes at 0.5 between voxels; see `core.measure.surface`.
    - sphericity: 4 pi area / perimeter^2 in 2D, which is above 1 for small objects; in 3D the surface of a ball of this
      volume over the surface.
    - solidity: voxels of the object over voxels of `skimage.morphology.convex_hull_image`. In 3D this is 1 for a voxel
      and for straight lines, and has a value for flat objects, too: the hull is that of the points half a voxel away
      from the centres, which is never flat.
    - axis_major_length, axis_minor_length: of the ellipse or ellipsoid with the same second moments, as in
      `skimage.measure.regionprops`: 4 sqrt(variance) in 2D, sqrt(20 variance) in 3D. 0 across objects that are one
      voxel wide.
    - equivalent_diameter: (2 d area / pi)^(1 / d) in d dimensions.

    The extra columns:

    - centroid: centroid_z, centroid_y, centroid_x (float64, in units of scale from the centre of the first voxel).
    - bounding_box: bbox_min_z, bbox_min_y, bbox_min_x, bbox_max_z, ... (int64, in voxels, the maximum exclusive).
    - touches_border (bool): there is a voxel at the border of the array.
    - pieces: n_pieces (int64), connected by sides or faces.
    - feret: feret_max (float64), the greatest distance between two middles of sides or faces of the object's voxels.
    - eccentricity, orientation (float64, 2D): as in `skimage.measure.regionprops` with this spacing; the angle between
      the axis of rows and the major axis, in radians from -pi/2 to pi/2, counter-clockwise.
    - perimeter_crofton: perimeter_crofton and circularity (float64, 2D). The Crofton perimeter for the true shape of
      the pixels, equal to perimeter where they are square; circularity is 4 pi area over its square, at most 1.
    - surface_area_crofton: surface_area_crofton and sphericity_crofton (float64, 3D), at most 1: a better estimate.

    Without objects the table has its columns and no rows.

    Raises
    ------
    TypeError
        The labels are not whole numbers.
    ValueError
        They have neither 2 nor 3 dimensions, or a number beyond int64; the scale has the wrong length or is not
        positive; or there is no such extra column.
    """
    import pandas as pd

    labels = np.asarray(segmentation)
    ndim = labels.ndim
    if ndim not in COLUMNS:
        raise ValueError(
            f"The labels must have 2 or 3 dimensions, but have {ndim}. Give one image (Y, X) or (Z, Y, X)."
        )
    sizes = axis_sizes(scale, ndim)
    names = _extra_names(extra, ndim)
    check_whole(labels)
    runs = find_object_runs(labels)
    moments = find_moments(runs, sizes)
    columns: _Columns = {"index": object_index(runs.numbers)}
    if ndim == 2:
        columns.update(_flat_columns(labels, runs, moments, sizes, names))
    else:
        columns.update(_solid_columns(labels, runs, moments, sizes, names))
    if not len(runs.numbers):
        return pd.DataFrame(columns=list(columns))
    return pd.DataFrame(columns)


def _extra_names(extra: str | Iterable[str], ndim: int) -> tuple[str, ...]:
    """Return the extra columns that are asked for, in their order."""
    if extra == "all":
        return tuple(name for name in EXTRA_COLUMNS if _ONLY_IN.get(name, ndim) == ndim)
    asked = {extra} if isinstance(extra, str) else set(extra)
    for name in sorted(asked):
        if name not in EXTRA_COLUMNS:
            raise ValueError(f"There is no extra column {name!r}. There are: {', '.join(EXTRA_COLUMNS)}.")
        if _ONLY_IN.get(name, ndim) != ndim:
            raise ValueError(f"The extra column {name!r} is for {_ONLY_IN[name]}D labels, but these are {ndim}D.")
    return tuple(name for name in EXTRA_COLUMNS if name in asked)


def _flat_columns(
    labels: NDArray[Any], runs: ObjectRuns, moments: Moments, sizes: tuple[float, ...], extra: tuple[str, ...]
) -> _Columns:
    entries = count_entries(labels, runs)
    area = moments.sizes * math.prod(sizes)
    perimeter = equal_pixel_perimeters(entries) * math.sqrt(math.prod(sizes))
    variances = principal_variances(moments.covariances)
    columns = {
        "area": area,
        "perimeter": perimeter,
        "sphericity": 4 * math.pi * area / perimeter**2,
        "solidity": moments.sizes / hull_pixels_2d(runs),
        "axis_major_length": 4 * np.sqrt(variances[:, 0]),
        "axis_minor_length": 4 * np.sqrt(variances[:, 1]),
        "equivalent_diameter": (4 * area / math.pi) ** (1 / 2),
    }
    for name in extra:
        if name == "eccentricity":
            columns[name] = _eccentricities(variances)
        elif name == "orientation":
            columns[name] = _orientations(moments.covariances)
        elif name == "perimeter_crofton":
            columns[name] = crofton_perimeters(entries, (sizes[0], sizes[1]))
            columns["circularity"] = np.minimum(4 * math.pi * area / columns[name] ** 2, 1)
        else:
            columns.update(_place_columns(name, runs, moments, sizes))
    return columns


def _solid_columns(
    labels: NDArray[Any], runs: ObjectRuns, moments: Moments, sizes: tuple[float, ...], extra: tuple[str, ...]
) -> _Columns:
    box = (sizes[0], sizes[1], sizes[2])
    volume = moments.sizes * math.prod(sizes)
    ball = math.pi ** (1 / 3) * (6 * volume) ** (2 / 3)
    surface = surface_areas(labels, runs, box)
    variances = principal_variances(moments.covariances)
    columns = {
        "volume": volume,
        "surface_area": surface,
        "sphericity": np.divide(ball, surface, out=np.zeros_like(ball), where=surface > 0),
        "solidity": moments.sizes / hull_voxels_3d(runs),
        "axis_major_length": np.sqrt(20 * variances[:, 0]),
        "axis_minor_length": np.sqrt(20 * variances[:, 2]),
        "equivalent_diameter": (6 * volume / math.pi) ** (1 / 3),
    }
    for name in extra:
        if name == "surface_area_crofton":
            columns[name] = crofton_surface_areas(labels, runs, box)
            columns["sphericity_crofton"] = np.minimum(ball / columns[name], 1)
        else:
            columns.update(_place_columns(name, runs, moments, sizes))
    return columns


def _place_columns(name: str, runs: ObjectRuns, moments: Moments, sizes: tuple[float, ...]) -> _Columns:
    """Return the columns of one extra that is there in all dimensions."""
    axes = "zyx"[-len(sizes) :]
    match name:
        case "centroid":
            return {f"centroid_{axis}": moments.centroids[:, i] for i, axis in enumerate(axes)}
        case "pieces":
            return {"n_pieces": count_pieces(runs)}
        case "feret":
            return {"feret_max": max_feret_diameters(runs, sizes)}
    lowest, highest = bounding_boxes(runs)
    if name == "touches_border":
        return {name: np.any((lowest == 0) | (highest == runs.shape), axis=1)}
    return {
        f"bbox_{side}_{axis}": ends[:, i]
        for side, ends in (("min", lowest), ("max", highest))
        for i, axis in enumerate(axes)
    }


def _eccentricities(variances: NDArray[np.float64]) -> NDArray[np.float64]:
    ratio = np.divide(variances[:, 1], variances[:, 0], out=np.ones(len(variances)), where=variances[:, 0] > 0)
    return np.asarray(np.sqrt(1 - ratio))


def _orientations(covariances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the angle of the major axis as skimage's `orientation` does, with its choice where no axis is longer."""
    rows, both, across = covariances[:, 0, 0], covariances[:, 0, 1], covariances[:, 1, 1]
    angles = 0.5 * np.arctan2(2 * both, rows - across)
    return np.where(rows == across, np.where(both > 0, math.pi / 4, -math.pi / 4), angles)
