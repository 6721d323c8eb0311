"""From an image to labels by a recipe: the steps in their order, and how well it does on real images."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile

import core
from core import SegmentRecipe, segment_image

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

PLAIN = SegmentRecipe(sigma=0, threshold="otsu", split="none")


def picture() -> Any:
    """Return two discs that touch, one with a hole, one at the edge, and a speck, at 200 over 20."""
    image = np.full((60, 90), 20, np.uint8)
    rows, columns = np.indices(image.shape)
    for row, column, radius in ((25, 20, 10), (25, 36, 10), (58, 70, 8), (10, 60, 1)):
        image[np.hypot(rows - row, columns - column) <= radius] = 200
    image[25, 20] = 20
    return image


def test_each_step() -> None:
    image = picture()
    before = image.copy()
    done = segment_image(image, PLAIN)
    assert np.array_equal(image, before)
    assert done.labels.dtype == np.uint8
    assert np.array_equal(done.labels, core.label_objects(image > 100))
    assert done.threshold == core.find_threshold(image)
    assert done.notes == ("Threshold 20 (otsu).", "3 objects found.")
    whole = segment_image(image, replace(PLAIN, split="distance", value=100.0, h=50.0))
    assert whole.notes[1:] == ("Nothing was split.", "3 objects found.")
    image[25, 20] = 200
    split = segment_image(image, replace(PLAIN, split="distance", value=100.0))
    assert split.labels.max() == 4
    assert split.notes == ("Threshold 100 (given).", "3 pieces split into 4.", "4 objects found.")
    cleared = segment_image(image, replace(PLAIN, clear_border=True))
    assert cleared.notes[1:] == ("1 object at the border removed.", "2 objects found.")
    assert segment_image(image, replace(PLAIN, clear_border=True, border_axes=(1,))).labels.max() == 3
    grown = segment_image(image, replace(PLAIN, expand=1.0), 0.5)
    assert np.array_equal(grown.labels, core.expand_labels(core.label_objects(image > 100), 1.0, 0.5))


def test_small_objects_and_holes() -> None:
    image = picture()
    filled = segment_image(image, replace(PLAIN, max_hole_size=1))
    assert filled.labels[25, 20] == filled.labels[25, 21] == 2
    assert filled.notes[1] == "1 voxel of holes filled."
    chosen = segment_image(image, replace(PLAIN, min_size=20))
    assert chosen.labels[10, 60] == 0
    assert np.array_equal(np.unique(chosen.labels), [0, 1, 2])
    assert chosen.notes[1:] == ("1 object below 20 voxels removed.", "2 objects found.")


def test_smoothing_background_and_hysteresis_are_those_of_the_functions() -> None:
    rng = np.random.default_rng(2)
    image = (picture() + rng.integers(0, 20, (60, 90)) + np.arange(90)).astype(np.uint16)
    recipe = SegmentRecipe(
        background_radius=8, background="gaussian", sigma=1, smoothing="median", split="intensity", h=9, low_value=15
    )
    done = segment_image(image, recipe, 0.5)
    smooth = core.smooth_image(core.subtract_background(image, 8, 0.5, method="gaussian"), 1, 0.5, method="median")
    threshold = core.find_threshold(smooth, "li")
    mask = core.hysteresis_threshold(smooth, 15, threshold)
    expected = core.split_touching(mask, method="intensity", image=smooth, h=9, scale=0.5)
    assert done.threshold == threshold
    assert np.array_equal(done.labels, expected)


def test_volumes_with_voxels_of_other_sides() -> None:
    places = np.moveaxis(np.indices((14, 40, 60)), 0, -1) * (2.0, 0.5, 0.5)
    image = np.zeros((14, 40, 60), np.float32)
    for middle in ((13.0, 10.0, 9.0), (13.0, 10.0, 19.0)):
        image[((places - middle) ** 2).sum(-1) <= 36] = 1000
    done = segment_image(image, SegmentRecipe(sigma=0.5), (2.0, 0.5, 0.5))
    assert done.labels.max() == 2


def test_what_is_odd_is_noted_and_what_is_wrong_is_said() -> None:
    inverse = (255 - picture()).astype(np.uint8)
    assert (
        any("are the objects darker" in note for note in segment_image(inverse, replace(PLAIN, value=1)).notes) is False
    )
    wide = np.full((40, 40), 200, np.uint8)
    wide[:2] = 10
    notes = segment_image(wide, PLAIN).notes
    assert "More than 90 % of the image is above the threshold: are the objects darker than the background?" in notes
    with pytest.raises(ValueError, match="have the gray value 5"):
        segment_image(np.full((5, 5), 5))
    assert segment_image(np.full((5, 5), 5), replace(PLAIN, value=9)).labels.max() == 0
    with pytest.raises(ValueError, match="looks like RGB"):
        segment_image(np.zeros((30, 30, 3)))
    with pytest.raises(ValueError, match="There is no splitting called"):
        segment_image(picture(), replace(PLAIN, split="size"))  # type: ignore[arg-type]


def best_overlaps(labels: NDArray[Any], truth: NDArray[Any]) -> NDArray[np.float64]:
    """Return the intersection over union of each true object with the object that fits it best."""
    truth = core.relabel(truth).astype(np.int64)
    shape = (int(truth.max()) + 1, int(labels.max()) + 1)
    common = np.bincount((truth * shape[1] + labels).reshape(-1), minlength=shape[0] * shape[1]).reshape(shape)
    union = common.sum(1)[1:, None] + common.sum(0)[None, 1:] - common[1:, 1:]
    return np.asarray((common[1:, 1:] / union).max(1))


UNEVEN = SegmentRecipe(background_radius=25)
NOISY = SegmentRecipe(background_radius=15, sigma=1.5, split="intensity", h=1.2)


@pytest.mark.parametrize(
    ("image", "truth", "recipe", "fewest", "most", "overlap"),
    [
        ("nuclei/img2d.tif", "nuclei/mask2d.tif", SegmentRecipe(), 105, 125, 0.60),
        ("nuclei/img2d.tif", "nuclei/mask2d.tif", UNEVEN, 110, 125, 0.67),
        ("nuclei/img3d.tif", "nuclei/mask3d.tif", SegmentRecipe(), 28, 51, 0.37),
        ("nuclei/img3d.tif", "nuclei/mask3d.tif", NOISY, 40, 56, 0.47),
        ("cells-2d/blobs.tif", "cells-2d/blobs_labeled.tif", SegmentRecipe(), 61, 69, 0.68),
        ("cells-2d/blobs.tif", "cells-2d/blobs_labeled.tif", SegmentRecipe(sigma=2, h=1), 61, 65, 0.70),
    ],
)
def test_real_nuclei(
    shared: Path, image: str, truth: str, recipe: SegmentRecipe, fewest: int, most: int, overlap: float
) -> None:
    data = shared / "data"
    done = segment_image(tifffile.imread(data / image), recipe)
    overlaps = best_overlaps(done.labels, tifffile.imread(data / truth))
    assert fewest <= done.labels.max() <= most
    assert overlaps.mean() > overlap


@pytest.mark.parametrize(("number", "nuclei"), [(1, 4), (2, 6), (3, 15), (4, 6)])
def test_real_crops(shared: Path, number: int, nuclei: int) -> None:
    image = tifffile.imread(shared / "data" / "odd-files" / "BBBC007" / "images" / f"A9_p5d_cropped_{number}.tif")
    assert segment_image(image).labels.max() == nuclei
