"""Where two versions of labels differ, against plain numpy, and going to a region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.errors import Cancelled
from core.painting.label_difference import (
    ONLY_MINE,
    ONLY_THEIRS,
    OTHER_NUMBER,
    Difference,
    difference_labels,
    differences,
    kinds_of,
    take,
)
from core.painting.labels import Labels, write_all

if TYPE_CHECKING:
    from numpy.typing import NDArray

versions = arrays(np.uint8, st.tuples(st.integers(1, 3), st.integers(1, 5), st.integers(1, 6)).map(lambda s: (2, *s)),
                  elements=st.integers(0, 2))  # fmt: skip


@given(both=versions)
def test_each_voxel_says_how_it_differs(both: NDArray[Any]) -> None:
    mine, theirs = both
    found = kinds_of(mine, theirs)
    assert np.array_equal(found == ONLY_MINE, (mine > 0) & (theirs == 0))
    assert np.array_equal(found == ONLY_THEIRS, (mine == 0) & (theirs > 0))
    assert np.array_equal(found == OTHER_NUMBER, (mine > 0) & (theirs > 0) & (mine != theirs))
    told: list[float] = []
    shown = difference_labels(mine, theirs, progress=told.append)
    assert np.array_equal(shown.array, found)
    assert [shown.index.count(kind) for kind in (1, 2, 3)] == [int((found == kind).sum()) for kind in (1, 2, 3)]
    assert told[-1] == 1.0


@given(both=versions)
def test_regions_are_gone_to_and_taken_one_by_one(both: NDArray[Any]) -> None:
    mine, theirs = (np.ascontiguousarray(part) for part in both)
    regions = differences(mine, theirs)
    assert len({region.key for region in regions}) == len(regions)
    labels = Labels(mine.copy())
    for region in regions:
        place = region.place()
        assert region.mask()[tuple(at - part.start for at, part in zip(place, region.box, strict=True))]
        planes = [int(plane.sum()) for plane in region.mask()]
        assert planes[place[0] - region.box[0].start] == max(planes)
        check_ring(region)
        before = labels.array.copy()
        edit = write_all(labels, "Take", take(labels, theirs, [region]))
        assert edit is not None
        changed = np.zeros(mine.shape, np.bool_)
        changed[region.box] = region.mask()
        assert np.array_equal(labels.array, np.where(changed, theirs, before))
    assert np.array_equal(labels.array, theirs)


def check_ring(region: Difference) -> None:
    """All voxels whose y and x are at most one beside one of the region, and none of its own."""
    box, ring = region.ring()
    inside, wanted = region.runs.mask(), np.zeros(region.runs.shape, np.bool_)
    for z, y, x in np.argwhere(inside):
        wanted[z, max(0, y - 1) : y + 2, max(0, x - 1) : x + 2] = True
    found = np.zeros_like(wanted)
    found[box] = ring
    assert np.array_equal(found, wanted & ~inside)


def test_showing_differences_is_given_up() -> None:
    with pytest.raises(Cancelled):
        difference_labels(np.zeros((2, 2, 2), np.uint8), np.ones((2, 2, 2), np.uint8), lambda: True)
