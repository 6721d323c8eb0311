"""Blocks that are too large: reduced as little as the limits ask, to the values that a plain reference gives."""

from __future__ import annotations

import itertools
import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Cancelled
from core.images import tiff_pixels
from core.images.blocks import Block
from core.images.reading import BlockImage, read_block
from core.images.reading_choice import ReadingChoice
from core.images.reduction import choose_reduction, reduced_shape
from core.images.tiff_pixels import reduced

if TYPE_CHECKING:
    from pathlib import Path

RANDOM = np.random.default_rng(4)


def reference(data: Any, steps: tuple[int, ...]) -> Any:
    """The mean of each group, one group after the other."""
    out = np.empty([-(-n // step) for n, step in zip(data.shape, steps, strict=True)])
    for place in itertools.product(*map(range, out.shape)):
        out[place] = data[tuple(slice(p * s, p * s + s) for p, s in zip(place, steps, strict=True))].mean()
    return np.floor(out + 0.5) if data.dtype.kind in "iu" else out


def block(path: Path, data: Any, **options: Any) -> Block:
    tifffile.imwrite(path, data, **options)
    return Block(path.name, str(path), False)


def read(of: Block, **limits: Any) -> BlockImage:
    return read_block(of, choice=ReadingChoice(**limits))


# ------------------------------------------------------------------------ means


@given(
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.sampled_from(["u1", "u2", "i2", "f4"]),
    st.integers(0, 2**32 - 1),
)
def test_mean_of_each_group(shape: tuple[int, int], steps: tuple[int, int], dtype: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    if dtype == "f4":
        data = random.normal(0, 1e3, shape).astype(dtype)
    else:
        limits = np.iinfo(dtype)
        data = random.integers(limits.min, limits.max, shape, dtype, endpoint=True)
    found = reduced(data, steps)
    assert found.dtype == data.dtype
    # Sums of 32 bits: what cancels out leaves an error of the size of the terms
    np.testing.assert_allclose(found, reference(data, steps), rtol=1e-5, atol=1e-3 if dtype == "f4" else 0)


@pytest.mark.parametrize("dtype", [bool, "i4", "u4", "i8", "f8"])
def test_what_may_be_labels_is_never_averaged(dtype: Any) -> None:
    data = RANDOM.integers(0, 2, (7, 9)).astype(dtype) * np.array(1, dtype)
    np.testing.assert_array_equal(reduced(data, (3, 2)), data[[1, 4, 6]][:, [0, 2, 4, 6, 8]])


KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "big-endian": {"byteorder": ">"},
    "zlib": {"compression": "zlib", "rowsperstrip": 7},
    "tiles": {"compression": "zlib", "tile": (16, 32)},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("dtype", ["u2", "f4", "u4"])
def test_each_kind_of_file_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, is_large: bool, dtype: str
) -> None:
    """Groups cross the borders of tiles and strips; a large page is never whole in memory."""
    if is_large:
        monkeypatch.setattr(tiff_pixels, "_LARGE_PAGE", 0)
        monkeypatch.setattr(tiff_pixels, "_PIECE", 1000)
    data = RANDOM.integers(0, 60000, (101, 67)).astype(dtype)
    image = read(block(tmp_path / "a.tif", data, **KINDS[kind]), longest_side=21)
    assert list(image.reduction) == [1, 5, 5]
    expected = reduced(data, (5, 5))
    np.testing.assert_array_equal(image.channels[0].data[0], expected)
    if dtype == "u2":
        np.testing.assert_array_equal(expected, reference(data, (5, 5)))


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_colours_are_reduced_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, planar: str, is_large: bool) -> None:
    if is_large:
        monkeypatch.setattr(tiff_pixels, "_LARGE_PAGE", 0)
    data = RANDOM.integers(0, 255, (3, 50, 60)).astype(np.uint8)
    stored = data.transpose(1, 2, 0) if planar == "contig" else data
    options = {"photometric": "rgb", "planarconfig": planar, "compression": "zlib", "rowsperstrip": 16}
    image = read(block(tmp_path / "a.tif", stored, **options), longest_side=16)
    assert [(c.name, c.color) for c in image.channels] == [
        ("Red", "#FF0000"),
        ("Green", "#00FF00"),
        ("Blue", "#0000FF"),
    ]
    for channel, plane in zip(image.channels, data, strict=True):
        np.testing.assert_array_equal(channel.data[0], reference(plane, (4, 4)))


@pytest.mark.parametrize("channels", [3, 8])
@pytest.mark.parametrize("options", [{"planarconfig": "contig"}, {"metadata": {"axes": "YXC"}}], ids=["page", "pages"])
def test_interleaved_channels_are_averaged(tmp_path: Path, channels: int, options: dict[str, Any]) -> None:
    data = RANDOM.integers(0, 60000, (50, 60, channels)).astype(np.uint16)
    image = read(block(tmp_path / "a.tif", data, photometric="minisblack", **options), longest_side=16)
    assert len(image.channels) == channels
    for number, channel in enumerate(image.channels):
        np.testing.assert_array_equal(channel.data[0], reference(data[..., number], (4, 4)))


@pytest.mark.parametrize("dtype", ["u4", "u2"])
@pytest.mark.parametrize("nodata", [0, 7])
def test_a_tile_that_the_file_has_not_is_no_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dtype: str, nodata: int
) -> None:
    monkeypatch.setattr(tiff_pixels, "_LARGE_PAGE", 0)
    extra = [(42113, "s", 0, str(nodata), True)] if nodata else []
    data = RANDOM.integers(100, 60000, (64, 64)).astype(dtype)
    tifffile.imwrite(tmp_path / "a.tif", data, tile=(32, 32), compression="zlib", extratags=extra)
    data[32:, 32:] = nodata
    with tifffile.TiffFile(tmp_path / "a.tif", mode="r+") as tif:
        page = tif.pages.first
        for name in ("TileOffsets", "TileByteCounts"):
            found = page.tags[name]
            found.overwrite([0 if number == 3 else value for number, value in enumerate(found.value)])
    found = np.full((16, 16), 255, dtype)
    with tifffile.TiffFile(tmp_path / "a.tif") as tif:
        tiff_pixels.fill(found, tif, tif.series[0], (64, 64), (4, 4), {}, lambda: False)
    np.testing.assert_array_equal(found, reduced(data, (4, 4)))


# ------------------------------------------------------------------------ limits


@given(
    st.tuples(st.integers(1, 300), st.integers(1, 3000), st.integers(1, 3000)),
    st.integers(1, 8),
    st.integers(10, 10**9),
    st.integers(1, 2048),
    st.none() | st.tuples(*[st.floats(0.01, 10)] * 3),
)
def test_the_result_fits(
    shape: tuple[int, int, int], per_voxel: int, budget: int, longest: int, voxel_size: Any
) -> None:
    found = choose_reduction([shape], per_voxel, ReadingChoice(budget=budget, longest_side=longest), voxel_size)
    small = reduced_shape(shape, found.steps)
    assert max(small) <= longest
    assert np.prod(small, dtype=object) * per_voxel <= budget or small == (1, 1, 1)
    assert list(found.factors) == list(found.steps)
    assert bool(found.reason) is (found.steps != (1, 1, 1))


def test_a_budget_is_met_by_voxels_like_cubes() -> None:
    """Slices 2 µm apart, pixels of 0.5 µm: the plane is reduced until they are alike."""
    choice = ReadingChoice(budget=100 * 1000 * 1000 // 16)
    assert choose_reduction([(100, 1000, 1000)], 1, choice, (2, 0.5, 0.5)).steps == (1, 4, 4)
    assert choose_reduction([(100, 1000, 1000)], 1, choice, None).steps == (2, 3, 3)


def test_a_volume_says_what_it_lost_and_where_its_voxels_are(tmp_path: Path) -> None:
    data = RANDOM.integers(0, 60000, (9, 40, 50)).astype(np.uint16)
    metadata = {"axes": "ZYX", "spacing": 0.5, "unit": "um"}
    of = block(tmp_path / "a.tif", data, imagej=True, resolution=(2, 2), metadata=metadata)
    image = read(of, budget=data.nbytes // 8)
    assert list(image.reduction) == [2, 3, 3]
    assert (image.full_shape, image.shape) == ((9, 40, 50), (5, 14, 17))
    assert image.voxel_size == pytest.approx((1, 1.5, 1.5))
    assert image.file_voxel_size == pytest.approx((0.5, 0.5, 0.5))
    assert image.notes[0] == (
        "Shown at a third of its resolution in x and y and with one slice out of 2: "
        "9 × 40 × 50 is more than the memory for one block here can hold (4.5e-06 GB)."
    )
    for z, full in enumerate([0, 2, 4, 6, 8]):
        assert image.full_position((z, 1, 2)) == (full, 4, 7)
        np.testing.assert_array_equal(image.channels[0].data[z], reference(data[full], (3, 3)))
    assert image.position_in_data((0, 4, 7)) == pytest.approx((-0.25, 1, 2))


def test_what_fits_is_as_it_was(tmp_path: Path) -> None:
    data = RANDOM.integers(0, 60000, (9, 40, 50)).astype(np.uint16)
    image = read(block(tmp_path / "a.tif", data), budget=data.nbytes, longest_side=50)
    assert (image.is_reduced, image.reduction, image.notes[1:]) == (False, (1, 1, 1), ())
    assert image.full_position((1, 2, 3)) == (1, 2, 3)
    np.testing.assert_array_equal(image.channels[0].data, data)


def test_all_channels_of_a_folder_share_one_reduction(tmp_path: Path) -> None:
    folder = tmp_path / "block_1"
    folder.mkdir()
    for name, channels in (("a", 1), ("b", 2)):
        tifffile.imwrite(folder / f"{name}.tif", np.zeros((channels, 8, 20, 20), np.uint8), metadata={"axes": "CZYX"})
    image = read(Block("block_1", str(folder), True), budget=3 * 8 * 20 * 20 - 1)
    assert len({channel.data.shape for channel in image.channels}) == 1
    assert image.is_reduced
    assert image.nbytes < 3 * 8 * 20 * 20


@pytest.mark.parametrize("kind", ["plain", "tiles"])
def test_memory_stays_within_the_budget_and_a_page(tmp_path: Path, kind: str) -> None:
    data = np.broadcast_to(np.arange(512, dtype=np.uint16), (40, 512, 512))
    of = block(tmp_path / "a.tif", data, **KINDS[kind] | ({"tile": (128, 128)} if kind == "tiles" else {}))
    budget = data.nbytes // 30
    read(of, budget=budget)
    tracemalloc.start()
    try:
        image = read(of, budget=budget)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert image.nbytes <= budget
    assert peak < budget + 4 * data[0].nbytes  # a page, its sums, and what is read of the file at once


def test_a_large_page_can_be_cancelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiff_pixels, "_LARGE_PAGE", 0)
    of = block(tmp_path / "a.tif", np.zeros((200, 200), np.uint16), compression="zlib", tile=(16, 16))
    answers = iter([False] * 6 + [True])
    with pytest.raises(Cancelled):
        read_block(of, cancelled=lambda: next(answers), choice=ReadingChoice(longest_side=50))


# ------------------------------------------------------------------------ pyramids


@pytest.mark.parametrize("kind", ["ome", "tiff", "series"])
def test_the_largest_level_that_fits(tmp_path: Path, kind: str) -> None:
    """A level that fits is read as it is, and nothing of the full resolution: here that is full of 9."""
    full = np.full((2, 200, 301), 9, np.uint16)
    levels = [RANDOM.integers(0, 99, (2, 200 // n, 301 // n)).astype(np.uint16) for n in (2, 4)]
    path = tmp_path / ("a.ome.tif" if kind == "ome" else "a.tif")
    with tifffile.TiffWriter(path) as writer:
        if kind == "series":
            for data in (full, *levels):
                writer.write(data[0], metadata=None, tile=(32, 32))
        else:
            writer.write(full, subifds=2, tile=(32, 32), metadata={"axes": "CYX"}, photometric="minisblack")
            for data in levels:
                writer.write(data, subfiletype=1, tile=(32, 32), photometric="minisblack")
    of = Block("a", str(path), False)
    assert (read(of).shape, read(of).reduction) == ((1, 200, 301), (1, 1, 1))
    for level, data, longest in ((1, levels[0], 150), (2, levels[1], 149), (2, levels[1], 75)):
        image = read(of, longest_side=longest)
        assert list(image.reduction) == [1, 2 * level, 2 * level]
        for channel, expected in zip(image.channels, data, strict=kind != "series"):
            np.testing.assert_array_equal(channel.data[0], expected)
        assert image.notes[0].endswith(f"It is level {level + 1} of the 3 in the file.")
        assert image.full_shape == (1, 200, 301)
    image = read(of, longest_side=40)  # no level is that small
    assert (image.shape, image.reduction) == ((1, 25, 38), (1, 8, 8))
    np.testing.assert_array_equal(image.channels[0].data[0], reference(levels[1][0], (2, 2)))
