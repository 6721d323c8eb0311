"""A TIFF is read whole or not at all, and nothing but a sentence for the user comes out of a bad one."""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile

from core.errors import Cancelled, ImageError, never
from core.images.tiff import Tiff, TiffFacts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STACK = np.random.default_rng(1).integers(0, 4000, (12, 40, 50)).astype(np.uint16)

KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "axes": {"metadata": {"axes": "ZYX"}},
    "no metadata": {"metadata": None},
    "imagej": {"imagej": True, "metadata": {"axes": "ZYX"}},
    "ome": {"ome": True, "metadata": {"axes": "ZYX"}},
    "zlib": {"compression": "zlib"},
    "zlib no metadata": {"compression": "zlib", "metadata": None},
    "zlib imagej": {"compression": "zlib", "imagej": True, "metadata": {"axes": "ZYX"}},
    "zlib ome": {"compression": "zlib", "ome": True, "metadata": {"axes": "ZYX"}},
    "lzw predictor": {"compression": "lzw", "predictor": True},
    "big-endian": {"byteorder": ">"},
    "big-endian lzw": {"byteorder": ">", "compression": "lzw"},
    "bigtiff": {"bigtiff": True},
    "tiles": {"tile": (16, 16), "compression": "zlib"},
    "strips": {"rowsperstrip": 7},
}


def read_tiff(path: str, cancelled: Callable[[], bool] = never) -> tuple[Any, TiffFacts]:
    """Return the whole image, and what the file says about it."""
    tiff = Tiff(path)
    try:
        data = np.empty(tiff.facts.shape, tiff.facts.dtype.newbyteorder("="))
        tiff.read_into(data, cancelled=cancelled)
    finally:
        tiff.close()
    return data, tiff.facts


@pytest.fixture(autouse=True)
def _nothing_on_stderr(capfd: pytest.CaptureFixture[str]) -> Any:
    yield
    assert capfd.readouterr() == ("", "")


@pytest.fixture(params=KINDS, ids=lambda kind: kind.replace(" ", "-"))
def stack_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, STACK, **KINDS[request.param])
    return path


def test_each_kind_is_read_whole_and_in_native_byte_order(stack_file: Path) -> None:
    data, _ = read_tiff(str(stack_file))
    np.testing.assert_array_equal(data, STACK)
    assert data.dtype == np.uint16
    assert data.dtype.isnative


def test_file_cut_anywhere_is_never_zeros(stack_file: Path) -> None:
    """Either the error says so, or what was cut off held no pixels and no pages."""
    whole = stack_file.read_bytes()
    refused = 0
    cuts = sorted({*range(0, len(whole), max(1, len(whole) // 60)), len(whole) - 1, len(whole) - 2, 3, 8, 9})
    for cut in cuts:
        stack_file.write_bytes(whole[:cut])
        try:
            data, _ = read_tiff(str(stack_file))
        except ImageError as error:
            refused += 1
            assert error.path == str(stack_file)
            assert str(error).endswith(".")
        else:
            np.testing.assert_array_equal(data, STACK)
    assert refused > 0.9 * len(cuts)


def test_error_of_a_cut_file_says_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, STACK[0])
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ImageError, match="is cut short: the last 100 bytes are missing"):
        read_tiff(str(path))


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "is empty"), (b"this is text, not an image", "is not a TIFF"), (b"II*\0", "is damaged")],
)
def test_no_image_at_all(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(content)
    with pytest.raises(ImageError, match=reason):
        read_tiff(str(path))


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="does not exist"):
        read_tiff(str(tmp_path / "gone.tif"))
    with pytest.raises(ImageError, match=r"cannot be read|is a folder"):
        read_tiff(str(tmp_path))


def test_damage_inside_compressed_data_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, STACK, compression="zlib")
    with tifffile.TiffFile(path) as tif:
        start = tif.pages[5].dataoffsets[0]
    content = bytearray(path.read_bytes())
    content[start : start + 40] = bytes(40)
    path.write_bytes(content)
    with pytest.raises(ImageError, match="damaged"):
        read_tiff(str(path))


def test_page_without_data_is_an_error_not_zeros(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, STACK, compression="zlib")
    with tifffile.TiffFile(path, mode="r+") as tif:
        tif.pages[3].tags["StripByteCounts"].overwrite(0)
    with pytest.raises(ImageError, match="page 4 of 12 is not complete"):
        read_tiff(str(path))


def test_ome_that_promises_more_pages_than_there_are(tmp_path: Path) -> None:
    path = tmp_path / "a.ome.tif"
    xml = tifffile.OmeXml()
    xml.addimage(np.uint16, (12, 40, 50), (12, 1, 1, 40, 50, 1), axes="ZYX")
    text = xml.tostring().encode()
    with tifffile.TiffWriter(path, ome=False) as writer:
        for index, page in enumerate(STACK[:9]):
            writer.write(page, metadata=None, description=None if index else text)
    with pytest.raises(ImageError, match="9 of 12 pages"):
        read_tiff(str(path))


def test_ome_axes_names_and_voxel_size(tmp_path: Path) -> None:
    path = tmp_path / "a.ome.tif"
    metadata = {
        "axes": "CZYX",
        "Channel": {"Name": ["DAPI", "GFP"]},
        "PhysicalSizeX": 0.2,
        "PhysicalSizeY": 0.2,
        "PhysicalSizeZ": 1.5,
    }
    tifffile.imwrite(path, STACK.reshape(2, 6, 40, 50), metadata=metadata)
    _, image = read_tiff(str(path))
    assert (image.axes, image.names, image.voxel_size) == ("CZYX", ("DAPI", "GFP"), (1.5, 0.2, 0.2))


def test_one_file_of_a_larger_ome_set_stands_for_itself(tmp_path: Path) -> None:
    """Its relatives are channels or blocks of their own; those that are missing must not become zeros."""
    path = tmp_path / "c0.ome.tif"
    xml = tifffile.OmeXml()
    xml.addimage(np.uint16, (2, 40, 50), (2, 1, 1, 40, 50, 1), axes="CYX")
    text = re.sub('UUID="[^"]*"', 'UUID="urn:uuid:0"', xml.tostring())
    start, end = text.index("<TiffData"), text.index("</Pixels>")
    data = "".join(
        f'<TiffData IFD="0" FirstC="{c}" PlaneCount="1"><UUID FileName="c{c}.ome.tif">urn:uuid:{c}</UUID></TiffData>'
        for c in range(2)
    )
    tifffile.imwrite(path, STACK[0], description=(text[:start] + data + text[end:]).encode(), metadata=None)
    np.testing.assert_array_equal(read_tiff(str(path))[0].squeeze(), STACK[0])


@pytest.mark.parametrize("imagej", [True, False])
def test_voxel_size_of_imagej_and_of_plain_metadata(tmp_path: Path, imagej: bool) -> None:
    path = tmp_path / "a.tif"
    metadata = {"axes": "ZYX", "spacing": 0.5, "unit": "um"}
    tifffile.imwrite(path, STACK, imagej=imagej, resolution=(5, 4), metadata=metadata)
    assert read_tiff(str(path))[1].voxel_size == pytest.approx((0.5, 0.25, 0.2))


def test_stack_written_page_by_page_is_one_stack(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path) as writer:
        for page in STACK:
            writer.write(page)
    data, image = read_tiff(str(path))
    assert image.axes == "IYX"
    np.testing.assert_array_equal(data, STACK)


def test_largest_of_several_images(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path) as writer:
        writer.write(STACK[0, :10, :10])
        writer.write(STACK)
    data, image = read_tiff(str(path))
    np.testing.assert_array_equal(data, STACK)
    assert image.notes == ("The file holds 2 images: the largest (12 × 40 × 50) is shown.",)


def test_pyramid_is_read_at_full_size(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path) as writer:
        writer.write(STACK[0], subifds=1)
        writer.write(STACK[0, ::2, ::2], subfiletype=1)
    np.testing.assert_array_equal(read_tiff(str(path))[0], STACK[0])


def test_rgb_samples_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, np.zeros((8, 9, 3), np.uint8), photometric="rgb")
    _, image = read_tiff(str(path))
    assert (image.axes, image.names) == ("YXS", ("Red", "Green", "Blue"))


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes in folders")
def test_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    """Also how tests elsewhere make a file slow."""
    tifffile.imwrite(tmp_path / "a.tif", STACK[0])
    os.mkfifo(tmp_path / "pipe.tif")
    content = (tmp_path / "a.tif").read_bytes()
    writer = threading.Thread(target=(tmp_path / "pipe.tif").write_bytes, args=(content,))
    writer.start()
    np.testing.assert_array_equal(read_tiff(str(tmp_path / "pipe.tif"))[0], STACK[0])
    writer.join()


@pytest.mark.parametrize("kind", ["plain", "zlib"])
def test_cancelled_in_the_middle(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, STACK, **KINDS[kind])
    answers = iter([False, True])
    with pytest.raises(Cancelled):
        read_tiff(str(path), lambda: next(answers))


def test_what_others_read_with_tifffile_is_still_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, STACK, metadata=None)
    path.write_bytes(path.read_bytes()[:-2000])
    with caplog.at_level(logging.DEBUG), pytest.raises(ImageError):
        read_tiff(str(path))
    assert caplog.records == []
    with tifffile.TiffFile(path) as tif:
        len(tif.pages)
    assert caplog.records
