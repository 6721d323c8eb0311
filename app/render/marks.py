"""What lies over the pictures of the panes: crosshair, edges of the block and of the cut, focus point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from app.render.lines import cut_outline, show_box, show_cross, show_cross_3d

if TYPE_CHECKING:
    from app.render.pane import Pane
    from app.render.panes import Panes
    from app.render.planes import Plane, Voxel
    from app.render.rendering import CutPlane


class Marks:
    """Which marks are seen is set on its attributes; `draw` brings those of a pane up to date."""

    def __init__(self, panes: Panes) -> None:
        self._panes = panes
        self.focus: tuple[float, float, float] | None = None
        """The voxel (z, y, x) that the block was cut for."""
        self.has_box = True
        self.has_cross = True

    def draw(self, pane: Pane, position: Voxel, has_cross: bool, cut: CutPlane | None) -> None:
        """Mark the slices through a voxel (z, y, x), with a crosshair where several panes share it, or not."""
        sizes = self._panes.voxel_size
        centre = tuple(p * size for p, size in zip(position, sizes, strict=True)) if has_cross else None
        if pane.plane is None:
            self._draw_volume(pane, centre, cut)
        else:
            pane.focus.show(self.focus, position[pane.plane.depth], sizes)
            self._draw_slice(pane, pane.plane, centre)

    def _draw_slice(self, pane: Pane, plane: Plane, centre: tuple[float, ...] | None) -> None:
        at = pane.pixel_of(centre[plane.right], centre[plane.down]) if centre else None
        show_cross(pane.cross, at, (pane.rect.width, pane.rect.height))

    def _draw_volume(self, pane: Pane, centre: tuple[float, ...] | None, cut: CutPlane | None) -> None:
        low = -0.5 * np.array(self._panes.voxel_size[::-1])
        high = low + np.array(self._panes.sizes[::-1])
        show_cross_3d(pane.cross, list(centre[::-1]) if centre else None, low, high)
        show_box(pane.box, low, high, self.has_box, _cut_corners(low, high, cut))
        pane.focus.show(self.focus, 0, self._panes.voxel_size)


def _cut_corners(low: Any, high: Any, cut: CutPlane | None) -> Any:
    if cut is None:
        return None
    normal = np.array(cut.normal[::-1])
    point = (low + high) / 2 + normal * cut.offset * float(np.linalg.norm(high - low)) / 2
    return cut_outline(low, high, normal, point)
