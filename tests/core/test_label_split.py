"""Objects that are cut along a line, split from seeds, or that others stand in the way of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.painting.label_difference import differences
from core.painting.label_objects import holes_filled, pieces_parted, relabelled
from core.painting.label_outline import smoothed
from core.painting.label_slices import interpolated
from core.painting.label_split import split_by_line, split_by_seeds
from core.painting.labels import Labels, NumberError, write_all

ONE = (1.0, 1.0, 1.0)


def block() -> Labels:
    """An object of 4 x 10 x 20 voxels in a larger array, and another beside it."""
    array = np.zeros((6, 14, 24), np.uint8)
    array[1:5, 2:12, 2:22] = 3
    array[1:5, 12:, 2:22] = 7
    return Labels(array)


def turned(labels: Labels, axis: int) -> Labels:
    return Labels(np.ascontiguousarray(np.moveaxis(labels.array, 0, axis)))


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_cut_through_all_slices(axis: int) -> None:
    labels = turned(block(), axis)
    before = labels.array.copy()
    write_all(labels, "split", split_by_line(labels, 3, np.array([[0, 8], [13, 8]]), axis))
    view, old = np.moveaxis(labels.array, axis, 0), np.moveaxis(before, axis, 0)
    assert set(np.unique(view)) == {0, 3, 7, 8}
    assert (view[1:5, 2:12, 2:8] == 8).all() and (view[1:5, 2:12, 9:22] == 3).all()  # the larger one keeps its number
    assert np.isin(view[1:5, 2:12, 8], (3, 8)).all()
    assert (view[old != 3] == old[old != 3]).all()


def test_cut_in_one_slice() -> None:
    labels = block()
    before = labels.array.copy()
    write_all(labels, "split", split_by_line(labels, 3, np.array([[0, 8], [13, 9]]), 0, 2))
    assert (np.delete(labels.array, 2, 0) == np.delete(before, 2, 0)).all()
    assert (labels.array[2, 2:12, 2:8] == 8).all() and (labels.array[2, 2:12, 11:22] == 3).all()


def test_slanted_line_parts_and_leaks_nowhere() -> None:
    labels = block()
    write_all(labels, "split", split_by_line(labels, 3, np.array([[-3, -2], [17, 25.5]]), 0))
    assert labels.index.numbers() == [3, 7, 8]
    assert labels.index.count(3) + labels.index.count(8) == 800 and labels.index.count(8) > 300


@pytest.mark.parametrize(
    "line", [[[0, 8], [7, 8]], [[3, 4], [8, 15]], [[0, 0], [0, 23]], [[-9, -9], [-5, -5]], [[5, 5]]]
)
def test_line_that_parts_nothing(line: Any) -> None:
    assert split_by_line(block(), 3, np.array(line, float), 0) == []


def test_cut_off_the_object() -> None:
    assert split_by_line(block(), 3, np.array([[0, 8], [13, 8]]), 0, 5) == []
    assert split_by_line(block(), 99, np.array([[0, 8], [13, 8]]), 0) == []


def test_pieces_that_the_line_does_not_touch_keep_the_number() -> None:
    labels = block()
    labels.array[0, 0, 0] = 3
    labels = Labels(labels.array)
    write_all(labels, "split", split_by_line(labels, 3, np.array([[0, 8], [13, 8]]), 0))
    assert labels.array[0, 0, 0] == 3


def test_bent_line_makes_three_parts() -> None:
    labels = block()
    line = np.array([[0, 6], [13, 6], [13, 16], [0, 16]])
    write_all(labels, "split", split_by_line(labels, 3, line, 0))
    assert labels.index.numbers() == [3, 7, 8, 9]


def two_balls() -> Labels:
    z, y, x = np.ogrid[:20, :20, :34]
    balls = [(z - 10) ** 2 + (y - 10) ** 2 + (x - at) ** 2 <= 64 for at in (10, 22)]
    return Labels((balls[0] | balls[1]).astype(np.uint16))


def test_watershed_parts_two_balls_at_their_neck() -> None:
    labels = two_balls()
    write_all(labels, "split", split_by_seeds(labels, 1, [(10, 10, 8), (10, 10, 25)], ONE))
    other = labels.array == 2
    assert labels.index.numbers() == [1, 2]
    halves = [set(np.flatnonzero((labels.array == number).any((0, 1))).tolist()) for number in (1, 2)]
    assert len(halves[0] & halves[1]) <= 2 and abs(int(other.sum()) - int((labels.array == 1).sum())) < 400


def test_watershed_parts_what_has_no_neck_between_the_seeds() -> None:
    labels = Labels(np.ones((1, 5, 20), np.uint8))
    write_all(labels, "split", split_by_seeds(labels, 1, [(0, 0, 8), (0, 4, 13)], ONE))
    counts = [labels.index.count(number) for number in labels.index.numbers()]
    assert len(counts) == 2 and min(counts) > 25


def test_seeds_with_the_same_deepest_place_share_alike() -> None:
    z, y, x = np.ogrid[:20, :20, :20]
    labels = Labels(((z - 10) ** 2 + (y - 10) ** 2 + (x - 10) ** 2 <= 64).astype(np.uint16))
    write_all(labels, "split", split_by_seeds(labels, 1, [(10, 10, 5), (10, 10, 15)], ONE))
    counts = [labels.index.count(number) for number in labels.index.numbers()]
    assert len(counts) == 2 and min(counts) > 0.8 * max(counts)


def test_watershed_on_an_image_parts_at_the_dark() -> None:
    labels = Labels(np.ones((1, 5, 20), np.uint8))
    image = np.full((1, 5, 20), 100, np.uint16)
    image[..., 5] = 10
    write_all(labels, "split", split_by_seeds(labels, 1, [(0, 2, 2), (0, 2, 12)], ONE, image))
    assert (labels.array[..., :5] == 2).all() and (labels.array[..., 6:] == 1).all()


def test_seeds_beside_the_object_move_to_it() -> None:
    labels = two_balls()
    write_all(labels, "split", split_by_seeds(labels, 1, [(10, 10, -40), (10, 10, 99.0)], ONE))
    assert labels.index.numbers() == [1, 2]


def test_seeds_in_one_voxel_split_nothing() -> None:
    assert split_by_seeds(two_balls(), 1, [(10, 10, 8), (10.2, 9.9, 8)], ONE) == []
    assert split_by_seeds(two_balls(), 9, [(10, 10, 8), (10, 10, 20)], ONE) == []


def test_more_pieces_than_the_type_has_numbers() -> None:
    array = np.zeros((1, 1, 600), np.uint8)
    array[..., ::2] = 1
    labels = Labels(array.copy())
    with pytest.raises(NumberError, match="8 bits"):
        write_all(labels, "pieces", pieces_parted(labels, [1]))
    assert (labels.array == array).all() and labels.index.count(1) == 300


def test_number_that_is_taken() -> None:
    labels = block()
    with pytest.raises(NumberError, match="taken"):
        relabelled(labels, 3, 7)
    with pytest.raises(NumberError, match="1 or more"):
        relabelled(labels, 3, 0)
    assert relabelled(labels, 3, 3) == []
    write_all(labels, "number", relabelled(labels, 3, 200))
    assert labels.index.numbers() == [7, 200]


def test_hole_in_a_hole_goes_to_the_inner_object() -> None:
    array = np.zeros((1, 9, 9), np.uint8)
    array[0, 0], array[0, -1], array[0, :, 0], array[0, :, -1] = 2, 2, 2, 2
    array[0, 2:7, 2:7] = 1
    array[0, 4, 4] = 0
    for numbers in ([1, 2], [2, 1]):
        labels = Labels(array.copy())
        write_all(labels, "holes", holes_filled(labels, numbers, 0))
        assert labels.array[0, 4, 4] == 1 and labels.array[0, 1, 1] == 2
    labels = Labels(array.copy())
    assert holes_filled(labels, [1, 2]) == []  # one slice: in 3D all of it is open above and below


def test_smoothing_and_interpolation_leave_others_alone() -> None:
    array = np.zeros((5, 9, 9), np.uint8)
    array[:, 1:8, 1:8] = 1
    array[:, 4, 4] = 2
    labels = Labels(array.copy())
    write_all(labels, "smooth", smoothed(labels, [1], 3, ONE, 0))
    assert (labels.array[:, 4, 4] == 2).all() and labels.index.count(1) < (array == 1).sum()
    array[1:4] = np.where(array[1:4] == 1, 0, array[1:4])
    array[0, 4, 4] = array[4, 4, 4] = 1
    labels = Labels(array.copy())
    write_all(labels, "interpolate", interpolated(labels, 1, 0))
    assert (labels.array[1:4, 4, 4] == 2).all() and (labels.array[:, 2, 2] == 1).all()


def test_interpolated_cone() -> None:
    array = np.zeros((11, 41, 41), np.uint8)
    y, x = np.ogrid[:41, :41]
    away = np.hypot(y - 20, x - 20)
    array[0], array[10] = away <= 15, away <= 5
    labels = Labels(array)
    write_all(labels, "interpolate", interpolated(labels, 1, 0))
    for z in range(11):
        assert labels.array[z].any(0).sum() == pytest.approx(2 * (15 - z) + 1, abs=2)


def test_versions_of_other_shapes_are_not_compared() -> None:
    with pytest.raises(ValueError, match="shapes"):
        differences(np.zeros((1, 2, 3), np.uint8), np.zeros((1, 2, 4), np.uint8))
