"""Draws the overlays over slices: for each pixel of the screen one sample of the numbers and one of their colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from vispy import gloo

from app.render.label_layer import LabelLayer, lookup
from app.render.label_look import LabelLook
from app.render.label_textures import LabelTextures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from app.render.label_textures import Box
    from app.render.planes import Plane, Voxel

_VERTEX = """
attribute vec2 a_corner;
uniform mat4 u_matrix;
uniform vec2 u_low;
uniform vec2 u_high;
uniform vec3 u_origin;
uniform vec3 u_right;
uniform vec3 u_down;
varying vec3 v_texcoord;
void main() {
    vec2 place = mix(u_low, u_high, a_corner);
    gl_Position = u_matrix * vec4(place - 0.5, 0.0, 1.0);
    v_texcoord = u_origin + place.x * u_right + place.y * u_down;
}
"""
_FILLED = """
varying vec3 v_texcoord;
{lookup}
void main() {{
    float here = texture3D(u_labels, v_texcoord).r;
    if (here == 0.0) discard;
    gl_FragColor = look_up(here);
}}
"""
_CONTOUR = """
varying vec3 v_texcoord;
uniform vec3 u_tap_right;
uniform vec3 u_tap_down;
uniform int u_steps;
{lookup}
float other(vec3 shift, float here) {{
    return abs(texture3D(u_labels, v_texcoord + shift).r - here);
}}
void main() {{
    float here = texture3D(u_labels, v_texcoord).r;
    float most = 0.0;
    // Without a GPU a branch saves nothing, but a loop that no pixel enters is left out
    int steps = here > 0.0 ? u_steps : 0;
    for (int i = 1; i <= steps; i++) {{
        vec3 right = float(i) * u_tap_right;
        vec3 down = float(i) * u_tap_down;
        most += other(right, here) + other(-right, here) + other(down, here) + other(-down, here)
              + other(right + down, here) + other(right - down, here)
              + other(down - right, here) + other(-right - down, here);
        if (most > 0.0) break;
    }}
    if (most == 0.0) discard;
    gl_FragColor = look_up(here);
}}
"""
_CORNERS = np.array([[0, 0], [1, 0], [0, 1], [0, 1], [1, 0], [1, 1]], np.float32)
_BLEND = ("src_alpha", "one_minus_src_alpha", "zero", "one")
"""The last ones keep the frame's alpha at 1."""
_PREVIEW = LabelLook(palette=bytes((90, 255, 235)), opacity=0.55)
_MOST_IN_VOLUME = 4
"""Each overlay needs two of a shader's textures, of which some drivers have 16."""


class LabelDrawer:
    """The overlays of the block on screen, bottom first, and the preview over them."""

    def __init__(self) -> None:
        self.layers: tuple[LabelLayer, ...] = ()
        self._preview: tuple[LabelLayer, Voxel] | None = None
        self._programs: dict[bool, Any] = {}

    def renew(self) -> None:
        """Make anew what lay in a GL context that is lost: from the live arrays."""
        self._programs = {}
        for layer in self._all():
            layer.textures.renew()
            layer.renew()

    def set(self, overlays: Sequence[tuple[LabelTextures, LabelLook]]) -> None:
        """Be these overlays; what is known of one that stays is kept."""
        known = {id(layer.textures): layer for layer in self.layers}
        layers = []
        for textures, look in overlays:
            layer = known.get(id(textures)) or LabelLayer(textures, look)
            layer.look = look
            layers.append(layer)
        self.layers = tuple(layers)

    def set_preview(self, mask: NDArray[np.bool_] | None, box: Box | None) -> None:
        """Show where a mask (z, y, x) is true, which lies in that box of the block; None for nothing."""
        if mask is None or box is None or not mask.size:
            self._preview = None
            return
        corner = int(box[0].start), int(box[1].start), int(box[2].start)
        numbers = np.ascontiguousarray(mask).view(np.uint8)
        if self._preview is not None and self._preview[0].textures.shape == mask.shape:
            textures = self._preview[0].textures
            textures.array = numbers
            textures.dirty((slice(0, mask.shape[0]), slice(0, mask.shape[1]), slice(0, mask.shape[2])))
            self._preview = self._preview[0], corner
        else:
            self._preview = LabelLayer(LabelTextures(numbers), _PREVIEW), corner

    def _all(self) -> list[LabelLayer]:
        return [*self.layers, *([self._preview[0]] if self._preview else [])]

    @property
    def is_stale(self) -> bool:
        """Whether a seen overlay is not on the GPU as it is told."""
        return any(layer.look.visible and layer.textures.is_stale for layer in self._all())

    def prepare(self, canvas: Any, shape: Voxel, position: Voxel) -> None:
        """Bring textures and colours up to date, as far as one frame can; the GL context is current."""
        for layer in self._of(shape):
            layer.textures.queue_piece(position[0])
            layer.prepare()
        if self._preview:
            layer, corner = self._preview
            layer.textures.queue_piece(max(0, min(layer.textures.shape[0] - 1, position[0] - corner[0])))
            layer.prepare()

    def _of(self, shape: Voxel) -> list[LabelLayer]:
        """Those that are seen and belong to a block of that shape."""
        return [
            layer
            for layer in self.layers
            if layer.look.visible and layer.look.opacity > 0.0 and layer.textures.shape == shape
        ]

    def in_volume(self, shape: Voxel, z: int) -> tuple[tuple[LabelLayer, tuple[int, int]], ...]:
        """Return those that are drawn in the volume, each with the slices round z that are there, from and to."""
        ready = [layer for layer in self._of(shape) if layer.is_ready]
        return tuple((layer, layer.textures.known(z)) for layer in ready[-_MOST_IN_VOLUME:])

    def draw(
        self, shape: Voxel, plane: Plane, position: Voxel, matrix: NDArray[np.float64], size: tuple[int, int]
    ) -> None:
        """Draw the overlays into the viewport, of `size` pixels, over the slice through a voxel (z, y, x).

        `matrix` (4, 4) turns rows (right, down, 0, 1) in voxels of the block into clip coordinates.
        """
        gloo.set_state(preset=None, blend=True, blend_func=_BLEND, depth_test=False, cull_face=False)
        for layer in self._of(shape):
            self._draw(layer, (0, 0, 0), plane, position, matrix, size)

    def draw_preview(self, plane: Plane, position: Voxel, matrix: NDArray[np.float64], size: tuple[int, int]) -> None:
        """Draw the preview likewise."""
        if self._preview is not None:
            gloo.set_state(preset=None, blend=True, blend_func=_BLEND, depth_test=False, cull_face=False)
            self._draw(self._preview[0], self._preview[1], plane, position, matrix, size)

    def shows(self, shape: Voxel, plane: Plane, z: int) -> tuple[Any, ...]:
        """Return all that `draw` depends on, but for what was uploaded; empty if there is nothing to draw."""
        found = []
        for layer in self._of(shape):
            first, last = layer.textures.known(z)
            # Of a slice across z all is there or nothing: that more of the others is there does not change it
            found.append((id(layer), layer.look, first < last if plane.depth == 0 else (first, last)))
        return tuple(found)

    def uploads(self, shape: Voxel) -> tuple[int, ...]:
        """Return how often something was uploaded, for each overlay that is drawn."""
        return tuple(layer.textures.uploads for layer in self._of(shape))

    def changed(
        self, shape: Voxel, since: tuple[int, ...], plane: Plane, position: Voxel, matrix: Any, size: tuple[int, int]
    ) -> tuple[int, int, int, int] | None:
        """Return the area (left, bottom, width, height) of a viewport in which `draw` draws something else since then.

        `since` is what `uploads` was; None is for nothing.
        """
        low, high = np.full(2, np.inf), np.full(2, -np.inf)
        for layer, count in zip(self._of(shape), since, strict=True):
            new = layer.textures.uploads - count
            if new > 1:
                return 0, 0, *size
            for box in layer.textures.uploaded if new else ():
                if not box[plane.depth].start <= position[plane.depth] < box[plane.depth].stop:
                    continue
                ends = np.array(
                    [[box[plane.right].start - 0.5, box[plane.down].start - 0.5, 0, 1],
                     [box[plane.right].stop - 0.5, box[plane.down].stop - 0.5, 0, 1]]
                )  # fmt: skip
                reach = layer.look.contour * np.array([1.0, 1.0])
                ends[0, :2] -= reach
                ends[1, :2] += reach
                pixels = ((ends @ matrix)[:, :2] + 1.0) / 2 * np.array(size)
                low = np.minimum(low, pixels.min(axis=0) - 2 - layer.look.contour)
                high = np.maximum(high, pixels.max(axis=0) + 2 + layer.look.contour)
        low, high = np.maximum(np.floor(low), 0), np.minimum(np.ceil(high), size)
        if np.any(high <= low):
            return None
        return int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])

    def _draw(
        self,
        layer: LabelLayer,
        corner: Voxel,
        plane: Plane,
        position: Voxel,
        matrix: NDArray[np.float64],
        size: tuple[int, int],
    ) -> None:
        """Draw a layer whose first voxel lies at that voxel of the block."""
        shape = layer.textures.shape
        inside = position[plane.depth] - corner[plane.depth]
        if not 0 <= inside < shape[plane.depth]:
            return
        first, last = layer.textures.known(max(0, min(shape[0] - 1, position[0] - corner[0])))
        if first == last:
            return
        low, high = [0.0, 0.0], [float(shape[plane.right]), float(shape[plane.down])]
        for place, axis in enumerate((plane.right, plane.down)):
            if axis == 0:  # of what is not on the GPU yet nobody knows what it holds
                low[place], high[place] = float(first), float(last)
        origin, right, down = np.zeros((3, 3), np.float32)
        origin[2 - plane.depth] = (inside + 0.5) / shape[plane.depth]
        right[2 - plane.right] = 1.0 / shape[plane.right]
        down[2 - plane.down] = 1.0 / shape[plane.down]
        has_contour = layer.look.contour > 0
        program = self._program(has_contour)
        program["u_low"], program["u_high"] = low, high
        program["u_origin"], program["u_right"], program["u_down"] = origin, right, down
        shift = np.eye(4)
        shift[3, :2] = corner[plane.right], corner[plane.down]
        program["u_matrix"] = shift @ matrix
        if has_contour:
            # A voxel away, but at least a pixel: else outlines would vanish where voxels are small
            program["u_tap_right"] = right * max(1.0, 2.0 / (abs(float(matrix[0, 0])) * size[0]))
            program["u_tap_down"] = down * max(1.0, 2.0 / (abs(float(matrix[1, 1])) * size[1]))
            program["u_steps"] = layer.look.contour
        layer.apply(program)
        program.draw("triangles")

    def _program(self, has_contour: bool) -> Any:
        if has_contour not in self._programs:
            code = _CONTOUR if has_contour else _FILLED
            program = gloo.Program(_VERTEX, code.format(lookup=lookup()))
            program["a_corner"] = gloo.VertexBuffer(_CORNERS)
            self._programs[has_contour] = program
        return self._programs[has_contour]
