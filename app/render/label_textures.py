"""The 3D texture of one overlay on the GPU: filled in pieces, and brought up to date by boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from vispy.gloo import Texture3D

from app.render.label_slots import LabelSlots

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.render.planes import Voxel

Box = tuple[slice, slice, slice]

PIECE_BYTES = 4 << 20
"""Uploaded in one frame: about 2 ms without a GPU."""


class LabelTextures:
    """Draws a live array (z, y, x) of uint8, uint16 or int32, which it never copies; 0 is the background.

    What changes in the array is told by `dirty`; nothing is uploaded before `queue_piece`, which a frame calls: as
    many changes as there may be between two frames are one upload. What lies far from the slice on screen waits.
    """

    def __init__(self, array: NDArray[Any]) -> None:
        self.array = as_overlay(array)
        self.shape: Voxel = (array.shape[0], array.shape[1], array.shape[2])
        self.slots = LabelSlots(array.dtype)
        self.bits = 8 if array.dtype == np.uint8 else 16
        self.nbytes = array.size * self.bits // 8
        self.version = 0
        """Grows when the GPU has got all that was told."""
        self.uploads = 0
        """How many frames uploaded something."""
        self.uploaded: tuple[Box, ...] = ()
        """What the last one of them did."""
        self.bounds: Box | None = None
        self.renew()

    def renew(self) -> None:
        """Make the texture anew, from the array: the context of the one before is lost, or there was none."""
        self.texture: Any = Texture3D(
            self.shape,
            format="red",
            internalformat=f"r{self.bits}",
            interpolation="nearest",
            wrapping="clamp_to_edge",
        )
        self._is_known = np.zeros(self.shape[0], bool)
        # What is changed of slices that the GPU has: a stroke must not wait for, nor enlarge, the first upload
        self._is_changed = np.zeros(self.shape[0], bool)
        self._rows = self._columns = slice(0, 0)

    def set_bounds(self, box: Box | None) -> None:
        """Tell a box outside of which all is 0, to save rays through the volume; None if that is not known."""
        if box != self.bounds:
            self.bounds = box
            self.version += 1

    def dirty(self, box: Box) -> None:
        """Tell that the array has changed in a box; parts outside of the array count for nothing."""
        z, y, x = (_clipped(part, n) for part, n in zip(box, self.shape, strict=True))
        if min(part.stop - part.start for part in (z, y, x)) <= 0:
            return
        if self._is_known[z].any():
            has_more = bool(self._is_changed.any())
            self._rows = _union(self._rows, y) if has_more else y
            self._columns = _union(self._columns, x) if has_more else x
            self._is_changed[z] |= self._is_known[z]
        if self.bounds is not None:
            parts = zip(self.bounds, (z, y, x), strict=True)
            self.bounds = tuple(_union(old, new) for old, new in parts)  # type: ignore[assignment]

    @property
    def is_stale(self) -> bool:
        """Whether the GPU does not have all that was told."""
        return not self._is_known.all() or bool(self._is_changed.any())

    def known(self, z: int) -> tuple[int, int]:
        """Return the first slice, and the one after the last, of those round z that the GPU has got; alike for none."""
        if not self._is_known[z]:
            return z, z
        before = np.flatnonzero(~self._is_known[:z])
        after = np.flatnonzero(~self._is_known[z:])
        return int(before[-1]) + 1 if len(before) else 0, z + int(after[0]) if len(after) else self.shape[0]

    def queue_piece(self, z: int = 0) -> bool:
        """Queue what one frame may upload: slice z, then what was changed, then the rest; False if nothing was left."""
        if not self.is_stale:
            return False
        left, queued = PIECE_BYTES, []
        while left > 0 and self.is_stale:
            box = self._queue(z, left)
            left -= _size(box) * self.bits // 8
            queued.append(box)
        self.uploads += 1
        self.uploaded = tuple(queued)
        return True

    def _queue(self, z: int, most_bytes: int) -> Box:
        """Queue slices that follow on each other, from z on or else nearest before it; return what that is."""
        is_change = bool(self._is_known[z] and self._is_changed.any())
        waiting = self._is_changed if is_change else ~self._is_known
        rows = self._rows if is_change else slice(0, self.shape[1])
        columns = self._columns if is_change else slice(0, self.shape[2])
        slice_bytes = (rows.stop - rows.start) * (columns.stop - columns.start) * self.bits // 8
        most = max(1, most_bytes // slice_bytes)
        places = np.flatnonzero(waiting)
        place = int(np.searchsorted(places, z))
        if place < len(places):
            first = int(places[place])
            last = first + _run(waiting[first : first + most])
        else:
            last = int(places[-1]) + 1
            first = last - _run(waiting[max(0, last - most) : last][::-1])
        part = self.array[first:last, rows, columns]
        # vispy uploads later and keeps what it is given until then: a copy, lest the array changes meanwhile
        data = self.slots.of(part) if self.slots.is_mapped else part.copy()
        self.texture.set_data(data, offset=(first, rows.start, columns.start))
        self._is_changed[first:last] = False
        self._is_known[first:last] = True
        if not self.is_stale:
            self.version += 1
        return slice(first, last), rows, columns

    def queue_all(self) -> None:
        """Queue whatever is still missing."""
        while self.queue_piece():
            pass

    def delete(self) -> None:
        """Free the GPU memory."""
        self._is_known[:], self._is_changed[:] = True, False
        self.texture.delete()


def as_overlay(array: NDArray[Any]) -> NDArray[Any]:
    """Return the array; raise ValueError if it is not (z, y, x) of uint8, uint16 or int32."""
    if array.ndim != 3 or array.dtype not in (np.uint8, np.uint16, np.int32):
        raise ValueError(f"an overlay must be (z, y, x) of uint8, uint16 or int32, not {array.ndim}D {array.dtype}")
    return array


def _run(flags: NDArray[np.bool_]) -> int:
    """Return how many are true from the first one on."""
    return len(flags) if flags.all() else int(np.argmin(flags))


def _clipped(part: slice, length: int) -> slice:
    return slice(max(0, int(part.start)), min(length, int(part.stop)))


def _size(box: Box) -> int:
    z, y, x = (int(part.stop) - int(part.start) for part in box)
    return z * y * x


def _union(one: slice, other: slice) -> slice:
    return slice(min(one.start, other.start), max(one.stop, other.stop))
