"""What a check is given: a folder to write into, and the folders that the program would open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Room:
    """`folder` is temporary and nobody else's. The others are absolute, only read, and None where nothing was said."""

    folder: Path
    data_root: Path | None = None
    annotations_root: Path | None = None
