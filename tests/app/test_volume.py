"""What each 3D mode draws, against rays cast slowly in numpy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from app.render.packing import pack
from app.render.rendering import MODES, CutPlane, Rendering
from app.render.shading import ChannelLook
from tests.app.test_canvas import canvas, drawn
from tests.app.volume_reference import cast, toned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from app.render.canvas import Canvas

__all__ = ["canvas"]

SHAPE = (8, 6, 10)  # z, y, x, before each voxel becomes 3 x 3 x 3
STEP = 2.5 / 255
LOOKS = (
    ChannelLook(True, (1.0, 0.5, 0.0), 100, 60_000),
    ChannelLook(True, (0.0, 0.25, 1.0), 5_000, 30_000, gamma=1.7, opacity=0.8),
    ChannelLook(False, (1.0, 1.0, 1.0), 0, 65_535),
)


def volumes() -> list[NDArray[np.uint16]]:
    """Channels in which each value fills 3 x 3 x 3 voxels: at its centre, interpolation changes nothing."""
    random = np.random.default_rng(5)
    made = [random.integers(0, 65_535, SHAPE, dtype=np.uint16, endpoint=True) for _ in LOOKS]
    return [(data // (1 + 3 * (data % 2))).repeat(3, 0).repeat(3, 1).repeat(3, 2) for data in made]


def show(
    canvas: Canvas, channels: Sequence[NDArray[Any]], rendering: Rendering, voxel: tuple[float, float, float]
) -> None:
    canvas.show_block(canvas.make_textures(pack(channels)), voxel)
    canvas.set_looks(LOOKS)
    canvas.set_layout("3d")
    canvas.set_rendering(rendering, has_box=False, has_cross=False)


def picture(canvas: Canvas, qtbot: QtBot, fine: bool = True) -> NDArray[np.float64]:
    """Return what is drawn at rest, or while the camera moves."""
    if fine:
        qtbot.waitUntil(lambda: canvas.is_drawn and canvas.is_fine)
    return drawn(canvas)


def pixels_of(canvas: Canvas, voxels: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return (row, column) of the pixels that voxels (n, 3; z, y, x) are drawn at."""
    pane = canvas.panes.by_name["3d"]
    rows = np.column_stack([voxels[:, ::-1], np.ones(len(voxels))])
    clip = rows @ pane.volume_matrix(canvas.panes.voxel_size)
    clip = clip[:, :2] / clip[:, 3:]
    size = np.array([pane.rect.width, pane.rect.height])
    columns_rows = (clip * [1, -1] + 1) / 2 * size
    return np.asarray(np.floor(columns_rows[:, ::-1]).astype(np.int64))


def centres(axis: str) -> NDArray[np.float64]:
    """Return the voxels in the middle of the face of the block from which rays along an axis start."""
    depth = "zyx".index(axis)
    sides = [np.arange(n) * 3 + 1.0 for n in SHAPE]
    sides[depth] = np.zeros(1)
    return np.stack(np.meshgrid(*sides, indexing="ij"), -1).reshape(-1, 3)


@pytest.mark.parametrize("voxel", [(1.0, 1.0, 1.0), (2.5, 1.0, 1.0)], ids=["cubes", "anisotropic"])
@pytest.mark.parametrize("axis", ["z", "y", "x"])
@pytest.mark.parametrize("mode", MODES)
def test_rays_along_an_axis_show_what_the_data_say(
    canvas: Canvas, qtbot: QtBot, mode: str, axis: str, voxel: tuple[float, float, float]
) -> None:
    channels = volumes()
    rendering = Rendering(mode, attenuation=0.2, density=0.07, threshold=0.45, is_smooth=False)
    show(canvas, channels, rendering, voxel)
    canvas.align(axis)
    shown = picture(canvas, qtbot)
    where = centres(axis)
    if mode == "iso":  # the light on it depends on the slope: the colour's direction, and where it is dark, are checked
        check_surface(shown, pixels_of(canvas, where), channels, where, axis)
        return
    found = shown[tuple(pixels_of(canvas, where).T)]
    depth = "zyx".index(axis)
    seen = [front_to_back(np.moveaxis(data, depth, 0), axis) for data in channels]
    wanted = cast(rendering, seen, LOOKS, voxel[depth] / min(voxel))
    wanted = wanted[tuple(where[:, [place for place in range(3) if place != depth]].astype(int).T)]
    assert np.abs(found - wanted).max() < 2 * STEP


def front_to_back(data: NDArray[Any], axis: str) -> NDArray[Any]:
    """Return the layers along an axis as they are met: z from its first slice, y and x from their last one."""
    return data if axis == "z" else data[::-1]


def check_surface(
    shown: NDArray[np.float64],
    pixels: NDArray[np.int64],
    channels: Sequence[NDArray[Any]],
    where: NDArray[np.float64],
    axis: str,
) -> None:
    depth = "zyx".index(axis)
    levels = [toned(data, look, with_gamma=False) for data, look in zip(channels, LOOKS, strict=True)]
    for (row, column), voxel in zip(pixels, where.astype(int), strict=True):
        ray: list[Any] = list(voxel)
        ray[depth] = slice(None)
        hits = np.stack([front_to_back(level[tuple(ray)], axis) >= 0.45 for level in levels[:2]])
        first = int(hits.any(axis=0).argmax())
        if not hits.any():
            assert shown[row, column].max() < STEP
            continue
        wanted = sum(
            (np.array(look.color) * look.opacity for look, hit in zip(LOOKS, hits[:, first], strict=False) if hit),
            np.zeros(3),
        )
        assert shown[row, column][wanted == 0].max(initial=0) < STEP
        assert shown[row, column][wanted > 0].min() > 0.2 * wanted[wanted > 0].min()


def test_a_ball_is_a_surface_where_it_should_be_and_lit_from_the_eye(canvas: Canvas, qtbot: QtBot) -> None:
    z, y, x = np.ogrid[-20:21, -20:21, -20:21]
    distance = np.sqrt(z**2 + y**2 + x**2)
    ball = np.clip(30_000 - 3_000 * (distance - 12), 0, 60_000).astype(np.uint16)  # 30,000 at 12 voxels
    canvas.show_block(canvas.make_textures(pack([ball])), (1.0, 1.0, 1.0))
    canvas.set_looks([ChannelLook(True, (1.0, 1.0, 1.0), 0, 60_000)])
    canvas.set_layout("3d")
    canvas.set_rendering(Rendering("iso", threshold=0.5), has_box=False, has_cross=False)
    shown = picture(canvas, qtbot)[..., 1]
    places = np.array([[20.0, 20.0, 20.0 + offset] for offset in (0, 6, 11.3, 12.7, -11.3, -12.7)])
    middle, half, inside, outside, other_inside, other_outside = shown[tuple(pixels_of(canvas, places).T)]
    assert middle > 0.95
    assert half == pytest.approx(0.25 + 0.75 * np.cos(np.arcsin(0.5)), abs=0.06)
    assert inside > 0.3
    assert other_inside > 0.3
    assert outside == other_outside == 0.0


@pytest.mark.parametrize("mode", ["mip", "attenuated", "translucent", "additive", "average", "minip"])
@pytest.mark.parametrize("perspective", [0.0, 60.0])
def test_oblique_rays_show_what_the_data_say_within_the_error_of_sampling(
    canvas: Canvas, qtbot: QtBot, mode: str, perspective: float
) -> None:
    """Tolerance: 3 % of full scale in the mean: the reference samples ten times as often."""
    random = np.random.default_rng(1)
    from scipy.ndimage import gaussian_filter

    channels = []
    for _ in LOOKS:
        data = gaussian_filter(random.random((24, 30, 36)), 2.5)
        channels.append(((data - data.min()) / np.ptp(data) * 65_535).astype(np.uint16))
    voxel = (1.7, 1.0, 1.0)
    rendering = Rendering(mode, attenuation=0.03, density=0.02)
    show(canvas, channels, rendering, voxel)
    canvas.set_camera(False, perspective)
    canvas.set_turn((40.0, 25.0, 0.0))
    shown = picture(canvas, qtbot)
    pane = canvas.panes.by_name["3d"]
    inverse = np.linalg.inv(pane.volume_matrix(voxel))
    height, width = shown.shape[:2]
    errors = []
    for row in range(20, height, 31):
        for column in range(20, width, 29):
            ends = np.array([[(column + 0.5) / width * 2 - 1, 1 - (row + 0.5) / height * 2, z, 1.0] for z in (-1, 1)])
            points = ends @ inverse
            near, far = points[:, :3] / points[:, 3:]
            wanted = cast_ray(rendering, channels, near[::-1], far[::-1], voxel)
            errors.append(np.abs(shown[row, column] - wanted).max())
    assert np.mean(errors) < 0.03
    assert np.quantile(errors, 0.95) < 0.08


def cast_ray(
    rendering: Rendering,
    channels: Sequence[NDArray[Any]],
    near: NDArray[np.float64],
    far: NDArray[np.float64],
    voxel: tuple[float, float, float],
) -> NDArray[np.float64]:
    """Return the colour of one ray between two points (z, y, x) in voxels, sampled finely."""
    from scipy.ndimage import map_coordinates

    shape = np.array(channels[0].shape)
    ray = far - near
    with np.errstate(divide="ignore"):
        bounds = np.sort(np.stack([(-0.5 - near) / ray, (shape - 0.5 - near) / ray]), axis=0)
    start, end = max(bounds[0].max(), 0.0), min(bounds[1].min(), 1.0)
    if end <= start:
        return np.zeros(3)
    inside = ray * (end - start)
    count = max(1, int(np.ceil(np.abs(inside).max() * 10)))
    points = near + ray * start + inside * ((np.arange(count) + 0.5) / count)[:, None]
    samples = [
        map_coordinates(data.astype(float), points.T, order=1, mode="nearest")[:, None, None] for data in channels
    ]
    length = float(np.linalg.norm(inside * voxel)) / min(voxel) / count
    return np.asarray(cast(rendering, samples, LOOKS, length)[0, 0])


def test_only_the_box_is_drawn(canvas: Canvas, qtbot: QtBot) -> None:
    channels = volumes()
    box = ((0.25, 0.75), (0.0, 0.5), (0.0, 1.0))
    show(canvas, channels, Rendering("mip", is_smooth=False, box=box), (1.0, 1.0, 1.0))
    shown = picture(canvas, qtbot)
    where = centres("z")
    found = shown[tuple(pixels_of(canvas, where).T)]
    wanted = cast(Rendering("mip"), [data[6:18] for data in channels], LOOKS, 1.0)
    wanted = wanted[tuple(where[:, 1:].astype(int).T)]
    wanted[where[:, 1] > 9] = 0.0
    assert np.abs(found - wanted).max() < STEP


def test_only_what_is_behind_the_plane_is_drawn(canvas: Canvas, qtbot: QtBot) -> None:
    channels = volumes()
    plane = CutPlane((1.0, 0.0, 0.0), 0.0)  # the middle, between layers 11 and 12
    show(canvas, channels, Rendering("mip", is_smooth=False, plane=plane), (1.0, 1.0, 1.0))
    found = picture(canvas, qtbot)[tuple(pixels_of(canvas, centres("z")).T)]
    wanted = cast(Rendering("mip"), [data[12:] for data in channels], LOOKS, 1.0)
    assert np.abs(found - wanted[tuple(centres("z")[:, 1:].astype(int).T)]).max() < STEP


def test_a_tilted_plane_in_anisotropic_voxels(canvas: Canvas, qtbot: QtBot) -> None:
    voxel = (3.0, 1.0, 1.0)
    normal = np.array([1.0, 2.0, 0.0]) / np.sqrt(5)
    bright = [np.full((24, 18, 30), 65_535, np.uint16)] * 3
    show(canvas, bright, Rendering("mip", plane=CutPlane(tuple(normal), 0.1)), voxel)
    canvas.align("x")  # z and y are seen
    shown = picture(canvas, qtbot)
    sizes = np.array([24, 18, 30]) * voxel
    for z in range(2, 24, 4):
        for y in range(1, 18, 3):
            world = (np.array([z, y, 14.5]) + 0.5) * voxel - sizes / 2
            depth = world @ normal - 0.1 * np.linalg.norm(sizes) / 2
            row, column = pixels_of(canvas, np.array([[z, y, 0.0]]))[0]
            if abs(depth) > 0.2:
                assert (shown[row, column].max() > 0.5) == (depth > 0)


@pytest.mark.parametrize("fine", [True, False], ids=["at rest", "moving"])
def test_coarse_frames_show_the_same(canvas: Canvas, qtbot: QtBot, fine: bool) -> None:
    data = volumes()
    show(canvas, data, Rendering("mip"), (1.0, 1.0, 1.0))
    if fine:
        picture(canvas, qtbot)
    else:
        canvas.panes.volume.camera.view_changed()
    shown = picture(canvas, qtbot, fine)
    assert canvas.is_fine is fine
    found = shown[tuple(pixels_of(canvas, centres("z")).T)]
    wanted = cast(Rendering("mip"), data, LOOKS, 1.0)[tuple(centres("z")[:, 1:].astype(int).T)]
    assert np.abs(found - wanted).max() < 2 * STEP


def test_after_the_camera_rested_a_fine_frame_follows(canvas: Canvas, qtbot: QtBot) -> None:
    show(canvas, volumes(), Rendering(), (1.0, 1.0, 1.0))
    canvas.native.resize(1200, 900)  # else the fine frame is so quick that it comes at once
    for turn in (10.0, 20.0):
        canvas.set_turn((turn, 0.0, 0.0))
        with qtbot.waitSignal(canvas.native.frameSwapped):
            pass
        assert not canvas.is_fine
        qtbot.waitUntil(lambda: canvas.is_fine)


def test_a_slower_block_after_a_quick_one_is_coarse_at_first(
    canvas: Canvas, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(canvas, [data[:3, :3, :3] for data in volumes()], Rendering(), (1.0, 1.0, 1.0))
    picture(canvas, qtbot)
    canvas.volume._seconds["mip"] = 0.0
    monkeypatch.setattr("app.render.volume_drawer._AT_ONCE_S", 1e-6)  # so that any block is a slow one
    show(canvas, volumes(), Rendering(), (1.0, 1.0, 1.0))
    picture(canvas, qtbot, fine=False)
    assert not canvas.is_fine
    picture(canvas, qtbot)


def test_what_lies_over_the_volume_casts_no_ray(canvas: Canvas, qtbot: QtBot) -> None:
    show(canvas, volumes(), Rendering(), (1.0, 1.0, 1.0))
    canvas.set_layout("ortho")
    picture(canvas, qtbot)
    job = canvas.volume._job
    canvas.set_position((3, 4, 5))
    canvas.set_focus((3.0, 4.0, 5.0))
    with qtbot.waitSignal(canvas.native.frameSwapped):
        pass
    assert canvas.is_fine
    assert canvas.volume._job is job
    canvas.set_looks([replace(LOOKS[0], high=20_000), *LOOKS[1:]])
    with qtbot.waitSignal(canvas.native.frameSwapped):
        pass
    assert canvas.volume._job is not job


def test_the_free_camera_looks_along_the_axes_as_the_turntable_does(canvas: Canvas, qtbot: QtBot) -> None:
    show(canvas, volumes(), Rendering(is_smooth=False), (1.0, 1.0, 1.0))
    for axis in "zyx":
        pictures = []
        for is_free in (False, True):
            canvas.set_camera(is_free, 0.0)
            canvas.align(axis)
            pictures.append(picture(canvas, qtbot))
        assert np.abs(pictures[0] - pictures[1]).mean() < 0.01, axis
