"""What a run of the program leaves in the state folder: its log, and what is known of it if it crashes."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from storage.lock import try_lock

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_SUFFIX = ".run"
_ASIDE = ".seen"
_KEPT = 5
"""So many crashes that were told of are kept, and logs of so many runs that have ended."""
_LONGEST = 60_000
"""Letters of a crash, and of the end of a log, that are read."""
LOG_BYTES = 1_000_000
LOGS_OF_A_RUN = 5


@dataclass(frozen=True)
class DeadRun:
    """A run that did not end as it should: `crash` is what Python wrote of a crash; empty if it was killed."""

    name: str
    crash: str
    log: str


class RunFiles:
    """The files of this run. Its lock tells others that it goes on: the system lets go of it however the run ends.

    `folder` is None where none can be written.
    """

    def __init__(self, state: Path) -> None:
        self.folder: Path | None = state / "runs"
        self.problem = ""
        """Why there is no folder."""
        self.name = f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
        self.file: BinaryIO | None = None
        """Where a crash is to be written; open and locked until the end."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # Under its final name only once it is locked: else another program could take it for a dead one's
            final = self.folder / f"{self.name}{_SUFFIX}"
            fresh = final if os.name == "nt" else final.with_suffix(".new")  # Windows renames no file that is open
            self.file = fresh.open("wb", buffering=0)
            try_lock(self.file.fileno())
            self.file.seek(0)  # where the lock is taken on Windows is far behind
            fresh.replace(final)
        except OSError as error:
            self.problem = f"{error.strerror or error} ({state})"
            self.folder = None

    @property
    def log_file(self) -> Path | None:
        """Where this run's log is written."""
        return self.folder / f"{self.name}.log" if self.folder is not None else None

    def end(self) -> None:
        """The run has ended as it should."""
        if self.folder is not None and self.file is not None:
            with contextlib.suppress(OSError):
                self.file.close()
                (self.folder / f"{self.name}{_SUFFIX}").unlink()

    def take_dead(self) -> list[DeadRun]:
        """Return runs that did not end as they should, the latest first, and put their files aside; reads files.

        Each is found by one program only.
        """
        if self.folder is None:
            return []
        found = []
        for path in sorted(self.folder.glob(f"*{_SUFFIX}"), reverse=True):
            if path.stem != self.name and _is_dead(path):
                aside = path.with_suffix(_ASIDE)
                try:
                    path.rename(aside)
                    crash = _end_of(aside)
                except OSError:  # another program was quicker
                    continue
                found.append(DeadRun(path.stem, crash, _end_of(path.with_suffix(".log"))))
        return found

    def clean(self) -> None:
        """Remove old files of runs that have ended."""
        if self.folder is None:
            return
        alive = {path.stem for path in self.folder.glob(f"*{_SUFFIX}")} | {self.name}
        names = {path.name.partition(".")[0] for path in self.folder.glob("*.log*")} - alive
        old = set(sorted(names)[:-_KEPT])
        _remove(path for path in self.folder.glob("*.log*") if path.name.partition(".")[0] in old)
        _remove(sorted(self.folder.glob(f"*{_ASIDE}"))[:-_KEPT])


def _is_dead(path: Path) -> bool:
    try:
        with path.open("r+b") as file:
            return try_lock(file.fileno())
    except OSError:
        return False


def _end_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _LONGEST))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink()
