"""What a hand-out would give to whom, before anything is written, and how far annotators are with what they have."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from core.voting.assignment import (
    AssignmentError,
    assign_balanced,
    assign_by_hand,
    assign_to_all,
    in_random_order,
    mix_gold,
)
from storage.block_lists import read_block_list, read_queues

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from app.hand_out_wish import HandOutWish
    from core.voting.assignment import Queues
    from storage.assignments import Assignment
    from storage.state import Last

Judged = dict[str, dict[str, "Last"]]
"""By annotator and block: the decision about the class that holds; its value is None where it was taken back."""


class NotYetError(AssignmentError):
    """Nothing is wrong: something is not chosen yet, and the text says what."""


@dataclass(frozen=True)
class Facts:
    """What a plan depends on: ids of all blocks and of those that a filter shows, and what was done so far."""

    blocks: Sequence[str]
    shown: Sequence[str]
    judged: Judged
    gold: Collection[str]
    latest: Mapping[str, Assignment]


class PlanRow(NamedTuple):
    """One annotator: how many blocks, how many of these are gold or judged by them; what they had (empty: nothing)."""

    annotator: str
    blocks: int
    gold: int
    judged: int
    had: str
    had_blocks: int
    had_done: int


@dataclass(frozen=True)
class Plan:
    """Who gets what, the same as a table, what is worth knowing, and the ids of the hand-outs that it replaces."""

    queues: Queues
    rows: tuple[PlanRow, ...]
    notes: tuple[str, ...]
    replaced: Mapping[str, str]


class QueueProgress(NamedTuple):
    """What one annotator has: from which hand-out, when and by whom; how much is done; the last decision in it."""

    annotator: str
    name: str
    done: int
    total: int
    last: str
    time: str
    by: str


def make_plan(wish: HandOutWish, facts: Facts) -> Plan:
    """Return who would get what; for a worker thread, because it may read files and work for a while.

    The same wish and facts give the same plan.

    Raises
    ------
    AssignmentError, StorageError
        It cannot be as wished, or a file is not as it should be; with the user's sentence.
    """
    existing = set(facts.blocks)
    if wish.way == "lists":
        if not wish.list_file:
            raise NotYetError("Choose the file of annotators and blocks.")
        lists = read_queues(Path(wish.list_file), existing)
        queues = assign_by_hand(lists, facts.blocks, wish.annotators or list(lists))
    else:
        if not wish.annotators:
            raise NotYetError("Choose who gets blocks.")
        blocks = _chosen(wish, facts, existing)
        if not blocks:
            raise AssignmentError("No block is like that: there is nothing to hand out.")
        if wish.way == "each":
            queues = assign_balanced(blocks, wish.annotators, wish.each, wish.seed)
        else:
            queues = assign_to_all(blocks, wish.annotators)
    if wish.is_random:
        queues = in_random_order(queues, wish.seed)
    before = {block for queue in queues.values() for block in queue}
    queues = mix_gold(queues, facts.gold, wish.gold_share, wish.seed)
    given = {block for queue in queues.values() for block in queue}
    rows = tuple(_row(name, queue, facts) for name, queue in queues.items())
    replaced = {name: facts.latest[name].id for name in queues if name in facts.latest}
    return Plan(queues, rows, (*_notes(wish, facts, rows), *_gold_notes(wish, before - given)), replaced)


def _gold_notes(wish: HandOutWish, dropped: Collection[str]) -> Iterable[str]:
    if wish.gold_share and dropped:
        yield (
            f"Gold blocks come only as the share that is mixed in: {len(dropped)} of them "
            f"{'goes' if len(dropped) == 1 else 'go'} to nobody."
        )


def progress(latest: Mapping[str, Assignment], judged: Judged) -> list[QueueProgress]:
    """Return how far everybody is who has blocks, sorted by name."""
    return [
        QueueProgress(name, one.name, *_done(name, one, judged), one.time, one.by)
        for name, one in sorted(latest.items())
        if one.blocks
    ]


def _done(name: str, one: Assignment, judged: Judged) -> tuple[int, int, str]:
    own = judged.get(name, {})
    times = [last[0] for block in one.blocks if (last := own.get(block)) is not None and last[3] is not None]
    return len(times), len(one.blocks), max(times, default="")


def _chosen(wish: HandOutWish, facts: Facts, existing: set[str]) -> Sequence[str]:
    match wish.blocks:
        case "shown":
            return [block for block in facts.shown if block in existing]
        case "unvoted":
            return _seen_by_fewer(facts, 1)
        case "fewer":
            return _seen_by_fewer(facts, wish.fewer_than)
        case "file":
            if not wish.block_file:
                raise NotYetError("Choose the file with the ids of the blocks.")
            return read_block_list(Path(wish.block_file), existing)
    return facts.blocks


def _seen_by_fewer(facts: Facts, number: int) -> list[str]:
    seen = Counter(block for own in facts.judged.values() for block, last in own.items() if last[3] is not None)
    return [block for block in facts.blocks if seen[block] < number]


def _row(name: str, queue: Sequence[str], facts: Facts) -> PlanRow:
    had = facts.latest.get(name)
    own = facts.judged.get(name, {})
    gold = sum(block in facts.gold for block in queue)
    judged = sum((last := own.get(block)) is not None and last[3] is not None for block in queue)
    if had is None or not had.blocks:
        return PlanRow(name, len(queue), gold, judged, "", 0, 0)
    done, total, _ = _done(name, had, facts.judged)
    return PlanRow(name, len(queue), gold, judged, had.name, total, done)


def _notes(wish: HandOutWish, facts: Facts, rows: Iterable[PlanRow]) -> Iterable[str]:
    if empty := [row.annotator for row in rows if not row.blocks]:
        yield f"No blocks are left for {', '.join(empty)}: what they had is taken back."
    # Rounding makes half a block of difference; anything beyond it is that there are no more
    ratio = wish.gold_share / (1 - wish.gold_share)
    if ratio and any(row.gold + 0.5 < ratio * (row.blocks - row.gold) for row in rows):
        yield f"There are only {len(facts.gold)} gold blocks, so that the share is smaller than you wished."
