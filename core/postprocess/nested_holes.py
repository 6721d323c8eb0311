"""Holes that hold more than one piece: found by a search in the graph of small pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.postprocess.pieces import Pieces


class NestedHoles:
    """The graph of small pieces and their neighbours, and what encloses a piece in it."""

    def __init__(self, pieces: Pieces, inner: NDArray[np.bool_], max_size: float, unwanted: NDArray[np.bool_]) -> None:
        """Build the graph.

        `inner` (pieces,) are those that can be in a hole of at most `max_size` voxels, all others end a search; a hole
        with an `unwanted` one (pieces,) does not count.
        """
        flat, count = pieces.labels.reshape(-1), len(pieces.sizes)
        numbers = np.zeros(count, np.int64)
        pairs = []
        for block in pieces.voxels(inner):
            for direction in pieces.directions():
                which, there = pieces.neighbours(block, direction)
                one, other = pieces.of(block[which]), pieces.of(there)
                numbers[one], numbers[other] = flat[block[which]], flat[there]
                pairs.append(_different(one.astype(np.int64) * count + other))
        one, other = np.divmod(_different(np.concatenate(pairs)), count)
        self._sizes = np.where(inner, pieces.sizes, pieces.labels.size)
        # The largest neighbour first: a search that must fail fails after few pieces
        order = np.lexsort((-self._sizes[other], one))
        self._neighbours = other[order]
        self._begins = np.searchsorted(one, np.arange(count + 1))
        self._numbers = numbers
        self._inner = inner
        self._max_size = max_size
        self._unwanted = unwanted
        self._near: dict[int, list[tuple[int, int, int]]] = {}

    def owner(self, hole: int, only: int) -> int:
        """Return the greatest number of an object with a hole that this piece is in, 0 where there is none.

        With `only` other than 0 no other object is asked.
        """
        # An object without a piece among those reached has all of them on one side: that is no small hole. Two ways out
        # that have little in common leave few candidates
        candidates = {only} if only else self._numbers_of(self._reached(hole, 0, 1)[0])
        if not only:
            candidates &= self._numbers_of(self._reached(hole, 0, -1)[0])
        way = 1
        while candidates:
            number = max(candidates)
            candidates.discard(number)
            reached, is_small = self._reached(hole, number, way)
            way = -way
            if not is_small:
                candidates &= self._numbers_of(reached)
            elif not any(self._unwanted[piece] for piece in reached):
                return number
        return 0

    def _numbers_of(self, reached: set[int]) -> set[int]:
        return {int(self._numbers[piece]) for piece in reached} - {0}

    def _reached(self, start: int, barrier: int, way: int) -> tuple[set[int], bool]:
        """Return what hangs together with a piece when the object `barrier` is away, and whether that is small.

        Ends early where it is not. With the barrier 0 there is none. `way`, 1 or -1, is the order of neighbours.
        """
        reached, ahead, room = {start}, [start], self._max_size - int(self._sizes[start])
        while ahead:
            for piece, number, size in self._neighbours_of(ahead.pop())[::way]:
                if piece in reached or (barrier and number == barrier):
                    continue
                reached.add(piece)
                ahead.append(piece)
                room -= size
                if room < 0 or not self._inner[piece]:
                    return reached, False
        return reached, True

    def _neighbours_of(self, piece: int) -> list[tuple[int, int, int]]:
        """Return the neighbours of an inner piece with their numbers and sizes."""
        if piece not in self._near:
            near = self._neighbours[self._begins[piece] : self._begins[piece + 1]]
            self._near[piece] = list(
                zip(near.tolist(), self._numbers[near].tolist(), self._sizes[near].tolist(), strict=True)
            )
        return self._near[piece]


def _different(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the different keys, ascending; sorting them is faster here than numpy's table of hashes."""
    keys.sort()
    return keys[np.append(True, keys[1:] != keys[:-1])] if len(keys) else keys
