"""Numbers of objects as the GPU has them: 8 or 16 bits; larger numbers get slots of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST = 65_535


class LabelSlots:
    """For uint8 and uint16 a number is its own slot. Numbers of int32 get the next free slot when they are first seen.

    That is exact for up to MOST different numbers; further ones share slots, and so colours.
    """

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.is_mapped = dtype == np.int32
        self._numbers = np.zeros(1, np.int64) if self.is_mapped else np.arange(np.iinfo(dtype).max + 1)
        self._sorted, self._slots = np.zeros(1, np.int64), np.zeros(1, np.uint16)

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The number of each slot, in the order of the slots; of several numbers of one slot, the first."""
        return self._numbers

    def of(self, array: NDArray[Any]) -> NDArray[np.uint16]:
        """Return an array of the same shape with the slot of each number, as a copy."""
        if not self.is_mapped:
            return array.astype(np.uint16)
        flat = np.ascontiguousarray(array).ravel()
        if not flat.size:
            return np.zeros(array.shape, np.uint16)
        # Objects are runs of one number: far fewer runs than voxels have to be looked up
        starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1])
        values, places = np.unique(flat[starts], return_inverse=True)
        self._add(values.astype(np.int64))
        slots = self._slots[np.searchsorted(self._sorted, values)]
        lengths = np.diff(np.append(starts, flat.size))
        return np.asarray(np.repeat(slots[places.ravel()], lengths).reshape(array.shape), np.uint16)

    def _add(self, values: NDArray[np.int64]) -> None:
        new = np.setdiff1d(values, self._sorted, assume_unique=True)
        if not len(new):
            return
        count = len(self._numbers)
        own = new[: MOST + 1 - count]
        shared = new[len(own) :]
        slots = np.concatenate([np.arange(count, count + len(own)), 1 + shared % MOST]).astype(np.uint16)
        self._numbers = np.concatenate([self._numbers, own])
        known, places = np.concatenate([self._sorted, new]), np.concatenate([self._slots, slots])
        order = np.argsort(known, kind="stable")
        self._sorted, self._slots = known[order], places[order]
