"""A snapshot on the share: what the older program did to it, and writing it anew."""

from __future__ import annotations

import contextlib
from itertools import chain
from typing import TYPE_CHECKING, Any

from storage import older
from storage.atomic import refresh_folder, replace_file, sweep_temporary
from storage.clock import file_time, now
from storage.decision import OPEN, VERSION, Decision, encode_line
from storage.errors import StorageError, failure, readable, reason
from storage.follower import Follower
from storage.journal import SUFFIX
from storage.session_name import new_session
from storage.share import make_folder
from storage.snapshot import FINAL_LABELS, Snapshot, compose_snapshot, identity_of, read_snapshot
from storage.state import Annotations, FinalLabels, State

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.roles import Roles
    from storage.share import Share
    from storage.snapshot import Form

_LATER = "It is written again later; the journals have every decision."
_TRIES = 5


class SnapshotFile:
    """Derived from the journals, and read because the older program may write it.

    It is users/{annotator}.json, or with the form of final labels admin/final_labels.json, of all admins.
    """

    def __init__(
        self, share: Share, form: Form, annotator: str, data_root: Path | None, host: str, roles: Roles
    ) -> None:
        self.form = form
        self.path = share.final_labels if form == FINAL_LABELS else share.snapshot(annotator)
        self.problems: list[str] = []
        self.data_root = data_root
        """The data folder of the block ids; None where it is not known."""
        self._share, self._annotator, self._host = share, annotator, host
        self._roles = roles

    def read(self) -> Snapshot | None:
        """Return what the file has, None where it is missing or cannot be used, which becomes a problem."""
        try:
            snapshot = read_snapshot(self.path, self.form)
        except OSError as error:
            self._report(f"{readable(self.path)} {reason(error)}. What was annotated only there is missing here.")
        except StorageError as error:
            self._report(str(error))
        else:
            if snapshot is None or self._is_trusted(snapshot):
                return snapshot
            if not snapshot.is_ours:
                self._report(self._foreign(snapshot))
        return None

    def _is_trusted(self, snapshot: Snapshot) -> bool:
        """Tell whether the file's owner may say what this annotator, or any admin, decided."""
        roles, owner = self._roles, snapshot.owner
        if self.form == FINAL_LABELS:
            return roles.may_bring_in(owner) or not any(name in roles.accounts for name in roles.admins)
        return roles.owns(owner, self._annotator) or roles.may_bring_in(owner)

    def _foreign(self, snapshot: Snapshot) -> str:
        whose = "an admin" if self.form == FINAL_LABELS else self._annotator
        return (
            f"{readable(self.path)} was written by {snapshot.owner}, which is no account of {whose} in the roles file. "
            "What it says is not used."
        )

    def changes(self, snapshot: Snapshot, known: Annotations) -> list[older.Change]:
        """Return what is in a snapshot and newer than `known`."""
        found = self._older(snapshot, only_unmatched=snapshot.is_known(known.through))
        return older.changes(snapshot, found, known)

    def write(self, annotations: Annotations, unmatched: dict[str, Any] | None = None, recovers: bool = False) -> None:
        """Replace the file by one with `annotations`, and with `unmatched` beside what it has of that already.

        With `recovers`, what it has and no journal knows is put into a journal, also if the file is as we left it.

        What the older program wrote meanwhile is put into a journal first, which is found by following. A file that
        cannot be used is set aside under another name. Raises StorageError, and then the file is as it was.
        """
        try:
            for _ in range(_TRIES):
                if self._write(annotations, unmatched or {}, recovers):
                    return
        except OSError as error:
            raise failure(self.path, error, _LATER) from error
        raise StorageError(f"{readable(self.path)} is changed again and again by another program. {_LATER}")

    def _write(self, annotations: Annotations, unmatched: dict[str, Any], recovers: bool) -> bool:
        """Write it; False where somebody else wrote it in the meantime, which must be read first."""
        make_folder(self.path.parent)
        refresh_folder(self.path.parent)
        snapshot = self._read_or_set_aside(annotations)
        if snapshot is not None:
            found = self._older(snapshot, only_unmatched=snapshot.is_ours and not recovers)
            unmatched = _joined(found.unmatched, unmatched)
            # In a file of ours there can be what its session could not match, but we can
            if not snapshot.is_ours or older.newer(found, annotations):
                # What other sessions decided since we looked must not be taken for the older program's doing
                annotations = self._known_now()
                annotations = self._merged(annotations, older.changes(snapshot, found, annotations))
        elif not annotations and not unmatched:
            return True
        root = readable(self.data_root) if self.data_root is not None else ""
        data = compose_snapshot(snapshot, self.form, self._annotator, annotations, unmatched, now(), root)
        return replace_file(self.path, data, self._host, lambda: self._is_as_read(snapshot))

    def _known_now(self) -> Annotations:
        """Return what all journals say at this moment."""
        is_final, state = self.form == FINAL_LABELS, State()
        for decision in chain.from_iterable(Follower(self._share, self._annotator, is_final, self._roles).read()):
            state.apply(decision)
        return state.final_labels() if is_final else state.annotations(self._annotator)

    def _is_as_read(self, snapshot: Snapshot | None) -> bool:
        refresh_folder(self.path.parent)
        return identity_of(self.path) == (snapshot.identity if snapshot is not None else None)

    def sweep(self) -> None:
        """Remove hidden files that killed processes of this computer left."""
        with contextlib.suppress(OSError):
            sweep_temporary(self.path.parent, self.path.name, self._host)
            sweep_temporary(self._share.journal_folder(self._annotator), "", self._host)

    def _older(self, snapshot: Snapshot, only_unmatched: bool = False) -> older.OlderAnnotations:
        found = older.read_older(snapshot, self.data_root, self.path, only_unmatched)
        for problem in found.problems:
            self._report(problem)
        return found

    def _read_or_set_aside(self, annotations: Annotations) -> Snapshot | None:
        try:
            snapshot = read_snapshot(self.path, self.form)
        except StorageError as error:
            self._set_aside("unreadable", str(error))
            return None
        if snapshot is not None and not self._is_trusted(snapshot):
            found = self._older(snapshot)
            if not snapshot.is_ours or found.unmatched or older.newer(found, annotations):
                self._set_aside("foreign", self._foreign(snapshot))
                return None
        return snapshot

    def _set_aside(self, why: str, sentence: str) -> None:
        aside = self.path.with_name(f"{self.path.name}.{why}-{file_time(now())}")
        if aside.exists():
            raise StorageError(f"{sentence} It cannot be renamed, because {aside.name} is there already.")
        self.path.rename(aside)
        self._report(sentence)
        self._report(f"The {why} {readable(self.path)} was renamed to {aside.name} and is kept.")

    def _merged(self, annotations: Annotations, changes: list[older.Change]) -> Annotations:
        """Write a journal with the changes; return the annotations with them."""
        if not changes:
            return annotations
        session = write_journal(
            *(self._share, self._annotator, self.data_root, self._host),
            lambda session: older.decisions_for(changes, annotations, self.form, self._annotator, session, 1),
        )
        merged, by = dict(annotations), dict(annotations.by) if isinstance(annotations, FinalLabels) else {}
        for change in changes:
            if change.label is None:
                merged.pop(change.block, None)
            else:
                merged[change.block] = (change.label, change.time)
                by[change.block] = change.by or self._annotator
        return FinalLabels(merged, annotations.last, annotations.through | {session: len(changes)}, by)

    def _report(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


def _joined(kept: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Return what is unmatched of both: blocks below one folder can come from two files."""
    joined = dict(kept)
    for key, value in more.items():
        old = joined.get(key)
        joined[key] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
    return joined


def write_journal(
    share: Share, annotator: str, data_root: Path | None, host: str, decisions: Callable[[str], list[Decision]]
) -> str:
    """Put a whole journal of a session of its own on the share, and return the session. Raises OSError.

    `decisions` gets its name.
    """
    session = new_session(host)
    root = readable(data_root) if data_root is not None else None
    opening = Decision(VERSION, now(), 0, annotator, session, OPEN, value=root)
    content = b"".join(encode_line(line) for line in [opening, *decisions(session)])
    folder = share.journal_folder(annotator)
    replace_file(folder / (session + SUFFIX), content, host)
    share.note_new_file(folder)
    return session
