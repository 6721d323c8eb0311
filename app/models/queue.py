"""The blocks that an admin gave an annotator."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Queue:
    """`blocks` are ids in the order in which they are to be judged; `name` and `by` tell whose wish it is."""

    name: str = ""
    by: str = ""
    blocks: tuple[str, ...] = ()
