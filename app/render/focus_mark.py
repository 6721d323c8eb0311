"""A cross on the voxel that the block was cut for: bright on its slice, faint on the others."""

from __future__ import annotations

from typing import Any

import numpy as np
from vispy.scene.visuals import create_visual_node
from vispy.visuals import MarkersVisual

_COLOR = (1.0, 0.9, 0.1)
_SIZE = 14.0


class FocusMarkVisual(MarkersVisual):  # type: ignore[misc]
    """One marker in voxel coordinates, of constant size on the screen."""

    def __init__(self, **kwargs: Any) -> None:
        self._point: tuple[float, float, float] | None = None
        self._z = 0
        self._flat = True
        self._divisor = 1
        super().__init__(**kwargs)
        # The last factors keep the frame's alpha at 1
        factors = ("src_alpha", "one_minus_src_alpha", "zero", "one")
        self.set_gl_state("translucent", depth_test=False, cull_face=False, blend_func=factors)

    def set_point(self, point: tuple[float, float, float] | None) -> None:
        """Mark the voxel (z, y, x), or nothing."""
        self._point = point
        self._show()

    def set_z(self, z: int) -> None:
        """The slice on screen."""
        was_near, self._z = self._is_near, z
        if self._flat and self._is_near != was_near:
            self._show()

    def set_flat(self, flat: bool) -> None:
        """Flat: drawn in the plane of the slice. Otherwise at its place in the volume."""
        self._flat = flat
        self._show()

    def set_divisor(self, divisor: int) -> None:
        """The frame is drawn with so many times fewer pixels: the mark must look as large all the same."""
        if divisor != self._divisor:
            self._divisor = divisor
            self._show()

    @property
    def _is_near(self) -> bool:
        return self._point is not None and abs(self._point[0] - self._z) <= 1.0

    def _show(self) -> None:
        if self._point is None:
            self.visible = False
            return
        z, y, x = self._point
        bright = self._is_near or not self._flat
        self.set_data(
            np.array([[x, y, 0.0 if self._flat else z]], np.float32),
            size=_SIZE / self._divisor,
            symbol="x",
            face_color=(*_COLOR, 0.95 if bright else 0.25),
            edge_width=0,
        )
        self.visible = True

    def _compute_bounds(self, axis: int, view: Any) -> None:
        """The view is fitted to the block, whatever is marked in it."""


FocusMarkNode = create_visual_node(FocusMarkVisual)
