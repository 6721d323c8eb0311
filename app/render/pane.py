"""One pane of the canvas: a slice along an axis, or the volume, with its camera and what lies over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from vispy.scene import ViewBox

from app.render.cameras import FreeCamera, SliceCamera, VolumeCamera
from app.render.focus_mark import FocusMarkNode
from app.render.layout import Rect
from app.render.lines import LinesNode
from app.render.pane_picture import PanePicture
from app.render.slice_drawer import SlicePicture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.render.planes import Plane, Sizes

Camera = SliceCamera | VolumeCamera | FreeCamera


class Pane:
    """`plane` is None for the volume; `channel` is the only one that the pane shows, None for all of them."""

    def __init__(self, scene: Any, plane: Plane | None, camera: Camera, channel: int | None = None) -> None:
        self.plane, self.channel = plane, channel
        self.rect = Rect(0, 0, 1, 1)
        self.view = ViewBox(parent=scene, camera=camera)
        self.view.events.ignore_callback_errors = False  # vispy would only log what goes wrong in a callback
        self.view.visible = False
        self._make()

    def _make(self) -> None:
        plane = self.plane
        self.picture = SlicePicture()
        self.whole = PanePicture()
        self.uploads: tuple[int, ...] = ()
        """Of each overlay, when `whole` was drawn."""
        self.focus = FocusMarkNode(plane, parent=self.view.scene)
        self.cross = LinesNode(parent=self.view if plane else self.view.scene)
        self.box: Any = None if plane else LinesNode(parent=self.view.scene)
        self.ruler = LinesNode(parent=self.view)
        self.tool = LinesNode(parent=self.view)
        for node in self._nodes():
            node.visible = False

    def renew(self) -> None:
        """Make what lies in the GL context anew: that context is lost."""
        for node in self._nodes():
            node.parent = None
        self._make()

    def _nodes(self) -> list[Any]:
        return [node for node in (self.focus, self.cross, self.box, self.ruler, self.tool) if node is not None]

    @property
    def camera(self) -> Any:
        """A SliceCamera, or one of the two for volumes."""
        return self.view.camera

    def place(self, rect: Rect | None) -> None:
        """Be there on the canvas; None hides the pane."""
        if self.view.visible != (rect is not None):
            self.view.visible = rect is not None
        if rect is not None and rect != self.rect:
            self.rect = rect
            self.view.pos = (rect.x, rect.y)
            self.view.size = (rect.width, rect.height)

    def slice_matrix(self, voxel_size: Sizes) -> NDArray[np.float64]:
        """What turns rows (right, down, 0, 1) in voxels into clip coordinates of the pane, as (4, 4)."""
        assert self.plane is not None
        ends = self.view.scene.transform.map([[0.0, 0.0], [1.0, 1.0]])[:, :2]
        sizes = np.array([voxel_size[self.plane.right], voxel_size[self.plane.down]])
        to_clip = np.array([2.0 / self.rect.width, -2.0 / self.rect.height])
        matrix = np.eye(4)
        matrix[[0, 1], [0, 1]] = (ends[1] - ends[0]) * sizes * to_clip
        matrix[3, :2] = ends[0] * to_clip + [-1.0, 1.0]
        return matrix

    def volume_matrix(self, voxel_size: Sizes) -> NDArray[np.float64]:
        """What turns rows (x, y, z, 1) in voxels into clip coordinates of the pane, as (4, 4)."""
        scale = np.diag([*reversed(voxel_size), 1.0])
        found: NDArray[np.float64] = scale @ self.camera.matrix()
        return found

    def world_at(self, x: float, y: float) -> tuple[float, float]:
        """The point (right, down) of the slice, in world units, under a place of the canvas in logical pixels."""
        right, down = self.view.scene.transform.imap([x - self.rect.x, y - self.rect.y])[:2]
        return float(right), float(down)

    def pixel_of(self, right: float, down: float) -> tuple[float, float]:
        """Where a point of the slice, in world units, is drawn in the pane, in logical pixels."""
        x, y = self.view.scene.transform.map([right, down])[:2]
        return float(x), float(y)
