"""Labels made, numbered, grown, eroded and cleared: as scikit-image, scipy and slow code of our own say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.ndimage as ndi
from hypothesis import given
from hypothesis import strategies as st
from skimage import segmentation

from core import clear_border, erode_labels, expand_labels, label_objects, relabel
from core.segment.distances import depth
from core.segment.tiles import tiles
from tests.core import segment_reference as slow


@given(slow.masks(), st.integers(1, 3))
def test_label_objects(mask: Any, connectivity: int) -> None:
    connectivity = min(connectivity, mask.ndim)
    labels = label_objects(mask, connectivity=connectivity)
    expected, count = ndi.label(mask, ndi.generate_binary_structure(mask.ndim, connectivity))
    assert slow.same_parts(labels, expected)
    assert labels.dtype == np.uint8
    assert slow.first_voxels(labels) == list(range(1, count + 1))


def test_label_objects_takes_the_smallest_type() -> None:
    mask = np.zeros((2, 600), bool)
    mask[0, ::2] = True
    labels = label_objects(mask)
    assert labels.dtype == np.uint16
    assert labels.max() == 300
    assert label_objects(mask[:, :509]).dtype == np.uint8
    assert label_objects(np.zeros((3, 4))).dtype == np.uint8
    assert np.array_equal(label_objects(np.array([[0.5, 0, -1]])), [[1, 0, 2]])


@given(slow.label_arrays())
def test_relabel(labels: Any) -> None:
    before = labels.copy()
    new = relabel(labels)
    assert np.array_equal(labels, before)
    numbers = np.unique(labels[labels != 0])
    expected = np.zeros(labels.shape, np.uint8)
    for place, number in enumerate(numbers, 1):
        expected[labels == number] = place
    assert np.array_equal(new, expected)
    assert new.dtype == np.uint8


@given(slow.label_arrays(), st.data())
def test_expand_labels(labels: Any, data: st.DataObject) -> None:
    sizes = data.draw(slow.scales(labels.ndim))
    distance = data.draw(st.sampled_from((0.0, 0.4, 1.0, 1.5, 3.4, 6.0)))
    before = labels.copy()
    grown = expand_labels(labels, distance, sizes)
    assert np.array_equal(labels, before)
    assert grown.dtype == labels.dtype
    assert np.array_equal(grown[labels != 0], labels[labels != 0])
    assert np.array_equal(grown, expand_labels(labels, distance, sizes, tile_voxels=9))
    away = {int(n): slow.away_from(labels, labels == n, sizes) for n in np.unique(labels[labels != 0])}
    for voxel in np.argwhere(labels == 0):
        near = {number: one[tuple(voxel)] for number, one in away.items()}
        nearest = min(near.values(), default=np.inf)
        if nearest <= distance + 1e-9:
            assert near[int(grown[tuple(voxel)])] == pytest.approx(nearest)
        else:
            assert grown[tuple(voxel)] == 0


@given(slow.label_arrays(5))
def test_expand_labels_is_that_of_scikit_image(labels: Any) -> None:
    numbered = relabel(labels).astype(np.int32)
    if numbered.any():
        expected = segmentation.expand_labels(numbered, 2.5, (1.5, 1, 0.8)[-labels.ndim :])
        assert np.array_equal(expand_labels(numbered, 2.5, (1.5, 1, 0.8)[-labels.ndim :]), expected)


def test_expand_labels_by_hand() -> None:
    one = np.zeros((7, 9), np.uint16)
    one[3, 4] = 5
    grown = expand_labels(one, 1.0, (0.5, 1))
    assert np.array_equal(np.argwhere(grown[:, 4]).ravel(), [1, 2, 3, 4, 5])
    assert np.array_equal(np.argwhere(grown[3]).ravel(), [3, 4, 5])
    # 3 x 0.1 is a little more than 0.3 to a computer
    assert np.count_nonzero(expand_labels(one, 0.3, 0.1)[3]) == 7
    assert np.count_nonzero(expand_labels(one, 0, 0.1)) == 1


@given(slow.label_arrays(), st.data())
def test_erode_labels(labels: Any, data: st.DataObject) -> None:
    sizes = data.draw(slow.scales(labels.ndim))
    distance = data.draw(st.sampled_from((0.0, 0.5, 1.0, 1.7, 3.0)))
    before = labels.copy()
    left = erode_labels(labels, distance, sizes)
    assert np.array_equal(labels, before)
    assert left.dtype == labels.dtype
    assert np.array_equal(left, slow.eroded(labels, distance, sizes))


@given(slow.masks(7), st.sampled_from((0.5, 1.0, 2.0, 2.3)))
def test_erode_labels_is_the_erosion_by_a_ball(mask: Any, distance: float) -> None:
    far = int(distance)
    grid = np.mgrid[tuple(slice(-far, far + 1) for _ in range(mask.ndim))]
    ball = (grid**2).sum(0) <= distance**2
    expected = ndi.binary_erosion(mask, ball, border_value=1)
    assert np.array_equal(erode_labels(mask.astype(np.int16), distance) > 0, expected)


@given(slow.label_arrays(6), st.data())
def test_depth_is_the_same_in_tiles(labels: Any, data: st.DataObject) -> None:
    sizes = data.draw(slow.scales(labels.ndim))
    expected = np.zeros(labels.shape)
    for number in np.unique(labels[labels != 0]):
        mine = labels == number
        expected[mine] = slow.away_from(labels, ~mine, sizes)[mine]
    for voxels in (4, 50):
        np.testing.assert_allclose(depth(labels, sizes, tile_voxels=voxels), expected, rtol=1e-6)
    mask = labels != 0
    expected[mask] = slow.away_from(labels, ~mask, sizes)[mask]
    np.testing.assert_allclose(depth(mask, sizes, tile_voxels=4), expected, rtol=1e-6)


def test_depth_of_what_is_thicker_than_a_tile_with_its_margin() -> None:
    mask = np.zeros((180, 170), bool)
    mask[2:178, 3:165] = True
    deep = depth(mask, (1.0, 0.5), tile_voxels=100)
    np.testing.assert_allclose(deep, ndi.distance_transform_edt(mask, (1.0, 0.5)), rtol=1e-6)
    assert np.isinf(depth(np.ones((90, 80), bool), (1, 1), tile_voxels=100)).all()


@given(slow.label_arrays(), st.integers(0, 3), st.data())
def test_clear_border(labels: Any, buffer: int, data: st.DataObject) -> None:
    axes = data.draw(st.sets(st.integers(0, labels.ndim - 1)))
    chosen = tuple(axes) if data.draw(st.booleans()) else None
    before = labels.copy()
    left = clear_border(labels, buffer=buffer, axes=chosen)
    assert np.array_equal(labels, before)
    assert left.dtype == labels.dtype
    expected = labels.copy()
    for number in np.unique(labels[labels != 0]):
        for axis in range(labels.ndim) if chosen is None else chosen:
            places = np.nonzero(labels == number)[axis]
            if places.min() <= buffer or places.max() >= labels.shape[axis] - 1 - buffer:
                expected[labels == number] = 0
    assert np.array_equal(left, expected)


@given(slow.masks())
def test_clear_border_is_that_of_scikit_image(mask: Any) -> None:
    numbered = label_objects(mask, connectivity=mask.ndim)
    assert np.array_equal(clear_border(numbered), segmentation.clear_border(numbered))


@given(st.lists(st.integers(1, 9), min_size=2, max_size=3), st.integers(0, 3), st.integers(1, 40))
def test_tiles_cover_all_once(shape: list[int], margin: int, voxels: int) -> None:
    times = np.zeros(shape, int)
    places = np.arange(np.prod(shape)).reshape(shape)
    for tile in tiles(shape, [margin] * len(shape), voxels):
        times[tile.core] += 1
        assert np.array_equal(places[tile.outer][tile.inner], places[tile.core])
        for core, outer, length in zip(tile.core, tile.outer, shape, strict=True):
            assert (outer.start, outer.stop) == (max(0, core.start - margin), min(length, core.stop + margin))
    assert (times == 1).all()


ONES = np.ones((4, 4), np.uint8)


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: label_objects(ONES, connectivity=3), ValueError, "connectivity must be from 1 to 2 in 2D, but is 3."),
        (
            lambda: label_objects(ONES[0]),
            ValueError,
            "The mask must have the axes Y, X or Z, Y, X, but its shape is 4.",
        ),
        (lambda: relabel(ONES > 0), TypeError, "whole numbers, one for each object, but are bool. label_objects makes"),
        (lambda: expand_labels(ONES / 2, 1), TypeError, "one for each object, but are float64."),
        (lambda: erode_labels(ONES, -1), ValueError, "distance must be 0 or more, but is -1."),
        (lambda: erode_labels(ONES, np.nan), ValueError, "distance must be a finite number, but is nan."),
        (lambda: expand_labels(ONES, 1, (1, 2, 3)), ValueError, "scale must be one number or 2"),
        (lambda: clear_border(ONES, buffer=-1), ValueError, "buffer must be 0 or more voxels, but is -1."),
        (lambda: clear_border(ONES, axes=(2,)), ValueError, "There is no axis 2: the labels have the axes 0 to 1."),
    ],
)
def test_what_is_wrong_is_said(call: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert said in str(caught.value)
