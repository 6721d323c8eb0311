"""Bringing an annotations folder of the older program in: `cytoscribe store migrate`. Reads it, never changes it."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from storage import older
from storage.atomic import replace_file
from storage.errors import StorageError, failure, readable, reason
from storage.modes import is_shared
from storage.names import check_annotator, is_annotator
from storage.owner import own_account
from storage.rebuilding import read_all, would_count
from storage.share import make_folder
from storage.snapshot import ANNOTATIONS, FINAL_LABELS, Form, Snapshot, read_snapshot
from storage.snapshot_file import SnapshotFile, write_journal

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from storage.older import OlderAnnotations, Prefixes
    from storage.roles import Roles
    from storage.share import Share
    from storage.state import Annotations, State

_DISPLAY = "_display.json"
FINAL = "(final labels)"
"""Stands for the final labels among the names of annotators, none of which can be written so."""
_ADVICE = "say with --prefix FROM=TO where in the data folder a folder that fits nothing is now, and run this again."


@dataclass(frozen=True)
class Plan:
    """How block ids of the older folder become those of the new one, and who brings them in.

    `prefixes` map absolute folders; `data_root` decides where none fits, None if it is not known; `blocks` are all
    that there are, None if they are not known. `person` is in whose name final labels are brought in.
    """

    prefixes: Prefixes
    data_root: Path | None
    blocks: Collection[str] | None
    person: str
    host: str
    dry_run: bool = False


@dataclass
class Migration:
    """How many annotations were new, known already, and not matched to a block, by annotator.

    `problems` are sentences about what was left out, `notes` about what was done all the same.
    """

    new: dict[str, int] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    unmatched: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def migrate(old: Path, share: Share, roles: Roles, plan: Plan) -> Migration:
    """Write what the older folder has and `share` does not into new journals, then the snapshots.

    Of a block that was annotated in both, the later annotation holds; run again, nothing is new. What fits no block
    is reported and kept in the snapshot under `unmatched`.

    Raises StorageError: a folder is missing, both are the same, or the new one cannot be written.
    """
    _check_folders(old, share)
    result = Migration()
    state, _ = read_all(share, roles)
    for path in _older_files(old, result):
        name = check_annotator(path.stem)
        _bring_in(path, ANNOTATIONS, name, state.annotations(name), share, roles, plan, result)
    final = old / "admin" / "final_labels.json"
    if final.exists():
        _bring_in_final_labels(final, state, share, roles, plan, result)
    if not plan.dry_run:
        make_folder(share.users)
        share.settle()
        _copy_display_settings(old, share, plan.host, result)
    return result


def _check_folders(old: Path, share: Share) -> None:
    if share.is_empty():
        raise StorageError(
            f"{readable(share.root)} holds no store yet. Make it with `cytoscribe store init`; if it should be there, "
            "check that the share is mounted."
        )
    if not (old / "users").is_dir():
        raise StorageError(f"{readable(old)} has no folder “users”: it is no annotations folder of the older program.")
    if old.samefile(share.root):
        raise StorageError(
            f"{readable(old)} is the folder to bring annotations into, too. Make another with `cytoscribe store init`."
        )


def _older_files(old: Path, result: Migration) -> list[Path]:
    found: list[Path] = []
    for path in sorted((old / "users").glob("*.json")):
        if path.name.endswith(_DISPLAY) or path.name.startswith("."):
            continue
        if not is_annotator(path.stem.lower()):
            result.problems.append(
                f"{readable(path)} is left out: {path.stem} cannot be an annotator's name here. Copy the folder and "
                "rename the file in the copy to letters, digits and underscores."
            )
            continue
        if any(other.stem.lower() == path.stem.lower() for other in found):
            result.notes.append(f"{readable(path)} goes to {path.stem.lower()}, too: case makes no difference here.")
        found.append(path)
    return found


def _bring_in(
    path: Path,
    form: Form,
    annotator: str,
    known: Annotations,
    share: Share,
    roles: Roles,
    plan: Plan,
    result: Migration,
) -> None:
    who = annotator if form == ANNOTATIONS else FINAL
    mine = own_account()
    if not would_count(roles, annotator):
        result.problems.append(
            f"{readable(path)} is left out: in the roles file {mine} is neither an account of {annotator} nor of an "
            "admin, so that it would not count. Have an admin run this."
        )
        return
    try:
        snapshot = read_snapshot(path, form)
    except (StorageError, OSError) as error:
        result.problems.append(str(error) if isinstance(error, StorageError) else f"{readable(path)} {reason(error)}.")
        return
    if snapshot is None:
        result.problems.append(f"{readable(path)} does not exist.")
        return
    prefixes = plan.prefixes | _fitting(snapshot, plan)
    found = older.read_older(snapshot, plan.data_root, path, prefixes=prefixes)
    _report_unknown(found, path, plan)
    result.notes += found.problems
    if any(os.path.isabs(parent) for parent in found.unmatched):  # noqa: PTH117 - of any system, only for advice
        result.notes.append(f"{readable(path)}: {_ADVICE}")
    changes = older.newer(found, known)
    result.new[who] = result.new.get(who, 0) + len(changes)
    result.known[who] = result.known.get(who, 0) + len(found.entries) - len(changes)
    result.unmatched[who] = result.unmatched.get(who, 0) + _count(found.unmatched, form)
    if plan.dry_run or not (changes or found.unmatched):
        return
    try:
        share.make_folders(annotator)
        if os.name != "nt" and not is_shared(share.root):
            result.notes.append(
                f"{readable(share.root)} is not shared with a group yet: run `cytoscribe store init` on it, so that "
                f"{annotator} may write there."
            )
        if changes:
            write_journal(
                *(share, annotator, plan.data_root, plan.host),
                lambda session: older.decisions_for(changes, known, form, annotator, session, 1),
            )
    except OSError as error:
        raise failure(share.journal_folder(annotator), error, "Ask for the right to write there.") from error
    state, _ = read_all(share, roles)
    labels = state.annotations(annotator) if form == ANNOTATIONS else state.final_labels()
    file = SnapshotFile(share, form, annotator, plan.data_root, plan.host, roles)
    file.write(labels, found.unmatched)
    result.notes += [text for text in file.problems if text not in result.notes]


def _bring_in_final_labels(path: Path, state: State, share: Share, roles: Roles, plan: Plan, result: Migration) -> None:
    if not roles.is_admin(plan.person):
        result.problems.append(
            f"{readable(path)} is left out: the roles file does not name {plan.person} as an admin. Name "
            "yourself there (or say who you are with --user), then run this again."
        )
        return
    _bring_in(path, FINAL_LABELS, plan.person, state.final_labels(), share, roles, plan, result)


def _fitting(snapshot: Snapshot, plan: Plan) -> Prefixes:
    """Return the one folder in which most of the older ids are blocks that are there, as the data folder that it was.

    Empty where the blocks are not known, or none or several folders fit best.
    """
    if not plan.blocks:
        return {}
    fits: Counter[older.Parts] = Counter()
    for parent, entries in snapshot.part(snapshot.form.part).items():
        if not older.is_absolute(parent) or not isinstance(entries, dict):
            continue
        parts = older.parts_of(parent)
        for end in range(1, len(parts) + 1):
            below = "/".join(parts[end:])
            fits[parts[:end]] += sum(f"{below}/{name}".strip("/") in plan.blocks for name in entries)
    best = fits.most_common(2)
    if not best or not best[0][1] or (len(best) > 1 and best[0][1] == best[1][1]):
        return {}
    return {best[0][0]: ""}


def _report_unknown(found: OlderAnnotations, path: Path, plan: Plan) -> None:
    if plan.blocks is None:
        return
    unknown = [block for block in found.entries if block not in plan.blocks]
    if unknown:
        found.problems.append(
            f"{readable(path)}: {len(unknown)} annotated blocks are not in {plan.data_root} (the first is "
            f"“{unknown[0]}”). They are brought in all the same, and show when the blocks are there."
        )


def _count(unmatched: dict[str, Any], form: Form) -> int:
    return sum(len(value) if isinstance(value, dict) and form.label not in value else 1 for value in unmatched.values())


def _copy_display_settings(old: Path, share: Share, host: str, result: Migration) -> None:
    for path in sorted((old / "users").glob(f"*{_DISPLAY}")):
        target = share.users / path.name
        if not target.exists():
            try:
                replace_file(target, path.read_bytes(), host)
            except OSError as error:
                result.problems.append(f"{readable(path)} was not copied: it {reason(error)}.")
