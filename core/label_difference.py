"""Where two versions of labels differ, region by region, and taking over regions of the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.boxes import Box, whole
from core.errors import never
from core.label_edit import Change
from core.runs import Runs, find_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from core.label_objects import Progress
    from core.labels import Labels


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


def take(labels: Labels, theirs: NDArray[Any], regions: Iterable[Difference]) -> list[Change]:
    """Make these regions as they are in the other array, of the same shape."""
    return [Change(region.box, region.mask(), theirs[region.box]) for region in regions]
