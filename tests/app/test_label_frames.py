"""Overlays on the screen over time: in a context made anew, in pictures, on a fine screen, while a tool is held."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.render.label_look import LabelLook
from app.render.tool_marks import BrushMark
from core.painting.label_colors import palette
from tests.app.test_canvas import canvas, drawn
from tests.app.test_label_drawing import LOOK, SHAPE, colored, labels, lay, show
from tests.app.test_lost_context import desk, no_sharing

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.render.canvas import Canvas
    from tests.app.test_lost_context import Desk

__all__ = ["canvas", "desk", "no_sharing"]

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.expects_warnings
@pytest.mark.usefixtures("no_sharing")
@pytest.mark.parametrize("layout", ["2d", "3d", "ortho"])
@pytest.mark.parametrize("dtype", [np.uint8, np.int32])
def test_labels_come_back_from_the_live_array_after_a_lost_context(
    qtbot: QtBot, desk: Desk, dtype: Any, layout: str
) -> None:
    drawing = desk.canvas
    assert drawing.textures is not None
    shape = drawing.textures.shape
    array = np.zeros(shape, dtype)
    array[2:6, 2 : shape[1] // 2, 2 : shape[2] // 2] = 100
    textures = drawing.make_label_textures(array)
    drawing.set_overlays([(textures, LabelLook(palette(), opacity=0.8))])
    drawing.set_layout(layout)
    drawing.set_position((4, 3, 5))
    drawing.set_brush(BrushMark((4.0, 8.0, 8.0), (3.0, 3.0, 3.0)))
    drawing.set_preview(np.ones((8, 3, 3), bool), (slice(0, 8), slice(10, 13), slice(10, 13)))

    def settle() -> None:
        qtbot.waitUntil(lambda: drawing.is_drawn and drawing.is_fine and not textures.is_stale)
        qtbot.wait(100)

    settle()
    plain = desk.picture()
    array[:, shape[1] // 2 :, shape[2] // 2 :] = 200
    drawing.labels_changed(textures, (slice(0, shape[0]), slice(0, shape[1]), slice(0, shape[2])))
    settle()
    before = desk.picture()
    assert np.abs(before.astype(int) - plain).max() > 50
    desk.move_to_another_window()
    desk.windows[-1].resize(400, 300)
    qtbot.waitUntil(lambda: bool(desk.lost))
    desk.wait_shown(0)
    settle()
    difference = np.abs(desk.picture().astype(int) - before)
    if layout == "ortho":  # how fine the volume is depends on how long the one before took: seen alone it is compared
        difference[151:, 201:] = 0
    assert difference.max() <= 1


def test_labels_are_in_pictures_but_the_brush_is_not(canvas: Canvas, qtbot: QtBot) -> None:
    show(canvas)
    array = labels(np.uint16)
    lay(canvas, array)
    canvas.set_brush(BrushMark((0.0, 3.0, 5.0), (2.0, 2.0, 2.0)))
    assert drawn(canvas).max(axis=2).size
    pictures: list[Any] = []
    canvas.events.picture_drawn.connect(lambda event: pictures.append(event.pixels))
    for scale in (1, 2):
        canvas.picture.begin(scale, has_cross=False)
        qtbot.waitUntil(lambda count=scale: len(pictures) == count)  # type: ignore[misc]
        shown = pictures[-1].reshape(SHAPE[1], 40 * scale, SHAPE[2], 40 * scale, 3) / 255.0
        wanted = np.broadcast_to(colored(array[0])[:, None, :, None], shown.shape)
        assert np.abs(shown - wanted).max() < 1.01 / 255
    assert np.abs(drawn(canvas) - pictures[0] / 255.0).max() > 0.3  # on the screen the brush is still there


@pytest.mark.filterwarnings("ignore:.*QMouseEvent:DeprecationWarning")
def test_the_volume_follows_when_a_stroke_is_over(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.native.resize(800, 600)
    show(canvas)
    array = np.zeros(SHAPE, np.uint8)
    textures = lay(canvas, array)
    canvas.set_layout("ortho")
    canvas.set_rendering(canvas.rendering, has_box=False, has_cross=False)
    canvas.set_tool(is_on=True)
    qtbot.waitUntil(lambda: canvas.is_drawn and canvas.is_fine)
    QTest.mousePress(canvas.native, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(200, 150))
    array[:] = 3
    canvas.labels_changed(textures, (slice(0, 8), slice(0, 6), slice(0, 10)))
    during = drawn(canvas)
    assert during[150, 200].any() and not during[450, 600].any()
    QTest.mouseRelease(canvas.native, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(200, 150))
    qtbot.waitUntil(lambda: canvas.is_drawn and canvas.is_fine and bool(drawn(canvas)[450, 600].any()))


_FINE_SCREEN = """
import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
application = QApplication([])
from app.render.canvas import Canvas
from app.render.label_look import LabelLook
from app.render.packing import pack
from app.render.tool_marks import BrushMark
from core.painting.label_colors import colors_of, palette
canvas = Canvas()
canvas.native.resize(200, 120)
canvas.native.show()
QTest.qWaitForWindowExposed(canvas.native)
assert canvas.native.devicePixelRatio() == 2
canvas.show_block(canvas.make_textures(pack([np.zeros((1, 6, 10), np.uint8)])), (1.0, 1.0, 1.0))
array = np.arange(60, dtype=np.uint16).reshape(1, 6, 10)
textures = canvas.make_label_textures(array)
canvas.set_overlays([(textures, LabelLook(palette(), opacity=1.0))])
def drawn():
    image = canvas.native.grabFramebuffer().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).astype(int)
def check():
    picture = drawn()
    assert picture.shape == (240, 400, 3)
    wanted = np.repeat(np.repeat(colors_of(array.ravel()).reshape(6, 10, 3).astype(int), 40, 0), 40, 1)
    assert np.abs(picture - wanted).max() <= 1
for step in range(4):
    check()
    array[0, step : step + 2, step : step + 3] += 100
    canvas.labels_changed(textures, (slice(0, 1), slice(step, step + 2), slice(step, step + 3)))
check()
told = []
canvas.events.tool_pressed.connect(told.append)
canvas.set_tool(True)
QTest.mousePress(canvas.native, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(50, 70))
assert np.abs(np.array(told[0].point) - (0, 3, 2)).max() < 0.03, told[0].point
canvas.set_overlays([])
canvas.set_brush(BrushMark((0.0, 2.5, 4.5), (1.0, 2.0, 2.0)))
rows, columns = np.nonzero(drawn().min(axis=2) > 150)
assert np.abs(np.array([rows.min(), rows.max(), columns.min(), columns.max()]) - (40, 200, 120, 280)).max() <= 3
canvas.close()
"""


def test_a_screen_of_scale_two() -> None:
    environment = dict(os.environ) | {"QT_SCALE_FACTOR": "2", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _FINE_SCREEN]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_the_look_of_tables_is_that_of_the_screen(canvas: Canvas) -> None:
    """Colours do not depend on the type of the array, nor on what else is in it."""
    show(canvas)
    pictures = []
    for dtype in (np.uint8, np.uint16, np.int32):
        lay(canvas, labels(np.uint8).astype(dtype), LOOK)
        pictures.append(drawn(canvas))
    assert np.array_equal(pictures[0], pictures[1]) and np.array_equal(pictures[0], pictures[2])
