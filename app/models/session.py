"""One annotator at work: decides, undoes, and knows what was decided."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.models.block_list import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.classes import ClassDef, Classes
    from storage.decision import Decision
    from storage.store import Store

_RATE_OVER = 50
_RATE_FROM_MS = 10_000
_IDLE_MS = 120_000
"""Who looks at a block for longer has gone for coffee: counted as this long in the rate."""


class Session(QObject):
    """Decisions go to the store before anything on screen changes."""

    decided = Signal(object)
    """A Decision, made here or by another session of the same annotator."""

    def __init__(self, store: Store, classes: Classes, review_problem: str = "") -> None:
        """`review_problem` says why nobody can review here: only annotating goes on."""
        super().__init__()
        self.review_problem = review_problem
        self.store = store
        self.classes = classes
        self._done: list[Decision] = []
        self._undone: list[Decision] = []
        self._spent: deque[int] = deque(maxlen=_RATE_OVER)
        self.recent: deque[Decision] = deque(maxlen=5)

    @property
    def annotator(self) -> str:
        """Whose decisions these are."""
        return self.store.annotator

    def class_of(self, number: int | None) -> ClassDef | None:
        """The class with that number; None for a number that classes.json does not have."""
        return next((c for c in self.classes.classes if c.number == number), None)

    def mark_of(self, block_id: str) -> Mark:
        """What this annotator has said of a block."""
        state, who = self.store.state, self.annotator
        return Mark(
            state.label(who, block_id),
            bool(state.mark(who, block_id, "unsure")),
            bool(state.mark(who, block_id, "flag")),
            str(state.mark(who, block_id, "comment") or ""),
        )

    def annotate(self, block_id: str, label: int, ms: int | None = None) -> Decision:
        """Give the block a class. Raises StorageError, and then nothing has changed."""
        decision = self._decide("annotate", block_id, label, ms)
        if ms is not None:
            self._spent.append(min(ms, _IDLE_MS))
        return decision

    def clear(self, block_id: str) -> Decision | None:
        """Take the class back; None if there is none. Raises StorageError."""
        if self.store.state.label(self.annotator, block_id) is None:
            return None
        return self._decide("clear", block_id, None)

    def set_unsure(self, block_id: str, unsure: bool) -> Decision:
        """Mark the annotator's own doubt. Raises StorageError."""
        return self._decide("unsure", block_id, unsure)

    def set_flag(self, block_id: str, flagged: bool) -> Decision:
        """Flag the block for the admin. Raises StorageError."""
        return self._decide("flag", block_id, flagged)

    def set_comment(self, block_id: str, text: str) -> Decision | None:
        """Replace the comment; None if it is the same. Raises StorageError."""
        if text == self.mark_of(block_id).comment:
            return None
        return self._decide("comment", block_id, text)

    def undo(self) -> Decision | None:
        """Give the last decision's block the value it had before; returns what was undone. Raises StorageError."""
        if not self._done:
            return None
        last = self._done[-1]
        self._restore(last, last.prev, undoes=last.n)
        self._undone.append(self._done.pop())
        return last

    def redo(self) -> Decision | None:
        """Decide again what was undone last; returns it. Raises StorageError."""
        if not self._undone:
            return None
        last = self._undone[-1]
        self._done.append(self._restore(last, last.value))
        return self._undone.pop()

    def take_in(self, decisions: Iterable[Decision]) -> None:
        """Merge decisions of other sessions."""
        for decision in decisions:
            if self.store.state.apply(decision) and decision.annotator == self.annotator:
                self.decided.emit(decision)

    def per_hour(self) -> float | None:
        """Annotations per hour of looking, over the last fifty; None before there are enough to tell."""
        if len(self._spent) < 5 or sum(self._spent) < _RATE_FROM_MS:
            return None
        return 3_600_000 * len(self._spent) / sum(self._spent)

    def _decide(self, kind: str, block_id: str, value: int | bool | str | None, ms: int | None = None) -> Decision:
        decision = self.store.decide(kind, block_id, value, ms=ms)
        self._done.append(decision)
        self._undone.clear()
        self._tell(decision)
        return decision

    def _restore(self, decision: Decision, value: object, undoes: int | None = None) -> Decision:
        kind = decision.kind
        if kind in ("annotate", "clear"):
            kind = "clear" if value is None else "annotate"
        elif value is None:
            value = "" if kind == "comment" else False
        restored = self.store.decide(kind, decision.block, value, undoes=undoes)
        self._tell(restored)
        return restored

    def _tell(self, decision: Decision) -> None:
        if decision.kind in ("annotate", "clear"):
            self.recent.append(decision)
        self.decided.emit(decision)
