"""Draws what the canvas shows into an array, at a higher resolution where it is asked for: drawn anew, not blown up."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QTimer
from vispy import gloo
from vispy.util.event import Event

from app.render.volume_drawer import VolumeDrawer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.render.canvas import Canvas

LARGEST_SCALE = 8
_GL_MAX_TEXTURE_SIZE, _GL_MAX_RENDERBUFFER_SIZE, _GL_MAX_VIEWPORT_DIMS = 0x0D33, 0x84E8, 0x0D3A


class Picture:
    """One picture at a time; the volume is drawn in strips, so that the window never stands still for long.

    Answers with the events of the canvas ``picture_drawn(pixels, scale)``, with an array (height, width, 3) of uint8,
    or ``picture_failed(reason)``, with a sentence.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        canvas.events.add(picture_drawn=Event, picture_failed=Event)
        self._scale, self._has_cross = 1, True
        self._shows: tuple[Any, ...] = ()
        self._volume: VolumeDrawer | None = None
        self._longest: int = 0
        self.is_composing = False
        """Whether the canvas draws into the picture and not onto the screen."""
        self._timer = QTimer(canvas.native)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_due)

    def longest_side(self) -> int:
        """Pixels that a side of a picture may have on this computer's graphics."""
        if self._longest == 0:
            self._canvas.set_current()
            names = (_GL_MAX_TEXTURE_SIZE, _GL_MAX_RENDERBUFFER_SIZE, _GL_MAX_VIEWPORT_DIMS)
            self._longest = min(int(np.min(gloo.gl.glGetParameter(name))) for name in names)
        return self._longest

    def largest_scale(self) -> int:
        """How many times as large as on the screen a picture may be, at most LARGEST_SCALE."""
        return max(1, min(LARGEST_SCALE, int(self.longest_side() // max(1, *self._canvas.physical_size))))

    def begin(self, scale: int, has_cross: bool) -> None:
        """Draw at so many pixels for each of the screen, with the crosshair or not; the one begun before is dropped."""
        self._scale, self._has_cross = max(1, min(scale, self.largest_scale())), has_cross
        # At the screen's own resolution its volume is taken as it is: that is what people see
        self._volume = self._canvas.volume if self._scale == 1 else VolumeDrawer()
        self._shows = self._state()
        self._timer.start()

    def _state(self) -> tuple[Any, ...]:
        canvas = self._canvas
        return canvas.textures, canvas.position, canvas.panes.rects()

    def _on_due(self) -> None:
        canvas = self._canvas
        canvas.set_current()
        try:
            with self._enlarged():
                is_done = self._draw_strip()
                pixels = self._compose() if is_done else None
        except Exception as error:  # noqa: BLE001 - GL and vispy raise many: memory that is not there is one of them
            self._volume = None
            canvas.events.picture_failed(reason=f"The picture could not be drawn: {error}")
            return
        if not is_done:
            self._timer.start()
            return
        self._volume = None
        if pixels is None:
            canvas.events.picture_failed(reason="The picture was given up: the view changed while it was drawn.")
        else:
            canvas.events.picture_drawn(pixels=pixels, scale=self._scale)

    def _draw_strip(self) -> bool:
        """Draw some more of the volume, if it is seen; True when all of it is there, or it was turned meanwhile."""
        canvas, volume = self._canvas, self._volume
        assert volume is not None
        if canvas.textures is None or "3d" not in canvas.panes.rects() or self._state() != self._shows:
            return True
        was_begun = volume.has_begun
        canvas.frame.set_volume(volume, canvas.textures, is_exact=self._scale > 1)
        if was_begun and not volume.has_begun and volume is not canvas.volume:
            return True
        return volume.draw_strip(canvas)

    def _compose(self) -> Any:
        canvas, volume = self._canvas, self._volume
        if canvas.textures is None or self._state() != self._shows:
            return None
        assert volume is not None
        if "3d" in canvas.panes.rects() and not volume.is_fine:
            return None
        width, height = (round(n) for n in canvas.physical_size)
        frame = gloo.FrameBuffer(color=gloo.RenderBuffer((height, width)))
        canvas.prepare(canvas.textures, self._has_cross, has_tool=False)
        self.is_composing = True
        try:
            with frame:
                canvas.frame.draw(canvas.textures, volume)
                pixels = frame.read(alpha=False)
        finally:
            self.is_composing = False
            frame.delete()
        return np.ascontiguousarray(pixels)

    @contextmanager
    def _enlarged(self) -> Iterator[None]:
        """Let the canvas believe that its screen has smaller pixels: lines and marks then keep their proportions."""
        canvas = self._canvas
        before = canvas.physical_size
        canvas._backend._vispy_set_physical_size(*(n * self._scale for n in before))
        canvas._update_transforms()
        try:
            yield
        finally:
            canvas._backend._vispy_set_physical_size(*before)
            canvas._update_transforms()
            canvas.context.set_viewport(0, 0, *before)
