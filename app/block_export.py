"""Exports: what everybody decided on the share, read anew and written as a table; of the window and the command."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from app.consensus_choice import exported_consensus, rule_text
from app.team_folder import strangers_note, unread_as_json
from storage.clock import now
from storage.errors import readable
from storage.export_file import check_output, write_table
from storage.export_table import compatible_table, long_table, wide_table
from storage.other_data import other_data_warning
from storage.reading import read_everything
from storage.review import Review
from storage.session_name import host_name
from storage.share import Share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.voting.consensus import ConsensusRule
    from storage.classes import ClassDef
    from storage.export_table import Table
    from storage.reading import Everything
    from storage.roles import Roles

FORMATS = ("compatible", "long", "wide")


@dataclass(frozen=True)
class ExportWish:
    """Which blocks of the data folder, in which order, as which table, to which file.

    The rule of consensus sees the votes on `blocks`, of which the table has those that are also in `only`
    (None: all): an estimate from the votes must not change with a filter.
    """

    data_root: Path
    annotations_root: Path
    roles: Roles
    classes: Sequence[ClassDef]
    blocks: Sequence[str]
    format: str
    rule: ConsensusRule
    output: Path
    only: frozenset[str] | None = None


@dataclass
class Exported:
    """What was written, what is wrong, and what is only worth knowing: the fields that `--json` prints."""

    output: str
    format: str
    consensus: str
    exported_at: str
    blocks: int = 0
    rows: int = 0
    annotators: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    unread: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def export(wish: ExportWish) -> Exported:
    """Read all journals of the share and write the table, whole or not at all; for a worker thread.

    Raises StorageError, or OSError from reading; an older file is then as it was.
    """
    check_output(wish.output)
    share = Share(wish.annotations_root)
    share.check()
    real_data = Path(os.path.realpath(wish.data_root))
    found = read_everything(share, wish.roles, real_data, host_name())
    warning = other_data_warning(real_data, found.data_roots)
    problems = [one.sentence for one in found.unread] + ([warning] if warning else [])
    return write_export(wish, found, problems)


def write_export(wish: ExportWish, found: Everything, problems: Sequence[str]) -> Exported:
    """Write the table of what was read; `problems` are sentences about what is left out. Raises as `export`."""
    done = Exported(readable(wish.output), wish.format, wish.rule.name, now(), problems=list(problems))
    done.unread = [unread_as_json(one) for one in found.unread]
    table = _table(wish, found, done)
    done.notes += write_table(wish.output, table, host_name())
    done.rows, done.annotators = len(table.rows), found.annotators
    return done


def _table(wish: ExportWish, found: Everything, done: Exported) -> Table:
    review = Review(found.state)
    note = strangers_note(review.blocks() - set(wish.blocks))
    done.notes += [note] if note else []
    class_names = {one.number: one.name for one in wish.classes}
    places = [place for place, block in enumerate(wish.blocks) if wish.only is None or block in wish.only]
    rows = list(review.rows([wish.blocks[place] for place in places]))
    done.blocks = len(rows)
    if wish.format == "long":
        return long_table(rows, found.annotators, class_names)
    from core.voting.votes import MOST_CLASSES

    votes = review.votes(wish.blocks, found.annotators)
    slips = votes > MOST_CLASSES
    if slips.any():
        votes[slips] = 0
        done.problems.append(
            f"{int(slips.sum())} votes for classes above {MOST_CLASSES} do not count in the consensus."
        )
    agreed = exported_consensus(votes, wish.rule)
    consensus = [agreed[place] for place in places]
    if wish.format == "wide":
        return wide_table(rows, found.annotators, consensus, rule_text(wish.rule), class_names)
    return compatible_table(rows, found.annotators, consensus, done.exported_at)
