"""What is done to whole objects: merge, delete, renumber, fill holes, keep the largest piece, take pieces apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.errors import Cancelled, never
from core.painting.boxes import Box, low, moved
from core.painting.label_edit import Change
from core.painting.labels import NumberError
from core.painting.runs import runs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from core.painting.labels import Labels

    Progress = Callable[[float], None] | None
    """Is told the part that is done, 0 to 1."""

# A change for each object and never one for all: its box then stays that of the object, in the index and in the patch


def merged(
    labels: Labels,
    numbers: Iterable[int],
    target: int,
    cancelled: Callable[[], bool] = never,
    progress: Progress = None,
) -> list[Change]:
    """Give all these objects the number `target`. Raises Cancelled."""
    others = sorted(set(numbers) - {target})
    return [Change(box, mask, target) for _, box, mask in each_object(labels, others, cancelled, progress)]


def deleted(
    labels: Labels, numbers: Iterable[int], cancelled: Callable[[], bool] = never, progress: Progress = None
) -> list[Change]:
    """Make all these objects background. Raises Cancelled."""
    return merged(labels, numbers, 0, cancelled, progress)


def relabelled(labels: Labels, number: int, new: int) -> list[Change]:
    """Give an object a number that is free. Raises NumberError."""
    if new == number:
        return []
    if new < 1:
        raise NumberError("An object's number is 1 or more.")
    if new in labels.index:
        raise NumberError(f"Number {new} is taken: merge the two, or choose another.")
    return merged(labels, [number], new)


def new_numbers(labels: Labels) -> dict[int, int]:
    """Return what `renumbered` makes of which number, without those that stay."""
    return {number: place for place, number in enumerate(labels.index.numbers(), 1) if place != number}


def renumbered(labels: Labels, cancelled: Callable[[], bool] = never, progress: Progress = None) -> list[Change]:
    """Give the objects the numbers 1 to n, in the order that they have. Raises Cancelled."""
    new = new_numbers(labels)
    return [Change(box, mask, new[number]) for number, box, mask in each_object(labels, new, cancelled, progress)]


def holes_filled(
    labels: Labels,
    numbers: Sequence[int],
    axis: int | None = None,
    cancelled: Callable[[], bool] = never,
    progress: Progress = None,
) -> list[Change]:
    """Fill the background that an object encloses: in each slice across `axis`, or in 3D if None.

    A hole is what cannot be left through faces without crossing the object; other objects in it stay as they are. What
    reaches the array's edge is no hole; one within two of the objects goes to the inner one. Raises Cancelled.
    """
    changes = []
    for number, box, mask in each_object(labels, numbers, cancelled, progress):
        outside = runs_of(np.moveaxis(~mask, axis or 0, 0))
        count, piece = outside.pieces(flat=axis is not None)
        z, y = np.divmod(outside.row, outside.shape[1])
        at_edge = (outside.start == 0) | (outside.stop == outside.shape[2]) | (y == 0) | (y == outside.shape[1] - 1)
        if axis is None:
            at_edge |= (z == 0) | (z == outside.shape[0] - 1)
        is_open = np.zeros(count, np.bool_)
        is_open[piece[at_edge]] = True
        holes = np.moveaxis(outside.of(~is_open[piece]).mask(), 0, axis or 0) & (labels.array[box] == 0)
        if holes.any():
            changes.append(Change(box, holes, number))
    # The outer object encloses all that the inner one does: written first, it leaves that to the inner one
    return sorted(changes, key=lambda change: -np.count_nonzero(change.mask))


def largest_kept(
    labels: Labels, numbers: Sequence[int], cancelled: Callable[[], bool] = never, progress: Progress = None
) -> list[Change]:
    """Make all pieces of each object but its largest background; of equal ones the first is kept. Raises Cancelled."""
    changes = []
    for _, box, mask in each_object(labels, numbers, cancelled, progress):
        runs = runs_of(mask)
        count, piece = runs.pieces()
        if count > 1:
            sizes = np.bincount(piece, runs.stop - runs.start, count)
            changes.append(Change(box, runs.of(piece != sizes.argmax()).mask(), 0))
    return changes


def pieces_parted(
    labels: Labels, numbers: Sequence[int], cancelled: Callable[[], bool] = never, progress: Progress = None
) -> list[Change]:
    """Give each piece of an object a new number, in order of first voxel; the largest keeps the old. Raises Cancelled.

    Pieces hang together through faces.
    """
    changes: list[Change] = []
    new = labels.index.new_number()
    for _, box, mask in each_object(labels, numbers, cancelled, progress):
        runs = runs_of(mask)
        count, piece = runs.pieces()
        if count < 2:
            continue
        largest = int(np.bincount(piece, runs.stop - runs.start, count).argmax())
        order = np.argsort(piece, kind="stable")
        for rank, part in enumerate(np.split(order, np.flatnonzero(np.diff(piece[order])) + 1)):
            if rank != largest:
                one = runs.of(part)
                tight = one.box()
                changes.append(Change(moved(tight, low(box)), one.mask(tight), new))
                new += 1
    return changes


def each_object(
    labels: Labels, numbers: Iterable[int], cancelled: Callable[[], bool] = never, progress: Progress = None
) -> Iterator[tuple[int, Box, NDArray[np.bool_]]]:
    """Yield number, least box and mask of each of these objects that is there. Raises Cancelled."""
    wanted = list(numbers)
    for done, number in enumerate(wanted):
        if cancelled():
            raise Cancelled
        box = labels.index.tight_box(number, labels.array)
        if box is not None:
            yield number, box, labels.array[box] == number
        if progress is not None:
            progress((done + 1) / len(wanted))
