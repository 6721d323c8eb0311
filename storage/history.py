"""What happened to a block or was done by an annotator, as the journals tell it: `cytoscribe store log`."""

from __future__ import annotations

import io
import json
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import msgspec

from storage.clock import parse_time
from storage.decision import FINAL, OLDER, OPEN, SLOTS, Decision
from storage.errors import UNDECODABLE, StorageError, failure, readable, reason
from storage.journal_reader import open_at_once
from storage.owner import owner_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.owner import Owner
    from storage.roles import Roles
    from storage.share import Share

_decoder = msgspec.json.Decoder(Decision)


@dataclass(frozen=True)
class Event:
    """A decision, the file and the line that it stands in, and why it does not count (empty if it does).

    `taken_back_by` is the number of the decision that took it back, None if none did.
    """

    decision: Decision
    path: Path
    line: int
    objection: str
    taken_back_by: int | None = None


@dataclass
class History:
    """Decisions, oldest first, and a sentence for each file that has more than could be read."""

    events: list[Event] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def history(share: Share, roles: Roles, block: str = "", annotator: str = "") -> History:
    """Return the decisions about `block` and by `annotator` (empty: all), each once.

    Of one block this takes some 30 ms for a hundred thousand decisions, in a worker thread: lines about other blocks
    are not looked at, so that what is wrong with them is not told.

    Raises StorageError where there is no store, or its folders cannot be listed.
    """
    share.check()
    result = History()
    found: dict[tuple[str, str, int], list[Event]] = {}
    try:
        names = share.annotators()
        if annotator and annotator not in names:
            known = ", ".join(names) or "none"
            raise StorageError(f"{annotator} has no journal in {readable(share.journals)}. There are: {known}.")
        for name in [annotator] if annotator else names:
            for path in share.journal_files(name):
                for event in _events(path, name, roles, block, result.problems):
                    one = event.decision
                    same = found.setdefault((one.t, one.session, one.n), [])
                    if all(other.decision != one for other in same):
                        same.append(event)
    except OSError as error:
        raise failure(share.journals, error, "Ask for the right to read it.") from error
    result.events = _with_what_was_taken_back([event for key in sorted(found) for event in found[key]])
    return result


def _with_what_was_taken_back(events: list[Event]) -> list[Event]:
    """Return the events, oldest first, with the numbers of those that took them back.

    Numbers go on when a session begins another journal, so a session of the same name is not asked for.
    """
    known: dict[tuple[str, str, int], int] = {}
    marked = list(events)
    for index, event in enumerate(events):
        one = event.decision
        if one.undoes is not None:
            undone = known.get((one.annotator, one.block, one.undoes))
            if undone is not None:
                marked[undone] = replace(marked[undone], taken_back_by=one.n)
        known[one.annotator, one.block, one.n] = index
    return marked


def _events(path: Path, annotator: str, roles: Roles, block: str, problems: list[str]) -> Iterator[Event]:
    shown = readable(path)
    bad = 0
    try:
        with open(path, "rb", opener=open_at_once) as file:
            owner = owner_of(os.fstat(file.fileno()))
            content = file.read()
    except FileNotFoundError:  # folded into another meanwhile
        return
    except OSError as error:
        problems.append(f"{shown} {reason(error)}. What it has is missing here.")
        return
    for number, line in _lines_about(content, block) if block else enumerate(io.BytesIO(content), 1):
        decision = _decoded(line, annotator)
        if decision is None:
            bad += 1
        elif decision.kind != OPEN and (not block or decision.block == block):
            yield Event(decision, path, number, _objection(decision, owner, roles))
    if bad:
        problems.append(f"{shown} has {bad} lines that cannot be used: `cytoscribe store check` names them.")


def _lines_about(content: bytes, block: str) -> Iterator[tuple[int, bytes]]:
    """Yield the lines, and their numbers, that have the block's name in them: few of a hundred thousand are decoded."""
    try:
        names = {msgspec.json.encode(block), json.dumps(block).encode()}
    except UnicodeEncodeError:  # no line can have it
        return
    starts = set()
    for name in names:
        place = content.find(name)
        while place >= 0:
            starts.add(content.rfind(b"\n", 0, place) + 1)
            end = content.find(b"\n", place)
            place = content.find(name, end) if end >= 0 else -1
    number, counted = 1, 0
    for start in sorted(starts):
        number += content.count(b"\n", counted, start)
        counted = start
        end = content.find(b"\n", start)
        yield number, content[start : end + 1] if end >= 0 else content[start:]


def _decoded(line: bytes, annotator: str) -> Decision | None:
    """Return the decision with its time in our form; None where it is not complete, or not the annotator's."""
    try:
        decision = _decoder.decode(line)
    except UNDECODABLE:
        return None
    time = parse_time(decision.t)
    if time is None or decision.annotator != annotator or not line.endswith(b"\n"):
        return None
    return decision if time == decision.t else msgspec.structs.replace(decision, t=time)


def _objection(decision: Decision, owner: Owner | None, roles: Roles) -> str:
    name = decision.annotator
    if not roles.owns(owner, name) and not (decision.source == OLDER and roles.may_bring_in(owner)):
        return f"the file belongs to {owner}, which is no account of {name}"
    if SLOTS.get(decision.kind) == FINAL and not roles.is_admin(name):
        return f"{name} is not an admin"
    return ""
