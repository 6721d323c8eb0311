"""The folder on this computer for one annotations folder: the journals that are written here first."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import readable, reason
from storage.journal import SUFFIX, LocalJournal
from storage.session_name import new_session

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

_PUSHED = "pushed"
_TRIES = 3
_BEGINNING_SECONDS = 3600
"""An empty journal that is younger may be of a session that is only beginning."""
_RECENT_SECONDS = 2 * 86_400


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
        return os.path.exists(self.note)  # noqa: PTH110 - False, not an error, where it cannot be seen

    def remember_store(self) -> None:
        """A store was opened at this root. Raises OSError."""
        if not self.note.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            self.note.write_bytes(os.fsencode(self._root) + b"\n")

    def new_journal(self, annotator: str, host: str) -> LocalJournal:
        """Make the journal of a new session. Raises OSError."""
        for _ in range(_TRIES):
            path = self._journals / annotator / (new_session(host) + SUFFIX)
            try:
                return LocalJournal.create(path, annotator)
            except BlockingIOError as error:  # another session looked whether it is a leftover, just then
                busy = error
        raise busy

    def unsent(self, annotator: str) -> list[Path]:
        """Return the journals of an annotator that may not be on the share yet."""
        return _files(self._journals / annotator)

    def leftovers(
        self, own: Collection[str], report: Callable[[str], None], put_away: bool = False
    ) -> Iterator[LocalJournal]:
        """Yield the journals of dead sessions of all annotators, locked; `own` are sessions to leave out.

        With `put_away` also those of the last days that are known to be on the share: a server that promised too
        much may have lost them since.
        """
        try:
            annotators = sorted(os.listdir(self._journals))
        except OSError:
            return
        for annotator in annotators:
            folder = self._journals / annotator
            for path in _files(folder) + (_recent(folder / _PUSHED) if put_away else []):
                if path.name.removesuffix(SUFFIX) in own:
                    continue
                try:
                    journal = LocalJournal.adopt(path, annotator)
                except FileNotFoundError:  # another session has just dealt with it
                    continue
                except OSError as error:
                    report(f"{readable(path)} {reason(error)}. The decisions in it are not on the share.")
                    continue
                if journal is not None:
                    yield journal

    def put_away(self, journal: LocalJournal) -> None:
        """Close a journal that is on the share, whole, and move it out of the way; delete one without decisions."""
        length, decisions = journal.durable
        journal.close()
        try:
            if not length and time.time() - journal.path.stat().st_mtime < _BEGINNING_SECONDS:
                return
            if decisions:
                pushed = journal.path.parent / _PUSHED
                if journal.path.parent.name == _PUSHED:
                    return
                pushed.mkdir(exist_ok=True)
                journal.path.replace(pushed / journal.path.name)
            else:
                journal.path.unlink()
        except OSError:  # it is looked at again next time, and found to be on the share
            return

    def annotators(self) -> list[str]:
        """Return the names of everybody who has journals here."""
        try:
            return sorted(os.listdir(self._journals))
        except OSError:
            return []

    def elsewhere(self) -> list[tuple[Path, Path]]:
        """Return (annotations folder, journal) of what waits on this computer for folders that are not there.

        Such a folder can be this one, under the path that it had before.
        """
        found = []
        for other in _folders(self.folder.parent):
            try:
                root = Path(os.fsdecode((other / self.note.name).read_bytes().rstrip(b"\n")))
            except OSError:
                continue
            if other != self.folder and not os.path.exists(root):  # noqa: PTH110 - False where it cannot be seen
                for folder in _folders(other / self._journals.name):
                    found += [(root, path) for path in _files(folder) if _has_decision(path)]
        return found

    def waiting(self, annotator: str, on_share: Callable[[str], Path]) -> list[Path]:
        """Return the journals with lines that are not on the share, where `on_share` says which file is theirs."""
        return [path for path in self.unsent(annotator) if not _is_on_share(path, on_share(path.name))]

    def forget_pushed(self, annotator: str, names: Collection[str]) -> None:
        """Remove journals that are on the share in another file. What cannot be removed stays."""
        for name in names:
            with contextlib.suppress(OSError):
                (self._journals / annotator / _PUSHED / name).unlink()


def _is_on_share(path: Path, other: Path) -> bool:
    try:
        content = path.read_bytes()
    except FileNotFoundError:  # its session has just put it away
        return True
    whole = content[: content.rfind(b"\n") + 1]
    if not _holds_decision(content):
        return True
    try:
        return other.read_bytes().startswith(whole)
    except OSError:
        return False


def _has_decision(path: Path) -> bool:
    try:
        return _holds_decision(path.read_bytes())
    except OSError:
        return False


def _holds_decision(content: bytes) -> bool:
    return content.count(b"\n") > 1  # the first line says what the journal is


def _recent(folder: Path) -> list[Path]:
    try:
        return [path for path in _files(folder) if time.time() - path.stat().st_mtime < _RECENT_SECONDS]
    except OSError:
        return []


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError:
        return []


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(folder / name for name in os.listdir(folder) if name.endswith(SUFFIX))
    except OSError:
        return []
