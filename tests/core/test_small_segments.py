"""Objects of few voxels are removed, whatever their numbers, pieces and type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import filter_small_segments
from tests.core import postprocess_reference as reference

if TYPE_CHECKING:
    from numpy.typing import NDArray


@given(reference.random_labels(axes=4), st.integers(-1, 12))
def test_as_object_by_object(labels: NDArray[Any], min_size: int) -> None:
    before = labels.copy()
    kept = filter_small_segments(labels, min_size)
    assert kept.dtype == labels.dtype
    np.testing.assert_array_equal(kept, reference.filtered(labels, min_size))
    np.testing.assert_array_equal(labels, before)
    assert not np.shares_memory(kept, labels)


def test_size_is_of_all_pieces_and_the_least_size_stays() -> None:
    labels = np.array([[3, 0, 3], [0, -5, 0], [8, 8, 3]])
    np.testing.assert_array_equal(filter_small_segments(labels, 3), [[3, 0, 3], [0, 0, 0], [0, 0, 3]])


def test_bool_is_one_object_and_decimals_are_numbers() -> None:
    mask = np.array([True, False, True])
    assert filter_small_segments(mask, 2).tolist() == [True, False, True]
    assert filter_small_segments(mask, 3).tolist() == [False, False, False]
    kept = filter_small_segments(np.array([1.5, np.nan, 2.5, 2.5], np.float32), 2)
    np.testing.assert_array_equal(kept, np.array([0, np.nan, 2.5, 2.5], np.float32))


def test_more_voxels_than_are_removed_at_once() -> None:
    labels = np.tile(np.arange(1, 1001), 600).reshape(600, 1000)
    assert not filter_small_segments(labels, 601).any()
    np.testing.assert_array_equal(filter_small_segments(labels, 600), labels)


@pytest.mark.parametrize("shape", [(0,), (0, 4), (3, 0), ()])
def test_nothing_there(shape: tuple[int, ...]) -> None:
    kept = filter_small_segments(np.zeros(shape, np.uint16), 5)
    assert kept.shape == shape
    assert kept.dtype == np.uint16
