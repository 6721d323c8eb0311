"""Counting values: against numpy on the voxels themselves, and by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.errors import Cancelled
from core.histogram import count_values, even_edges

INTEGERS = st.sampled_from([np.uint8, np.int8, np.uint16, np.int16])


@given(INTEGERS.flatmap(lambda kind: hnp.arrays(kind, hnp.array_shapes(max_dims=3, max_side=6))), st.floats(0, 100))
def test_integers_are_exact(data: Any, percent: float) -> None:
    counts = count_values(data)
    assert counts.size == data.size
    assert (counts.least, counts.greatest) == (data.min(), data.max())
    assert counts.percentile(percent) == pytest.approx(np.percentile(data.astype(float), percent), abs=1e-6)
    for value in (float(data.flat[0]), 0.0, data.mean(), -200.0, 1e6):
        assert counts.share_below(value) == pytest.approx((data < value).mean())
        assert counts.share_at_or_below(value) == pytest.approx((data <= value).mean())
        assert counts.share_equal(value) == pytest.approx((data == value).mean())
        assert counts.share_saturated(value) == pytest.approx((data >= value).mean())


FLOATS = hnp.arrays(
    np.float32, st.integers(1, 60), elements=st.floats(-(2.0**100), 2.0**100, width=32, allow_subnormal=False)
)


@given(FLOATS, st.floats(0, 100))
def test_floats_are_right_to_their_eleventh_bit(data: Any, percent: float) -> None:
    counts = count_values(data)
    assert counts.size == data.size
    assert (counts.least, counts.greatest) == (data.min(), data.max())
    assert (np.diff(counts.values) > 0).all()
    exact = np.percentile(data.astype(np.float64), percent)
    room = np.abs(data).max() / 2048  # between two neighbours the error is that of the greater one
    assert counts.percentile(percent) == pytest.approx(exact, abs=float(room) + 1e-30)
    assert counts.share_equal(0) == pytest.approx((data == 0).mean())


def test_whole_numbers_in_floats_are_exact() -> None:
    data = np.arange(-4096, 4097, dtype=np.float32)
    counts = count_values(data)
    assert counts.values.tolist() == data.tolist()
    assert counts.are_whole
    assert not count_values(np.array([0.5, 1.0], np.float32)).are_whole


def test_what_is_no_number_does_not_count() -> None:
    data = np.array([np.nan, -np.inf, np.inf, -0.0, 0.0, 3.0], np.float32)
    counts = count_values(data)
    assert counts.values.tolist() == [0.0, 3.0]
    assert counts.ends.tolist() == [2, 3]
    assert counts.share_equal(0) == pytest.approx(2 / 3)
    nothing = count_values(np.full(5, np.nan, np.float32))
    assert (nothing.size, nothing.percentile(50), nothing.share_saturated(1)) == (0, 0.0, 0.0)
    assert nothing.binned(np.array([0.0, 1.0])).tolist() == [0]


def test_counting_in_pieces_is_counting_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    data = np.random.default_rng(0).normal(100, 60, (7, 11, 13)).astype(np.float32)
    whole = count_values(data)
    monkeypatch.setattr("core.histogram._CHUNK", 17)
    pieces = count_values(data)
    assert pieces.values.tolist() == whole.values.tolist()
    assert pieces.ends.tolist() == whole.ends.tolist()
    assert (pieces.least, pieces.greatest) == (data.min(), data.max())


def test_it_can_be_cancelled() -> None:
    for kind in (np.uint16, np.float32):
        with pytest.raises(Cancelled):
            count_values(np.zeros(10, kind), lambda: True)
    with pytest.raises(ValueError, match="float64"):
        count_values(np.zeros(3))


@given(hnp.arrays(np.uint16, st.integers(1, 80)), st.integers(1, 300))
def test_bins_of_whole_numbers_hold_equally_many_and_all(data: Any, bins: int) -> None:
    counts = count_values(data)
    edges = even_edges(counts.least, counts.greatest, bins, whole=True)
    assert len(edges) <= bins + 1
    widths = np.diff(edges)
    assert (widths == widths[0]).all()
    assert widths[0] == np.round(widths[0])
    assert counts.binned(edges).tolist() == np.histogram(data, edges)[0].tolist()
    assert counts.binned(edges).sum() == data.size


@given(FLOATS, st.sampled_from([0.0, 0.5, 5.0, 1e4]))
def test_bins_from_end_to_end_hold_every_voxel(data: Any, cofactor: float) -> None:
    counts = count_values(data)
    if counts.greatest <= counts.least or not np.isfinite(np.float64(counts.greatest) - counts.least):
        return
    edges = even_edges(counts.least, counts.greatest, 256, cofactor=cofactor)
    assert len(edges) == 257
    assert counts.binned(edges).sum() == data.size


def test_bins_after_arcsinh_by_hand() -> None:
    edges = even_edges(0.0, 5 * np.sinh(2.0), 2, cofactor=5.0)
    assert edges.tolist() == pytest.approx([0.0, 5 * np.sinh(1.0), 5 * np.sinh(2.0)])
    counts = count_values(np.array([0, 1, 5, 6, 7, 18], np.float32))  # 5 sinh 1 is 5.88, 5 sinh 2 is 18.13
    assert counts.binned(edges).tolist() == [3, 3]
