"""The snapshot of one annotator on the share: what the older program did to it, and writing it anew."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from storage import older
from storage.atomic import refresh_folder, replace_file, sweep_temporary
from storage.clock import file_time, now
from storage.decision import OPEN, VERSION, Decision, encode_line
from storage.errors import StorageError, failure, readable, reason
from storage.journal import SUFFIX
from storage.session_name import new_session
from storage.snapshot import Snapshot, compose_snapshot, read_snapshot
from storage.state import Annotations

if TYPE_CHECKING:
    from pathlib import Path

    from storage.share import Share


class SnapshotFile:
    """users/{annotator}.json: derived from the journals, and read because the older program may write it."""

    def __init__(self, share: Share, annotator: str, data_root: Path, host: str) -> None:
        self.path = share.snapshot(annotator)
        self.problems: list[str] = []
        self._share, self._annotator, self._data_root, self._host = share, annotator, data_root, host

    def read(self) -> Snapshot | None:
        """Return what the file has, None where it is missing or cannot be used, which becomes a problem."""
        try:
            return read_snapshot(self.path)
        except OSError as error:
            self._report(f"{readable(self.path)} {reason(error)}. What was annotated only there is missing here.")
        except StorageError as error:
            self._report(str(error))
        return None

    def changes(self, snapshot: Snapshot, known: Annotations) -> list[older.Change]:
        """Return what is in a snapshot and newer than `known`."""
        found = self._older(snapshot, only_unmatched=snapshot.is_known(known.through))
        return older.changes(snapshot, found, known)

    def write(self, annotations: Annotations) -> None:
        """Replace the file by one with `annotations`.

        What the older program wrote meanwhile is put into a journal first, which is found by following. A file that
        cannot be used is set aside under another name. Raises StorageError, and then the file is as it was.
        """
        try:
            refresh_folder(self.path.parent)
            snapshot = self._read_or_set_aside()
            unmatched: dict[str, Any] = {}
            if snapshot is not None:
                found = self._older(snapshot, only_unmatched=snapshot.is_ours)
                unmatched = found.unmatched
                if not snapshot.is_ours:
                    annotations = self._merged(annotations, older.changes(snapshot, found, annotations))
            elif not annotations:
                return
            data = compose_snapshot(snapshot, self._annotator, annotations, unmatched, now())
            replace_file(self.path, data, self._host)
        except OSError as error:
            raise failure(self.path, error, "It is written again later; the journals have every decision.") from error

    def sweep(self) -> None:
        """Remove hidden files that killed processes of this computer left."""
        with contextlib.suppress(OSError):
            sweep_temporary(self.path.parent, self.path.name, self._host)
            sweep_temporary(self._share.journal_folder(self._annotator), "", self._host)

    def _older(self, snapshot: Snapshot, only_unmatched: bool = False) -> older.OlderAnnotations:
        found = older.read_older(snapshot, self._data_root, self.path, only_unmatched)
        for problem in found.problems:
            self._report(problem)
        return found

    def _read_or_set_aside(self) -> Snapshot | None:
        try:
            return read_snapshot(self.path)
        except StorageError as error:
            aside = self.path.with_name(f"{self.path.name}.unreadable-{file_time(now())}")
            if aside.exists():
                raise
            self.path.rename(aside)
            self._report(str(error))
            self._report(f"The unreadable {readable(self.path)} was renamed to {aside.name} and is kept.")
            return None

    def _merged(self, annotations: Annotations, changes: list[older.Change]) -> Annotations:
        """Write a journal with the changes; return the annotations with them."""
        if not changes:
            return annotations
        session = new_session(self._host)
        opening = Decision(VERSION, now(), 0, self._annotator, session, OPEN, value=readable(self._data_root))
        lines = older.decisions_for(changes, annotations, self._annotator, session, 1)
        folder = self._share.journal_folder(self._annotator)
        replace_file(folder / (session + SUFFIX), b"".join(encode_line(line) for line in [opening, *lines]), self._host)
        self._share.note_new_file(folder)
        merged = dict(annotations)
        for change in changes:
            if change.label is None:
                merged.pop(change.block, None)
            else:
                merged[change.block] = (change.label, change.time)
        return Annotations(merged, annotations.last, annotations.through)

    def _report(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)
