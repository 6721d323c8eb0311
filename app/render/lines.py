"""Thin lines over the block: the crosshair in a pane, and in 3D the edges of the block and of the cut."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from vispy.scene.visuals import create_visual_node
from vispy.visuals import LineVisual

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_CROSS = (0.96, 0.85, 0.35, 0.6)
_BOX = (0.55, 0.55, 0.6, 0.8)
_CUT = (0.35, 0.75, 1.0, 0.9)
_AXES = ((1.0, 0.35, 0.35, 1.0), (0.35, 0.9, 0.35, 1.0), (0.45, 0.6, 1.0, 1.0))
"""x, y, z."""
_HOLE = 9.0
"""Logical pixels round the crosshair's point that stay free: what it points at is to be seen."""


class LinesVisual(LineVisual):  # type: ignore[misc]
    """Separate segments, one pixel wide."""

    def __init__(self, **kwargs: Any) -> None:
        self._shown: object = None
        super().__init__(np.zeros((2, 3), np.float32), connect="segments", method="gl", antialias=False, **kwargs)
        factors = ("src_alpha", "one_minus_src_alpha", "zero", "one")  # the last ones keep the frame's alpha at 1
        self.set_gl_state("translucent", depth_test=False, cull_face=False, blend_func=factors)

    def show(self, points: NDArray[np.float32] | None, colors: Any) -> None:
        """Draw segments between points (2 n, 2 or 3); None draws nothing."""
        key = None if points is None else (points.tobytes(), np.asarray(colors).tobytes())
        if key == self._shown:
            return
        self._shown = key
        self.visible = points is not None
        if points is not None:
            self.set_data(points, color=colors)

    def _compute_bounds(self, axis: int, view: Any) -> None:
        """The view is fitted to the block, whatever lines are over it."""


LinesNode = create_visual_node(LinesVisual)


def show_cross(lines: Any, at: tuple[float, float] | None, size: tuple[int, int]) -> None:
    """Draw the crosshair in a pane of that size, through a point in its pixels."""
    if at is None:
        lines.show(None, _CROSS)
        return
    x, y = at
    width, height = size
    segments = [
        [0, y], [x - _HOLE, y], [x + _HOLE, y], [width, y],
        [x, 0], [x, y - _HOLE], [x, y + _HOLE], [x, height],
    ]  # fmt: skip
    lines.show(np.clip(np.array(segments, np.float32), 0, [width, height]).astype(np.float32), _CROSS)


def show_cross_3d(lines: Any, at: Sequence[float] | None, low: NDArray[np.float64], high: NDArray[np.float64]) -> None:
    """Draw three lines through a point (x, y, z) of the block between two corners, in world units."""
    if at is None:
        lines.show(None, _CROSS)
        return
    points = []
    for axis in range(3):
        for end in (low, high):
            point = np.array(at, float)
            point[axis] = end[axis]
            points.append(point)
    lines.show(np.array(points, np.float32), _CROSS)


def show_box(
    lines: Any, low: NDArray[np.float64], high: NDArray[np.float64], has_box: bool, cut: NDArray[np.float64] | None
) -> None:
    """Draw the edges of a box between two corners (x, y, z), its axes coloured, and round a cut (n, 3)."""
    points: list[Any] = []
    colors: list[Any] = []
    if has_box:
        for axis in range(3):
            for a, b in ((0, 0), (0, 1), (1, 0), (1, 1)):
                start = np.where(np.insert([a, b], axis, 0) > 0, high, low)
                end = start.copy()
                end[axis] = high[axis]
                points += [start, end]
                colors += [_AXES[axis] if (a, b) == (0, 0) else _BOX] * 2
    if cut is not None and len(cut):
        for start, end in pairwise([*cut, cut[0]]):
            points += [start, end]
            colors += [_CUT, _CUT]
    lines.show(np.array(points, np.float32) if points else None, np.array(colors, np.float32))


def cut_outline(
    low: NDArray[np.float64], high: NDArray[np.float64], normal: NDArray[np.float64], point: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the corners (n, 3), in order, of where a plane cuts the box between two corners; all as (x, y, z)."""
    found = []
    for axis in range(3):
        for a, b in ((0, 0), (0, 1), (1, 0), (1, 1)):
            start = np.where(np.insert([a, b], axis, 0) > 0, high, low)
            step = np.zeros(3)
            step[axis] = high[axis] - low[axis]
            slope = float(normal @ step)
            if slope:
                share = float(normal @ (point - start)) / slope
                if 0.0 <= share <= 1.0:
                    found.append(start + share * step)
    if len(found) < 3:
        return np.zeros((0, 3))
    corners = np.array(found)
    middle = corners.mean(axis=0)
    first = corners[0] - middle
    second = np.cross(normal, first)
    angles = np.arctan2((corners - middle) @ second, (corners - middle) @ first * np.linalg.norm(normal))
    return corners[np.argsort(angles)]
