"""Draws a canvas with fewer pixels and stretches the picture, for frames that must be quick."""

from __future__ import annotations

from typing import Any

import numpy as np
from vispy import gloo

_VERTEX = """
attribute vec2 a_corner;
varying vec2 v_texcoord;
void main() {
    v_texcoord = 0.5 * a_corner + 0.5;
    gl_Position = vec4(a_corner, 0.0, 1.0);
}
"""
_FRAGMENT = """
uniform sampler2D u_picture;
varying vec2 v_texcoord;
void main() { gl_FragColor = vec4(texture2D(u_picture, v_texcoord).rgb, 1.0); }
"""


class LowResolution:
    """Divides the resolution by a whole number, which follows the time that frames take.

    A GPU soon draws with every pixel; software rendering stays at half or a third of them.

    Parameters
    ----------
    target_s : float
        What a frame may take, in seconds.
    most : int
        The largest divisor.
    """

    def __init__(self, target_s: float, most: int) -> None:
        self.divisor = 2
        self._target_s, self._most = target_s, most
        self._buffer: Any = None
        self._program: Any = None

    def draw(self, canvas: Any) -> None:
        """Draw the canvas's scene; the GL context is current."""
        width, height = (max(1, round(n / self.divisor)) for n in canvas.physical_size)
        buffer = self._buffer_of(height, width)
        # Not through the canvas's push_fbo, which expects a buffer as large as the canvas: with the transforms as they
        # are, the viewport alone makes the picture smaller
        with buffer:
            canvas.context.set_viewport(0, 0, width, height)
            canvas._draw_scene()
        canvas.context.set_viewport(0, 0, *canvas.physical_size)
        if self._program is None:
            self._program = gloo.Program(_VERTEX, _FRAGMENT)
            self._program["a_corner"] = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]], np.float32)
        self._program["u_picture"] = buffer.color_buffer
        gloo.set_state("opaque", depth_test=False, cull_face=False)
        self._program.draw("triangle_strip")

    def adapt(self, seconds: float) -> None:
        """Choose the divisor of the next frame from the time of the last one."""
        if seconds > 1.4 * self._target_s:
            self.divisor = min(self._most, self.divisor + 1)
        elif self.divisor > 1 and seconds * (self.divisor / (self.divisor - 1)) ** 2 < self._target_s:
            self.divisor -= 1

    def _buffer_of(self, height: int, width: int) -> Any:
        if self._buffer is None or self._buffer.color_buffer.shape[:2] != (height, width):
            picture = gloo.Texture2D((height, width, 4), interpolation="linear", wrapping="clamp_to_edge")
            self._buffer = gloo.FrameBuffer(color=picture)
        return self._buffer
