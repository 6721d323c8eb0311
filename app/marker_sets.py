"""Marker sets: named choices of channels with their colours and contrast, kept for a data set and shared as a file."""

from __future__ import annotations

import math
import os
import re
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FORMAT = "cytoscribe marker sets"
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_EXPORT_ADVICE = "Ask for a file that was made with “Export marker sets”"

MIN_GAMMA, MAX_GAMMA = 0.1, 10.0


class ChannelLookSettings(msgspec.Struct):
    """How a channel of that name is drawn; an empty colour is the default one."""

    color: str
    visible: bool = True
    low: float | None = None
    high: float | None = None
    gamma: float = 1.0
    opacity: float = 1.0
    colormap: str = ""
    """The name of a colormap; empty for black to `color`."""
    cofactor: float = 0.0
    """Above 0, asinh(value / cofactor) is drawn."""

    def cleaned(self) -> ChannelLookSettings:
        """The same with values that can be drawn: files are edited by hand."""
        whole = self.low is not None and self.high is not None and self.low < self.high
        low, high = (self.low, self.high) if whole else (None, None)
        gamma = min(max(self.gamma, MIN_GAMMA), MAX_GAMMA) if math.isfinite(self.gamma) else 1.0
        opacity = min(max(self.opacity, 0.0), 1.0) if math.isfinite(self.opacity) else 1.0
        cofactor = max(0.0, self.cofactor) if math.isfinite(self.cofactor) else 0.0
        color = self.color.upper() if _COLOR.fullmatch(self.color) else ""
        return ChannelLookSettings(color, self.visible, low, high, gamma, opacity, self.colormap, cofactor)


class MarkerSet(msgspec.Struct):
    """The channels that are shown, by name, in the order of the panel; all others are hidden."""

    name: str
    channels: dict[str, ChannelLookSettings]


class _File(msgspec.Struct):
    format: str
    sets: list[MarkerSet]


class MarkerSetError(Exception):
    """A file of marker sets that cannot be used; its text is the sentence for the user."""


def read_marker_sets(path: Path) -> list[MarkerSet]:
    """Read a file that `write_marker_sets` wrote. Raises MarkerSetError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MarkerSetError(f"{path} cannot be read: {error.strerror or error}.") from error
    try:
        found = msgspec.json.decode(content, type=_File)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise MarkerSetError(f"{path} is not a file of marker sets: {error}. {_EXPORT_ADVICE}.") from error
    if found.format != FORMAT:
        raise MarkerSetError(f"{path} is not a file of marker sets: its format is “{found.format}”. {_EXPORT_ADVICE}.")
    for one in found.sets:
        if problem := _problem(one):
            raise MarkerSetError(f"{path} cannot be used: {problem}.")
    return found.sets


def write_marker_sets(path: Path, sets: Sequence[MarkerSet]) -> None:
    """Write the sets as one file, in place of what was there. Raises MarkerSetError."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(msgspec.json.format(msgspec.json.encode(_File(FORMAT, list(sets))), indent=2))
        temporary.replace(path)
    except OSError as error:
        raise MarkerSetError(f"{path} cannot be written: {error.strerror or error}.") from error


def joined(known: Sequence[MarkerSet], more: Sequence[MarkerSet]) -> list[MarkerSet]:
    """Return both; one of `more` whose name is taken by a different set gets a number, none is replaced."""
    result = list(known)
    for one in more:
        if one in result:
            continue
        taken = {other.name for other in result}
        name, number = one.name, 2
        while name in taken:
            name, number = f"{one.name} ({number})", number + 1
        result.append(MarkerSet(name, one.channels))
    return result


def _problem(one: MarkerSet) -> str:
    """What is wrong with a set, as the middle of a sentence; empty where it is right."""
    if not one.name.strip():
        return "a marker set has no name"
    for channel, look in one.channels.items():
        where = f"channel “{channel}” of the marker set “{one.name}”"
        if not _COLOR.fullmatch(look.color):
            return f"the colour of {where} is “{look.color}”, not like #00FF00"
        if (look.low is None) != (look.high is None) or (
            look.low is not None and look.high is not None and look.low >= look.high
        ):
            return f"the limits of {where} are {look.low} and {look.high}: the second must be greater"
        if not MIN_GAMMA <= look.gamma <= MAX_GAMMA:
            return f"the gamma of {where} is {look.gamma}, not {MIN_GAMMA} to {MAX_GAMMA}"
        if not 0 <= look.opacity <= 1:
            return f"the opacity of {where} is {look.opacity}, not 0 to 1"
        if look.cofactor < 0:
            return f"the arcsinh cofactor of {where} is {look.cofactor}: it cannot be negative"
    return ""
