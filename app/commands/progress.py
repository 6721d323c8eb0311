"""How far a command is: one line on a terminal that is written over and over, and gone at the end."""

from __future__ import annotations

import sys
import time

_EVERY_S = 0.1
_LONGEST = 50


class Progress:
    """Writes to stderr, and nothing where that is no terminal or where nothing is to be said."""

    def __init__(self, total: int, *, quiet: bool = False) -> None:
        self._total, self._is_on = total, not quiet and sys.stderr.isatty()
        self._shown_at = 0.0

    def show(self, done: int, name: str) -> None:
        """Say that so many are done, and what is being done."""
        now = time.monotonic()
        if self._is_on and now - self._shown_at >= _EVERY_S:
            self._shown_at = now
            name = "".join(c if c.isprintable() else "?" for c in name)
            print(f"\r\x1b[K{done} / {self._total}  {name[-_LONGEST:]}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the line away."""
        if self._is_on:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
