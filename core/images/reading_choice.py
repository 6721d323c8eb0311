"""How the files of a data set are to be read: what the user corrected, and what this computer can hold."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.images.voxels import VoxelSize


@dataclass(frozen=True)
class ReadingChoice:
    """Without arguments: what the files say, whole, at their first time point.

    `axes` are letters out of T, C, Z, Y, X that replace those of files with that number of dimensions (those of
    length 1 left out). `voxel_size` (z, y, x in micrometres, of the full resolution) replaces that of the files.
    `time` counts from 0; past the end, the last one is read. The voxels of a block take at most `budget` bytes,
    as they are stored, its sides have at most `longest_side` voxels, and a texture in which up to four of its channels
    are drawn together has at most `largest_texture` bytes: else it is reduced.
    """

    axes: str = ""
    voxel_size: VoxelSize | None = None
    time: int = 0
    budget: int = sys.maxsize
    longest_side: int = sys.maxsize
    largest_texture: int = sys.maxsize
