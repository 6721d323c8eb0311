"""Objects that touch are parted where they are narrow, dark, or marked; nothing is lost and nothing is joined."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import scipy.ndimage as ndi
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage import segmentation
from skimage.morphology import local_maxima, reconstruction

from core import label_objects, split_touching
from core.segment.basins import find_hills, high_enough
from core.segment.distances import depth
from tests.core import segment_reference as slow


def balls(shape: tuple[int, ...], middles: list[tuple[float, ...]], radius: float, sizes: Any) -> Any:
    """Return the union of balls; places and radius in the unit of sizes."""
    places = np.moveaxis(np.indices(shape), 0, -1) * np.asarray(sizes)
    return np.any([((places - middle) ** 2).sum(-1) <= radius**2 for middle in middles], axis=0)


def light(shape: tuple[int, ...], middles: list[tuple[float, ...]], radius: float) -> Any:
    places = np.moveaxis(np.indices(shape), 0, -1)
    return sum(100 * np.exp(-2 * ((places - middle) ** 2).sum(-1) / radius**2) for middle in middles)


@pytest.mark.parametrize("radius", [6.0, 7.5, 12.0, 20.0])
@pytest.mark.parametrize("angle", [0.0, 0.3, 0.8, 1.5])
@pytest.mark.parametrize("method", ["distance", "intensity"])
def test_two_touching_discs_are_two_and_one_is_one(radius: float, angle: float, method: Any) -> None:
    away = 1.5 * radius * np.array([np.sin(angle), np.cos(angle)])
    one, other = (radius + 3, radius + 3), (radius + 3 + away[0], radius + 3 + away[1])
    shape = (int(4 * radius) + 8,) * 2
    mask = balls(shape, [one, other], radius, (1, 1))
    image = light(shape, [one, other], radius) if method == "intensity" else None
    parts = split_touching(mask, method=method, image=image)
    assert parts.max() == 2
    # The cut is where both middles are as far, give or take two voxels on both sides
    places = np.argwhere(mask)
    nearer = np.hypot(*(places - one).T) - np.hypot(*(places - other).T)
    mine = parts[mask] == parts[int(one[0]), int(one[1])]
    assert (mine[nearer < -4]).all()
    assert not (mine[nearer > 4]).any()
    single = balls(shape, [one], radius, (1, 1))
    image = light(shape, [one], radius) if method == "intensity" else None
    assert split_touching(single, method=method, image=image).max() == 1


@pytest.mark.parametrize("sizes", [(1, 1, 1), (2, 0.5, 0.5), (3, 1, 1), (0.3, 0.2, 0.1)])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_two_touching_balls_with_voxels_of_any_sides(sizes: tuple[float, ...], axis: int) -> None:
    radius = 6 * max(sizes)
    middle = np.full(3, radius * 1.2)
    other = middle + np.eye(3)[axis] * radius * 1.4
    shape = tuple(int(np.ceil(n)) for n in (np.maximum(middle, other) + radius * 1.2) / sizes)
    mask = balls(shape, [tuple(middle), tuple(other)], radius, sizes)
    parts = split_touching(mask, scale=sizes)
    assert parts.max() == 2
    counts = np.bincount(parts[mask])[1:]
    assert counts.min() / counts.max() > 0.93
    assert split_touching(balls(shape, [tuple(middle)], radius, sizes), scale=sizes).max() == 1


@given(slow.masks(), st.sampled_from((0.0, 0.75, 2.0)), st.sampled_from((0.0, 2.0)))
def test_every_voxel_stays_and_pieces_stay_apart(mask: Any, h: float, min_distance: float) -> None:
    before = mask.copy()
    parts = split_touching(mask, h=h, min_distance=min_distance)
    assert np.array_equal(mask, before)
    assert np.array_equal(parts > 0, mask)
    pieces = label_objects(mask)
    pairs = {(int(a), int(b)) for a, b in zip(parts[mask], pieces[mask], strict=True)}
    assert len({part for part, _ in pairs}) == len(pairs)
    assert slow.first_voxels(parts) == list(range(1, int(parts.max()) + 1))


@given(slow.label_arrays(6), st.data())
def test_labels_are_parted_each_by_itself(labels: Any, data: st.DataObject) -> None:
    sizes = data.draw(slow.scales(labels.ndim))
    parts = split_touching(labels, h=1e9, scale=sizes)
    assert slow.same_parts(parts, slow.pieces(labels))
    finer = split_touching(labels, h=0, scale=sizes)
    pairs = {(int(a), int(b)) for a, b in zip(finer.flat, parts.flat, strict=True)}
    assert len({a for a, _ in pairs}) == len(pairs)


@given(hnp.array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=6), st.data())
def test_peaks_are_the_h_maxima(shape: tuple[int, ...], data: st.DataObject) -> None:
    heights = data.draw(hnp.arrays(np.int16, shape, elements=st.integers(0, 12)))
    mask = data.draw(hnp.arrays(np.bool_, shape, elements=st.sampled_from((True, True, True, False))))
    least = data.draw(st.integers(0, 6))
    islands = label_objects(mask).astype(np.int32)
    hills = find_hills(heights, islands, (1,) * heights.ndim)
    kept = high_enough(hills, least)
    assert np.array_equal(hills.number > 0, mask)
    island = islands.reshape(-1)[hills.peak]
    for number in range(1, int(islands.max()) + 1):
        assert np.count_nonzero(kept[island == number]) == slow.peaks(heights, islands == number, least)
    assert split_touching(mask, method="intensity", image=heights, h=least).max() == kept.sum()


def maxima_of_scikit_image(heights: Any, h: float) -> tuple[Any, int]:
    """Return the maxima that are left of a landscape that was lowered by h and grown back below itself, labelled.

    `skimage.morphology.h_maxima` would give one hill with two equal tops twice.
    """
    near = np.ones((3,) * heights.ndim)
    heights = heights.astype(float)
    grown = reconstruction(heights - h, heights, footprint=near)
    labels, count = ndi.label(local_maxima(grown, near), near)
    return labels, count


@pytest.mark.parametrize("ndim", [2, 3])
def test_peaks_are_those_of_scikit_image(ndim: int) -> None:
    rng = np.random.default_rng(3)
    for h in (1, 3, 8):
        image = np.rint(ndi.gaussian_filter(rng.standard_normal((24,) * ndim), 1.2) * 100).astype(np.int16)
        islands = np.ones(image.shape, np.int32)
        hills = find_hills(image, islands, (1,) * ndim)
        expected, count = maxima_of_scikit_image(image, h)
        peaks = hills.peak[high_enough(hills, h)]
        assert len(peaks) == count
        assert len(set(expected.reshape(-1)[peaks].tolist()) - {0}) == count


def test_the_parting_is_near_that_of_scikit_image() -> None:
    rng = np.random.default_rng(5)
    mask = balls((200, 200), [tuple(one) for one in rng.uniform(10, 190, (60, 2))], 10, (1, 1))
    deep = depth(mask, (1, 1))
    ours = split_touching(mask, h=0.93)
    markers, count = maxima_of_scikit_image(deep, 0.93)
    theirs = segmentation.watershed(-deep, markers, mask=mask)
    assert ours.max() == count
    shares = [np.bincount(theirs[ours == one]).max() for one in range(1, count + 1)]
    assert sum(shares) / mask.sum() > 0.985


def test_h_decides() -> None:
    mask = balls((40, 60), [(20, 18), (20, 38)], 12, (1, 1))
    neck = float(depth(mask, (1, 1))[20, 18] - depth(mask, (1, 1))[20, 28])
    assert split_touching(mask, h=neck - 0.1).max() == 2
    assert split_touching(mask, h=neck + 0.1).max() == 1
    assert split_touching(mask, h=(neck - 0.1) * 0.2, scale=0.2).max() == 2
    assert split_touching(mask, h=(neck + 0.1) * 0.2, scale=0.2).max() == 1


def test_tops_that_are_near_are_one() -> None:
    mask = balls((40, 60), [(20, 18), (20, 38)], 12, (1, 1))
    assert split_touching(mask, min_distance=19).max() == 2
    assert split_touching(mask, min_distance=22).max() == 1
    apart = balls((40, 60), [(20, 14), (20, 45)], 12, (1, 1))
    assert split_touching(apart, min_distance=100).max() == 2


def test_tops_of_other_pieces_are_never_near() -> None:
    # A disc, and below it a dumbbell whose ends are nearer to the disc's middle than to each other
    mask = balls((40, 60), [(14, 30)], 8, (1, 1)) | balls((40, 60), [(29, 19), (29, 41)], 5, (1, 1))
    mask[28:31, 19:41] = True
    assert label_objects(mask).max() == 2
    assert split_touching(mask, min_distance=20).max() == 3


def test_markers() -> None:
    mask = np.zeros((9, 30), bool)
    mask[2:7, 2:20] = True
    mask[2:7, 23:28] = True
    markers = np.zeros(mask.shape, np.int64)
    markers[4, 4], markers[4, 17], markers[0, 0], markers[8, 29] = 10**10, -3, 8, 9
    parts = split_touching(mask, markers=markers)
    assert parts.max() == 3
    assert np.array_equal(parts > 0, mask)
    assert len({int(parts[4, 4]), int(parts[4, 17]), int(parts[4, 25])}) == 3
    # With one marker, a piece stays whole
    markers[4, 17] = 0
    assert split_touching(mask, markers=markers).max() == 2
    # The same marker in two pieces does not join them
    markers[4, 25] = 10**10
    assert split_touching(mask, markers=markers).max() == 2


def test_markers_beside_an_object_do_nothing() -> None:
    mask = np.zeros((9, 9), bool)
    mask[1:8, 1:3] = mask[6:8, 1:8] = True
    markers = np.zeros(mask.shape, np.uint8)
    markers[2, 6], markers[3, 7] = 1, 2
    assert np.array_equal(split_touching(mask, markers=markers), mask)


def test_markers_part_as_the_watershed_of_scikit_image() -> None:
    mask = balls((60, 70), [(20, 20), (25, 40), (40, 30)], 13, (1, 1))
    markers = np.zeros(mask.shape, np.uint16)
    markers[20, 20], markers[25, 40], markers[40, 30] = 1, 2, 3
    expected = segmentation.watershed(-depth(mask, (1, 1)), markers, mask=mask)
    assert slow.same_parts(split_touching(mask, markers=markers), expected)
    image = np.random.default_rng(1).integers(0, 200, mask.shape).astype(np.uint8)
    expected = segmentation.watershed(-image.astype(float), markers, mask=mask)
    assert slow.same_parts(split_touching(mask, method="intensity", image=image, markers=markers), expected)


def test_an_object_that_fills_the_array_and_none_at_all() -> None:
    assert np.array_equal(split_touching(np.ones((4, 5), bool)), np.ones((4, 5)))
    assert not split_touching(np.zeros((4, 5, 6), np.int32)).any()


MASK = np.ones((4, 5), bool)


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"method": "size"}, ValueError, 'There is no splitting called "size". Choose from distance, intensity.'),
        ({"image": MASK * 1.0}, ValueError, 'An image is for the method "intensity", but the method is "distance".'),
        ({"method": "intensity"}, ValueError, 'The method "intensity" needs an image.'),
        ({"h": -1}, ValueError, "h must be 0 or more, but is -1."),
        ({"min_distance": -1}, ValueError, "min_distance must be 0 or more, but is -1."),
        ({"method": "intensity", "image": np.ones((4, 4))}, ValueError, "The image has the shape 4 x 4, but the mask"),
        ({"markers": MASK}, TypeError, "one for each object, but are bool."),
        ({"markers": np.ones((5, 4), int)}, ValueError, "The array of markers has the shape 5 x 4, but the mask has 4"),
        ({"scale": 0}, ValueError, "scale must be positive"),
    ],
)
def test_what_is_wrong_is_said(options: dict[str, Any], error: type[Exception], said: str) -> None:
    with pytest.raises(error) as caught:
        split_touching(MASK, **options)
    assert said in str(caught.value)


def test_labels_that_are_decimal_are_refused() -> None:
    with pytest.raises(TypeError, match="one for each object, but are float64"):
        split_touching(np.ones((3, 3)))


def test_parting_does_not_depend_on_where_the_objects_are() -> None:
    mask = balls((34, 46), [(16, 15), (16, 29)], 11, (1, 1))
    shift = list(itertools.product((0, 5), (0, 3)))
    whole = [np.pad(mask, [(down, 6 - down), (right, 4 - right)]) for down, right in shift]
    parts = [
        split_touching(one)[down : down + 34, right : right + 46]
        for one, (down, right) in zip(whole, shift, strict=True)
    ]
    assert all(np.array_equal(one, parts[0]) for one in parts)
