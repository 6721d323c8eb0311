"""What holds now: the merge of all decisions, whatever the order in which they came."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from storage.decision import FINAL, SLOTS, Decision, is_valid

if TYPE_CHECKING:
    from collections.abc import KeysView, Mapping

_LABEL = SLOTS["annotate"]

Last = tuple[str, str, int, Any]
"""The decision that holds: time, session, number in the session, value."""


class Annotations(dict[str, tuple[int, str]]):
    """A copy of one annotator's annotations, block id -> (class, time), for another thread.

    `last` has the decision that holds for each block, cleared blocks too; `through` the last number that was
    applied of each session. Both are empty where a plain dict was given.
    """

    def __init__(
        self,
        labels: dict[str, tuple[int, str]],
        last: dict[str, Last] | None = None,
        through: dict[str, int] | None = None,
    ) -> None:
        super().__init__(labels)
        self.last: dict[str, Last] = last if last is not None else {}
        self.through: dict[str, int] = through if through is not None else {}


class FinalLabels(Annotations):
    """A copy of the final labels, block id -> (class, time), for another thread; `by` says who set each."""

    def __init__(
        self,
        labels: dict[str, tuple[int, str]],
        last: dict[str, Last] | None = None,
        through: dict[str, int] | None = None,
        by: dict[str, str] | None = None,
    ) -> None:
        super().__init__(labels, last, through)
        self.by: dict[str, str] = by if by is not None else {}


class Final(NamedTuple):
    """The final label of a block (None: cleared), who decided so and when, why, and by which rule of consensus."""

    label: int | None
    by: str
    time: str
    reason: str = ""
    rule: str = ""


class _Final(NamedTuple):
    """The decision about a final label that holds: its place among all, itself, and who made it."""

    rank: tuple[str, str, int]
    last: Last
    by: str
    reason: str | None
    rule: str | None


class _Person:
    """What one annotator decided."""

    __slots__ = ("labels", "last", "spent", "through")

    def __init__(self) -> None:
        # By slot, then block
        self.last: dict[str, dict[str, Last]] = {slot: {} for slot in SLOTS.values() if slot != FINAL}
        self.spent: dict[str, int] = {}  # milliseconds, of the class that holds
        self.labels: dict[str, tuple[int, str]] = {}  # what `last` has of classes, without cleared blocks
        self.through: dict[str, int] = {}  # by session


_NOBODY = _Person()  # stands for annotators without decisions; never changed


class State:
    """For each annotator, block and slot the last decision, by time, session and number; one final label a block.

    Equal sets of decisions give equal states in any order, and a decision seen twice counts once. For one
    thread only; `annotations` makes copies for others.
    """

    def __init__(self) -> None:
        self.latest = ""
        """The greatest time seen; empty before the first decision."""
        self._people: dict[str, _Person] = {}
        self._finals: dict[str, _Final] = {}  # by block: the last of all admins'
        self._watchers: list[set[str]] = []

    def apply(self, decision: Decision) -> bool:
        """Take in a decision; tell whether it changed what can be seen. Unknown kinds change nothing."""
        time, n, kind, value = decision.t, decision.n, decision.kind, decision.value
        person = self._people.get(decision.annotator)
        if person is None:
            person = self._people[decision.annotator] = _Person()
        session = sys.intern(decision.session)  # one text for many decisions, and one for each block
        if time > self.latest:
            self.latest = time
        if n > person.through.get(session, -1) and session:  # without one: it stands in no journal
            person.through[session] = n
        if not is_valid(kind, value):
            return False
        slot = SLOTS[kind]
        block = sys.intern(decision.block)
        if slot == FINAL:
            return self._apply_final(block, (time, session, n, value), decision)
        blocks = person.last[slot]
        old = blocks.get(block)
        if old is not None and (time, session, n) <= old[:3]:
            return False
        blocks[block] = (time, session, n, value)
        if slot == _LABEL:
            if value is not None:
                person.labels[block] = (value, time)
            elif old is not None:
                person.labels.pop(block, None)
            ms = decision.ms
            if ms is not None:
                person.spent[block] = ms
            elif old is not None:
                person.spent.pop(block, None)
        if self._watchers:
            for watcher in self._watchers:
                watcher.add(block)
        return bool((old[3] if old is not None else None) != value)

    def _apply_final(self, block: str, new: Last, decision: Decision) -> bool:
        time, session, n, value = new
        rank = (time if decision.after is None else min(time, decision.after), session, n)
        old = self._finals.get(block)
        if old is not None and rank <= old.rank:
            return False
        by = decision.by or decision.annotator
        self._finals[block] = _Final(rank, new, by, decision.reason, decision.rule)
        for watcher in self._watchers:
            watcher.add(block)
        return bool((old.last[3] if old is not None else None) != value)

    def watch(self) -> set[str]:
        """Return a set into which the ids of blocks come about which something is decided from now on."""
        watcher: set[str] = set()
        self._watchers.append(watcher)
        return watcher

    def unwatch(self, watcher: set[str]) -> None:
        """Put nothing more into a set of `watch`."""
        self._watchers = [other for other in self._watchers if other is not watcher]

    def final(self, block: str) -> Final | None:
        """Return what admins decided about the block last, also that it has no final label; None for nothing."""
        found = self._finals.get(block)
        if found is None:
            return None
        return Final(found.last[3], found.by, found.last[0], found.reason or "", found.rule or "")

    def final_rank(self, block: str) -> tuple[str, str, int] | None:
        """Return the time, session and number by which the decision about the final label that holds has won."""
        found = self._finals.get(block)
        return found.rank if found is not None else None

    def label(self, annotator: str, block: str) -> int | None:
        """Return the class that the annotator gave to the block; None for none."""
        found = self._people.get(annotator, _NOBODY).labels.get(block)
        return found[0] if found is not None else None

    def mark(self, annotator: str, block: str, kind: str) -> Any:
        """Return the annotator's value of a kind like unsure, flag or comment; None if never set.

        Of the kind final it is the block's, whoever set it.
        """
        if SLOTS[kind] == FINAL:
            final = self._finals.get(block)
            return final.last[3] if final is not None else None
        found = self._people.get(annotator, _NOBODY).last[SLOTS[kind]].get(block)
        return found[3] if found is not None else None

    def annotations(self, annotator: str) -> Annotations:
        """Return a copy of one annotator's classes and their times."""
        person = self._people.get(annotator, _NOBODY)
        return Annotations(person.labels, person.last[_LABEL].copy(), person.through.copy())

    def final_labels(self) -> FinalLabels:
        """Return a copy of the final labels, their times, and who set them."""
        labels, by = {}, {}
        for block, final in self._finals.items():
            time, _, _, value = final.last
            if value is not None:
                labels[block], by[block] = (value, time), final.by
        through = {session: n for person in self._people.values() for session, n in person.through.items()}
        return FinalLabels(labels, {block: final.last for block, final in self._finals.items()}, through, by)

    def blocks(self, annotator: str) -> KeysView[str]:
        """Return the ids of the blocks to which the annotator gave a class."""
        return self._people.get(annotator, _NOBODY).labels.keys()

    def spent(self, annotator: str) -> Mapping[str, int]:
        """Return, by block, how many milliseconds it was looked at before its class was given; not a copy."""
        return self._people.get(annotator, _NOBODY).spent

    def last(self, annotator: str, kind: str) -> Mapping[str, Last]:
        """Return, by block, the annotator's decisions of a kind that hold (not of the kind final); not a copy."""
        return self._people.get(annotator, _NOBODY).last[SLOTS[kind]]

    def final_blocks(self) -> KeysView[str]:
        """Return the ids of the blocks about whose final label anything was decided."""
        return self._finals.keys()

    def has_voted(self, annotator: str) -> bool:
        """Tell whether the annotator ever gave a class to a block, or put a mark on one."""
        return any(self._people.get(annotator, _NOBODY).last.values())

    def annotators(self) -> list[str]:
        """Return everybody who decided anything, sorted."""
        return sorted(self._people)
