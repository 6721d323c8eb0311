"""The tables of an export: the older program's, a long one (a row for each vote), a wide one (a row for each block)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from storage.review import BlockReview

Kind = Literal["text", "free text", "int", "float", "bool", "time"]
"""What a column holds; free text is what people typed, a time is ISO 8601 in UTC."""


@dataclass(frozen=True)
class Table:
    """Columns (name, kind), and rows with one value for each column, None for none.

    `about` is what holds for the whole table; it goes where a kind of file has a place for it.
    """

    columns: tuple[tuple[str, Kind], ...]
    rows: list[tuple[Any, ...]]
    about: Mapping[str, str]


class Consensus(NamedTuple):
    """What the votes on a block give: the class (None: no vote, or left open), and the share of votes for it."""

    label: int | None
    share: float | None


def compatible_table(
    rows: Sequence[BlockReview], annotators: Sequence[str], consensus: Sequence[Consensus], moment: str
) -> Table:
    """Return the older program's table: its columns, in its order; `moment` is the time of the export."""
    columns: list[tuple[str, Kind]] = [
        ("block_id", "text"),
        ("consensus_label", "int"),
        ("final_label", "int"),
        ("has_disagreement", "bool"),
        *((f"user_{name}_label", "int") for name in annotators),
        ("exported_at", "time"),
    ]
    found = []
    for row, agreed in zip(rows, consensus, strict=True):
        labels = _labels(row, annotators)
        disagree = len({label for label in labels if label is not None}) > 1
        found.append((row.block, agreed.label, _final_label(row), disagree, *labels, moment))
    return Table(tuple(columns), found, {})


def long_table(rows: Iterable[BlockReview], annotators: Sequence[str], class_names: Mapping[int, str]) -> Table:
    """Return a row for each annotator and block with a class, a mark or a comment, in the order of `rows`."""
    columns: tuple[tuple[str, Kind], ...] = (
        ("block", "text"),
        ("annotator", "text"),
        ("class", "int"),
        ("class_name", "text"),
        ("annotated_at", "time"),
        ("ms", "int"),
        ("flagged", "bool"),
        ("unsure", "bool"),
        ("comment", "free text"),
    )
    found: list[tuple[Any, ...]] = []
    for row in rows:
        for name in annotators:
            vote = row.votes.get(name)
            if vote is None or not (vote.label is not None or vote.is_flagged or vote.is_unsure or vote.comment):
                continue
            label = vote.label
            what = (label, class_names.get(label)) if label is not None else (None, None)
            when = (vote.time, vote.ms) if label is not None else (None, None)
            marks = (vote.is_flagged, vote.is_unsure, vote.comment or None)
            found.append((row.block, name, *what, *when, *marks))
    return Table(columns, found, {})


def wide_table(
    rows: Sequence[BlockReview],
    annotators: Sequence[str],
    consensus: Sequence[Consensus],
    rule: str,
    class_names: Mapping[int, str],
) -> Table:
    """Return a row for each block: the consensus by `rule`, the final label with who, when and why, every vote."""
    columns: tuple[tuple[str, Kind], ...] = (
        ("block", "text"),
        ("consensus", "int"),
        ("consensus_name", "text"),
        ("consensus_rule", "text"),
        ("votes", "int"),
        ("classes_voted", "int"),
        ("share", "float"),
        ("flags", "int"),
        ("comments", "int"),
        ("final", "int"),
        ("final_name", "text"),
        ("final_by", "text"),
        ("final_at", "time"),
        ("final_reason", "free text"),
        ("final_rule", "text"),
        *((f"class_{name}", "int") for name in annotators),
    )
    found = []
    for row, agreed in zip(rows, consensus, strict=True):
        labels = _labels(row, annotators)
        given = [label for label in labels if label is not None]
        final = row.final if row.final is not None and row.final.label is not None else None
        decided: tuple[Any, ...] = (None,) * 6
        if final is not None and final.label is not None:
            name = class_names.get(final.label)
            decided = (final.label, name, final.by, final.time, final.reason or None, final.rule or None)
        found.append(
            (
                *(row.block, agreed.label, class_names.get(agreed.label or 0), rule, len(given), len(set(given))),
                *(agreed.share, sum(vote.is_flagged for vote in row.votes.values())),
                sum(bool(vote.comment) for vote in row.votes.values()),
                *decided,
                *labels,
            )
        )
    return Table(columns, found, {"consensus_rule": rule})


def _labels(row: BlockReview, annotators: Sequence[str]) -> list[int | None]:
    votes = row.votes
    return [votes[name].label if name in votes else None for name in annotators]


def _final_label(row: BlockReview) -> int | None:
    return row.final.label if row.final is not None else None
