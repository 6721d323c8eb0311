"""Writing the snapshots anew from the journals: `cytoscribe store rebuild`."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from storage.atomic import replace_file
from storage.clock import file_time, now
from storage.errors import StorageError, failure, readable, reason
from storage.follower import Follower
from storage.names import known_annotators
from storage.older import newer, read_older
from storage.owner import own_account
from storage.snapshot import ANNOTATIONS, FINAL_LABELS, read_snapshot
from storage.snapshot_file import SnapshotFile
from storage.state import State

if TYPE_CHECKING:
    from collections.abc import Collection

    from storage.roles import Roles
    from storage.share import Share
    from storage.state import Annotations


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
    """Write the snapshots of `annotators` (none: of all, and the final labels) anew.

    What a snapshot has and no journal knows, because the older program put it there or a journal was removed, is
    taken over into a journal first. Returns what was done and what is wrong, as sentences. Raises StorageError where
    there is no store, or an annotator has neither a journal nor a snapshot.
    """
    state, follower = read_all(share, roles)
    known = known_annotators(share.root)
    for name in annotators:
        if name not in known:
            raise StorageError(f"{name} has no journal in {readable(share.journals)}.")
    roots = sorted(follower.data_roots())
    data_root = Path(roots[0]) if len(roots) == 1 else None  # of several, no old folder can be told apart
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
        obstacle = _obstacle(share, file, name, labels, roles)
        if obstacle:
            problems.append(obstacle)
            continue
        try:
            share.make_folders(name)
            problems += _kept_copy(file, labels, host)
            file.write(labels, recovers=form == ANNOTATIONS)
        except StorageError as error:
            problems.append(str(error))
        except OSError as error:
            problems.append(f"{readable(file.path)} {reason(error)}. It is left as it is.")
        else:
            done.append(f"Wrote {readable(file.path)}.")
        problems += file.problems
    share.settle()
    return done, problems


def _kept_copy(file: SnapshotFile, labels: Annotations, host: str) -> list[str]:
    """Keep the file under another name if it has final labels that do not count; return a sentence then.

    They may be those of somebody who is no admin any more: nobody else may take them over.
    """
    if file.form != FINAL_LABELS or not file.path.exists():
        return []
    try:
        snapshot = read_snapshot(file.path, file.form)
    except StorageError:  # it is set aside
        return []
    lost = set(snapshot.part(file.form.part)) - labels.keys() if snapshot is not None and snapshot.is_ours else set()
    if not lost:
        return []
    copy = file.path.with_name(f"{file.path.name}.before-{file_time(now())}")
    replace_file(copy, file.path.read_bytes(), host)
    return [
        f"{readable(file.path)} had {len(lost)} final labels that do not count now (of admins who are not in the roles "
        f"file any more, or in journals that were removed). The old file is kept as {copy.name}."
    ]


def _obstacle(share: Share, file: SnapshotFile, annotator: str, labels: Annotations, roles: Roles) -> str:
    """Return why the file must stay as it is, as a sentence; empty if it may be written."""
    shown = readable(file.path)
    try:
        snapshot = read_snapshot(file.path, file.form)
    except StorageError:  # it is set aside
        snapshot = None
    except OSError as error:
        return f"{shown} {reason(error)}. It is left as it is."
    has_more = snapshot is not None and bool(newer(read_older(snapshot, file.data_root, file.path), labels))
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
