"""Measuring intensities: against one object after the other, against scikit-image, by hand, with channels."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.measure import regionprops_table

from core import measure_intensities
from core.measure.intensities import EXTRA_COLUMNS, INTENSITY_COLUMNS
from core.measure.region_values import Regions, region_values
from tests.bench.cells import tissue
from tests.core.intensities_reference import intensities

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

EXACT = ["index", *(name for name in INTENSITY_COLUMNS if name not in ("mean_intensity", "std_intensity"))]
LABELS = st.sampled_from(["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", ">i2", ">u4"])
WHOLE = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", ">u2", ">i4"]
VALUES = [*WHOLE, "float16", "float32", "float64", ">f4", ">f8"]


def random_labels(shape: tuple[int, ...], dtype: str, rng: np.random.Generator) -> NDArray[Any]:
    """Return patches and single voxels with numbers from all over the type, gaps between them, pieces apart."""
    high = min(np.iinfo(dtype).max, 10**12)
    numbers = rng.integers(1, high, 6, endpoint=True).astype(dtype)
    if np.dtype(dtype).kind == "i" and rng.random() < 0.5:
        numbers[0] = -3
    coarse = numbers[rng.integers(0, 6, [-(-length // 3) for length in shape])]
    for axis, length in enumerate(shape):
        coarse = np.repeat(coarse, 3, axis).take(range(length), axis)
    return np.where(rng.random(shape) < rng.random(), coarse, 0).astype(dtype)


def random_image(shape: tuple[int, ...], dtype: str, rng: np.random.Generator) -> NDArray[Any]:
    kind = np.dtype(dtype)
    if kind.kind == "f":
        return (rng.standard_normal(shape) * 100).astype(dtype)
    if kind.kind == "b":
        return rng.random(shape) < 0.5
    ends = np.iinfo(kind)
    return rng.integers(ends.min, ends.max, shape, kind.newbyteorder("="), endpoint=True).astype(dtype)


SHAPES = st.one_of(st.tuples(*[st.integers(1, 12)] * 2), st.tuples(*[st.integers(1, 7)] * 3))


@given(SHAPES, LABELS, st.sampled_from(VALUES), st.integers(0, 2**32), st.sampled_from("CF"))
@settings(max_examples=150)
def test_one_object_after_the_other(shape: tuple[int, ...], labels: str, values: str, seed: int, order: Any) -> None:
    rng = np.random.default_rng(seed)
    segmentation = np.asarray(random_labels(shape, labels, rng), order=order)
    image = np.asarray(random_image(shape, values, rng), order=order)
    before = segmentation.copy(), image.copy()
    segmentation.flags.writeable = image.flags.writeable = False
    found = measure_intensities(segmentation, image)
    expected = pd.DataFrame(intensities(segmentation, image))
    assert found.columns.tolist() == ["index", *INTENSITY_COLUMNS]
    assert isinstance(found.index, pd.RangeIndex)
    if len(expected):
        assert found.dtypes.astype(str).tolist() == ["int64"] + ["float64"] * 9
        pd.testing.assert_frame_equal(found[EXACT], expected[EXACT], check_exact=True)
        # Decimals are added up in another order: what differs is small beside the largest of them
        slack = 1e-14 * np.abs(image.astype(np.float64)).max()
        rounded = values in ("int64", "uint64", "float64", ">f8")
        means = found.mean_intensity, expected.mean_intensity
        np.testing.assert_allclose(*means, rtol=0, atol=slack if rounded else 0)
        np.testing.assert_allclose(found.std_intensity, expected.std_intensity, rtol=1e-13, atol=slack)
    else:
        assert len(found) == 0
        assert set(found.dtypes) == {np.dtype(object)}
    assert (segmentation == before[0]).all()
    assert (image == before[1]).all()


@given(SHAPES, st.integers(0, 2**32), st.sampled_from(["float32", "float64"]))
def test_not_a_number_and_infinities(shape: tuple[int, ...], seed: int, dtype: str) -> None:
    """A NaN makes all of its object NaN; infinities give what numpy gives. Nobody is warned of either."""
    rng = np.random.default_rng(seed)
    labels, image = random_labels(shape, "int32", rng), random_image(shape, dtype, rng)
    for value in (np.nan, np.inf, -np.inf):
        image[rng.random(shape) < rng.random() * 0.2] = value
    found, expected = measure_intensities(labels, image), pd.DataFrame(intensities(labels, image))
    for name in expected.columns[: None if len(expected) else 0]:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-12, atol=1e-12)
    spoiled = np.array([np.isnan(image[labels == number]).any() for number in found["index"]], bool)
    assert found[spoiled].drop(columns="index").isna().all(axis=None)


def test_objects_of_all_sizes() -> None:
    """From one voxel to more than is worked on at once, among them one with runs longer than that; and very many."""
    rng = np.random.default_rng(1)
    sizes = [1, 1, 2, 3, 5, 40, 41, 42, 1000, 30_000, 131_072, 131_073, 200_000, 400_001]
    labels = np.repeat(np.arange(1, len(sizes) + 1), sizes)
    image = rng.integers(0, 60000, labels.size).astype(np.uint16)
    mixed = rng.permutation(labels)[: labels.size // 7 * 7]
    for segmentation in (labels[None], labels[:, None], mixed.reshape(7, -1)):
        values = image[: segmentation.size].reshape(segmentation.shape)
        for one in (values, values.astype(np.float64)):
            found, expected = measure_intensities(segmentation, one), pd.DataFrame(intensities(segmentation, one))
            pd.testing.assert_frame_equal(found[EXACT], expected[EXACT], check_exact=True)
            pd.testing.assert_frame_equal(found, expected, rtol=1e-13)
    many = rng.permutation(300 * 300).reshape(300, 300) + 1
    decimals = rng.random(many.shape)
    found = measure_intensities(many, decimals)
    in_order = decimals.ravel()[np.argsort(many.ravel())]
    assert (found["index"] == np.arange(1, 90_001)).all()
    for name in INTENSITY_COLUMNS:
        assert (found[name] == (0 if name == "std_intensity" else in_order)).all()


@given(SHAPES, st.sampled_from(["int8", "uint8", "int16"]), st.sampled_from(VALUES), st.integers(0, 2**32))
def test_as_scikit_image_has_it(shape: tuple[int, ...], dtype: str, values: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels, image = random_labels(shape, dtype, rng), random_image(shape, values, rng).astype(np.float64)
    found = measure_intensities(labels, image, extra=EXTRA_COLUMNS)
    names = ["mean", "max", "min", "std", "median"]
    theirs = regionprops_table(labels, image, ["label", "area", *(f"intensity_{name}" for name in names)])
    assert found["index"].tolist() == theirs["label"].tolist()
    if len(found):
        slack = 1e-14 * np.abs(image).max()
        for name in names:
            ours, other = found[f"{name}_intensity"], theirs[f"intensity_{name}"]
            np.testing.assert_allclose(ours, other, rtol=1e-13, atol=slack)
        sums = theirs["intensity_mean"] * theirs["area"]
        np.testing.assert_allclose(found.integrated_intensity, sums, rtol=1e-13, atol=slack * theirs["area"].max())


def test_by_hand() -> None:
    labels = np.array([[7, 7, 0, 2], [7, 7, 0, 2], [7, 0, 9, -1]])
    image = np.array([[1, 2, 50, 10], [3, 4, 50, 20], [5, 50, 8, 50]], np.uint8)
    found = measure_intensities(labels, image, extra=["mad_intensity", "integrated_intensity"])
    pd.testing.assert_frame_equal(measure_intensities(labels, image, extra="all"), found)
    columns = ["index", *INTENSITY_COLUMNS, "integrated_intensity", "mad_intensity"]
    expected = [
        [2, 15, 15, 20, 10, 5, 11, 12.5, 17.5, 19, 30, 5],
        [7, 3, 3, 5, 1, 2**0.5, 1.4, 2, 4, 4.6, 15, 1],
        [9, 8, 8, 8, 8, 0, 8, 8, 8, 8, 8, 0],
    ]
    pd.testing.assert_frame_equal(found, pd.DataFrame(expected, columns=columns).astype(found.dtypes), rtol=1e-15)


def test_large_whole_numbers() -> None:
    """Sums do not wrap round: 32-bit values add up far over 32 bits, 64-bit ones are taken as decimals."""
    labels = np.ones((100, 100), np.uint8)
    for dtype in (np.uint32, np.int32, np.uint64, np.int64):
        high = np.iinfo(dtype).max
        found = measure_intensities(labels, np.full(labels.shape, high, dtype)).iloc[0]
        assert found.mean_intensity == found.median_intensity == found.max_intensity == float(high)
        assert found.std_intensity == 0


@pytest.mark.parametrize("dtype", ["uint16", "float64"])
def test_channels(dtype: str) -> None:
    """First or last, copied or not: the columns of each channel are those that it has alone."""
    rng = np.random.default_rng(2)
    labels = random_labels((40, 50), "uint16", rng)
    labels[:30] = 77
    last = rng.integers(0, 999, (40, 50, 3)).astype(dtype)
    first = np.ascontiguousarray(np.moveaxis(last, -1, 0))
    found = measure_intensities(labels, last, extra=EXTRA_COLUMNS)
    names = [*INTENSITY_COLUMNS, *EXTRA_COLUMNS]
    assert found.columns.tolist() == ["index", *(f"{name}_{number}" for number in (1, 2, 3) for name in names)]
    for number in range(3):
        alone = measure_intensities(labels, first[number], extra=EXTRA_COLUMNS).drop(columns="index")
        mine = found[[f"{name}_{number + 1}" for name in names]].set_axis(names, axis=1)
        pd.testing.assert_frame_equal(mine, alone, check_exact=True)
    wide = np.zeros((40, 100, 6), dtype)
    wide[:, ::2, ::2] = last
    for other in (first, np.moveaxis(first, 0, -1), np.moveaxis(last, -1, 0), wide[:, ::2, ::2]):
        pd.testing.assert_frame_equal(measure_intensities(labels, other, extra=EXTRA_COLUMNS), found, check_exact=True)


def test_large_objects_in_channels() -> None:
    labels = np.ones((600, 400), np.uint8)
    image = np.random.default_rng(3).integers(0, 9999, (600, 400, 2)).astype(np.uint16)
    found = measure_intensities(labels, image).iloc[0]
    for number in (0, 1):
        expected = intensities(labels, image[..., number])
        for name in INTENSITY_COLUMNS:
            assert found[f"{name}_{number + 1}"] == pytest.approx(expected[name][0], rel=1e-13)


def test_volumes_of_cubes_have_their_channels_last() -> None:
    image = np.arange(27).reshape(3, 3, 3)
    found = measure_intensities(np.ones((3, 3), int), image, statistics=["min_intensity"])
    assert found.values.tolist() == [[1, 0, 1, 2]]
    volume = measure_intensities(np.ones((3, 3, 3), int), image, statistics=["min_intensity"])
    assert volume.columns.tolist() == ["index", "min_intensity"]


def test_names_of_channels() -> None:
    labels, image = np.ones((4, 5), int), np.zeros((2, 4, 5))
    found = measure_intensities(labels, image, channel_names=["DAPI", "CD3"], statistics=["min_intensity"])
    assert found.columns.tolist() == ["index", "min_intensity_DAPI", "min_intensity_CD3"]
    one = measure_intensities(labels, image[0], channel_names=["DAPI"], statistics="max_intensity")
    assert one.columns.tolist() == ["index", "max_intensity_DAPI"]
    none = measure_intensities(labels * 0, image, channel_names=["a", "b"], statistics=["min_intensity"])
    assert none.columns.tolist() == ["index", "min_intensity_a", "min_intensity_b"]
    with pytest.raises(ValueError, match=r"2 channels, but 1 names were given: DAPI\."):
        measure_intensities(labels, image, channel_names=["DAPI"])
    with pytest.raises(ValueError, match=r"Two channels cannot have one name: a\."):
        measure_intensities(labels, image, channel_names=["a", "a"])


@given(st.sets(st.sampled_from(INTENSITY_COLUMNS)), st.sets(st.sampled_from(EXTRA_COLUMNS)))
@settings(max_examples=30)
def test_some_of_the_columns(statistics: set[str], extra: set[str]) -> None:
    rng = np.random.default_rng(4)
    labels, image = random_labels((20, 30), "int16", rng), random_image((20, 30), "float32", rng)
    every = measure_intensities(labels, image, extra=EXTRA_COLUMNS)
    found = measure_intensities(labels, image, statistics=statistics, extra=extra)
    columns = [name for name in every if name == "index" or name in statistics or name in extra]
    pd.testing.assert_frame_equal(found, every[columns], check_exact=True)


def test_what_is_refused() -> None:
    labels, image = np.ones((4, 5), int), np.zeros((4, 5))
    for wrong in (labels.astype(bool), labels.astype(float)):
        with pytest.raises(TypeError, match="Labels must be whole numbers"):
            measure_intensities(wrong, image)
    with pytest.raises(TypeError, match="Only 2-D and 3-D images supported"):
        measure_intensities(np.ones(5, int), np.ones(5))
    with pytest.raises(TypeError, match="type complex128, which have no order"):
        measure_intensities(labels, image + 1j)
    with pytest.raises(ValueError, match=r"shapes must match.*\(4, 5\) and the image \(5, 4\)"):
        measure_intensities(labels, image.T)
    with pytest.raises(ValueError, match="no statistic mean"):
        measure_intensities(labels, image, statistics=["mean"])
    with pytest.raises(ValueError, match="no extra column mean_intensity"):
        measure_intensities(labels, image, extra="mean_intensity")
    with pytest.raises(ValueError, match="18446744073709551615, which is too large"):
        measure_intensities(np.full((4, 5), 2**64 - 1, np.uint64), image)
    empty = measure_intensities(labels * 0, image.T)  # As the contract has it: shapes are not compared then
    assert empty.columns.tolist() == ["index", *INTENSITY_COLUMNS]


def test_regions_without_voxels() -> None:
    regions = Regions(3, np.array([2, 0]), np.array([4, 0]), np.array([2, 3]))
    (found,) = region_values([np.arange(6.0)], regions, ["mean", "mad"])
    np.testing.assert_equal(found["mean"], [1, np.nan, 4.5])
    np.testing.assert_equal(found["mad"], [1, np.nan, 0.5])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
@pytest.mark.parametrize("whole", [False, True])
def test_memory(dtype: type, whole: bool) -> None:
    """At most 8 bytes a voxel, and what is worked on at once: cells of 200 voxels, or one object all over the image."""
    cells = tissue(5000, (1024, 1024))
    labels = np.ones_like(cells.cells) if whole else cells.cells
    image: NDArray[Any] = cells.image.astype(dtype)
    measure_intensities(labels[:9, :9], image[:9, :9])
    tracemalloc.start()
    try:
        measure_intensities(labels, image)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak <= 8 * labels.size + 6 * 2**20


def test_real_files(shared: Path) -> None:
    data = shared / "data"
    labels = tifffile.imread(data / "cells-2d" / "segmentations" / "membrane-seg.tif")
    image = tifffile.imread(data / "cells-2d" / "images" / "membrane.tif")
    found, expected = measure_intensities(labels, image), pd.DataFrame(intensities(labels, image))
    assert len(found) == 38
    pd.testing.assert_frame_equal(found, expected, rtol=1e-13)
    pd.testing.assert_frame_equal(found[EXACT], expected[EXACT], check_exact=True)
    mask, channels = (tifffile.imread(data / "imc" / f"E34_{name}.tiff") for name in ("mask", "imc"))
    table = measure_intensities(mask, channels, statistics=["mean_intensity"])
    number = int(table["index"].iloc[7])
    values = channels[:, mask == number] if channels.shape[1:] == mask.shape else channels[mask == number].T
    np.testing.assert_allclose(table.iloc[7, 1:], values.astype(float).mean(axis=1), rtol=1e-12)
