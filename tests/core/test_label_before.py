"""Labels as they were before a stroke, against a copy of all of them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.painting.boxes import box_of
from core.painting.label_before import LabelsBefore
from core.painting.label_ray import first_hit

SHAPE = (40, 70, 33)
CORNERS = st.tuples(*(st.integers(0, n) for n in SHAPE))


@given(st.lists(st.tuples(CORNERS, CORNERS, st.integers(0, 9)), max_size=12), st.integers(0, 2**32 - 1))
def test_numbers_are_those_from_before(steps: list[tuple[tuple[int, ...], tuple[int, ...], int]], seed: int) -> None:
    random = np.random.default_rng(seed)
    array = random.integers(0, 4, SHAPE, dtype=np.uint16)
    first, before = array.copy(), LabelsBefore(array)
    for one, other, number in steps:
        box = box_of(np.minimum(one, other), np.maximum(one, other))
        before.keep(box)
        array[box] = number
    voxels = np.stack([random.integers(0, n, 200) for n in SHAPE], axis=1)
    assert before.numbers_at(voxels).tolist() == first[tuple(voxels.T)].tolist()


def test_a_ray_meets_what_was_there_before() -> None:
    array = np.zeros(SHAPE, np.int32)
    array[20:30, 10:20, 10:20] = 5
    before = LabelsBefore(array)
    ray = (-0.5, 15.0, 15.0), (39.5, 15.0, 15.0)
    painted = box_of((15, 12, 12), (25, 18, 18))
    before.keep(painted)
    array[painted] = 7
    assert first_hit(array, *ray) == (15, 15, 15)
    assert first_hit(array, *ray, before=before) == (20, 15, 15)
    assert first_hit(array, *ray, only=frozenset({5})) == (25, 15, 15)
    assert first_hit(array, *ray, only=frozenset()) is None
