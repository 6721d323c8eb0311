"""A cross on the voxel that the block was cut for: bright on its slice, faint on the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from vispy.scene.visuals import create_visual_node
from vispy.visuals import MarkersVisual

if TYPE_CHECKING:
    from app.render.planes import Plane, Sizes

_COLOR = (1.0, 0.9, 0.1)
_SIZE = 14.0


class FocusMarkVisual(MarkersVisual):  # type: ignore[misc]
    """One marker of constant size on the screen, in world units of a plane, or of the volume without one."""

    def __init__(self, plane: Plane | None, **kwargs: Any) -> None:
        self._plane = plane
        self._shown: object = None
        super().__init__(**kwargs)
        # The last factors keep the frame's alpha at 1
        factors = ("src_alpha", "one_minus_src_alpha", "zero", "one")
        self.set_gl_state("translucent", depth_test=False, cull_face=False, blend_func=factors)

    def show(self, point: tuple[float, float, float] | None, position: int, voxel_size: Sizes) -> None:
        """Mark the voxel (z, y, x), or nothing; `position` is the slice on screen."""
        plane = self._plane
        is_near = point is not None and (plane is None or abs(point[plane.depth] - position) <= 1.0)
        wanted = (point, is_near, voxel_size)
        if wanted == self._shown:
            return
        self._shown = wanted
        self.visible = point is not None
        if point is None:
            return
        world = [p * size for p, size in zip(point, voxel_size, strict=True)]
        place = world[::-1] if plane is None else [world[plane.right], world[plane.down], 0.0]
        self.set_data(
            np.array([place], np.float32),
            size=_SIZE,
            symbol="x",
            face_color=(*_COLOR, 0.95 if is_near else 0.25),
            edge_width=0,
        )

    def _compute_bounds(self, axis: int, view: Any) -> None:
        """The view is fitted to the block, whatever is marked in it."""


FocusMarkNode = create_visual_node(FocusMarkVisual)
