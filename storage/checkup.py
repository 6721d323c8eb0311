"""Looking for everything that is wrong in an annotations folder: `cytoscribe store check`. Reads only."""

from __future__ import annotations

import os
import re
import stat
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from storage.assignments import Assignments
from storage.decision import SLOTS, is_valid
from storage.errors import StorageError, readable, reason
from storage.folders import wrong_modes
from storage.gold import gold_file
from storage.journal import SUFFIX
from storage.journal_reader import JournalReader
from storage.names import is_annotator
from storage.roles import Roles, read_roles
from storage.snapshot import ANNOTATIONS, FINAL_LABELS, Form, read_snapshot
from storage.state import Annotations, State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from storage.decision import Decision
    from storage.share import Share

_LEFTOVER = re.compile(r"\..*\.tmp")
_SET_ASIDE = re.compile(r"\.json\.(unreadable|foreign)-")
_DISPLAY = re.compile(r"_display(_[0-9a-f]{10})?$")
"""Settings of the older program, of all data sets or of one."""
_MOST_LINES = 1000
"""Of one journal; a journal of nothing but faults need not fill the screen."""
_BEING_WRITTEN = timedelta(minutes=10)
_FUTURE = timedelta(hours=1)
_TAKES_OVER = "`cytoscribe store rebuild` takes them over into one."


@dataclass(frozen=True)
class Problem:
    """What is wrong with which file (and line, where it is one): `text` is a sentence, `kind` one word for scripts."""

    kind: str
    path: str
    text: str
    line: int | None = None


@dataclass
class Report:
    """Everything that was found, and how much was looked at."""

    problems: list[Problem] = field(default_factory=list)
    annotators: int = 0
    journals: int = 0
    lines: int = 0

    def add(self, kind: str, path: Path, text: str, line: int | None = None) -> None:
        """Add a problem."""
        self.problems.append(Problem(kind, readable(path), text, line))


def check_store(share: Share, roles_path: Path, blocks: Collection[str] | None, unsent: Collection[Path]) -> Report:
    """Look at everything below the annotations folder.

    `blocks` are the ids of all blocks, None where they are not known; `unsent` the journals on this computer that
    are not on the share. Raises StorageError where there is no store, or its folders cannot be listed.
    """
    share.check()
    report = Report()
    try:
        roles = _roles(roles_path, report)
        for folder, text in wrong_modes(share.root):
            report.add("rights", folder, text)
        _look_for_strangers(share, report)
        _check_assignments(share, roles, report)
        state = State()
        for annotator in share.annotators():
            report.annotators += 1
            _check_annotator(share, annotator, roles, blocks, state, report)
        _check_snapshot(share.final_labels, FINAL_LABELS, state.final_labels(), report)
        _check_older_files(share, report)
    except OSError as error:
        where = error.filename if isinstance(error.filename, str) else share.root
        raise StorageError(f"{readable(where)} {reason(error)}. Ask for the right to read it.") from error
    for path in unsent:
        report.add(
            "waiting",
            path,
            f"{readable(path)} is not on the share yet: start Cytoscribe on this computer, or wait if it is running.",
        )
    return report


def _roles(path: Path, report: Report) -> Roles:
    try:
        roles = read_roles(path)
    except StorageError as error:
        report.add("roles", path, str(error))
        return Roles()
    if os.name != "nt" and path.exists() and path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        report.add(
            "roles", path, f"{readable(path)} can be changed by others: anybody could become an admin. chmod 644 it."
        )
    return roles


def _check_annotator(
    share: Share, annotator: str, roles: Roles, blocks: Collection[str] | None, state: State, report: Report
) -> None:
    sessions: dict[str, dict[int, Decision]] = {}
    unknown: Counter[str] = Counter()
    latest = (datetime.now(UTC) + _FUTURE).isoformat()
    has_bad_lines = False
    for path in share.journal_files(annotator):
        report.journals += 1
        reader = JournalReader(path, annotator, roles, _MOST_LINES)
        future = misfits = 0
        apply = state.apply
        for batch in reader.read():
            for decision in batch:
                apply(decision)
                known = sessions.setdefault(decision.session, {}).setdefault(decision.n, decision)
                if known is not decision and known != decision:
                    report.add("double", path, _double(path, decision))
                if decision.t > latest:
                    future += 1
                if decision.kind in SLOTS and not is_valid(decision.kind, decision.value):
                    misfits += 1
            if blocks is not None:
                unknown.update(decision.block for decision in batch if decision.block not in blocks)
        report.lines += reader.lines
        has_bad_lines = has_bad_lines or reader.bad_lines > 0
        for text in reader.problems:
            report.add("line", path, text, reader.line_of.get(text))
        if reader.has_torn_end:
            report.add("torn", path, reader.torn_end, reader.lines + 1)
        if misfits:
            text = f"{readable(path)} has {misfits} decisions whose value does not fit their kind. They are left out."
            report.add("value", path, text)
        if future:
            report.add(
                "time",
                path,
                f"{readable(path)} has {future} decisions from the future: set that computer's clock right.",
            )
        if reader.lines <= (1 if reader.data_root else 0) and not reader.problems and not reader.has_torn_end:
            report.add("empty", path, f"{readable(path)} has no decision. Its session was cut off early; delete it.")
    if not has_bad_lines:
        for session, numbers in sessions.items():
            _look_for_gaps(share.journal_folder(annotator), session, numbers, report)
    for block, count in sorted(unknown.items()):
        text = f"{annotator} has {count} decisions about {block}, which is no block of the data folder."
        report.add("block", share.journal_folder(annotator), text)
    _check_snapshot(share.snapshot(annotator), ANNOTATIONS, state.annotations(annotator), report)


def _double(path: Path, decision: Decision) -> str:
    return (
        f"{readable(path)}: decision {decision.n} of session {decision.session} is there twice, and not the same. "
        "The later one by its time counts."
    )


def _look_for_gaps(folder: Path, session: str, numbers: Collection[int], report: Report) -> None:
    first, last = min(numbers), max(numbers)
    missing = last - first + 1 - len(numbers)
    if missing:
        of = f"between {first} and {last} of session {session}"
        report.add("gap", folder, f"{readable(folder)}: {missing} decisions {of} are missing.")


def _check_snapshot(path: Path, form: Form, known: Annotations, report: Report) -> None:
    try:
        snapshot = read_snapshot(path, form)
    except StorageError as error:
        report.add("snapshot", path, str(error))
        return
    except OSError as error:
        report.add("snapshot", path, f"{readable(path)} {reason(error)}.")
        return
    if snapshot is None:
        if known:
            report.add("snapshot", path, f"{readable(path)} is missing: run `cytoscribe store rebuild`.")
        return
    if not snapshot.is_ours:
        report.add(
            "snapshot",
            path,
            f"{readable(path)} was changed by another program and is not taken over yet: the next session of its "
            "annotator, or `cytoscribe store rebuild`, does that.",
        )
        return
    entries = snapshot.part(form.part)
    labels = {block: entry.get(form.label) for block, entry in entries.items() if isinstance(entry, dict)}
    different = {block for block in labels.keys() | known.keys() if labels.get(block) != known.get(block, (None,))[0]}
    alone = {block for block in labels if block not in known.last}
    if alone:
        what = f"{len(alone)} blocks that are in no journal that counts ({min(alone)})"
        report.add("snapshot", path, f"{readable(path)} has {what}: {_TAKES_OVER}")
    elif different:
        report.add(
            "snapshot",
            path,
            f"{readable(path)} is behind the journals in {len(different)} blocks ({min(different)}): a running session "
            "or `cytoscribe store rebuild` writes it anew.",
        )


def _check_older_files(share: Share, report: Report) -> None:
    """Look at the files of annotators who use the older program only."""
    people = set(share.annotators())
    for name, path in _listed(share.users):
        is_snapshot = name.endswith(".json") and is_annotator(path.stem) and path.is_file()
        if not is_snapshot or path.stem in people:
            continue
        try:
            snapshot = read_snapshot(path, ANNOTATIONS)
        except StorageError as error:
            report.add("snapshot", path, str(error))
        except OSError as error:
            report.add("snapshot", path, f"{readable(path)} {reason(error)}.")
        else:
            if snapshot is not None and snapshot.part(ANNOTATIONS.part):
                text = f"{readable(path)} has annotations, but {path.stem} has no journal: {_TAKES_OVER}"
                report.add("snapshot", path, text)


def _look_for_strangers(share: Share, report: Report) -> None:
    for name, path in _listed(share.journals):
        if not is_annotator(name) or not path.is_dir():
            report.add("foreign", path, f"{readable(path)} is no annotator's folder. It is ignored.")
            continue
        for file, inner in _listed(path):
            _look_at_leftover(file, inner, report)
            if not file.endswith(SUFFIX) and not file.startswith("."):
                report.add("foreign", inner, f"{readable(inner)} is no journal. It is ignored.")
    for folder in (share.users, share.final_labels.parent):
        if folder.exists() and not folder.is_dir():
            report.add("foreign", folder, f"{readable(folder)} is not a folder. Move it away.")
        for name, path in _listed(folder):
            _look_at_leftover(name, path, report)
            stem = _DISPLAY.sub("", name.removesuffix(".json"))
            if _SET_ASIDE.search(name):
                text = f"{readable(path)} was set aside. Take from it what is missing, then delete it."
                report.add("aside", path, text)
            elif path == gold_file(share.root) and path.is_file():
                continue
            elif not name.startswith(".") and not (name.endswith(".json") and is_annotator(stem) and path.is_file()):
                report.add("foreign", path, f"{readable(path)} does not belong there. It is ignored.")
    for name, path in _listed(share.root):
        _look_at_leftover(name, path, report)


def _check_assignments(share: Share, roles: Roles, report: Report) -> None:
    found = Assignments(share, roles)
    found.read()
    for problem in found.problems:
        report.add("assignment", share.root / "assignments", problem)
    for name, path in _listed(share.root / "assignments"):
        _look_at_leftover(name, path, report)


def _look_at_leftover(name: str, path: Path, report: Report) -> None:
    if _LEFTOVER.fullmatch(name) and not name.startswith(".nfs"):
        try:
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except FileNotFoundError:  # it was being written just then
            return
        if datetime.now(UTC) - written < _BEING_WRITTEN:
            return
        when = written.isoformat(" ", "minutes")
        report.add(
            "leftover",
            path,
            f"{readable(path)} was left by a program that was killed ({when}). The computer that made it removes it; "
            "it may be deleted.",
        )


def _listed(folder: Path) -> Iterator[tuple[str, Path]]:
    try:
        names = sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        yield name, folder / name
