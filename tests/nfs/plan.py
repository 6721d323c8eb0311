"""What a program on a machine is to do, and how it says what happened: one JSON line for each event."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.store import open_store
from tests.nfs import wrong_stores

if TYPE_CHECKING:
    from storage.store import Store

FOLLOW_SECONDS = 1.0
"""How often the program looks for what others decided."""

_printing = threading.Lock()


def say(event: str, **what: Any) -> None:
    """Print one event, at once and whole; `at` is the machine's time, in seconds."""
    line = json.dumps({"event": event, "at": time.time()} | what)
    with _printing:
        print(line, flush=True)  # noqa: T201


@dataclass(frozen=True)
class Plan:
    """One argument of a program, as JSON. Every program ends by itself after `seconds`."""

    mode: str = ""
    root: str = "/mnt/nfs"
    local: str | None = None
    """The folder of this computer for journals."""
    annotator: str = "alice"
    tag: str = "x"
    """What the block ids of this program begin with."""
    count: int = 0
    """How many decisions to make, or to wait for."""
    rate: float = 0
    """Decisions a second; 0: as fast as possible."""
    contested: bool = False
    """Every fifth decision is about a block about which others with this plan decide, too."""
    snapshot_s: float = 0
    """Seconds between two snapshots; 0: only when the program gets SIGUSR1."""
    expect: int = 0
    """Wait at the end until so many decisions of this annotator are known."""
    seconds: float = 90
    wrong: str = ""
    """Which class of wrong_stores.py to use in place of the real store."""
    uid: int = 0
    """The account to work as."""
    gate: str = ""
    """After the first decision is saved, stop once before this function of `os`, until the file `go` is there."""
    go: str = ""

    @classmethod
    def from_arguments(cls) -> Plan:
        """Return the plan of this program, and become the account that it names."""
        plan = cls(**json.loads(sys.argv[1]))
        if plan.uid:
            os.setgid(plan.uid)
            os.setuid(plan.uid)
        return plan

    def open(self, follow_all: bool = False) -> Store:
        """Open the store, or what stands for it."""
        root, local = Path(self.root), Path(self.local) if self.local is not None else None
        if self.wrong:
            store: Store = getattr(wrong_stores, self.wrong)(root, local, self.annotator)
            return store
        return open_store(root, local, self.annotator, Path("/data"), follow_all=follow_all)


def pass_once(name: str, go: Path) -> None:
    """Make the next call of a function of `os` wait until the file `go` is there; it says `ready` meanwhile."""
    real = getattr(os, name)

    def wait(*arguments: Any, **options: Any) -> Any:
        setattr(os, name, real)
        say("ready")
        end = time.monotonic() + 30
        while not go.exists() and time.monotonic() < end:
            time.sleep(0.01)
        return real(*arguments, **options)

    setattr(os, name, wait)
