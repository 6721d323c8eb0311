"""One pane of the plain view: which voxels of a slice lie under its pixels, and the picture that they make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from app.render.planes import Plane, Sizes, Voxel, slab

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.render.layout import Rect
    from app.render.packing import Packed
    from app.render.plain_slices import PlainSlices
    from app.render.shading import ChannelLook


@dataclass(frozen=True)
class Sight:
    """Where all panes look: the world point (z, y, x) in their middle, and the world units in one logical pixel."""

    centre: Sizes
    scale: float


@dataclass(frozen=True)
class Slab:
    """How thick a slice is, what is shown of it (`max` or `mean`), and whether it is smoothed."""

    thickness: int = 1
    how: str = "max"
    is_smooth: bool = False


class PlainLines:
    """Segments over a pane, painted by Qt."""

    def __init__(self) -> None:
        self._points: Any = None
        self._colors: Any = None

    def show(self, points: Any, colors: Any) -> None:
        """Be these segments, (2 n, 2) in logical pixels of the pane, in these colours (2 n, 4); None for none."""
        self._points, self._colors = points, colors

    def paint(self, painter: QPainter) -> None:
        """Paint them from the corner of the pane."""
        if self._points is None:
            return
        for number in range(0, len(self._points), 2):
            painter.setPen(QPen(QColor.fromRgbF(*(float(part) for part in self._colors[number])), 1))
            painter.drawLine(QPointF(*self._points[number].tolist()), QPointF(*self._points[number + 1].tolist()))


class PlainPane:
    """`plane` is None where the volume would be; `channel` is the only one that the pane shows, None for all."""

    def __init__(self, rect: Rect, plane: Plane | None, channel: int | None = None) -> None:
        self.rect, self.plane, self.channel = rect, plane, channel
        self.sight = Sight((0.0, 0.0, 0.0), 1.0)
        self.ruler, self.tool = PlainLines(), PlainLines()
        self._shows: object = None
        self._picture: tuple[QImage, QRectF, bool, Any] | None = None
        self.labels_shown: object = None
        self.labels_picture: tuple[QImage, QRectF, Any] | None = None

    def world_at(self, x: float, y: float) -> tuple[float, float]:
        """The point (right, down) of the slice, in world units, under a place of the canvas in logical pixels."""
        assert self.plane is not None
        sight = self.sight
        right = sight.centre[self.plane.right] + (x - self.rect.x - self.rect.width / 2) * sight.scale
        down = sight.centre[self.plane.down] + (y - self.rect.y - self.rect.height / 2) * sight.scale
        return right, down

    def pixel_of(self, right: float, down: float) -> tuple[float, float]:
        """Where a point of the slice, in world units, is drawn in the pane, in its logical pixels."""
        assert self.plane is not None
        x = (right - self.sight.centre[self.plane.right]) / self.sight.scale + self.rect.width / 2
        y = (down - self.sight.centre[self.plane.down]) / self.sight.scale + self.rect.height / 2
        return x, y

    def volume_matrix(self, voxel_size: Sizes) -> NDArray[np.float64]:
        """Of a volume that is not drawn: every voxel is behind the eye."""
        return np.zeros((4, 4))

    def draw(
        self,
        painter: QPainter,
        slices: PlainSlices,
        block: Packed,
        looks: tuple[ChannelLook, ...],
        position: Voxel,
        form: Slab,
        voxel_size: Sizes,
        ratio: float,
    ) -> None:
        """Paint the slice through a voxel (z, y, x); `ratio` is of physical to logical pixels."""
        assert self.plane is not None
        sight = self.sight
        shows = (block, looks, position[self.plane.depth], form, voxel_size, sight, ratio)
        if self._shows != shows:
            self._picture = self._compose(slices, block, looks, position, form, voxel_size, ratio)
            self._shows = shows
        if self._picture is not None:
            image, target, is_stretched, _ = self._picture
            painter.save()
            painter.setClipRect(self.rect.x, self.rect.y, self.rect.width, self.rect.height)
            painter.scale(1 / ratio, 1 / ratio)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_stretched)
            painter.drawImage(target, image)
            painter.restore()

    def lines(self, voxel_size: Sizes, shape: Voxel, ratio: float) -> tuple[PixelLine, PixelLine]:
        """Return the voxels under the pixels of the pane, to the right and down."""
        plane, rect, sight = self.plane, self.rect, self.sight
        assert plane is not None
        across = PixelLine(rect.x, rect.width, ratio, sight, plane.right, voxel_size, shape)
        return across, PixelLine(rect.y, rect.height, ratio, sight, plane.down, voxel_size, shape)

    def _compose(
        self,
        slices: PlainSlices,
        block: Packed,
        looks: tuple[ChannelLook, ...],
        position: Voxel,
        form: Slab,
        voxel_size: Sizes,
        ratio: float,
    ) -> tuple[QImage, QRectF, bool, Any] | None:
        plane = self.plane
        assert plane is not None
        across, along = self.lines(voxel_size, block.shape, ratio)
        if not len(across.voxels) or not len(along.voxels):
            return None
        # Smoothing is for voxels larger than pixels
        is_stretched = form.is_smooth and across.is_coarse and along.is_coarse
        columns, rows = across.needed(is_stretched), along.needed(is_stretched)
        part = slab(position[plane.depth], form.thickness, block.shape[plane.depth])
        pixels = slices.compose(block, looks, plane, part, form.how, rows, columns)
        if is_stretched:
            left, top = across.edge(columns[0]), along.edge(rows[0])
            target = QRectF(left, top, across.edge(columns[-1] + 1) - left, along.edge(rows[-1] + 1) - top)
        else:
            # Each physical pixel is the voxel under its middle: Qt's own stretching is off by a pixel at times
            if along.is_coarse:
                pixels = pixels[along.voxels - rows[0]]
            if across.is_coarse:
                pixels = np.take(pixels, across.voxels - columns[0], axis=1)
            target = QRectF(across.first_pixel, along.first_pixel, len(across.voxels), len(along.voxels))
        pixels = np.ascontiguousarray(pixels)
        height, width = pixels.shape
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
        return image, target, is_stretched, pixels  # the image only borrows the pixels


class PixelLine:
    """One axis of a pane: the voxel under the middle of each physical pixel, where there is one."""

    def __init__(
        self, start: int, length: int, ratio: float, sight: Sight, axis: int, voxel_size: Sizes, shape: Voxel
    ) -> None:
        self._voxel = voxel_size[axis]
        self._per_pixel = sight.scale / ratio
        self._middle = (start + length / 2) * ratio
        self._centre = sight.centre[axis]
        self._count = shape[axis]
        begin, end = round(start * ratio), round((start + length) * ratio)
        world = self._centre + (np.arange(begin, end) + 0.5 - self._middle) * self._per_pixel
        voxels = np.floor(world / self._voxel + 0.5).astype(np.intp)
        inside = np.flatnonzero((voxels >= 0) & (voxels < self._count))
        self.first_pixel = begin + int(inside[0]) if len(inside) else begin
        self.voxels: NDArray[np.intp] = voxels[inside]

    @property
    def is_coarse(self) -> bool:
        """Whether there are fewer voxels than pixels: then each is composed once and repeated."""
        return bool(self.voxels[-1] - self.voxels[0] + 1 < len(self.voxels))

    def needed(self, with_neighbours: bool) -> NDArray[np.intp]:
        """The voxels to compose; with one more at each side, where there is one, for smoothing."""
        if not self.is_coarse:
            return self.voxels
        more = int(with_neighbours)
        first, last = max(0, self.voxels[0] - more), min(self._count - 1, self.voxels[-1] + more)
        return np.arange(first, last + 1)

    def edge(self, voxel: int) -> float:
        """Where a voxel begins, in physical pixels."""
        return float(((voxel - 0.5) * self._voxel - self._centre) / self._per_pixel + self._middle)
