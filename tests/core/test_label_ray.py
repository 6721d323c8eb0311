"""Rays through labels: every voxel that the line passes, in order."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.painting.label_ray import first_hit, surface_before, voxels_along

SHAPE = (4, 5, 6)
NUMBER = st.floats(-4, 9) | st.integers(-8, 18).map(lambda n: n / 2)
POINT = st.tuples(NUMBER, NUMBER, NUMBER)


def passage(near: Any, far: Any, voxel: Any) -> tuple[float, float]:
    """Return where on the line (0 to 1) it enters and leaves a voxel."""
    enter, leave = 0.0, 1.0
    for a, b, at in zip(near, far, voxel, strict=True):
        if a == b:
            if abs(a - at) > 0.5:
                return 1.0, 0.0
            continue
        ends = sorted(((at - 0.5 - a) / (b - a), (at + 0.5 - a) / (b - a)))
        enter, leave = max(enter, ends[0]), min(leave, ends[1])
    return enter, leave


@given(POINT, POINT)
def test_all_voxels_that_the_line_passes_in_order(near: Any, far: Any) -> None:
    found = [tuple(voxel) for voxel in voxels_along(near, far, SHAPE).tolist()]
    assert len(set(found)) == len(found)
    passages = {voxel: passage(near, far, voxel) for voxel in np.ndindex(*SHAPE)}
    longest = 1e-7
    on_wall = any(a == b and (a - 0.5) % 1 == 0 for a, b in zip(near, far, strict=True))
    for voxel, (enter, leave) in passages.items():
        if leave - enter > longest and not on_wall:
            assert voxel in found
        if leave - enter < -longest:
            assert voxel not in found
    starts = [passages[voxel][0] for voxel in found]
    assert all(later >= earlier - longest for earlier, later in pairwise(starts))


@given(POINT, POINT, st.integers(0, 2**32 - 1), st.frozensets(st.integers(1, 3), max_size=2))
def test_first_hit_and_the_voxel_before(near: Any, far: Any, seed: int, hidden: frozenset[int]) -> None:
    rng = np.random.default_rng(seed)
    array = (rng.integers(0, 4, SHAPE) * (rng.random(SHAPE) < 0.3)).astype(np.uint16)
    hit, before = first_hit(array, near, far, hidden), surface_before(array, near, far, hidden)
    way = [tuple(voxel) for voxel in voxels_along(near, far, SHAPE).tolist()]
    solid = [voxel for voxel in way if array[voxel] and int(array[voxel]) not in hidden]
    assert hit == (solid[0] if solid else None)
    at = way.index(solid[0]) if solid else 0
    assert before == (way[at - 1] if at else None)


def test_a_thin_wall_is_met_at_any_angle() -> None:
    array = np.zeros((40, 40, 40), np.uint8)
    array[:, :, 20] = 1
    rng = np.random.default_rng(0)
    for near, far in zip(rng.uniform(0, 39, (200, 3)), rng.uniform(0, 39, (200, 3)), strict=True):
        near[2], far[2] = 0, 39
        hit = first_hit(array, near, far)
        assert hit is not None and hit[2] == 20
        before = surface_before(array, near, far)
        assert before is not None and np.abs(np.subtract(before, hit)).sum() == 1


def test_a_voxel_that_is_met_at_a_corner_only_is_not_passed() -> None:
    assert voxels_along((0, 3, 0), (3, 0, 0), SHAPE).tolist() == [[0, 3, 0], [1, 2, 0], [2, 1, 0], [3, 0, 0]]


def test_no_way_through() -> None:
    array = np.ones(SHAPE, np.uint8)
    assert first_hit(array, (-9, -9, -9), (-2, -2, -2)) is None
    assert first_hit(array, (0, 0, 20), (4, 4, 20)) is None
    assert first_hit(array, (0, 0, -5), (0, 0, 9)) == (0, 0, 0)
    assert surface_before(array, (0, 0, -5), (0, 0, 9)) is None
    assert first_hit(array, (1, 1, 1), (1, 1, 1)) == (1, 1, 1)
