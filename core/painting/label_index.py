"""Where each number of a labels array is: how many voxels, and a box; kept up to date by the edits."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import Cancelled, never
from core.painting.boxes import Box, box_of, box_of_true, low, union

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray


class LabelIndex:
    """Costs of a question grow with the object, never with the array.

    One thread at a time tells of changes; questions may come from others meanwhile.
    """

    def __init__(self, counts: Mapping[int, int], boxes: Mapping[int, Box]) -> None:
        """`boxes` are the least ones."""
        self._counts = dict(counts)
        self._boxes = dict(boxes)
        """Perhaps larger than the object. Each change of an object gives it another tuple."""
        self._tight = {number: (box, box) for number, box in self._boxes.items()}
        """The least box, and the tuple in `_boxes` from which it was found: it counts as long as that is there."""
        self._tops = [-number for number in self._counts]
        heapq.heapify(self._tops)

    @classmethod
    def of(cls, array: NDArray[Any], cancelled: Callable[[], bool] = never) -> LabelIndex:
        """Index an array (Z, Y, X). Costs what the array costs: for a worker. Raises Cancelled."""
        planes = []
        for z, plane in enumerate(array):
            if cancelled():
                raise Cancelled
            planes.append(_rows_of(z, plane))
        rows = np.concatenate(planes) if planes else np.empty((0, 7), np.int64)
        if not len(rows):
            return cls({}, {})
        numbers, inverse = np.unique(rows[:, 0], return_inverse=True)
        order = np.argsort(inverse, kind="stable")
        rows = rows[order]
        starts = np.searchsorted(inverse[order], np.arange(len(numbers)))
        counts = np.add.reduceat(rows[:, 6], starts)
        lows = np.minimum.reduceat(rows[:, [1, 2, 4]], starts)
        highs = 1 + np.maximum.reduceat(rows[:, [1, 3, 5]], starts)
        return cls(
            dict(zip(numbers.tolist(), counts.tolist(), strict=True)),
            {n: box_of(a, b) for n, a, b in zip(numbers.tolist(), lows.tolist(), highs.tolist(), strict=True)},
        )

    def copy(self) -> LabelIndex:
        """Return one that goes its own way."""
        made = LabelIndex(self._counts, self._boxes)
        made._tight = dict(self._tight)
        return made

    def __len__(self) -> int:
        return len(self._counts)

    def __contains__(self, number: object) -> bool:
        return number in self._counts

    def numbers(self) -> list[int]:
        """Return all numbers that are there, in order."""
        return sorted(self._counts)

    def count(self, number: int) -> int:
        """Return how many voxels have it."""
        return self._counts.get(number, 0)

    def box(self, number: int) -> Box | None:
        """Return a box that holds all of it, and perhaps more; None if there is none."""
        box, known = self._boxes.get(number), self._tight.get(number)
        return known[1] if known is not None and known[0] is box else box

    def tight_box(self, number: int, array: NDArray[Any]) -> Box | None:
        """Return the least box that holds it. Costs what its box costs, the first time after an edit of it.

        May be asked in a worker while the array is edited: what is found is kept only if nothing was changed meanwhile.
        """
        box, known = self._boxes.get(number), self._tight.get(number)
        if box is None:
            return None
        if known is not None and known[0] is box:
            return known[1]
        found = box_of_true(array[box] == number)
        if found is None:  # it went away this moment
            return box
        start = low(box)
        tight = box_of(
            [a + part.start for a, part in zip(start, found, strict=True)],
            [a + part.stop for a, part in zip(start, found, strict=True)],
        )
        self._tight[number] = box, tight
        return tight

    def bounds(self) -> Box | None:
        """Return a box that holds all objects, and perhaps more; None if there are none."""
        boxes = list(self._boxes.values())
        if not boxes:
            return None
        return box_of(
            [min(box[axis].start for box in boxes) for axis in range(3)],
            [max(box[axis].stop for box in boxes) for axis in range(3)],
        )

    @property
    def greatest(self) -> int:
        """The greatest number that is there; 0 if there is none."""
        return -next(iter(self._tops), 0)

    def new_number(self) -> int:
        """Return the least number above all that are there."""
        return self.greatest + 1

    def changed(self, box: Box, old: Iterable[tuple[int, int]], new: Iterable[tuple[int, int]]) -> None:
        """In `box` so many voxels lost, and so many have now, these numbers: pairs (number, voxels)."""
        for number, voxels in old:
            if number:
                left = self._counts[number] - voxels
                if left:
                    self._counts[number] = left
                    self._boxes[number] = _another(self.box(number) or box)
                else:
                    del self._counts[number], self._boxes[number]
                    self._tight.pop(number, None)
        for number, voxels in new:
            if not number:
                continue
            before = self.box(number)
            if before is None:
                self._counts[number], self._boxes[number] = voxels, _another(box)
                heapq.heappush(self._tops, -number)
            else:
                self._counts[number] += voxels
                self._boxes[number] = union(before, box)
        while self._tops and -self._tops[0] not in self._counts:
            heapq.heappop(self._tops)


def tally(numbers: NDArray[Any]) -> list[tuple[int, int]]:
    """Return pairs of (number, how often) of an integer array that is not empty."""
    first = int(numbers.flat[0])
    if (numbers == first).all():
        return [(first, numbers.size)]
    if numbers.dtype.itemsize <= 2 or int(numbers.max()) <= 4 * numbers.size:
        counts = np.bincount(numbers.ravel())
        found = np.flatnonzero(counts)
        return list(zip(found.tolist(), counts[found].tolist(), strict=True))
    values, often = np.unique(numbers, return_counts=True)
    return list(zip(values.tolist(), often.tolist(), strict=True))


def _another(box: Box) -> Box:
    """Return an equal box that is another tuple."""
    z, y, x = box
    return z, y, x


def _rows_of(z: int, plane: NDArray[Any]) -> NDArray[np.int64]:
    """Return a row for each number in a plane: number, z, first and last y, first and last x, voxels.

    Objects are runs of one number along x, far fewer than voxels: only where a run begins is looked at.
    """
    rows, columns = plane.shape
    begins = np.ones((rows, columns), np.bool_)
    np.not_equal(plane[:, 1:], plane[:, :-1], out=begins[:, 1:])
    at = np.flatnonzero(begins)
    values = plane.reshape(-1)[at]
    lengths = np.diff(at, append=rows * columns)
    kept = values != 0
    at, values, lengths = at[kept], values[kept], lengths[kept]
    if not len(at):
        return np.empty((0, 7), np.int64)
    order = np.argsort(values, kind="stable")
    at, values, lengths = at[order], values[order], lengths[order]
    starts = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
    y, x = np.divmod(at, columns)
    made = np.empty((len(starts), 7), np.int64)
    made[:, 0], made[:, 1] = values[starts], z
    made[:, 2], made[:, 3] = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    made[:, 4], made[:, 5] = np.minimum.reduceat(x, starts), np.maximum.reduceat(x + lengths - 1, starts)
    made[:, 6] = np.add.reduceat(lengths, starts)
    return made
