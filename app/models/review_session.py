"""One admin at work: decides final labels in steps, and takes steps back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from storage.final_step import FinalStep
    from storage.state import Final
    from storage.store import Store


_Line = tuple[str, int]
"""Session and number: which decision it is."""


@dataclass(frozen=True)
class _Done:
    """What was decided at first, the step that would be taken back (or done again) now, and what held before that."""

    first: FinalStep
    step: FinalStep
    held: Mapping[str, _Line | None]


class ReviewSession(QObject):
    """Final labels go to the store before anything on screen changes. Votes are never touched.

    A step is one block or ten thousand; it is undone and redone as a whole. Of a step of which others have decided
    some blocks anew since, only the rest is undone.
    """

    decided = Signal(object)
    """The FinalStep that is in the store now: decided, undone or redone here."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self._done: list[_Done] = []
        self._undone: list[_Done] = []
        self._stands_for: dict[_Line, _Line] = {}
        """What a line that gave something back gave back: where it holds, so does that."""

    @property
    def admin(self) -> str:
        """Who decides."""
        return self.store.annotator

    def final(self, block: str) -> Final | None:
        """The final label of the block; None if nobody has decided one, or it was taken away."""
        found = self.store.state.final(block)
        return found if found is not None and found.label is not None else None

    def decide(self, labels: Mapping[str, int | None], reason: str = "", rule: str = "") -> FinalStep:
        """Give blocks their final labels (None: none) in one durable step.

        `rule` is the rule of consensus in use, as text. Raises StorageError, and then nothing has changed.
        """
        held = self._holding(labels)
        step = self.store.decide_finals(labels, reason, rule)
        self._done.append(_Done(step, step, held))
        self._undone.clear()
        self.decided.emit(step)
        return step

    def undo(self) -> tuple[FinalStep, FinalStep] | None:
        """Take the last step back; return that step, and the one that did it, whose `kept` blocks were left alone.

        None if there is nothing to undo. Raises StorageError, and then nothing has changed.
        """
        return self._turn(self._done, self._undone)

    def redo(self) -> tuple[FinalStep, FinalStep] | None:
        """Decide again what was undone last; as `undo`."""
        return self._turn(self._undone, self._done)

    def _turn(self, source: list[_Done], target: list[_Done]) -> tuple[FinalStep, FinalStep] | None:
        if not source:
            return None
        last = source[-1]
        held = self._holding(one.block for one in last.step.decisions)
        back = self.store.take_back(self._as_it_holds(last.step, held))
        source.pop()
        for line in back.decisions:
            before = last.held[line.block]
            if before is not None:
                self._stands_for[line.session, line.n] = self._stands_for.get(before, before)
        if back.decisions:  # a step of which nothing was left to take back is no step any more
            target.append(_Done(last.first, back, held))
            self.decided.emit(back)
        return last.first, back

    def _holding(self, blocks: Iterable[str]) -> dict[str, _Line | None]:
        """Which line holds for each block now."""
        rank_of = self.store.state.final_rank
        return {block: rank[1:] if (rank := rank_of(block)) is not None else None for block in blocks}

    def _as_it_holds(self, step: FinalStep, held: Mapping[str, _Line | None]) -> FinalStep:
        """The step with the lines that hold for it now: later steps that were undone have given it back."""
        stands_for = self._stands_for
        decisions = []
        for one in step.decisions:
            line, now = (one.session, one.n), held[one.block]
            if now is not None and now != line and stands_for.get(now, now) == stands_for.get(line, line):
                one = msgspec.structs.replace(one, session=now[0], n=now[1])
            decisions.append(one)
        return replace(step, decisions=tuple(decisions))
