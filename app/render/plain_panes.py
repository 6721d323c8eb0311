"""The panes of the plain view: where they are and where all of them look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.render.layout import Rect, arrange
from app.render.plain_pane import PlainPane, Sight
from app.render.planes import PLANES, XY, Sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_CHANNEL = "channel "


class PlainPanes:
    """Has what others use of Panes, with the same meaning; `moved` is called when the panes look elsewhere."""

    def __init__(self, moved: Callable[[], None]) -> None:
        self._moved = moved
        self._shape = (0, 0, 0)
        self.voxel_size: Sizes = (1.0, 1.0, 1.0)
        """Of the block that is shown: z, y, x in world units."""
        self.by_name: dict[str, PlainPane] = {}
        self._sight = Sight((0.0, 0.0, 0.0), 1.0)

    def set_block(self, shape: tuple[int, int, int], voxel_size: Sizes) -> bool:
        """Tell the size of the block in voxels and that of a voxel, z, y, x; True if they are others than before."""
        if (shape, voxel_size) == (self._shape, self.voxel_size):
            return False
        self._shape, self.voxel_size = shape, voxel_size
        return True

    # Where they are

    def visible(self) -> list[tuple[str, PlainPane]]:
        """Return those that the layout has, with their names."""
        return list(self.by_name.items())

    def at(self, position: Sequence[float]) -> tuple[str, PlainPane] | None:
        """Return the pane under a place in logical pixels."""
        return next((found for found in self.visible() if found[1].rect.contains(*position[:2])), None)

    def rects(self) -> dict[str, tuple[int, int, int, int]]:
        """Return left, top, width and height of the panes, by name, in logical pixels."""
        return {name: (pane.rect.x, pane.rect.y, pane.rect.width, pane.rect.height) for name, pane in self.visible()}

    def arrange(self, layout: str, alone: str, channels: tuple[int, ...], size: tuple[int, int]) -> None:
        """Have the panes that a layout has in a canvas of that width and height; see `layout.arrange`."""
        rects = arrange(layout, size, channels, alone)
        before = {name: pane.rect for name, pane in self.by_name.items()}
        if rects == before:
            return
        self.by_name = {name: _pane(name, rect) for name, rect in rects.items()}
        self._look(self._sight)
        if self._shape[0]:
            if len(rects) == len(before):
                self._moved()
            else:
                self.reset()

    def renew(self) -> None:
        """Forget what the panes show."""
        self.by_name = {name: _pane(name, pane.rect) for name, pane in self.by_name.items()}
        self._look(self._sight)

    # Where they look

    def reset(self) -> None:
        """Fit the block into every pane."""
        sizes = [n * size for n, size in zip(self._shape, self.voxel_size, strict=True)]
        scales = [
            max(sizes[pane.plane.right] / pane.rect.width, sizes[pane.plane.down] / pane.rect.height)
            for pane in self.by_name.values()
            if pane.plane
        ]
        z, y, x = ((n - size) / 2 for n, size in zip(sizes, self.voxel_size, strict=True))
        self._look(Sight((z, y, x), max(scales)))
        self._moved()

    def center_on(self, voxel: Sequence[int]) -> None:
        """Let the slices have a voxel (z, y, x) in their middle, at the scale that they have."""
        z, y, x = (at * size for at, size in zip(voxel, self.voxel_size, strict=True))
        self._look(Sight((z, y, x), self._sight.scale))
        self._moved()

    def pan(self, pane: PlainPane, right: float, down: float) -> None:
        """Move what a pane shows by so many logical pixels; the other panes follow."""
        assert pane.plane is not None
        centre = list(self._sight.centre)
        centre[pane.plane.right] -= right * self._sight.scale
        centre[pane.plane.down] -= down * self._sight.scale
        self._look(Sight((centre[0], centre[1], centre[2]), self._sight.scale))
        self._moved()

    def zoom(self, pane: PlainPane, factor: float, at: tuple[float, float]) -> None:
        """Let a pixel span `factor` as much; what is under a place of the canvas stays there."""
        assert pane.plane is not None
        centre = list(self._sight.centre)
        for axis, world in zip((pane.plane.right, pane.plane.down), pane.world_at(*at), strict=True):
            centre[axis] = world + (centre[axis] - world) * factor
        self._look(Sight((centre[0], centre[1], centre[2]), self._sight.scale * factor))
        self._moved()

    def units_per_pixel(self) -> float | None:
        """World units that one logical pixel spans; None if nothing is shown."""
        return self._sight.scale if self._shape[0] else None

    def _look(self, sight: Sight) -> None:
        self._sight = sight
        for pane in self.by_name.values():
            pane.sight = sight

    # The volume that is not drawn

    def away(self) -> tuple[float, float, float]:
        """As the slice is seen: along z."""
        return 1.0, 0.0, 0.0

    def directions(self) -> dict[str, tuple[float, float]]:
        """No axes of a volume."""
        return {}


def _pane(name: str, rect: Rect) -> PlainPane:
    if name.startswith(_CHANNEL):
        return PlainPane(rect, XY, int(name.removeprefix(_CHANNEL)))
    return PlainPane(rect, PLANES.get(name))
