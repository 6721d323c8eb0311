"""Overlays without OpenGL: the colours of a slice's labels, by tables in numpy, painted over it by Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from app.render.label_look import HIDDEN, STRONG, STRONGER, LabelLook, color_table
from app.render.label_textures import Box, as_overlay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from app.render.plain_pane import PixelLine, PlainPane
    from app.render.planes import Plane, Sizes, Voxel

_PREVIEW = LabelLook(palette=bytes((90, 255, 235)), opacity=0.55)


class PlainLabels:
    """What stands for LabelTextures: the live array itself, and how often it changed."""

    def __init__(self, array: NDArray[Any]) -> None:
        self.array = as_overlay(array)
        self.shape: Voxel = (array.shape[0], array.shape[1], array.shape[2])
        self.version = 0
        self.is_stale = False
        """Nothing is uploaded."""

    def dirty(self, box: Box) -> None:
        """Tell that the array has changed in a box."""
        self.version += 1

    def set_bounds(self, box: Box | None) -> None:
        """There is no volume that would use them."""

    def delete(self) -> None:
        """Nothing to free: the array belongs to others."""


class PlainLabelDrawer:
    """The overlays of the block on screen, bottom first, and the preview over them."""

    def __init__(self) -> None:
        self.layers: tuple[tuple[PlainLabels, LabelLook], ...] = ()
        self._preview: tuple[PlainLabels, Voxel] | None = None

    def set(self, overlays: Sequence[tuple[PlainLabels, LabelLook]]) -> None:
        """Be these overlays."""
        self.layers = tuple(overlays)

    def set_preview(self, mask: NDArray[np.bool_] | None, box: Box | None) -> None:
        """Show where a mask (z, y, x) is true, which lies in that box of the block; None for nothing."""
        self._preview = None
        if mask is not None and box is not None and mask.size:
            corner = int(box[0].start), int(box[1].start), int(box[2].start)
            self._preview = PlainLabels(np.ascontiguousarray(mask).view(np.uint8)), corner

    def paint(
        self, painter: QPainter, pane: PlainPane, position: Voxel, voxel_size: Sizes, shape: Voxel, ratio: float
    ) -> None:
        """Paint the labels of the slice through a voxel (z, y, x); `ratio` is of physical to logical pixels."""
        plane = pane.plane
        layers = [layer for layer in self.layers if layer[0].shape == shape and layer[1].visible]
        if plane is None or (not layers and self._preview is None):
            return
        shows = (
            tuple((labels, labels.version, look) for labels, look in layers), self._preview, position[plane.depth],
            pane.sight, voxel_size, ratio, pane.rect,
        )  # fmt: skip
        if pane.labels_shown != shows:
            pane.labels_shown = shows
            pane.labels_picture = self._compose(pane, plane, layers, position, voxel_size, shape, ratio)
        if pane.labels_picture is not None:
            image, target, _ = pane.labels_picture
            painter.save()
            painter.setClipRect(pane.rect.x, pane.rect.y, pane.rect.width, pane.rect.height)
            painter.scale(1 / ratio, 1 / ratio)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(target, image)
            painter.restore()

    def _compose(
        self,
        pane: PlainPane,
        plane: Plane,
        layers: Sequence[tuple[PlainLabels, LabelLook]],
        position: Voxel,
        voxel_size: Sizes,
        shape: Voxel,
        ratio: float,
    ) -> tuple[QImage, QRectF, Any] | None:
        across, along = pane.lines(voxel_size, shape, ratio)
        if not len(across.voxels) or not len(along.voxels):
            return None
        columns, rows = across.needed(False), along.needed(False)
        mixed = np.zeros((len(rows), len(columns), 4), np.float32)  # premultiplied
        for labels, look in layers:
            slice_ = np.moveaxis(labels.array, plane.depth, 0)[position[plane.depth]]
            _lay(mixed, _grid(slice_, plane, rows, columns), look)
        if self._preview is not None:
            _lay(mixed, self._preview_grid(self._preview, plane, position, rows, columns), _PREVIEW)
        # Qt's order is blue, green, red, alpha
        pixels = np.ascontiguousarray(np.rint(mixed[..., [2, 1, 0, 3]]).astype(np.uint8)).view(np.uint32)[..., 0]
        if along.is_coarse:
            pixels = pixels[along.voxels - rows[0]]
        if across.is_coarse:
            pixels = np.take(pixels, across.voxels - columns[0], axis=1)
        pixels = np.ascontiguousarray(pixels)
        height, width = pixels.shape
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
        return image, _target(across, along), pixels  # the image only borrows the pixels

    def _preview_grid(
        self,
        preview: tuple[PlainLabels, Voxel],
        plane: Plane,
        position: Voxel,
        rows: NDArray[np.intp],
        columns: NDArray[np.intp],
    ) -> NDArray[Any]:
        labels, corner = preview
        found = np.zeros((len(rows), len(columns)), np.uint8)
        depth = position[plane.depth] - corner[plane.depth]
        if 0 <= depth < labels.shape[plane.depth]:
            slice_ = np.moveaxis(labels.array, plane.depth, 0)[depth]
            down, right = rows - corner[plane.down], columns - corner[plane.right]
            in_down = np.flatnonzero((down >= 0) & (down < labels.shape[plane.down]))
            in_right = np.flatnonzero((right >= 0) & (right < labels.shape[plane.right]))
            found[np.ix_(in_down, in_right)] = _grid(slice_, plane, down[in_down], right[in_right])
        return found


def _grid(slice_: NDArray[Any], plane: Plane, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[Any]:
    """Return rows and columns of a slice whose axes are in the order z, y, x."""
    turned = slice_ if plane.down < plane.right else slice_.T
    return np.asarray(turned[np.ix_(rows, columns)])


def _target(across: PixelLine, along: PixelLine) -> QRectF:
    return QRectF(across.first_pixel, along.first_pixel, len(across.voxels), len(along.voxels))


def _lay(mixed: NDArray[np.float32], numbers: NDArray[Any], look: LabelLook) -> None:
    """Lay the colours of numbers (rows, columns) over premultiplied colours 0..255 (rows, columns, 4)."""
    is_drawn = numbers > 0
    if look.contour:
        is_drawn &= _is_contour(numbers, look.contour)
    rows, columns = np.nonzero(is_drawn)
    values, places = np.unique(numbers[rows, columns], return_inverse=True)
    table = color_table(look, values.astype(np.int64))
    strong = min(1.0, look.opacity + STRONGER)
    opacity = np.where(table[:, 3] == STRONG, strong, np.where(table[:, 3] == HIDDEN, 0.0, look.opacity))
    colors = np.column_stack([table[:, :3], np.full(len(table), 255)]) * opacity[:, None]
    places = places.ravel()
    below = mixed[rows, columns] * (1.0 - opacity[places, None]).astype(np.float32)
    mixed[rows, columns] = below + colors[places].astype(np.float32)


def _is_contour(numbers: NDArray[Any], thickness: int) -> NDArray[np.bool_]:
    """Return where another number is found within so many steps in one of eight directions."""
    height, width = numbers.shape
    found = np.zeros(numbers.shape, bool)
    padded = np.pad(numbers, thickness, mode="edge")
    for steps in range(1, thickness + 1):
        for down in (-steps, 0, steps):
            for right in (-steps, 0, steps):
                first_row, first_column = thickness + down, thickness + right
                found |= padded[first_row : first_row + height, first_column : first_column + width] != numbers
    return found
