"""Where the panes of the canvas are."""

from __future__ import annotations

import math
from dataclasses import dataclass

LAYOUTS = ("2d", "3d", "ortho", "channels")
_GAP = 2


@dataclass(frozen=True)
class Rect:
    """Left, top, width and height in logical pixels."""

    x: int
    y: int
    width: int
    height: int

    def contains(self, x: float, y: float) -> bool:
        """Whether a point is in it."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


def arrange(layout: str, size: tuple[int, int], channels: tuple[int, ...], alone: str = "") -> dict[str, Rect]:
    """Return the panes that are seen, by name, in a canvas of that width and height.

    `layout` is one of LAYOUTS. Panes are named after planes (`xy`, `xz`, `yz`), `3d`, or after a channel: `channel 0`.
    `alone` is the pane of the orthogonal views that fills the canvas; empty for all four.
    """
    width, height = size
    whole = Rect(0, 0, width, height)
    if layout == "channels" and channels:
        return _grid([f"channel {channel}" for channel in channels], width, height)
    if layout == "ortho":
        return {alone: whole} if alone else _grid(["xy", "yz", "xz", "3d"], width, height)
    return {"3d" if layout == "3d" else "xy": whole}


def _grid(names: list[str], width: int, height: int) -> dict[str, Rect]:
    """Return equal panes, row by row, as square as can be."""
    best = max(range(1, len(names) + 1), key=lambda columns: _side(len(names), columns, width, height))
    rows = math.ceil(len(names) / best)
    rects = {}
    for place, name in enumerate(names):
        row, column = divmod(place, best)
        left, right = _edge(column, best, width), _edge(column + 1, best, width)
        top, bottom = _edge(row, rows, height), _edge(row + 1, rows, height)
        rects[name] = Rect(left, top, max(1, right - left - _GAP), max(1, bottom - top - _GAP))
    return rects


def _edge(place: int, count: int, length: int) -> int:
    return round(place * (length + _GAP) / count)


def _side(count: int, columns: int, width: int, height: int) -> float:
    return min(width / columns, height / math.ceil(count / columns))
