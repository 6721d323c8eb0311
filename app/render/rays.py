"""The ray under the mouse: where it runs through what is drawn of the volume."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from app.render.volume_drawer import plane_in_voxels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.render.pane import Pane
    from app.render.plain_pane import PlainPane

Point = tuple[float, float, float]


def ray_at(canvas: Any, pane: Pane | PlainPane, position: Sequence[float]) -> tuple[Point, Point] | None:
    """Return where the ray under a place, in logical pixels, enters and leaves what is drawn of the block.

    Both as (z, y, x) in voxels, whose centres are at integers; None where nothing is met. The box and the plane that
    cut the volume cut the ray.
    """
    if canvas.textures is None:
        return None
    rect, sizes, rendering = pane.rect, canvas.panes.voxel_size, canvas.rendering
    shape = np.array(canvas.textures.shape[::-1], float)
    across, up = 2 * (position[0] - rect.x) / rect.width - 1, 1 - 2 * (position[1] - rect.y) / rect.height
    ends = np.array([[across, up, -1.0, 1.0], [across, up, 1.0, 1.0]]) @ np.linalg.inv(pane.volume_matrix(sizes))
    near, far = ends[:, :3] / ends[:, 3:] + 0.5  # from the corner of the block, x, y, z
    ray = far - near
    start, end = 0.0, 1.0
    for axis in range(3):
        low, high = (share * shape[axis] for share in rendering.box[::-1][axis])
        if abs(ray[axis]) < 1e-12:
            if not low <= near[axis] <= high:
                return None
            continue
        first, last = sorted(((low - near[axis]) / ray[axis], (high - near[axis]) / ray[axis]))
        start, end = max(start, first), min(end, last)
    *normal, distance = plane_in_voxels(rendering, sizes, shape)
    toward, before = float(ray @ normal), distance - float(near @ normal)
    if toward > 0:
        start = max(start, before / toward)
    elif toward < 0:
        end = min(end, before / toward)
    elif before > 0:
        return None
    if end <= start:
        return None
    return _point(near + ray * start), _point(near + ray * end)


def _point(corner_xyz: Any) -> Point:
    z, y, x = (float(part) - 0.5 for part in corner_xyz[::-1])
    return z, y, x
