"""Polygons, boxes and lines as voxels, against their plain definitions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.painting.label_shapes import corner_box, line_pixels, polygon

SHAPE = (4, 9, 8)
NUMBER = st.integers(-200, 800).map(lambda n: n / 64) | st.integers(-6, 24).map(lambda n: n / 2)
POINTS = st.lists(st.tuples(NUMBER, NUMBER), min_size=3, max_size=12).map(np.array)


def plane(points: Any, shape: Any = SHAPE) -> Any:
    made = np.zeros(shape, np.bool_)
    found = polygon(points, 0, 0, 0, shape)
    if found is not None:
        made[found[0]] = found[1]
    assert not made[1:].any()
    return made[0]


def is_inside(points: Any, y: int, x: int) -> bool:
    """Even-odd: how many edges a ray to the left of the centre meets."""
    count = 0
    for (y0, x0), (y1, x1) in zip(points, np.roll(points, -1, 0), strict=True):
        if y0 > y1:
            y0, x0, y1, x1 = y1, x1, y0, x0
        if y0 <= y < y1:
            count += x0 + (x1 - x0) / (y1 - y0) * (y - y0) <= x
    return count % 2 == 1


@given(POINTS)
def test_polygon_is_even_odd(points: Any) -> None:
    wanted = [[is_inside(points, y, x) for x in range(SHAPE[2])] for y in range(SHAPE[1])]
    assert plane(points).tolist() == wanted


@given(POINTS, st.lists(st.tuples(NUMBER, NUMBER), min_size=1, max_size=6))
def test_polygons_that_share_a_border_leave_no_voxel_out_and_share_none(points: Any, line: Any) -> None:
    """Cut in two along a line from the first point to another."""
    at = len(points) // 2
    one = np.concatenate([points[: at + 1], line])
    other = np.concatenate([points[at:], points[:1], line[::-1]])
    assert (plane(points) == (plane(one) ^ plane(other))).all()


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_polygon_through_slices(axis: int) -> None:
    points = np.array([[1, 2], [1, 5], [3, 5], [3, 2]]) - 0.5
    found = polygon(points, axis, -4, 2, (6, 7, 8))
    assert found is not None
    made = np.zeros((6, 7, 8), np.bool_)
    made[found[0]] = found[1]
    wanted = np.zeros_like(made)
    np.moveaxis(wanted, axis, 0)[0:3, 1:3, 2:5] = True
    assert (made == wanted).all()


@pytest.mark.parametrize(
    "points", [[[0, 0], [5, 5]], [[0, 0], [np.nan, 1], [3, 3]], [[20, 20], [20, 30], [30, 30]], [[1.2, 1.2]] * 4]
)
def test_polygon_of_nothing(points: Any) -> None:
    assert polygon(np.array(points, float), 0, 0, 0, SHAPE) is None


def test_polygon_off_the_slices() -> None:
    assert polygon(np.array([[0, 0], [0, 5], [5, 5]]), 0, 4, 9, SHAPE) is None


def test_lasso_of_many_points_is_a_disc() -> None:
    angle = np.linspace(0, 2 * np.pi, 10_000, endpoint=False)
    disc = plane(np.stack([500 + 400 * np.sin(angle), 500 + 400 * np.cos(angle)], 1), (1, 1000, 1000))
    y, x = np.ogrid[:1000, :1000]
    wanted = np.hypot(y - 500, x - 500)
    assert disc[wanted < 399.9].all() and not disc[wanted > 400.1].any()


def test_zigzag_of_more_crossings_than_are_worked_out_at_once() -> None:
    """3,000 lines up and down over 1,000 rows: 3 million crossings."""
    x = np.repeat(np.arange(1500), 2) + 0.25
    points = np.stack([np.tile([-0.5, 999.5, 999.5, -0.5], 750), x], 1)
    points = np.concatenate([points, [[-0.5, 3000.0], [1200.0, 3000.0], [1200.0, -5.0], [-0.5, -5.0]]])
    wanted = [is_inside(points, 500, column) for column in range(0, 1502, 25)]
    assert plane(points, (1, 1000, 1502))[500, ::25].tolist() == wanted


def test_box_between_corners() -> None:
    found = corner_box((2.4, 5, 1), (0.6, 3, -4), SHAPE)
    assert found is not None
    assert found[0] == (slice(1, 3), slice(3, 6), slice(0, 2)) and found[1].all()
    assert corner_box((9, 9, 9), (12, 12, 12), SHAPE) is None


@given(st.lists(st.tuples(NUMBER, NUMBER), min_size=1, max_size=6).map(np.array))
def test_line_has_no_gaps(points: Any) -> None:
    pixels = line_pixels(points)
    assert (np.abs(np.diff(pixels, axis=0)).max(1, initial=0) <= 1).all()
    for point in points:
        assert (np.abs(pixels - point).max(1) <= 0.5 + 1e-9).any()
