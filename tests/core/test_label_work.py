"""Long operations on labels stop when they are told to, say how far they are, and write nothing themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from core.errors import Cancelled
from core.painting.label_difference import differences
from core.painting.label_fill import all_of_number, contiguous
from core.painting.label_objects import deleted, holes_filled, largest_kept, merged, pieces_parted, renumbered
from core.painting.label_outline import enlarged, reduced, smoothed
from core.painting.label_slices import interpolated
from core.painting.label_split import split_by_line, split_by_seeds
from core.painting.labels import Labels

if TYPE_CHECKING:
    from collections.abc import Callable

ONE = (1.0, 1.0, 1.0)
WITH_PROGRESS: dict[str, Callable[..., Any]] = {
    "merge": lambda labels, **ask: merged(labels, [2, 4], 2, **ask),
    "delete": lambda labels, **ask: deleted(labels, [2, 4], **ask),
    "renumber": lambda labels, **ask: renumbered(labels, **ask),
    "holes": lambda labels, **ask: holes_filled(labels, [2, 4], **ask),
    "largest": lambda labels, **ask: largest_kept(labels, [2, 4], **ask),
    "pieces": lambda labels, **ask: pieces_parted(labels, [2, 4], **ask),
    "grow": lambda labels, **ask: enlarged(labels, [2, 4], 1, ONE, **ask),
    "shrink": lambda labels, **ask: reduced(labels, [2, 4], 1, ONE, **ask),
    "smooth": lambda labels, **ask: smoothed(labels, [2, 4], 1, ONE, **ask),
    "interpolate": lambda labels, **ask: interpolated(labels, 2, 0, **ask),
    "compare": lambda labels, **ask: differences(labels.array, labels.array * 0, **ask),
}
WITHOUT: dict[str, Callable[..., Any]] = {
    "fill": lambda labels, **ask: contiguous(labels, (0, 0, 0), 9, **ask),
    "fill background": lambda labels, **ask: all_of_number(labels, (0, 5, 5), 9, **ask),
    "watershed": lambda labels, **ask: split_by_seeds(labels, 2, [(0, 0, 0), (4, 2, 2)], ONE, **ask),
    "line": lambda labels, **ask: split_by_line(labels, 2, np.array([[1, -1], [1, 4]]), 0, **ask),
}


def labels() -> Labels:
    array = np.zeros((5, 8, 8), np.uint8)
    array[0, :3, :3] = array[4, :3, :3] = 2
    array[1:4, 5:, 5:] = 4
    array[0, 7, 0] = 4
    return Labels(array)


@pytest.mark.parametrize("name", [*WITH_PROGRESS, *WITHOUT])
def test_cancelled(name: str) -> None:
    with pytest.raises(Cancelled):
        {**WITH_PROGRESS, **WITHOUT}[name](labels(), cancelled=lambda: True)


@pytest.mark.parametrize("name", WITH_PROGRESS)
def test_progress_ends_with_all(name: str) -> None:
    told: list[float] = []
    one = labels()
    before, index = one.array.copy(), one.index.copy()
    WITH_PROGRESS[name](one, progress=told.append)
    assert told == sorted(told) and told[-1] == 1
    assert (one.array == before).all() and one.index.numbers() == index.numbers() and one.version == 0


def test_delete_and_undo_of_nothing() -> None:
    assert deleted(labels(), [9]) == [] and enlarged(labels(), [], 1, ONE) == [] and merged(labels(), [2], 2) == []
