"""What the plain view draws without OpenGL, pixel by pixel, against numpy and against the OpenGL canvas."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.render.canvas import Canvas
from app.render.graphics import why_no_opengl
from app.render.packing import pack
from app.render.plain_canvas import PlainCanvas
from app.render.plain_slices import PlainSlices
from app.render.planes import PLANES, XY
from app.render.shading import ChannelLook
from app.views.plain_surface import PlainSurface
from tests.app.volume_reference import colored, toned

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

ROOT = Path(__file__).resolve().parents[2]
SHAPE = (8, 6, 10)  # z, y, x
PIXELS = 40  # of one voxel
LOOKS = (
    ChannelLook(True, (1.0, 0.5, 0.0), 100, 60_000),
    ChannelLook(True, (0.0, 0.25, 1.0), 5_000, 30_000),
    ChannelLook(False, (1.0, 1.0, 1.0), 0, 65_535),
)
RAMP = tuple((i / 255, 1 - i / 255, 0.5) for i in range(256))
CURVED = (
    ChannelLook(True, (1.0, 0.5, 0.0), 100, 60_000, gamma=2.2),
    ChannelLook(True, (0.0, 0.25, 1.0), 5_000, 30_000, opacity=0.5, cofactor=500.0),
    ChannelLook(True, (1.0, 1.0, 1.0), 0, 65_535, opacity=0.4, colormap=RAMP),
)
NONE = Qt.KeyboardModifier.NoModifier
CLOSE = 1.01 / 255


@pytest.fixture
def canvas(qtbot: QtBot) -> PlainCanvas:
    """Return a canvas on which each voxel of a slice covers 40 x 40 pixels."""
    surface = PlainSurface()
    qtbot.addWidget(surface)
    made = PlainCanvas(surface)
    surface.resize(SHAPE[2] * PIXELS, SHAPE[1] * PIXELS)
    with qtbot.waitExposed(surface):
        surface.show()
    return made


def volumes(dtype: Any, count: int = 3) -> list[NDArray[Any]]:
    random = np.random.default_rng(5)
    if np.issubdtype(dtype, np.floating):
        return [random.uniform(-3e4, 7e4, SHAPE).astype(dtype) for _ in range(count)]
    info = np.iinfo(dtype)
    return [random.integers(info.min, info.max, SHAPE, dtype=dtype, endpoint=True) for _ in range(count)]


def expected(values: Any, looks: Any) -> NDArray[np.float64]:
    wanted = sum((colored(toned(v, look), look) for v, look in zip(values, looks, strict=True)), np.zeros(3))
    return np.clip(np.asarray(wanted), 0, 1)


def drawn(canvas: PlainCanvas) -> NDArray[np.float64]:
    """Return what is on the canvas as (height, width, 3) in 0..1."""
    return of_image(canvas.native.grab().toImage())


def of_image(picture: QImage) -> NDArray[np.float64]:
    image = picture.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3) / 255.0


def show(canvas: Any, channels: list[NDArray[Any]], looks: Any = LOOKS) -> None:
    canvas.show_block(canvas.make_textures(pack(channels)), (1.0, 1.0, 1.0))
    canvas.set_looks(looks)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16, np.float32])
def test_a_slice_shows_every_pixel_of_each_voxel_as_its_look_says(canvas: PlainCanvas, dtype: Any) -> None:
    channels = volumes(dtype)
    looks = [replace(look, high=250.0 if dtype == np.uint8 else look.high) for look in CURVED]
    if dtype == np.uint8:
        looks[1] = replace(looks[1], low=3.0)
    show(canvas, channels, looks)
    for shown in (looks, list(LOOKS), [replace(looks[0], visible=False), *looks[1:]]):
        canvas.set_looks(shown)
        for z in (0, 3, SHAPE[0] - 1):
            canvas.set_position((z, 0, 0))
            wanted = expected([data[z] for data in channels], shown).repeat(PIXELS, 0).repeat(PIXELS, 1)
            # floats are packed into 16 bits: a little of the contrast is lost where it is steep
            assert np.abs(drawn(canvas) - wanted).max() < (2.5 / 255 if dtype == np.float32 else CLOSE)


@pytest.mark.parametrize("how", ["max", "mean"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_thick_slice_is_the_maximum_or_the_mean_of_its_slices(canvas: PlainCanvas, how: str, dtype: Any) -> None:
    channels = volumes(dtype)
    narrow = 8 if dtype == np.uint8 else 2_000  # so that thirds of a texel are seen
    looks = [ChannelLook(True, (1.0, 0.5, 0.2), 100, 100 + narrow)] * 3
    show(canvas, channels, looks)
    canvas.set_slab(3, how, is_smooth=False)
    for z, first, last in ((0, 0, 2), (4, 3, 6), (SHAPE[0] - 1, SHAPE[0] - 2, SHAPE[0])):
        canvas.set_position((z, 0, 0))
        seen = [getattr(data[first:last].astype(float), how)(axis=0) for data in channels]
        centres = drawn(canvas)[PIXELS // 2 :: PIXELS, PIXELS // 2 :: PIXELS]
        assert np.abs(centres - expected(seen, looks)).max() < 1.5 / 255


@pytest.mark.parametrize("voxel_size", [(1.0, 1.0, 1.0), (2.0, 1.0, 0.5)], ids=["cubes", "anisotropic"])
def test_orthogonal_views_show_the_slices_through_the_crosshair(
    canvas: PlainCanvas, voxel_size: tuple[float, float, float]
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
    assert list(canvas.panes.rects()) == ["xy", "yz", "xz", "3d"]
    for name, plane in PLANES.items():
        pane = canvas.panes.by_name[name]
        wanted = expected([np.take(data, position[plane.depth], plane.depth) for data in channels], LOOKS)
        if plane.depth == 2:  # z runs to the right
            wanted = wanted.swapaxes(0, 1)
        for down in range(SHAPE[plane.down]):
            for right in range(SHAPE[plane.right]):
                x, y = pane.pixel_of(right * voxel_size[plane.right], down * voxel_size[plane.down])
                column, row = round(pane.rect.x + x), round(pane.rect.y + y)
                assert np.abs(picture[row, column] - wanted[down, right]).max() < CLOSE
                voxel = list(position)
                voxel[plane.down], voxel[plane.right] = down, right
                assert canvas.voxel_at((column, row)) == tuple(voxel)


def test_channels_side_by_side_show_one_channel_each(canvas: PlainCanvas) -> None:
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
                x, y = pane.pixel_of(column, row)
                assert (
                    np.abs(picture[round(pane.rect.y + y), round(pane.rect.x + x)] - wanted[row, column]).max() < CLOSE
                )


@pytest.mark.parametrize("layout", ["2d", "channels"])
def test_it_looks_as_with_opengl(qtbot: QtBot, canvas: PlainCanvas, layout: str) -> None:
    """Smooth and not, zoomed in and out, in the same widget size: the same pixels but at the borders of voxels."""
    other = Canvas()
    qtbot.addWidget(other.native)
    channels = [np.kron(data, np.ones((1, 5, 5), np.uint16)) for data in volumes(np.uint16)]
    for each in (canvas, other):
        each.native.resize(400, 240)
        each.native.show()
        show(each, channels, CURVED)
        each.set_layout(layout)
        each.set_position((3, 0, 0))
    for smooth, most in ((False, 0.01), (True, 0.02)):
        for each in (canvas, other):
            each.set_slab(2, "mean", smooth)
        theirs = of_image(other.native.grabFramebuffer())
        differs = np.abs(drawn(canvas) - theirs).max(axis=-1) > 3.5 / 255
        assert differs.mean() < most
    other.close()


@settings(max_examples=30)
@given(st.integers(1, 9), st.sampled_from([np.uint8, np.uint16]), st.integers(0, 2**32 - 1))
def test_any_number_of_channels(count: int, dtype: Any, seed: int) -> None:
    random = np.random.default_rng(seed)
    full = np.iinfo(dtype).max
    channels = [random.integers(0, full, (2, 4, 5), dtype=dtype, endpoint=True) for _ in range(count)]
    looks = [
        ChannelLook(bool(random.random() < 0.7), (random.random(), random.random(), random.random()), 0, full)
        for _ in range(count)
    ]
    wanted = expected([data[1] for data in channels], looks)
    for some in (np.arange(4), np.array([3, 0])):
        pixels = PlainSlices().compose(pack(channels), looks, XY, (1, 1), "max", some, np.arange(5))
        parts = np.stack([(pixels >> shift) & 255 for shift in (16, 8, 0)], -1) / 255
        assert np.abs(parts - wanted[some]).max() < 0.6 / 255


def test_sixty_four_white_channels_are_white() -> None:
    channels = [np.full((1, 2, 2), 65_535, np.uint16)] * 64
    looks = [ChannelLook(True, (1.0, 1.0, 1.0), 0, 65_535)] * 64
    pixels = PlainSlices().compose(pack(channels), looks, XY, (0, 1), "max", np.arange(2), np.arange(2))
    assert (pixels == 0xFFFFFFFF).all()


def test_the_mouse_moves_zooms_steps_and_jumps(qtbot: QtBot, canvas: PlainCanvas) -> None:
    told: list[Any] = []
    for name in ("slice_wheeled", "position_requested", "pointed"):
        getattr(canvas.events, name).connect(told.append)
    show(canvas, volumes(np.uint8))
    left, right = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
    QTest.mouseDClick(canvas.native, left, NONE, QPoint(5 * PIXELS + 3, PIXELS + 3))
    assert told.pop().position == (0, 1, 5)
    QTest.mouseMove(canvas.native, QPoint(2 * PIXELS + 9, 9))
    qtbot.waitUntil(lambda: bool(told))
    assert told.pop().position == (0, 0, 2)

    for modifiers, zooms in ((NONE, False), (Qt.KeyboardModifier.ControlModifier, True)):
        before = canvas.panes.units_per_pixel()
        at = QPointF(PIXELS / 2, PIXELS / 2)
        wheel = QWheelEvent(
            at, canvas.native.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, modifiers,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(canvas.native, wheel)
        assert (canvas.panes.units_per_pixel() != before) == zooms
    assert canvas.voxel_at((PIXELS / 2, PIXELS / 2)) == (0, 0, 0)  # what was under the mouse stayed
    event = told.pop()
    assert (event.axis, event.steps) == (0, 1.0)

    canvas.reset_view()
    assert canvas.panes.units_per_pixel() == pytest.approx(1 / PIXELS)
    QTest.mousePress(canvas.native, left, NONE, QPoint(100, 100))
    QTest.mouseMove(canvas.native, QPoint(100 + PIXELS, 100 + 2 * PIXELS))
    qtbot.waitUntil(lambda: canvas.voxel_at((PIXELS + 1, 2 * PIXELS + 1)) == (0, 0, 0))
    QTest.mouseRelease(canvas.native, left, NONE, QPoint(100 + PIXELS, 100 + 2 * PIXELS))
    QTest.mousePress(canvas.native, right, NONE, QPoint(100, 100))
    QTest.mouseMove(canvas.native, QPoint(160, 100))
    qtbot.waitUntil(lambda: (canvas.panes.units_per_pixel() or 1) < 0.9 / PIXELS)
    QTest.mouseRelease(canvas.native, right, NONE, QPoint(160, 100))


def test_the_crosshair_is_dragged(qtbot: QtBot, canvas: PlainCanvas) -> None:
    asked: list[Any] = []
    canvas.events.position_requested.connect(asked.append)
    canvas.native.resize(800, 600)
    show(canvas, volumes(np.uint8))
    canvas.set_layout("ortho")
    canvas.set_position((2, 2, 2))
    pane = canvas.panes.by_name["xz"]
    start, end = canvas._place_of(pane, (2, 2, 2)), canvas._place_of(pane, (6, 2, 8))
    QTest.mousePress(canvas.native, Qt.MouseButton.LeftButton, NONE, QPoint(*map(round, start)))
    QTest.mouseMove(canvas.native, QPoint(*map(round, end)))
    qtbot.waitUntil(lambda: bool(asked))
    assert asked[-1].position == (6, 2, 8)
    QTest.mouseRelease(canvas.native, Qt.MouseButton.LeftButton, NONE, QPoint(*map(round, end)))


def test_a_frame_is_told_after_it_was_painted_and_only_then_is_the_block_drawn(
    qtbot: QtBot, canvas: PlainCanvas
) -> None:
    seen: list[bool] = []
    canvas.native.frameSwapped.connect(lambda: seen.append(canvas.is_drawn))
    for _ in range(2):  # the second is another block
        show(canvas, volumes(np.uint8))
        seen.append(canvas.is_drawn)
        assert seen[-1] is False
        with qtbot.waitSignal(canvas.native.frameSwapped):
            pass
        assert seen[-1] is True
    canvas.clear()
    with qtbot.waitSignal(canvas.native.frameSwapped):
        pass
    assert seen[-1] is False
    assert drawn(canvas).max() == 0


def test_a_picture_that_fails_is_told_and_is_not_drawn(qtbot: QtBot, canvas: PlainCanvas) -> None:
    errors: list[Any] = []
    canvas.events.draw_failed.connect(errors.append)
    channels = volumes(np.uint8)
    show(canvas, channels)
    canvas.set_position((SHAPE[0], 0, 0))  # there is no such slice
    drawn(canvas)
    assert isinstance(errors[0].error, IndexError)
    assert not canvas.is_drawn


def test_the_volume_is_never_shown_alone(canvas: PlainCanvas) -> None:
    show(canvas, volumes(np.uint8))
    canvas.set_layout("3d")
    assert list(canvas.panes.rects()) == ["xy"]
    canvas.set_layout("ortho", "3d")
    assert list(canvas.panes.rects()) == ["xy", "yz", "xz", "3d"]


def test_it_has_what_the_controllers_use_of_the_canvas(canvas: PlainCanvas) -> None:
    used: set[str] = set()
    for path in [*(ROOT / "app" / "controllers").glob("*.py"), ROOT / "app" / "main.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Attribute(value=ast.Attribute(value=value, attr="events"), attr=name) if _is_canvas(value):
                    used.add(f"events.{name}")
                case ast.Attribute(value=ast.Attribute(value=value, attr="panes"), attr=name) if _is_canvas(value):
                    used.add(f"panes.{name}")
                case ast.Attribute(value=value, attr=name) if _is_canvas(value):
                    used.add(name)
    assert {"show_block", "panes.rects", "events.pointed"} <= used
    there = {name for name in dir(canvas) if not name.startswith("_")}
    there |= {f"events.{name}" for name in canvas.events.emitters} | {f"panes.{name}" for name in dir(canvas.panes)}
    assert used - there == set()


def _is_canvas(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id == "canvas") or (
        isinstance(node, ast.Attribute) and node.attr in ("canvas", "_canvas")
    )


def test_the_opengl_of_these_tests_is_found_usable(qapp: QApplication) -> None:
    assert why_no_opengl() == ""
