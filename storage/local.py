"""This computer's folder for one annotations folder: the journals that are written here first."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from storage.errors import readable, reason
from storage.journal import SUFFIX, LocalJournal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

_PUSHED = "pushed"
_TRIES = 3


class LocalFolder:
    """A folder below `base` that belongs to the annotations folder `root` (resolved).

    In it: `root.txt` says which that is, and `journal/{annotator}/` holds the journals that are not known to be on
    the share whole, `journal/{annotator}/pushed/` those that are.
    """

    def __init__(self, base: Path, root: Path) -> None:
        digest = hashlib.sha256(os.fsencode(root)).hexdigest()
        self.folder = base / digest[:16]
        self.note = self.folder / "root.txt"
        self._root = root
        self._journals = self.folder / "journal"

    def held_store(self) -> bool:
        """Tell whether a store was opened at this root before."""
        return self.note.exists()

    def remember_store(self) -> None:
        """A store was opened at this root. Raises OSError."""
        if not self.note.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            self.note.write_bytes(os.fsencode(self._root) + b"\n")

    def new_journal(self, annotator: str, new_session: Callable[[], str]) -> LocalJournal:
        """Make the journal of a new session. Raises OSError."""
        for _ in range(_TRIES - 1):
            try:
                return LocalJournal.create(self._path(annotator, new_session()), annotator)
            except BlockingIOError:  # another session looked whether it is a leftover, just then
                continue
        return LocalJournal.create(self._path(annotator, new_session()), annotator)

    def unsent(self, annotator: str) -> list[Path]:
        """Return the journals of an annotator that may not be on the share yet."""
        return _files(self._journals / annotator)

    def leftovers(self, own: Collection[Path], problems: list[str]) -> Iterator[LocalJournal]:
        """Yield the journals of dead sessions, of all annotators, locked; those of living ones are left out."""
        try:
            annotators = sorted(os.listdir(self._journals))
        except OSError:
            return
        for annotator in annotators:
            for path in _files(self._journals / annotator):
                if path in own:
                    continue
                try:
                    journal = LocalJournal.adopt(path, annotator)
                except FileNotFoundError:  # another session has just dealt with it
                    continue
                except OSError as error:
                    sentence = f"{readable(path)} {reason(error)}. The decisions in it are not on the share."
                    if sentence not in problems:
                        problems.append(sentence)
                    continue
                if journal is not None:
                    yield journal

    def put_away(self, journal: LocalJournal) -> None:
        """The dead session's journal is on the share, whole: keep it out of the way. One without decisions goes."""
        length, decisions = journal.durable
        journal.close()
        if not length:
            return  # made by a session that is only beginning
        try:
            if decisions:
                pushed = journal.path.parent / _PUSHED
                pushed.mkdir(exist_ok=True)
                journal.path.replace(pushed / journal.path.name)
            else:
                journal.path.unlink()
        except OSError:  # it is looked at again next time, and found to be on the share
            return

    def _path(self, annotator: str, session: str) -> Path:
        return self._journals / annotator / (session + SUFFIX)


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(folder / name for name in os.listdir(folder) if name.endswith(SUFFIX))
    except OSError:
        return []
