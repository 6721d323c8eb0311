"""Time is an axis of its own: one point is read, and the others are not even looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile

from core.errors import ImageError
from core.images.blocks import Block
from core.images.reading import BlockImage, FileAxes, read_block
from core.images.reading_choice import ReadingChoice

if TYPE_CHECKING:
    from pathlib import Path

FILM = np.random.default_rng(5).integers(0, 60000, (4, 3, 2, 8, 9)).astype(np.uint16)  # T, Z, C, Y, X


def read(path: Path, **choice: Any) -> BlockImage:
    return read_block(Block(path.name, str(path), path.is_dir()), choice=ReadingChoice(**choice))


@pytest.mark.parametrize(
    "options",
    [
        {"imagej": True},
        {"metadata": {"axes": "TZCYX"}},
        {"metadata": {"axes": "TZCYX"}, "compression": "zlib"},
        {"ome": True, "metadata": {"axes": "TZCYX"}},
    ],
    ids=["imagej", "plain", "zlib", "ome"],
)
@pytest.mark.parametrize("time", range(6))
def test_each_time_point(tmp_path: Path, options: Any, time: int) -> None:
    tifffile.imwrite(tmp_path / "a.tif", FILM, **options)
    image = read(tmp_path / "a.tif", time=time)
    shown = min(time, 3)
    assert (image.times, image.time, image.shape) == (4, shown, (3, 8, 9))
    for number, channel in enumerate(image.channels):
        np.testing.assert_array_equal(channel.data, FILM[shown, :, number])
        assert channel.data.flags.c_contiguous
    assert image.axes == FileAxes(FILM.shape, "TZCYX", "stated by the file")


def test_a_film_without_z_has_one_slice(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", FILM[:, 0, 0], metadata={"axes": "TYX"}, photometric="minisblack")
    image = read(tmp_path / "a.tif", time=2)
    assert (image.times, image.shape, image.notes) == (4, (1, 8, 9), ())
    np.testing.assert_array_equal(image.channels[0].data[0], FILM[2, 0, 0])


def test_other_time_points_are_not_read(tmp_path: Path) -> None:
    """A page of another time point that cannot be decoded does not matter."""
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, FILM, metadata={"axes": "TZCYX"}, compression="zlib")
    with tifffile.TiffFile(path) as tif:
        start = tif.pages[3 * 6].dataoffsets[0]
    content = bytearray(path.read_bytes())
    content[start : start + 20] = bytes(20)
    path.write_bytes(content)
    np.testing.assert_array_equal(read(path, time=2).channels[1].data, FILM[2, :, 1])
    with pytest.raises(ImageError, match="damaged"):
        read(path, time=3)


def test_a_reduced_film(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", FILM, metadata={"axes": "TZCYX"}, compression="zlib")
    image = read(tmp_path / "a.tif", time=1, longest_side=5)
    assert (image.times, image.shape, image.reduction) == (4, (3, 4, 5), (1, 2, 2))
    mean = FILM[1, 2, 1, :2, :2].mean()
    assert image.channels[1].data[2, 0, 0] == np.floor(mean + 0.5)


def test_one_picture_may_go_with_a_film_but_not_two_films_of_unequal_length(tmp_path: Path) -> None:
    folder = tmp_path / "block_1"
    folder.mkdir()
    for name, data in (("a", FILM[:, :, 0]), ("b", FILM[:1, :, 1])):
        tifffile.imwrite(folder / f"{name}.tif", data, metadata={"axes": "TZYX"}, photometric="minisblack")
    image = read(folder, time=3)
    np.testing.assert_array_equal(image.channels[0].data, FILM[3, :, 0])
    np.testing.assert_array_equal(image.channels[1].data, FILM[0, :, 1])
    tifffile.imwrite(folder / "c.tif", FILM[:2, :, 0], metadata={"axes": "TZYX"}, photometric="minisblack")
    with pytest.raises(ImageError, match=r"different numbers of time points \(1, 2, 4\)"):
        read(folder)


@pytest.mark.parametrize(
    ("chosen", "times", "channels", "shape"),
    [
        ("", 1, 1, (9, 4, 5)),
        ("TYX", 9, 1, (1, 4, 5)),
        ("CYX", 1, 9, (1, 4, 5)),
        ("ZYX", 1, 1, (9, 4, 5)),
        ("YXC", 1, 5, (1, 9, 4)),
        ("YXZ", 1, 1, (5, 9, 4)),
        ("TZYX", 1, 1, (9, 4, 5)),
    ],
)
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_axes_as_the_user_says(
    tmp_path: Path, chosen: str, times: int, channels: int, shape: tuple[int, ...], compression: str | None
) -> None:
    data = np.arange(180, dtype=np.uint16).reshape(9, 4, 5)
    tifffile.imwrite(tmp_path / "a.tif", data, metadata=None, compression=compression)
    image = read(tmp_path / "a.tif", axes=chosen, time=7)
    assert (image.times, len(image.channels), image.shape) == (times, channels, shape)
    expected = {"TYX": data[7:8], "CYX": data[3:4], "YXC": data[:, :, 3], "YXZ": data.transpose(2, 0, 1)}
    at = 3 if channels > 3 else 0
    np.testing.assert_array_equal(image.channels[at].data, expected.get(chosen, data).reshape(shape))
    assert image.axes.source == ("set by you" if len(chosen) == 3 else "a guess")


def test_voxel_size_as_the_user_says(tmp_path: Path) -> None:
    metadata = {"axes": "ZYX", "spacing": 0.5, "unit": "um"}
    tifffile.imwrite(tmp_path / "a.tif", FILM[0, :, 0], imagej=True, resolution=(5, 5), metadata=metadata)
    image = read(tmp_path / "a.tif")
    assert image.voxel_size == pytest.approx((0.5, 0.2, 0.2))
    assert image.size_source == "ImageJ metadata"
    image = read(tmp_path / "a.tif", voxel_size=(3, 2, 1), longest_side=5)
    assert (image.voxel_size, image.size_source) == ((3, 4, 2), "set by you")
    assert image.file_voxel_size == pytest.approx((0.5, 0.2, 0.2))
