"""What happened to a block or was done by an annotator, as the journals tell it: `cytoscribe store log`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.decision import FINAL, OLDER, SLOTS
from storage.errors import StorageError
from storage.journal_reader import JournalReader
from storage.owner import owner_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.decision import Decision
    from storage.owner import Owner
    from storage.roles import Roles
    from storage.share import Share


@dataclass(frozen=True)
class Event:
    """A decision, the file that it stands in, and why it does not count (empty if it does)."""

    decision: Decision
    path: Path
    objection: str


def history(share: Share, roles: Roles, block: str = "", annotator: str = "") -> list[Event]:
    """Return the decisions about `block` and by `annotator` (empty: all), oldest first, each once.

    Raises StorageError where there is no store.
    """
    share.check()
    names = share.annotators()
    if annotator and annotator not in names:
        raise StorageError(f"{annotator} has no journal in {share.journals}. There are: {', '.join(names) or 'none'}.")
    found: dict[tuple[str, str, int], Event] = {}
    for name in [annotator] if annotator else names:
        for path in share.journal_files(name):
            for event in _events(path, name, roles):
                if not block or event.decision.block == block:
                    found.setdefault((event.decision.t, event.decision.session, event.decision.n), event)
    return [found[key] for key in sorted(found)]


def _events(path: Path, annotator: str, roles: Roles) -> Iterator[Event]:
    reader = JournalReader(path, annotator)
    try:
        owner = owner_of(path.stat())
    except OSError:
        owner = None
    for batch in reader.read():
        for decision in batch:
            yield Event(decision, path, _objection(decision, owner, roles))


def _objection(decision: Decision, owner: Owner | None, roles: Roles) -> str:
    name = decision.annotator
    if not roles.owns(owner, name) and not (decision.source == OLDER and roles.may_bring_in(owner)):
        return f"the file belongs to {owner}, which is no account of {name}"
    if SLOTS.get(decision.kind) == FINAL and not roles.is_admin(name):
        return f"{name} is not an admin"
    return ""
