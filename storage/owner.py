"""Whose a file is: the account that the file system names as its owner."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Owner:
    """An account: its number as text, and its name where this computer knows it."""

    number: str
    name: str = ""

    @property
    def accounts(self) -> frozenset[str]:
        """What roles.json may call this account."""
        return frozenset(text for text in (self.number, self.name) if text)

    def __str__(self) -> str:
        return self.name or f"account {self.number}"


def owner_of(found: os.stat_result) -> Owner | None:
    """Return the owner of a file; None on systems that do not tell (Windows)."""
    return None if os.name == "nt" else _account(found.st_uid)


def own_account() -> Owner | None:
    """Return the account of this process; None on systems that do not tell."""
    return None if os.name == "nt" else _account(os.geteuid())


@lru_cache(maxsize=256)  # looked up over the network in many groups, and asked for each file
def _account(number: int) -> Owner:
    import pwd

    try:
        return Owner(str(number), pwd.getpwuid(number).pw_name)
    except KeyError:
        return Owner(str(number))
