"""What a tool shows over the panes: the outline of the brush, and the line that is being drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.render.pane import Pane
    from app.render.panes import Panes
    from app.render.plain_pane import PlainPane
    from app.render.plain_panes import PlainPanes
    from app.render.planes import Plane, Sizes, Voxel

    AnyPane = Pane | PlainPane

_LIGHT = (1.0, 1.0, 1.0, 0.95)
_DARK = (0.0, 0.0, 0.0, 0.6)
_SEGMENTS = 64
_SQUARE = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])


@dataclass(frozen=True)
class BrushMark:
    """A brush at `center` (z, y, x), in voxels, which reaches `radii` (z, y, x) voxels to each side.

    `plane` is the name of the only plane in which it is seen; without one it is a ball or a box: each pane shows where
    its slice cuts it, and the volume its outline.
    """

    center: tuple[float, float, float]
    radii: tuple[float, float, float]
    is_round: bool = True
    plane: str = ""


class ToolMarks:
    """Set `brush` and `draft`; `draw` brings those of a pane up to date."""

    def __init__(self, panes: Panes | PlainPanes) -> None:
        self._panes = panes
        self.brush: BrushMark | None = None
        self.draft: tuple[NDArray[np.float64], bool, str] | None = None
        """Points (n, 3; z, y, x in voxels), whether the last is joined to the first, and the name of the plane."""

    def set_draft(self, points: Any, is_closed: bool, plane: str) -> None:
        """Draw a line through points (n, 3); fewer than two are none."""
        made = np.asarray(points, float).reshape(-1, 3)
        self.draft = (made, is_closed, plane) if len(made) > 1 else None

    def draw(self, pane: AnyPane, position: Voxel, is_seen: bool) -> None:
        """Bring the lines of a pane up to date that shows the slices through a voxel (z, y, x)."""
        lines = self._lines(pane, position) if is_seen else []
        if not lines:
            pane.tool.show(None, _LIGHT)
            return
        dark = [segments(line, is_closed, side) for side in (-1.0, 1.0) for line, is_closed in lines]
        light = [segments(line, is_closed) for line, is_closed in lines]
        counts = sum(len(part) for part in dark), sum(len(part) for part in light)
        colors = np.repeat(np.array([_DARK, _LIGHT], np.float32), counts, axis=0)
        pane.tool.show(*clipped(np.concatenate([*dark, *light]), colors, (pane.rect.width, pane.rect.height)))

    def _lines(self, pane: AnyPane, position: Voxel) -> list[tuple[NDArray[np.float64], bool]]:
        """Return lines (n, 2) in logical pixels of a pane, each with whether it is closed."""
        sizes, lines = self._panes.voxel_size, []
        if self.brush is not None:
            outline = (
                _slice_outline(self.brush, pane, pane.plane, position, sizes)
                if pane.plane
                else _volume_outline(self.brush, pane, sizes)
            )
            if outline is not None:
                lines.append((outline, True))
        if self.draft is not None and pane.plane is not None and pane.plane.name == self.draft[2]:
            points, is_closed, _ = self.draft
            lines.append((_pixels(pane, pane.plane, points, sizes), is_closed))
        return lines


def _pixels(pane: AnyPane, plane: Plane, points: NDArray[np.float64], sizes: Sizes) -> NDArray[np.float64]:
    """Return where points (n, 3) are drawn in a pane: its pixels run evenly, so two points tell of all."""
    corner, unit = np.array(pane.pixel_of(0.0, 0.0)), np.array(pane.pixel_of(1.0, 1.0))
    axes = [plane.right, plane.down]
    return np.asarray(corner + points[:, axes] * np.array(sizes)[axes] * (unit - corner))


def _slice_outline(
    mark: BrushMark, pane: AnyPane, plane: Plane, position: Voxel, sizes: Sizes
) -> NDArray[np.float64] | None:
    if mark.plane and mark.plane != plane.name:
        return None
    share = 1.0
    if not mark.plane:
        away = abs(position[plane.depth] - mark.center[plane.depth])
        if away > 0.5 and away >= mark.radii[plane.depth]:
            return None
        if mark.is_round and away > 0.5:  # less is in the brush's own slice: there it has its full size
            share = float(np.sqrt(1.0 - (away / mark.radii[plane.depth]) ** 2))
    angles = np.arange(_SEGMENTS) * (2 * np.pi / _SEGMENTS)
    shape = np.column_stack([np.cos(angles), np.sin(angles)]) if mark.is_round else _SQUARE
    points = np.tile(np.array(mark.center, float), (len(shape), 1))
    points[:, plane.right] += shape[:, 0] * mark.radii[plane.right] * share
    points[:, plane.down] += shape[:, 1] * mark.radii[plane.down] * share
    return _pixels(pane, plane, points, sizes)


def _volume_outline(mark: BrushMark, pane: AnyPane, sizes: Sizes) -> NDArray[np.float64] | None:
    """Return a circle as large as the ball, facing the eye; none without a volume, or for a brush of one plane."""
    matrix = pane.volume_matrix(sizes)
    center = np.array([*mark.center[::-1], 1.0]) @ matrix
    if mark.plane or center[3] <= 1e-6:
        return None
    # What a move by one voxel along each axis moves on the screen; the ball's outline is what reaches farthest
    size = np.array([pane.rect.width, pane.rect.height])
    moves = (matrix[:3, :2] - matrix[:3, 3:] * center[:2] / center[3]) / center[3]
    moves = moves * np.array(mark.radii[::-1])[:, None] * [1.0, -1.0] * size / 2
    middle = (center[:2] / center[3] * [1.0, -1.0] + 1.0) / 2 * size
    # The image of a ball under a linear map M is the ellipse of (M M')**0.5
    values, vectors = np.linalg.eigh(moves.T @ moves)
    angles = np.arange(_SEGMENTS) * (2 * np.pi / _SEGMENTS)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    return np.asarray(middle + circle * np.sqrt(np.maximum(values, 0.0)) @ vectors.T)


def segments(line: NDArray[np.float64], is_closed: bool, side: float = 0.0) -> NDArray[np.float64]:
    """Return a line (n, 2) as pairs of points (2 m, 2), moved to one side by so many pixels."""
    ends = np.roll(line, -1, axis=0) if is_closed else line[1:]
    starts = line if is_closed else line[:-1]
    along = ends - starts
    across = np.column_stack([-along[:, 1], along[:, 0]])
    across *= side / np.maximum(np.hypot(along[:, :1], along[:, 1:]), 1e-6)
    return np.asarray(np.stack([starts + across, ends + across], axis=1).reshape(-1, 2))


def clipped(points: NDArray[np.float64], colors: NDArray[np.float32], size: tuple[int, int]) -> tuple[Any, Any]:
    """Return what of segments (2 n, 2) lies in a pane of that width and height (Liang and Barsky, 1984), or None."""
    starts, steps = points[0::2], points[1::2] - points[0::2]
    first, last = np.zeros(len(starts)), np.ones(len(starts))
    with np.errstate(divide="ignore", invalid="ignore"):
        for axis in (0, 1):
            to_low, to_high = -starts[:, axis] / steps[:, axis], (size[axis] - starts[:, axis]) / steps[:, axis]
            is_still = steps[:, axis] == 0.0
            is_out = is_still & ((starts[:, axis] < 0.0) | (starts[:, axis] > size[axis]))
            first = np.where(is_still, first, np.maximum(first, np.minimum(to_low, to_high)))
            last = np.where(is_out, -1.0, np.where(is_still, last, np.minimum(last, np.maximum(to_low, to_high))))
    kept = first <= last
    if not kept.any():
        return None, _LIGHT
    ends = np.stack([starts + steps * first[:, None], starts + steps * last[:, None]], axis=1)
    return ends[kept].reshape(-1, 2).astype(np.float32), colors[np.repeat(kept, 2)]
