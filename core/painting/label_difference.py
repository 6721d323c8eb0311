"""Where two versions of labels differ, region by region, and taking over regions of the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import Cancelled, never
from core.painting.boxes import Box, grown, low, whole
from core.painting.label_edit import Change
from core.painting.label_index import LabelIndex
from core.painting.labels import Labels
from core.painting.runs import Runs, find_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from core.painting.label_objects import Progress

ONLY_MINE, ONLY_THEIRS, OTHER_NUMBER = 1, 2, 3
"""How two versions differ in a voxel: one has background there, or both have an object, of other numbers."""


@dataclass(frozen=True, eq=False)
class Difference:
    """Voxels that differ and hang together through faces: where only mine, only theirs, or both have an object."""

    box: Box
    only_mine: int
    only_theirs: int
    other_number: int
    runs: Runs

    @property
    def voxels(self) -> int:
        """How many they are."""
        return self.only_mine + self.only_theirs + self.other_number

    def mask(self) -> NDArray[np.bool_]:
        """Return them as a mask of the box."""
        return self.runs.mask(self.box)

    def ring(self) -> tuple[Box, NDArray[np.bool_]]:
        """Return a box and a mask of it: the voxels round this region in each z, so that it can be marked but seen."""
        box = grown(self.box, (0, 1, 1), self.runs.shape)
        mask = self.runs.mask(box)
        wide = mask.copy()
        wide[:, 1:] |= mask[:, :-1]
        wide[:, :-1] |= mask[:, 1:]
        across = wide.copy()
        wide[:, :, 1:] |= across[:, :, :-1]
        wide[:, :, :-1] |= across[:, :, 1:]
        return box, wide & ~mask

    @property
    def key(self) -> tuple[int, ...]:
        """Tells it from others, also those that are found after the labels were edited elsewhere."""
        return *low(self.box), int(self.runs.row[0]), int(self.runs.start[0]), self.voxels

    def place(self) -> tuple[int, int, int]:
        """Return a voxel of it (z, y, x) to look at: the middle of its longest run, in the z with most of it."""
        z, y = np.divmod(self.runs.row, self.runs.shape[1])
        lengths = self.runs.stop - self.runs.start
        at = int(np.bincount(z - z[0], lengths).argmax()) + int(z[0])
        longest = int(np.where(z == at, lengths, 0).argmax())
        return at, int(y[longest]), int(self.runs.start[longest] + self.runs.stop[longest] - 1) // 2


def differences(
    mine: NDArray[Any], theirs: NDArray[Any], cancelled: Callable[[], bool] = never, progress: Progress = None
) -> list[Difference]:
    """Return all regions in which two arrays (Z, Y, X) of one shape differ, in order of their first voxel.

    Costs what the arrays cost: for a worker. Raises ValueError, Cancelled.
    """
    if mine.shape != theirs.shape:
        raise ValueError(f"labels of shapes {mine.shape} and {theirs.shape} cannot be compared")
    kinds: list[NDArray[np.int64]] = []

    def differ(part: Box) -> NDArray[np.bool_]:
        here, there = mine[part], theirs[part]
        mask: NDArray[np.bool_] = here != there
        if mask.any():
            # In C order, as the runs are
            kinds.append(np.where(there[mask] == 0, 0, np.where(here[mask] == 0, 1, 2)))
        if progress is not None and mine.shape[0]:
            progress(part[0].stop / mine.shape[0])
        return mask

    runs = find_runs(differ, whole(mine.shape), cancelled)
    count, piece = runs.pieces()
    if not count:
        return []
    of_voxel = np.repeat(piece.astype(np.int64), runs.stop - runs.start)
    tallies = np.bincount(3 * of_voxel + np.concatenate(kinds), minlength=3 * count).reshape(count, 3)
    order = np.argsort(piece, kind="stable")
    regions = []
    for part, (mine_only, theirs_only, other) in zip(
        np.split(order, np.flatnonzero(np.diff(piece[order])) + 1), tallies.tolist(), strict=True
    ):
        one = runs.of(part)
        regions.append(Difference(one.box(), mine_only, theirs_only, other, one))
    return regions


def kinds_of(mine: NDArray[Any], theirs: NDArray[Any]) -> NDArray[np.uint8]:
    """Return for each voxel of two arrays of one shape how they differ there; 0 where they do not."""
    found = np.full(mine.shape, OTHER_NUMBER, np.uint8)
    found[mine == 0] = ONLY_THEIRS
    found[theirs == 0] = ONLY_MINE
    found[mine == theirs] = 0
    return found


def difference_labels(
    mine: NDArray[Any], theirs: NDArray[Any], cancelled: Callable[[], bool] = never, progress: Progress = None
) -> Labels:
    """Return labels (uint8) that say for each voxel how two arrays of one shape (Z, Y, X) differ.

    Costs what the arrays cost: for a worker. Raises Cancelled.
    """
    made = np.empty(mine.shape, np.uint8)
    for z, plane in enumerate(made):
        if cancelled():
            raise Cancelled
        plane[...] = kinds_of(mine[z], theirs[z])
        if progress is not None:
            progress((z + 1) / len(made))
    return Labels(made, LabelIndex.of(made, cancelled))


def take(labels: Labels, theirs: NDArray[Any], regions: Iterable[Difference]) -> list[Change]:
    """Make these regions as they are in the other array, of the same shape."""
    return [Change(region.box, region.mask(), theirs[region.box]) for region in regions]
