"""What of a wish may come true: locked numbers never change, others only where is edited over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.painting.boxes import inside, moved, shape_of, whole
from core.painting.boxes import low as low_of
from core.painting.brush import has_number, over_allowed
from core.painting.label_edit import Change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.painting.labels import Labels


def limited(
    labels: Labels, changes: Iterable[Change], over: str, selected: frozenset[int], locked: frozenset[int]
) -> list[Change]:
    """Return the changes cut down to the voxels that may be changed; those of which nothing is left are dropped.

    `over`, `selected` and `locked` are those of `brush.over_allowed`; besides, no voxel becomes a locked number.
    Judged by what the array holds now, before the first of the changes.
    """
    kept = []
    for change in changes:
        box = inside(change.box, whole(labels.shape))
        if not all(shape_of(box)) or (isinstance(change.values, int) and change.values in locked):
            continue
        within = moved(box, [-start for start in low_of(change.box)])
        values = change.values if isinstance(change.values, int) else change.values[within]
        cut = Change(box, change.mask[within], values)
        allowed = over_allowed(labels.array[box], over, selected, locked)
        if locked and not isinstance(values, int):
            free = ~has_number(values, locked)
            allowed = free if allowed is None else allowed & free
        if allowed is not None:
            cut = replace(cut, mask=cut.mask & allowed)
        if cut.mask.any():
            kept.append(cut)
    return kept
