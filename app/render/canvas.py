"""The one vispy canvas: draws the block on screen as a slice or a volume, and says what the mouse did."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from vispy import app as vispy_app
from vispy import gloo
from vispy.scene import SceneCanvas
from vispy.util.event import Event
from vispy.visuals.transforms import STTransform

from app.render.cameras import SliceCamera, VolumeCamera
from app.render.composed_slice import MAX_PIXELS, ComposedSliceNode
from app.render.focus_mark import FocusMarkNode
from app.render.low_resolution import LowResolution
from app.render.slice import SliceNode
from app.render.textures import BlockTextures
from app.render.volume import VolumeNode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.render.packing import Packed
    from app.render.shading import ChannelLook

vispy_app.use_app("pyside6")

_GL_MAX_3D_TEXTURE_SIZE = 0x8073
_REST_MS = 150
"""So long the camera must rest before the fine frame is drawn."""


class Canvas(SceneCanvas):  # type: ignore[misc]
    """Arrays and numbers in, pixels out. `native` is the widget to put into a layout.

    World units are micrometres (voxels where the size is unknown); x to the right, y down, z away from the viewer,
    in 2D and in the first view of 3D alike, so nothing is mirrored between the two.

    Events, beside vispy's own: ``slice_wheeled(steps)``, ``pointed(position)`` with a voxel (z, y, x) or None,
    ``view_moved`` when a camera moved, ``draw_failed(error)``.
    """

    def __init__(self) -> None:
        super().__init__(keys=None, vsync=False, bgcolor="black", size=(800, 600), show=False)
        self.unfreeze()
        self.events.add(slice_wheeled=Event, pointed=Event, view_moved=Event, draw_failed=Event)
        self._textures: BlockTextures | None = None
        self._drawn: BlockTextures | None = None
        self._voxel_size = (1.0, 1.0, 1.0)
        self._looks: tuple[ChannelLook, ...] = ()
        self._mode = "2d"
        self._z = 0
        self._is_fine = True
        # What a coarse frame may take: with the window's own work that stays under 40 ms
        self._coarse = LowResolution(target_s=0.022, most=4)
        self._fine = LowResolution(target_s=0.1, most=2)
        self._rest = QTimer(self.native)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._on_rested)
        self._max_size = 0
        self._slice: Any = None
        self._volume: Any = None
        self._scale = STTransform()
        self._view = self.central_widget.add_view()
        for events in (self.events, self._view.events):  # vispy would only log what goes wrong in a callback
            events.ignore_callback_errors = False
        self._slice_camera = SliceCamera(self._on_camera_moved)
        self._volume_camera = VolumeCamera(self._on_camera_moved)
        self._view.camera = self._slice_camera
        self._focus = FocusMarkNode(parent=self._view.scene)
        self._focus.transform = self._scale
        self._focus.set_point(None)
        # vispy's own paintGL ends with a pass over all pixels that sets alpha to 1. Here every frame is opaque already,
        # and without a GPU that pass takes as long as a step through z. Qt takes the override from the instance.
        self.native.paintGL = self._paint
        self.events.mouse_move.connect(self._on_mouse_moved)
        self.events.mouse_wheel.connect(self._on_wheel_turned, position="first")
        self.freeze()

    # What is shown

    def make_textures(self, packed: Packed) -> BlockTextures:
        """Textures for a block, in this canvas's context; nothing is uploaded yet."""
        textures = BlockTextures(packed)
        for texture in textures.textures:
            self.context.glir.associate(texture.glir)
        return textures

    def max_size(self) -> int:
        """The longest side, in voxels, that a block may have on this computer's graphics."""
        if self._max_size == 0:
            self.set_current()
            self._max_size = int(gloo.gl.glGetParameter(_GL_MAX_3D_TEXTURE_SIZE))
        return self._max_size

    def upload_piece(self, textures: BlockTextures) -> bool:
        """Send one more piece of a block that is not on screen yet to the GPU; False when all is there."""
        if not textures.queue_piece():
            return False
        self.set_current()
        self.context.flush_commands()
        return True

    def show_block(self, textures: BlockTextures, voxel_size: tuple[float, float, float]) -> None:
        """Draw this block from the next frame on. The camera stays unless the block has another size."""
        before = (self._textures.shape, self._voxel_size) if self._textures else None
        textures.queue_all()
        self._ensure_nodes(len(textures.textures), textures.shape)
        self._textures, self._voxel_size = textures, voxel_size
        z, y, x = voxel_size
        self._scale.scale = (x, y, z)
        for node in (self._slice, self._volume):
            node.set_textures(textures)
        self.set_z(min(self._z, textures.shape[0] - 1))
        if before != (textures.shape, voxel_size):
            self.reset_view()
        self._apply_mode()

    def clear(self) -> None:
        """Show nothing."""
        self._textures = None
        for node in (self._slice, self._volume):
            if node is not None:
                node.visible = False
                node.textures = None
        self._focus.set_point(None)
        self.update()

    @property
    def textures(self) -> BlockTextures | None:
        """What is drawn now."""
        return self._textures

    def set_looks(self, looks: Sequence[ChannelLook]) -> None:
        """Colours, contrast and visibility of all channels: uniforms, no upload."""
        self._looks = tuple(looks)
        for node in (self._slice, self._volume):
            if node is not None:
                node.set_looks(self._looks)
        self.update()

    def set_z(self, z: int) -> None:
        """Show slice `z` (0-based)."""
        self._z = z
        if self._slice is not None:
            self._slice.set_z(z)
        self._focus.set_z(z)
        self.update()

    def set_mode(self, mode: str) -> None:
        """`2d` or `3d`."""
        if mode != self._mode:
            self._mode = mode
            self._view.camera = self._volume_camera if mode == "3d" else self._slice_camera
            self._apply_mode()

    def set_focus(self, point: tuple[float, float, float] | None) -> None:
        """Mark the voxel (z, y, x) that the block was cut for."""
        self._focus.set_point(point)
        self.update()

    def reset_view(self) -> None:
        """Fit the block into the view, seen along z."""
        if self._textures is None:
            return
        sizes = [n * size for n, size in zip(self._textures.shape, self._voxel_size, strict=True)]
        self._slice_camera.fit(sizes, self._voxel_size)
        self._volume_camera.fit(sizes, self._voxel_size)
        self.update()

    # What the mouse points at

    def voxel_at(self, position: Sequence[float]) -> tuple[int, int, int] | None:
        """The voxel (z, y, x) of the slice under a position in logical pixels; None outside or in 3D."""
        if self._textures is None or self._mode != "2d":
            return None
        x, y = self._slice.get_transform("canvas", "visual").map(position[:2])[:2]
        column, row = round(float(x)), round(float(y))
        _, height, width = self._textures.shape
        if 0 <= row < height and 0 <= column < width:
            return self._z, row, column
        return None

    def units_per_pixel(self) -> float | None:
        """World units (micrometres where known) that one logical pixel of the slice spans; None in 3D."""
        if self._textures is None or self._mode != "2d" or self.size[0] == 0:
            return None
        # Measured, not asked of the camera: it keeps the proportions and shows more than its `rect`
        to_voxels = self._slice.get_transform("canvas", "visual")
        return float(abs(to_voxels.map((1, 0))[0] - to_voxels.map((0, 0))[0])) * self._voxel_size[2]

    def visual_at(self, pos: Any) -> Any:
        """Give every mouse event to the view: vispy would draw a picking frame to find it."""
        return self._view

    # Drawing

    def _paint(self) -> None:
        self.set_current()
        try:
            self.events.draw(region=None)
        except Exception as error:  # noqa: BLE001 - GL and vispy raise many; a picture that failed must not be judged
            self._drawn = None
            self._update_pending = False
            self.events.draw_failed(error=error)

    @property
    def is_drawn(self) -> bool:
        """Whether the last frame showed the block that is to be shown: not an older one, not nothing."""
        return self._textures is not None and self._drawn is self._textures

    @property
    def is_fine(self) -> bool:
        """Whether the last frame was drawn with every voxel."""
        return self._is_fine

    def on_draw(self, event: Any) -> None:
        """Draw; while the camera moves through a volume, with fewer pixels."""
        self._drawn = None
        if self._mode == "2d" and isinstance(self._slice, ComposedSliceNode):
            self._slice.compose(self)
        resolution = self._resolution()
        if resolution is None:
            super().on_draw(event)
        else:
            self._draw_with(resolution)
        self._drawn = self._textures

    def _draw_with(self, resolution: LowResolution) -> None:
        start = time.perf_counter()
        self._update_pending = True  # the mark's new size must not ask for the next frame, and so for ever
        self._focus.set_divisor(resolution.divisor)
        resolution.draw(self)
        self._focus.set_divisor(1)
        self._update_pending = False
        gloo.gl.glFinish()  # else the time below is that of asking, not of drawing
        resolution.adapt(time.perf_counter() - start)

    def _resolution(self) -> LowResolution | None:
        """Which lower resolution the next frame may have; None for every pixel."""
        if self._mode == "2d" or self._textures is None:
            return None
        if not self._is_fine:
            return self._coarse
        # Where a voxel spans three pixels and more, every other pixel tells all that the data hold
        voxels = float(self._volume_camera.scale_factor) / min(self._voxel_size)
        return self._fine if min(self.physical_size) >= 3 * voxels else None

    def _ensure_nodes(self, groups: int, shape: tuple[int, int, int]) -> None:
        """Visuals for so many textures (their shaders are written for that number) and slices of that size."""
        kind = ComposedSliceNode if shape[1] * shape[2] <= MAX_PIXELS else SliceNode
        if isinstance(self._slice, kind) and self._slice.groups == groups:
            return
        for node in (self._slice, self._volume):
            if node is not None:
                node.parent = None
        self._slice = kind(groups, parent=self._view.scene)
        self._volume = VolumeNode(groups, parent=self._view.scene)
        for node in (self._slice, self._volume):
            node.transform = self._scale
            node.order = -1  # below the focus mark

    def _apply_mode(self) -> None:
        if self._textures is None:
            return
        self._slice.visible = self._mode == "2d"
        self._volume.visible = self._mode == "3d"
        self._focus.set_flat(self._mode == "2d")
        self._set_fine(True)

    def _set_fine(self, fine: bool) -> None:
        self._is_fine = fine
        if self._volume is not None:
            self._volume.set_fine(fine)
        self.update()

    def _on_camera_moved(self) -> None:
        if self._mode == "3d":
            self._set_fine(False)
            self._rest.start()
        self.events.view_moved()

    def _on_rested(self) -> None:
        if self._volume_camera.is_held:  # the button is down, the hand only pauses
            self._rest.start()
        else:
            self._set_fine(True)

    def _on_mouse_moved(self, event: Any) -> None:
        self.events.pointed(position=self.voxel_at(event.pos))

    def _on_wheel_turned(self, event: Any) -> None:
        if self._mode == "2d" and "Control" not in event.modifiers:
            self.events.slice_wheeled(steps=float(event.delta[1]))
