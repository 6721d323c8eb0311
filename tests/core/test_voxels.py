"""Voxel sizes from OME, ImageJ and plain tags, in micrometres or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from core.images.ome import OmeImage, read_ome
from core.images.voxels import from_spacing, from_tags


def ome(pixels: str, channels: str = "") -> str:
    space = "http://www.openmicroscopy.org/Schemas/OME/2016-06"
    return f'<?xml version="1.0"?><OME xmlns="{space}"><Image><Pixels {pixels}>{channels}</Pixels></Image></OME>'


@pytest.mark.parametrize(
    ("pixels", "expected"),
    [
        ('PhysicalSizeX="0.2" PhysicalSizeY="0.3" PhysicalSizeZ="1"', (1, 0.3, 0.2)),
        ('PhysicalSizeX="200" PhysicalSizeXUnit="nm" PhysicalSizeY="200" PhysicalSizeYUnit="nm"', (0.2, 0.2, 0.2)),
        ('PhysicalSizeX="0.2" PhysicalSizeXUnit="µm" PhysicalSizeZ="1" PhysicalSizeZUnit="mm"', (1000, 0.2, 0.2)),
        ('PhysicalSizeX="2" PhysicalSizeXUnit="pixel" PhysicalSizeY="2" PhysicalSizeYUnit="pixel"', None),
        ('PhysicalSizeX="0" PhysicalSizeY="nan" PhysicalSizeZ="1"', None),
        ('PhysicalSizeX="x"', None),
        ("", None),
    ],
)
def test_ome_sizes(pixels: str, expected: Any) -> None:
    size = read_ome(ome(pixels)).voxel_size
    assert size == (pytest.approx(expected) if expected else None)


def test_ome_channel_names() -> None:
    assert read_ome(ome("", '<Channel Name="DAPI"/><Channel/>')).names == ("DAPI", "")
    assert read_ome(ome("", "<Channel/><Channel/>")).names == ()


def test_ome_channel_colours() -> None:
    """Signed 32-bit RGBA; the default white of all channels says nothing, and neither does black."""
    red_green = '<Channel Color="-16776961"/><Channel Color="16711935"/>'
    assert read_ome(ome("", red_green)).colors == ("#FF0000", "#00FF00")
    assert read_ome(ome("", '<Channel Color="-1"/><Channel Color="-1"/>')).colors == ()
    assert read_ome(ome("", '<Channel Color="255"/><Channel Color="65535"/>')).colors == ("", "#0000FF")
    assert read_ome(ome("", '<Channel Color="blue"/><Channel/>')).colors == ()


@pytest.mark.parametrize("xml", ["", "<OME", "<OME/>", "not xml"])
def test_damaged_ome_says_nothing(xml: str) -> None:
    assert read_ome(xml) == OmeImage()


@pytest.mark.parametrize(
    ("metadata", "x", "y", "expected"),
    [
        ({"unit": "micron", "spacing": 0.5}, (5, 1), (4, 1), (0.5, 0.25, 0.2)),
        ({"unit": "\\u00B5m", "spacing": -0.5}, (5, 1), (5, 1), (0.5, 0.2, 0.2)),
        ({"unit": "nm", "spacing": 500}, (1, 200), (1, 200), (0.5, 0.2, 0.2)),
        ({"unit": "um"}, (5, 1), (5, 1), (0.2, 0.2, 0.2)),
        ({"unit": "pixel", "spacing": 2}, (1, 1), (1, 1), None),
        ({"spacing": 2}, (5, 1), (5, 1), None),
        ({"unit": "um", "spacing": 2}, None, None, None),
        ({"unit": "um", "spacing": 2}, (0, 1), (1, 0), None),
    ],
)
def test_imagej_sizes(metadata: dict[str, Any], x: Any, y: Any, expected: Any) -> None:
    assert from_spacing(metadata, x, y) == (pytest.approx(expected) if expected else None)


@pytest.mark.parametrize(
    ("resolution", "unit", "expected"),
    [
        (50_000, 3, 0.2),
        (127_000, 2, 0.2),
        (50_000, 1, None),
        (72, 2, None),
        (300, 2, None),
        (600, 2, None),
    ],
)
def test_plain_tags_unless_they_are_those_of_a_print(resolution: int, unit: int, expected: float | None) -> None:
    size = from_tags((resolution, 1), (resolution, 1), unit)
    assert size == (None if expected is None else pytest.approx((expected,) * 3))
