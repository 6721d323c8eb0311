"""Small holes are filled, with other objects in them, at borders, within each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from skimage.morphology import remove_small_holes as holes_of_a_mask

from core import remove_small_holes
from core.postprocess import holes as module
from tests.core import postprocess_reference as reference

if TYPE_CHECKING:
    from numpy.typing import NDArray

CELLS = Path(__file__).resolve().parents[3] / "shared" / "data" / "cells-2d" / "blobs_labeled.tif"


@given(reference.random_labels(axes=4), st.sampled_from([0, 1, 2, 3, 4.5, 8, 20, 60, 10**7]), st.booleans())
def test_as_object_by_object(labels: NDArray[Any], max_size: float, enclosed_only: bool) -> None:
    before = labels.copy()
    filled = remove_small_holes(labels, max_size, enclosed_only=enclosed_only)
    assert filled.dtype == labels.dtype
    np.testing.assert_array_equal(filled, reference.holes_filled(labels, max_size, enclosed_only))
    np.testing.assert_array_equal(labels, before)


@given(st.integers(0, 2**32), st.integers(2, 6), st.integers(1, 40), st.booleans())
def test_many_pieces_in_bands(seed: int, numbers: int, max_size: int, enclosed_only: bool) -> None:
    """Noise has holes in holes in holes; bands of few rows cut through all of them."""
    labels = np.random.default_rng(seed).integers(0, numbers, (12, 14))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.postprocess.pieces._BAND", 30)
        patch.setattr("core.postprocess.pieces._AT_ONCE", 17)
        filled = remove_small_holes(labels, max_size, enclosed_only=enclosed_only)
    np.testing.assert_array_equal(filled, reference.holes_filled(labels, max_size, enclosed_only))


@pytest.mark.parametrize("enclosed_only", [False, True])
def test_object_by_object_where_pieces_are_too_many(monkeypatch: pytest.MonkeyPatch, enclosed_only: bool) -> None:
    labels = np.random.default_rng(4).integers(0, 3, (90, 90))
    monkeypatch.setattr(module, "_MANY", 10**6)
    searched = remove_small_holes(labels, 30, enclosed_only=enclosed_only)
    monkeypatch.setattr(module, "_MANY", 0)
    monkeypatch.setattr(module, "_SEARCH", 1.0)
    np.testing.assert_array_equal(remove_small_holes(labels, 30, enclosed_only=enclosed_only), searched)


def drawn(*rows: str) -> NDArray[np.int64]:
    return np.array([[int(letter) for letter in row] for row in rows])


@pytest.mark.parametrize(
    ("before", "size", "after", "enclosed"),
    [
        (["4444", "4004", "4444"], 2, ["4444", "4444", "4444"], True),
        (["4444", "4004", "4444"], 1, ["4444", "4004", "4444"], False),
        # A diagonal opening does not leak, and corners make no one hole
        (["44400", "40400", "44000", "00000"], 1, ["44400", "44400", "44000", "00000"], True),
        # Another object in the hole counts, stays, and is surrounded
        (["44444", "40704", "44444"], 3, ["44444", "44744", "44444"], True),
        (["44444", "40704", "44444"], 2, ["44444", "40704", "44444"], False),
        # A pocket at the border is no enclosed one
        (["40444", "44444"], 1, ["44444", "44444"], False),
        # The whole background, where it is small enough
        (["000", "040", "000"], 8, ["444", "444", "444"], False),
        # Rings in rings: the greatest number that encloses wins, in both orders
        (["22222", "23332", "23032", "23332", "22222"], 9, ["22222", "23332", "23332", "23332", "22222"], True),
        (["33333", "32223", "32023", "32223", "33333"], 9, ["33333", "32223", "32323", "32223", "33333"], True),
        (["33333", "32223", "32023", "32223", "33333"], 8, ["33333", "32223", "32223", "32223", "33333"], True),
        # Between two objects there is no hole of either
        (["1111222", "1110222", "1111222"], 1, ["1111222", "1110222", "1111222"], False),
    ],
)
def test_by_hand(before: list[str], size: int, after: list[str], enclosed: bool) -> None:
    """`enclosed`: whether the rule "enclosed only" gives the same."""
    np.testing.assert_array_equal(remove_small_holes(drawn(*before), size), drawn(*after))
    only = remove_small_holes(drawn(*before), size, enclosed_only=True)
    np.testing.assert_array_equal(only, drawn(*(after if enclosed else before)))


def test_plane_of_a_volume_has_no_border_along_its_thickness() -> None:
    labels = drawn("444", "404", "444")[np.newaxis]
    assert remove_small_holes(labels, 1, enclosed_only=True)[0, 1, 1] == 4


def test_numbers_of_other_kinds() -> None:
    ring = np.ones((3, 3), np.bool_)
    ring[1, 1] = False
    assert remove_small_holes(ring, 1).all()
    for number in (-7.5, np.inf):
        np.testing.assert_array_equal(remove_small_holes(np.where(ring, number, 0), 1), np.full((3, 3), number))


@pytest.mark.parametrize("shape", [(0,), (0, 4), (3, 0), ()])
def test_nothing_there(shape: tuple[int, ...]) -> None:
    filled = remove_small_holes(np.zeros(shape, np.uint16), 5)
    assert filled.shape == shape
    assert filled.dtype == np.uint16


@pytest.mark.skipif(not CELLS.exists(), reason="the shared data are not here")
@pytest.mark.parametrize("max_size", [3, 50, 400])
def test_real_cells_as_scikit_image(max_size: int) -> None:
    labels = tifffile.imread(CELLS)
    labels[np.random.default_rng(1).random(labels.shape) < 0.02] = 0
    expected = labels.copy()
    for number in reference.objects_of(labels):
        own = labels == number
        expected[holes_of_a_mask(own, max_size=max_size) & ~own & (labels == 0)] = number
    filled = remove_small_holes(labels, max_size)
    np.testing.assert_array_equal(filled, expected)
    assert (filled != labels).any()
