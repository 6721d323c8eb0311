"""The one vispy canvas: draws the block on screen as slices, as a volume or as both, and says what the mouse did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QResizeEvent
from vispy import app as vispy_app
from vispy import gloo
from vispy.gloo.glir import GlirParser
from vispy.scene import SceneCanvas
from vispy.util.event import Event

from app.render.frame_drawer import FrameDrawer
from app.render.label_textures import LabelTextures
from app.render.panes import Panes
from app.render.picture import Picture
from app.render.planes import is_inside
from app.render.pointer import Pointer
from app.render.refinement import Refinement
from app.render.ruler import Ruler
from app.render.textures import BlockTextures
from app.render.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from app.render.label_look import LabelLook
    from app.render.label_textures import Box
    from app.render.packing import Packed
    from app.render.planes import Sizes, Voxel
    from app.render.rendering import Rendering
    from app.render.shading import ChannelLook
    from app.render.tool_marks import BrushMark
    from app.render.volume_drawer import VolumeDrawer

vispy_app.use_app("pyside6")

_GL_MAX_3D_TEXTURE_SIZE = 0x8073


class Canvas(SceneCanvas):  # type: ignore[misc]
    """Arrays and numbers in, pixels out. `native` is the widget to put into a layout.

    World units are micrometres (voxels where the size is unknown); x to the right, y down, z away from the viewer,
    in 2D and in the first view of 3D alike, so nothing is mirrored between the two.

    Events, beside vispy's own: ``slice_wheeled(axis, steps)`` with the axis 0 z, 1 y, 2 x;
    ``position_requested(position)`` when the crosshair is dragged or a place was double clicked, and
    ``pointed(position, at)``, with a voxel (z, y, x) or None, and where on the canvas the mouse is (x, y);
    ``cut_requested(plane)`` when the cutting plane is dragged; ``view_moved`` when a camera moved;
    those of Tool, while a tool is in hand; ``draw_failed(error)``; ``context_lost`` when nothing that was uploaded is
    there any more: the block is to be made and shown anew, the rest stays.
    """

    has_volume = True

    _picture: Picture | None = None

    def __init__(self) -> None:
        # With no dpi, vispy starts xdpyinfo or xrandr to ask, and complains where there is neither; Qt scales anyway
        super().__init__(keys=None, vsync=False, autoswap=False, bgcolor="black", size=(800, 600), show=False, dpi=96)
        self.unfreeze()
        self.events.ignore_callback_errors = False  # vispy would only log what goes wrong in a callback
        self.events.add(
            slice_wheeled=Event, position_requested=Event, pointed=Event, cut_requested=Event, view_moved=Event,
            draw_failed=Event, context_lost=Event,
        )  # fmt: skip
        self._textures: BlockTextures | None = None
        self._drawn: BlockTextures | None = None
        self._is_lost = False
        self._has_context = False
        self._layout, self._alone = "2d", ""
        self._refinement = Refinement(self)
        self._max_size = 0
        self.panes = Panes(self.scene, self._on_moved)
        self.frame = FrameDrawer(self)
        self.ruler = Ruler(self)
        self._picture = Picture(self)
        self.tool = Tool(self)
        self._pointer = Pointer(self)
        # vispy's own paintGL ends with a pass over all pixels that sets alpha to 1. Here every frame is opaque already,
        # and without a GPU that pass takes as long as a step through z. Qt takes the override from the instance.
        self.native.setUpdateBehavior(self.native.UpdateBehavior.PartialUpdate)  # every frame covers all there is
        self.native.paintGL = self._paint
        self.native.initializeGL = self._on_context_made
        self.freeze()
        self._arrange()

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

    def upload_piece(self, textures: BlockTextures | LabelTextures) -> bool:
        """Send a piece more of a block or overlay that is not on screen yet to the GPU; False when all is there."""
        if not self.native.isValid() or not textures.queue_piece():
            return False
        self.set_current()
        self.context.flush_commands()
        return True

    def show_block(self, textures: BlockTextures, voxel_size: Sizes) -> None:
        """Draw this block from the next frame on. The cameras stay unless the block has another size."""
        self._is_lost = False
        textures.queue_all()
        self._textures = textures
        self.frame.forget()
        z, y, x = (min(p, n - 1) for p, n in zip(self.position, textures.shape, strict=True))
        self.frame.position = z, y, x
        if self.panes.set_block(textures.shape, voxel_size):
            self.panes.reset()
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._textures = None
        self.frame.marks.focus = None
        self.frame.forget()
        self.volume.forget()
        for pane in self.panes.by_name.values():
            pane.picture.shows = None
            pane.whole.forget()
        self.update()

    @property
    def textures(self) -> BlockTextures | None:
        """What is drawn now."""
        return self._textures

    def set_looks(self, looks: Sequence[ChannelLook]) -> None:
        """Colours, contrast and visibility of all channels: uniforms, no upload."""
        looks = tuple(looks)
        if looks != self.frame.looks:
            is_same_set = [look.visible for look in looks] == [look.visible for look in self.frame.looks]
            self.frame.looks = looks
            if is_same_set:
                self.update()
            else:
                self._arrange()

    def set_position(self, position: Voxel) -> None:
        """Show the slices through this voxel (z, y, x)."""
        if position != self.frame.position:
            self.frame.position = position
            self.update()

    @property
    def position(self) -> Voxel:
        """The voxel (z, y, x) through which the slices go."""
        return self.frame.position

    def set_layout(self, layout: str, alone: str = "") -> None:
        """One of layout.LAYOUTS; `alone` is the pane of the orthogonal views that fills the canvas."""
        if (layout, alone) != (self._layout, self._alone):
            self._layout, self._alone = layout, alone
            self._arrange()

    def set_slab(self, thickness: int, how: str, is_smooth: bool) -> None:
        """Thicken each slice to so many, of which one of slice_drawer.SLABS is shown; smooth or voxel by voxel."""
        self.frame.thickness, self.frame.slab, self.frame.is_smooth = thickness, how, is_smooth
        self.update()

    def set_rendering(self, rendering: Rendering, has_box: bool, has_cross: bool) -> None:
        """How the volume is drawn, with the edges of the block or not; the crosshair of orthogonal views or not."""
        self.frame.rendering = rendering
        self.frame.marks.has_box, self.frame.marks.has_cross = has_box, has_cross
        self.update()

    @property
    def rendering(self) -> Rendering:
        """How the volume is drawn."""
        return self.frame.rendering

    def set_focus(self, point: tuple[float, float, float] | None) -> None:
        """Mark the voxel (z, y, x) that the block was cut for."""
        self.frame.marks.focus = point
        self.update()

    def set_ruler(self, is_on: bool, start: Voxel | None, end: Voxel | None) -> None:
        """A ruler with ends at these voxels (z, y, x), or none."""
        self.ruler.set(is_on, start, end)
        self.update()

    @property
    def thickness(self) -> int:
        """Slices in a slab."""
        return self.frame.thickness

    # Labels and tools

    def make_label_textures(self, array: NDArray[Any]) -> LabelTextures:
        """Return what `set_overlays` takes for a live array (z, y, x) of uint8, uint16 or int32; no upload yet."""
        textures = LabelTextures(array)
        self.context.glir.associate(textures.texture.glir)
        return textures

    def set_overlays(self, overlays: Sequence[tuple[LabelTextures, LabelLook]]) -> None:
        """Draw these over the block, the first one lowest; one that has another shape than the block is not drawn.

        They stay when another block is shown: whoever shows it sets its own.
        """
        self.frame.labels.set(overlays)
        self.update()

    def labels_changed(self, textures: LabelTextures, box: Box) -> None:
        """The array of an overlay has changed in a box; drawn with the next frame."""
        textures.dirty(box)
        self.update()

    @property
    def label_steps(self) -> int:
        """Grows with each frame in which changed labels are drawn."""
        return sum(layer.textures.uploads for layer in self.frame.labels.layers)

    def set_brush(self, mark: BrushMark | None) -> None:
        """Draw the outline of a brush."""
        if mark != self.frame.tool_marks.brush:
            self.frame.tool_marks.brush = mark
            self.update()

    def set_draft(self, points: Any, is_closed: bool = False, plane: str = "xy") -> None:
        """Draw a line through points (n, 3; z, y, x in voxels) over the slices of a plane; fewer than two are none."""
        self.frame.tool_marks.set_draft(points, is_closed, plane)
        self.update()

    def set_preview(self, mask: NDArray[np.bool_] | None, box: Box | None = None) -> None:
        """Show brightly where a mask (z, y, x), which fills a box of the block, is true; None for nothing."""
        self.frame.labels.set_preview(mask, box)
        self.update()

    def set_tool(self, is_on: bool, pans: bool = False) -> None:
        """Give the mouse to a tool, as Tool says; while it `pans` the cameras have it."""
        self.tool.set(is_on, pans)

    # Cameras

    def reset_view(self) -> None:
        """Fit the block into every pane, the volume seen along z."""
        if self._textures is not None:
            self.panes.align("z")
            self.panes.reset()

    def align(self, axis: str) -> None:
        """Look at the volume along `z`, `y` or `x`."""
        self.panes.align(axis)

    def set_camera(self, is_free: bool, perspective: float) -> None:
        """A turntable or a camera that turns freely; the angle of view in degrees, 0 for none."""
        self.panes.set_camera(is_free, perspective)

    def turn(self) -> tuple[float, ...]:
        """How the volume is turned: for `set_turn`, and to be remembered."""
        found: tuple[float, ...] = self.panes.volume.camera.turn()
        return found

    def set_turn(self, turn: Sequence[float]) -> None:
        """Turn the volume as it was; what another kind of camera gave is left alone."""
        self.panes.volume.camera.set_turn(turn)

    # What the mouse points at

    def voxel_at(self, position: Sequence[float]) -> Voxel | None:
        """The voxel (z, y, x) under a place in logical pixels; None outside of the slices."""
        found = self.panes.at(position)
        if self._textures is None or found is None or found[1].plane is None:
            return None
        voxel = found[1].plane.voxel(found[1].world_at(*position[:2]), self.position, self.panes.voxel_size)
        return voxel if is_inside(voxel, self._textures.shape) else None

    def visual_at(self, pos: Any) -> Any:
        """Give every mouse event to its pane: vispy would draw a picking frame to find it."""
        found = self.panes.at(pos)
        return found[1].view if found else None

    # Drawing

    @property
    def picture(self) -> Picture:
        """Draws what is on the canvas into an array."""
        assert self._picture is not None
        return self._picture

    def set_current(self, event: Any = None) -> None:
        """Make the GL context current; while a picture is drawn it is, and Qt would bind the screen's buffer again."""
        if self._picture is None or not self._picture.is_composing:
            super().set_current(event)

    def _on_context_made(self) -> None:
        """Qt has made a GL context: the first one, or another, since a reset or another window took the one before."""
        if self._has_context:
            # The numbers of lost objects may be given again: deleting these would then delete what is new
            self.context.shared.parser = GlirParser()
            self.context.glir.clear()
            self._is_lost, self._drawn = True, None
            self.frame.renew()
            self._refinement.renew()
            for pane in self.panes.by_name.values():
                pane.renew()
            # Qt makes the frame buffer of a second context only when it is told of a size
            QCoreApplication.postEvent(self.native, QResizeEvent(self.native.size(), self.native.size()))
            self.events.context_lost()
        self._has_context = True
        self.events.initialize()

    def _paint(self) -> None:
        self.set_current()
        try:
            width, height = self.native.width(), self.native.height()
            ratio = self.native.devicePixelRatio()
            if tuple(self.physical_size) != (int(width * ratio), int(height * ratio)):
                self.native.resizeGL(width, height)  # on a screen of another scale Qt may have told the size too early
            self.events.draw(region=None)
        except Exception as error:  # noqa: BLE001 - GL and vispy raise many; a picture that failed must not be judged
            self.fail(error)

    def fail(self, error: Exception) -> None:
        """What is on the canvas is not the block."""
        self._drawn = None
        self._update_pending = False
        self.events.draw_failed(error=error)

    @property
    def can_draw(self) -> bool:
        """Whether a block is there to be drawn, and a GL context to draw it with."""
        return self._textures is not None and not self._is_lost and bool(self.native.isValid())

    @property
    def is_drawn(self) -> bool:
        """Whether the last frame showed the block that is to be shown: not an older one, not nothing."""
        return self._textures is not None and self._drawn is self._textures and bool(self.native.isValid())

    @property
    def is_fine(self) -> bool:
        """Whether the last frame was drawn with every voxel."""
        return not self.panes.volume.view.visible or self.volume.is_fine

    def on_draw(self, event: Any) -> None:
        """Draw all panes."""
        self._drawn = None
        self._update_pending = False
        textures = None if self._is_lost else self._textures
        if textures is not None:
            self.prepare(textures, self.frame.marks.has_cross)
            if self.panes.volume.view.visible:
                self._refinement.prepare(textures)
        self.frame.draw(textures, self.volume)
        self._drawn = textures
        if textures is not None and self.frame.labels.is_stale:
            self.update()  # the next piece

    def on_resize(self, event: Any) -> None:
        """Fit the panes into the canvas."""
        super().on_resize(event)
        if hasattr(self, "_pointer"):
            self._arrange()

    def prepare(self, textures: BlockTextures, has_cross: bool, has_tool: bool = True) -> None:
        """Bring the slices of the panes, and what lies over slices and volume, up to date."""
        # What moves here is drawn in this frame: it must not ask for the next, and so for ever
        self._update_pending = True
        self.frame.prepare(textures, has_cross, has_tool)
        self._update_pending = False

    @property
    def volume(self) -> VolumeDrawer:
        """What draws the volume on the screen."""
        return self._refinement.volume

    def _arrange(self) -> None:
        """Show the panes that the layout has, where it has them."""
        shown = tuple(number for number, look in enumerate(self.frame.looks) if look.visible)
        self.frame.has_shared_cross = self._layout == "ortho"
        self.panes.arrange(self._layout, self._alone, shown, (int(self.size[0]), int(self.size[1])))
        self.update()

    # Events

    def _on_moved(self) -> None:
        self._refinement.camera_moved()
        self.events.view_moved()
        self.update()
