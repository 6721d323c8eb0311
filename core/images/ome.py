"""What OME metadata say of one image: voxel size, names and colours of channels, and which part of a set a file is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.images import voxels

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


@dataclass(frozen=True)
class OmeImage:
    """`names` and `colors` (`#RRGGBB`, or empty) have one entry for each channel, or none at all.

    Where the file is one of several that make up the image, `axes` are the letters of its own pages (of those that are
    more than one), `shape` their lengths, and `names` and `colors` those of its own channels; else `axes` is empty.
    """

    voxel_size: voxels.VoxelSize | None = None
    states_z: bool = False
    names: tuple[str, ...] = ()
    colors: tuple[str, ...] = ()
    axes: str = ""
    shape: tuple[int, ...] = ()
    part: str = ""


def read_ome(xml: str, image: int = 0, file_name: str = "") -> OmeImage:
    """Read the metadata of one image; damaged ones say nothing."""
    from xml.etree import ElementTree

    try:
        root = ElementTree.fromstring(xml)
        elsewhere = [child.get("MetadataFile", "") for child in root if _tag(child) == "BinaryOnly"]
        if elsewhere:
            return OmeImage(part=f"Its OME metadata lie in another file ({elsewhere[0]}), which is not read.")
        pixels = [child for one in root if _tag(one) == "Image" for child in one if _tag(child) == "Pixels"]
        wanted = pixels[min(image, len(pixels) - 1)]
    except (ElementTree.ParseError, IndexError):
        return OmeImage()
    sizes = [
        voxels.length(wanted.get(f"PhysicalSize{axis}"), wanted.get(f"PhysicalSize{axis}Unit", "µm")) for axis in "ZYX"
    ]
    channels = [child for child in wanted if _tag(child) == "Channel"]
    axes, shape, part, own = _own_part(root, wanted, file_name)
    if own is not None:
        channels = [channel for number, channel in enumerate(channels) if number in own]
    names = tuple(channel.get("Name") or "" for channel in channels)
    colors = tuple(_color(channel.get("Color")) for channel in channels)
    if len(set(colors)) < 2 and len(colors) > 1:  # written by default: says nothing
        colors = ()
    return OmeImage(
        voxels.complete(*sizes),
        sizes[0] is not None,
        names if any(names) else (),
        colors if any(colors) else (),
        axes,
        shape,
        part,
    )


def _own_part(root: Element, pixels: Element, file_name: str) -> tuple[str, tuple[int, ...], str, set[int] | None]:
    """Return axes, lengths, a sentence and the channels of this file, where several files hold the image."""
    uuid = root.get("UUID", "")
    planes = []
    files = set()
    for data in pixels:
        if _tag(data) != "TiffData":
            continue
        place = next((child for child in data if _tag(child) == "UUID"), None)
        if place is None:
            return "", (), "", None
        files.add(place.text)
        if (place.text or "").strip() == uuid or (not uuid and place.get("FileName") == file_name):
            planes.append(data)
    if len(files) < 2 or not planes:
        return "", (), "", None
    try:
        first = {a: {int(data.get(f"First{a}", "0")) for data in planes} for a in "CZT"}
        if math.prod(len(numbers) for numbers in first.values()) != len(planes):
            return "", (), _part(files), None
    except ValueError:
        return "", (), _part(files), None
    order = pixels.get("DimensionOrder", "XYZCT")[:1:-1]
    axes = "".join(a for a in order if a in first and len(first[a]) > 1)
    return axes, tuple(len(first[a]) for a in axes), _part(files), first["C"]


def _part(files: set[str | None]) -> str:
    return f"The file is one of {len(files)} that make up a larger OME image: only what is in this one is shown."


def _color(text: str | None) -> str:
    """Return `#RRGGBB` for OME's signed 32-bit RGBA; empty for none and for black, which shows nothing."""
    try:
        value = int(text or "0") & 0xFFFFFFFF
    except ValueError:
        return ""
    return f"#{value >> 8:06X}" if value >> 8 else ""


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]
