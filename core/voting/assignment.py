"""Handing blocks to annotators: to all, to some of them in turn, or by hand; gold blocks mixed in; the order."""

from __future__ import annotations

import math
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Queues = dict[str, list[str]]
"""For each annotator the ids of their blocks, in the order in which they come. All annotators are in it."""


class AssignmentError(ValueError):
    """Blocks that cannot be handed out as wished; the text is a sentence for the user."""


def assign_to_all(blocks: Iterable[str], annotators: Sequence[str]) -> Queues:
    """Give every block to every annotator, in the order of `blocks`; a block that is listed twice counts once.

    Raises
    ------
    AssignmentError
        There are no annotators.
    """
    listed = list(dict.fromkeys(blocks))
    return {annotator: list(listed) for annotator in _checked(annotators)}


def assign_balanced(blocks: Iterable[str], annotators: Sequence[str], each: int, seed: int) -> Queues:
    """Give every block to `each` annotators; no two annotators' numbers of blocks differ by more than one.

    Who gets a block is drawn with `seed` among those who have fewest, so that every two annotators share some blocks.
    The order is that of `blocks`; a block that is listed twice counts once.

    Raises
    ------
    AssignmentError
        There are no annotators, or not between 1 and as many as there are shall see a block.
    """
    names = _checked(annotators)
    if not 1 <= each <= len(names):
        raise AssignmentError(f"Each block can go to 1 to {len(names)} annotators, not to {each}.")
    queues: Queues = {name: [] for name in names}
    for block in dict.fromkeys(blocks):
        by_load = sorted(names, key=lambda name: (len(queues[name]), _draw(seed, "who", block, name)))
        for name in by_load[:each]:
            queues[name].append(block)
    return queues


def assign_by_hand(lists: Mapping[str, Iterable[str]], blocks: Iterable[str], annotators: Sequence[str]) -> Queues:
    """Give each annotator the blocks of their own list, in its order; a block that is listed twice counts once.

    `blocks` are all that exist. An annotator without a list gets an empty queue.

    Raises
    ------
    AssignmentError
        There are no annotators, a list is of none of them, or it has blocks that do not exist; the text names them.
    """
    names = _checked(annotators)
    strangers = [name for name in lists if name not in names]
    if strangers:
        raise AssignmentError(f"There is no annotator {_named(strangers)}.")
    existing = set(blocks)
    queues = {name: list(dict.fromkeys(lists.get(name, ()))) for name in names}
    for name, queue in queues.items():
        unknown = [block for block in queue if block not in existing]
        if unknown:
            raise AssignmentError(f"The list of {name} has blocks that do not exist: {_named(unknown)}.")
    return queues


def in_random_order(queues: Mapping[str, Sequence[str]], seed: int) -> Queues:
    """Return every queue in a random order of its own, the same for the same seed, annotator and blocks."""
    return {name: _shuffled(queue, seed, "order", name) for name, queue in queues.items()}


def mix_gold(queues: Mapping[str, Sequence[str]], gold: Iterable[str], share: float, seed: int) -> Queues:
    """Mix gold blocks into every queue, so that they are `share` (0 to below 1) of it, at random places.

    The number is rounded, and there are at most as many as `gold` has. Which ones, and where, is drawn with `seed` for
    each annotator. Gold blocks that are in a queue already are taken out first, because their answer is known: they are
    there to check annotators, and nobody gets a block twice. The other blocks keep their order. With a share of 0 the
    queues stay as they are.

    Raises
    ------
    AssignmentError
        The share is not between 0 and 1, or above 0 with no gold blocks.
    """
    known = list(dict.fromkeys(gold))
    if not 0 <= share < 1:
        raise AssignmentError("The share of gold blocks is from 0 % to below 100 %.")
    if share and not known:
        raise AssignmentError("There are no gold blocks to mix in.")
    if not share:
        return {name: list(queue) for name, queue in queues.items()}
    return {name: _mixed(name, queue, known, share, seed) for name, queue in queues.items()}


def _mixed(name: str, queue: Sequence[str], gold: Sequence[str], share: float, seed: int) -> list[str]:
    taken = set(gold)
    others = [block for block in queue if block not in taken]
    number = min(len(gold), math.floor(len(others) * share / (1 - share) + 0.5))
    chosen = _shuffled(gold, seed, "gold", name)[:number]
    places = _shuffled([str(place) for place in range(len(others) + number)], seed, "place", name)
    of_gold, of_others, is_gold = iter(chosen), iter(others), set(map(int, places[:number]))
    return [next(of_gold if place in is_gold else of_others) for place in range(len(others) + number)]


def _shuffled(values: Sequence[str], seed: int, *words: str) -> list[str]:
    """Return values in the order of what `_draw` gives for the seed, the words and each value."""
    start = blake2b(_encoded(str(seed), *words, ""), digest_size=16)  # read once, for ten thousand values
    drawn = []
    for value in values:
        one = start.copy()
        one.update(value.encode("utf-8", "surrogatepass"))
        drawn.append((one.digest(), value))
    return [value for _, value in sorted(drawn)]


def _draw(seed: int, *words: str) -> bytes:
    """Return random bytes that depend on nothing but the seed and the words, on every system and for all versions."""
    return blake2b(_encoded(str(seed), *words), digest_size=16).digest()


def _encoded(*words: str) -> bytes:
    return "\0".join(words).encode("utf-8", "surrogatepass")  # ids may hold undecodable bytes


def _checked(annotators: Sequence[str]) -> list[str]:
    names = list(dict.fromkeys(annotators))
    if not names:
        raise AssignmentError("There are no annotators to give blocks to.")
    return names


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
