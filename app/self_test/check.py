"""One row of the table of checks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """`place` is "module:function" of app/self_test: it is loaded only in the process that runs the checks.

    The function takes a Room and `arguments`; it returns what was found, in a sentence, or raises Failure or Skip.
    """

    name: str
    place: str
    arguments: tuple[str, ...] = ()
    draws: bool = False
    """Whether it needs a display."""
    after: str = ""
    """The name of a check without which this one is skipped: where a driver hangs, not each frame waits for it."""
    limit_s: float = 30.0
