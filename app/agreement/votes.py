"""What the figures of agreement are made from: votes, final labels and gold as arrays, with the times. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from storage.classes import ClassDef
    from storage.state import State

_MOST_NAMED = 5


@dataclass(frozen=True)
class Answers:
    """Copies of what one annotator decided, for another thread.

    `labels` has the class and its time by block, `spent` the milliseconds where they are known.
    """

    annotator: str
    labels: Mapping[str, tuple[int, str]]
    spent: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class VoteTable:
    """Votes and answers of a data set; class numbers are from 1 to 1000, 0 stands for none.

    votes
        Shape (blocks, annotators).
    finals, gold
        Shape (blocks,): the final labels, and the known answers of gold blocks.
    voter, seconds, milliseconds
        Shape (decisions,): who (a column of `votes`), when (since 1970, UTC), and the time spent, 0 where it is not
        known; in any order.

    `class_names` are those of the class list, `notes` sentences about what is left out.
    """

    annotators: tuple[str, ...]
    class_names: Mapping[int, str]
    votes: NDArray[np.int64]
    finals: NDArray[np.int64]
    gold: NDArray[np.int64]
    voter: NDArray[np.int64]
    seconds: NDArray[np.float64]
    milliseconds: NDArray[np.int64]
    notes: tuple[str, ...] = field(default=())


def answers_of(state: State, annotator: str) -> Answers:
    """Return a copy of what the annotator decided: a few milliseconds for 10,000 blocks, in the state's thread."""
    labels = state.annotations(annotator)
    return Answers(annotator, labels, dict(state.spent(annotator)))


def vote_table(
    blocks: Sequence[str],
    answers: Sequence[Answers],
    finals: Mapping[str, tuple[int, str]],
    gold: Mapping[str, int],
    classes: Sequence[ClassDef],
    notes: Sequence[str] = (),
) -> VoteTable:
    """Return the table of `blocks`; who gave no class to any of them is left out, and named.

    A class number above 1000 is a slip in a file that was edited by hand: it is left out, and named.
    """
    import numpy as np

    from core.voting.votes import MOST_CLASSES

    wanted = dict.fromkeys(blocks)
    slips: list[str] = []
    silent: list[str] = []

    def checked(number: int, block: str, whose: str) -> int:
        if number > MOST_CLASSES:
            slips.append(f"{whose} {number} of {block}")
            return 0
        return number

    voters: list[str] = []
    columns: list[NDArray[np.int64]] = []
    voter: list[int] = []
    times: list[float] = []
    spent: list[int] = []
    for one in answers:
        given = {block: one.labels[block] for block in one.labels if block in wanted}
        column = {block: checked(number, block, f"{one.annotator}: class") for block, (number, _) in given.items()}
        counted = [block for block, number in column.items() if number]
        if not counted:
            silent.append(one.annotator)
            continue
        columns.append(np.array([column.get(block, 0) for block in blocks], np.int64))
        voter += [len(voters)] * len(counted)
        times += [datetime.fromisoformat(given[block][1]).timestamp() for block in counted]
        spent += [max(0, one.spent.get(block, 0)) for block in counted]
        voters.append(one.annotator)
    final = [checked(finals[block][0], block, "final label:") if block in finals else 0 for block in blocks]
    return VoteTable(
        tuple(voters),
        {one.number: one.name for one in classes},
        np.stack(columns, axis=1) if columns else np.zeros((len(blocks), 0), np.int64),
        np.array(final, np.int64),
        np.array([gold.get(block, 0) for block in blocks], np.int64),
        np.array(voter, np.int64),
        np.array(times, np.float64),
        np.array(spent, np.int64),
        (*notes, *_left_out(slips, MOST_CLASSES), *_left_out_people(silent)),
    )


def _left_out(slips: list[str], most: int) -> list[str]:
    if not slips:
        return []
    return [f"Class numbers go up to {most}; left out: {_named(slips)}."]


def _left_out_people(silent: list[str]) -> list[str]:
    if not silent:
        return []
    return [f"No class was given here, so that they are left out, by: {_named(silent)}."]


def _named(texts: list[str]) -> str:
    rest = len(texts) - _MOST_NAMED
    return ", ".join(texts[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
