"""What overlays look like on the canvas, pixel by pixel, against look-ups in numpy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.render import label_textures
from app.render.label_look import LabelLook
from app.render.packing import pack
from app.render.planes import PLANES
from app.render.shading import ChannelLook
from core.painting.label_colors import colors_of, palette
from tests.app.test_canvas import canvas, drawn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.render.canvas import Canvas
    from app.render.label_textures import LabelTextures
    from app.render.planes import Plane

__all__ = ["canvas"]

SHAPE = (8, 6, 10)  # z, y, x
PIXELS = 40  # of one voxel
LOOK = LabelLook(palette(), opacity=1.0)
CLOSE = 1.01 / 255
DTYPES = (np.uint8, np.uint16, np.int32)


def show(canvas: Canvas, shape: tuple[int, int, int] = SHAPE, level: int = 0) -> None:
    """Show a block of one channel, gray of that level everywhere."""
    canvas.show_block(canvas.make_textures(pack([np.full(shape, level, np.uint8)])), (1.0, 1.0, 1.0))
    canvas.set_looks([ChannelLook(True, (1.0, 1.0, 1.0), 0, 255)])
    canvas.set_position((0, 0, 0))


def labels(dtype: Any, shape: tuple[int, int, int] = SHAPE) -> NDArray[Any]:
    """Return few numbers, some of them the largest there are, and much background."""
    random = np.random.default_rng(3)
    most = np.iinfo(dtype).max
    return random.choice(np.array([0, 0, 0, 1, 2, 3, 128, most - 1, most], dtype), shape)


def lay(canvas: Canvas, array: NDArray[Any], look: LabelLook = LOOK) -> LabelTextures:
    textures = canvas.make_label_textures(array)
    canvas.set_overlays([(textures, look)])
    return textures


def centres(canvas: Canvas) -> NDArray[np.float64]:
    return drawn(canvas)[PIXELS // 2 :: PIXELS, PIXELS // 2 :: PIXELS]


def colored(array: NDArray[Any]) -> NDArray[np.float64]:
    """Return the colours of all numbers over black."""
    return colors_of(array.ravel()).reshape(*array.shape, 3) / 255.0


@pytest.mark.parametrize("dtype", DTYPES)
def test_each_number_has_the_colour_that_tables_show(canvas: Canvas, dtype: Any) -> None:
    show(canvas)
    array = labels(dtype)
    lay(canvas, array)
    for z in (0, 3, SHAPE[0] - 1):
        canvas.set_position((z, 0, 0))
        assert np.abs(centres(canvas) - colored(array[z])).max() < CLOSE


def test_all_65536_numbers_of_16_bits(canvas: Canvas) -> None:
    canvas.native.resize(512, 512)
    show(canvas, (1, 256, 256))
    array = np.arange(65536, dtype=np.uint16).reshape(1, 256, 256)
    lay(canvas, array)
    assert np.abs(drawn(canvas)[1::2, 1::2] - colored(array[0])).max() < CLOSE


def test_an_overlay_is_mixed_with_what_lies_under_it(canvas: Canvas) -> None:
    show(canvas, level=200)
    array = labels(np.uint8)
    lay(canvas, array, replace(LOOK, opacity=0.4))
    gray = np.full((*SHAPE[1:], 3), 200 / 255)
    wanted = np.where(array[0][..., None] > 0, 0.6 * gray + 0.4 * colored(array[0]), gray)
    assert np.abs(centres(canvas) - wanted).max() < 2 * CLOSE


@pytest.mark.parametrize("dtype", DTYPES)
def test_what_is_hidden_selected_or_has_a_colour_of_its_own(canvas: Canvas, dtype: Any) -> None:
    show(canvas)
    array = labels(dtype)
    most = int(np.iinfo(dtype).max)
    textures = lay(canvas, array)
    plain = colored(array[0])
    assert np.abs(centres(canvas) - plain).max() < CLOSE

    def seen(look: LabelLook) -> NDArray[np.float64]:
        canvas.set_overlays([(textures, look)])
        return centres(canvas)

    without = np.where(np.isin(array[0], (2, most))[..., None], 0.0, plain)
    assert np.abs(seen(replace(LOOK, hidden=frozenset({2, most, 77}))) - without).max() < CLOSE
    alone = np.where(np.isin(array[0], (1, 128))[..., None], plain, 0.0)
    selected = replace(LOOK, selected=frozenset({1, 128, 78}), shows_only_selected=True)
    assert np.abs(seen(selected) - alone).max() < CLOSE
    own = np.where((array[0] == 3)[..., None], np.array([10, 20, 250]) / 255, plain)
    assert np.abs(seen(replace(LOOK, colors=((3, (10, 20, 250)), (79, (1, 1, 1))))) - own).max() < CLOSE
    assert np.abs(seen(replace(LOOK, visible=False))).max() == 0.0
    assert np.abs(seen(LOOK) - plain).max() < CLOSE


def outlined(array: NDArray[Any], thickness: int) -> NDArray[np.bool_]:
    """Return which voxels of a slice have another number within so many steps in one of eight directions."""
    found = np.zeros(array.shape, bool)
    height, width = array.shape
    padded = np.pad(array, thickness, mode="edge")
    for steps in range(1, thickness + 1):
        for down in (-steps, 0, steps):
            for right in (-steps, 0, steps):
                at = padded[thickness + down :, thickness + right :][:height, :width]
                found |= at != array
    return found & (array > 0)


@pytest.mark.parametrize("thickness", [1, 2])
def test_outlines(canvas: Canvas, thickness: int) -> None:
    shape = (1, 12, 20)
    show(canvas, shape)
    array = np.zeros(shape, np.uint16)
    array[0, 1:8, 1:9], array[0, 2:11, 9:18] = 7, 8
    lay(canvas, array, replace(LOOK, contour=thickness))
    found = drawn(canvas)[10::20, 10::20]
    wanted = np.where(outlined(array[0], thickness)[..., None], colored(array[0]), 0.0)
    assert np.abs(found - wanted).max() < CLOSE


def test_outlines_do_not_vanish_where_voxels_are_smaller_than_pixels(canvas: Canvas) -> None:
    shape = (1, 1200, 2000)  # on 400 x 240 pixels: an outline of a voxel would be missed by four of five pixels
    show(canvas, shape)
    array = np.zeros(shape, np.uint8)
    array[0, 201:999, 201:1799] = 5
    lay(canvas, array, replace(LOOK, contour=1))
    is_drawn = np.asarray(drawn(canvas).any(axis=2))
    assert is_drawn[42:198, 38:43].any(axis=1).all() and is_drawn[38:43, 42:358].any(axis=0).all()
    assert not is_drawn[60:180, 60:340].any()


@pytest.mark.parametrize("dtype", DTYPES)
def test_all_planes_show_the_labels_of_their_slices(canvas: Canvas, dtype: Any) -> None:
    canvas.native.resize(800, 600)
    show(canvas)
    array = labels(dtype)
    lay(canvas, array)
    canvas.set_layout("ortho")
    canvas.set_rendering(canvas.rendering, has_box=False, has_cross=False)
    position = (5, 2, 7)
    canvas.set_position(position)
    picture = drawn(canvas)
    for name, plane in PLANES.items():
        for place, voxel in voxels_of(plane, position):
            x, y = canvas.panes.by_name[name].pixel_of(*place)
            rect = canvas.panes.by_name[name].rect
            found = picture[round(y + rect.y), round(x + rect.x)]
            assert np.abs(found - colored(array[voxel][None])[0]).max() < CLOSE


def voxels_of(plane: Plane, position: tuple[int, int, int]) -> list[tuple[tuple[int, int], tuple[int, ...]]]:
    """Return places (right, down) of a slice with their voxels (z, y, x)."""
    found = []
    for down in range(SHAPE[plane.down]):
        for right in range(SHAPE[plane.right]):
            voxel = list(position)
            voxel[plane.down], voxel[plane.right] = down, right
            found.append(((right, down), tuple(voxel)))
    return found


boxes = st.tuples(*(st.tuples(st.integers(-2, n), st.integers(1, n)) for n in SHAPE)).map(
    lambda parts: tuple(slice(start, start + length) for start, length in parts)
)
changes = st.lists(st.lists(st.tuples(boxes, st.integers(0, 2**31 - 1)), min_size=1, max_size=3), max_size=4)


@pytest.mark.parametrize("piece", [1, 100, 4 << 20])
@pytest.mark.parametrize("dtype", DTYPES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(before=changes, frames=changes, z=st.integers(0, SHAPE[0] - 1))
def test_what_is_painted_is_drawn(
    canvas: Canvas, monkeypatch: pytest.MonkeyPatch, dtype: Any, piece: int, before: Any, frames: Any, z: int
) -> None:
    monkeypatch.setattr(label_textures, "PIECE_BYTES", piece)
    show(canvas)
    canvas.set_position((z, 0, 0))
    array = labels(dtype)
    textures = lay(canvas, array)
    most = int(np.iinfo(dtype).max)

    def paint(strokes: Any) -> None:
        for box, number in strokes:
            inside = tuple(slice(max(0, part.start), max(0, part.stop)) for part in box)
            array[inside] = number % (most + 1)
            canvas.labels_changed(textures, box)

    for strokes in before:  # before anything was drawn
        paint(strokes)
    assert np.abs(centres(canvas) - colored(array[z])).max() < CLOSE
    for strokes in frames:  # several boxes in one frame
        paint(strokes)
        assert np.abs(centres(canvas) - colored(array[z])).max() < CLOSE
    for _ in range(2 * SHAPE[0]):  # the other slices come with later frames
        drawn(canvas)
    assert not textures.is_stale
    for other in range(SHAPE[0]):
        canvas.set_position((other, 0, 0))
        assert np.abs(centres(canvas) - colored(array[other])).max() < CLOSE


def test_a_stroke_does_not_put_off_the_first_upload(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(label_textures, "PIECE_BYTES", SHAPE[1] * SHAPE[2])  # a slice in each frame
    show(canvas)
    canvas.set_position((3, 0, 0))
    array = np.zeros(SHAPE, np.uint8)
    textures = lay(canvas, array)
    drawn(canvas)
    for step in range(SHAPE[0]):  # a ball through all slices, while most of them are still to come
        array[:, 2, step] = 1
        canvas.labels_changed(textures, (slice(0, SHAPE[0]), slice(2, 3), slice(step, step + 1)))
        assert np.abs(centres(canvas) - colored(array[3])).max() < CLOSE
        seen = [box for box in textures.uploaded if box[0].start <= 3 < box[0].stop]
        assert [box[1:] for box in seen] == [(slice(2, 3), slice(step, step + 1))]
    for _ in range(2):
        drawn(canvas)
    assert not textures.is_stale


@pytest.mark.parametrize("contour", [0, 1, 3])
def test_a_stroke_leaves_nothing_old_beside_it(canvas: Canvas, contour: int) -> None:
    shape = (1, 60, 100)
    show(canvas, shape, level=60)
    array = np.zeros(shape, np.uint8)
    look = replace(LOOK, contour=contour, opacity=0.7)
    textures = lay(canvas, array, look)
    drawn(canvas)
    drawn(canvas)
    for step in range(12):
        box = slice(0, 1), slice(5 + 3 * step, 17 + 3 * step), slice(8 * step, 8 * step + 10)
        array[box] = step % 3
        canvas.labels_changed(textures, box)
        found = drawn(canvas)
        canvas.set_overlays([])
        drawn(canvas)
        lay(canvas, array, look)  # all anew
        assert np.abs(found - drawn(canvas)).max() < CLOSE
        canvas.set_overlays([(textures, look)])
        drawn(canvas)
        drawn(canvas)


def test_several_overlays_lie_over_each_other_in_their_order(canvas: Canvas) -> None:
    show(canvas)
    low, high = labels(np.uint8), labels(np.uint16)[::-1].copy()
    pair = [(canvas.make_label_textures(array), LOOK) for array in (low, high)]
    canvas.set_overlays(pair)
    top = np.where((high[0] > 0)[..., None], colored(high[0]), colored(low[0]))
    assert np.abs(centres(canvas) - top).max() < CLOSE
    canvas.set_overlays(pair[::-1])
    top = np.where((low[0] > 0)[..., None], colored(low[0]), colored(high[0]))
    assert np.abs(centres(canvas) - top).max() < CLOSE


def test_an_overlay_of_another_block_is_not_drawn(canvas: Canvas) -> None:
    show(canvas)
    lay(canvas, np.ones((8, 6, 9), np.uint8))
    assert not drawn(canvas).any()


def test_a_preview_is_seen_where_its_mask_says(canvas: Canvas) -> None:
    show(canvas)
    mask = np.random.default_rng(2).random((3, 2, 4)) > 0.5
    for mask_now in (mask, ~mask, mask[:2, :, 1:]):
        depth, height, width = mask_now.shape
        canvas.set_preview(mask_now, (slice(2, 2 + depth), slice(1, 1 + height), slice(5, 5 + width)))
        for z in range(SHAPE[0]):
            canvas.set_position((z, 0, 0))
            wanted = np.zeros(SHAPE, bool)
            wanted[2 : 2 + depth, 1 : 1 + height, 5 : 5 + width] = mask_now
            assert np.array_equal(centres(canvas).max(axis=2) > 0.3, wanted[z])
    canvas.set_preview(None)
    assert not drawn(canvas).any()


def test_more_numbers_than_there_are_slots_are_all_drawn(canvas: Canvas) -> None:
    canvas.native.resize(600, 600)
    show(canvas, (1, 300, 300))
    array = (1_000_000 + 7 * np.arange(90_000, dtype=np.int32)).reshape(1, 300, 300)
    lay(canvas, array)
    found = drawn(canvas)[1::2, 1::2]
    assert found.max(axis=2).min() > 0.3
    exact = np.abs(found - colored(array[0])).max(axis=2) < CLOSE
    assert exact.ravel()[:65_535].all()


def test_numbers_of_overlays_that_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="float32"):
        label_textures.LabelTextures(np.zeros((2, 2, 2), np.float32))
    with pytest.raises(ValueError, match="2D"):
        label_textures.LabelTextures(np.zeros((2, 2), np.uint8))
