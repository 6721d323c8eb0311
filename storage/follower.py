"""Finding and following the journals of other sessions on the share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from storage.atomic import refresh_folder
from storage.journal import SUFFIX
from storage.journal_reader import JournalReader
from storage.names import is_annotator

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from storage.decision import Decision
    from storage.roles import Roles
    from storage.share import Share

_LISTINGS = 3
"""A listed journal that is gone was folded into a new one, which a newer listing shows."""


class Follower:
    """Reads what is new, of one annotator's sessions or of everybody's. Uses no lock and trusts no file time."""

    def __init__(self, share: Share, annotator: str, follow_all: bool, roles: Roles) -> None:
        self._share, self._annotator, self._follow_all, self._roles = share, annotator, follow_all, roles
        self._readers: dict[Path, JournalReader] = {}

    def read(self, own: Collection[Path] = ()) -> Iterator[list[Decision]]:
        """Yield new decisions in batches, without those of the files `own`.

        Raises OSError where the folders cannot be listed.
        """
        for annotator in self._annotators():
            folder = self._share.journal_folder(annotator)
            for _ in range(_LISTINGS):
                names = sorted(_journals(folder))
                yield from self._read_files([folder / name for name in names if folder / name not in own], annotator)
                gone = [path for path, reader in self._readers.items() if reader.is_missing]
                if not gone:
                    break
                for path in gone:
                    del self._readers[path]
                refresh_folder(folder)

    def _read_files(self, paths: Iterable[Path], annotator: str) -> Iterator[list[Decision]]:
        for path in paths:
            reader = self._readers.get(path)
            if reader is None:
                reader = self._readers[path] = JournalReader(path, annotator, self._roles)
            elif not reader.may_have_grown():
                continue
            yield from reader.read()

    def problems(self) -> list[str]:
        """Return a sentence for everything that was left out so far."""
        return [problem for reader in self._readers.values() for problem in reader.problems]

    def torn_ends(self) -> dict[Path, str]:
        """Return the files that ended within a line when they were last read, and a sentence for each."""
        return {path: reader.torn_end for path, reader in self._readers.items() if reader.has_torn_end}

    def data_roots(self) -> set[str]:
        """Return the data folders for which the sessions that were read decided.

        Of other annotators, who are not followed, the newest session says it.
        """
        roots = {reader.data_root for reader in self._readers.values()}
        if not self._follow_all:
            for annotator in _folders(self._share.journals):
                if annotator == self._annotator:
                    continue
                folder = self._share.journal_folder(annotator)
                newest = max(_journals(folder), default=None)
                if newest is not None:
                    roots.add(_first_line_data_root(JournalReader(folder / newest, annotator)))
        return roots - {""}

    def _annotators(self) -> list[str]:
        return _folders(self._share.journals) if self._follow_all else [self._annotator]


def _first_line_data_root(reader: JournalReader) -> str:
    for _ in reader.read():
        break
    return reader.data_root


def _journals(folder: Path) -> list[str]:
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [name for name in names if name.endswith(SUFFIX) and not name.startswith(".")]


def _folders(folder: Path) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if is_annotator(name))
    except FileNotFoundError:
        return []
