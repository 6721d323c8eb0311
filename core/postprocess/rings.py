"""Rings of background round objects: the cytoplasm round a nucleus, the surroundings of a cell."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from core.measure.filled_runs import filled_runs
from core.measure.object_runs import find_object_runs
from core.measure.scale import axis_sizes

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_BAND = 1 << 18
"""Voxels worked on at once: few enough to stay in a processor's cache, many enough that a call costs nothing."""


def compute_ring_mask(
    segmentation: NDArray[Any],
    ring_width: float,
    keep_original: bool = True,
    *,
    mode: Literal["compat", "nearest"] = "compat",
    scale: Any = 1.0,
) -> NDArray[Any]:
    """Return the labels with a ring of background round each object given to it, or those rings alone.

    Parameters
    ----------
    segmentation
        Labels of any shape and type. Every number but 0 is an object, negative ones too.
    ring_width
        With "compat" a whole number of voxels; with "nearest" a length in the unit of `scale`. With 0 or less there is
        no ring.
    keep_original
        True: the objects and their rings. False: the rings alone, 0 where objects are.
    mode
        "compat": as segmentation-measurement 0.1.0: a background voxel goes to the smallest number among all objects
        within `ring_width` steps from voxel to voxel across faces, nearest or not, also across other objects; along
        diagonals the ring is thinner. "nearest": it goes to the object nearest to it, from centre to centre of voxels,
        if that is no farther than `ring_width`; of objects equally far away, to the smallest number.
    scale
        The size of a voxel: one number, or one for each axis (Y, X or Z, Y, X). Only "nearest" uses it.

    Returns
    -------
    Labels of the same shape and type.

    Raises
    ------
    TypeError
        The width is not a whole number in mode "compat".
    ValueError
        The mode is none of the two, the width not finite, or `scale` is wrong (see `core.measure.scale.axis_sizes`).

    Distances of "nearest" are compared exactly, as sums of squares of whole numbers, when sizes are equal along all
    axes or have up to some five digits. Else squares of sizes are rounded, by less than a hundred-thousandth for
    rings of up to 100 voxels.
    """
    labels = np.asarray(segmentation)
    if mode not in ("compat", "nearest"):
        raise ValueError(f"mode must be 'compat' or 'nearest', but is {mode!r}.")
    grown = _compat_reach(ring_width) if mode == "compat" else _nearest_reach(labels, ring_width, scale)
    if not grown or not labels.size or not labels.ndim:
        return labels.copy("C") if keep_original else np.zeros(labels.shape, labels.dtype)
    rings = np.empty(labels.shape, labels.dtype)
    ranks = _rank(labels)
    rows, row = len(labels), max(1, labels[0].size)
    if isinstance(grown, int):
        halo, spread = min(grown, rows), _compat_spread(grown)
    else:
        halo, spread = grown.halo(rows), grown.spread(ranks.last)
    band = max(1, _BAND // row, min(rows, 2 * halo))
    for first in range(0, rows, band):
        last = min(rows, first + band)
        own = labels[first:last]
        free = own == 0
        part = rings[first:last]
        part[:] = own if keep_original else 0
        if free.any():
            low = max(0, first - halo)
            near = spread(ranks.read(low, min(rows, last + halo)), first - low, last - first)
            np.copyto(part, ranks.numbers(near), where=free, casting="unsafe")
    return rings


@dataclass(frozen=True)
class _Ranks:
    """Numbers of objects as ranks from 0, in the same order, in an unsigned type; background is the type's last one.

    `last` is the greatest rank of an object. `read(first, last)` gives the ranks of these rows of the labels as a new
    array, `numbers(ranks)` goes back; the last of the type becomes 0.
    """

    last: int
    read: Callable[[int, int], NDArray[Any]]
    numbers: Callable[[NDArray[Any]], NDArray[Any]]


def _rank(labels: NDArray[Any]) -> _Ranks:
    whole = labels.view(np.uint8) if labels.dtype == np.bool_ else labels
    if whole.dtype.kind in "iu" and (whole.dtype.kind == "u" or whole.min() >= 0):
        top = int(whole.max())
        if top < 1 << 32:
            kind = np.min_scalar_type(top)
            # One less in an unsigned type: the background 0 becomes its last number
            return _Ranks(
                max(top - 1, 0),
                lambda first, last: np.subtract(whole[first:last].astype(kind), 1, dtype=kind),
                lambda ranks: np.add(ranks, 1, dtype=kind),
            )
    runs = find_object_runs(labels, negative=True)
    kind = np.min_scalar_type(len(runs.numbers))
    behind = np.iinfo(kind).max
    order = np.arange(len(runs.numbers)).astype(kind)
    if labels.dtype.kind == "f":
        # NaN is no object that could have a ring, and not background either
        order[np.isnan(runs.numbers)] = behind
    dense = filled_runs(runs, order, behind)
    names = np.append(runs.numbers, np.zeros(1, labels.dtype))
    return _Ranks(
        max(len(runs.numbers) - 1, 0),
        lambda first, last: dense[first:last].copy(),
        lambda ranks: names[np.minimum(ranks, len(names) - 1)],
    )


def _compat_reach(width: Any) -> int:
    try:
        return max(0, operator.index(width))
    except TypeError:
        raise TypeError(
            f"ring_width must be a whole number of voxels, but is {width!r}. "
            "Give a whole number, or mode='nearest' for a length."
        ) from None


def _compat_spread(width: int) -> Callable[[NDArray[Any], int, int], NDArray[Any]]:
    """Return what gives each voxel of some rows the smallest rank within `width` steps across faces."""

    def spread(ranks: NDArray[Any], first: int, rows: int) -> NDArray[Any]:
        done, other = 0, np.empty_like(ranks)
        while done < width:
            # A jump of what is done divided by the axes leaves no voxel out, also at the image's border:
            # either the longest part of the way is at least the jump, or the whole way is no longer than what is done
            jump = min(max(1, done // ranks.ndim), width - done)
            np.copyto(other, ranks)
            for axis in range(ranks.ndim):
                if jump < ranks.shape[axis]:
                    ahead, behind = _shifted(ranks.ndim, axis, jump)
                    np.minimum(other[ahead], ranks[behind], out=other[ahead])
                    np.minimum(other[behind], ranks[ahead], out=other[behind])
            ranks, other = other, ranks
            done += jump
        return ranks[first : first + rows]

    return spread


@dataclass(frozen=True)
class _Reach:
    """What a step of k voxels along each axis costs, k * k * `steps`, and the greatest sum that is in the ring."""

    steps: tuple[int, ...]
    limit: int

    def halo(self, rows: int) -> int:
        return min(rows, math.isqrt(self.limit // self.steps[0]))

    def spread(self, last_rank: int) -> Callable[[NDArray[Any], int, int], NDArray[Any]]:
        """Return what gives each voxel of some rows the rank that is nearest to it.

        Distance and rank stand in one number, so that the smallest is the nearest, and of these the smallest rank.
        The nearest along each axis in turn is the nearest of all: costs of axes add up.
        """
        shift = max(1, last_rank.bit_length())
        steps, limit = self.steps, self.limit
        room = 64 - shift
        if (2 * limit + 1).bit_length() > room:
            cut = (2 * limit + 1).bit_length() - room
            steps, limit = tuple(max(1, step >> cut) for step in steps), limit >> cut
        kind = np.uint32 if (2 * limit + 1).bit_length() + shift <= 32 else np.uint64
        beyond = kind((limit + 1) << shift)

        def spread(ranks: NDArray[Any], first: int, rows: int) -> NDArray[Any]:
            empty = np.iinfo(ranks.dtype).max
            keys = np.where(ranks == empty, beyond, ranks.astype(kind))
            for axis in range(ranks.ndim - 1, -1, -1):
                best = keys[first : first + rows].copy() if axis == 0 else keys.copy()
                for jump in range(1, keys.shape[axis]):
                    cost = jump * jump * steps[axis]
                    if cost > limit:
                        break
                    farther = keys + kind(cost << shift)
                    if axis == 0:
                        _nearer_rows(best, farther, first, jump)
                    else:
                        ahead, behind = _shifted(ranks.ndim, axis, jump)
                        np.minimum(best[ahead], farther[behind], out=best[ahead])
                        np.minimum(best[behind], farther[ahead], out=best[behind])
                keys = best
            near = (keys & kind((1 << shift) - 1)).astype(ranks.dtype)
            near[keys >= beyond] = empty
            return near

        return spread


def _nearer_rows(best: NDArray[Any], farther: NDArray[Any], first: int, jump: int) -> None:
    """Take the lesser of `best` and the rows `jump` before and after in `farther`, `best` begins at `first`."""
    for move in (-jump, jump):
        low, high = max(0, -first - move), min(len(best), len(farther) - first - move)
        if low < high:
            np.minimum(best[low:high], farther[first + move + low : first + move + high], out=best[low:high])


def _nearest_reach(labels: NDArray[Any], width: Any, scale: Any) -> _Reach | None:
    sizes = axis_sizes(scale, labels.ndim)
    if not math.isfinite(width):
        raise ValueError(f"ring_width must be a finite number, but is {width}.")
    if width <= 0 or not labels.size or not labels.ndim:
        return None
    # Sizes are meant as they are written: 0.1 is a tenth, so that three of them are 0.3
    squares = [Fraction(repr(size)) ** 2 for size in sizes]
    common = math.lcm(*(square.denominator for square in squares))
    unit = Fraction(math.gcd(*(int(square * common) for square in squares)), common)
    steps = tuple(int(square / unit) for square in squares)
    farthest = sum(step * (length - 1) ** 2 for step, length in zip(steps, labels.shape, strict=True))
    return _Reach(steps, min(int(Fraction(repr(float(width))) ** 2 / unit), farthest))


def _shifted(ndim: int, axis: int, jump: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    whole = [slice(None)] * ndim
    ahead, behind = whole.copy(), whole.copy()
    ahead[axis], behind[axis] = slice(jump, None), slice(None, -jump)
    return tuple(ahead), tuple(behind)
