"""Draws the block as a volume into a picture of its own: at once and coarse while it moves, then fine, in strips.

The picture is kept: what lies over it, or stands beside it, can be drawn anew without casting a ray.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from vispy import gloo

from app.render.ray_labels import hides, label_functions, label_mix, set_labels
from app.render.ray_modes import ray_code, surface_functions
from app.render.shading import ChannelUniforms, ShaderKind, declarations, kind_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from app.render.label_layer import LabelLayer
    from app.render.planes import Sizes
    from app.render.rendering import Rendering
    from app.render.shading import ChannelLook
    from app.render.textures import BlockTextures

_COARSE_S = 0.022
"""What a coarse frame may take: with the window's own work that stays under 40 ms."""
_MOST_DIVISOR = 4
_AT_ONCE_S = 0.08
_STRIP_S = 0.03
"""What a strip of the fine picture should take: a key pressed meanwhile waits no longer."""
_SLOW_S = 0.1
"""Where a fine picture takes longer, and a voxel spans several pixels, it has half the resolution."""

_VERTEX = """
attribute vec3 a_corner;
uniform vec3 u_size;
uniform mat4 u_matrix;
uniform mat4 u_inverse;
varying vec4 v_near;
varying vec4 v_far;
void main() {
    gl_Position = u_matrix * vec4(a_corner * u_size - 0.5, 1.0);
    // The ray through this pixel, in voxels: from the near plane to the far plane
    v_near = u_inverse * vec4(gl_Position.xy, -gl_Position.w, gl_Position.w);
    v_far = u_inverse * vec4(gl_Position.xy, gl_Position.w, gl_Position.w);
}
"""
_FRAGMENT = """
uniform vec3 u_size;
uniform vec3 u_voxel;
uniform vec3 u_box_low;
uniform vec3 u_box_high;
uniform vec4 u_plane;
uniform float u_step;
uniform float u_attenuation;
uniform float u_density;
uniform float u_threshold;
varying vec4 v_near;
varying vec4 v_far;
{declarations}
void main() {{
    vec3 near = v_near.xyz / v_near.w + 0.5;
    vec3 ray = v_far.xyz / v_far.w + 0.5 - near;

    // Where the ray enters and leaves the box
    vec3 to_low = (u_box_low - near) / ray;
    vec3 to_high = (u_box_high - near) / ray;
    vec3 enter = min(to_low, to_high);
    vec3 leave = max(to_low, to_high);
    float start = max(max(enter.x, enter.y), max(enter.z, 0.0));
    float end = min(min(leave.x, leave.y), min(leave.z, 1.0));
    // ... and the plane, behind which nothing is drawn
    float toward = dot(ray, u_plane.xyz);
    float before = u_plane.w - dot(near, u_plane.xyz);
    if (toward > 0.0) start = max(start, before / toward);
    else if (toward < 0.0) end = min(end, before / toward);
    else if (before > 0.0) discard;
    if (end <= start) discard;

    // A step is u_step voxels along the axis on which the ray moves most, so no voxel layer is jumped over
    vec3 inside = ray * (end - start);
    float layers = max(max(abs(inside.x), abs(inside.y)), abs(inside.z));
    int steps = int(max(1.0, ceil(layers / u_step - 0.001)));
    vec3 delta = inside / float(steps) / u_size;
    float step_length = length(inside * u_voxel) / float(steps);
    vec3 position = (near + ray * start) / u_size + 0.5 * delta;

{before}
    for (int i = 0; i < steps; i++) {{
{step}
        position += delta;
    }}
{after}
{labels}
    gl_FragColor = vec4(color, 1.0);
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
_STRETCH_VERTEX = """
attribute vec2 a_corner;
varying vec2 v_texcoord;
void main() {
    v_texcoord = 0.5 * a_corner + 0.5;
    gl_Position = vec4(a_corner, 0.0, 1.0);
}
"""
_STRETCH_FRAGMENT = """
uniform sampler2D u_picture;
varying vec2 v_texcoord;
void main() { gl_FragColor = vec4(texture2D(u_picture, v_texcoord).rgb, 1.0); }
"""


class VolumeDrawer:
    """Give it what to draw with `set`, bring the picture up to date with `draw_coarse` or `draw_strip`, `show` it."""

    def __init__(self) -> None:
        self._programs: dict[tuple[str, ShaderKind, tuple[bool, ...]], tuple[Any, ChannelUniforms]] = {}
        self._faces: Any = None
        self._stretcher: Any = None
        self._coarse, self._fine = _Picture(), _Picture()
        self._divisor = 2
        self._seconds: dict[str, float] = {}
        """What the last whole fine picture took, for each mode."""
        self._job: tuple[Any, ...] = ()
        self._program: Any = None
        self._textures: BlockTextures | None = None
        self._is_smooth = True
        self._mode = ""
        self._is_new = True
        self._rows = 0
        self._done = 0
        self._spent = 0.0
        self._shown: _Picture | None = None
        self.is_fine = False
        """Whether the picture has every voxel."""

    @property
    def is_current(self) -> bool:
        """Whether there is a picture of what was set last."""
        return self._shown is not None

    def set(
        self,
        textures: BlockTextures,
        looks: Sequence[ChannelLook],
        rendering: Rendering,
        voxel_size: Sizes,
        matrix: NDArray[np.float64],
        size: tuple[int, int],
        voxel_pixels: float,
        labels: Sequence[tuple[LabelLayer, tuple[int, int]]] = (),
    ) -> None:
        """Say what to draw.

        `matrix` (4, 4) turns rows (x, y, z, 1) in voxels into clip coordinates, `size` is width and height in pixels
        of the screen, `voxel_pixels` how many of them the smallest side of a voxel spans.
        `labels` are overlays, bottom first, each with the slices that are there of it, from and to.
        """
        shown = tuple((id(layer), layer.textures.version, layer.look, part) for layer, part in labels)
        job = (textures, tuple(looks), rendering, voxel_size, matrix.tobytes(), size, shown)
        if job == self._job:
            return
        self._is_new = not self._job or textures is not self._job[0] or rendering.mode != self._mode
        self._job = job
        self._shown = None
        self.is_fine = False
        self._done, self._spent = 0, 0.0
        self._textures, self._is_smooth, self._mode = textures, rendering.is_smooth, rendering.mode
        self._size = size
        self._half = voxel_pixels >= 3.0
        matrix = _tightened(matrix, textures.shape)
        self._program = self._prepare(textures, looks, rendering, voxel_size, matrix, hides(labels))
        set_labels(self._program, labels)

    @property
    def has_begun(self) -> bool:
        """Whether some of the fine picture is drawn."""
        return self._done > 0

    def forget(self) -> None:
        """Show nothing."""
        self._job, self._shown, self._textures = (), None, None

    def draw_coarse(self, canvas: Any) -> None:
        """Draw all of the picture in little time; where fine is no slower, fine. The GL context is current."""
        # What follows quickly on each other must be quick; a new block may take as long as people take for at once
        if self._seconds.get(self._mode, 1.0) < (_AT_ONCE_S if self._is_new else 0.5 * _COARSE_S):
            while not self.draw_strip(canvas) and self._spent <= _AT_ONCE_S:
                pass
            if self.is_fine:
                return
            # Another block took so little: this one is slower, and the fine picture goes on strip by strip
            self._seconds[self._mode] = self._spent * self._fine.height / self._done
        assert self._textures is not None
        width, height = (max(1, round(n / self._divisor)) for n in self._size)
        self._textures.set_interpolation("nearest")
        self._program["u_step"] = 2.0
        start = time.perf_counter()
        self._coarse.resize(height, width)
        self._cast(canvas, self._coarse, 0, height)
        seconds = time.perf_counter() - start
        self._shown = self._coarse
        if seconds > 1.4 * _COARSE_S:
            self._divisor = min(_MOST_DIVISOR, self._divisor + 1)
        elif self._divisor > 1 and seconds * (self._divisor / (self._divisor - 1)) ** 2 < _COARSE_S:
            self._divisor -= 1

    def draw_strip(self, canvas: Any) -> bool:
        """Draw the next strip of the fine picture; True when all is drawn, which is then what is shown."""
        if self.is_fine:
            return True
        assert self._textures is not None
        # Where a voxel spans three pixels and more, every other pixel tells all that the data hold
        divisor = 2 if self._half and self._seconds.get(self._mode, 1.0) > _SLOW_S else 1
        width, height = (max(1, round(n / divisor)) for n in self._size)
        if self._fine.resize(height, width):
            self._done = 0
        if self._done == 0:
            self._rows = max(16, height // 8)
        self._textures.set_interpolation("linear" if self._is_smooth else "nearest")
        self._program["u_step"] = 1.0
        rows = min(self._rows, height - self._done)
        start = time.perf_counter()
        self._cast(canvas, self._fine, self._done, rows)
        seconds = time.perf_counter() - start
        self._spent += seconds * divisor**2
        self._done += rows
        self._rows = max(16, min(height, int(rows * _STRIP_S / max(seconds, 1e-4))))
        if self._done < height:
            return False
        self._seconds[self._mode] = self._spent
        self._shown = self._fine
        self.is_fine = True
        return True

    def show(self) -> None:
        """Draw the picture over the viewport."""
        if self._shown is None:
            return
        if self._stretcher is None:
            self._stretcher = gloo.Program(_STRETCH_VERTEX, _STRETCH_FRAGMENT)
            self._stretcher["a_corner"] = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]], np.float32)
        self._stretcher["u_picture"] = self._shown.buffer.color_buffer
        gloo.set_state("opaque", depth_test=False, cull_face=False)
        self._stretcher.draw("triangle_strip")

    def _cast(self, canvas: Any, picture: _Picture, first: int, rows: int) -> None:
        # Back faces only: each pixel is drawn once, also with the camera inside the box
        gloo.set_state("opaque", depth_test=False, cull_face="front", scissor_test=True)
        with picture.buffer:
            canvas.context.set_viewport(0, 0, picture.width, picture.height)
            canvas.context.set_scissor(0, first, picture.width, rows)
            canvas.context.clear(color="black", depth=False)
            self._program.draw("triangles", self._faces)
        gloo.set_state(scissor_test=False, cull_face=False)
        gloo.gl.glFinish()  # else the time is that of asking, not of drawing

    def _prepare(
        self,
        textures: BlockTextures,
        looks: Sequence[ChannelLook],
        rendering: Rendering,
        voxel_size: Sizes,
        matrix: NDArray[np.float64],
        labels: tuple[bool, ...],
    ) -> Any:
        key = rendering.mode, kind_for(looks, len(textures.textures)), labels
        if key not in self._programs:
            program = gloo.Program(_VERTEX, _fragment(*key))
            program["a_corner"] = gloo.VertexBuffer(_CORNERS)
            self._programs[key] = program, ChannelUniforms(program, key[1])
            self._faces = self._faces or gloo.IndexBuffer(_FACES)
        program, uniforms = self._programs[key]
        uniforms.set_textures(textures)
        uniforms.set_looks(looks, textures)
        sizes = np.array(textures.shape[::-1], float)
        program["u_box_low"] = [low * n for (low, _), n in zip(rendering.box[::-1], sizes, strict=True)]
        program["u_box_high"] = [high * n for (_, high), n in zip(rendering.box[::-1], sizes, strict=True)]
        program["u_voxel"] = np.array(voxel_size[::-1]) / min(voxel_size)
        program["u_plane"] = plane_in_voxels(rendering, voxel_size, sizes)
        program["u_matrix"], program["u_inverse"] = matrix, np.linalg.inv(matrix)
        program["u_attenuation"], program["u_density"] = rendering.attenuation, rendering.density
        program["u_threshold"] = rendering.threshold
        return program


class _Picture:
    """A frame buffer and its size in pixels."""

    def __init__(self) -> None:
        self.buffer: Any = None
        self.width = self.height = 0

    def resize(self, height: int, width: int) -> bool:
        """Have that size; True if it had another."""
        if (height, width) == (self.height, self.width):
            return False
        self.height, self.width = height, width
        picture = gloo.Texture2D((height, width, 4), interpolation="linear", wrapping="clamp_to_edge")
        self.buffer = gloo.FrameBuffer(color=picture)
        return True


def _tightened(matrix: NDArray[np.float64], shape: Sequence[int]) -> NDArray[np.float64]:
    """Return the matrix with its near and far plane just before and behind the block.

    The camera has them so far away that 32-bit numbers between them are a tenth of a voxel apart.
    """
    z, y, x = shape
    corners = np.array([[a, b, c, 1.0] for a in (-0.5, x) for b in (-0.5, y) for c in (-0.5, z)]) @ matrix
    if np.any(corners[:, 3] <= 1e-6):  # the eye is in or beside the block
        low, high = -1.0, 1.0
    else:
        depths = corners[:, 2] / corners[:, 3]
        margin = 0.01 * float(np.ptp(depths))
        low, high = max(-1.0, float(depths.min()) - margin), min(1.0, float(depths.max()) + margin)
    tight = matrix.copy()
    tight[:, 2] = (2.0 * matrix[:, 2] - (high + low) * matrix[:, 3]) / (high - low)
    return tight


def plane_in_voxels(rendering: Rendering, voxel_size: Sizes, sizes: NDArray[np.float64]) -> tuple[float, ...]:
    """The plane as (normal, distance) in voxels x, y, z from the block's corner: p is drawn if p . n >= d."""
    if rendering.plane is None:
        return 0.0, 0.0, 0.0, -1.0
    world = np.array(voxel_size[::-1])
    normal = np.array(rendering.plane.normal[::-1]) * world  # world = voxels * size, so n . world = (n * size) . voxels
    half_diagonal = float(np.linalg.norm(sizes * world)) / 2
    distance = float(normal @ (sizes / 2)) + rendering.plane.offset * half_diagonal
    return (*normal, distance)


def _fragment(mode: str, kind: ShaderKind, labels: tuple[bool, ...]) -> str:
    before, step, after = ray_code(mode, kind)
    functions = declarations(kind) + label_functions(labels)
    if mode == "iso":
        functions += surface_functions(kind)
    return _FRAGMENT.format(
        declarations=functions, before=before, step=step, after=after, labels=label_mix(len(labels))
    )
