"""Figures in rows and columns, as windows and reports show them: texts, what to say about each, how strong it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Cell(NamedTuple):
    """One figure: `tip` says it in words; `strength` from -1 to 1 gives the background, None none."""

    text: str
    tip: str = ""
    strength: float | None = None


@dataclass(frozen=True)
class Grid:
    """`columns` and `rows` are the headings, `corner` what the rows are; `cells` has a row for each of `rows`."""

    corner: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
