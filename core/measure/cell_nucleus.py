"""Measuring cells together with their nuclei: how many, how large, and the intensities inside and outside of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from core.measure.label_numbers import object_index
from core.measure.object_runs import find_object_runs, numbered
from core.measure.region_values import PERCENTILES, Regions, check_image, region_values
from core.measure.scale import axis_sizes

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_STATISTICS = ("mean", "median", "max", "min", *PERCENTILES)


def measure_cell_nucleus(
    cell_segmentation: NDArray[Any],
    nucleus_segmentation: NDArray[Any],
    scale: Any = 1.0,
    intensity_image: NDArray[Any] | None = None,
    *,
    min_overlap: float = 0.0,
    assign: Literal["overlap", "majority"] = "overlap",
) -> pd.DataFrame:
    """Measure each cell with the nuclei in it.

    Parameters
    ----------
    cell_segmentation, nucleus_segmentation
        Labels of one shape, (Y, X) or (Z, Y, X), of any type. Objects are all numbers but 0, negative ones too
        (`index` has the whole part of decimal ones). The numbers of nuclei need not be those of their cells.
    scale
        The size of a voxel: one number, or one for each axis in the order of the axes.
    intensity_image
        Whole or decimal numbers or bool, of the same shape; taken as float64.
    min_overlap
        The least share (0 to 1) of the voxels of a nucleus that must lie in a cell to count there. By default one voxel
        is enough.
    assign
        "overlap": a nucleus counts in each cell that it overlaps. "majority": only in the cell that holds most of it,
        and if two hold as much, in the one with the smaller number. What lies in no cell is no cell's; `min_overlap` is
        asked of the cell that is chosen.

    Returns
    -------
    A row for each cell, ascending: `index` and `n_nuclei` (int64), the nuclei that count in the cell; `cell_area`, with
    the nucleus, `nucleus_area`, and `area_ratio`, cell by nucleus, NaN without a nucleus (in 3D: `cell_volume`,
    `nucleus_volume`, `volume_ratio`), float64 in the unit of `scale` to the power of the dimensions. The area of the
    nucleus is that of the voxels of the cell that belong to a nucleus that counts there: voxels of one that does not
    count are the cell's like any others, in the area and in the intensities.

    With an image then, for each of mean, median, max, min and percentile_10, _25, _75, _90 (numpy.percentile, linear):
    `cell_..._intensity`, outside of nuclei; after all these `nucleus_..._intensity`, inside; after all these
    `..._intensity_ratio`, outside by inside. NaN where there is no such voxel, a NaN among the values, or a nucleus
    of 0 to divide by. Without cells the table has no rows, and columns of type object.

    Raises
    ------
    ValueError
        The cells are not of 2 or 3 dimensions; nuclei or image have another shape; `scale` is wrong (see `axis_sizes`);
        `min_overlap` or `assign` is none of the above; decimal labels are not finite, or a label is beyond int64.
    TypeError
        The image is complex or no numbers at all, or the labels are.

    Notes
    -----
    By default, columns and values are those of segmentation-measurement 0.1, to the last bit for images of whole
    numbers and float32. Takes up to 8 bytes a voxel, and more where objects are mixed voxel by voxel.
    """
    import pandas as pd

    cells, nuclei = np.asarray(cell_segmentation), np.asarray(nucleus_segmentation)
    image = None if intensity_image is None else np.asarray(intensity_image)
    _check_shapes(cells, nuclei, image)
    voxel = math.prod(axis_sizes(scale, cells.ndim))
    if not 0 <= min_overlap <= 1:
        raise ValueError(f"min_overlap is a share of a nucleus, from 0 to 1, but {min_overlap} was given.")
    if assign not in ("overlap", "majority"):
        raise ValueError(f'assign must be "overlap" or "majority", but is {assign!r}.')
    size = "area" if cells.ndim == 2 else "volume"
    pieces = _find_pieces(cells, nuclei)
    count = len(pieces.cells)
    index = object_index(pieces.cells)
    if not count:
        return pd.DataFrame(columns=_columns(size, image is not None))
    many, inside = _assigned(pieces, nuclei, min_overlap, assign == "majority")
    regions = Regions(2 * count, 2 * pieces.cell + inside, pieces.start, pieces.length)
    del pieces, inside
    sizes = regions.sizes().reshape(count, 2)
    cell_size, nucleus_size = sizes.sum(1) * voxel, sizes[:, 1] * voxel
    found: list[NDArray[Any]] = [index, many, cell_size, nucleus_size]
    found.append(_ratio(cell_size, nucleus_size))
    if image is not None:
        check_image(image)
        values = region_values([image.reshape(-1)], regions, _STATISTICS)[0]
        outside, within = ([values[name][which::2] for name in _STATISTICS] for which in (0, 1))
        found += [*outside, *within, *map(_ratio, outside, within)]
    return pd.DataFrame(dict(zip(_columns(size, image is not None), found, strict=True)))


def _check_shapes(cells: NDArray[Any], nuclei: NDArray[Any], image: NDArray[Any] | None) -> None:
    if cells.ndim not in (2, 3):
        raise ValueError(f"The cells must be a 2D or 3D array, but they have {cells.ndim} dimensions.")
    for name, other in (("nuclei", nuclei), ("image", image)):
        if other is not None and other.shape != cells.shape:
            raise ValueError(
                f"Cells and {name} must have the same shape, but the cells are {cells.shape} "
                f"and the {name} {other.shape}."
            )
    for name, labels in (("cells", cells), ("nuclei", nuclei)):
        if labels.dtype.kind not in "biuf":
            raise TypeError(f"The {name} are of type {labels.dtype}, but must be labels: an array of whole numbers.")


def _columns(size: str, with_image: bool) -> list[str]:
    columns = ["index", "n_nuclei", f"cell_{size}", f"nucleus_{size}", f"{size}_ratio"]
    if with_image:
        columns += [f"{part}_{name}_intensity" for part in ("cell", "nucleus") for name in _STATISTICS]
        columns += [f"{name}_intensity_ratio" for name in _STATISTICS]
    return columns


def _ratio(above: NDArray[np.floating[Any]], below: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Return the quotients, NaN where there is nothing to divide by."""
    quotients = np.full(len(above), np.nan)
    with np.errstate(invalid="ignore", over="ignore"):
        np.divide(above, below, out=quotients, where=below != 0)
    return quotients


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Runs of voxels of one cell that belong to one nucleus or to none.

    `cells` and `nuclei` are the numbers of those that have runs, ascending. Of each run, `cell` and `nucleus` are the
    places of its numbers among them, -1 for no nucleus; `start` and `length` are in voxels. All are int32 if they fit:
    small cells have many runs.
    """

    cells: NDArray[Any]
    nuclei: NDArray[Any]
    cell: NDArray[np.integer[Any]]
    nucleus: NDArray[np.integer[Any]]
    start: NDArray[np.integer[Any]]
    length: NDArray[np.integer[Any]]


def _find_pieces(cells: NDArray[Any], nuclei: NDArray[Any]) -> _Pieces:
    begins = np.ones(cells.size, np.bool_)
    one, other = np.ascontiguousarray(cells).reshape(-1), np.ascontiguousarray(nuclei).reshape(-1)
    np.not_equal(one[1:], one[:-1], out=begins[1:])
    begins[1:] |= other[1:] != other[:-1]
    fitting = np.int32 if cells.size <= np.iinfo(np.int32).max else np.int64
    start: NDArray[np.integer[Any]] = np.flatnonzero(begins).astype(fitting)
    del begins
    cell = one.take(start)
    # Taking by place is several times faster here than by a mask, which cells and background cut into short parts
    in_cells = np.flatnonzero(cell)
    length = np.diff(start, append=fitting(cells.size)).take(in_cells)
    start, cell = start.take(in_cells), cell.take(in_cells)
    del in_cells
    nucleus = other.take(start)
    for name, numbers in (("cells", cell), ("nuclei", nucleus)):
        if numbers.dtype.kind == "f" and not np.isfinite(numbers).all():
            raise ValueError(f"The {name} hold values that are not finite. Labels are whole numbers.")
    in_nuclei = np.flatnonzero(nucleus)
    names, places = numbered(nucleus.take(in_nuclei), cells.size)
    which: NDArray[np.integer[Any]] = np.full(len(nucleus), -1, fitting)
    which[in_nuclei] = places
    del in_nuclei
    numbers, places = numbered(cell, cells.size)
    return _Pieces(numbers, names, places.astype(fitting), which, start, length)


def _assigned(
    pieces: _Pieces, nuclei: NDArray[Any], min_overlap: float, majority: bool
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return how many nuclei count in each cell, and of each run if it belongs to a nucleus that counts there."""
    inside = pieces.nucleus >= 0
    count, of_nuclei = len(pieces.cells), max(len(pieces.nuclei), 1)
    within = np.flatnonzero(inside)
    keys = pieces.cell.take(within).astype(np.int64) * of_nuclei + pieces.nucleus.take(within)
    if not majority and not min_overlap:
        return np.bincount(np.unique(keys) // of_nuclei, minlength=count), inside
    pairs, which = np.unique(keys, return_inverse=True)
    cell, nucleus = np.divmod(pairs, of_nuclei)
    shared = np.bincount(which, pieces.length.take(within), len(pairs))
    counts = np.ones(len(pairs), np.bool_)
    if min_overlap:
        whole = find_object_runs(nuclei, negative=True)
        counts &= shared / whole.sizes()[np.searchsorted(whole.numbers, pieces.nuclei)][nucleus] >= min_overlap
    if majority:
        # Of each nucleus the largest part comes first; of equal ones that of the smaller cell
        order = np.lexsort((cell, -shared, nucleus))
        later = order[1:][nucleus[order[1:]] == nucleus[order[:-1]]]
        counts[later] = False
    inside[within] = counts[which]
    return np.bincount(cell[counts], minlength=count), inside
