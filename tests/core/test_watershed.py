"""Objects grow over an image as scikit-image floods it, faster where a mask is small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.segmentation import watershed

from core import apply_watershed
from tests.core import postprocess_reference as reference

if TYPE_CHECKING:
    from numpy.typing import NDArray


@given(reference.random_labels(), st.integers(0, 2**32), st.sampled_from(["none", "box", "noise", "empty", "full"]))
def test_as_scikit_image(labels: NDArray[Any], seed: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    heat = rng.integers(0, 3, labels.shape).astype(rng.choice(["u1", "f4", "f8"]))
    mask: NDArray[Any] | None = None
    if kind != "none":
        mask = np.zeros(labels.shape, np.uint8)
        mask[tuple(slice(int(rng.integers(0, mask.shape[axis])), None) for axis in range(mask.ndim))] = kind != "empty"
        if kind == "noise":
            mask *= rng.integers(0, 3, mask.shape, np.uint8)
        if kind == "full":
            mask[:] = 1
    before = labels.copy()
    flooded = apply_watershed(labels, heat, mask)
    expected = watershed(heat, markers=labels, mask=mask)
    assert flooded.dtype == labels.dtype
    np.testing.assert_array_equal(flooded, expected.astype(labels.dtype))
    np.testing.assert_array_equal(labels, before)
    assert not np.shares_memory(flooded, labels)


def test_low_places_first_and_markers_outside_the_mask_are_dropped() -> None:
    labels = np.array([[5, 0, 0, 0, 2**40, 0, 7]])
    heat = np.array([[0, 1, 9, 1, 0, 0, 2]])
    assert apply_watershed(labels, heat).tolist() == [[5, 5, 5, 2**40, 2**40, 2**40, 7]]
    assert apply_watershed(labels, heat, heat < 9).tolist() == [[5, 5, 0, 2**40, 2**40, 2**40, 7]]
    assert apply_watershed(labels, heat, [[1, 1, 0, 1, 0, 0, 0]]).tolist() == [[5, 5, 0, 0, 0, 0, 0]]  # type: ignore[arg-type]


def test_nothing_to_flood_still_drops_what_is_outside_the_mask() -> None:
    labels = np.array([[1, 2, 3], [4, 0, 6]])
    mask = np.array([[0, 1, 0], [1, 0, 1]])
    assert apply_watershed(labels, np.zeros((2, 3)), mask).tolist() == [[0, 2, 0], [4, 0, 6]]


def test_bool_markers_and_heat_without_a_value() -> None:
    marks = np.array([True, False, False])
    assert apply_watershed(marks, np.array([0.0, np.nan, 1.0])).tolist() == [True, True, True]
    assert not apply_watershed(np.zeros(3, np.int8), np.arange(3)).any()


def test_wrong_calls_say_what_is_wrong() -> None:
    labels = np.ones((2, 3), np.int32)
    with pytest.raises(ValueError, match=r"heatmap must have the shape of the labels, \(2, 3\)"):
        apply_watershed(labels, np.zeros((2, 4)))
    with pytest.raises(ValueError, match="mask must have the same shape"):
        apply_watershed(labels, np.zeros((2, 3)), np.ones((3, 2)))
    with pytest.raises(TypeError, match="whole numbers"):
        apply_watershed(labels.astype(np.float32), np.zeros((2, 3)))
