"""Runs of objects against a walk through the rows, for every type of numbers and any order in memory."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core import measure_morphology
from core.measure.label_numbers import object_index, smallest_type
from core.measure.object_runs import find_object_runs

if TYPE_CHECKING:
    from numpy.typing import NDArray

_KINDS = ["u1", "i1", "u2", "i2", ">u2", "i4", ">i4", "u4", "i8", ">i8", "u8", ">u8", "f4", "?"]


def walked(labels: NDArray[Any], *, negative: bool) -> list[tuple[Any, int, int]]:
    """Return number, first voxel and length of each run, in C order."""
    runs: list[tuple[Any, int, int]] = []
    last = None
    for place, number in enumerate(labels.reshape(-1).tolist()):
        if place % labels.shape[-1] and number == last:
            runs[-1] = (number, runs[-1][1], runs[-1][2] + 1)
        else:
            runs.append((number, place, 1))
        last = number
    return [run for run in runs if (run[0] != 0 if negative else run[0] > 0)]


@st.composite
def labels_in_any_order(draw: st.DrawFn) -> NDArray[Any]:
    kind = np.dtype(draw(st.sampled_from(_KINDS)))
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=6))
    numbers: list[Any] = [0, 1]
    if kind.kind in "iuf":
        numbers += [3, 120]
    if kind.kind in "iu":
        bounds: Any = np.iinfo(kind)
        numbers += [int(bounds.min), int(bounds.max)]
    labels = draw(hnp.arrays(kind, shape, elements=st.sampled_from(numbers), fill=st.nothing()))
    orders: list[Any] = [np.asfortranarray, np.ascontiguousarray, np.transpose, np.flip]
    order = draw(st.sampled_from(orders))
    labels = np.asarray(order(labels))
    labels = labels[..., ::2] if draw(st.booleans()) else labels
    labels.flags.writeable = False
    return labels


@given(labels_in_any_order(), st.booleans())
def test_runs_are_those_of_a_walk(labels: NDArray[Any], negative: bool) -> None:
    runs = find_object_runs(labels, negative=negative)
    found = zip(runs.numbers[runs.which].tolist(), runs.start.tolist(), runs.length.tolist(), strict=True)
    assert list(found) == walked(labels, negative=negative)
    assert (np.diff(runs.numbers.astype(object)) > 0).all()
    assert runs.shape == labels.shape
    assert runs.which.dtype == runs.start.dtype == runs.length.dtype == np.int64


def test_labels_in_another_order_are_not_copied() -> None:
    labels = np.asfortranarray(np.arange(900 * 800).reshape(900, 800) // 80 % 7 - 2)
    expected = find_object_runs(np.ascontiguousarray(labels), negative=True)
    tracemalloc.start()
    found = find_object_runs(labels, negative=True)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    for name in ("numbers", "which", "start", "length"):
        assert np.array_equal(getattr(found, name), getattr(expected, name))
    assert peak < 5 * labels.size


def test_a_long_row_in_another_order_is_one_row() -> None:
    row = np.repeat(np.array([7, 0, 7], np.uint8), 400_000)[::2]
    runs = find_object_runs(row)
    assert runs.start.tolist() == [0, 400_000]
    assert runs.length.tolist() == [200_000, 200_000]


def test_a_table_holds_numbers_up_to_int64() -> None:
    assert object_index(np.array([-(2**63), 2**63 - 1])).tolist() == [-(2**63), 2**63 - 1]
    for number in (2**63, 2**64 - 1):
        with pytest.raises(ValueError, match=f"the number {number}, which is too large"):
            measure_morphology(np.full((2, 3), number, np.uint64))
    with pytest.raises(ValueError, match="too large"):
        object_index(np.array([-1e19, 1.0]))


def test_the_smallest_type() -> None:
    for kind in "bhiqBHIQ":
        bounds = np.iinfo(kind)
        assert smallest_type(int(bounds.min), int(bounds.max)) == np.dtype(kind)
    assert smallest_type(0, 256) == np.uint16
    assert smallest_type(-1, 128) == np.int16
    with pytest.raises(ValueError, match="from -1 to 9223372036854775808 fit no type"):
        smallest_type(-1, 2**63)
