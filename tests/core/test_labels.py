"""Labels that are edited: index, patches, number limits, and edits that fail on the way."""

from __future__ import annotations

import sys
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

from core.errors import Cancelled
from core.painting import label_edit
from core.painting.boxes import box_of, whole
from core.painting.label_edit import Change
from core.painting.label_fill import all_of_number, contiguous
from core.painting.label_index import LabelIndex, tally
from core.painting.labels import DTYPES, Labels, NumberError, write_all

SHAPES = hnp.array_shapes(min_dims=3, max_dims=3, min_side=1, max_side=9)


def everywhere(labels: Labels, values: Any) -> Change:
    return Change(whole(labels.shape), np.ones(labels.shape, np.bool_), values)


@given(hnp.arrays(st.sampled_from(DTYPES), SHAPES, elements=st.integers(0, 5), fill=st.integers(0, 2)))
def test_index_is_that_of_scipy(array: Any) -> None:
    index = LabelIndex.of(array)
    numbers, counts = np.unique(array[array > 0], return_counts=True)
    assert index.numbers() == numbers.tolist()
    assert [index.count(number) for number in index.numbers()] == counts.tolist()
    boxes = ndimage.find_objects(array)
    assert [index.box(number) for number in index.numbers()] == [boxes[number - 1] for number in numbers]
    bounds = index.bounds()
    assert (bounds is None) == (not len(numbers))
    if bounds is not None:
        places = np.argwhere(array)
        assert bounds == box_of(places.min(0), places.max(0) + 1)


@given(hnp.arrays(st.sampled_from(DTYPES), st.integers(1, 40), elements=st.integers(0, 200)))
def test_tally(numbers: Any) -> None:
    values, counts = np.unique(numbers, return_counts=True)
    assert tally(numbers) == list(zip(values.tolist(), counts.tolist(), strict=True))


def test_tally_of_few_large_numbers() -> None:
    assert tally(np.array([2**31 - 1, 5, 5], np.int32)) == [(5, 2), (2**31 - 1, 1)]


def test_index_stops_when_it_is_cancelled() -> None:
    with pytest.raises(Cancelled):
        LabelIndex.of(np.zeros((2, 2, 2), np.uint8), lambda: True)


def test_new_number_after_the_greatest_went() -> None:
    labels = Labels(np.array([[[1, 0, 7]]], np.uint8))
    assert labels.index.new_number() == 8
    edit = write_all(labels, "delete", contiguous(labels, (0, 0, 2), 0))
    assert edit is not None and labels.index.new_number() == 2
    labels.undo(edit)
    assert labels.index.new_number() == 8


@pytest.mark.parametrize(("dtype", "largest"), [("uint8", 255), ("uint16", 65535), ("int32", 2**31 - 1)])
def test_largest_numbers(dtype: str, largest: int) -> None:
    labels = Labels(np.zeros((2, 2, 2), dtype))
    assert labels.write(everywhere(labels, largest)) is not None
    assert (labels.array == largest).all() and labels.index.greatest == largest
    for values in (largest + 1, -1, np.full((2, 2, 2), largest + 1, np.int64), np.full((2, 2, 2), -1)):
        with pytest.raises(NumberError):
            labels.write(everywhere(labels, values))
    assert (labels.array == largest).all()


def test_numbers_outside_of_the_mask_do_not_count() -> None:
    labels = Labels(np.zeros((1, 1, 2), np.uint8))
    mask = np.array([[[True, False]]])
    assert labels.write(Change(whole(labels.shape), mask, np.array([[[3, 999]]]))) is not None
    assert labels.array.tolist() == [[[3, 0]]]


def test_edit_that_fails_on_the_way_changes_nothing() -> None:
    labels = Labels(np.array([[[1, 2, 0]]], np.uint8))
    with pytest.raises(NumberError):
        write_all(labels, "renumber", [everywhere(labels, 9), everywhere(labels, 300)])
    assert labels.array.tolist() == [[[1, 2, 0]]]
    assert labels.index.numbers() == [1, 2] and labels.index.count(9) == 0


def test_undo_in_a_type_that_is_too_small_changes_nothing() -> None:
    labels = Labels(np.array([[[300, 1, 2]]], np.uint16))
    first = everywhere(labels, 5)
    edit = write_all(labels, "two", [first, Change(box_of((0, 0, 1), (1, 1, 2)), np.ones((1, 1, 1), np.bool_), 6)])
    assert edit is not None
    small = labels.converted("uint8")
    with pytest.raises(NumberError):
        small.undo(edit)
    assert small.array.tolist() == [[[5, 6, 5]]] and small.index.numbers() == [5, 6]


def test_conversion() -> None:
    labels = Labels(np.array([[[300, 1, 0]]], np.uint16))
    with pytest.raises(NumberError, match="300"):
        labels.converted("uint8")
    with pytest.raises(Cancelled):
        labels.converted("int32", lambda: True)
    wide = labels.converted("int32")
    assert wide.array.dtype == np.int32 and (wide.array == labels.array).all()
    wide.write(everywhere(wide, 4))
    assert labels.index.numbers() == [1, 300]  # each has its own index


@pytest.mark.parametrize("array", [np.zeros((2, 2), np.uint8), np.zeros((2, 2, 2)), np.zeros((2, 3, 4), np.uint8).T])
def test_other_arrays_are_refused(array: Any) -> None:
    with pytest.raises(ValueError, match="labels are"):
        Labels(array)


def scattered() -> Labels:
    """Half a million voxels of one number, all over the array, in the worst order for a mask."""
    rng = np.random.default_rng(0)
    return Labels((3 * (rng.random((32, 512, 512)) < 0.06)).astype(np.uint16))


def test_fills_of_scattered_objects_need_no_memory() -> None:
    labels = scattered()
    first = labels.array.copy()
    seed = np.argwhere(labels.array)[0].tolist()
    edits = [write_all(labels, "fill", all_of_number(labels, seed, number)) for number in (9, 3, 12)]
    assert (labels.array == np.where(first, 12, 0)).all()
    for edit in reversed(edits):
        assert edit is not None and edit.nbytes < 1000
        labels.undo(edit)
    assert (labels.array == first).all()


def test_patch_without_a_mask_can_be_given_one() -> None:
    labels = scattered()
    first = labels.array.copy()
    seed = np.argwhere(labels.array)[0].tolist()
    (change,) = all_of_number(labels, seed, 9)
    patch = labels.write(change)
    assert patch is not None and patch.mask == b""
    with pytest.raises(ValueError, match="only in the array"):
        patch.voxels()
    own = patch.with_mask(labels.array)
    assert (own.voxels() == (first == 3)[patch.box]).all()
    labels.undo(label_edit.Edit("fill", (own,)))
    assert (labels.array == first).all()


def test_mask_stays_where_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Either number is elsewhere in the box, too: all of it would be more than was changed."""
    monkeypatch.setattr(label_edit, "MASKLESS", 0)
    for numbers, painted, new in (([1, 1, 1, 1], [0, 2], 5), ([1, 5, 1, 1], [0, 2, 3], 5), ([1, 2, 2, 1], [0, 1], 5)):
        labels = Labels(np.array([[numbers]], np.uint8))
        mask = np.zeros((1, 1, 4), np.bool_)
        mask[..., painted] = True
        edit = write_all(labels, "stroke", [Change(whole(labels.shape), mask, new)])
        assert edit is not None and edit.patches[0].mask
        after = labels.array.copy()
        labels.undo(edit)
        assert labels.array.ravel().tolist() == numbers
        labels.redo(edit)
        assert (labels.array == after).all()


def test_tight_box_is_not_kept_if_the_array_changed_meanwhile() -> None:
    labels = Labels(np.array([[[1, 1, 1, 0]]], np.uint8))
    labels.write(Change(whole(labels.shape), np.array([[[0, 0, 1, 1]]], np.bool_), 2))
    looked = labels.array.copy()
    changes: list[int] = []

    class Array:
        def __getitem__(self, box: Any) -> Any:
            if not changes:
                changes.append(1)
                labels.write(Change(whole(labels.shape), np.array([[[0, 1, 0, 0]]], np.bool_), 0))
            return looked[box]

    array: Any = Array()
    labels.index.tight_box(1, array)
    assert labels.index.tight_box(1, labels.array) == box_of((0, 0, 0), (1, 1, 1))


def test_the_greatest_number_is_right_while_another_thread_changes_the_index() -> None:
    """A worker fills while the panel tells the greatest number, and M asks for a new one."""
    index, box, wrong = LabelIndex({}, {}), box_of((0, 0, 0), (1, 1, 1)), []

    def change() -> None:
        for number in range(1, 60_000):
            index.changed(box, [(number - 1, 1)], [(number, 1)])
            if index.greatest != number:
                wrong.append(number)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        worker = threading.Thread(target=change)
        worker.start()
        while worker.is_alive():
            index.bounds()
            index.new_number()
        worker.join()
    finally:
        sys.setswitchinterval(interval)
    assert not wrong
