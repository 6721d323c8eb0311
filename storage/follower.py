"""Finding and following the journals of other sessions on the share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.atomic import refresh_folder
from storage.journal_reader import JournalReader

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from storage.decision import Decision
    from storage.roles import Roles
    from storage.share import Share

_LISTINGS = 3
"""A listed journal that is gone was folded into a new one, which a newer listing shows."""


class Unread(NamedTuple):
    """What could not be read of an annotator, or does not count: the file, and a sentence for the user."""

    annotator: str
    path: Path
    sentence: str


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
            for _ in range(_LISTINGS):
                paths = [path for path in self._share.journal_files(annotator) if path not in own]
                yield from self._read_files(paths, annotator)
                gone = [path for path, reader in self._readers.items() if reader.is_missing]
                if not gone:
                    break
                for path in gone:
                    del self._readers[path]
                refresh_folder(self._share.journal_folder(annotator))

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

    def unread(self) -> list[Unread]:
        """Return the same by annotator."""
        return [
            Unread(path.parent.name, path, problem)
            for path, reader in self._readers.items()
            for problem in reader.problems
        ]

    def torn_ends(self) -> dict[Path, str]:
        """Return the files that ended within a line when they were last read, and a sentence for each."""
        return {path: reader.torn_end for path, reader in self._readers.items() if reader.has_torn_end}

    def data_roots(self) -> set[str]:
        """Return the data folders for which the sessions that were read decided.

        Of other annotators, who are not followed, the newest session says it.
        """
        roots = {reader.data_root for reader in self._readers.values()}
        if not self._follow_all:
            for annotator in self._share.annotators():
                journals = self._share.journal_files(annotator) if annotator != self._annotator else []
                if journals:
                    roots.add(_first_line_data_root(JournalReader(journals[-1], annotator)))
        return roots - {""}

    def _annotators(self) -> list[str]:
        return self._share.annotators() if self._follow_all else [self._annotator]


def _first_line_data_root(reader: JournalReader) -> str:
    for _ in reader.read():
        break
    return reader.data_root
