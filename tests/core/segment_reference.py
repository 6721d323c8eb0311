"""What segmenting is defined by, as slow code that is easy to check: loops over objects and voxels, no tricks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.ndimage import generate_binary_structure, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

INTEGERS = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")


@st.composite
def label_arrays(draw: st.DrawFn, most: int = 7) -> NDArray[Any]:
    """Small labels of any integer type: gaps in the numbers, pieces, negative ones, one voxel, nothing at all."""
    dtype: np.dtype[Any] = np.dtype(draw(st.sampled_from(INTEGERS)))
    shape = draw(hnp.array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=most))
    some = [0, 0, 0, 1, 2, 7, 100, int(np.iinfo(dtype).max)]
    if dtype.kind == "i":
        some += [-1, -5]
    # Few numbers drawn in thick stripes and single voxels make objects as well as noise
    labels = draw(hnp.arrays(dtype, shape, elements=st.sampled_from(some)))
    thick = draw(st.integers(1, 4))
    return np.ascontiguousarray(np.repeat(labels, thick, axis=draw(st.integers(0, len(shape) - 1))))


@st.composite
def masks(draw: st.DrawFn, most: int = 9) -> NDArray[np.bool_]:
    shape = draw(hnp.array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=most))
    mask = draw(hnp.arrays(np.bool_, shape))
    return np.asarray(np.repeat(mask, draw(st.integers(1, 3)), axis=-1))


def scales(ndim: int) -> st.SearchStrategy[tuple[float, ...]]:
    return st.tuples(*[st.sampled_from((0.5, 1.0, 1.7, 3.0))] * ndim)


def away_from(labels: NDArray[Any], wanted: NDArray[np.bool_], sizes: Sequence[float]) -> NDArray[np.float64]:
    """Return the distance of each voxel to the nearest one that is wanted; infinite if there is none."""
    away = np.full(labels.shape, np.inf)
    places = np.argwhere(wanted) * np.asarray(sizes)
    if len(places):
        for voxel in np.ndindex(labels.shape):
            away[voxel] = np.sqrt(((places - np.multiply(voxel, sizes)) ** 2).sum(1)).min()
    return away


def eroded(labels: NDArray[Any], distance: float, sizes: Sequence[float]) -> NDArray[Any]:
    left = labels.copy()
    for number in np.unique(labels[labels != 0]):
        mine = labels == number
        left[mine & (away_from(labels, ~mine, sizes) <= distance + 1e-9)] = 0
    return left


def pieces(labels: NDArray[Any]) -> NDArray[np.int64]:
    """Number each piece (by faces) of each number, in any order."""
    found = np.zeros(labels.shape, np.int64)
    for number in np.unique(labels[labels != 0]):
        some, _ = label(labels == number)
        found[some > 0] = some[some > 0] + found.max()
    return found


def first_voxels(labels: NDArray[Any]) -> list[int]:
    """Return the numbers in the order of their first voxels."""
    return list(dict.fromkeys(labels[labels != 0].tolist()))


def peaks(heights: NDArray[Any], island: NDArray[np.bool_], least: float) -> int:
    """Count the peaks of an island that rise by more than `least`: by lowering the water level, height by height."""
    tops: list[tuple[float, int]] = []  # of each lake-free part: how high it is, and its first voxel
    counted = 0
    near = generate_binary_structure(heights.ndim, heights.ndim)
    for level in np.unique(heights[island])[::-1]:
        parts, count = label(island & (heights >= level), near)
        now = []
        for part in range(1, count + 1):
            inside = [top for top in tops if parts.reshape(-1)[top[1]] == part]
            inside = sorted(inside, reverse=True) or [(float(level), int(np.argmax(parts == part)))]
            # The higher goes on; the others are closed here
            counted += sum(top[0] - level > least for top in inside[1:])
            now.append(inside[0])
        tops = now
    return counted + len(tops)


def same_parts(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Tell whether two arrays part the voxels alike, under whichever numbers."""
    pairs = np.unique(np.stack([one.reshape(-1).astype(np.int64), other.reshape(-1).astype(np.int64)], 1), axis=0)
    return len(pairs) == len(np.unique(pairs[:, 0])) == len(np.unique(pairs[:, 1]))
