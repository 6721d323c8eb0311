"""How far a block that is too large is reduced for display: a level of its pyramid, then means and left-out slices."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.images.axes import size_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.images.reading_choice import ReadingChoice
    from core.images.voxels import VoxelSize

Shape = tuple[int, int, int]
"""z, y, x in voxels."""

_PARTS: dict[float, str] = {
    2: "half",
    3: "a third",
    4: "a quarter",
    5: "a fifth",
    6: "a sixth",
    8: "an eighth",
    10: "a tenth",
}


@dataclass(frozen=True)
class Reduction:
    """`level` of the pyramid (0 is the full resolution), of which `steps` (z, y, x) voxels become one.

    `factors` are voxels of the full resolution for one of the result, in z, y and x: whole numbers but for odd
    pyramids. `reason` is a sentence for the user; empty where nothing is reduced.
    """

    level: int = 0
    steps: Shape = (1, 1, 1)
    factors: tuple[float, float, float] = (1, 1, 1)
    reason: str = ""


def choose_reduction(
    levels: Sequence[Shape],
    bytes_per_voxel: int,
    choice: ReadingChoice,
    voxel_size: VoxelSize | None,
    texture_bytes_per_voxel: int = 1,
) -> Reduction:
    """Return the least reduction with which a block fits into the limits of `choice`.

    `levels` are the sizes that the files hold, the largest first. Where none fits, the smallest is reduced further:
    sides that are too long first, then whichever axis has the finer voxels, so that they end up like cubes.
    """
    most = min(choice.budget // bytes_per_voxel, choice.largest_texture // texture_bytes_per_voxel)

    def fits(shape: Shape) -> bool:
        return max(shape) <= choice.longest_side and math.prod(shape) <= most

    full = levels[0]
    if fits(full):
        return Reduction()
    level = next((number for number, shape in enumerate(levels) if fits(shape)), len(levels) - 1)
    of_level = [_ratio(whole, part) for whole, part in zip(full, levels[level], strict=True)]
    steps = _steps(levels[level], of_level, fits, choice.longest_side, voxel_size or (1.0, 1.0, 1.0))
    factors = (of_level[0] * steps[0], of_level[1] * steps[1], of_level[2] * steps[2])
    return Reduction(level, steps, factors, _reason(levels, level, factors, choice, bytes_per_voxel))


def reduced_shape(shape: Shape, steps: Shape) -> Shape:
    """Return the size after so many voxels became one."""
    z, y, x = (-(-length // step) for length, step in zip(shape, steps, strict=True))
    return z, y, x


def _steps(
    shape: Shape, of_level: Sequence[float], fits: Callable[[Shape], bool], longest: int, voxel_size: VoxelSize
) -> Shape:
    in_plane = max(1, -(-max(shape[1:]) // longest))
    in_z = max(1, -(-shape[0] // longest))
    while not fits(reduced_shape(shape, (in_z, in_plane, in_plane))):
        size_z = voxel_size[0] * of_level[0] * in_z
        size_plane = max(voxel_size[1] * of_level[1], voxel_size[2] * of_level[2]) * in_plane
        if in_z < shape[0] and (size_z < size_plane or in_plane >= max(shape[1:])):
            in_z += 1
        elif in_plane < max(shape[1:]):
            in_plane += 1
        else:  # one voxel is left
            break
    # A side that is short already (a strip of few pixels) keeps at least one voxel either way
    return in_z, in_plane, in_plane


def _ratio(whole: int, part: int) -> float:
    """Return full voxels for one of a level: a pyramid that halves drops or repeats the odd row at the end."""
    nearest = round(whole / part)
    return nearest if abs(part * nearest - whole) < nearest else whole / part


def _reason(
    levels: Sequence[Shape],
    level: int,
    factors: tuple[float, float, float],
    choice: ReadingChoice,
    bytes_per_voxel: int,
) -> str:
    full = levels[0]
    parts = []
    in_plane = max(factors[1:])
    if in_plane > 1:
        parts.append(f"at {_PARTS.get(round(in_plane, 9), f'1/{in_plane:g}')} of its resolution in x and y")
    if factors[0] > 1:
        parts.append(f"with one slice out of {factors[0]:g}")
    if max(full) > choice.longest_side:
        why = f"this computer's graphics can hold ({choice.longest_side} a side)"
    elif math.prod(full) * bytes_per_voxel <= choice.budget or choice.largest_texture < choice.budget:
        why = f"graphics can hold in one piece ({choice.largest_texture / 1e9:.2g} GB)"
    else:
        why = f"the memory for one block here can hold ({choice.budget / 1e9:.2g} GB)"
    size = size_text(full if full[0] > 1 else full[1:])
    how = f" It is level {level + 1} of the {len(levels)} in the file." if level else ""
    return f"Shown {' and '.join(parts)}: {size} is more than {why}.{how}"
