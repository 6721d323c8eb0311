"""The volume of the canvas over time: coarse at once, fine in strips once the camera rests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer

from app.render.volume_drawer import VolumeDrawer

if TYPE_CHECKING:
    from app.render.canvas import Canvas
    from app.render.textures import BlockTextures

_REST_MS = 120
"""So long the camera must rest before the fine picture is begun."""
_SOON_MS = 30
"""So long after anything else than a move of the camera."""


class Refinement:
    """Owns the drawer of what is on the screen; the canvas asks it before each frame in which the volume is seen."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.volume = VolumeDrawer()
        self._strips = self._timer(0, self._on_strip_due)
        self._rest = self._timer(_SOON_MS, self._on_rested)
        self._wait_ms = _SOON_MS

    def _timer(self, interval: int, slot: Any) -> QTimer:
        timer = QTimer(self._canvas.native)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(slot)
        return timer

    def renew(self) -> None:
        """What was drawn is lost."""
        self.volume = VolumeDrawer()

    def camera_moved(self) -> None:
        """The fine picture waits longer: the camera may move on."""
        self._wait_ms = _REST_MS

    def prepare(self, textures: BlockTextures) -> None:
        """Have a picture of what the volume's pane shows now, if need be a coarse one."""
        if self.volume.is_current and self._canvas.tool.is_held and self._canvas.panes.slices():
            return  # a stroke in a slice must not wait for rays: the volume follows when the button is let go
        self._canvas.frame.set_volume(self.volume, textures)
        if not self.volume.is_current:
            self._strips.stop()
            self.volume.draw_coarse(self._canvas)
            if not self.volume.is_fine:
                self._rest.start(self._wait_ms)
                self._wait_ms = _SOON_MS

    def _on_rested(self) -> None:
        if self._canvas.panes.volume.camera.is_held:  # the button is down, the hand only pauses
            self._rest.start(_REST_MS)
        else:
            self._strips.start()

    def _on_strip_due(self) -> None:
        """One strip of the fine picture, then whatever else is to be done."""
        canvas = self._canvas
        if not canvas.can_draw or not canvas.panes.volume.view.visible or not self.volume.is_current:
            return
        canvas.set_current()
        try:
            is_done = self.volume.draw_strip(canvas)
        except Exception as error:  # noqa: BLE001 - GL and vispy raise many; a picture that failed must not be judged
            canvas.fail(error)
            return
        if is_done:
            canvas.update()
        else:
            self._strips.start()
