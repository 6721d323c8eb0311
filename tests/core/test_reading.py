"""Reading blocks: real files, files made odd on purpose, and the sentence for each that cannot be shown."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from core.errors import Cancelled, ImageError
from core.images.blocks import Block, scan_blocks
from core.images.reading import BlockImage, displayable, read_block

TYPES = {"uint8", "uint16", "int16", "float32"}
REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data"
REAL_FILES = sorted(
    path for path in REAL.rglob("*") if path.suffix in (".tif", ".tiff") and "block_" not in path.parent.name
)


@pytest.fixture(autouse=True)
def _nothing_on_stderr(capfd: pytest.CaptureFixture[str]) -> Any:
    yield
    assert capfd.readouterr() == ("", "")


def folder(path: Path, **files: Any) -> Block:
    """Make a block folder; `_tif` at the end of a name stands for `.tif`."""
    path.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        tifffile.imwrite(path / name.replace("_tif", ".tif"), data, metadata={"axes": "ZYX"[-data.ndim :]})
    return Block(path.name, str(path), True)


def single(path: Path, data: Any, **options: Any) -> Block:
    tifffile.imwrite(path, data, **options)
    return Block(path.name, str(path), False)


def names(image: BlockImage) -> list[str]:
    return [channel.name for channel in image.channels]


def stack(value: int = 0, dtype: Any = np.uint16, shape: tuple[int, ...] = (5, 6, 7)) -> Any:
    return np.full(shape, value, dtype)


# ------------------------------------------------------------------------ folders of channels


def test_channels_in_natural_order_whatever_the_case_of_the_ending(tmp_path: Path) -> None:
    block = folder(tmp_path / "block_0001", ch_10_tif=stack(10))
    for name, value in (("ch_2.TIFF", 2), ("ch_1.tiff", 1), ("Ch_3.Tif", 3), (".hidden.tif", 9), ("._ch_1.tif", 9)):
        tifffile.imwrite(tmp_path / "block_0001" / name, stack(value))
    (tmp_path / "block_0001" / "dir.tif").mkdir()
    (tmp_path / "block_0001" / "notes.txt").write_text("x")
    image = read_block(block)
    assert names(image) == ["ch_1", "ch_2", "Ch_3", "ch_10"]
    assert [int(channel.data[0, 0, 0]) for channel in image.channels] == [1, 2, 3, 10]
    assert image.shape == (5, 6, 7)
    assert image.nbytes == 4 * 210 * 2
    assert image.block_id == "block_0001"


def test_files_of_one_stem_keep_their_endings(tmp_path: Path) -> None:
    block = folder(tmp_path / "block_1", a_tif=stack())
    tifffile.imwrite(tmp_path / "block_1" / "a.tiff", stack())
    assert sorted(names(read_block(block))) == ["a.tif", "a.tiff"]


def test_file_with_several_channels_contributes_several(tmp_path: Path) -> None:
    block = folder(tmp_path / "block_1", a_tif=stack(1))
    tifffile.imwrite(tmp_path / "block_1" / "b.tif", stack(2, shape=(2, 5, 6, 7)), metadata={"axes": "CZYX"})
    assert names(read_block(block)) == ["a", "b Channel 1", "b Channel 2"]


def test_unnamed_axis_of_one_file_for_each_channel_is_z(tmp_path: Path) -> None:
    block = folder(tmp_path / "block_1")
    for name in "ab":
        tifffile.imwrite(tmp_path / "block_1" / f"{name}.tif", stack(), metadata=None)
    image = read_block(block)
    assert (image.shape, len(image.channels)) == ((5, 6, 7), 2)
    assert image.notes == ("The file does not name its axes (5 × 6 × 7): the 5 are taken as slices.",)


def test_unequal_channels_are_named_with_their_shapes(tmp_path: Path) -> None:
    block = folder(tmp_path / "block_1", red_tif=stack(), green_tif=stack(), x_tif=stack(shape=(2, 6, 7)))
    with pytest.raises(ImageError) as caught:
        read_block(block)
    assert caught.value.path == block.path
    assert "green.tif is 5 × 6 × 7, x.tif is 2 × 6 × 7 (z × y × x)" in str(caught.value)


def test_folder_without_tiffs(tmp_path: Path) -> None:
    block = folder(tmp_path / "block_1")
    (tmp_path / "block_1" / "image.png").write_bytes(b"x")
    with pytest.raises(ImageError, match="holds no TIFF file"):
        read_block(block)


def test_folder_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="does not exist"):
        read_block(Block("block_1", str(tmp_path / "block_1"), True))


def test_one_bad_channel_is_named(tmp_path: Path) -> None:
    block = folder(tmp_path / "block_1", a_tif=stack(), b_tif=stack())
    (tmp_path / "block_1" / "b.tif").write_text("text")
    with pytest.raises(ImageError, match="is not a TIFF file") as caught:
        read_block(block)
    assert caught.value.path == str(tmp_path / "block_1" / "b.tif")


def test_channels_read_in_threads_come_in_order(tmp_path: Path) -> None:
    files = {f"c{index}_tif": stack(index) for index in range(12)}
    block = folder(tmp_path / "block_1", **files)
    with ThreadPoolExecutor(4) as threads:
        image = read_block(block, threads.map)
    assert [int(channel.data.max()) for channel in image.channels] == list(range(12))


def test_the_voxel_size_of_the_first_file_that_has_one(tmp_path: Path) -> None:
    block = folder(tmp_path / "block_1", a_tif=stack())
    for name, spacing in (("b", 0.5), ("c", 0.7)):
        metadata = {"axes": "ZYX", "spacing": spacing, "unit": "um"}
        tifffile.imwrite(
            tmp_path / "block_1" / f"{name}.tif", stack(), imagej=True, resolution=(5, 5), metadata=metadata
        )
    image = read_block(block)
    assert image.voxel_size == pytest.approx((0.5, 0.2, 0.2))
    assert image.notes == ("The channels state different voxel sizes: that of the first one is used.",)


# ------------------------------------------------------------------------ single files


@pytest.mark.parametrize(
    ("shape", "options", "channels", "expected"),
    [
        ((5, 6), {}, 1, (1, 5, 6)),
        ((3, 5, 6), {"metadata": {"axes": "CYX"}, "photometric": "minisblack"}, 3, (1, 5, 6)),
        ((3, 5, 6), {"photometric": "minisblack"}, 3, (1, 5, 6)),
        ((20, 5, 6), {}, 1, (20, 5, 6)),
        ((2, 7, 5, 6), {}, 2, (7, 5, 6)),
        ((7, 2, 5, 6), {"imagej": True, "metadata": {"axes": "ZCYX"}}, 2, (7, 5, 6)),
        ((2, 7, 5, 6), {"ome": True, "metadata": {"axes": "CZYX"}}, 2, (7, 5, 6)),
        ((9, 5, 6), {"compression": "lzw"}, 1, (9, 5, 6)),
        ((5, 6, 3), {"photometric": "rgb"}, 3, (1, 5, 6)),
        ((3, 5, 6), {"photometric": "rgb", "planarconfig": "separate"}, 3, (1, 5, 6)),
        ((1, 4, 2, 5, 6), {"imagej": True}, 2, (4, 5, 6)),
    ],
)
def test_shapes_of_single_files(
    tmp_path: Path, shape: tuple[int, ...], options: Any, channels: int, expected: tuple[int, ...]
) -> None:
    image = read_block(single(tmp_path / "a.TIF", np.zeros(shape, np.uint8), **options))
    assert (len(image.channels), image.shape) == (channels, expected)
    assert all(channel.data.flags.c_contiguous for channel in image.channels)


def test_five_unnamed_dimensions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="has 5 dimensions"):
        read_block(single(tmp_path / "a.tif", np.zeros((2, 2, 2, 5, 6), np.uint8)))


def test_names_of_channels_of_single_files(tmp_path: Path) -> None:
    ome = {"axes": "CYX", "Channel": {"Name": ["DAPI", "GFP"]}}
    image = read_block(single(tmp_path / "a.ome.tif", np.zeros((2, 5, 6), np.uint8), metadata=ome))
    assert names(image) == ["DAPI", "GFP"]
    image = read_block(single(tmp_path / "b.tif", np.zeros((2, 5, 6), np.uint8), metadata={"axes": "CYX"}))
    assert names(image) == ["Channel 1", "Channel 2"]


# ------------------------------------------------------------------------ values


@pytest.mark.parametrize(
    ("dtype", "values", "expected", "is_noted"),
    [
        (bool, [0, 1], "uint8", False),
        ("u1", [0, 255], "uint8", False),
        ("i1", [-128, 127], "int16", False),
        ("u2", [0, 65535], "uint16", False),
        ("i2", [-32768, 32767], "int16", False),
        ("u4", [0, 65535], "uint16", False),
        ("i4", [-5, 32767], "int16", False),
        ("i8", [0, 65535], "uint16", False),
        ("u8", [0, 2**40], "float32", True),
        ("i4", [-1, 65535], "float32", True),
        ("f2", [0.5, 2], "float32", False),
        ("f4", [0.5, 1e30], "float32", False),
        ("f8", [0.5, 1e300], "float32", False),
    ],
)
def test_values_become_what_can_be_shown(dtype: Any, values: list[float], expected: str, is_noted: bool) -> None:
    data = np.array(values).astype(dtype).reshape(1, 1, 1, 2)
    found, notes = displayable(data)
    assert found.dtype.name == expected
    assert bool(notes) is is_noted
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(found, data.astype(expected))


def test_values_that_cannot_be_shown(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="complex64, which cannot be shown"):
        read_block(single(tmp_path / "a.tif", np.zeros((5, 6), np.complex64)))


@pytest.mark.parametrize("value", [np.nan, np.inf, 7.0])
def test_values_without_contrast_are_fine(tmp_path: Path, value: float) -> None:
    image = read_block(single(tmp_path / "a.tif", np.full((5, 6), value, ">f8"), byteorder=">"))
    np.testing.assert_array_equal(image.channels[0].data, np.full((1, 5, 6), value, np.float32))


# ------------------------------------------------------------------------ cancelling


def test_nothing_is_read_once_cancelled(tmp_path: Path) -> None:
    block = folder(tmp_path / "block_1", a_tif=stack())
    with pytest.raises(Cancelled):
        read_block(block, cancelled=lambda: True)


# ------------------------------------------------------------------------ real files


def test_real_blocks(shared: Path) -> None:
    blocks = [block for batch in scan_blocks(shared / "data" / "blocks-lightsheet") for block in batch.blocks]
    assert [block.id for block in blocks] == [f"block_{number:04d}" for number in range(1, 15)]
    for block in blocks:
        image = read_block(block)
        assert image.shape == (30, 128, 128)
        assert names(image) == ["channel_0", "channel_1"]
        for channel in image.channels:
            np.testing.assert_array_equal(channel.data, tifffile.imread(channel.path))


@pytest.mark.parametrize("path", REAL_FILES, ids=lambda path: path.relative_to(REAL).as_posix())
def test_real_file_opens(path: Path) -> None:
    expected = tifffile.imread(path)
    with tifffile.TiffFile(path) as tif:
        if "T" in tif.series[0].axes:
            expected = expected.take(0, axis=tif.series[0].axes.index("T"))
    image = read_block(Block(path.name, str(path), False))
    assert sum(channel.data.size for channel in image.channels) == expected.size
    assert sum(float(c.data.sum(dtype=np.float64)) for c in image.channels) == pytest.approx(
        float(expected.sum(dtype=np.float64)), rel=1e-6
    )
    for channel in image.channels:
        assert channel.data.dtype.name in TYPES
        assert channel.data.shape == image.shape
        assert channel.data.flags.c_contiguous


@pytest.mark.parametrize(
    ("name", "channels", "shape", "voxel_size"),
    [
        ("imc/E34_imc.tiff", 5, (1, 100, 100), None),
        ("nuclei/img3d.tif", 1, (31, 61, 57), None),
        ("odd-files/cells-2c.ome.tif", 2, (1, 131, 93), (1, 0.25, 0.25)),
        ("odd-files/cells-2z.ome.tif", 1, (2, 131, 93), (1, 0.25, 0.25)),
        ("odd-files/cells-2t.ome.tif", 1, (1, 131, 93), (1, 0.25, 0.25)),
        ("odd-files/cells.ome.tif", 3, (1, 131, 93), (1, 0.25, 0.25)),
        ("odd-files/cells-gray16.tif", 1, (1, 131, 93), (0.25, 0.25, 0.25)),
        ("cells-2d/hela-cells.tif", 3, (1, 512, 672), (0.0515, 0.0515, 0.0515)),
        ("cells-2d/DeconvolutionSampleVerticalGrid1AU-crop.tif", 1, (21, 150, 150), (0.125, 0.022, 0.022)),
    ],
)
def test_real_file_is_understood(
    shared: Path, name: str, channels: int, shape: tuple[int, ...], voxel_size: Any
) -> None:
    path = shared / "data" / name
    image = read_block(Block(path.name, str(path), False))
    assert (len(image.channels), image.shape) == (channels, shape)
    assert image.voxel_size == (pytest.approx(voxel_size, rel=0.01) if voxel_size else None)


def test_file_that_is_no_tiff_at_all(shared: Path) -> None:
    path = shared / "data" / "odd-files" / "sample_ovule.h5"
    with pytest.raises(ImageError, match="is an HDF5 file, not a TIFF"):
        read_block(Block(path.name, str(path), False))
