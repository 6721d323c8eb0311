"""The size of a voxel, however it is given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.measure.scale import axis_sizes


@pytest.mark.parametrize(
    "scale",
    [2, 2.0, np.float32(2), np.int64(2), np.array(2), [2, 2], (2.0, np.int8(2)), np.array([2, 2]), iter([2, 2])],
)
def test_numbers_of_all_kinds(scale: Any) -> None:
    assert axis_sizes(scale, 2) == (2.0, 2.0)


@pytest.mark.parametrize("scale", [None, "2", "12", [1, "a"], np.array([[1, 2]]), 1j])
def test_what_is_no_number_is_named(scale: Any) -> None:
    with pytest.raises(TypeError, match="scale must be one number or 2, but is"):
        axis_sizes(scale, 2)


@pytest.mark.parametrize(("scale", "said"), [([1, 2, 3], "but 3 were given"), ([], "0 were given"), (0, "positive")])
def test_too_many_and_too_small(scale: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        axis_sizes(scale, 2)
