"""Draws one frame of the canvas: the slices or the volume of each pane, the labels over them, and the marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vispy import gloo

from app.render.label_drawer import LabelDrawer
from app.render.marks import Marks
from app.render.rendering import Rendering
from app.render.shading import alone_looks
from app.render.slice_drawer import Cut, SliceDrawer
from app.render.tool_marks import ToolMarks

if TYPE_CHECKING:
    from app.render.canvas import Canvas
    from app.render.pane import Pane
    from app.render.pane_picture import Area
    from app.render.planes import Plane, Voxel
    from app.render.shading import ChannelLook
    from app.render.textures import BlockTextures
    from app.render.volume_drawer import VolumeDrawer

_BETWEEN = (0.17, 0.17, 0.18, 1.0)
"""The colour of the gaps between panes."""


class FrameDrawer:
    """What is drawn is set on its attributes; `prepare` brings all that needs it up to date, `draw` draws."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._looks: tuple[ChannelLook, ...] = ()
        self._alone_looks: dict[int, tuple[ChannelLook, ...]] = {}
        self.position: Voxel = (0, 0, 0)
        """The voxel (z, y, x) through which the slices go."""
        self.thickness, self.slab, self.is_smooth = 1, "max", False
        self.rendering = Rendering()
        self.has_shared_cross = False
        """Whether several panes share a crosshair."""
        self.marks = Marks(canvas.panes)
        self.tool_marks = ToolMarks(canvas.panes)
        self.labels = LabelDrawer()
        self._slices = SliceDrawer()

    @property
    def looks(self) -> tuple[ChannelLook, ...]:
        """Of all channels, in the order of the files."""
        return self._looks

    @looks.setter
    def looks(self, looks: tuple[ChannelLook, ...]) -> None:
        self._looks = looks
        self._alone_looks = {}

    def forget(self) -> None:
        """Let go of what belongs to a block that is not drawn any more."""
        self._slices.forget()

    def renew(self) -> None:
        """Make anew what lay in a GL context that is lost."""
        self._slices = SliceDrawer()
        self.labels.renew()

    def prepare(self, textures: BlockTextures, has_cross: bool, has_tool: bool = True) -> None:
        """Bring the slices of the panes, and what lies over slices and volume, up to date."""
        canvas = self._canvas
        self.labels.prepare(canvas, textures.shape, self.position)
        for _, pane in canvas.panes.visible():
            if pane.plane is not None:
                self._slices.compose(canvas, textures, self._looks_of(pane), self._cut(pane), pane.picture)
            self.marks.draw(pane, self.position, has_cross and self.has_shared_cross, self.rendering.plane)
            canvas.ruler.draw(pane)
            self.tool_marks.draw(pane, self.position, has_tool)

    def draw(self, textures: BlockTextures | None, volume: VolumeDrawer) -> None:
        """Draw all that was prepared into the current frame buffer, of `physical_size` pixels of the canvas."""
        canvas = self._canvas
        panes = canvas.panes.visible()
        # A slice alone may be copied whole, over all there is
        if textures is None or len(panes) != 1 or panes[0][1].plane is None:
            self._clear()
        if textures is not None:
            for _, pane in panes:
                self._draw_pane(pane, textures, volume)
            canvas.context.set_viewport(0, 0, *canvas.physical_size)
            canvas.draw_visual(canvas.scene)

    def _clear(self) -> None:
        canvas = self._canvas
        canvas.context.set_viewport(0, 0, *canvas.physical_size)
        canvas.context.clear(color=_BETWEEN if len(canvas.panes.rects()) > 1 else "black", depth=True)

    def set_volume(self, volume: VolumeDrawer, textures: BlockTextures, is_exact: bool = False) -> None:
        """Tell a drawer what the 3D pane shows; `is_exact` if it must cast a ray through each pixel."""
        canvas = self._canvas
        pane, ratio = canvas.panes.volume, canvas.pixel_scale
        size = round(pane.rect.width * ratio), round(pane.rect.height * ratio)
        voxel_size = canvas.panes.voxel_size
        voxel_pixels = 0.0 if is_exact else min(size) / (float(pane.camera.scale_factor) / min(voxel_size))
        matrix = pane.volume_matrix(voxel_size)
        labels = self.labels.in_volume(textures.shape, self.position[0])
        volume.set(textures, self._looks, self.rendering, voxel_size, matrix, size, voxel_pixels, labels)

    def _draw_pane(self, pane: Pane, textures: BlockTextures, volume: VolumeDrawer) -> None:
        canvas, rect = self._canvas, pane.rect
        ratio = canvas.pixel_scale
        left, top, right, bottom = (
            round(edge * ratio) for edge in (rect.x, rect.y, rect.x + rect.width, rect.y + rect.height)
        )
        area = left, canvas.physical_size[1] - bottom, right - left, bottom - top
        canvas.context.set_viewport(*area)
        if len(canvas.panes.rects()) > 1:
            gloo.set_state(scissor_test=True)
            canvas.context.set_scissor(*area)
            canvas.context.clear(color="black", depth=False)
            gloo.set_state(scissor_test=False)
        if pane.plane is None:
            volume.show()
            return
        self._draw_slice(pane, pane.plane, textures, area)

    def _draw_slice(self, pane: Pane, plane: Plane, textures: BlockTextures, area: Area) -> None:
        looks, cut, size, shape = self._looks_of(pane), self._cut(pane), area[2:], textures.shape
        matrix = pane.slice_matrix(self._canvas.panes.voxel_size)

        def clear() -> None:
            if len(self._canvas.panes.rects()) == 1:
                self._clear()
                self._canvas.context.set_viewport(*area)

        def draw() -> None:
            self._slices.draw(textures, looks, cut, pane.picture, matrix)
            self.labels.draw(shape, plane, self.position, matrix, size)

        labels = self.labels.shows(shape, plane, self.position[0])
        if not labels or self._canvas.picture.is_composing:
            clear()
            draw()
        else:
            uploads = self.labels.uploads(shape)
            changed = (
                self.labels.changed(shape, pane.uploads, plane, self.position, matrix, size)
                if (len(pane.uploads) == len(uploads))
                else (0, 0, *size)
            )
            pane.whole.draw(self._canvas, area, (textures, looks, cut, matrix.tobytes(), labels), changed, clear, draw)
            pane.uploads = uploads
        self.labels.draw_preview(plane, self.position, matrix, size)

    def _cut(self, pane: Pane) -> Cut:
        plane = pane.plane
        assert plane is not None
        return Cut(plane, self.position[plane.depth], self.thickness, self.slab, self.is_smooth)

    def _looks_of(self, pane: Pane) -> tuple[ChannelLook, ...]:
        if pane.channel is None:
            return self._looks
        if pane.channel not in self._alone_looks:
            self._alone_looks[pane.channel] = alone_looks(self._looks, pane.channel)
        return self._alone_looks[pane.channel]
