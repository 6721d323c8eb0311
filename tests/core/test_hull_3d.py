"""Convex hulls of objects in 3D: against scikit-image, by the definition, and counted by hand."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from scipy.ndimage import gaussian_filter
from skimage.morphology import convex_hull_image

from core.measure.hull_3d import hull_voxels_3d
from core.measure.hull_corners import hull_corners, object_columns
from core.measure.object_runs import find_object_runs
from tests.core.hulls_reference import alone, hull_of_faces, is_flat, labels_3d

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def counts(labels: NDArray[Any]) -> list[int]:
    return list(hull_voxels_3d(find_object_runs(labels)))


def body(*places: tuple[int, int, int], shape: tuple[int, int, int] = (12, 12, 12)) -> NDArray[np.uint8]:
    labels = np.zeros(shape, np.uint8)
    labels[tuple(np.transpose(places))] = 7
    return labels


@settings(max_examples=200)
@given(labels_3d())
def test_as_scikit_image(labels: NDArray[Any]) -> None:
    before = labels.copy()
    runs = find_object_runs(labels)
    found = hull_voxels_3d(runs)
    assert found.dtype == np.int64
    assert np.array_equal(labels, before)
    for number, count in zip(runs.numbers, found, strict=True):
        image = alone(labels, number)
        assert count == (hull_of_faces(image) if is_flat(image) else convex_hull_image(image).sum())


@settings(max_examples=100)
@given(labels_3d(6))
def test_hulls_of_the_corners(labels: NDArray[Any]) -> None:
    runs = find_object_runs(labels)
    corners = np.zeros_like(labels)
    for columns in object_columns(runs):
        which, points = hull_corners(columns)
        assert (np.diff(which) >= 0).all()
        numbers = runs.numbers[columns.first + which]
        assert np.unique(which).tolist() == list(range(columns.many))
        assert np.array_equal(labels[tuple(points.T)], numbers)
        corners[tuple(points.T)] = numbers
    assert counts(corners) == counts(labels)


@pytest.mark.parametrize("sides", [(1, 1, 1), (1, 1, 9), (9, 1, 1), (1, 7, 1), (1, 4, 6), (5, 1, 3), (4, 5, 6)])
def test_boxes_are_their_own_hulls(sides: tuple[int, int, int]) -> None:
    box = np.zeros((12, 12, 12), np.int32)
    box[tuple(slice(1, 1 + side) for side in sides)] = 5
    box[-1, -1, -1] = 9
    assert counts(box) == [np.prod(sides), 1]


def test_lines() -> None:
    # A voxel belongs to the hull if its middle is within half a voxel of it, along the axes together
    assert counts(body((0, 0, 0), (4, 4, 4))) == [5]
    assert counts(body((0, 0, 0), (0, 1, 2))) == [4]
    assert counts(body((0, 0, 0), (0, 2, 4))) == [7]
    assert counts(body((0, 0, 0), (1, 1, 2))) == [2]
    assert counts(body((3, 0, 0), (0, 0, 0), (9, 0, 0))) == [10]


def test_corners_of_bodies() -> None:
    # All corners of a box
    assert counts(body(*[(z, y, x) for z in (0, 5) for y in (0, 6) for x in (0, 7)])) == [6 * 7 * 8]
    # A corner cut from a cube of 4: 20 places with z + y + x <= 3, and none with 3.5
    assert counts(body((0, 0, 0), (3, 0, 0), (0, 3, 0), (0, 0, 3))) == [20]
    # A needle: half a voxel off its slopes is up to half its length
    assert counts(body((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 9))) == [10 + 5 + 5]
    # An octahedron of radius 3
    assert counts(body((0, 3, 3), (6, 3, 3), (3, 0, 3), (3, 6, 3), (3, 3, 0), (3, 3, 6))) == [63]


def test_voxels_on_a_straight_edge() -> None:
    """Triangles without area are looked through, to the faces on both sides of the edge."""
    for places in (
        [(0, 8, 8), (1, 6, 6), (2, 4, 4), (3, 2, 2), (2, 0, 5), (2, 5, 7)],
        [(3, 5, 3), (5, 6, 2), (7, 7, 1), (0, 7, 8), (3, 8, 8)],
    ):
        labels = body(*places)
        assert counts(labels) == [convex_hull_image(labels > 0).sum()] == [hull_of_faces(labels > 0)]


def test_nothing_and_other_dimensions() -> None:
    assert counts(np.zeros((3, 4, 5), np.uint8)) == []
    assert counts(np.zeros((0, 4, 5), np.uint8)) == []
    with pytest.raises(ValueError, match="needs labels with 3 axes"):
        counts(np.ones((4, 5), np.uint8))


def test_far_places_and_large_bodies() -> None:
    """Whole numbers stay exact where planes are large; the count of a ball nears its volume."""
    labels = np.zeros((130, 20, 900), np.uint16)
    labels[0, 0, 0] = labels[129, 19, 899] = labels[0, 19, 0] = labels[3, 0, 899] = 2
    assert counts(labels) == [convex_hull_image(labels > 0).sum()]
    z, y, x = np.ogrid[-30:31, -30:31, -30:31]
    ball = z * z + y * y + x * x <= 30 * 30
    assert ball.sum() <= counts(ball.astype(np.int8))[0] <= 4 / 3 * np.pi * 30.5**3


def test_negative_numbers_where_asked() -> None:
    labels = -body((0, 0, 0), (3, 0, 0), (0, 3, 0), (0, 0, 3)).astype(np.int16)
    assert hull_voxels_3d(find_object_runs(labels, negative=True)).tolist() == [20]


def test_room() -> None:
    noise = gaussian_filter(np.random.default_rng(1).standard_normal((60, 100, 100)), 2)
    labels = np.where(np.abs(noise) > 0.02, 1 + np.indices(noise.shape).sum(0) // 20, 0).astype(np.int32)
    runs = find_object_runs(labels)
    hull_voxels_3d(runs)
    tracemalloc.start()
    hull_voxels_3d(runs)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most <= 8 * labels.size


def test_real_labels(shared: Path) -> None:
    labels = tifffile.imread(shared / "data" / "instance-3d" / "Platynereis_tp7_channel1_rescaled256x256x103_gt.tif")
    runs = find_object_runs(labels)
    found = hull_voxels_3d(runs)
    for at in range(0, len(found), 40):
        assert found[at] == convex_hull_image(alone(labels, runs.numbers[at])).sum()
