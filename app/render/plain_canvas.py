"""The stand-in for the canvas where there is no OpenGL: slices composed in numpy, painted by Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from vispy.util.event import EmitterGroup, Event

from app.render.plain_labels import PlainLabelDrawer, PlainLabels
from app.render.plain_pane import Slab
from app.render.plain_panes import PlainPanes
from app.render.plain_picture import PlainPicture
from app.render.plain_pointer import PlainPointer
from app.render.plain_slices import PlainSlices
from app.render.planes import is_inside
from app.render.rendering import Rendering
from app.render.ruler import Ruler
from app.render.shading import alone_looks
from app.render.tool import Tool
from app.render.tool_marks import ToolMarks

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from app.render.label_look import LabelLook
    from app.render.label_textures import Box
    from app.render.packing import Packed
    from app.render.plain_pane import PlainPane
    from app.render.planes import Sizes, Voxel
    from app.render.shading import ChannelLook
    from app.render.tool_marks import BrushMark

_BETWEEN = QColor.fromRgbF(0.17, 0.17, 0.18)
_CROSS = QColor.fromRgbF(0.96, 0.85, 0.35, 0.6)
_HOLE = 9.0
_FOCUS = QColor.fromRgbF(1.0, 0.9, 0.1)
_FOCUS_REACH = 5.0
NO_VOLUME = "3D needs OpenGL"


class PlainBlock:
    """What stands for the textures of a block: its packed arrays as they are, no copy."""

    def __init__(self, packed: Packed) -> None:
        self.packed = packed
        self.shape, self.channels, self.nbytes = packed.shape, packed.channels, packed.nbytes

    def delete(self) -> None:
        """Nothing to free: the arrays go with this object."""


class PlainCanvas:
    """Has what the controllers use of Canvas, with the same meaning; events, too. `native` is given: a PlainSurface.

    There is no volume: where a layout has one, it says so; the layout `3d` shows the slice.
    """

    has_volume = False

    def __init__(self, surface: Any) -> None:
        self.native = surface
        self.events = EmitterGroup(
            source=self, auto_connect=False, slice_wheeled=Event, position_requested=Event, pointed=Event,
            cut_requested=Event, view_moved=Event, draw_failed=Event, context_lost=Event,
        )  # fmt: skip
        self.events.ignore_callback_errors = False
        self._textures: PlainBlock | None = None
        self._drawn: PlainBlock | None = None
        self._looks: tuple[ChannelLook, ...] = ()
        self._alone_looks: dict[int, tuple[ChannelLook, ...]] = {}
        self._layout, self._alone = "2d", ""
        self._position: Voxel = (0, 0, 0)
        self._focus: tuple[float, float, float] | None = None
        self._slab = Slab()
        self._rendering = Rendering()
        self._turn: tuple[float, ...] = ()
        self._has_cross = True
        self._slices = PlainSlices()
        self.panes = PlainPanes(self._on_panes_moved)
        self.ruler = Ruler(self)
        self.labels, self.tool_marks = PlainLabelDrawer(), ToolMarks(self.panes)
        self.tool = Tool(self)
        self.picture = PlainPicture(self)
        self._pointer = PlainPointer(self)
        surface.paint = self._paint
        surface.resized.connect(self._on_surface_resized)
        self._arrange()

    # What is shown

    def make_textures(self, packed: Packed) -> PlainBlock:
        """What `show_block` takes."""
        return PlainBlock(packed)

    def max_size(self) -> int:
        """No limit of a driver: what is in memory can be shown."""
        return 1 << 30

    def upload_piece(self, textures: PlainBlock | PlainLabels) -> bool:
        """Nothing is uploaded."""
        return False

    def show_block(self, textures: PlainBlock, voxel_size: Sizes) -> None:
        """Draw this block from the next frame on. The view stays unless the block has another size."""
        self._textures = textures
        z, y, x = (min(p, n - 1) for p, n in zip(self._position, textures.shape, strict=True))
        self._position = z, y, x
        if self.panes.set_block(textures.shape, voxel_size):
            self.panes.reset()
        self.native.update()

    def clear(self) -> None:
        """Show nothing."""
        self._textures = self._focus = None
        self.panes.renew()
        self.native.update()

    @property
    def textures(self) -> PlainBlock | None:
        """What is drawn now."""
        return self._textures

    def set_looks(self, looks: Sequence[ChannelLook]) -> None:
        """Colours, contrast and visibility of all channels."""
        looks = tuple(looks)
        if looks != self._looks:
            self._looks = looks
            self._alone_looks = {}
            self._arrange()

    def set_position(self, position: Voxel) -> None:
        """Show the slices through this voxel (z, y, x)."""
        if position != self._position:
            self._position = position
            self.native.update()

    @property
    def position(self) -> Voxel:
        """The voxel (z, y, x) through which the slices go."""
        return self._position

    def set_layout(self, layout: str, alone: str = "") -> None:
        """One of layout.LAYOUTS; what would show the volume alone shows a slice."""
        layout, alone = "2d" if layout == "3d" else layout, "" if alone == "3d" else alone
        if (layout, alone) != (self._layout, self._alone):
            self._layout, self._alone = layout, alone
            self._arrange()

    def set_slab(self, thickness: int, how: str, is_smooth: bool) -> None:
        """Thicken each slice to so many, of which `max` or `mean` is shown; smooth or voxel by voxel."""
        self._slab = Slab(thickness, how, is_smooth)
        self.native.update()

    def set_rendering(self, rendering: Rendering, has_box: bool, has_cross: bool) -> None:
        """The crosshair of orthogonal views or not; the rest is kept for nobody."""
        self._rendering, self._has_cross = rendering, has_cross
        self.native.update()

    @property
    def rendering(self) -> Rendering:
        """How the volume would be drawn."""
        return self._rendering

    def set_focus(self, point: tuple[float, float, float] | None) -> None:
        """Mark the voxel (z, y, x) that the block was cut for."""
        self._focus = point
        self.native.update()

    def set_ruler(self, is_on: bool, start: Voxel | None, end: Voxel | None) -> None:
        """A ruler with ends at these voxels (z, y, x), or none."""
        self.ruler.set(is_on, start, end)
        self.native.update()

    @property
    def thickness(self) -> int:
        """Slices in a slab."""
        return self._slab.thickness

    # Labels and tools

    def make_label_textures(self, array: NDArray[Any]) -> PlainLabels:
        """Return what `set_overlays` takes for a live array (z, y, x) of uint8, uint16 or int32."""
        return PlainLabels(array)

    def set_overlays(self, overlays: Sequence[tuple[PlainLabels, LabelLook]]) -> None:
        """Draw these over the block, the first one lowest; one that has another shape than the block is not drawn."""
        self.labels.set(overlays)
        self.native.update()

    def labels_changed(self, textures: PlainLabels, box: Box) -> None:
        """The array of an overlay has changed in a box; drawn with the next frame."""
        textures.dirty(box)
        self.native.update()

    @property
    def label_steps(self) -> int:
        """Grows with what changed in labels."""
        return sum(labels.version for labels, _ in self.labels.layers)

    def set_brush(self, mark: BrushMark | None) -> None:
        """Draw the outline of a brush."""
        self.tool_marks.brush = mark
        self.native.update()

    def set_draft(self, points: Any, is_closed: bool = False, plane: str = "xy") -> None:
        """Draw a line through points (n, 3; z, y, x in voxels) over the slices of a plane; fewer than two are none."""
        self.tool_marks.set_draft(points, is_closed, plane)
        self.native.update()

    def set_preview(self, mask: NDArray[np.bool_] | None, box: Box | None = None) -> None:
        """Show brightly where a mask (z, y, x), which fills a box of the block, is true; None for nothing."""
        self.labels.set_preview(mask, box)
        self.native.update()

    def set_tool(self, is_on: bool, pans: bool = False) -> None:
        """Give the mouse to a tool, as Tool says; while it `pans` it moves the slices."""
        self.tool.set(is_on, pans)

    # Where is looked

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in logical pixels."""
        return self.native.width(), self.native.height()

    @property
    def physical_size(self) -> tuple[int, int]:
        """Width and height in pixels of the screen."""
        ratio = self.native.devicePixelRatio()
        return round(self.size[0] * ratio), round(self.size[1] * ratio)

    def reset_view(self) -> None:
        """Fit the block into every pane."""
        if self._textures is not None:
            self.panes.reset()

    # The volume that is not drawn

    def set_camera(self, is_free: bool, perspective: float) -> None:
        """There is no volume to look at."""

    def align(self, axis: str) -> None:
        """There is no volume to turn."""

    def turn(self) -> tuple[float, ...]:
        """What was remembered, unchanged."""
        return self._turn

    def set_turn(self, turn: Sequence[float]) -> None:
        """Keep it for where there is a volume."""
        self._turn = tuple(turn)

    # What the mouse points at

    def voxel_at(self, position: Sequence[float]) -> Voxel | None:
        """The voxel (z, y, x) under a place in logical pixels; None outside of the slices."""
        found = self.panes.at(position)
        if self._textures is None or found is None or found[1].plane is None:
            return None
        voxel = found[1].plane.voxel(found[1].world_at(*position[:2]), self._position, self.panes.voxel_size)
        return voxel if is_inside(voxel, self._textures.shape) else None

    def cross_in(self, pane: PlainPane) -> tuple[float, float] | None:
        """Where the crosshair is in a pane, in logical pixels of the canvas; None if there is none."""
        if self._textures is None or pane.plane is None or self._layout != "ortho" or not self._has_cross:
            return None
        return self._place_of(pane, self._position)

    def _place_of(self, pane: PlainPane, point: Sequence[float]) -> tuple[float, float]:
        assert pane.plane is not None
        right, down = (point[axis] * self.panes.voxel_size[axis] for axis in (pane.plane.right, pane.plane.down))
        x, y = pane.pixel_of(right, down)
        return pane.rect.x + x, pane.rect.y + y

    # Drawing

    @property
    def is_drawn(self) -> bool:
        """Whether the last frame showed the block that is to be shown: not an older one, not nothing."""
        return self._textures is not None and self._drawn is self._textures

    @property
    def is_fine(self) -> bool:
        """Each frame is drawn with every voxel."""
        return True

    def paint(self, painter: QPainter, has_cross: bool, has_tool: bool = True) -> None:
        """Paint all panes, with the crosshair and what the tool shows, or not."""
        painter.fillRect(QRectF(0, 0, *self.size), _BETWEEN if len(self.panes.by_name) > 1 else Qt.GlobalColor.black)
        if self._textures is not None:
            for pane in self.panes.by_name.values():
                self._paint_pane(painter, pane, self._textures, has_cross, has_tool)

    def _paint(self, painter: QPainter) -> None:
        self._drawn = None
        try:
            self.paint(painter, self._has_cross)
            self._drawn = self._textures
        except Exception as error:  # noqa: BLE001 - as in Canvas: a picture that failed must not be judged
            self.events.draw_failed(error=error)

    def _paint_pane(
        self, painter: QPainter, pane: PlainPane, block: PlainBlock, has_cross: bool, has_tool: bool
    ) -> None:
        rect = QRectF(pane.rect.x, pane.rect.y, pane.rect.width, pane.rect.height)
        painter.fillRect(rect, Qt.GlobalColor.black)
        if pane.plane is None:
            painter.setPen(QColor("#B0B0B4"))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, NO_VOLUME)
            return
        pane.draw(
            painter, self._slices, block.packed, self._looks_of(pane), self._position, self._slab,
            self.panes.voxel_size, painter.device().devicePixelRatio(),
        )  # fmt: skip
        ratio = painter.device().devicePixelRatio()
        self.labels.paint(painter, pane, self._position, self.panes.voxel_size, block.shape, ratio)
        painter.save()
        painter.setClipRect(rect)
        if has_cross:
            self._paint_cross(painter, pane, rect)
        self._paint_focus(painter, pane)
        self.ruler.draw(pane)
        painter.translate(pane.rect.x, pane.rect.y)
        pane.ruler.paint(painter)
        if has_tool:
            self.tool_marks.draw(pane, self._position, True)
            pane.tool.paint(painter)
        painter.restore()

    def _paint_cross(self, painter: QPainter, pane: PlainPane, rect: QRectF) -> None:
        at = self.cross_in(pane)
        if at is None:
            return
        x, y = at
        painter.setPen(QPen(_CROSS, 1))
        painter.drawLines(
            [
                QLineF(rect.left(), y, x - _HOLE, y),
                QLineF(x + _HOLE, y, rect.right(), y),
                QLineF(x, rect.top(), x, y - _HOLE),
                QLineF(x, y + _HOLE, x, rect.bottom()),
            ]
        )

    def _paint_focus(self, painter: QPainter, pane: PlainPane) -> None:
        if self._focus is None or pane.plane is None:
            return
        is_near = abs(self._focus[pane.plane.depth] - self._position[pane.plane.depth]) <= 1.0
        color = QColor(_FOCUS)
        color.setAlphaF(0.95 if is_near else 0.25)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, 3))
        middle = QPointF(*self._place_of(pane, self._focus))
        for slope in (1, -1):
            arm = QPointF(_FOCUS_REACH, slope * _FOCUS_REACH)
            painter.drawLine(middle - arm, middle + arm)

    def _looks_of(self, pane: PlainPane) -> tuple[ChannelLook, ...]:
        if pane.channel is None:
            return self._looks
        if pane.channel not in self._alone_looks:
            self._alone_looks[pane.channel] = alone_looks(self._looks, pane.channel)
        return self._alone_looks[pane.channel]

    # Panes

    def _arrange(self) -> None:
        """Have the panes that the layout has, where it has them."""
        shown = tuple(number for number, look in enumerate(self._looks) if look.visible)
        self.panes.arrange(self._layout, self._alone, shown, self.size)
        self.native.update()

    def _on_panes_moved(self) -> None:
        self.events.view_moved()
        self.native.update()

    def _on_surface_resized(self) -> None:
        self._arrange()
