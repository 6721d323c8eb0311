"""What is wrong with what a reader found, given what the annotators' programs had said: one sentence for each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.nfs.rig import Event, Program

Key = tuple[str, int, str, int]
"""Session, number, block, class."""


def keys(found: Event) -> Counter[Key]:
    """Return the lines that a reader found, and how often."""
    return Counter((line[0], line[1], line[2], line[3]) for line in found["lines"])


def decided(programs: Iterable[Program]) -> set[Key]:
    """Return what programs said that was decided."""
    return {(e["session"], e["n"], e["block"], e["value"]) for p in programs for e in p.events("decided")}


def saved(program: Program) -> set[Key]:
    """Return what a program said that was on the share."""
    through = max((event["through"] for event in program.events("saved")), default=0)
    return {key for key in decided([program]) if key[1] <= through}


def faults(found: Event, wanted: set[Key]) -> list[str]:
    """Return what of `wanted` a reader did not find, what it found twice, and what it could not read."""
    lines = keys(found)
    return [
        *(f"lost: {key}" for key in sorted(wanted - lines.keys())),
        *(f"doubled: {key}" for key, count in sorted(lines.items()) if count > 1),
        *found["problems"],
    ]
