"""Measuring cells together with their nuclei: how many, how large, and the intensities inside and outside of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from core.measure.object_runs import numbered
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
        Labels of one shape, (Y, X) or (Z, Y, X), of any type. Objects are all numbers but 0, negative ones too. The
        numbers of nuclei need not be those of their cells.
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
    numbers and float32. Takes up to 8 bytes a voxel.
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
    if not len(pieces.numbers):
        return pd.DataFrame(columns=_columns(size, image is not None))
    many, inside = _assigned(pieces, min_overlap, assign == "majority")
    pieces = pieces.in_cells()
    count = len(pieces.numbers)
    regions = Regions(2 * count, 2 * pieces.cell + inside, pieces.start, pieces.length)
    sizes = regions.sizes().reshape(count, 2)
    cell_size, nucleus_size = sizes.sum(1) * voxel, sizes[:, 1] * voxel
    found: list[NDArray[Any]] = [pieces.numbers.astype(np.int64), many, cell_size, nucleus_size]
    found.append(_ratio(cell_size, np.where(nucleus_size > 0, nucleus_size, np.nan)))
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


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the quotients, NaN where there is nothing to divide by."""
    with np.errstate(invalid="ignore", over="ignore"):
        return np.divide(above, below, out=np.full(len(above), np.nan), where=below != 0)


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Runs of voxels of one cell and one nucleus, or background in the place of either.

    `numbers` are those of the cells, ascending, and there are `nuclei` different nuclei. Of each run, `cell` and
    `nucleus` are the place among the cells and nuclei, -1 for background; `start` and `length` are in voxels.
    """

    numbers: NDArray[Any]
    nuclei: int
    cell: NDArray[np.int64]
    nucleus: NDArray[np.int64]
    start: NDArray[np.int64]
    length: NDArray[np.int64]

    def in_cells(self) -> _Pieces:
        """Return the runs that lie in a cell."""
        here = self.cell >= 0
        return _Pieces(
            self.numbers, self.nuclei, self.cell[here], self.nucleus[here], self.start[here], self.length[here]
        )


def _find_pieces(cells: NDArray[Any], nuclei: NDArray[Any]) -> _Pieces:
    """Return the runs of cells and nuclei; the background of both is left out."""
    begins = np.ones(cells.size, np.bool_)
    one, other = np.ascontiguousarray(cells).reshape(-1), np.ascontiguousarray(nuclei).reshape(-1)
    np.not_equal(one[1:], one[:-1], out=begins[1:])
    begins[1:] |= other[1:] != other[:-1]
    start = np.flatnonzero(begins)
    del begins
    length = np.diff(start, append=cells.size)
    cell, nucleus = one[start], other[start]
    there = (cell != 0) | (nucleus != 0)
    start, length = start[there], length[there]
    numbers, which_cell = _places(cell[there], cells.size, "cells")
    names, which_nucleus = _places(nucleus[there], cells.size, "nuclei")
    return _Pieces(numbers, len(names), which_cell, which_nucleus, start, length)


def _places(values: NDArray[Any], voxels: int, name: str) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return the different values but 0, ascending, and the place of each value among them, -1 for 0."""
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise ValueError(f"The {name} hold values that are not finite. Labels are whole numbers.")
    here = values != 0
    numbers, places = numbered(values[here], voxels)
    if len(numbers) and not -(2.0**63) <= float(numbers[0]) <= float(numbers[-1]) < 2.0**63:
        raise ValueError(f"The {name} hold the number {numbers[-1]}, which is too large. Relabel them.")
    which = np.full(len(values), -1)
    which[here] = places
    return numbers, which


def _assigned(pieces: _Pieces, min_overlap: float, majority: bool) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return how many nuclei count in each cell, and of each run in a cell if it is a nucleus that counts there."""
    both = (pieces.cell >= 0) & (pieces.nucleus >= 0)
    key = pieces.cell[both] * pieces.nuclei + pieces.nucleus[both]
    inside = pieces.nucleus[pieces.cell >= 0] >= 0
    if not majority and not min_overlap:
        pairs = np.unique(key)
        return np.bincount(pairs // max(pieces.nuclei, 1), minlength=len(pieces.numbers)), inside
    pairs, pair = np.unique(key, return_inverse=True)
    shared = np.bincount(pair, pieces.length[both], len(pairs))
    cell, nucleus = np.divmod(pairs, max(pieces.nuclei, 1))
    of_nucleus = pieces.nucleus >= 0
    whole = np.bincount(pieces.nucleus[of_nucleus], pieces.length[of_nucleus], pieces.nuclei)
    counts = shared >= min_overlap * whole[nucleus]
    if majority:
        # Of each nucleus the largest part comes first; of equal ones that of the smaller cell
        order = np.lexsort((cell, -shared, nucleus))
        first = np.append(True, nucleus[order][1:] != nucleus[order][:-1])[: len(order)]
        best = np.zeros(len(pairs), np.bool_)
        best[order[first]] = True
        counts &= best
    inside[inside] = counts[pair]
    return np.bincount(cell[counts], minlength=len(pieces.numbers)), inside
