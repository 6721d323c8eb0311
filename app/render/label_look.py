"""How one overlay is drawn, and the table of colours that comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

HIDDEN, PLAIN, STRONG = 0, 128, 255
"""What stands in the fourth column of a table: not drawn, drawn with the look's opacity, drawn stronger."""

STRONGER = 0.35
"""Added to the opacity of what is selected or highlighted."""


@dataclass(frozen=True)
class LabelLook:
    """`palette` are the colours of numbers modulo its length, three bytes each; `colors` are exceptions to it.

    `contour` is 0 for filled objects, else the thickness of their outline in voxels. `selected` numbers are drawn
    stronger, or alone if `shows_only_selected`; `highlighted` ones stronger and whiter; `hidden` ones not at all.
    """

    palette: bytes
    visible: bool = True
    opacity: float = 0.5
    contour: int = 0
    selected: frozenset[int] = frozenset()
    shows_only_selected: bool = False
    hidden: frozenset[int] = frozenset()
    colors: tuple[tuple[int, tuple[int, int, int]], ...] = ()
    highlighted: frozenset[int] = frozenset()

    def table_key(self) -> tuple[Any, ...]:
        """Return all that the table of colours depends on: the rest is not uploaded when it changes."""
        return self.palette, self.selected, self.shows_only_selected, self.hidden, self.colors, self.highlighted


def color_table(look: LabelLook, numbers: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return (n, 4) of red, green, blue and one of HIDDEN, PLAIN and STRONG for numbers (n,); 0 is always hidden."""
    table = np.empty((len(numbers), 4), np.uint8)
    palette = np.frombuffer(look.palette, np.uint8).reshape(-1, 3)
    table[:, :3] = palette[numbers % len(palette)]
    table[:, 3] = HIDDEN if look.shows_only_selected else PLAIN
    order = np.argsort(numbers, kind="stable") if np.any(numbers[1:] < numbers[:-1]) else None

    def places(of: Iterable[int]) -> NDArray[np.intp]:
        wanted = np.fromiter(of, np.int64)
        found = np.searchsorted(numbers, wanted, sorter=order)
        found = found[found < len(numbers)] if order is None else order[found[found < len(numbers)]]
        return found[np.isin(numbers[found], wanted)]

    for number, color in look.colors:
        table[places([number]), :3] = color
    table[places(look.selected), 3] = STRONG
    bright = places(look.highlighted)
    table[bright, :3] = (table[bright, :3].astype(np.uint16) + 255) // 2
    table[bright, 3] = STRONG
    table[places(look.hidden), 3] = HIDDEN
    table[numbers == 0] = 0
    return table
