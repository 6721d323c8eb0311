"""Rings round objects: the agreed ones object by object, the nearest ones against every distance there is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.segmentation import expand_labels

from core import compute_ring_mask
from core.postprocess import rings as module
from tests.core import postprocess_reference as reference

if TYPE_CHECKING:
    from numpy.typing import NDArray

NUCLEI = Path(__file__).resolve().parents[3] / "shared" / "data" / "nuclei" / "mask3d.tif"


@given(reference.random_labels(), st.integers(1, 12), st.booleans(), st.sampled_from([1, 40, 1 << 18]))
def test_as_object_by_object(labels: NDArray[Any], width: int, keep_original: bool, band: int) -> None:
    before = labels.copy()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BAND", band)
        made = compute_ring_mask(labels, width, keep_original)
    assert made.dtype == labels.dtype
    np.testing.assert_array_equal(made, reference.rings(labels, width, keep_original))
    np.testing.assert_array_equal(labels, before)


@settings(max_examples=50)
@given(
    reference.random_labels(),
    st.sampled_from([0.3, 0.5, 1.0, 1.5, 2.9, 5, 100]),
    st.lists(st.sampled_from([0.1, 0.25, 0.325, 1.0, 2.0, 1 / 3]), min_size=3, max_size=3),
    st.booleans(),
    st.sampled_from([1, 40, 1 << 18]),
)
def test_nearest_as_all_distances(
    labels: NDArray[Any], width: float, scale: list[float], is_equal: bool, band: int
) -> None:
    sizes = (scale[0],) * labels.ndim if is_equal else tuple(scale[: labels.ndim])
    before = labels.copy()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BAND", band)
        both = compute_ring_mask(labels, width, mode="nearest", scale=sizes)
        alone = compute_ring_mask(labels, width, False, mode="nearest", scale=sizes)
    assert both.dtype == alone.dtype == labels.dtype
    np.testing.assert_array_equal(both, reference.nearest_rings(labels, width, sizes))
    np.testing.assert_array_equal(alone, np.where(labels == 0, both, 0))
    np.testing.assert_array_equal(labels, before)


def test_agreed_rings_go_to_the_smallest_number_also_behind_a_neighbour() -> None:
    labels = np.array([0, 0, 1, 2, 0, 0, 0])
    assert compute_ring_mask(labels, 2).tolist() == [1, 1, 1, 2, 1, 2, 0]
    assert compute_ring_mask(-labels, 2).tolist() == [-1, -2, -1, -2, -2, -2, 0]
    assert compute_ring_mask(labels, 2, mode="nearest").tolist() == [1, 1, 1, 2, 2, 2, 0]


def test_agreed_ring_is_a_diamond_and_the_nearest_a_disc() -> None:
    labels = np.zeros((41, 41), np.uint8)
    labels[20, 20] = 255
    y, x = np.abs(np.indices(labels.shape) - 20)
    np.testing.assert_array_equal(compute_ring_mask(labels, 15) == 255, x + y <= 15)
    np.testing.assert_array_equal(compute_ring_mask(labels, 15, mode="nearest") == 255, x**2 + y**2 <= 225)
    flat = compute_ring_mask(labels, 7.5, mode="nearest", scale=(1.5, 0.5))
    np.testing.assert_array_equal(flat == 255, 9 * y**2 + x**2 <= 225)


def test_sizes_mean_what_is_written() -> None:
    """Three tenths are 0.3, though 3 * 0.1 is not in binary decimals."""
    labels = np.array([1, 0, 0, 0, 0])
    assert compute_ring_mask(labels, 0.3, mode="nearest", scale=0.1).tolist() == [1, 1, 1, 1, 0]
    # 3, 4, 5: as far along the row as across, so the smallest number wins
    corner = np.zeros((4, 10), np.int16)
    corner[0, 0], corner[3, 9] = 9, 4
    assert compute_ring_mask(corner, 0.5, mode="nearest", scale=0.1)[3, 4] == 4


def test_equally_far_goes_to_the_smallest_number() -> None:
    assert compute_ring_mask(np.array([7, 0, 0, 0, 3]), 9, mode="nearest").tolist() == [7, 7, 3, 3, 3]


@pytest.mark.parametrize("mode", ["compat", "nearest"])
@pytest.mark.parametrize("width", [0, -3])
def test_no_width_is_no_ring(mode: Any, width: int) -> None:
    labels = np.array([[0, 2], [0, 0]])
    np.testing.assert_array_equal(compute_ring_mask(labels, width, mode=mode), labels)
    assert not compute_ring_mask(labels, width, keep_original=False, mode=mode).any()


@pytest.mark.parametrize("mode", ["compat", "nearest"])
def test_other_kinds_of_labels(mode: Any) -> None:
    assert compute_ring_mask(np.array([True, False, False]), 1, mode=mode).tolist() == [True, True, False]
    decimals = np.array([0, np.nan, 0, 0, 2.5, 0, 0, -np.inf])
    ring = compute_ring_mask(decimals, 1, mode=mode)
    np.testing.assert_array_equal(ring, [0, np.nan, 0, 2.5, 2.5, 2.5, -np.inf, -np.inf])


def test_wide_rings_on_many_wide_numbers() -> None:
    """Distance and number do not fit in 64 bits: squares are rounded, which shows nowhere here."""
    labels = np.zeros((40, 60), np.int64)
    labels[3, 5], labels[30, 50], labels[20, 4] = 1, 4_000_000_000, 77
    made = compute_ring_mask(labels, 30, mode="nearest", scale=(1.0000001, 1 / 3))
    np.testing.assert_array_equal(made, reference.nearest_rings(labels, 30.0, (1.0000001, 1 / 3)))


@pytest.mark.parametrize("shape", [(0,), (0, 4), (3, 0), ()])
@pytest.mark.parametrize("mode", ["compat", "nearest"])
def test_nothing_there(shape: tuple[int, ...], mode: Any) -> None:
    made = compute_ring_mask(np.zeros(shape, np.uint16), 5, mode=mode)
    assert made.shape == shape
    assert made.dtype == np.uint16


def test_wrong_calls_say_what_is_wrong() -> None:
    labels = np.array([[1, 0]])
    for width in (2.0, 1.5, "2"):
        with pytest.raises(TypeError, match="whole number of voxels"):
            compute_ring_mask(labels, width)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="mode must be"):
        compute_ring_mask(labels, 1, mode="far")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="finite"):
        compute_ring_mask(labels, np.inf, mode="nearest")
    with pytest.raises(ValueError, match="scale must be positive"):
        compute_ring_mask(labels, 1, mode="nearest", scale=0)
    with pytest.raises(ValueError, match="but 3 were given"):
        compute_ring_mask(labels, 1, mode="nearest", scale=(1, 1, 1))


@pytest.mark.skipif(not NUCLEI.exists(), reason="the shared data are not here")
def test_real_nuclei() -> None:
    labels = tifffile.imread(NUCLEI)[:12, :96, :96]
    np.testing.assert_array_equal(compute_ring_mask(labels, 4), reference.rings(labels, 4))
    scale = (2.0, 0.5, 0.5)
    made = compute_ring_mask(labels, 2.2, mode="nearest", scale=scale)
    expanded = expand_labels(labels, 2.2, spacing=scale)
    # The same voxels; where two objects are equally far, scikit-image takes either
    np.testing.assert_array_equal(made != 0, expanded != 0)
    assert np.count_nonzero(made != expanded) < 0.02 * np.count_nonzero((made != 0) & (labels == 0))
    assert (made != labels).any()
