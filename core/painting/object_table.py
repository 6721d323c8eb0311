"""What a table of objects shows of each number, from the index alone."""

from __future__ import annotations

import bisect
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.painting.boxes import Box, low

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.painting.label_index import LabelIndex
    from core.painting.labels import Labels


@dataclass(frozen=True)
class ObjectRow:
    """`volume` in cubic micrometres, None where the voxel size is not known; `centre` that of the box, in voxels."""

    number: int
    voxels: int
    volume: float | None
    centre: tuple[float, float, float]


def object_rows(index: LabelIndex, voxel_size: Sequence[float] | None) -> list[ObjectRow]:
    """Return a row for each object in order of number. `voxel_size` is z, y, x in micrometres, if known."""
    return [row for row in (object_row(index, number, voxel_size) for number in index.numbers()) if row is not None]


def object_row(index: LabelIndex, number: int, voxel_size: Sequence[float] | None) -> ObjectRow | None:
    """Return the row of one object; None if there is no such."""
    box, voxels = index.box(number), index.count(number)
    if box is None:
        return None
    return ObjectRow(number, voxels, None if voxel_size is None else voxels * math.prod(voxel_size), box_centre(box))


def box_centre(box: Box) -> tuple[float, float, float]:
    """Return the middle of a box in voxels (z, y, x), centres at integers."""
    z, y, x = ((part.start + part.stop - 1) / 2 for part in box)
    return z, y, x


def centroid(labels: Labels, number: int) -> tuple[float, float, float] | None:
    """Return the mean place of an object's voxels (z, y, x); None if there is no such. Costs what its box costs."""
    box = labels.index.tight_box(number, labels.array)
    if box is None:
        return None
    mask = labels.array[box] == number
    counts = (mask.sum((1, 2)), mask.sum((0, 2)), mask.sum((0, 1)))
    z, y, x = (
        start + float(count @ np.arange(len(count))) / float(count.sum())
        for start, count in zip(low(box), counts, strict=True)
    )
    return z, y, x


def neighbour_number(index: LabelIndex, number: int, step: int) -> int | None:
    """Return the next number that is there (`step` 1) or the previous one (-1), round the ends; None if there is none.

    `number` itself need not be there.
    """
    numbers = index.numbers()
    if not numbers:
        return None
    if step > 0:
        return numbers[bisect.bisect_right(numbers, number) % len(numbers)]
    return numbers[bisect.bisect_left(numbers, number) - 1]
