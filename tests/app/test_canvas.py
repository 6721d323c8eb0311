"""What the canvas draws, pixel by pixel, against numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtGui import QImage

from app.render import canvas as canvas_module
from app.render.canvas import Canvas
from app.render.packing import pack
from app.render.shading import ChannelLook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

SHAPE = (8, 6, 10)  # z, y, x
PIXELS = 40  # of one voxel
LOOKS = (
    ChannelLook(True, (1.0, 0.5, 0.0), 100, 60_000),
    ChannelLook(True, (0.0, 0.25, 1.0), 5_000, 30_000),
    ChannelLook(False, (1.0, 1.0, 1.0), 0, 65_535),
)


@pytest.fixture
def canvas(qtbot: QtBot) -> Iterator[Canvas]:
    """Return a canvas on which each voxel of a slice covers 40 x 40 pixels."""
    made = Canvas()
    qtbot.addWidget(made.native)
    made.native.resize(SHAPE[2] * PIXELS, SHAPE[1] * PIXELS)
    with qtbot.waitExposed(made.native):
        made.native.show()
    yield made
    made.close()


def volumes(dtype: Any) -> list[NDArray[Any]]:
    random = np.random.default_rng(5)
    info = np.iinfo(dtype)
    return [random.integers(info.min, info.max, SHAPE, dtype=dtype, endpoint=True) for _ in LOOKS]


def expected(values: list[NDArray[Any]]) -> NDArray[np.float64]:
    """Mix channels as the design says: clipped to limits, times colour, added, clipped."""
    mixed = np.zeros((*values[0].shape, 3))
    for data, look in zip(values, LOOKS, strict=True):
        if look.visible:
            scaled = np.clip((data.astype(float) - look.low) / (look.high - look.low), 0, 1)
            mixed += scaled[..., None] * np.array(look.color)
    return np.clip(mixed, 0, 1)


def drawn(canvas: Canvas) -> NDArray[np.float64]:
    """Return what is on the canvas as (height, width, 3) in 0..1."""
    image = canvas.native.grabFramebuffer().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3) / 255.0


def show(canvas: Canvas, channels: list[NDArray[Any]]) -> None:
    canvas.show_block(canvas.make_textures(pack(channels)), (1.0, 1.0, 1.0))
    canvas.set_looks(LOOKS)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16])
@pytest.mark.parametrize("small", [True, False], ids=["composed", "direct"])
def test_a_slice_shows_each_voxel_as_its_limits_and_colours_say(
    canvas: Canvas, monkeypatch: pytest.MonkeyPatch, dtype: Any, small: bool
) -> None:
    if not small:
        monkeypatch.setattr(canvas_module, "MAX_PIXELS", 0)
    channels = volumes(dtype)
    show(canvas, channels)
    for z in (0, 3, SHAPE[0] - 1):
        canvas.set_z(z)
        centres = drawn(canvas)[PIXELS // 2 :: PIXELS, PIXELS // 2 :: PIXELS]
        assert np.abs(centres - expected([data[z] for data in channels])).max() < 2.5 / 255


@pytest.mark.parametrize("fine", [True, False], ids=["at rest", "moving"])
def test_a_ray_along_z_shows_the_maximum_of_each_channel(canvas: Canvas, fine: bool) -> None:
    # Each value fills 3 x 3 x 3 voxels: at its centre, interpolation between equal values changes nothing
    values = volumes(np.uint16)
    show(canvas, [data.repeat(3, 0).repeat(3, 1).repeat(3, 2) for data in values])
    canvas.set_mode("3d")
    if not fine:
        canvas._volume_camera.view_changed()
    picture = drawn(canvas)
    assert canvas.is_fine is fine
    wanted = expected([data.max(axis=0) for data in values])
    to_canvas = canvas._volume.get_transform("visual", "canvas")
    for y in range(SHAPE[1]):
        for x in range(SHAPE[2]):
            column, row = to_canvas.map([3 * x + 1, 3 * y + 1, 0])[:2]
            assert np.abs(picture[round(row), round(column)] - wanted[y, x]).max() < 2.5 / 255


def test_after_the_camera_rested_a_fine_frame_follows(canvas: Canvas, qtbot: QtBot) -> None:
    show(canvas, volumes(np.uint8))
    canvas.set_mode("3d")
    for _ in range(2):
        canvas._volume_camera.view_changed()
        with qtbot.waitSignal(canvas.native.frameSwapped):
            pass
        assert not canvas.is_fine
        qtbot.waitUntil(lambda: canvas.is_fine)


def test_what_the_mouse_points_at_is_what_is_drawn_there(canvas: Canvas) -> None:
    show(canvas, volumes(np.uint8))
    canvas.set_z(2)
    assert canvas.voxel_at((0.5, 0.5)) == (2, 0, 0)
    assert canvas.voxel_at((SHAPE[2] * PIXELS - 1, PIXELS + 1)) == (2, 1, SHAPE[2] - 1)
    assert canvas.units_per_pixel() == pytest.approx(1 / PIXELS)


def test_the_same_size_keeps_the_camera_and_another_size_fits_it(canvas: Canvas) -> None:
    show(canvas, volumes(np.uint8))
    canvas._slice_camera.zoom(0.5)
    show(canvas, volumes(np.uint16))
    assert canvas.units_per_pixel() == pytest.approx(0.5 / PIXELS)
    show(canvas, [data[:, :3, :5] for data in volumes(np.uint8)])
    assert canvas.units_per_pixel() == pytest.approx(0.5 / PIXELS)  # half as wide, fitted again
    assert canvas.voxel_at((0.5, 0.5)) == (0, 0, 0)
