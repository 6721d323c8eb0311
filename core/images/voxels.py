"""The size of a voxel, from what TIFFs say about it in their several ways."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

VoxelSize = tuple[float, float, float]
"""z, y, x in micrometres."""

COARSEST_TAG = 40.0
"""Micrometres. Coarser pixels in the plain TIFF tags are a printing resolution such as 72 dpi."""

_MICROMETRES = {
    "pm": 1e-6, "å": 1e-4, "angstrom": 1e-4, "nm": 1e-3, "nanometer": 1e-3, "nanometre": 1e-3,
    "um": 1.0, "µm": 1.0, "μm": 1.0, "micron": 1.0, "microns": 1.0, "micrometer": 1.0, "micrometre": 1.0,
    "mm": 1e3, "millimeter": 1e3, "millimetre": 1e3, "cm": 1e4, "centimeter": 1e4, "centimetre": 1e4,
    "m": 1e6, "meter": 1e6, "metre": 1e6, "inch": 25400.0, "inches": 25400.0, "in": 25400.0,
}  # fmt: skip
_TAG_UNITS = {2: 25400.0, 3: 1e4}  # ResolutionUnit: inch, centimetre

Ratio = tuple[int, int]


def from_spacing(metadata: Mapping[str, Any], x: Ratio | None, y: Ratio | None) -> VoxelSize | None:
    """Return the voxel size that `unit` and `spacing` state, as ImageJ and tifffile write them.

    `x` and `y` are the resolution tags: pixels per unit, as a fraction.
    """
    unit = _unit(metadata.get("unit"))
    return complete(_times(_number(metadata.get("spacing")), unit), _per(y, unit), _per(x, unit))


def from_tags(x: Ratio | None, y: Ratio | None, resolution_unit: int) -> VoxelSize | None:
    """Return the voxel size that the plain resolution tags state, None if they are those of a print."""
    unit = _TAG_UNITS.get(resolution_unit)
    size = complete(None, _per(y, unit), _per(x, unit))
    return size if size is not None and max(size) <= COARSEST_TAG else None


def length(value: Any, unit: Any) -> float | None:
    """Return a length in micrometres; None where it is no positive number or the unit is none of length."""
    return _times(_number(value), _unit(unit))


def complete(z: float | None, y: float | None, x: float | None) -> VoxelSize | None:
    """Return the three sizes: one that is missing is like its neighbour in the plane."""
    x, y = x or y, y or x
    return None if x is None or y is None else (z or y, y, x)


def _number(value: Any) -> float | None:
    """Return a positive finite number, or None for anything else."""
    try:
        number = abs(float(value))  # ImageJ writes a negative spacing for stacks from top to bottom
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and number > 0 else None


def _unit(name: Any) -> float | None:
    """Return the micrometres in a unit; None if it is not one of length."""
    text = str(name).replace("\\u00B5", "µ").replace("\\u00b5", "µ").strip().lower()
    return _MICROMETRES.get(text)


def _times(number: float | None, unit: float | None) -> float | None:
    return None if number is None or unit is None else number * unit


def _per(ratio: Ratio | None, unit: float | None) -> float | None:
    """Return the size of a pixel from pixels per unit."""
    if ratio is None or unit is None or not ratio[0] or not ratio[1]:
        return None
    return _number(unit * ratio[1] / ratio[0])
