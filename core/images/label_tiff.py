"""Labels as the bytes of a TIFF: compressed, with axes and the size of a pixel, in the smallest integer type."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from core.measure.label_numbers import smallest_type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_OME_BITS = 32
"""OME has no wider integers."""
_CLASSIC = 2**32 - 2**25


def encode_labels(array: NDArray[Any], pixel_size: Sequence[float] | None = None) -> bytes:
    """Return the content of a TIFF file of labels (Y, X) or (Z, Y, X), integers or bool, zlib-compressed.

    `pixel_size` is in micrometres along these axes. Up to 32 bits it is OME-TIFF; wider integers, which OME has not,
    are stored with tifffile's own description.
    """
    import tifffile

    kind = smallest_type(int(array.min(initial=0)), int(array.max(initial=0)))
    kept = np.ascontiguousarray(array.astype(kind, copy=False))
    axes = "ZYX"[-kept.ndim :]
    is_ome = kept.dtype.itemsize * 8 <= _OME_BITS
    metadata: dict[str, Any] = {"axes": axes}
    options: dict[str, Any] = {}
    if pixel_size is not None:
        sizes = dict(zip(axes, map(float, pixel_size), strict=True))
        if is_ome:
            metadata |= {f"PhysicalSize{axis}": size for axis, size in sizes.items()}
            metadata |= {f"PhysicalSize{axis}Unit": "µm" for axis in sizes}
        else:
            metadata |= {"unit": "um"} | ({"spacing": sizes["Z"]} if "Z" in sizes else {})
        if all(1e-4 < sizes[axis] < 1e4 for axis in "YX"):  # what the tags can hold exactly enough
            per, unit = (1e4, "CENTIMETER") if is_ome else (1, "NONE")
            options = {"resolution": (per / sizes["X"], per / sizes["Y"]), "resolutionunit": unit}
    file = io.BytesIO()
    with tifffile.TiffWriter(file, bigtiff=kept.nbytes > _CLASSIC, ome=is_ome) as tiff:
        tiff.write(
            kept,
            photometric="minisblack",
            compression="zlib",
            predictor=False,
            metadata=metadata,
            software="Cytoscribe",
            **options,
        )
    return file.getvalue()
