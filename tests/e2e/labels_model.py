"""What painted labels must be: plain numpy beside the real program, with every state that Ctrl+Z must bring back."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from core.painting.brush import Brush, swept
from tests.e2e.hand import difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.e2e.hand import Array, Hand, Point


class LabelsModel:
    """What the labels must be: plain numpy, of which each state is kept."""

    def __init__(self, hand: Hand, first: Array | None = None) -> None:
        self._hand = hand
        self.array: Array = np.zeros(hand.shape, np.int32) if first is None else first.astype(np.int32)
        self.states = [self.array.copy()]

    def sweep(self, brush: Brush, points: Sequence[Point], number: int, allowed: Any = None) -> None:
        """Paint a stroke of a brush."""
        for start, end in pairwise([points[0], *points]):
            found = swept(brush, start, end, self._hand.voxel_size, self.array.shape)
            if found is not None:
                box, mask = found
                self.array[box][mask if allowed is None else mask & allowed[box]] = number

    def check(self, what: str, *, is_new: bool = True) -> None:
        """Compare with what is on the disk now."""
        wrong = difference(self._hand.painted(), self.array)
        assert not wrong, f"{what}: {wrong}"
        if is_new:
            self.states.append(self.array.copy())

    def undo_all(self) -> None:
        """Undo every edit, each by Ctrl+Z: each state before comes back bit for bit; then redo them all."""
        for number in range(len(self.states) - 1, 0, -1):
            self._hand.keys("ctrl+z")
            self._hand.program.wait("label_edit", undo=True)
            wrong = difference(self._hand.painted(), self.states[number - 1])
            assert not wrong, f"undo of edit {number}: {wrong}"
        for number in range(1, len(self.states)):
            self._hand.keys("ctrl+shift+z")
            self._hand.program.wait("label_edit", undo=False)
            wrong = difference(self._hand.painted(), self.states[number])
            assert not wrong, f"redo of edit {number}: {wrong}"
