"""Thresholds are those of scikit-image, and what is above them is exact in the image's own numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage import filters

from core import find_threshold, hysteresis_threshold, threshold_image

METHODS: tuple[Any, ...] = ("otsu", "li", "triangle", "yen")


def scene(dtype: Any, shape: tuple[int, ...] = (60, 70)) -> Any:
    """Return dark noise with bright objects; numbers below 0 where the type has them."""
    rng = np.random.default_rng(4)
    image = rng.normal(40, 6, shape)
    image[5:20, 8:30] += rng.normal(60, 9, (15, 22))
    if np.dtype(dtype).kind != "u":
        image -= 70
    return (image if np.dtype(dtype).kind == "f" else np.rint(image)).astype(dtype)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "int32", "int64", "float32", "float64"])
def test_thresholds_are_those_of_scikit_image(method: Any, dtype: str) -> None:
    image = scene(dtype)
    before = image.copy()
    found = find_threshold(image, method)
    assert np.array_equal(image, before)
    expected = getattr(filters, f"threshold_{method}")(image.reshape(-1))
    step = (float(image.max()) - float(image.min())) / 65535
    assert found == pytest.approx(float(expected), abs=step if image.dtype.kind == "f" and method == "li" else 1e-6)


@given(hnp.arrays(np.uint8, st.tuples(st.integers(2, 9), st.integers(2, 9))), st.sampled_from(METHODS))
def test_thresholds_of_any_gray_values(image: Any, method: Any) -> None:
    if image.min() == image.max():
        with pytest.raises(ValueError, match="have the gray value"):
            find_threshold(image, method)
        return
    expected = getattr(filters, f"threshold_{method}")(image.reshape(-1))
    assert find_threshold(image, method) == pytest.approx(float(expected), abs=1e-9)


def test_the_triangle_of_a_peak_in_the_middle() -> None:
    image = np.array([[0, 2, 5, 5, 5, 5, 5, 7, 7, 7, 10]], np.uint8)
    assert find_threshold(image, "triangle") == filters.threshold_triangle(image.reshape(-1))


def test_numbers_over_a_wide_range_are_counted_in_bins() -> None:
    image = scene("int64") * 10**9
    found = find_threshold(image, "otsu")
    assert found == pytest.approx(filters.threshold_otsu(image.astype(float)), rel=1e-6)
    half = scene("float16")
    assert find_threshold(half, "otsu") == pytest.approx(filters.threshold_otsu(half.astype(np.float32)), rel=1e-3)


def test_percentile_mask_and_bins() -> None:
    image = scene("float32")
    assert find_threshold(image, "percentile", percentile=90) == pytest.approx(np.percentile(image, 90))
    mask = np.zeros(image.shape, np.uint8)
    mask[:25, :35] = 7
    expected = filters.threshold_otsu(image[:25, :35].reshape(-1))
    assert find_threshold(image, mask=mask) == pytest.approx(expected)
    above = threshold_image(image, mask=mask)
    assert np.array_equal(above, (image > np.float32(expected)) & (mask > 0))
    finer = filters.threshold_otsu(image.reshape(-1), nbins=5000)
    assert find_threshold(image, bins=5000) == pytest.approx(finer)


@given(
    hnp.arrays(st.sampled_from((np.uint8, np.int8, np.int32, np.uint64)), (3, 4)),
    st.one_of(st.integers(-300, 300), st.floats(-300, 300), st.sampled_from((1e30, -1e30, np.inf, -np.inf))),
)
def test_above_is_exact_for_whole_numbers(image: Any, value: float) -> None:
    expected = [[int(one) > value for one in row] for row in image]
    assert np.array_equal(threshold_image(image, value=value), expected)


def test_a_voxel_that_equals_the_threshold_is_not_above() -> None:
    image = np.array([[0.1, 0.2, np.nextafter(np.float32(0.1), np.float32(1))]], np.float32)
    assert np.array_equal(threshold_image(image, value=0.1), [[False, True, True]])
    assert np.array_equal(threshold_image(np.array([[7, 8]], np.uint8), value=7), [[False, True]])
    assert np.array_equal(threshold_image(np.array([[7, 8]], np.uint8), value=7.5), [[False, True]])


@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=3, max_side=8)), st.data())
def test_hysteresis_is_that_of_scikit_image(image: Any, data: st.DataObject) -> None:
    low = data.draw(st.integers(-5, 260))
    high = data.draw(st.integers(low, 265))
    above = hysteresis_threshold(image, low, high)
    assert above.dtype == np.bool_
    # scikit-image 0.26 compares with "above", too
    assert np.array_equal(above, filters.apply_hysteresis_threshold(image.astype(int), low, high))


IMAGE = scene("uint8")


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: find_threshold(np.full((3, 3), 7)), ValueError, "All voxels of the image have the gray value 7, so"),
        (lambda: find_threshold(IMAGE, "best"), ValueError, 'There is no threshold called "best". Choose from otsu'),  # type: ignore[arg-type]
        (lambda: find_threshold(IMAGE, "percentile"), ValueError, "percentile must be from 0 to 100 percent, but is"),
        (lambda: find_threshold(IMAGE, "percentile", percentile=101), ValueError, "percentile must be from 0 to 100"),
        (lambda: find_threshold(IMAGE, percentile=5), ValueError, 'percentile is for the method "percentile"'),
        (
            lambda: find_threshold(IMAGE, mask=IMAGE[1:]),
            ValueError,
            "The mask has the shape 59 x 70, but the image has",
        ),
        (lambda: find_threshold(IMAGE, mask=IMAGE * 0), ValueError, "The mask holds no voxel"),
        (lambda: find_threshold(IMAGE[:, :2] > 5), TypeError, "The image is a mask"),
        (lambda: find_threshold(IMAGE * 1j), TypeError, "The image must hold real numbers, but its type is complex"),
        (
            lambda: find_threshold(np.zeros((20, 30, 3))),
            ValueError,
            "The image looks like RGB: its shape is 20 x 30 x 3",
        ),
        (lambda: find_threshold(np.zeros((2, 2, 20, 30))), ValueError, "The image must have the axes Y, X or Z, Y, X"),
        (lambda: find_threshold(np.zeros((0, 5))), ValueError, "The image is empty"),
        (lambda: find_threshold(np.array([[1.0, np.nan]])), ValueError, "The image holds NaN or infinite numbers."),
        (lambda: find_threshold(np.array([[1.0, np.inf]])), ValueError, "The image holds NaN or infinite numbers."),
        (lambda: threshold_image(IMAGE, value=np.nan), ValueError, "The threshold is NaN"),
        (lambda: threshold_image(IMAGE, value=5, percentile=5), ValueError, "Both a value and a percentile"),
        (lambda: hysteresis_threshold(IMAGE, 9, 5), ValueError, "The low threshold, 9, is above the high one, 5."),
    ],
)
def test_what_is_wrong_is_said(call: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert said in str(caught.value)


def test_gray_values_that_cannot_be_counted() -> None:
    image = np.array([[1.0, np.nextafter(1.0, 2)]])
    with pytest.raises(ValueError, match="are too close together to be counted in 256"):
        find_threshold(image)
    assert find_threshold(image - 1) > 0
    with pytest.raises(ValueError, match="bins must be 2 or more, but is 0"):
        find_threshold(image, bins=0)
