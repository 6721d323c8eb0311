"""A small slice, shaded once for each voxel and then stretched: without a GPU far less work than for each pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vispy import gloo
from vispy.scene.visuals import create_visual_node
from vispy.visuals import Visual

from app.render import shading
from app.render.slice import CORNERS, SLICE_VERTEX, sampling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.render.textures import BlockTextures

MAX_PIXELS = 512 * 512
"""Slices of more voxels are drawn directly: shading all of them would cost more than the canvas has pixels."""

_COMPOSE_VERTEX = """
attribute vec2 a_corner;
uniform vec3 u_size;
uniform float u_z;
varying vec3 v_texcoord;
void main() {
    v_texcoord = vec3(a_corner, (u_z + 0.5) / u_size.z);
    gl_Position = vec4(2.0 * a_corner - 1.0, 0.0, 1.0);
}
"""
_STRETCH_FRAGMENT = """
uniform sampler2D u_picture;
varying vec3 v_texcoord;
void main() { gl_FragColor = vec4(texture2D(u_picture, v_texcoord.xy).rgb, 1.0); }
"""


class ComposedSliceVisual(Visual):  # type: ignore[misc]
    """Stands for SliceVisual, pixel for pixel; `compose` must be called before each frame."""

    def __init__(self, groups: int) -> None:
        self.groups = groups
        self.textures: BlockTextures | None = None
        self._buffer: Any = None
        self._is_stale = True
        self._composer = gloo.Program(_COMPOSE_VERTEX, sampling(groups))
        self._composer["a_corner"] = gloo.VertexBuffer(CORNERS)
        self._composer["u_z"] = 0.0
        super().__init__(vcode=SLICE_VERTEX, fcode=_STRETCH_FRAGMENT)
        self._draw_mode = "triangles"
        self.shared_program["a_corner"] = gloo.VertexBuffer(CORNERS)
        self.shared_program["u_z"] = 0.0
        self.set_gl_state("opaque", depth_test=False, cull_face=False)

    def set_textures(self, textures: BlockTextures) -> None:
        """Draw this block from now on."""
        z, y, x = textures.shape
        if self.textures is None or self.textures.shape[1:] != (y, x):
            picture = gloo.Texture2D((y, x, 4), interpolation="nearest", wrapping="clamp_to_edge")
            self._buffer = gloo.FrameBuffer(color=picture)
            self.shared_program["u_picture"] = picture
        self.textures = textures
        self._is_stale = True
        self.shared_program["u_size"] = (float(x), float(y), float(z))
        shading.apply_textures(self._composer, textures)

    def set_looks(self, looks: Sequence[shading.ChannelLook]) -> None:
        """Colours and contrast: uniforms only."""
        if self.textures is not None:
            shading.apply_looks(self._composer, looks, self.textures)
            self._is_stale = True

    def set_z(self, z: float) -> None:
        """Show slice `z` (0-based)."""
        self._composer["u_z"] = float(z)
        self._is_stale = True

    def compose(self, canvas: Any) -> None:
        """Shade the slice if anything is different; the GL context is current."""
        if self.textures is None or not self._is_stale:
            return
        self._is_stale = False
        self.textures.set_interpolation("nearest")
        _, y, x = self.textures.shape
        gloo.set_state("opaque", depth_test=False, cull_face=False)
        # Not through the canvas's push_fbo: that computes all transforms anew, twice, for a program that uses none
        with self._buffer:
            canvas.context.set_viewport(0, 0, x, y)
            self._composer.draw("triangles")
        canvas.context.set_viewport(0, 0, *canvas.physical_size)

    def _prepare_transforms(self, view: Any) -> None:
        view.view_program.vert["transform"] = view.transforms.get_transform()

    def _prepare_draw(self, view: Any) -> bool:
        return self.textures is not None

    def _compute_bounds(self, axis: int, view: Any) -> tuple[float, float] | None:
        if self.textures is None or axis > 1:
            return None
        return -0.5, self.textures.shape[2 - axis] - 0.5


ComposedSliceNode = create_visual_node(ComposedSliceVisual)
