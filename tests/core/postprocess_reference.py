"""What postprocessing must give, written as slowly and plainly as can be: each object alone, on the whole image."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

KINDS = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]


@st.composite
def random_labels(draw: st.DrawFn, kinds: tuple[str, ...] = tuple(KINDS), axes: int = 3) -> NDArray[Any]:
    """Labels of few numbers with gaps between them, in pieces, of any whole type, some negative, some blown up."""
    shape = draw(arrays.array_shapes(min_dims=1, max_dims=axes, min_side=1, max_side=9))
    kind: np.dtype[Any] = np.dtype(draw(st.sampled_from(kinds)))
    limits = np.iinfo(kind)
    extremes = [int(limits.min), int(limits.max), int(limits.max) - 1, 1, 2, 3, 100]
    some = draw(st.lists(st.sampled_from(extremes) | st.integers(limits.min, limits.max), min_size=1, max_size=5))
    names = np.array([0, 0, *some], kind)
    places = draw(arrays.arrays(np.int64, shape, elements=st.integers(0, len(names) - 1), fill=st.just(0)))
    labels: NDArray[Any] = names[places]
    if draw(st.booleans()):
        labels = np.kron(labels, np.ones((2,) * labels.ndim, kind)).astype(kind)
    return labels[::-1] if draw(st.booleans()) else labels


def objects_of(labels: NDArray[Any]) -> list[Any]:
    return [number for number in np.unique(labels) if number != 0]


def filtered(labels: NDArray[Any], min_size: float) -> NDArray[Any]:
    kept = labels.copy()
    for number in objects_of(labels):
        if np.count_nonzero(labels == number) < min_size:
            kept[labels == number] = 0
    return kept


def holes_filled(labels: NDArray[Any], max_size: float, enclosed_only: bool = False) -> NDArray[Any]:
    filled = labels.copy()
    for number in objects_of(labels):
        holes, count = ndimage.label(labels != number)
        for hole in range(1, count + 1):
            here = holes == hole
            if np.count_nonzero(here) > max_size or (enclosed_only and touches_border(here)):
                continue
            filled[here & (labels == 0)] = number
    return filled


def touches_border(here: NDArray[Any]) -> bool:
    return any(
        position in (0, length - 1)
        for place in np.argwhere(here)
        for position, length in zip(place, here.shape, strict=True)
        if length > 1
    )


def rings(labels: NDArray[Any], width: int, keep_original: bool = True) -> NDArray[Any]:
    made = np.zeros_like(labels)
    for number in objects_of(labels):
        own = labels == number
        grown = ndimage.binary_dilation(own, iterations=width)
        made[grown & (labels == 0) & (made == 0)] = number
    return np.where(labels == 0, made, labels) if keep_original else made


def nearest_rings(labels: NDArray[Any], width: float, scale: tuple[float, ...]) -> NDArray[Any]:
    """Each voxel of background against each voxel of each object, distances as fractions of the sizes as written."""
    squares = [Fraction(repr(size)) ** 2 for size in scale]
    farthest = Fraction(repr(width)) ** 2
    made = labels.copy()
    objects = [(labels[tuple(place)], place.tolist()) for place in np.argwhere(labels != 0)]
    for place in np.argwhere(labels == 0).tolist():
        near = [
            (sum(square * (a - b) ** 2 for square, a, b in zip(squares, place, other, strict=True)), number)
            for number, other in objects
        ]
        if near and min(near)[0] <= farthest:
            made[tuple(place)] = min(near)[1]
    return made
