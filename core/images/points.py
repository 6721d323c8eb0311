"""Focus points: the cell that each block was cut for, from `local_points.npy`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import os_reason
from core.images.natural_order import natural_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.images.blocks import Block

Point = tuple[float, float, float]

FILE_NAME = "local_points.npy"


def focus_points(blocks: Sequence[Block], folder: str) -> tuple[dict[str, Point], str | None]:
    """Return the focus points (z, y, x in voxels) by block id, and a sentence if there is a problem.

    Reads `local_points.npy`, an (N, 3) array with a row for each block. `folder` is most often the folder of
    the blocks: only the blocks that lie in it have a row. The older program also kept the file at the data
    root; if none of the blocks lies in `folder`, all of them count.

    A block that is missing must not shift the others, so rows are found by number where possible: from 0 if
    there is a block 0, from 1 if the last number is N. Otherwise, with exactly N blocks, by their natural
    order. In any other case no point is better than the wrong cell.
    """
    path = Path(folder) / FILE_NAME
    try:
        points = _load(path)
    except FileNotFoundError:
        return {}, None
    except OSError as error:
        return {}, f"{path} {os_reason(error)}. No focus points are shown."
    except (ValueError, EOFError, MemoryError, OverflowError):
        return {}, f"{path} is not a table of z, y, x positions. No focus points are shown."

    siblings = [block for block in blocks if block.folder == folder] or list(blocks)
    if not siblings:
        return {}, None
    rows = _rows(siblings, len(points))
    if rows is None:
        return {}, (
            f"{path} has {len(points)} points for {len(siblings)} blocks, and it is not clear which point "
            "belongs to which block. No focus points are shown."
        )
    found = {}
    for block, row in zip(siblings, rows, strict=True):
        if 0 <= row < len(points) and np.isfinite(points[row]).all():
            z, y, x = points[row].tolist()
            found[block.id] = (z, y, x)
    return found, None


def _load(path: Path) -> NDArray[np.float64]:
    """Return the table as (N, 3) float64; ValueError if the file is not one."""
    with path.open("rb") as file:
        table: NDArray[Any] = np.lib.format.read_array(file, allow_pickle=False)
    if table.ndim != 2 or table.shape[1] != 3 or table.dtype.kind not in "iuf":
        raise ValueError(f"{table.dtype} of shape {table.shape}")
    return table.astype(np.float64)


def _rows(blocks: list[Block], count: int) -> list[int] | None:
    """Return the row of each block in a table of `count` rows; None if it is ambiguous."""
    numbers = [number for block in blocks if (number := block.number) is not None]
    if len(numbers) == len(blocks) == len(set(numbers)):
        if 0 in numbers:
            return numbers
        if max(numbers) == count:
            return [number - 1 for number in numbers]
    if len(blocks) == count:
        ordered = sorted(range(count), key=lambda place: natural_key(blocks[place].id))
        ranks = [0] * count
        for rank, place in enumerate(ordered):
            ranks[place] = rank
        return ranks
    return None


def focus_points_of(blocks: Sequence[Block]) -> tuple[dict[str, tuple[float, float, float]], list[str]]:
    """Read the points of every folder that holds block folders; return them all, and a sentence for each problem."""
    by_folder: dict[str, list[Block]] = {}
    for block in blocks:
        if block.is_folder:
            by_folder.setdefault(block.folder, []).append(block)
    found: dict[str, tuple[float, float, float]] = {}
    problems = []
    for folder, siblings in by_folder.items():
        points, problem = focus_points(siblings, folder)
        found |= points
        if problem is not None:
            problems.append(problem)
    return found, problems
