"""Edits of a labels array as what they changed: box, mask, old and new numbers, compressed."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from core.boxes import Box, shape_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEVEL = 1
"""Of zlib: masks of objects are long runs, which the quickest level finds too."""

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

    `mask` is the packed bits (C order), compressed; `dtype` that of the array, and of numbers in bytes.
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

    def voxels(self) -> NDArray[np.bool_]:
        """Return the mask, of the box's shape."""
        shape = shape_of(self.box)
        bits = np.frombuffer(zlib.decompress(self.mask), np.uint8)
        return np.unpackbits(bits, count=int(np.prod(shape))).view(np.bool_).reshape(shape)

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
    nbytes: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "nbytes", 200 + sum(patch.nbytes for patch in self.patches))


def make_patch(box: Box, mask: NDArray[np.bool_], old: NDArray[Any], new: int | NDArray[Any]) -> Patch:
    """Return the patch for the voxels of `mask`; `old`, and `new` if it is an array, hold their numbers in C order."""
    packed = zlib.compress(np.packbits(mask).tobytes(), _LEVEL)
    return Patch(box, packed, pack(old), new if isinstance(new, int) else pack(new), old.dtype.name)


def pack(numbers: NDArray[Any]) -> Numbers:
    """Return numbers as one, where all are the same, or compressed."""
    first = numbers.flat[0]
    if (numbers == first).all():
        return int(first)
    return zlib.compress(np.ascontiguousarray(numbers).tobytes(), _LEVEL)
