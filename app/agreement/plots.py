"""Plots of an agreement report as SVG texts, for paper: light, with every number beside its colour. Imports no Qt."""

from __future__ import annotations

import math
import unicodedata
from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_FONT = 12
_LONGEST = 26
_FULL, _BELOW, _PAPER = (36, 98, 168), (190, 110, 60), (255, 255, 255)
_DARK = 0.85
_LABEL_GAP = 8


class Bar(NamedTuple):
    """One figure with its interval; NaN where it is not known. `text` stands beside it."""

    name: str
    value: float
    low: float
    high: float
    text: str


class Square(NamedTuple):
    """One place of a heat map: its colour from -1 to 1 (None: none), a large and a small text, and what it says."""

    strength: float | None
    text: str
    small: str
    tip: str


def plain(text: str) -> str:
    """Return text that may stand in XML: escaped, without what XML cannot hold."""
    kept = "".join(char if _is_xml(char) else "\ufffd" for char in text)
    return escape(kept)


def _is_xml(char: str) -> bool:
    """Tell whether XML 1.0 can hold the character."""
    code = ord(char)
    if code < 0x20:
        return char in "\t\n"
    return not 0xD800 <= code < 0xE000 and code not in (0xFFFE, 0xFFFF)


def color(strength: float) -> str:
    """Return a colour for -1 to 1: white at 0, blue towards 1, brown below 0."""
    end, share = (_FULL if strength >= 0 else _BELOW), min(1.0, abs(strength))
    mixed = (round(first + (last - first) * share) for first, last in zip(_PAPER, end, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def ink(strength: float | None) -> str:
    """Return the colour of a text on that background."""
    return "#ffffff" if strength is not None and strength > _DARK else "#1a1a1a"


def heat_map(names: Sequence[str], squares: Sequence[Sequence[Square]], title: str) -> str:
    """Return a square for each pair of `names`; the diagonal is empty."""
    size = 46 if len(names) <= 12 else 34  # twenty names fit on a page
    left = _labels_width(names)
    width, height = left + size * len(names) + 4, left + size * len(names) + 4
    parts = []
    for place, name in enumerate(names):
        at = left + size * place + size / 2
        shown = f"<title>{plain(name)}</title>{plain(_short(name))}"
        parts.append(f'<text x="{left - _LABEL_GAP}" y="{at + 4:g}" text-anchor="end">{shown}</text>')
        parts.append(f'<text transform="translate({at + 4:g} {left - _LABEL_GAP}) rotate(-90)">{shown}</text>')
    for row, line in enumerate(squares):
        for column, square in enumerate(line):
            if row != column:
                parts.append(_square(left + size * column, left + size * row, size, square))
    return _svg(width, height, title, parts)


def bars(rows: Sequence[Bar], title: str, low: float, high: float, unit: str = "") -> str:
    """Return horizontal bars with whiskers, on an axis from at most `low` to at least `high`."""
    known = [value for row in rows for value in (row.value, row.low, row.high) if not math.isnan(value)]
    step = _step(max([high, *known]) - min([low, *known]))
    first = math.floor(min([low, *known]) / step + 1e-9) * step
    last = math.ceil(max([high, *known]) / step - 1e-9) * step
    left, wide, line = _labels_width([row.name for row in rows]), 380, 24
    right = 20 + max((_width(row.text) for row in rows), default=0)

    def x(value: float) -> float:
        return round(left + (value - first) / (last - first) * wide, 2)

    bottom = line * len(rows) + 6
    parts = []
    for number in range(round((last - first) / step) + 1):
        tick = first + number * step
        parts.append(f'<line x1="{x(tick)}" y1="0" x2="{x(tick)}" y2="{bottom}" stroke="#dddddd"/>')
        shown = f"{tick:.10g}".replace("-0", "0") if abs(tick) < 1e-9 else f"{tick:.10g}"
        parts.append(f'<text x="{x(tick)}" y="{bottom + 14}" text-anchor="middle" fill="#555555">{shown}</text>')
    if unit:
        parts.append(f'<text x="{left + wide}" y="{bottom + 29}" text-anchor="end" fill="#555555">{plain(unit)}</text>')
    for place, row in enumerate(rows):
        parts += _bar(row, x, x(max(first, 0.0)), line * place + line / 2, left, left + wide + 10)
    return _svg(left + wide + right, bottom + (34 if unit else 20), title, parts)


def _bar(row: Bar, x: Callable[[float], float], origin: float, at: float, left: float, right: float) -> Iterable[str]:
    shown = f"<title>{plain(row.name)}</title>{plain(_short(row.name))}"
    yield f'<text x="{left - _LABEL_GAP}" y="{at + 4:g}" text-anchor="end">{shown}</text>'
    if not math.isnan(row.value):
        start, end = sorted((origin, x(row.value)))
        yield (
            f'<rect x="{start:g}" y="{at - 7:g}" width="{max(end - start, 1):g}" height="14" '
            f'fill="{color(0.6 if row.value >= 0 else -0.6)}"/>'
        )
    if not math.isnan(row.low):
        low, high = x(row.low), x(row.high)
        yield f'<path d="M{low:g} {at:g}H{high:g}M{low:g} {at - 4:g}v8M{high:g} {at - 4:g}v8" stroke="#1a1a1a"/>'
    yield f'<text x="{right:g}" y="{at + 4:g}">{plain(row.text)}</text>'


def _square(x: float, y: float, size: int, square: Square) -> str:
    fill = color(square.strength) if square.strength is not None else "#f2f2f2"
    tone, middle = ink(square.strength), x + size / 2
    return (
        f'<g><title>{plain(square.tip)}</title><rect x="{x:g}" y="{y:g}" width="{size - 2}" height="{size - 2}" '
        f'fill="{fill}" stroke="#cccccc"/>'
        f'<text x="{middle - 1:g}" y="{y + size / 2:g}" text-anchor="middle" fill="{tone}">{plain(square.text)}</text>'
        f'<text x="{middle - 1:g}" y="{y + size / 2 + 11:g}" text-anchor="middle" fill="{tone}" font-size="9">'
        f"{plain(square.small)}</text></g>"
    )


def _svg(width: float, height: float, title: str, parts: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" font-family="Helvetica, Arial, sans-serif" font-size="{_FONT}" '
        f'fill="#1a1a1a"><title>{plain(title)}</title>\n' + "\n".join(parts) + "\n</svg>"
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _width(text: str) -> int:
    """Return about how many pixels a text takes."""
    return sum(_FONT if unicodedata.east_asian_width(char) in "WF" else 7 for char in text)


def _labels_width(names: Iterable[str]) -> int:
    return max((_width(_short(name)) for name in names), default=0) + _LABEL_GAP + 4


def _step(span: float) -> float:
    """Return a round distance between ticks, with five to ten of them."""
    size = 10.0 ** math.floor(math.log10(span / 5))
    return next(size * factor for factor in (1, 2, 5, 10) if span / (size * factor) <= 8)
