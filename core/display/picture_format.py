"""A picture as the bytes of a PNG or TIFF file that says how large a pixel is."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENDINGS = (".png", ".tif", ".tiff")
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LARGEST = 2**31 - 1
_PIECE = 1 << 22
_UP = 2
"""The filter of PNG that keeps the difference to the row above."""


def encode(pixels: NDArray[np.uint8], ending: str, pixel_size: float | None) -> bytes:
    """Return the content of a file with that ending, one of ENDINGS in any case.

    `pixels` is (height, width, 3) as red, green and blue, `pixel_size` in micrometres, None where it is not known.
    Raises ValueError for another ending.
    """
    ending = ending.lower()
    if ending not in ENDINGS:
        raise ValueError(ending)
    return encode_png(pixels, pixel_size) if ending == ".png" else encode_tiff(pixels, pixel_size)


def encode_png(pixels: NDArray[np.uint8], pixel_size: float | None) -> bytes:
    """Return a PNG; the size of a pixel is in its chunk pHYs, in whole pixels per metre (PNG, 11.3.5.3)."""
    height, width = pixels.shape[:2]
    chunks = [_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))]
    if pixel_size is not None and 1 <= round(1e6 / pixel_size) <= _LARGEST:
        chunks.append(_chunk(b"pHYs", struct.pack(">IIB", *[round(1e6 / pixel_size)] * 2, 1)))
    rows = np.empty((height, 1 + 3 * width), np.uint8)
    rows[:, 0] = _UP
    flat = pixels.reshape(height, 3 * width)
    rows[0, 1:] = flat[0]
    np.subtract(flat[1:], flat[:-1], out=rows[1:, 1:])  # wraps round, as the filter is defined
    packer = zlib.compressobj(6)
    data = rows.reshape(-1)
    packed = [packer.compress(data[start : start + _PIECE].tobytes()) for start in range(0, len(data), _PIECE)]
    chunks += [_chunk(b"IDAT", b"".join([*packed, packer.flush()])), _chunk(b"IEND", b"")]
    return b"".join([_PNG_SIGNATURE, *chunks])


def encode_tiff(pixels: NDArray[np.uint8], pixel_size: float | None) -> bytes:
    """Return a TIFF, zlib-compressed; the size of a pixel is in its resolution, in pixels per centimetre."""
    import tifffile

    size: dict[str, Any] = {}
    if pixel_size is not None:
        size = {"resolution": (1e4 / pixel_size, 1e4 / pixel_size), "resolutionunit": "CENTIMETER"}
    file = io.BytesIO()
    tifffile.imwrite(file, pixels, photometric="rgb", compression="zlib", metadata=None, software="Cytoscribe", **size)
    return file.getvalue()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(name)))
