"""Contrast limits are numpy's percentiles and extremes, whatever the values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from core.display.contrast import data_limits, percentile_limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

integers = st.sampled_from([np.uint8, np.int8, np.uint16, np.int16]).flatmap(
    lambda dtype: npst.arrays(dtype, npst.array_shapes(min_dims=3, max_dims=3, max_side=6))
)
floats = npst.arrays(
    np.float32,
    npst.array_shapes(min_dims=3, max_dims=3, max_side=6),
    elements=st.floats(width=32, min_value=-(2.0**100), max_value=2.0**100)
    | st.sampled_from([float("nan"), float("inf"), -float("inf")]),
)
percents = st.floats(0, 100)


@given(integers | floats, percents, percents)
def test_percentiles_are_those_of_numpy(data: NDArray[Any], one: float, other: float) -> None:
    low, high = min(one, other), max(one, other)
    finite = data[np.isfinite(data)].astype(np.float64)
    found = percentile_limits(data, low, high)
    assert found[0] < found[1]
    if not len(finite):
        assert found == (0.0, 1.0)
        return
    expected = np.percentile(finite, (low, high))
    assert found[0] == pytest.approx(expected[0], rel=1e-9, abs=1e-9)
    if expected[1] > expected[0] + 1e-6 * abs(expected[0]):
        assert found[1] == pytest.approx(expected[1], rel=1e-9, abs=1e-9)


@given(integers | floats)
def test_limits_are_the_extremes_of_finite_values(data: NDArray[Any]) -> None:
    finite = data[np.isfinite(data)]
    low, high = data_limits(data)
    assert high > low
    if not finite.size:
        assert (low, high) == (0, 1)
        return
    assert low == finite.min()
    if finite.max() > finite.min():
        assert high == finite.max()


@pytest.mark.parametrize("limits", [percentile_limits, data_limits])
@pytest.mark.parametrize(
    "data",
    [
        np.zeros((2, 3, 4), np.uint16),
        np.full((2, 3, 4), 65535, np.uint16),
        np.full((2, 3, 4), -32768, np.int16),
        np.full((2, 3, 4), 3e38, np.float32),
        np.full((2, 3, 4), np.nan, np.float32),
        np.zeros((0, 3, 4), np.uint8),
    ],
    ids=["zero", "highest", "lowest", "huge", "nan", "empty"],
)
def test_data_without_contrast_has_limits_apart(limits: Any, data: NDArray[Any]) -> None:
    low, high = limits(data)
    assert np.isfinite([low, high]).all()
    assert high > low


def test_negative_integers_are_counted_in_order() -> None:
    data = np.arange(-100, 101, dtype=np.int16).reshape(1, 3, 67)
    assert percentile_limits(data, 10, 90) == (-80, 80)
