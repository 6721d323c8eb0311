"""Rows of the table of objects, and who comes next."""

from __future__ import annotations

import numpy as np
import pytest

from core.painting.labels import Labels
from core.painting.object_table import ObjectRow, centroid, neighbour_number, object_row, object_rows


def labels() -> Labels:
    array = np.zeros((4, 6, 8), np.uint16)
    array[1:3, 2:5, 3] = 20
    array[0, 0, :2] = 4
    array[0, 1, 0] = 4
    array[3, 5, 7] = 300
    return Labels(array)


def test_rows() -> None:
    rows = object_rows(labels().index, (2.0, 0.5, 0.5))
    assert rows == [
        ObjectRow(4, 3, 1.5, (0, 0.5, 0.5)),
        ObjectRow(20, 6, 3.0, (1.5, 3, 3)),
        ObjectRow(300, 1, 0.5, (3, 5, 7)),
    ]
    assert object_row(labels().index, 4, None) == ObjectRow(4, 3, None, (0, 0.5, 0.5))
    assert object_row(labels().index, 5, None) is None


def test_centroid() -> None:
    assert centroid(labels(), 4) == pytest.approx((0, 1 / 3, 1 / 3))
    assert centroid(labels(), 20) == pytest.approx((1.5, 3, 3))
    assert centroid(labels(), 5) is None


@pytest.mark.parametrize(
    ("number", "following", "previous"),
    [(0, 4, 300), (4, 20, 300), (10, 20, 4), (20, 300, 4), (300, 4, 20), (999, 4, 300)],
)
def test_neighbours(number: int, following: int, previous: int) -> None:
    index = labels().index
    assert (neighbour_number(index, number, 1), neighbour_number(index, number, -1)) == (following, previous)


def test_no_neighbours() -> None:
    assert neighbour_number(Labels(np.zeros((1, 1, 1), np.uint8)).index, 1, 1) is None
