"""Reading what everybody decided, for a review or an export: all journals, and snapshots of the older program."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from storage.errors import StorageError, failure, readable, reason
from storage.follower import Follower, Unread
from storage.names import is_annotator
from storage.older import decisions_for
from storage.snapshot import ANNOTATIONS, FINAL_LABELS
from storage.snapshot_file import SnapshotFile
from storage.state import Annotations, State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from storage.decision import Decision
    from storage.roles import Roles
    from storage.share import Share
    from storage.snapshot import Form

_NO_SESSION = ""
"""Of decisions that stand in no journal: they are not written down as known."""
_NEEDS_RIGHT = "Ask for the right to read it."
_SETTINGS = "_display"
"""Files of the older program's settings, beside its annotations."""


@dataclass
class Everything:
    """What all journals and snapshots say.

    `annotators` are, sorted, those who voted or whose snapshot lies in users/, also if it is empty; `unread` what
    could not be read or does not count, by annotator (empty for the final labels).
    """

    state: State
    annotators: list[str] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    data_roots: set[str] = field(default_factory=set)


def read_everything(share: Share, roles: Roles, data_root: Path | None, host: str) -> Everything:
    """Read all that is on the share; `data_root` is the data folder, to which older block ids are made relative.

    Raises StorageError where there is no store, or its folders cannot be listed.
    """
    share.check()
    follower, state = Follower(share, "", follow_all=True, roles=roles), State()
    try:
        for decision in chain.from_iterable(follower.read()):
            state.apply(decision)
        known = {name: state.annotations(name) for name in state.annotators()}
        decisions, unread, names = read_snapshots(share, roles, data_root, host, known, state.final_labels())
    except OSError as error:
        raise failure(share.root, error, _NEEDS_RIGHT) from error
    for decision in decisions:
        state.apply(decision)
    voters = {name for name in state.annotators() if state.has_voted(name)}
    torn = [Unread(path.parent.name, path, sentence) for path, sentence in follower.torn_ends().items()]
    unread = [*follower.unread(), *torn, *unread]
    return Everything(state, sorted(voters | names), unread, follower.data_roots())


def read_snapshots(
    share: Share,
    roles: Roles,
    data_root: Path | None,
    host: str,
    known: Mapping[str, Annotations],
    finals: Annotations,
) -> tuple[list[Decision], list[Unread], set[str]]:
    """Return what the snapshots have that is newer than the annotations `known` and the final labels `finals`.

    That is what people do with the older program who do not use this one. They are not written into any journal;
    applied to a state, they give what holds. Also what could not be read, and whose snapshots are there. For a worker
    thread. Raises OSError where the folder cannot be listed.
    """
    decisions: list[Decision] = []
    unread: list[Unread] = []
    names = set()
    forms: list[tuple[Form, str]] = [(ANNOTATIONS, name) for name in _names(share.users)]
    admin = min(roles.admins, default="")
    for form, name in [*forms, (FINAL_LABELS, admin)] if admin else forms:
        file = SnapshotFile(share, form, name, data_root, host, roles)
        whose = name if form == ANNOTATIONS else ""
        try:
            snapshot = file.read()
            if snapshot is not None and form.part in snapshot.top:
                before = known.get(name, Annotations({})) if form == ANNOTATIONS else finals
                changes = file.changes(snapshot, before)
                decisions += decisions_for(changes, before, form, name, _NO_SESSION, 1)
                names.add(whose)
        except StorageError as error:
            unread.append(Unread(whose, file.path, str(error)))
        except OSError as error:
            unread.append(Unread(whose, file.path, f"{readable(file.path)} {reason(error)}. It is left out."))
        unread += [Unread(whose, file.path, problem) for problem in file.problems]
    return decisions, unread, names - {""}


def _names(users: Path) -> list[str]:
    try:
        found = sorted(os.listdir(users))
    except FileNotFoundError:
        return []
    names = [name.removesuffix(".json") for name in found if name.endswith(".json")]
    return [name for name in names if is_annotator(name) and not name.endswith(_SETTINGS)]
