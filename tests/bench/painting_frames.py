"""Paints on a canvas with real mouse events and prints what each step took: `python -m tests.bench.painting_frames`."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_CANVAS = (900, 800)
_STEPS = 120
_SKIPPED = 10
"""Steps at the beginning, of which some make what all later ones use."""


class Desk:
    """A canvas with a block of two channels and one overlay; a brush that paints balls where the mouse is."""

    def __init__(self, shape: tuple[int, int, int], radius: float, is_ball: bool) -> None:
        from app.render.canvas import Canvas
        from app.render.label_look import LabelLook
        from app.render.packing import pack
        from app.render.shading import ChannelLook
        from core.label_colors import palette

        self.canvas = Canvas()
        self.canvas.native.resize(*_CANVAS)
        self.canvas.native.show()
        random = np.random.default_rng(1)
        channels = [random.integers(0, 4000, shape, dtype=np.uint16) for _ in range(2)]
        self.canvas.show_block(self.canvas.make_textures(pack(channels)), (1.0, 1.0, 1.0))
        self.canvas.set_looks([ChannelLook(True, color, 0, 4000) for color in ((1.0, 0.5, 0.0), (0.0, 0.5, 1.0))])
        self.canvas.set_position((shape[0] // 2, 0, 0))
        self.array = _objects(shape)
        self.textures = self.canvas.make_label_textures(self.array)
        self.canvas.set_overlays([(self.textures, LabelLook(palette()))])
        self.canvas.set_tool(is_on=True)
        self._swapped = 0.0
        self.canvas.native.frameSwapped.connect(self._on_swapped)
        self._radii = np.array([radius if is_ball else 0.0, radius, radius])
        for events in (self.canvas.events.tool_pressed, self.canvas.events.tool_moved):
            events.connect(self._on_painted)
        while self.textures.is_stale or not self._swapped:
            self.frame_after(self.canvas.update)

    def _on_swapped(self) -> None:
        self._swapped = time.perf_counter()

    def _on_painted(self, event: Any) -> None:
        from app.render.tool_marks import BrushMark

        radii = tuple(float(radius) for radius in self._radii)
        self.canvas.set_brush(BrushMark(event.point, (radii[0], radii[1], radii[2]), True, "" if radii[0] else "xy"))
        low = np.maximum(np.ceil(np.array(event.point) - self._radii), 0).astype(int)
        high = np.minimum(np.floor(np.array(event.point) + self._radii) + 1, self.array.shape).astype(int)
        z, y, x = np.ogrid[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]
        away = [part - at for part, at in zip((z, y, x), event.point, strict=True)]
        mask = sum(part**2 for part in away) <= self._radii[1] ** 2
        box = slice(low[0], high[0]), slice(low[1], high[1]), slice(low[2], high[2])
        self.array[box][mask] = 77
        self.canvas.labels_changed(self.textures, box)

    def frame_after(self, work: Callable[[], object]) -> float:
        """Return how many milliseconds after its beginning the frame was swapped that shows it."""
        self._swapped = 0.0
        started = time.perf_counter()
        work()
        while not self._swapped:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
        return (self._swapped - started) * 1000

    def stroke(self) -> list[float]:
        """Draw a stroke over the slice; return what its steps took."""
        times = []
        self._send(QEvent.Type.MouseButtonPress, QPointF(100, 100))
        for step in range(_STEPS):
            at = QPointF(100 + 5 * step, 100 + 4 * step + 3 * (step % 7))
            time.sleep(0.011)  # as the hand does; the canvas drops what follows within 10 ms
            times.append(self.frame_after(lambda at=at: self._send(QEvent.Type.MouseMove, at)))  # type: ignore[misc]
        self._send(QEvent.Type.MouseButtonRelease, QPointF(700, 600))
        return times[_SKIPPED:]

    def switches(self) -> list[float]:
        """Go to 3D several times; return what the first frame took each time."""
        times = []
        for step in range(8):
            self.canvas.set_layout("2d")
            self.frame_after(self.canvas.update)
            self.canvas.panes.volume.camera.azimuth += 3.0 * step
            times.append(self.frame_after(lambda: self.canvas.set_layout("3d")))
        return times

    def _send(self, kind: QEvent.Type, at: QPointF) -> None:
        native, button = self.canvas.native, Qt.MouseButton.LeftButton
        held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else button
        own = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else button
        QApplication.sendEvent(
            native, QMouseEvent(kind, at, native.mapToGlobal(at), own, held, Qt.KeyboardModifier.NoModifier)
        )


def _objects(shape: tuple[int, int, int]) -> NDArray[np.uint16]:
    """Return 300 boxes at random places."""
    array = np.zeros(shape, np.uint16)
    random = np.random.default_rng(2)
    for number in range(1, 301):
        z, y, x = (int(random.integers(0, n)) for n in shape)
        array[z : z + 16, y : y + 40, x : x + 40] = number
    return array


def main(scene: str) -> None:
    """Measure one scene and print its times, a list in one line of JSON."""
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    application = QApplication([])
    match scene:
        case "brush2d":
            times = Desk((1, 2048, 2048), 10.0, is_ball=False).stroke()
        case "brush3d":
            times = Desk((64, 1024, 1024), 10.0, is_ball=False).stroke()
        case "sphere50":
            times = Desk((64, 1024, 1024), 25.0, is_ball=True).stroke()
        case "switch":
            times = Desk((128, 1024, 1024), 10.0, is_ball=False).switches()
        case _:
            raise ValueError(scene)
    sys.stdout.write(json.dumps(times) + "\n")
    sys.stdout.flush()
    application.quit()


if __name__ == "__main__":
    main(sys.argv[1])
