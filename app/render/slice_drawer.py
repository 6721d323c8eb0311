"""Draws a slice, or a slab of slices, cut out of the 3D textures: a step through z changes numbers, uploads nothing.

A small slice is shaded once for each voxel and then stretched: without a GPU far less work than for each pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from vispy import gloo

from app.render.planes import Plane, slab
from app.render.shading import ChannelUniforms, ShaderKind, declarations, kind_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.render.shading import ChannelLook
    from app.render.textures import BlockTextures

MAX_PIXELS = 512 * 512
"""Slices of more voxels are drawn directly: shading all of them would cost more than the canvas has pixels."""

SLABS = ("max", "mean")

_VERTEX = """
attribute vec2 a_corner;
uniform mat4 u_matrix;
uniform vec2 u_extent;
uniform vec3 u_origin;
uniform vec3 u_right;
uniform vec3 u_down;
varying vec3 v_texcoord;
void main() {
    // Voxel centres are at integers: the image spans -0.5 .. extent - 0.5
    gl_Position = u_matrix * vec4(a_corner * u_extent - 0.5, 0.0, 1.0);
    v_texcoord = u_origin + a_corner.x * u_right + a_corner.y * u_down;
}
"""
_STRETCH_VERTEX = """
attribute vec2 a_corner;
uniform mat4 u_matrix;
uniform vec2 u_extent;
varying vec2 v_texcoord;
void main() {
    gl_Position = u_matrix * vec4(a_corner * u_extent - 0.5, 0.0, 1.0);
    v_texcoord = a_corner;
}
"""
_STRETCH_FRAGMENT = """
uniform sampler2D u_picture;
varying vec2 v_texcoord;
void main() { gl_FragColor = vec4(texture2D(u_picture, v_texcoord).rgb, 1.0); }
"""
_CORNERS = np.array([[0, 0], [1, 0], [0, 1], [0, 1], [1, 0], [1, 1]], np.float32)


@dataclass(frozen=True)
class Cut:
    """What is cut: slice `position` of a plane, thickened to `thickness` slices of which `how` is one of SLABS."""

    plane: Plane
    position: int
    thickness: int = 1
    how: str = "max"
    is_smooth: bool = False


class SlicePicture:
    """One pane's picture of a small slice, and what it shows."""

    def __init__(self) -> None:
        self.buffer: Any = None
        self.shows: object = None

    def resize(self, rows: int, columns: int) -> None:
        """Have room for so many voxels."""
        if self.buffer is None or self.buffer.color_buffer.shape[:2] != (rows, columns):
            picture = gloo.Texture2D((rows, columns, 4), interpolation="nearest", wrapping="clamp_to_edge")
            self.buffer = gloo.FrameBuffer(color=picture)
            self.shows = None


class SliceDrawer:
    """The programs that draw slices; each is made when it is first needed and serves all panes."""

    def __init__(self) -> None:
        self._shaders: dict[tuple[ShaderKind, str], _Shader] = {}
        self._stretcher: Any = None

    def forget(self) -> None:
        """Let go of what belongs to a block that is not drawn any more."""
        for shader in self._shaders.values():
            shader.set = None

    def compose(
        self, canvas: Any, textures: BlockTextures, looks: Sequence[ChannelLook], cut: Cut, picture: SlicePicture
    ) -> None:
        """Bring a pane's picture up to date if its slice is a small one; the GL context is current."""
        rows, columns = textures.shape[cut.plane.down], textures.shape[cut.plane.right]
        if rows * columns > MAX_PIXELS:
            return
        picture.resize(rows, columns)
        shows = (textures, looks, cut)
        if picture.shows == shows:
            return
        shader = self._shader(textures, looks, cut)
        shader.aim(textures, cut)
        shader.program["u_matrix"] = _over_all(rows, columns)
        gloo.set_state("opaque", depth_test=False, cull_face=False)
        # Not through the canvas's push_fbo: that computes all transforms anew, twice, for a program that uses none
        with picture.buffer:
            canvas.context.set_viewport(0, 0, columns, rows)
            shader.program.draw("triangles")
        picture.shows = shows

    def draw(
        self,
        textures: BlockTextures,
        looks: Sequence[ChannelLook],
        cut: Cut,
        picture: SlicePicture,
        matrix: np.ndarray[Any, Any],
    ) -> None:
        """Draw into the viewport; `matrix` (4, 4) turns rows (right, down, 0, 1) in voxels into clip coordinates."""
        rows, columns = textures.shape[cut.plane.down], textures.shape[cut.plane.right]
        gloo.set_state("opaque", depth_test=False, cull_face=False)
        if rows * columns > MAX_PIXELS:
            shader = self._shader(textures, looks, cut)
            shader.aim(textures, cut)
            shader.program["u_matrix"] = matrix
            shader.program.draw("triangles")
            return
        if self._stretcher is None:
            self._stretcher = gloo.Program(_STRETCH_VERTEX, _STRETCH_FRAGMENT)
            self._stretcher["a_corner"] = gloo.VertexBuffer(_CORNERS)
        colors = picture.buffer.color_buffer
        colors.interpolation = "linear" if cut.is_smooth else "nearest"
        self._stretcher["u_picture"] = colors
        self._stretcher["u_extent"] = (float(columns), float(rows))
        self._stretcher["u_matrix"] = matrix
        self._stretcher.draw("triangles")

    def _shader(self, textures: BlockTextures, looks: Sequence[ChannelLook], cut: Cut) -> _Shader:
        key = kind_for(looks, len(textures.textures)), cut.how if cut.thickness > 1 else ""
        shader = self._shaders.get(key)
        if shader is None:
            shader = self._shaders[key] = _Shader(*key)
        if shader.set != (textures, looks):
            shader.uniforms.set_textures(textures)
            shader.uniforms.set_looks(looks, textures)
            shader.set = (textures, looks)
        return shader


class _Shader:
    """One program for slices, and the block and looks that it is set to."""

    def __init__(self, kind: ShaderKind, how: str) -> None:
        self.program = gloo.Program(_VERTEX, _fragment(kind, how))
        self.program["a_corner"] = gloo.VertexBuffer(_CORNERS)
        self.uniforms = ChannelUniforms(self.program, kind)
        self.set: object = None
        self._how = how

    def aim(self, textures: BlockTextures, cut: Cut) -> None:
        """Cut here."""
        plane, shape = cut.plane, textures.shape
        first, count = slab(cut.position, cut.thickness, shape[plane.depth])
        origin, right, down, step = np.zeros((4, 3), np.float32)
        origin[2 - plane.depth] = (first + 0.5) / shape[plane.depth]
        right[2 - plane.right] = down[2 - plane.down] = 1.0
        step[2 - plane.depth] = 1.0 / shape[plane.depth]
        self.program["u_extent"] = (float(shape[plane.right]), float(shape[plane.down]))
        self.program["u_origin"], self.program["u_right"], self.program["u_down"] = origin, right, down
        if self._how:
            self.program["u_slab_step"] = step
            self.program["u_slab_count"] = float(count)
        is_direct = shape[plane.right] * shape[plane.down] > MAX_PIXELS
        textures.set_interpolation("linear" if cut.is_smooth and is_direct else "nearest")


def _fragment(kind: ShaderKind, how: str) -> str:
    groups = range(kind.groups)
    arguments = ", ".join(f"t{g}" for g in groups)
    if not how:
        texels = "\n".join(f"    vec4 t{g} = texture3D(u_texture_{g}, v_texcoord);" for g in groups)
    else:
        start = "\n".join(f"    vec4 t{g} = vec4(0.0);" for g in groups)
        terms = {
            "max": "t{g} = max(t{g}, texture3D(u_texture_{g}, at));",
            "mean": "t{g} += texture3D(u_texture_{g}, at);",
        }
        steps = "\n".join("        " + terms[how].format(g=g) for g in groups)
        ends = "\n".join(f"    t{g} /= u_slab_count;" for g in groups) if how == "mean" else ""
        texels = f"""{start}
    for (int i = 0; i < int(u_slab_count); i++) {{
        vec3 at = v_texcoord + float(i) * u_slab_step;
{steps}
    }}
{ends}"""
    return f"""
varying vec3 v_texcoord;
uniform vec3 u_size;
uniform vec3 u_slab_step;
uniform float u_slab_count;
{declarations(kind)}
void main() {{
{texels}
    gl_FragColor = vec4(shade({arguments}), 1.0);
}}
"""


def _over_all(rows: int, columns: int) -> np.ndarray[Any, Any]:
    """The matrix that stretches a slice over the whole viewport, first row first."""
    matrix = np.eye(4, dtype=np.float32)
    matrix[0, 0], matrix[1, 1] = 2.0 / columns, 2.0 / rows
    matrix[3, :2] = 1.0 / columns - 1.0, 1.0 / rows - 1.0
    return matrix
