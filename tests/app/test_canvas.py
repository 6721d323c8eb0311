"""What the canvas draws, pixel by pixel, against numpy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtGui import QImage
from vispy.gloo.glir import GlirQueue

from app.render import slice_drawer
from app.render.canvas import Canvas
from app.render.packing import pack
from app.render.planes import PLANES
from app.render.shading import ChannelLook
from tests.app.volume_reference import colored, toned

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
        monkeypatch.setattr(slice_drawer, "MAX_PIXELS", 0)
    channels = volumes(dtype)
    show(canvas, channels)
    for z in (0, 3, SHAPE[0] - 1):
        canvas.set_position((z, 0, 0))
        centres = drawn(canvas)[PIXELS // 2 :: PIXELS, PIXELS // 2 :: PIXELS]
        assert np.abs(centres - expected([data[z] for data in channels])).max() < 2.5 / 255


RAMP = tuple((i / 255, 1 - i / 255, 0.5) for i in range(256))
CURVED = (
    ChannelLook(True, (1.0, 0.5, 0.0), 100, 60_000, gamma=2.2),
    ChannelLook(True, (0.0, 0.25, 1.0), 5_000, 30_000, opacity=0.5, cofactor=500.0),
    ChannelLook(True, (1.0, 1.0, 1.0), 0, 65_535, opacity=0.4, colormap=RAMP),
)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16])
@pytest.mark.parametrize("small", [True, False], ids=["composed", "direct"])
def test_gamma_opacity_arcsinh_and_colormaps(
    canvas: Canvas, monkeypatch: pytest.MonkeyPatch, dtype: Any, small: bool
) -> None:
    if not small:
        monkeypatch.setattr(slice_drawer, "MAX_PIXELS", 0)
    channels = volumes(dtype)
    looks = [replace(look, high=250.0 if dtype == np.uint8 else look.high) for look in CURVED]
    if dtype == np.uint8:
        looks[1] = replace(looks[1], low=3.0)
    show(canvas, channels)
    for shown in (looks, looks[:1] + LOOKS_OFF, LOOKS_OFF[:1] + looks[1:2] + LOOKS_OFF[:1], LOOKS_OFF + looks[2:]):
        canvas.set_looks(shown)
        canvas.set_position((3, 0, 0))
        centres = drawn(canvas)[PIXELS // 2 :: PIXELS, PIXELS // 2 :: PIXELS]
        wanted = sum((colored(toned(d[3], look), look) for d, look in zip(channels, shown, strict=True)), np.zeros(3))
        assert np.abs(centres - np.clip(wanted, 0, 1)).max() < 3.5 / 255


LOOKS_OFF = [ChannelLook(False, (1.0, 1.0, 1.0), 0, 1)] * 2


@pytest.mark.parametrize("how", ["max", "mean"])
@pytest.mark.parametrize("small", [True, False], ids=["composed", "direct"])
def test_a_thick_slice_is_the_maximum_or_the_mean_of_its_slices(
    canvas: Canvas, monkeypatch: pytest.MonkeyPatch, how: str, small: bool
) -> None:
    if not small:
        monkeypatch.setattr(slice_drawer, "MAX_PIXELS", 0)
    channels = volumes(np.uint16)
    show(canvas, channels)
    canvas.set_slab(3, how, is_smooth=False)
    for z, first, last in ((0, 0, 2), (4, 3, 6), (SHAPE[0] - 1, SHAPE[0] - 2, SHAPE[0])):
        canvas.set_position((z, 0, 0))
        centres = drawn(canvas)[PIXELS // 2 :: PIXELS, PIXELS // 2 :: PIXELS]
        seen = [getattr(data[first:last], how)(axis=0) for data in channels]
        assert np.abs(centres - expected(seen)).max() < 2.5 / 255


@pytest.mark.parametrize("voxel_size", [(1.0, 1.0, 1.0), (2.0, 1.0, 0.5)], ids=["cubes", "anisotropic"])
def test_orthogonal_views_show_the_slices_through_the_crosshair(
    canvas: Canvas, voxel_size: tuple[float, float, float]
) -> None:
    channels = volumes(np.uint16)
    canvas.native.resize(800, 600)
    canvas.show_block(canvas.make_textures(pack(channels)), voxel_size)
    canvas.set_looks(LOOKS)
    canvas.set_layout("ortho")
    canvas.set_rendering(canvas.rendering, has_box=False, has_cross=False)
    position = (5, 2, 7)
    canvas.set_position(position)
    picture = drawn(canvas)
    for name, plane in PLANES.items():
        pane = canvas.panes.by_name[name]
        wanted = expected([np.take(data, position[plane.depth], plane.depth) for data in channels])
        if plane.depth == 2:  # z runs to the right
            wanted = wanted.swapaxes(0, 1)
        for down in range(SHAPE[plane.down]):
            for right in range(SHAPE[plane.right]):
                x, y = pane.pixel_of(right * voxel_size[plane.right], down * voxel_size[plane.down])
                column, row = round(x + pane.rect.x), round(y + pane.rect.y)
                assert np.abs(picture[row, column] - wanted[down, right]).max() < 2.5 / 255
                voxel = list(position)
                voxel[plane.down], voxel[plane.right] = down, right
                assert canvas.voxel_at((column, row)) == tuple(voxel)


def test_channels_side_by_side_show_one_channel_each(canvas: Canvas) -> None:
    channels = volumes(np.uint16)
    canvas.native.resize(800, 600)
    show(canvas, channels)
    canvas.set_layout("channels")
    canvas.set_position((4, 0, 0))
    picture = drawn(canvas)
    assert list(canvas.panes.rects()) == ["channel 0", "channel 1"]  # the third is hidden
    for number in (0, 1):
        pane = canvas.panes.by_name[f"channel {number}"]
        wanted = colored(toned(channels[number][4], LOOKS[number]), LOOKS[number])
        for row in range(SHAPE[1]):
            for column in range(SHAPE[2]):
                x, y = (round(place) for place in pane.pixel_of(column, row))
                seen = picture[y + pane.rect.y, x + pane.rect.x]
                assert np.abs(seen - wanted[row, column]).max() < 2.5 / 255


def test_views_are_linked(canvas: Canvas) -> None:
    canvas.native.resize(800, 600)
    show(canvas, volumes(np.uint8))
    canvas.set_layout("ortho")
    drawn(canvas)
    panes = {name: canvas.panes.by_name[name].camera for name in PLANES}
    before = panes["xz"].centre()
    panes["xy"].zoom(0.5, (4.0, 2.0))
    panes["xy"].pan(1.0, 0.5)
    scales = [camera.units_per_pixel() for camera in panes.values()]
    assert scales == pytest.approx([scales[0]] * 3)
    x, y = panes["xy"].centre()
    assert panes["xz"].centre() == pytest.approx((x, before[1]))
    assert panes["yz"].centre() == pytest.approx((before[1], y))


def test_no_view_uploads_anything(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> None:
    canvas.native.resize(800, 600)
    show(canvas, volumes(np.uint16))
    canvas.set_layout("ortho")
    drawn(canvas)
    drawn(canvas)
    sizes: list[int] = []
    command = GlirQueue.command

    def count(self: GlirQueue, *arguments: Any) -> None:  # every command for the GPU goes through it
        if arguments[0] == "DATA":
            sizes.append(arguments[3].nbytes)
        command(self, *arguments)

    monkeypatch.setattr(GlirQueue, "command", count)
    for z in range(SHAPE[0]):
        canvas.set_position((z, z % 6, z))
        drawn(canvas)
    canvas.set_layout("channels")
    drawn(canvas)
    assert sum(sizes) < SHAPE[0] * 4_000  # lines and corners; a slice alone would be more
    assert max(sizes) < 1_000


def test_what_the_mouse_points_at_is_what_is_drawn_there(canvas: Canvas) -> None:
    show(canvas, volumes(np.uint8))
    canvas.set_position((2, 0, 0))
    assert canvas.voxel_at((0.5, 0.5)) == (2, 0, 0)
    assert canvas.voxel_at((SHAPE[2] * PIXELS - 1, PIXELS + 1)) == (2, 1, SHAPE[2] - 1)
    assert canvas.panes.units_per_pixel() == pytest.approx(1 / PIXELS)


def test_the_same_size_keeps_the_camera_and_another_size_fits_it(canvas: Canvas) -> None:
    show(canvas, volumes(np.uint8))
    canvas.panes.by_name["xy"].camera.zoom(0.5)
    show(canvas, volumes(np.uint16))
    assert canvas.panes.units_per_pixel() == pytest.approx(0.5 / PIXELS)
    show(canvas, [data[:, :3, :5] for data in volumes(np.uint8)])
    assert canvas.panes.units_per_pixel() == pytest.approx(0.5 / PIXELS)  # half as wide, fitted again
    assert canvas.voxel_at((0.5, 0.5)) == (0, 0, 0)
