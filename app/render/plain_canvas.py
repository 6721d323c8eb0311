"""The stand-in for the canvas where there is no OpenGL: slices composed in numpy, painted by Qt."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from vispy.util.event import EmitterGroup, Event

from app.render.layout import arrange
from app.render.plain_pane import PlainPane, Sight, Slab
from app.render.plain_pointer import PlainPointer
from app.render.plain_slices import PlainSlices
from app.render.planes import PLANES, XY, Sizes, Voxel
from app.render.rendering import Rendering

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.render.packing import Packed
    from app.render.shading import ChannelLook

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
        self._voxel_size: Sizes = (1.0, 1.0, 1.0)
        self._looks: tuple[ChannelLook, ...] = ()
        self._alone_looks: dict[int, tuple[ChannelLook, ...]] = {}
        self._layout, self._alone = "2d", ""
        self._position: Voxel = (0, 0, 0)
        self._focus: tuple[float, float, float] | None = None
        self._slab = Slab()
        self._rendering = Rendering()
        self._turn: tuple[float, ...] = ()
        self._has_cross = True
        self._sight = Sight((0.0, 0.0, 0.0), 1.0)
        self._slices = PlainSlices()
        self._panes: dict[str, PlainPane] = {}
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

    def upload_piece(self, textures: PlainBlock) -> bool:
        """Nothing is uploaded."""
        return False

    def show_block(self, textures: PlainBlock, voxel_size: Sizes) -> None:
        """Draw this block from the next frame on. The view stays unless the block has another size."""
        before = (self._textures.shape, self._voxel_size) if self._textures else None
        self._textures, self._voxel_size = textures, voxel_size
        z, y, x = (min(p, n - 1) for p, n in zip(self._position, textures.shape, strict=True))
        self._position = z, y, x
        if before != (textures.shape, voxel_size):
            self.reset_view()
        self.native.update()

    def clear(self) -> None:
        """Show nothing."""
        self._textures = self._focus = None
        for name, pane in self._panes.items():  # a pane keeps its picture
            self._panes[name] = PlainPane(pane.rect, pane.plane, pane.channel)
        self.native.update()

    @property
    def textures(self) -> PlainBlock | None:
        """What is drawn now."""
        return self._textures

    @property
    def voxel_size(self) -> Sizes:
        """Of the block that is drawn: z, y, x in world units."""
        return self._voxel_size

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

    # Where is looked

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in logical pixels."""
        return self.native.width(), self.native.height()

    def reset_view(self) -> None:
        """Fit the block into every pane."""
        if self._textures is None:
            return
        sizes = [n * size for n, size in zip(self._textures.shape, self._voxel_size, strict=True)]
        scales = [
            max(sizes[pane.plane.right] / pane.rect.width, sizes[pane.plane.down] / pane.rect.height)
            for pane in self._panes.values()
            if pane.plane
        ]
        z, y, x = ((n - size) / 2 for n, size in zip(sizes, self._voxel_size, strict=True))
        self._look(Sight((z, y, x), max(scales)))

    def pan(self, pane: PlainPane, right: float, down: float) -> None:
        """Move what a pane shows by so many logical pixels; the other panes follow."""
        assert pane.plane is not None
        centre = list(self._sight.centre)
        centre[pane.plane.right] -= right * self._sight.scale
        centre[pane.plane.down] -= down * self._sight.scale
        self._look(Sight((centre[0], centre[1], centre[2]), self._sight.scale))

    def zoom(self, pane: PlainPane, factor: float, at: tuple[float, float]) -> None:
        """Let a pixel span `factor` as much; what is under a place of the canvas stays there."""
        assert pane.plane is not None
        centre = list(self._sight.centre)
        for axis, world in zip((pane.plane.right, pane.plane.down), self.world_at(pane, at), strict=True):
            centre[axis] = world + (centre[axis] - world) * factor
        self._look(Sight((centre[0], centre[1], centre[2]), self._sight.scale * factor))

    def _look(self, sight: Sight) -> None:
        self._sight = sight
        self.events.view_moved()
        self.native.update()

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

    def away(self) -> tuple[float, float, float]:
        """As the slice is seen: along z."""
        return 1.0, 0.0, 0.0

    def directions(self) -> dict[str, tuple[float, float]]:
        """No axes of a volume."""
        return {}

    # What the mouse points at

    def pane_at(self, position: Sequence[float]) -> tuple[str, PlainPane] | None:
        """The pane under a place in logical pixels."""
        return next((item for item in self._panes.items() if item[1].rect.contains(*position[:2])), None)

    def world_at(self, pane: PlainPane, place: tuple[float, float]) -> tuple[float, float]:
        """The point (right, down) of a pane's slice under a place in logical pixels."""
        return pane.world_at(*place, self._sight)

    def voxel_at(self, position: Sequence[float]) -> Voxel | None:
        """The voxel (z, y, x) under a place in logical pixels; None outside of the slices."""
        found = self.pane_at(position)
        if self._textures is None or found is None or found[1].plane is None:
            return None
        plane = found[1].plane
        right, down = found[1].world_at(position[0], position[1], self._sight)
        voxel = list(self._position)
        voxel[plane.right] = round(right / self._voxel_size[plane.right])
        voxel[plane.down] = round(down / self._voxel_size[plane.down])
        if all(0 <= p < n for p, n in zip(voxel, self._textures.shape, strict=True)):
            return voxel[0], voxel[1], voxel[2]
        return None

    def units_per_pixel(self) -> float | None:
        """World units that one logical pixel spans; None if nothing is shown."""
        return self._sight.scale if self._textures else None

    def rects(self) -> dict[str, tuple[int, int, int, int]]:
        """Left, top, width and height of the panes, by name, in logical pixels."""
        return {
            name: (pane.rect.x, pane.rect.y, pane.rect.width, pane.rect.height) for name, pane in self._panes.items()
        }

    def cross_in(self, pane: PlainPane) -> tuple[float, float] | None:
        """Where the crosshair is in a pane, in logical pixels of the canvas; None if there is none."""
        if self._textures is None or pane.plane is None or self._layout != "ortho" or not self._has_cross:
            return None
        return self._place_of(pane, self._position)

    def _place_of(self, pane: PlainPane, point: Sequence[float]) -> tuple[float, float]:
        assert pane.plane is not None
        right, down = (point[axis] * self._voxel_size[axis] for axis in (pane.plane.right, pane.plane.down))
        return pane.place_of(right, down, self._sight)

    # Drawing

    @property
    def is_drawn(self) -> bool:
        """Whether the last frame showed the block that is to be shown: not an older one, not nothing."""
        return self._textures is not None and self._drawn is self._textures

    @property
    def is_fine(self) -> bool:
        """Each frame is drawn with every voxel."""
        return True

    def _paint(self, painter: QPainter) -> None:
        self._drawn = None
        try:
            painter.fillRect(QRectF(0, 0, *self.size), _BETWEEN if len(self._panes) > 1 else Qt.GlobalColor.black)
            if self._textures is not None:
                for pane in self._panes.values():
                    self._paint_pane(painter, pane, self._textures)
            self._drawn = self._textures
        except Exception as error:  # noqa: BLE001 - as in Canvas: a picture that failed must not be judged
            self.events.draw_failed(error=error)

    def _paint_pane(self, painter: QPainter, pane: PlainPane, block: PlainBlock) -> None:
        rect = QRectF(pane.rect.x, pane.rect.y, pane.rect.width, pane.rect.height)
        painter.fillRect(rect, Qt.GlobalColor.black)
        if pane.plane is None:
            painter.setPen(QColor("#B0B0B4"))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, NO_VOLUME)
            return
        pane.draw(
            painter, self._slices, block.packed, self._looks_of(pane), self._position, self._slab, self._voxel_size,
            self._sight, self.native.devicePixelRatio(),
        )  # fmt: skip
        painter.save()
        painter.setClipRect(rect)
        self._paint_cross(painter, pane, rect)
        self._paint_focus(painter, pane)
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
            self._alone_looks[pane.channel] = tuple(
                replace(look, visible=number == pane.channel) for number, look in enumerate(self._looks)
            )
        return self._alone_looks[pane.channel]

    # Panes

    def _arrange(self) -> None:
        """Have the panes that the layout has, where it has them."""
        shown = tuple(number for number, look in enumerate(self._looks) if look.visible)
        rects = arrange(self._layout, self.size, shown, self._alone)
        before = {name: pane.rect for name, pane in self._panes.items()}
        if rects != before:
            self._panes = {name: _pane(name, rect) for name, rect in rects.items()}
            if self._textures is not None:
                if len(rects) == len(before):
                    self.events.view_moved()
                else:
                    self.reset_view()
        self.native.update()

    def _on_surface_resized(self) -> None:
        self._arrange()


def _pane(name: str, rect: Any) -> PlainPane:
    if name.startswith("channel "):
        return PlainPane(rect, XY, int(name.removeprefix("channel ")))
    return PlainPane(rect, PLANES.get(name))
