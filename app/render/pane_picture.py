"""A pane's slice with its labels as it was drawn last: where little changes, little is drawn anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from vispy import gloo

if TYPE_CHECKING:
    from collections.abc import Callable

Area = tuple[int, int, int, int]
"""Left, bottom, width and height in pixels of the screen."""

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


class PanePicture:
    """Kept from the second frame on that shows the same: a step through the slices does not pay for it."""

    def __init__(self) -> None:
        self._buffer: Any = None
        self._program: Any = None
        self._size = (0, 0)
        self._last: object = None
        self._shows: object = None

    def forget(self) -> None:
        """Let go of what is shown."""
        self._last = self._shows = None

    def draw(
        self,
        canvas: Any,
        area: Area,
        shows: object,
        changed: Area | None,
        clear: Callable[[], None],
        draw: Callable[[], None],
    ) -> None:
        """Draw into an area of the current frame buffer what `draw` draws into the viewport after `clear`.

        `shows` tells all that it depends on, but for what lies in the area `changed` of the pane, since the last call.
        """
        if shows != self._last:
            self._last, self._shows = shows, None
            clear()
            draw()
            return
        size = area[2:]
        if shows != self._shows or size != self._size:
            changed = 0, 0, *size
        if changed is not None:
            self._fill(canvas, size, changed, draw)
            self._shows = shows
            canvas.context.set_viewport(*area)
        self._copy(canvas, area)

    def _copy(self, canvas: Any, area: Area) -> None:
        """Copy the picture into the frame: without a GPU far quicker than drawing it as a texture."""
        from OpenGL import GL  # imported late: the start does not need it

        if not GL.glBlitFramebuffer:  # before OpenGL 3
            gloo.set_state("opaque", depth_test=False, cull_face=False)
            self._program["u_picture"] = self._buffer.color_buffer
            self._program.draw("triangle_strip")
            return
        canvas.context.flush_commands()
        x, y, width, height = area
        source = canvas.context.shared.parser.get_object(self._buffer.id)._handle
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, source)
        GL.glBlitFramebuffer(0, 0, width, height, x, y, x + width, y + height, GL.GL_COLOR_BUFFER_BIT, GL.GL_NEAREST)
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, canvas.native.defaultFramebufferObject())

    def _fill(self, canvas: Any, size: tuple[int, int], changed: Area, draw: Callable[[], None]) -> None:
        if size != self._size or self._buffer is None:
            self._size = size
            picture = gloo.Texture2D((size[1], size[0], 4), interpolation="nearest", wrapping="clamp_to_edge")
            self._buffer = gloo.FrameBuffer(color=picture)
        if self._program is None:
            self._program = gloo.Program(_VERTEX, _FRAGMENT)
            self._program["a_corner"] = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]], np.float32)
        with self._buffer:
            canvas.context.set_viewport(0, 0, *size)
            gloo.set_state(scissor_test=True)
            canvas.context.set_scissor(*changed)
            canvas.context.clear(color="black", depth=False)
            draw()
        gloo.set_state(scissor_test=False)
