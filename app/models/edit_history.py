"""What can be undone: edits of all overlays in the order in which they were made, limited in bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from core.painting.label_edit import Edit

LIMIT_BYTES = 256 << 20


class EditHistory:
    """Each overlay has its own order, known by a key; the oldest edits of all make room."""

    def __init__(self, limit: int = LIMIT_BYTES) -> None:
        self.limit = limit
        self.nbytes = 0
        """What all edits take, those that were undone included."""
        self._done: list[tuple[Hashable, Edit]] = []
        self._undone: list[tuple[Hashable, Edit]] = []

    def add(self, key: Hashable, edit: Edit) -> None:
        """An edit was made: what was undone of this overlay cannot be made again."""
        self.nbytes -= sum(other.nbytes for known, other in self._undone if known == key)
        self._undone = [pair for pair in self._undone if pair[0] != key]
        self._done.append((key, edit))
        self.nbytes += edit.nbytes
        while self.nbytes > self.limit and self._undone:
            self.nbytes -= self._undone.pop(0)[1].nbytes
        while self.nbytes > self.limit and len(self._done) > 1:
            self.nbytes -= self._done.pop(0)[1].nbytes

    def last(self, key: Hashable) -> Edit | None:
        """Return what undo would take back."""
        return next((edit for known, edit in reversed(self._done) if known == key), None)

    def next(self, key: Hashable) -> Edit | None:
        """Return what redo would make again."""
        return next((edit for known, edit in reversed(self._undone) if known == key), None)

    def undone(self, key: Hashable) -> None:
        """The last edit was taken back."""
        self._undone.append(self._take(self._done, key))

    def redone(self, key: Hashable) -> None:
        """The next edit was made again."""
        self._done.append(self._take(self._undone, key))

    def forget(self, key: Hashable) -> None:
        """The overlay is gone, or what is known of it does not fit any more."""
        for edits in (self._done, self._undone):
            self.nbytes -= sum(edit.nbytes for known, edit in edits if known == key)
            edits[:] = [pair for pair in edits if pair[0] != key]

    def count(self, key: Hashable) -> int:
        """Return how many edits of an overlay can be undone."""
        return sum(known == key for known, _ in self._done)

    @staticmethod
    def _take(edits: list[tuple[Hashable, Edit]], key: Hashable) -> tuple[Hashable, Edit]:
        place = max(place for place, (known, _) in enumerate(edits) if known == key)
        return edits.pop(place)
