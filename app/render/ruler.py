"""The ruler: a line between two voxels, seen in every pane, whose ends the mouse sets and drags in slices."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from vispy.util.event import Event

from app.render.planes import nearest, slab

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from app.render.canvas import Canvas
    from app.render.pane import Pane
    from app.render.plain_canvas import PlainCanvas
    from app.render.plain_pane import PlainPane
    from app.render.planes import Voxel

    AnyPane = Pane | PlainPane

_REACH = 9.0
"""Logical pixels from an end at which it is taken hold of."""
_STILL = 3.0
"""A press that moves less is a click."""
_TICK = 7.0
"""Logical pixels that the mark of an end reaches to either side."""
_BRIGHT = (1.0, 0.93, 0.3, 1.0)
_DIM = (1.0, 0.93, 0.3, 0.4)
_DARK = (0.0, 0.0, 0.0, 0.7)
_FAINT = (0.0, 0.0, 0.0, 0.25)


class Ruler:
    """Drawn over the panes of a canvas; what the mouse wants of it is the event ``ruler_requested(start, end)``."""

    def __init__(self, canvas: Canvas | PlainCanvas) -> None:
        self._canvas = canvas
        canvas.events.add(ruler_requested=Event)
        self.is_on = False
        self.start: Voxel | None = None
        self.end: Voxel | None = None
        self._held: tuple[AnyPane, bool] | None = None
        """The pane in which an end is held, and whether it is the start."""
        self._pressed: tuple[float, float] | None = None
        self._has_moved = False

    def set(self, is_on: bool, start: Voxel | None, end: Voxel | None) -> None:
        """Be there with these ends (z, y, x)."""
        self.is_on, self.start, self.end = is_on, start, end
        if not is_on:
            self._held, self._pressed = None, None

    # The mouse

    @property
    def is_held(self) -> bool:
        """Whether an end is being dragged."""
        return self._held is not None

    def press(self, pane: AnyPane, pos: Sequence[float]) -> bool:
        """Take the press of a button at a place of the canvas; False leaves it to the camera.

        The first press sets the start, the second one the end; later an end that is near is taken hold of.
        """
        self._held, self._has_moved = None, False
        self._pressed = float(pos[0]), float(pos[1])
        if not self.is_on or pane.plane is None:
            return False
        near = self._near(pane, pos)
        voxel = self._canvas.voxel_at(pos)
        if near is not None:
            self._held = pane, near
        elif self.start is None and voxel is not None:
            self._held = pane, False
            self._ask(voxel, None)
        elif self.end is None and voxel is not None:
            self._held = pane, False
            self._ask(self.start, voxel)
        return self.is_held

    def drag(self, pos: Sequence[float]) -> None:
        """Bring the end that is held to the voxel of its pane that is nearest to a place of the canvas."""
        if self._held is None or self._canvas.textures is None:
            return
        if not self._has_moved and self._is_near_press(pos):
            return
        self._has_moved = True
        pane, is_start = self._held
        voxel = self._voxel_in(pane, pos)
        start, end = (voxel, self.end) if is_start else (self.start, voxel)
        if (start, end) != (self.start, self.end):
            self._ask(start, end)
        self._canvas.events.pointed(position=voxel, at=pos)

    def release(self, pos: Sequence[float]) -> None:
        """The button is up: a click beside a ruler that has both ends begins a new one."""
        self.drag(pos)  # moves that follow too quickly on each other are not all told
        is_click = self._held is None and self._pressed is not None and self._is_near_press(pos)
        if is_click and self.is_on and self.end is not None:
            found, voxel = self._canvas.panes.at(pos), self._canvas.voxel_at(pos)
            if found is not None and voxel is not None and self._near(found[1], pos) is None:
                self._ask(voxel, None)
        self._held, self._pressed = None, None

    def _ask(self, start: Voxel | None, end: Voxel | None) -> None:
        self._canvas.events.ruler_requested(start=start, end=end)

    def _is_near_press(self, pos: Sequence[float]) -> bool:
        x, y = self._pressed or (0.0, 0.0)
        return math.hypot(pos[0] - x, pos[1] - y) < _STILL

    def _near(self, pane: AnyPane, pos: Sequence[float]) -> bool | None:
        """Tell which end is near: True for the start, False for the end, None for none."""
        found, least = None, _REACH
        for voxel, is_start in ((self.start, True), (self.end, False)):
            place = self._pixel(pane, voxel) if voxel is not None else None
            if place is not None:
                distance = math.dist(place, (pos[0] - pane.rect.x, pos[1] - pane.rect.y))
                if distance <= least:
                    found, least = is_start, distance
        return found

    def _voxel_in(self, pane: AnyPane, pos: Sequence[float]) -> Voxel:
        canvas, plane = self._canvas, pane.plane
        assert plane is not None and canvas.textures is not None
        voxel = plane.voxel(pane.world_at(*pos[:2]), canvas.position, canvas.panes.voxel_size)
        return nearest(voxel, canvas.textures.shape)

    # The picture

    def place(self) -> tuple[float, float] | None:
        """Return where on the canvas, in logical pixels, the end is seen: in a slice if it can be; None if nowhere."""
        if not self.is_on or self.end is None:
            return None
        panes: list[AnyPane] = [pane for _, pane in self._canvas.panes.visible()]
        for pane in sorted(panes, key=lambda pane: pane.plane is None):
            found = self._pixel(pane, self.end)
            if found is not None and 0 <= found[0] < pane.rect.width and 0 <= found[1] < pane.rect.height:
                return pane.rect.x + found[0], pane.rect.y + found[1]
        return None

    def draw(self, pane: AnyPane) -> None:
        """Bring the lines of a pane up to date: bright in the slice that it shows, dim before and behind it."""
        ends = [self._pixel(pane, voxel) for voxel in (self.start, self.end) if voxel is not None]
        if not self.is_on or not ends or None in ends:
            pane.ruler.show(None, _BRIGHT)
            return
        points, colors = _lines(np.array(ends, float), *self._bright_part(pane))
        pane.ruler.show(*_clipped(points, colors, (pane.rect.width, pane.rect.height)))

    def _bright_part(self, pane: AnyPane) -> tuple[float, float]:
        """Return from where to where on the line, 0 its start and 1 its end, it lies in the slice of the pane."""
        canvas, plane = self._canvas, pane.plane
        assert self.start is not None and canvas.textures is not None
        if plane is None:
            return 0.0, 1.0
        axis = plane.depth
        first, count = slab(canvas.position[axis], canvas.thickness, canvas.textures.shape[axis])
        low, high = first - 0.5, first + count - 0.5
        a, b = self.start[axis], (self.end or self.start)[axis]
        if a == b:
            return (0.0, 1.0) if low <= a <= high else (1.0, 0.0)
        shares = sorted(((low - a) / (b - a), (high - a) / (b - a)))
        return max(0.0, shares[0]), min(1.0, shares[1])

    def _pixel(self, pane: AnyPane, voxel: Voxel) -> tuple[float, float] | None:
        """Return where a voxel is drawn in a pane, in its logical pixels; None behind the eye."""
        sizes = self._canvas.panes.voxel_size
        if pane.plane is not None:
            right, down = pane.plane.right, pane.plane.down
            return pane.pixel_of(voxel[right] * sizes[right], voxel[down] * sizes[down])
        x, y, _, w = np.array([*voxel[::-1], 1.0]) @ pane.volume_matrix(sizes)
        if w <= 1e-6:
            return None
        return float(x / w + 1) / 2 * pane.rect.width, float(1 - y / w) / 2 * pane.rect.height


def _lines(ends: NDArray[np.float64], low: float, high: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return segments (2 n, 2) and their colours (2 n, 4) from one end (1, 2) or two (2, 2).

    Bright from the share `low` to the share `high` of the line. Each has a dark line on both sides.
    """
    start, end = ends[0], ends[-1]
    along = end - start
    length = float(np.hypot(*along))
    along = along / length if length > 1e-6 else np.array([1.0, 0.0])
    across = np.array([-along[1], along[0]])
    pieces = []
    if len(ends) == 2:
        cuts = sorted({0.0, 1.0, *(share for share in (low, high) if low < high and 0.0 < share < 1.0)})
        for a, b in pairwise(cuts):
            pieces.append((start + (end - start) * a, start + (end - start) * b, low <= (a + b) / 2 <= high))
    else:
        pieces.append((start - along * _TICK, start + along * _TICK, low <= high))
    for place, share in ((start, 0.0), (end, 1.0)):
        pieces.append((place - across * _TICK, place + across * _TICK, low <= share <= high))
    points, colors = [], []
    for has_light in (False, True):  # all dark lines first: none may lie over a bright one
        for a, b, is_bright in pieces:
            side = b - a
            side = np.array([-side[1], side[0]]) / max(1e-6, float(np.hypot(*side)))
            for shift in (0.0,) if has_light else (-1.0, 1.0):
                points += [a + shift * side, b + shift * side]
                color = (_BRIGHT if is_bright else _DIM) if has_light else (_DARK if is_bright else _FAINT)
                colors += [color, color]
    return np.array(points), np.array(colors)


def _clipped(points: NDArray[np.float64], colors: NDArray[np.float64], size: tuple[int, int]) -> tuple[Any, Any]:
    """Return what of the segments lies in a pane of that width and height (Liang and Barsky, 1984), or None."""
    kept: list[Any] = []
    kept_colors: list[Any] = []
    for number in range(0, len(points), 2):
        start, step = points[number], points[number + 1] - points[number]
        first, last = 0.0, 1.0
        for axis in (0, 1):
            for sign, edge in ((-1.0, 0.0), (1.0, float(size[axis]))):
                speed, room = sign * step[axis], sign * (edge - start[axis])
                if speed > 0:
                    last = min(last, room / speed)
                elif speed < 0:
                    first = max(first, room / speed)
                elif room < 0:
                    last = -1.0
        if first <= last:
            kept += [start + first * step, start + last * step]
            kept_colors += [colors[number], colors[number + 1]]
    if not kept:
        return None, _BRIGHT
    return np.array(kept, np.float32), np.array(kept_colors, np.float32)
