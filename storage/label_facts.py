"""What a labels file says beside its numbers, and how that is written: OME-XML with a note of this program."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

VoxelSize = tuple[float, float, float]
"""z, y, x in micrometres."""

NAMESPACE = "cytoscribe/labels"
_OME = "http://www.openmicroscopy.org/Schemas/OME/2016-06"
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True)
class LabelFacts:
    """What is known of one version of an overlay.

    `shape` is (Z, Y, X); `dtype` numpy's name of the type of the numbers; `names` and `colours` (`#RRGGBB`) are those
    that objects were given. `revision` names this version, `parent` the one it was made from (both empty if there is
    none). `saved_at` is ISO 8601 in UTC; `saved_by` the annotator; all are empty in files of other programs.
    """

    shape: tuple[int, int, int]
    dtype: str
    voxel_size: VoxelSize | None = None
    names: Mapping[int, str] = field(default_factory=dict)
    colours: Mapping[int, str] = field(default_factory=dict)
    revision: str = ""
    parent: str = ""
    saved_at: str = ""
    saved_by: str = ""
    application: str = ""
    locked: frozenset[int] = frozenset()
    """Objects that no tool is to change."""


class Note(msgspec.Struct):
    """Our part of the description of a file."""

    names: dict[int, str] = {}
    colours: dict[int, str] = {}
    revision: str = ""
    parent: str = ""
    saved_at: str = ""
    saved_by: str = ""
    application: str = ""
    locked: list[int] = []


def description(facts: LabelFacts) -> bytes:
    """Return the image description of a file: OME-XML, all of it ASCII.

    OME, because tifffile, napari and Bio-Formats read axes and voxel size from it alike, and take it along with its
    annotations when they write the image anew; a private tag they would drop.
    """
    z, y, x = facts.shape
    sizes = zip("ZYX", facts.voxel_size or (), strict=False)
    physical = "".join(f' PhysicalSize{axis}="{size!r}" PhysicalSize{axis}Unit="&#181;m"' for axis, size in sizes)
    note = Note(
        {int(number): name for number, name in facts.names.items()},
        {int(number): colour for number, colour in facts.colours.items()},
        facts.revision,
        facts.parent,
        facts.saved_at,
        facts.saved_by,
        facts.application,
        sorted(int(number) for number in facts.locked),
    )
    text = escape(json.dumps(msgspec.to_builtins(note, str_keys=True)))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<OME xmlns="{_OME}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{_OME} {_OME}/ome.xsd">'
        '<Image ID="Image:0" Name="labels"><Pixels ID="Pixels:0" DimensionOrder="XYZCT" '
        f'Type="{facts.dtype}" SizeX="{x}" SizeY="{y}" SizeZ="{z}" SizeC="1" SizeT="1"{physical}>'
        f'<Channel ID="Channel:0:0" SamplesPerPixel="1"/><TiffData IFD="0" PlaneCount="{z}"/></Pixels></Image>'
        f'<StructuredAnnotations><CommentAnnotation ID="Annotation:0" Namespace="{NAMESPACE}">'
        f"<Value>{text}</Value></CommentAnnotation></StructuredAnnotations></OME>"
    ).encode("ascii")


def read_note(xml: str) -> Note | None:
    """Return this program's note in OME-XML; None where there is none that can be read."""
    from xml.etree import ElementTree

    if NAMESPACE not in xml:
        return None
    try:
        for element in ElementTree.fromstring(xml).iter():
            if element.tag.rpartition("}")[2] == "CommentAnnotation" and element.get("Namespace") == NAMESPACE:
                text = next((child.text for child in element if child.tag.rpartition("}")[2] == "Value"), None)
                note = msgspec.convert(json.loads(text or ""), Note, strict=False)
                note.colours = {number: colour for number, colour in note.colours.items() if _COLOUR.fullmatch(colour)}
                return note
    except (ElementTree.ParseError, msgspec.ValidationError, ValueError, RecursionError):
        return None
    return None


_LENGTHS = {"nm": 1e-3, "nanometer": 1e-3, "um": 1.0, "µm": 1.0, "μm": 1.0, "micron": 1.0, "microns": 1.0}
_LENGTHS |= {"micrometer": 1.0, "micrometre": 1.0, "mm": 1e3, "millimeter": 1e3, "cm": 1e4}


def size_from_ome(xml: str) -> VoxelSize | None:
    """Return the voxel size that OME-XML states of its first image."""
    pixels = re.search(r"<(?:\w+:)?Pixels\b[^>]*>", xml)
    if pixels is None:
        return None
    stated = dict(re.findall(r'(PhysicalSize[XYZ](?:Unit)?)\s*=\s*["\']([^"\']*)["\']', pixels[0]))
    sizes = [_length(stated.get(f"PhysicalSize{a}"), stated.get(f"PhysicalSize{a}Unit", "um")) for a in "ZYX"]
    return _complete(*sizes)


def size_from_imagej(metadata: Mapping[str, Any], x: Any, y: Any) -> VoxelSize | None:
    """Return the voxel size that ImageJ's (or tifffile's) `unit` and `spacing` state.

    `x` and `y` are the resolution tags: pixels per unit, as (numerator, denominator).
    """
    unit = str(metadata.get("unit", "")).replace("\\u00B5", "µ")
    sizes = [pair[1] / pair[0] if pair and pair[0] else None for pair in (y, x)]
    return _complete(_length(metadata.get("spacing"), unit), *(_length(size, unit) for size in sizes))


def _complete(z: float | None, y: float | None, x: float | None) -> VoxelSize | None:
    x, y = x or y, y or x
    return None if x is None or y is None else (z or y, y, x)


def _length(value: Any, unit: str) -> float | None:
    factor = _LENGTHS.get(unit.replace("&#181;", "µ").strip().lower())
    try:
        size = abs(float(value)) * factor if factor else 0.0
    except (TypeError, ValueError):
        return None
    return size if 0 < size < float("inf") else None
