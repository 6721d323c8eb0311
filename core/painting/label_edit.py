"""Edits of a labels array as what they changed: box, mask, old and new numbers, compressed."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.painting.boxes import Box, shape_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_LEVEL = 1
"""Of zlib: masks of objects are long runs, which the quickest level finds too."""

MASKLESS = 1 << 22
"""Voxels of a box from which on a mask may be left out: in smaller ones it costs little and stands for itself."""

Numbers = int | bytes
"""One number for all, or those of the voxels of a mask in C order, compressed."""


@dataclass(frozen=True, eq=False)
class Change:
    """A wish: these voxels are to have these numbers.

    `mask` is boolean with the shape of `box`, `values` one number or an integer array of that shape.
    """

    box: Box
    mask: NDArray[np.bool_]
    values: int | NDArray[Any]


@dataclass(frozen=True)
class Patch:
    """What was changed in a box: only voxels that have another number than before.

    `mask` is the packed bits (C order), compressed; `dtype` that of the array, and of numbers in bytes. An empty mask
    says that `old` and `new` are one number each and that the box holds no other voxel with `old` before the change,
    nor with `new` after it: all of one became all of the other, however scattered. Such a patch can only be taken back
    or made again from exactly the state after or before it; `with_mask` gives one that stands for itself.
    """

    box: Box
    mask: bytes
    old: Numbers
    new: Numbers
    dtype: str

    @property
    def nbytes(self) -> int:
        """The memory that it takes."""
        return 200 + sum(len(part) for part in (self.mask, self.old, self.new) if isinstance(part, bytes))

    def voxels(self, view: NDArray[Any] | None = None, current: Numbers = 0) -> NDArray[np.bool_]:
        """Return the mask, of the box's shape.

        A patch without a mask needs `view`, the array within the box, where the voxels have their numbers `current`
        (`old` or `new`) now. Raises ValueError.
        """
        if self.mask:
            shape = shape_of(self.box)
            bits = np.frombuffer(zlib.decompress(self.mask), np.uint8)
            return np.unpackbits(bits, count=math.prod(shape)).view(np.bool_).reshape(shape)
        if view is None:
            raise ValueError("a patch without a mask is found only in the array")
        found: NDArray[np.bool_] = view == current
        return found

    def with_mask(self, array: NDArray[Any]) -> Patch:
        """Return the patch with its mask; `array` must be as the change left it."""
        return self if self.mask else replace(self, mask=pack_mask(array[self.box] == self.new))

    def numbers(self, which: Numbers) -> NDArray[Any] | int:
        """Return `old` or `new` as one number, or as an array with one for each voxel of the mask."""
        if isinstance(which, int):
            return which
        return np.frombuffer(zlib.decompress(which), self.dtype)


@dataclass(frozen=True)
class Edit:
    """One item of the history: a stroke or an operation, named for the menu."""

    name: str
    patches: tuple[Patch, ...]
    renumbered: Mapping[int, int] = field(default_factory=dict)
    """Objects that got a free number as a whole, old to new: their names go with them."""
    nbytes: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "nbytes", 200 + sum(patch.nbytes for patch in self.patches))


def make_patch(
    box: Box,
    view: NDArray[Any],
    mask: NDArray[np.bool_],
    voxels: int,
    old: int | NDArray[Any],
    new: int | NDArray[Any],
) -> Patch:
    """Return the patch for the `voxels` voxels of `mask`; `old` and `new` are one number or theirs in C order.

    `view` is the array within the box, before the change.
    """
    before, after = (part if isinstance(part, int) else pack(part) for part in (old, new))
    needs_mask = (
        mask.size < MASKLESS
        or isinstance(before, bytes)
        or isinstance(after, bytes)
        or np.count_nonzero(view == before) > voxels
        or bool((view == after).any())
    )
    return Patch(box, pack_mask(mask) if needs_mask else b"", before, after, view.dtype.name)


def pack_mask(mask: NDArray[np.bool_]) -> bytes:
    """Return a mask as packed bits in C order, compressed."""
    return zlib.compress(np.packbits(mask).tobytes(), _LEVEL)


def pack(numbers: NDArray[Any]) -> Numbers:
    """Return numbers as one, where all are the same, or compressed."""
    first = numbers.flat[0]
    if (numbers == first).all():
        return int(first)
    return zlib.compress(np.ascontiguousarray(numbers).tobytes(), _LEVEL)
