"""What the annotations folder says that matters for handing out: who has what, names, gold blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from storage.errors import StorageError
from storage.gold import gold_file, read_gold
from storage.names import known_annotators

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from storage.assignments import Assignment, Assignments
    from storage.classes import ClassDef
    from storage.roles import Roles


@dataclass(frozen=True)
class Known:
    """What the annotations folder says; a sentence in `gold_problem` where the gold blocks cannot be used."""

    latest: Mapping[str, Assignment] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    gold: Mapping[str, int] = field(default_factory=dict)
    gold_problem: str = ""
    problems: tuple[str, ...] = ()


def read_known(
    root: Path,
    files: Assignments,
    blocks: Sequence[str],
    classes: Sequence[ClassDef],
    roles: Roles,
) -> Known:
    """Read names and gold blocks; `files` is read already. For a worker thread."""
    gold, problem = {}, ""
    try:
        gold = read_gold(gold_file(root), classes, roles, set(blocks))
    except StorageError as error:
        problem = str(error)
    return Known(files.latest, tuple(known_annotators(root)), gold, problem, files.problems)
