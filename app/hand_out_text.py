"""Handing out in words: cells and sentences of its window and its command."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.hand_out import QueueProgress


def gold_text(number: int, problem: str) -> str:
    """How many gold blocks can be mixed in, or what is wrong with their file."""
    if problem:
        return problem
    if not number:
        return "No gold blocks: admin/gold.csv is not there, or names none."
    return f"mixed in, of {count(number, 'gold block')} in admin/gold.csv"


def preview_row(
    is_new: bool, annotator: str, blocks: int, gold: int, judged: int, had: str, had_blocks: int, had_done: int
) -> list[str]:
    """Cells of one annotator in the preview; what counts what is as in PlanRow."""
    before = f"“{had}”: {count(had_blocks, 'block')}, {had_done} done" if had else "nothing"
    if is_new:
        before += "; nobody of this name was here yet"
    return [annotator, str(blocks), str(gold), str(judged), before]


def now_row(one: QueueProgress) -> list[str]:
    """Cells of what one annotator has."""
    share = f"{100 * one.done // one.total} %"
    last = _local(one.last) if one.last else "none"
    handed_out = f"{_local(one.time)} by {one.by}"
    return [one.annotator, f"{one.done} of {one.total}", share, last, f"“{one.name}”", handed_out]


def _local(time: str) -> str:
    return datetime.fromisoformat(time).astimezone().strftime("%Y-%m-%d %H:%M")


def summary(people: int, blocks: int, notes: Sequence[str]) -> str:
    """The sentence below the preview."""
    return " ".join([f"{count(people, 'list')} with {count(blocks, 'block')} in all. Nothing is written yet.", *notes])


def count(number: int, what: str) -> str:
    """`1 block`, `2 blocks`."""
    return f"{number} {what}{'' if number == 1 else 's'}"
