"""What the review knows of one block, its status, and which blocks are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_COMPUTED = -1
"""Stands for a consensus that is still being computed."""


class Status(IntEnum):
    """How far a block is; in the order in which an admin looks at them."""

    FLAGGED = 0
    DISAGREE = 1
    SINGLE = 2
    AGREE = 3
    EMPTY = 4
    DECIDED = 5


class ReviewRow(NamedTuple):
    """One block. `votes` are classes by annotator, only of those who gave one; `final` None where none is decided.

    `consensus` is 0 where the rule leaves the block open, `NOT_COMPUTED` while it is not known yet; `share` (0 to 1)
    is NaN without votes; `comments` are (annotator, text).
    """

    block: str
    place: int
    votes: Mapping[str, int]
    final: int | None
    consensus: int
    share: float
    status: Status
    is_flagged: bool
    comments: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ReviewFilter:
    """Blocks for which all of this holds; the defaults let all through.

    `label`: the annotator's class, or without an annotator: anybody's, the consensus or the final label. `annotator`:
    who gave a class. `text`: in the id or a comment. `fewer_than`: so few annotators gave a class; 0: however many.
    """

    status: Status | None = None
    label: int | None = None
    annotator: str = ""
    text: str = ""
    is_flagged: bool = False
    fewer_than: int = 0
