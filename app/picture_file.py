"""Pictures on disk: what they are called, and writing one whole or not at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.display.picture_format import encode
from storage.atomic import replace_file
from storage.session_name import host_name

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

_LONGEST_NAME = 120


def picture_name(block_id: str, view: str, z: int, time: int | None) -> str:
    """Return a name without an ending for a picture of a block: `block_0001_z012_t03`, or `..._3d` for a volume.

    `view` is the layout, `z` and `time` count from 0; `time` is None where there is one only.
    """
    block = re.sub(r"[^\w.+-]+", "_", block_id).strip("._")[-_LONGEST_NAME:] or "picture"
    parts = [block, "3d" if view == "3d" else f"z{z + 1:03d}"]
    if view in ("ortho", "channels"):
        parts.append(view)
    if time is not None:
        parts.append(f"t{time + 1:02d}")
    return "_".join(parts)


def write_picture(path: Path, pixels: NDArray[np.uint8], pixel_size: float | None, may_replace: bool) -> Path:
    """Write a picture and return where: beside `path`, with a number, if that is taken and may not be replaced.

    `pixels` and `pixel_size` are those of `core.display.picture_format.encode`. Raises ValueError for a name
    that ends neither as a PNG nor as a TIFF, and OSError; an older file then stays.
    """
    data = encode(pixels, path.suffix, pixel_size)
    free, number = path, 2
    while not may_replace and free.exists():
        free, number = path.with_name(f"{path.stem}-{number}{path.suffix}"), number + 1
    free.parent.mkdir(exist_ok=True)  # the folder for pictures that a system names need not be there yet
    replace_file(free, data, host_name())
    return free
