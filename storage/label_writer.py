"""An overlay as a TIFF that is kept compressed in strips, so that a save costs what was changed since the last one."""

from __future__ import annotations

import io
import math
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from storage.label_facts import description
from storage.label_file import Cancelled, never

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from storage.label_facts import LabelFacts

Box = tuple[slice, slice, slice]

_LEVEL = 2
"""Of zlib: labels are long runs; 1 gives larger files in the same time, 4 takes twice as long."""
_STRIP = 512 * 1024
"""Bytes of a strip before it is compressed: some milliseconds of work."""
_CLASSIC = 2**32 - 2**20
"""Bytes of data up to which the offsets of an ordinary TIFF reach, with room for its header and tags."""
_ROOM = 4096


class LabelWriter:
    """Keeps the compressed strips of an array (Z, Y, X) of uint8, uint16 or int32; at first all is 0.

    `update` what was changed before `to_bytes`. To be used by one thread at a time.
    """

    def __init__(self, shape: tuple[int, int, int], dtype: str) -> None:
        if dtype not in ("uint8", "uint16", "int32") or len(shape) != 3 or min(shape) < 1:
            raise ValueError(f"labels are (Z, Y, X) of uint8, uint16 or int32, not {shape} of {dtype}")
        self.shape, self.dtype = shape, dtype
        self._stored = np.dtype(dtype).newbyteorder("<")
        planes, height, width = shape
        self.rows = min(height, max(1, _STRIP // (width * self._stored.itemsize)))
        """Rows of each strip; the last of a plane may have fewer."""
        self._per_plane = math.ceil(height / self.rows)
        first, last = (
            _packed(bytes(rows * width * self._stored.itemsize))
            for rows in (self.rows, height - (self._per_plane - 1) * self.rows)
        )
        self._strips = ([first] * (self._per_plane - 1) + [last]) * planes

    def update(self, array: NDArray[Any], box: Box | None = None, cancelled: Callable[[], bool] = never) -> int:
        """Compress what lies in `box` anew (None: everything); return how many strips that were.

        Raises Cancelled after some strips: the box must be updated again.
        """
        planes, rows, _ = box if box is not None else (slice(None), slice(None), slice(None))
        numbers = range(self.shape[0])[planes]
        touched = range(self.shape[1])[rows]
        if not touched:
            return 0
        strips = range(touched[0] // self.rows, touched[-1] // self.rows + 1)
        return self._compress(array, [(z, strip) for z in numbers for strip in strips], cancelled)

    def update_planes(self, array: NDArray[Any], planes: Iterable[int], cancelled: Callable[[], bool] = never) -> int:
        """Compress whole planes anew; return how many strips that were. Raises Cancelled, as `update`."""
        strips = range(self._per_plane)
        return self._compress(array, [(z, strip) for z in sorted(set(planes)) for strip in strips], cancelled)

    def to_bytes(self, facts: LabelFacts) -> bytes:
        """Return the whole TIFF: zlib (Adobe Deflate), little endian, OME-XML; BigTIFF only beyond 4 GB.

        Raises ValueError where `facts` are of another shape or type.
        """
        import tifffile

        if (tuple(facts.shape), facts.dtype) != (self.shape, self.dtype):
            raise ValueError(f"facts of {facts.shape} {facts.dtype} for labels of {self.shape} {self.dtype}")
        text = description(facts)
        size = sum(map(len, self._strips)) + len(self._strips) * 16 + self.shape[0] * _ROOM + len(text)
        target = io.BytesIO()
        options: dict[str, Any] = {}
        if facts.voxel_size is not None and all(1e-4 < size < 1e4 for size in facts.voxel_size):
            _, y, x = facts.voxel_size
            options = {"resolution": (1e4 / x, 1e4 / y), "resolutionunit": "CENTIMETER"}
        with tifffile.TiffWriter(target, bigtiff=size > _CLASSIC, byteorder="<") as file:
            file.write(
                iter(self._strips),
                shape=self.shape,
                dtype=self._stored,
                compression="zlib",
                rowsperstrip=self.rows,
                photometric="minisblack",
                metadata=None,
                description=text,
                software=facts.application or None,
                **options,
            )
        return target.getvalue()

    def _compress(self, array: NDArray[Any], strips: list[tuple[int, int]], cancelled: Callable[[], bool]) -> int:
        if array.shape != self.shape or array.dtype != self.dtype:
            raise ValueError(f"array of {array.shape} {array.dtype} for labels of {self.shape} {self.dtype}")
        for z, strip in strips:
            if cancelled():
                raise Cancelled
            part = array[z, strip * self.rows : (strip + 1) * self.rows]
            self._strips[z * self._per_plane + strip] = _packed(
                np.ascontiguousarray(part, dtype=self._stored).reshape(-1).view(np.uint8).data
            )
        return len(strips)


def _packed(data: bytes | memoryview) -> bytes:
    return zlib.compress(data, _LEVEL)
