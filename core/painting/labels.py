"""A labels array that is edited: each change gives a patch for undo and keeps the index of objects up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import Cancelled, never
from core.painting.boxes import Box, box_of_true, inside, moved, shape_of, whole
from core.painting.boxes import low as low_of
from core.painting.label_edit import Change, Edit, Numbers, Patch, make_patch
from core.painting.label_index import LabelIndex, tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

DTYPES = ("uint8", "uint16", "int32")
"""What labels are kept in; numbers go up to 2 ** 31 - 1."""


class NumberError(ValueError):
    """A number does not fit into the array's type; the text is for the user."""


class Labels:
    """`array` is (Z, Y, X), C-contiguous, of one of DTYPES; 0 is background. Only methods here write to it."""

    def __init__(self, array: NDArray[Any], index: LabelIndex | None = None) -> None:
        if array.ndim != 3 or array.dtype.name not in DTYPES or not array.flags.c_contiguous:
            raise ValueError(f"labels are C-contiguous (Z, Y, X) of {DTYPES}, not {array.dtype} {array.shape}")
        self.array = array
        self.index = index if index is not None else LabelIndex.of(array)
        self.version = 0
        """Grows with every change."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Z, Y, X."""
        z, y, x = self.array.shape
        return z, y, x

    @property
    def largest_number(self) -> int:
        """What the array's type can hold."""
        return int(np.iinfo(self.array.dtype).max)

    def write(self, change: Change) -> Patch | None:
        """Make a change (what of it lies in the array); None if every voxel has its number already.

        Raises NumberError.
        """
        box = inside(change.box, whole(self.shape))
        if not all(shape_of(box)):
            return None
        within = moved(box, [-start for start in low_of(change.box)])
        mask, values = change.mask[within], change.values
        if isinstance(values, int):
            self._check(values, values)
        else:
            values = values[within]
        view = self.array[box]
        changes = view != values
        changes &= mask
        tight = box_of_true(changes)
        if tight is None:
            return None
        box, view, changes = moved(tight, low_of(box)), view[tight], changes[tight]
        voxels = int(np.count_nonzero(changes))
        old = _numbers_in(view, changes, voxels)
        new: int | NDArray[Any] = values
        if not isinstance(values, int):
            given = values[tight][changes]
            self._check(int(given.min()), int(given.max()))
            new = given.astype(self.array.dtype)
        patch = make_patch(box, view, changes, voxels, old, new)
        self._set(box, view, changes, voxels, old, new)
        return patch

    def redo(self, edit: Edit) -> list[Box]:
        """Make what an edit changed once more; return what is different now. Raises NumberError, nothing changed."""
        self._check_all(edit, [patch.new for patch in edit.patches])
        return [self._put(patch, patch.old, patch.new) for patch in edit.patches]

    def undo(self, edit: Edit) -> list[Box]:
        """Take an edit back; it must be the last one that was made. Raises NumberError, nothing changed."""
        self._check_all(edit, [patch.old for patch in edit.patches])
        return [self._put(patch, patch.new, patch.old) for patch in reversed(edit.patches)]

    def converted(self, dtype: str, cancelled: Callable[[], bool] = never) -> Labels:
        """Return the same labels in another type of DTYPES. Costs what the array costs.

        Raises NumberError, Cancelled.
        """
        if self.index.greatest > np.iinfo(dtype).max:
            raise NumberError(f"Number {self.index.greatest} does not fit into {np.dtype(dtype).itemsize * 8} bits.")
        made = np.empty(self.shape, dtype)
        for plane, source in zip(made, self.array, strict=True):
            if cancelled():
                raise Cancelled
            plane[...] = source
        return Labels(made, self.index.copy())

    def _check(self, least: int, greatest: int) -> None:
        if least < 0:
            raise NumberError(f"Number {least} is less than 0: labels have none of those.")
        if greatest > self.largest_number:
            bits = 8 * self.array.dtype.itemsize
            raise NumberError(f"Number {greatest} does not fit into labels of {bits} bits: convert them to more.")

    def _check_all(self, edit: Edit, numbers: list[Numbers]) -> None:
        """Look first: the type may be another than the edit was made in, and half an edit must not be made."""
        for patch, wanted in zip(edit.patches, numbers, strict=True):
            if patch.dtype != self.array.dtype.name:
                found = np.asarray(patch.numbers(wanted))
                self._check(int(found.min()), int(found.max()))

    def _put(self, patch: Patch, current: Numbers, wanted: Numbers) -> Box:
        view = self.array[patch.box]
        mask = patch.voxels(view, current)
        self._set(patch.box, view, mask, int(np.count_nonzero(mask)), patch.numbers(current), patch.numbers(wanted))
        return patch.box

    def _set(
        self,
        box: Box,
        view: NDArray[Any],
        mask: NDArray[np.bool_],
        voxels: int,
        old: int | NDArray[Any],
        new: int | NDArray[Any],
    ) -> None:
        if isinstance(new, int):
            np.copyto(view, new, where=mask)
        else:
            view[mask] = new
        lost, gained = ([(part, voxels)] if isinstance(part, int) else tally(part) for part in (old, new))
        self.index.changed(box, lost, gained)
        self.version += 1


def _numbers_in(view: NDArray[Any], mask: NDArray[np.bool_], voxels: int) -> int | NDArray[Any]:
    """Return the one number that all voxels of a mask have, or theirs in C order; the first plane must have one.

    Nearly always it is one, and to compare costs a fraction of what it costs to gather them.
    """
    row = int(mask[0].any(1).argmax())
    first = view[0, row, int(mask[0, row].argmax())]
    same = view == first
    same &= mask
    if np.count_nonzero(same) == voxels:
        return int(first)
    found: NDArray[Any] = view[mask]
    return found


def write_all(labels: Labels, name: str, changes: Iterable[Change]) -> Edit | None:
    """Make changes one after the other as one edit; None if nothing was different.

    Raises NumberError; then nothing is changed.
    """
    patches: list[Patch] = []
    try:
        for change in changes:
            patch = labels.write(change)
            if patch is not None:
                patches.append(patch)
    except BaseException:
        labels.undo(Edit(name, tuple(patches)))
        raise
    return Edit(name, tuple(patches)) if patches else None
