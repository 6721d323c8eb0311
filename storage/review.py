"""What everybody decided about each block, for the review: the votes, the final label, and which blocks changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    import numpy.typing as npt

    from storage.state import Final, Last, State


class Vote(msgspec.Struct, frozen=True, gc=False):
    """What one annotator said about a block.

    `label` is the class, None where only marks were set or the class was taken back; `time` is that of the class
    (also of taking it back), else empty; `ms` how long the block was looked at before, where that is known.
    """

    label: int | None = None
    time: str = ""
    ms: int | None = None
    is_flagged: bool = False
    is_unsure: bool = False
    comment: str = ""


class BlockReview(NamedTuple):
    """One block: the votes by annotator (only of those who said anything), and the final label if one was decided."""

    block: str
    votes: dict[str, Vote]
    final: Final | None


_LARGEST = 2**31 - 1
_NOTHING: Last = ("", "", 0, None)


class Review:
    """Reads a state that somebody else keeps up to date, in that state's thread.

    `changed` tells which blocks are to be read again: a new decision costs one block, however many there are.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._changed = state.watch()

    def annotators(self) -> list[str]:
        """Return, sorted, everybody who voted on a block or put a mark on one; admins who only decided are not in."""
        return [name for name in self._state.annotators() if self._state.has_voted(name)]

    def blocks(self) -> set[str]:
        """Return the ids of all blocks about which anybody said anything, also those that no data folder has."""
        found: set[str] = set(self._state.final_blocks())
        for name in self._state.annotators():
            for kind in ("annotate", "flag", "unsure", "comment"):
                found.update(self._state.last(name, kind))
        return found

    def rows(self, blocks: Iterable[str]) -> Iterator[BlockReview]:
        """Yield each of `blocks`, in that order; the state must not change meanwhile."""
        state = self._state
        last = state.last
        people = [
            (
                *(name, last(name, "annotate"), state.spent(name)),
                *(last(name, "flag"), last(name, "unsure"), last(name, "comment")),
            )
            for name in self.annotators()
        ]
        for block in blocks:
            votes = {}
            for name, labels, spent, flags, unsures, comments in people:
                label = labels.get(block)
                is_flagged = bool(flags.get(block, _NOTHING)[3]) if flags else False
                is_unsure = bool(unsures.get(block, _NOTHING)[3]) if unsures else False
                comment = (comments.get(block, _NOTHING)[3] or "") if comments else ""
                if label is not None:
                    votes[name] = Vote(label[3], label[0], spent.get(block), is_flagged, is_unsure, comment)
                elif is_flagged or is_unsure or comment:
                    votes[name] = Vote(None, "", None, is_flagged, is_unsure, comment)
            yield BlockReview(block, votes, state.final(block))

    def votes(self, blocks: Sequence[str], annotators: Sequence[str]) -> npt.NDArray[np.int32]:
        """Return the classes as an array of shape (blocks, annotators); 0 stands for no class.

        A number that is too large for the array, which can only be a slip, becomes the largest that fits.
        """
        import numpy as np

        table = np.zeros((len(blocks), len(annotators)), dtype=np.int32)
        for column, name in enumerate(annotators):
            labels = self._state.last(name, "annotate")
            table[:, column] = [min(labels.get(block, _NOTHING)[3] or 0, _LARGEST) for block in blocks]
        return table

    def finals(self, blocks: Sequence[str]) -> list[int | None]:
        """Return the final label of each of `blocks`; None for none."""
        final = self._state.final
        return [found.label if (found := final(block)) is not None else None for block in blocks]

    def flagged(self) -> set[str]:
        """Return the ids of the blocks that anybody has flagged."""
        people = self._state.annotators()
        return {block for name in people for block, last in self._state.last(name, "flag").items() if last[3]}

    def comments(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Return what was said of blocks as (annotator, text), by block; only of those with a comment."""
        found: dict[str, tuple[tuple[str, str], ...]] = {}
        for name in self._state.annotators():
            for block, last in self._state.last(name, "comment").items():
                if last[3]:
                    found[block] = (*found.get(block, ()), (name, last[3]))
        return found

    def changed(self) -> set[str]:
        """Return the ids of the blocks about which something was decided since the last call (or the beginning)."""
        found = set(self._changed)
        self._changed.clear()
        return found

    def close(self) -> None:
        """End following; the state forgets this review."""
        self._state.unwatch(self._changed)
