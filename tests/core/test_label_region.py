"""Regions that grow from a voxel by intensity."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

from core.errors import Cancelled
from core.painting import runs
from core.painting.boxes import box_of
from core.painting.label_region import grow_region, in_range, proposed_threshold, value_round

IMAGES = hnp.arrays(
    st.sampled_from(["uint8", "int16", "uint16", "float32"]),
    hnp.array_shapes(min_dims=3, max_dims=3, min_side=1, max_side=8),
    elements=st.integers(0, 9),
    fill=st.integers(0, 9),
)


def full(image: Any, region: Any) -> Any:
    made = np.zeros(image.shape, np.bool_)
    made[region.box] = region.mask
    return made


@pytest.mark.parametrize("large", [False, True])
@given(
    image=IMAGES,
    places=st.tuples(*[st.integers(0, 7)] * 3),
    tolerance=st.floats(0, 6),
    axis=st.sampled_from([None, 0, 1, 2]),
)
def test_region_is_that_of_scipy(large: bool, image: Any, places: Any, tolerance: float, axis: Any) -> None:
    before = runs._DIRECT, runs._REACH
    runs._DIRECT, runs._REACH = (0, 1) if large else before
    try:
        seed = tuple(at % length for at, length in zip(places, image.shape, strict=True))
        region = grow_region(image, seed, tolerance, axis)
    finally:
        runs._DIRECT, runs._REACH = before
    near = np.abs(image.astype(float) - float(image[seed])) <= tolerance
    if axis is not None:
        near &= np.moveaxis(np.indices(image.shape)[axis] == seed[axis], 0, 0)
    pieces, _ = ndimage.label(near)
    assert region is not None and not region.warning
    assert (full(image, region) == (pieces == pieces[seed])).all()


def test_limit_and_cap() -> None:
    image = np.zeros((20, 100, 100), np.uint16)
    region = grow_region(image, (10, 50, 50), 1, limit=box_of((8, 40, 45), (12, 60, 55)))
    assert region is not None and region.mask.sum() == 4 * 20 * 10 and not region.warning
    assert grow_region(image, (0, 0, 0), 1, limit=box_of((8, 40, 45), (12, 60, 55))) is None
    assert grow_region(image, (20, 0, 0), 1) is None
    image = np.zeros((64, 200, 200), np.uint16)
    region = grow_region(image, (10, 50, 50), 1, most=1000)
    assert region is not None and "1,000 voxels" in region.warning
    assert 1000 < region.mask.sum() < image.size
    with pytest.raises(Cancelled):
        grow_region(image, (10, 50, 50), 1, cancelled=lambda: True)


def test_not_a_number_does_not_belong() -> None:
    image = np.array([[[1, np.nan, 1]]], np.float32)
    region = grow_region(image, (0, 0, 0), 5)
    assert region is not None and full(image, region).tolist() == [[[True, False, False]]]
    assert grow_region(image, (0, 0, 1), 5) is None


@given(
    hnp.arrays(st.sampled_from(["uint8", "int16"]), 12, elements=st.integers(0, 200)),
    st.floats(-400, 70000),
    st.floats(-400, 70000),
)
def test_range(values: Any, low: float, high: float) -> None:
    wanted = [low <= value <= high for value in values.tolist()]
    assert in_range(values, low, high).tolist() == wanted
    assert in_range(values.astype(np.float64), low, high).tolist() == wanted


def test_range_without_ends() -> None:
    assert in_range(np.array([0, 255], np.uint8), -np.inf, np.inf).all()


def test_a_noisy_seed_does_not_spoil_its_region() -> None:
    image = np.full((3, 9, 9), 100, np.uint16)
    image[:, 2:7, 2:7] = 200
    image[1, 4, 4] = 150  # noise
    assert value_round(image, (1, 4, 4)) == 200
    assert value_round(image, (0, 0, 0)) == 100
    found = grow_region(image, (1, 4, 4), 20, value=value_round(image, (1, 4, 4)))
    assert found is not None
    assert found.mask.sum() == 3 * 5 * 5
    alone = grow_region(image, (1, 4, 4), 20)
    assert alone is not None
    assert alone.mask.sum() == 1


def test_a_proposed_threshold_parts_bright_from_dark() -> None:
    image = np.full((40, 60), 100, np.uint16)
    image[10:20, 30:40], image[10:20, 40:46] = 3000, 2500
    for values in (image, image.astype(np.float32), (image > 100).astype(np.uint8)):
        found = in_range(values, proposed_threshold(values), np.inf)
        assert (found == (image > 100)).all()
    assert proposed_threshold(np.full(5, 7, np.uint8)) == 7.0
