"""Labels as they were before a stroke, where the stroke has changed them."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from core.painting.boxes import inside, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.painting.boxes import Box

_SIDE = 32
"""Voxels of a brick: a step of a brush copies few of them, and a ray crosses few."""


class LabelsBefore:
    """Copies the bricks of an array (Z, Y, X) that a stroke is about to touch; costs what the stroke costs."""

    def __init__(self, array: NDArray[Any]) -> None:
        self._array = array
        self._bricks: dict[tuple[int, int, int], NDArray[Any]] = {}

    def keep(self, box: Box) -> None:
        """Remember the numbers in a box; those that were kept before stay as they were then."""
        parts = [
            range(part.start // _SIDE, (part.stop - 1) // _SIDE + 1) for part in inside(box, whole(self._array.shape))
        ]
        for z, y, x in product(*parts):
            if (z, y, x) not in self._bricks:
                place = tuple(slice(at * _SIDE, (at + 1) * _SIDE) for at in (z, y, x))
                self._bricks[z, y, x] = self._array[place].copy()

    def numbers_at(self, voxels: NDArray[np.int64]) -> NDArray[Any]:
        """Return the numbers (n,) that voxels (n, 3; z, y, x, all inside) had before."""
        numbers: NDArray[Any] = self._array[voxels[:, 0], voxels[:, 1], voxels[:, 2]]
        bricks = voxels // _SIDE
        for z, y, x in {tuple(place) for place in bricks.tolist()} & self._bricks.keys():
            those = (bricks == (z, y, x)).all(1)
            within = voxels[those] - np.multiply((z, y, x), _SIDE)
            numbers[those] = self._bricks[z, y, x][within[:, 0], within[:, 1], within[:, 2]]
        return numbers
