"""One z slice of a block, cut out of its 3D textures: a step through z changes one number and uploads nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from vispy.gloo import VertexBuffer
from vispy.scene.visuals import create_visual_node
from vispy.visuals import Visual

from app.render import shading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.render.textures import BlockTextures

SLICE_VERTEX = """
attribute vec2 a_corner;
uniform vec3 u_size;
uniform float u_z;
varying vec3 v_texcoord;
void main() {
    // Voxel centres are at integers: the image spans -0.5 .. size - 0.5
    vec2 position = a_corner * u_size.xy - 0.5;
    v_texcoord = vec3(a_corner, (u_z + 0.5) / u_size.z);
    gl_Position = $transform(vec4(position, 0.0, 1.0));
}
"""

CORNERS = np.array([[0, 0], [1, 0], [0, 1], [0, 1], [1, 0], [1, 1]], np.float32)


def sampling(groups: int) -> str:
    """The fragment shader that reads all channels at `v_texcoord` and adds them up."""
    texels = "\n".join(f"    vec4 t{g} = texture3D(u_texture_{g}, v_texcoord);" for g in range(groups))
    arguments = ", ".join(f"t{g}" for g in range(groups))
    return f"""
varying vec3 v_texcoord;
{shading.declarations(groups)}
void main() {{
{texels}
    gl_FragColor = vec4(shade({arguments}), 1.0);
}}
"""


class SliceVisual(Visual):  # type: ignore[misc]
    """Draws slice `z` of up to four channels per texture."""

    def __init__(self, groups: int) -> None:
        self.groups = groups
        super().__init__(vcode=SLICE_VERTEX, fcode=sampling(groups))
        self._draw_mode = "triangles"
        self.shared_program["a_corner"] = VertexBuffer(CORNERS)
        self.shared_program["u_z"] = 0.0
        self.set_gl_state("opaque", depth_test=False, cull_face=False)
        self.textures: BlockTextures | None = None

    def set_textures(self, textures: BlockTextures) -> None:
        """Draw this block from now on."""
        self.textures = textures
        shading.apply_textures(self.shared_program, textures)

    def set_looks(self, looks: Sequence[shading.ChannelLook]) -> None:
        """Colours and contrast: uniforms only."""
        if self.textures is not None:
            shading.apply_looks(self.shared_program, looks, self.textures)

    def set_z(self, z: float) -> None:
        """Show slice `z` (0-based)."""
        self.shared_program["u_z"] = float(z)

    def _prepare_transforms(self, view: Any) -> None:
        view.view_program.vert["transform"] = view.transforms.get_transform()

    def _prepare_draw(self, view: Any) -> bool:
        if self.textures is None:
            return False
        self.textures.set_interpolation("nearest")  # what is judged are the voxels, not a smoothed picture
        return True

    def _compute_bounds(self, axis: int, view: Any) -> tuple[float, float] | None:
        if self.textures is None or axis > 1:
            return None
        return -0.5, self.textures.shape[2 - axis] - 0.5


SliceNode = create_visual_node(SliceVisual)
