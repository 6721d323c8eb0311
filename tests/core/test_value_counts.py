"""Counting values: against numpy on the voxels themselves, and by hand."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.display.histogram import even_edges
from core.errors import Cancelled
from core.quality.value_counts import count_values, extremes, refined

INTEGERS = st.sampled_from([np.uint8, np.int8, np.uint16, np.int16])


@given(INTEGERS.flatmap(lambda kind: hnp.arrays(kind, hnp.array_shapes(max_dims=3, max_side=6))), st.floats(0, 100))
def test_integers_are_exact(data: Any, percent: float) -> None:
    counts = count_values(data)
    assert counts.size == data.size
    assert (counts.least, counts.greatest) == (data.min(), data.max())
    assert counts.percentile(percent) == pytest.approx(np.percentile(data.astype(float), percent), abs=1e-6)
    for value in (float(data.flat[0]), 0.0, data.mean(), -200.0, 1e6):
        assert counts.below(value) == (data < value).sum()
        assert counts.at_or_below(value) == (data <= value).sum()
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


ANY_FLOATS = hnp.arrays(
    np.float32,
    st.integers(0, 60),
    elements=st.floats(width=32) | st.sampled_from([0.0, -0.0, 1e-45, -1e-45, 1.0, 1.0001, 1.0002]),
)


@given(ANY_FLOATS, st.lists(st.floats(0, 100), max_size=3))
def test_asked_percentiles_and_values_of_floats_are_exact(data: Any, percents: list[float]) -> None:
    counts = count_values(data)
    finite = data[np.isfinite(data)].astype(np.float64)
    assert (counts.size, counts.nan, counts.infinite) == (finite.size, np.isnan(data).sum(), np.isinf(data).sum())
    assert counts.equal(0) == (finite == 0).sum()
    assert extremes(data) == ((finite.min(), finite.max()) if finite.size else None)
    if not finite.size:
        return
    assert (counts.least, counts.greatest) == (finite.min(), finite.max())
    scale = float(np.abs(finite).max())
    assert counts.mean == pytest.approx(finite.mean(), rel=1e-6, abs=1e-12 * scale)
    asked = [float(finite[0]), float(finite[-1])]
    found = refined(counts, data, percents, asked)
    assert found.size == counts.size
    assert (np.diff(found.values) > 0).all()
    for percent in percents:
        assert found.percentile(percent) == pytest.approx(np.percentile(finite, percent), rel=1e-9, abs=1e-12 * scale)
    for value in asked:
        assert found.below(value) == (finite < value).sum()
        assert found.equal(value) == (finite == value).sum()
        assert found.share_saturated(value) == (finite >= value).mean()


def test_large_arrays_are_exact_and_hardly_take_memory() -> None:
    rng = np.random.default_rng(1)
    data = rng.gamma(0.5, 3, (60, 256, 256)).astype(np.float32)
    data[rng.random(data.shape) < 0.6] = 0
    percents = (0.1, 1, 50, 61.5, 99.9)
    expected = np.percentile(data, percents)
    tracemalloc.start()
    counts = refined(count_values(data), data, percents)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [counts.percentile(percent) for percent in percents] == pytest.approx(expected, rel=1e-6)
    assert counts.equal(0) == (data == 0).sum()
    assert most < 48 << 20


def test_whole_numbers_in_floats_are_exact() -> None:
    data = np.arange(-4096, 4097, dtype=np.float32)
    counts = count_values(data)
    assert counts.values.tolist() == data.tolist()
    assert counts.are_whole
    assert not count_values(np.array([0.5, 1.0], np.float32)).are_whole
    assert not count_values(np.array([3000, 3000.3, 3000.7, 3001], np.float32)).are_whole
    assert count_values(np.array([3e4, 3e5 + 1], np.float32)).are_whole


@given(st.floats(-1e6, 1e6, width=32), st.floats(1e-6, 5e-3), st.integers(1, 2000), st.floats(0, 100))
def test_values_that_lie_close_to_each_other_are_told_apart(
    start: float, span: float, size: int, percent: float
) -> None:
    """Of one volume, say, that was divided by its mean: all of it may share its leading bits."""
    data = (start * (1 + span * np.random.default_rng(size).random(size))).astype(np.float32)
    counts = count_values(data)
    values, times = np.unique(data, return_counts=True)
    assert counts.values.tolist() == values.tolist()
    assert np.diff(counts.ends, prepend=0).tolist() == times.tolist()
    assert counts.are_exact.all()
    assert counts.percentile(percent) == pytest.approx(np.percentile(data.astype(float), percent), rel=1e-9, abs=1e-30)


def test_bins_of_values_close_to_one() -> None:
    data = np.linspace(1, 1.001, 50_000, dtype=np.float32)
    counts = count_values(data)
    edges = even_edges(counts.least, counts.greatest, 256, counts.are_whole)
    assert (counts.binned(edges) > 0).all()
    assert counts.percentile(0) == 1.0


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
    monkeypatch.setattr("core.quality.value_counts._PIECE", 17)
    pieces = count_values(data)
    assert pieces.values.tolist() == whole.values.tolist()
    assert pieces.ends.tolist() == whole.ends.tolist()
    assert (pieces.least, pieces.greatest) == (data.min(), data.max())


def test_it_can_be_cancelled() -> None:
    for kind in (np.uint16, np.float32):
        with pytest.raises(Cancelled):
            count_values(np.zeros(10, kind), lambda: True)
    with pytest.raises(TypeError, match="float64"):
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
