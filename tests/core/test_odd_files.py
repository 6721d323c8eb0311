"""Files that trip readers: parts of larger sets, other meanings of values, other kinds under the name of a TIFF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile

from core.errors import ImageError
from core.images.blocks import Block
from core.images.reading import BlockImage, read_block

if TYPE_CHECKING:
    from pathlib import Path

PLANES = np.random.default_rng(6).integers(0, 60000, (6, 8, 9)).astype(np.uint16)
SPACE = 'xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"'


def read(path: Path) -> BlockImage:
    return read_block(Block(path.name, str(path), False))


def write_part(path: Path, planes: list[tuple[int, int, int]], sizes: tuple[int, int, int]) -> None:
    """Write one file of an OME image of (C, Z, T) = sizes that holds these planes; all others are in another file."""
    every = [(c, z, t) for t in range(sizes[2]) for c in range(sizes[0]) for z in range(sizes[1])]
    data = "".join(
        f'<TiffData FirstC="{c}" FirstZ="{z}" FirstT="{t}" IFD="{planes.index((c, z, t)) if here else 0}" '
        f'PlaneCount="1"><UUID FileName="{path.name if here else "other.ome.tif"}">'
        f"urn:uuid:{'here' if here else 'there'}</UUID></TiffData>"
        for c, z, t in every
        for here in [(c, z, t) in planes]
    )
    channels = "".join(f'<Channel Name="dye {c}" Color="{(c + 1) << 8}"/>' for c in range(sizes[0]))
    xml = (
        f'<?xml version="1.0"?><OME {SPACE} UUID="urn:uuid:here"><Image ID="Image:0"><Pixels DimensionOrder="XYZCT" '
        f'ID="Pixels:0" SizeX="9" SizeY="8" SizeC="{sizes[0]}" SizeZ="{sizes[1]}" SizeT="{sizes[2]}" Type="uint16" '
        f'PhysicalSizeX="0.5" PhysicalSizeY="0.5">{channels}{data}</Pixels></Image></OME>'
    )
    with tifffile.TiffWriter(path, ome=False) as writer:
        for number, plane in enumerate(PLANES[: len(planes)]):
            writer.write(plane, metadata=None, description=None if number else xml)


@pytest.mark.parametrize(
    ("planes", "sizes", "letters", "names"),
    [
        ([(1, z, 0) for z in range(3)], (2, 3, 1), "ZYX", ["dye 1"]),
        ([(c, 0, 1) for c in range(2)], (2, 1, 3), "CYX", ["dye 0", "dye 1"]),
        ([(0, 0, t) for t in range(4)], (2, 1, 4), "TYX", ["dye 0"]),
        ([(c, z, 1) for c in range(2) for z in range(3)], (2, 3, 2), "CZYX", ["dye 0", "dye 1"]),
    ],
)
def test_one_file_of_a_larger_ome_image(
    tmp_path: Path, planes: list[tuple[int, int, int]], sizes: tuple[int, int, int], letters: str, names: list[str]
) -> None:
    """Its relatives are missing: it says which part it is, and is shown as that."""
    write_part(tmp_path / "a.ome.tif", planes, sizes)
    image = read(tmp_path / "a.ome.tif")
    assert (image.axes.letters, [channel.name for channel in image.channels]) == (letters, names)
    assert image.voxel_size == (0.5, 0.5, 0.5)
    assert image.size_source == "OME metadata"
    assert image.notes[0].startswith("The file is one of 2 that make up a larger OME image")
    np.testing.assert_array_equal(image.channels[0].data[0], PLANES[0])


def test_ome_metadata_in_a_file_that_is_missing(tmp_path: Path) -> None:
    xml = f'<?xml version="1.0"?><OME {SPACE} UUID="urn:uuid:1"><BinaryOnly MetadataFile="x.companion.ome"/></OME>'
    with tifffile.TiffWriter(tmp_path / "a.ome.tif", ome=False) as writer:
        for number, plane in enumerate(PLANES):
            writer.write(plane, metadata=None, description=None if number else xml)
    image = read(tmp_path / "a.ome.tif")
    assert image.notes[0] == "Its OME metadata lie in another file (x.companion.ome), which is not read."
    assert image.axes.source == "a guess"


def test_colours_and_names_of_ome_channels(tmp_path: Path) -> None:
    metadata = {"axes": "CYX", "Channel": {"Name": ["DAPI", "GFP"], "Color": [65535, 16711935]}}
    tifffile.imwrite(tmp_path / "a.ome.tif", PLANES[:2], metadata=metadata)
    image = read(tmp_path / "a.ome.tif")
    assert [(channel.name, channel.color) for channel in image.channels] == [("DAPI", "#0000FF"), ("GFP", "#00FF00")]


@pytest.mark.parametrize(
    ("data", "options", "start"),
    [
        (PLANES[0], {"photometric": "miniswhite"}, "In this file high values mean dark"),
        (PLANES[0] > 30000, {"photometric": "miniswhite"}, "In this file high values mean dark"),
        (
            PLANES[0].astype(np.uint8),
            {"photometric": "palette", "colormap": np.zeros((3, 256), np.uint16)},
            "The file has a colour table",
        ),
        (np.zeros((8, 9, 4), np.uint8), {"photometric": "separated"}, "The colours are those of a print"),
    ],
)
def test_what_values_mean_is_said(tmp_path: Path, data: Any, options: Any, start: str) -> None:
    tifffile.imwrite(tmp_path / "a.tif", data, **options)
    (note,) = read(tmp_path / "a.tif").notes
    assert note.startswith(start)


def test_distance_of_slices_that_is_not_stated(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", PLANES, imagej=True, resolution=(5, 5), metadata={"axes": "ZYX", "unit": "um"})
    image = read(tmp_path / "a.tif")
    assert image.voxel_size == pytest.approx((0.2, 0.2, 0.2))
    assert image.notes == ("The distance between slices is not stated: it is taken as that of the pixels.",)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x89HDF\r\n\x1a\n", "is an HDF5 file, not a TIFF"),
        (b"\x89PNG\r\n\x1a\n", "is a PNG image, not a TIFF"),
        (b"\xff\xd8\xff\xe0", "is a JPEG image, not a TIFF"),
    ],
)
def test_another_kind_under_the_name_of_a_tiff(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "a.tif").write_bytes(content + bytes(100))
    with pytest.raises(ImageError, match=f"{reason}. Export it again as a TIFF"):
        read(tmp_path / "a.tif")


def test_axes_in_doubt_carry_the_shape_to_be_asked_about(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((2, 3, 4, 8, 9), np.uint8), photometric="minisblack")
    with pytest.raises(ImageError, match="Say which is which") as caught:
        read(tmp_path / "a.tif")
    assert caught.value.shape == (2, 3, 4, 8, 9)
