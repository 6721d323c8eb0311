"""Overlays in the volume, against the first object that rays meet in numpy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from app.render.label_look import LabelLook
from app.render.packing import pack
from app.render.rays import ray_at
from app.render.rendering import MODES, CutPlane, Rendering
from app.render.shading import ChannelLook
from core.painting.label_colors import colors_of, palette
from tests.app.test_canvas import canvas
from tests.app.test_volume import centres, front_to_back, picture, pixels_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from app.render.canvas import Canvas

__all__ = ["canvas"]

SHAPE = (24, 18, 30)  # z, y, x: that of tests.app.test_volume, where each value fills 3 x 3 x 3 voxels
LOOK = LabelLook(palette(), opacity=1.0)
CLOSE = 2.5 / 255


def labels(dtype: Any = np.uint16) -> NDArray[Any]:
    """Return an array of sparse objects of 3 x 3 x 3 voxels."""
    random = np.random.default_rng(8)
    most = np.iinfo(dtype).max
    few = random.choice(np.array([0] * 12 + [1, 2, 3, most], dtype), tuple(n // 3 for n in SHAPE))
    return np.ascontiguousarray(few.repeat(3, 0).repeat(3, 1).repeat(3, 2))


def show(
    canvas: Canvas, array: NDArray[Any], look: LabelLook = LOOK, rendering: Rendering | None = None, level: int = 0
) -> None:
    canvas.show_block(canvas.make_textures(pack([np.full(SHAPE, level, np.uint8)])), (1.0, 1.0, 1.0))
    canvas.set_looks([ChannelLook(True, (1.0, 1.0, 1.0), 0, 255)])
    canvas.set_overlays([(canvas.make_label_textures(array), look)])
    canvas.set_layout("3d")
    canvas.set_rendering(rendering or Rendering(is_smooth=False), has_box=False, has_cross=False)


def first_met(array: NDArray[Any], axis: str, where: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return the first number on the ray along an axis through voxels (n, 3), and whether it is met at the side."""
    depth = "zyx".index(axis)
    layers = front_to_back(np.moveaxis(array, depth, 0), axis)
    rest = [place for place in range(3) if place != depth]
    columns = layers[:, where[:, rest[0]].astype(int), where[:, rest[1]].astype(int)]
    first = (columns > 0).argmax(axis=0)
    return columns[first, np.arange(columns.shape[1])], first == 0


def check(found: NDArray[np.float64], numbers: NDArray[Any], is_flat: NDArray[np.bool_]) -> None:
    """The colour of a surface is darker where it is steep; what the side of the block lays open is not lit."""
    wanted = colors_of(numbers) / 255.0
    assert np.abs(found[is_flat] - wanted[is_flat]).max() < CLOSE
    light = found.max(axis=1) / np.maximum(wanted.max(axis=1), 1e-9)
    assert np.all((light[numbers > 0] > 0.29) & (light[numbers > 0] < 1.01))
    assert np.abs(found - wanted * light[:, None]).max() < CLOSE
    assert not found[numbers == 0].any()


@pytest.mark.parametrize("axis", ["z", "y", "x"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32])
def test_the_first_object_along_an_axis_is_seen(canvas: Canvas, qtbot: QtBot, dtype: Any, axis: str) -> None:
    array = labels(dtype)
    show(canvas, array)
    canvas.align(axis)
    where = centres(axis)
    found = picture(canvas, qtbot)[tuple(pixels_of(canvas, where).T)]
    check(found, *first_met(array, axis, where))


@pytest.mark.parametrize("mode", MODES)
def test_objects_are_seen_in_every_mode_and_mixed_with_the_channels(canvas: Canvas, qtbot: QtBot, mode: str) -> None:
    array = labels()
    where = centres("z")
    rendering = Rendering(mode, is_smooth=False, threshold=0.5)
    show(canvas, np.zeros_like(array), rendering=rendering, level=150)
    without = picture(canvas, qtbot)[tuple(pixels_of(canvas, where).T)]
    show(canvas, array, replace(LOOK, opacity=0.5), rendering, level=150)
    found = picture(canvas, qtbot)[tuple(pixels_of(canvas, where).T)]
    numbers, is_flat = first_met(array, "z", where)
    flat = is_flat & (numbers > 0)
    assert np.abs(found[flat] - (without[flat] + colors_of(numbers[flat]) / 255) / 2).max() < CLOSE
    assert np.abs(found[numbers == 0] - without[numbers == 0]).max() < CLOSE


def test_hidden_objects_let_see_what_is_behind_them(canvas: Canvas, qtbot: QtBot) -> None:
    array = labels()
    where = centres("z")
    show(canvas, array, replace(LOOK, hidden=frozenset({1, 65_535})))
    found = picture(canvas, qtbot)[tuple(pixels_of(canvas, where).T)]
    check(found, *first_met(np.where(np.isin(array, (1, 65_535)), 0, array), "z", where))
    show(canvas, array, replace(LOOK, selected=frozenset({2}), shows_only_selected=True))
    found = picture(canvas, qtbot)[tuple(pixels_of(canvas, where).T)]
    check(found, *first_met(np.where(array == 2, array, 0), "z", where))


def test_the_box_and_the_plane_cut_objects(canvas: Canvas, qtbot: QtBot) -> None:
    array = labels()
    where = centres("z")
    half = array.copy()
    half[:12] = 0
    for rendering in (
        Rendering(is_smooth=False, box=((0.5, 1.0), (0.0, 1.0), (0.0, 1.0))),
        Rendering(is_smooth=False, plane=CutPlane((1.0, 0.0, 0.0), 0.0)),
    ):
        show(canvas, array, rendering=rendering)
        found = picture(canvas, qtbot)[tuple(pixels_of(canvas, where).T)]
        numbers, _ = first_met(half, "z", where)
        check(found, numbers, half[12, where[:, 1].astype(int), where[:, 2].astype(int)] > 0)


def test_bounds_spare_only_what_is_empty(canvas: Canvas, qtbot: QtBot) -> None:
    array = np.zeros(SHAPE, np.uint16)
    array[9:15, 6:12, 9:21] = labels()[9:15, 6:12, 9:21]
    where = centres("z")
    show(canvas, array)
    without = picture(canvas, qtbot)
    textures = canvas.make_label_textures(array)
    textures.set_bounds((slice(9, 15), slice(6, 12), slice(9, 21)))
    canvas.set_overlays([(textures, LOOK)])
    found = picture(canvas, qtbot)[tuple(pixels_of(canvas, where).T)]
    assert np.array_equal(found > 0.05, without[tuple(pixels_of(canvas, where).T)] > 0.05)
    array[0:3, 0:3, 0:3] = 5  # outside of the bounds: what is painted widens them
    canvas.labels_changed(textures, (slice(0, 3), slice(0, 3), slice(0, 3)))
    drawn_new = picture(canvas, qtbot)[tuple(pixels_of(canvas, np.array([[0.0, 1.0, 1.0]])).T)]
    assert np.abs(drawn_new - colors_of(np.array([5])) / 255).max() < CLOSE


def test_the_first_object_along_slanted_rays_is_seen(canvas: Canvas, qtbot: QtBot) -> None:
    array = labels()
    show(canvas, array)
    canvas.panes.volume.camera.azimuth, canvas.panes.volume.camera.elevation = 37.0, -25.0
    shown = picture(canvas, qtbot)
    pane, checked = canvas.panes.volume, 0
    for row in range(40, shown.shape[0] - 40, 6):
        for column in range(40, shown.shape[1] - 40, 6):
            # Samples are a voxel apart, and may be of every other pixel: what is only grazed may be missed
            ways = [
                walked(array, ray_at(canvas, pane, (column + 0.5 + x, row + 0.5 + y))) for x in (-2, 2) for y in (-2, 2)
            ]
            if len({way[-1][0] for way in ways}) > 1 or any(way[-1][0] and way[-1][1] < 2.0 for way in ways):
                continue
            sure = ways[0][-1][0]
            found, wanted = shown[row, column], colors_of(np.array([sure]))[0] / 255
            light = found.max() / wanted.max() if sure else 0.0
            assert np.abs(found - wanted * light).max() < 2 * CLOSE
            assert not sure or light > 0.29
            checked += sure > 0
    assert checked > 100


def walked(array: NDArray[Any], ray: Any) -> list[tuple[int, float]]:
    """Return the numbers along a ray, each with the length of the way in it, up to the end of the first object."""
    if ray is None:
        return [(0, 0.0)]
    start, end = (np.array(point) for point in ray)
    length = float(np.linalg.norm(end - start))
    places = start + np.linspace(0, 1, int(length / 0.1) + 2)[:, None] * (end - start)
    voxels = np.clip(np.rint(places).astype(int), 0, np.array(SHAPE) - 1)
    found: list[tuple[int, float]] = []
    for number in array[tuple(voxels.T)].tolist():
        if found and found[-1][0] == number:
            found[-1] = number, found[-1][1] + 0.1
        elif found and found[-1][0]:
            break
        else:
            found.append((number, 0.1))
    return found
