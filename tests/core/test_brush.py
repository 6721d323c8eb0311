"""The brush against its plain definition, voxel by voxel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.painting.brush import Brush, has_number, over_allowed, swept

SHAPE = (9, 13, 12)
POINT = st.tuples(*(st.floats(-3, length + 2) for length in SHAPE))
SIZES = st.sampled_from([(1.0, 1.0, 1.0), (2.0, 0.5, 0.5), (0.4, 0.5, 0.3)])
BRUSHES = st.builds(Brush, st.integers(1, 9), st.integers(0, 2), st.booleans(), st.booleans())


def full(found: Any, shape: tuple[int, int, int] = SHAPE) -> Any:
    made = np.zeros(shape, np.bool_)
    if found is not None:
        box, mask = found
        assert mask.shape == made[box].shape
        made[box] = mask
    return made


def plain(brush: Brush, start: Any, end: Any, size: Any) -> tuple[Any, Any]:
    """Return the voxels that are surely covered, and those that are or lie on the border."""
    first, last = (np.array(brush.centre(point, size)) for point in (start, end))
    radii = np.array(brush.radii(size))
    if not brush.is_3d:
        last[brush.axis] = first[brush.axis]
    nearest = np.full(SHAPE, np.inf)
    for at in np.ndindex(*SHAPE):
        if not brush.is_3d and at[brush.axis] != first[brush.axis]:
            continue
        u, a = (np.array(at) - first) / radii, (last - first) / radii
        length = float(a @ a)
        t = min(1.0, max(0.0, float(u @ a) / length)) if length else 0.0
        nearest[at] = float(((u - t * a) ** 2).sum())
    return nearest <= 1 - 1e-4, nearest <= 1 + 1e-4


@given(BRUSHES, POINT, POINT, SIZES)
def test_disc_and_ball_cover_what_is_near_the_line(brush: Brush, start: Any, end: Any, size: Any) -> None:
    brush = Brush(brush.diameter, brush.axis, brush.is_3d)
    found = full(swept(brush, start, end, size, SHAPE))
    least, most = plain(brush, start, end, size)
    assert not (least & ~found).any() and not (found & ~most).any()


@given(st.integers(1, 9), st.integers(0, 2), st.booleans(), st.booleans())
def test_extent_is_the_diameter(diameter: int, axis: int, is_3d: bool, is_square: bool) -> None:
    brush = Brush(diameter, axis, is_3d, is_square)
    shape = (21, 21, 21)
    found = full(swept(brush, (10, 10, 10), (10, 10, 10), (1, 1, 1), shape), shape)
    extents = [int(found.any(tuple({0, 1, 2} - {one})).sum()) for one in range(3)]
    slices = 1 if not is_3d else diameter if diameter % 2 else diameter - 1
    assert extents == [diameter if one != axis else slices for one in range(3)]
    if is_square:
        assert found.sum() == np.prod(extents)


@given(BRUSHES, POINT, POINT, SIZES)
def test_a_stroke_covers_both_its_ends(brush: Brush, start: Any, end: Any, size: Any) -> None:
    stroke = full(swept(brush, start, end, size, SHAPE))
    if not brush.is_3d:
        start, end = ((*p[: brush.axis], start[brush.axis], *p[brush.axis + 1 :]) for p in (start, end))
    for point in (start, end):
        assert not (full(swept(brush, point, point, size, SHAPE)) & ~stroke).any()


def test_stroke_in_2d_stays_in_its_slice() -> None:
    found = full(swept(Brush(3), (2, 5, 5), (6, 5, 8), (1, 1, 1), SHAPE))
    assert np.flatnonzero(found.any((1, 2))).tolist() == [2]
    assert found[2, 5].sum() == 6


def test_ball_is_one_in_micrometres() -> None:
    found = full(swept(Brush(12, is_3d=True), (4, 6.5, 5.5), (4, 6.5, 5.5), (2, 0.5, 0.5), SHAPE))
    assert found.any((0, 1)).sum() == 12 and found.any((1, 2)).sum() == 3


@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=20),
    st.sampled_from(["everything", "background", "selected"]),
    st.frozensets(st.integers(0, 300), max_size=3),
    st.frozensets(st.integers(1, 6), max_size=3),
    st.sampled_from(["uint8", "uint16", "int32"]),
)
def test_over(numbers: list[int], over: str, selected: frozenset[int], locked: frozenset[int], dtype: str) -> None:
    allowed = over_allowed(np.array(numbers, dtype), over, selected, locked)
    fits = {"everything": lambda n: True, "background": lambda n: n == 0, "selected": selected.__contains__}[over]
    wanted = [fits(number) and number not in locked for number in numbers]
    assert (np.ones(len(numbers), np.bool_) if allowed is None else allowed).tolist() == wanted


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int32"])
def test_numbers_that_cannot_be_there(dtype: str) -> None:
    assert has_number(np.array([1, 2], dtype), frozenset({2, 70000})).tolist() == [False, True]
    assert has_number(np.array([1, 2], dtype), frozenset()).tolist() == [False, False]
