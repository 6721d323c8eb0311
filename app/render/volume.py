"""The whole block as a maximum intensity projection, all channels in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from vispy.gloo import IndexBuffer, VertexBuffer
from vispy.scene.visuals import create_visual_node
from vispy.visuals import Visual

from app.render import shading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.render.textures import BlockTextures

_VERTEX = """
attribute vec3 a_corner;
uniform vec3 u_size;
varying vec4 v_near;
varying vec4 v_far;
void main() {
    vec4 position = vec4(a_corner * u_size - 0.5, 1.0);
    gl_Position = $to_screen(position);
    // The ray through this pixel, in voxels: from the near plane to the far plane
    v_near = $from_screen(vec4(gl_Position.xy, -gl_Position.w, gl_Position.w));
    v_far = $from_screen(vec4(gl_Position.xy, gl_Position.w, gl_Position.w));
}
"""

_FRAGMENT = """
uniform vec3 u_size;
uniform float u_step;
varying vec4 v_near;
varying vec4 v_far;
{declarations}
void main() {{
    vec3 near = v_near.xyz / v_near.w + 0.5;
    vec3 ray = v_far.xyz / v_far.w + 0.5 - near;

    // Where the ray enters and leaves the box 0 .. size
    vec3 to_low = -near / ray;
    vec3 to_high = (u_size - near) / ray;
    vec3 enter = min(to_low, to_high);
    vec3 leave = max(to_low, to_high);
    float start = max(max(enter.x, enter.y), max(enter.z, 0.0));
    float end = min(min(leave.x, leave.y), min(leave.z, 1.0));
    if (end <= start) discard;

    // A step is u_step voxels along the axis on which the ray moves most, so no voxel layer is jumped over
    vec3 inside = ray * (end - start);
    float layers = max(max(abs(inside.x), abs(inside.y)), abs(inside.z));
    int steps = int(max(1.0, ceil(layers / u_step - 0.001)));
    vec3 delta = inside / float(steps) / u_size;
    vec3 position = (near + ray * start) / u_size + 0.5 * delta;

{best}
    for (int i = 0; i < steps; i++) {{
{sample}
        position += delta;
    }}
    gl_FragColor = vec4(shade({arguments}), 1.0);
}}
"""

_CORNERS = np.array([[x, y, z] for z in (0, 1) for y in (0, 1) for x in (0, 1)], np.float32)
# Two triangles for each of the six faces, wound so that one face of each ray's pair can be culled
_FACES = np.array(
    [
        [0, 2, 3], [0, 3, 1],
        [4, 5, 7], [4, 7, 6],
        [0, 1, 5], [0, 5, 4],
        [2, 6, 7], [2, 7, 3],
        [0, 4, 6], [0, 6, 2],
        [1, 3, 7], [1, 7, 5],
    ],
    np.uint32,
)  # fmt: skip


class VolumeVisual(Visual):  # type: ignore[misc]
    """Draws the maximum along each ray, channel by channel, then mixes the colours."""

    def __init__(self, groups: int) -> None:
        self.groups = groups
        lines = [
            (
                f"    vec4 t{g} = vec4(0.0);",
                f"        t{g} = max(t{g}, texture3D(u_texture_{g}, position));",
            )
            for g in range(groups)
        ]
        fragment = _FRAGMENT.format(
            declarations=shading.declarations(groups),
            best="\n".join(best for best, _ in lines),
            sample="\n".join(sample for _, sample in lines),
            arguments=", ".join(f"t{g}" for g in range(groups)),
        )
        super().__init__(vcode=_VERTEX, fcode=fragment)
        self._draw_mode = "triangles"
        self._index_buffer = IndexBuffer(_FACES)
        self.shared_program["a_corner"] = VertexBuffer(_CORNERS)
        # Back faces only: each pixel is drawn once, also with the camera inside the box
        self.set_gl_state("opaque", depth_test=False, cull_face="front")
        self.textures: BlockTextures | None = None
        self._fine = True
        self.set_fine(True)

    def set_textures(self, textures: BlockTextures) -> None:
        """Draw this block from now on."""
        self.textures = textures
        shading.apply_textures(self.shared_program, textures)

    def set_looks(self, looks: Sequence[shading.ChannelLook]) -> None:
        """Colours and contrast: uniforms only."""
        if self.textures is not None:
            shading.apply_looks(self.shared_program, looks, self.textures)

    def set_fine(self, fine: bool) -> None:
        """Fine: every voxel layer, interpolated. Coarse: every other layer, nearest voxel."""
        self._fine = fine
        self.shared_program["u_step"] = 1.0 if fine else 2.0

    def _prepare_transforms(self, view: Any) -> None:
        to_screen = view.transforms.get_transform("visual", "render")
        view.view_program.vert["to_screen"] = to_screen
        view.view_program.vert["from_screen"] = to_screen.inverse

    def _prepare_draw(self, view: Any) -> bool:
        if self.textures is None:
            return False
        self.textures.set_interpolation("linear" if self._fine else "nearest")
        return True

    def _compute_bounds(self, axis: int, view: Any) -> tuple[float, float] | None:
        if self.textures is None:
            return None
        return -0.5, self.textures.shape[2 - axis] - 0.5


VolumeNode = create_visual_node(VolumeVisual)
