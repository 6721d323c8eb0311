"""Display settings of the older program, taken over once: users/{annotator}_display.json."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from storage.errors import UNDECODABLE

if TYPE_CHECKING:
    from pathlib import Path

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True)
class OlderLook:
    """How a channel was shown: its colour as `#RRGGBB`, None if none was chosen, and its contrast limits."""

    color: str | None
    low: float
    high: float


class _Preference(msgspec.Struct):
    range_lo: float
    range_hi: float
    color: str | None = None


class _Display(msgspec.Struct):
    channel_prefs: dict[str, msgspec.Raw]


def read_older_display(root: Path, annotator: str) -> dict[str, OlderLook]:
    """Return the looks of channels by their names; what is missing or wrong is left out."""
    try:
        data = (root / "users" / f"{annotator}_display.json").read_bytes()
        found = msgspec.json.decode(data, type=_Display).channel_prefs
    except (OSError, *UNDECODABLE):
        return {}
    looks = {name: _look(raw) for name, raw in found.items()}
    return {name: look for name, look in looks.items() if look is not None}


def _look(raw: msgspec.Raw) -> OlderLook | None:
    try:
        found = msgspec.json.decode(raw, type=_Preference)
    except UNDECODABLE:
        return None
    if not math.isfinite(found.range_lo) or not found.range_lo < found.range_hi < math.inf:
        return None
    color = found.color.upper() if found.color and _COLOR.fullmatch(found.color) else None
    return OlderLook(color, found.range_lo, found.range_hi)
