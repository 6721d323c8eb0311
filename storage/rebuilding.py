"""Writing the snapshots anew from the journals: `cytoscribe store rebuild`."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import StorageError, failure, readable, reason
from storage.follower import Follower
from storage.owner import own_account
from storage.snapshot import ANNOTATIONS, FINAL_LABELS, UNMATCHED, read_snapshot
from storage.snapshot_file import SnapshotFile
from storage.state import State

if TYPE_CHECKING:
    from collections.abc import Collection

    from storage.roles import Roles
    from storage.share import Share


def read_all(share: Share, roles: Roles) -> tuple[State, Follower]:
    """Return what all journals together say, and the follower that read them. Raises StorageError."""
    share.check()
    follower, state = Follower(share, "", follow_all=True, roles=roles), State()
    try:
        for decision in chain.from_iterable(follower.read()):
            state.apply(decision)
    except OSError as error:
        raise failure(share.root, error, "Ask for the right to read it.") from error
    return state, follower


def would_count(roles: Roles, annotator: str) -> bool:
    """Tell whether what this account takes over from older files of the annotator counts."""
    mine = own_account()
    return roles.owns(mine, annotator) or roles.may_bring_in(mine)


def rebuild(share: Share, roles: Roles, annotators: Collection[str], host: str) -> tuple[list[str], list[str]]:
    """Write the snapshots of `annotators` (none: all, and the final labels) anew.

    What the older program changed in them is taken over into a journal first. Returns what was done and what is
    wrong, as sentences. Raises StorageError where there is no store, or an annotator has no journal.
    """
    state, follower = read_all(share, roles)
    known = share.annotators()
    for name in annotators:
        if name not in known:
            raise StorageError(f"{name} has no journal in {readable(share.journals)}.")
    roots = sorted(follower.data_roots())
    data_root = Path(roots[0]) if len(roots) == 1 else Path("/")  # of several, no old folder can be told apart
    done, problems = [], follower.problems()
    wanted = [(ANNOTATIONS, name) for name in annotators or known]
    if not annotators and roles.admins:
        mine = own_account()
        wanted.append((FINAL_LABELS, min(roles.admins, key=lambda name: (not roles.owns(mine, name), name))))
    for form, name in wanted:
        file = SnapshotFile(share, form, name, data_root, host, roles)
        labels = state.annotations(name) if form == ANNOTATIONS else state.final_labels()
        if not labels and not file.path.exists():
            continue
        obstacle = _obstacle(share, file, name, roles)
        if obstacle:
            problems.append(obstacle)
            continue
        try:
            file.write(labels)
        except StorageError as error:
            problems.append(str(error))
        else:
            done.append(f"Wrote {readable(file.path)}: {len(labels)} blocks.")
        problems += file.problems
    share.settle()
    return done, problems


def _obstacle(share: Share, file: SnapshotFile, annotator: str, roles: Roles) -> str:
    """Return why the file must stay as it is, as a sentence; empty if it may be written."""
    shown = readable(file.path)
    try:
        snapshot = read_snapshot(file.path, file.form)
    except StorageError:  # it is set aside
        snapshot = None
    except OSError as error:
        return f"{shown} {reason(error)}. It is left as it is."
    has_more = snapshot is not None and (not snapshot.is_ours or snapshot.part(UNMATCHED))
    if has_more and not would_count(roles, annotator):
        return (
            f"{shown} has what is in no journal yet, and what {own_account()} takes over for {annotator} does not "
            f"count. It is left as it is: have {annotator} start Cytoscribe, or an admin with an account in the roles "
            "file rebuild it."
        )
    for name in share.annotators() if file.form == FINAL_LABELS else [annotator]:
        for path in share.journal_files(name):
            try:
                path.open("rb").close()
            except FileNotFoundError:  # folded meanwhile
                continue
            except OSError as error:
                return f"{shown} is left as it is, because {readable(path)} {reason(error)}."
    return ""
