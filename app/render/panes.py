"""All panes of the canvas: where they are, what their cameras look at, and that slices look at the same place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from app.render import cameras
from app.render.cameras import FreeCamera, SliceCamera, VolumeCamera
from app.render.layout import arrange
from app.render.pane import Pane
from app.render.planes import PLANES, XY, Sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_CHANNEL = "channel "


class Panes:
    """`moved` is called after the user, or a call here, moved a camera."""

    def __init__(self, scene: Any, moved: Callable[[], None]) -> None:
        self._scene, self._moved = scene, moved
        self._shape = (0, 0, 0)
        self.voxel_size: Sizes = (1.0, 1.0, 1.0)
        """Of the block that is shown: z, y, x in world units."""
        self.by_name: dict[str, Pane] = {}
        self._turntable, self._free = VolumeCamera(self._on_volume_moved), FreeCamera(self._on_volume_moved)
        self.volume = self.by_name["3d"] = Pane(scene, None, self._turntable)

    def set_block(self, shape: tuple[int, int, int], voxel_size: Sizes) -> bool:
        """Tell the size of the block in voxels and that of a voxel, z, y, x; True if they are others than before."""
        if (shape, voxel_size) == (self._shape, self.voxel_size):
            return False
        self._shape, self.voxel_size = shape, voxel_size
        return True

    @property
    def sizes(self) -> Sizes:
        """Of the block: z, y, x in world units."""
        z, y, x = (n * size for n, size in zip(self._shape, self.voxel_size, strict=True))
        return z, y, x

    # Where they are

    def visible(self) -> list[tuple[str, Pane]]:
        """Those that are seen, with their names."""
        return [(name, pane) for name, pane in self.by_name.items() if pane.view.visible]

    def slices(self) -> list[Pane]:
        """Those that are seen and show a slice."""
        return [pane for _, pane in self.visible() if pane.plane]

    def at(self, position: Sequence[float]) -> tuple[str, Pane] | None:
        """Return the pane under a place in logical pixels."""
        return next((found for found in self.visible() if found[1].rect.contains(*position[:2])), None)

    def rects(self) -> dict[str, tuple[int, int, int, int]]:
        """Return left, top, width and height of those that are seen, by name, in logical pixels."""
        return {name: (pane.rect.x, pane.rect.y, pane.rect.width, pane.rect.height) for name, pane in self.visible()}

    def arrange(self, layout: str, alone: str, channels: tuple[int, ...], size: tuple[int, int]) -> None:
        """Show the panes that a layout has in a canvas of that width and height; see `layout.arrange`."""
        rects = arrange(layout, size, channels, alone)
        for name in rects:
            if name not in self.by_name:
                self._add_slice(name)
        before = self.rects()
        scale, centres = self._slice_scale(), self._centres()
        for name, pane in self.by_name.items():
            pane.place(rects.get(name))
        if self._shape[0] and self.rects() != before:
            self._keep_looking(scale, centres, is_fitted=len(rects) != len(before))
            self._moved()

    def _add_slice(self, name: str) -> None:
        """Make a pane when it is first seen: the start need not wait for those of other layouts."""
        channel = int(name.removeprefix(_CHANNEL)) if name.startswith(_CHANNEL) else None
        pane = Pane(self._scene, PLANES.get(name, XY), SliceCamera(self._on_slice_moved), channel)
        self.by_name[name] = pane
        self._fit_slice(pane)

    def _keep_looking(self, scale: float | None, centres: dict[int, float], is_fitted: bool) -> None:
        """After panes came, went or changed in size: look at the same place, or at all of the block."""
        if is_fitted or scale is None:
            self._fit()
        else:
            self._look_at(centres, scale)

    # What they look at

    def reset(self) -> None:
        """Fit the block into every pane; the volume stays turned as it is."""
        self._fit()
        for camera in (self._turntable, self._free):
            cameras.fit(camera, self.sizes, self.voxel_size)
        self._moved()

    def units_per_pixel(self) -> float | None:
        """World units that a logical pixel spans: of the slices, else of the volume; None in perspective or without."""
        scale = self._slice_scale()
        if scale is None and self._shape[0] and self.volume.view.visible and self.volume.camera.fov == 0:
            rect = self.volume.rect
            scale = float(self.volume.camera.scale_factor) / min(rect.width, rect.height)
        return scale

    def _slice_scale(self) -> float | None:
        panes = self.slices()
        return panes[0].camera.units_per_pixel() if panes and self._shape[0] else None

    def align(self, axis: str) -> None:
        """Look at the volume along `z`, `y` or `x`, whichever camera it has."""
        for camera in (self._turntable, self._free):
            camera.align(axis)

    def set_camera(self, is_free: bool, perspective: float) -> None:
        """Turn the volume on a turntable or freely; the angle of view in degrees, 0 for none."""
        camera = self._free if is_free else self._turntable
        if self.volume.camera is not camera:
            camera.center, camera.scale_factor = self.volume.camera.center, self.volume.camera.scale_factor
            self.volume.view.camera = camera
        if camera.fov != perspective:
            camera.fov = perspective

    def away(self) -> tuple[float, float, float]:
        """Return the unit vector (z, y, x) that points away from the eye, in world units."""
        x, y, z = -self.volume.camera.transform.matrix[2, :3]
        return float(z), float(y), float(x)

    def directions(self) -> dict[str, tuple[float, float]]:
        """Return where x, y and z run on the screen of the volume (right, down), each at most 1 long."""
        inverse = np.linalg.inv(self.volume.camera.transform.matrix[:3, :3])
        return {name: (float(inverse[axis, 0]), -float(inverse[axis, 1])) for axis, name in enumerate("xyz")}

    def center_on(self, voxel: Sequence[int]) -> None:
        """Let the slices have a voxel (z, y, x) in their middle, at the scale that they have."""
        scale = self._slice_scale()
        if scale is not None:
            centres = {axis: at * size for axis, (at, size) in enumerate(zip(voxel, self.voxel_size, strict=True))}
            self._look_at(centres, scale)
            self._moved()

    def _fit(self) -> None:
        """Let every slice show all of the block, those that are seen at one scale."""
        for pane in self.by_name.values():
            self._fit_slice(pane)
        scales = [pane.camera.units_per_pixel() for pane in self.slices()]
        if scales:
            self._look_at({}, max(scales))

    def _fit_slice(self, pane: Pane) -> None:
        if pane.plane and self._shape[0]:
            right, down = pane.plane.right, pane.plane.down
            corner = -0.5 * self.voxel_size[right], -0.5 * self.voxel_size[down]
            pane.camera.fit(*corner, self.sizes[right], self.sizes[down])

    def _centres(self) -> dict[int, float]:
        """Return what stands in the middle of the slices, by axis, in world units."""
        centres: dict[int, float] = {}
        for pane in self.slices():
            assert pane.plane is not None
            right, down = pane.camera.centre()
            centres = {pane.plane.right: right, pane.plane.down: down} | centres
        return centres

    def _look_at(self, centres: dict[int, float], scale: float, leave: Pane | None = None) -> None:
        """Let the slices have a scale, and these centres by axis; without any, the middle of the block."""
        middles = [(n - size) / 2 for n, size in zip(self.sizes, self.voxel_size, strict=True)]
        for pane in self.slices():
            if pane is leave:
                continue
            assert pane.plane is not None
            axes = pane.plane.right, pane.plane.down
            own = dict(zip(axes, pane.camera.centre(), strict=True))
            right, down = (centres.get(axis, own[axis] if centres else middles[axis]) for axis in axes)
            pane.camera.look_at((right, down), scale)

    def _on_slice_moved(self, camera: SliceCamera) -> None:
        """Let the other slices look at where this one looks, at the same scale."""
        if not self._shape[0]:
            return
        for pane in self.slices():
            if pane.camera is camera:
                assert pane.plane is not None
                right, down = camera.centre()
                self._look_at({pane.plane.right: right, pane.plane.down: down}, camera.units_per_pixel(), leave=pane)
        self._moved()

    def _on_volume_moved(self, camera: Any) -> None:
        if self._shape[0]:
            self._moved()
