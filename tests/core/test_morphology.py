"""Sizes and shapes of objects: against scikit-image, against plain code of our own, and by hand."""

from __future__ import annotations

import math
import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage.measure import perimeter_crofton, regionprops
from skimage.morphology import convex_hull_image

from core import measure_morphology
from core.measure.feret import max_feret_diameters
from core.measure.hull_2d import floor_sums, hull_pixels_2d
from core.measure.morphology import COLUMNS, EXTRA_COLUMNS
from core.measure.object_runs import find_object_runs
from tests.bench.cells import tissue
from tests.core.morphology_reference import reference_rows

if TYPE_CHECKING:
    from pathlib import Path

SIZES = st.sampled_from([1.0, 0.5, 2.0, 0.31])
INTEGERS = [np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32, np.uint64, np.int64]


@st.composite
def random_labels(draw: st.DrawFn, ndim: int, side: int) -> Any:
    """Return blocks over one another and scattered voxels, numbers with gaps, some of them negative, of any type."""
    kind: np.dtype[Any] = np.dtype(draw(st.sampled_from(INTEGERS)))
    top = int(np.iinfo(kind).max)
    numbers = st.sampled_from([0, 1, 2, 5, 100, top] + ([-3, -top] if kind.kind == "i" else []))
    shape = draw(hnp.array_shapes(min_dims=ndim, max_dims=ndim, max_side=side))
    labels = np.zeros(shape, kind)
    for _ in range(draw(st.integers(0, 6))):
        box = tuple(slice(*sorted(draw(st.tuples(st.integers(0, n), st.integers(0, n))))) for n in shape)
        labels[box] = draw(numbers)
    dots = draw(hnp.arrays(bool, shape, elements=st.booleans(), fill=st.just(False)))
    labels[dots] = draw(numbers)
    # uint64 goes beyond what an index of int64 can hold
    return np.minimum(labels, np.uint64(np.iinfo(np.int64).max)) if kind == np.uint64 else labels


def assert_like_reference(labels: Any, scale: tuple[float, ...]) -> None:
    kept = labels.copy()
    table = measure_morphology(labels, scale, extra="all")
    assert np.array_equal(kept, labels)
    rows = reference_rows(labels, scale)
    assert list(table["index"]) == list(rows)
    for (_, got), row in zip(table.iterrows(), rows.values(), strict=True):
        for name, value in row.items():
            # Squares of lengths that ought to be 0 are off by some 1e-16
            assert got[name] == pytest.approx(value, rel=1e-9, abs=2e-7), name


@given(random_labels(2, 9), st.tuples(SIZES, SIZES))
def test_flat_as_plain_code(labels: Any, scale: tuple[float, float]) -> None:
    assert_like_reference(labels, scale)


@settings(max_examples=40)
@given(random_labels(3, 5), st.tuples(SIZES, SIZES, SIZES))
def test_solid_as_plain_code(labels: Any, scale: tuple[float, float, float]) -> None:
    assert_like_reference(labels, scale)


def assert_like_skimage(labels: Any, scale: tuple[float, float]) -> None:
    table = measure_morphology(labels, scale, extra=("eccentricity", "orientation", "feret", "perimeter_crofton"))
    regions = regionprops(labels, spacing=scale)
    assert list(table["index"]) == [region.label for region in regions]
    for (_, got), region in zip(table.iterrows(), regions, strict=True):
        assert got["area"] == pytest.approx(region.area, rel=1e-12)
        assert got["perimeter"] == pytest.approx(
            perimeter_crofton(region.image) * math.sqrt(math.prod(scale)), rel=1e-12
        )
        assert got["solidity"] == region.image.sum() / convex_hull_image(region.image).sum()
        assert got["axis_major_length"] == pytest.approx(region.axis_major_length, rel=1e-9, abs=2e-7)
        assert got["axis_minor_length"] == pytest.approx(region.axis_minor_length, rel=1e-9, abs=2e-6)
        assert got["eccentricity"] == pytest.approx(region.eccentricity, abs=1e-6)
        if got["axis_major_length"] - got["axis_minor_length"] > 1e-3:
            # The same axis, whichever of its ends
            assert math.sin(got["orientation"] - region.orientation) == pytest.approx(0, abs=1e-6)
        if scale[0] == scale[1]:
            assert got["perimeter_crofton"] == pytest.approx(got["perimeter"], rel=1e-12)
            hull = np.pad(convex_hull_image(region.image), 1).astype(np.uint8)
            assert max_feret_diameters(find_object_runs(hull), scale)[0] == pytest.approx(region.feret_diameter_max)
            assert got["feret_max"] <= region.feret_diameter_max * (1 + 1e-12)


@settings(max_examples=60)
@given(random_labels(2, 14).filter(lambda labels: bool((labels > 0).any()) and labels.max() < 200))
def test_flat_as_skimage(labels: Any) -> None:
    assert_like_skimage(labels.astype(np.int32), (1.0, 1.0))


@pytest.mark.parametrize("scale", [(1.0, 1.0), (0.7, 0.3)])
def test_cells_as_skimage(scale: tuple[float, float]) -> None:
    assert_like_skimage(tissue(60, (160, 190)).cells, scale)


def test_solids_as_skimage() -> None:
    cells = tissue(20, (20, 30, 40)).cells
    cells = np.where(np.bincount(cells.ravel())[cells] > 200, cells, 0)
    scale = (2.0, 0.5, 0.6)
    table = measure_morphology(cells, scale)
    for (_, got), region in zip(table.iterrows(), regionprops(cells, spacing=scale), strict=True):
        assert got["volume"] == pytest.approx(region.area)
        assert got["solidity"] == region.image.sum() / region.image_convex.sum()
        assert got["axis_major_length"] == pytest.approx(region.axis_major_length)
        assert got["axis_minor_length"] == pytest.approx(region.axis_minor_length)


@pytest.mark.parametrize("picture", [[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[1, 1], [1, 1]], [[1, 1, 1]], [[1], [1]]])
def test_orientations_as_skimage(picture: list[list[int]]) -> None:
    """Also where no axis is the longer one, or the axes of the array tie."""
    labels = np.array(picture)
    table = measure_morphology(labels, extra="orientation")
    assert table["orientation"].tolist() == [region.orientation for region in regionprops(labels)]


@pytest.mark.parametrize("name", ["cells-2d/segmentations/membrane-seg.tif", "nuclei/mask2d.tif"])
def test_real_cells(shared: Path, name: str) -> None:
    path = shared / "data" / name
    if not path.exists():
        pytest.skip(f"no {path}")
    assert_like_skimage(tifffile.imread(path), (1.0, 1.0))


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 60), st.integers(-90, 90), st.integers(-300, 300))))
def test_floor_sums(lines: list[tuple[int, int, int, int]]) -> None:
    count, below, step, offset = np.array(lines, np.int64).reshape(-1, 4).T
    sums = [sum((a * i + b) // m for i in range(n)) for n, m, a, b in lines]
    assert floor_sums(count, below, step, offset).tolist() == sums


@pytest.mark.parametrize(
    ("picture", "pixels"),
    [
        (["#"], 1),
        (["#####"], 5),
        (["#", "#", "#"], 3),
        (["##", "#."], 3),  # the fourth pixel's centre is beyond the line through the corners of two diamonds
        (["#..", "...", "..#"], 3),
        (["#...#", "#...#", "#####"], 15),
        (["###", "#.#", "###"], 9),
        (["#....", ".....", "....#"], 7),
        (["..#..", ".....", "#...#"], 9),
    ],
)
def test_hulls_by_hand(picture: list[str], pixels: int) -> None:
    labels = np.array([[letter == "#" for letter in line] for line in picture]).astype(np.uint8)
    assert hull_pixels_2d(find_object_runs(labels)).tolist() == [pixels]
    assert convex_hull_image(labels).sum() == pixels


@pytest.mark.parametrize("shape", ["dumbbell", "comb", "spiral", "ring"])
def test_large_hulls(shape: str) -> None:
    """Corners that go one after another, not all at once."""
    y, x = np.mgrid[-150:151, -150:151]
    labels = {
        "dumbbell": (np.hypot(x, y - 75) < 75) | (np.hypot(x, y + 75) < 75.5),
        "comb": (x % 7 == 0) & (np.abs(y) < 150 - np.abs(x)),
        "spiral": np.abs(np.hypot(x, y) - 10 * (np.arctan2(y, x) + 4) - 20) < 4,
        "ring": np.abs(np.hypot(x, y) - 120) < 5,
    }[shape].astype(np.uint8)
    assert hull_pixels_2d(find_object_runs(labels)).tolist() == [convex_hull_image(labels).sum()]


def test_rectangle_by_hand() -> None:
    labels = np.zeros((9, 12), np.uint16)
    labels[2:6, 3:9] = 7
    row = measure_morphology(labels, (2, 0.5), extra="all").iloc[0]
    assert (row["index"], row["area"], row["solidity"]) == (7, 24, 1)
    # 4 lines along x, 6 along y, 9 along each diagonal; a pixel is 2 x 0.5, its geometric mean 1
    assert row["perimeter"] == pytest.approx(math.pi / 4 * (4 + 6 + 18 / math.sqrt(2)))
    assert row["sphericity"] == pytest.approx(4 * math.pi * 24 / row["perimeter"] ** 2)
    assert row["axis_major_length"] == pytest.approx(4 * math.sqrt(15 / 12 * 4))
    assert row["axis_minor_length"] == pytest.approx(4 * math.sqrt(35 / 12 / 4))
    assert row["equivalent_diameter"] == pytest.approx(math.sqrt(96 / math.pi))
    assert (row["centroid_y"], row["centroid_x"]) == (7, 2.75)
    assert row["bbox_min_y":"bbox_max_x"].tolist() == [2, 3, 6, 9]
    assert (row["touches_border"], row["n_pieces"], row["orientation"]) == (False, 1, 0)
    assert row["feret_max"] == pytest.approx(math.hypot(8, 2.5))
    assert row["eccentricity"] == pytest.approx(math.sqrt(1 - (35 / 48) / 5))
    slope = math.atan2(2, 0.5)
    lines = slope * 2 * 4 + (math.pi / 2 - slope) * 0.5 * 6 + 2 * math.pi / 4 * 9 / math.hypot(2, 0.5)
    assert row["perimeter_crofton"] == pytest.approx(lines)


def test_box_by_hand() -> None:
    labels = np.zeros((6, 7, 8), np.int8)
    labels[1:3, 2:5, 0:4] = 3
    row = measure_morphology(labels, (3, 1, 0.5), extra="all").iloc[0]
    assert (row["index"], row["volume"], row["solidity"]) == (3, 36, 1)
    assert row["axis_major_length"] == pytest.approx(math.sqrt(20 * 3 / 12 * 9))
    assert row["axis_minor_length"] == pytest.approx(math.sqrt(20 * 15 / 12 / 4))
    assert row["equivalent_diameter"] == pytest.approx((6 * 36 / math.pi) ** (1 / 3))
    assert row["sphericity"] == pytest.approx(math.pi ** (1 / 3) * 216 ** (2 / 3) / row["surface_area"])
    assert (row["centroid_z"], row["centroid_y"], row["centroid_x"]) == (4.5, 3, 0.75)
    assert row["bbox_min_z":"bbox_max_x"].tolist() == [1, 2, 0, 3, 5, 4]
    assert (row["touches_border"], row["n_pieces"]) == (True, 1)
    assert row["feret_max"] == pytest.approx(math.hypot(6, 2, 1.5))


@pytest.mark.parametrize("sizes", [(1.0, 1.0), (1.0, 0.5), (2.0, 0.5), (0.5, 2.0)])
def test_discs_have_the_right_perimeter(sizes: tuple[float, float]) -> None:
    y, x = np.mgrid[-60:61, -60:61]
    labels = (np.hypot(y * sizes[0], x * sizes[1]) < 20.2).astype(np.uint8)
    row = measure_morphology(labels, sizes, extra=["perimeter_crofton", "feret"]).iloc[0]
    assert row["perimeter_crofton"] == pytest.approx(2 * math.pi * 20.2, rel=0.02)
    assert 0.96 < row["circularity"] <= 1
    assert row["feret_max"] == pytest.approx(40.4, rel=0.06)


@pytest.mark.parametrize("sizes", [(1.0, 1.0, 1.0), (2.0, 0.5, 0.5)])
def test_balls(sizes: tuple[float, float, float]) -> None:
    z, y, x = np.mgrid[-12:13, -25:26, -25:26]
    labels = (np.sqrt((z * sizes[0]) ** 2 + (y * sizes[1]) ** 2 + (x * sizes[2]) ** 2) < 10.3).astype(np.uint8)
    row = measure_morphology(labels, sizes, extra="surface_area_crofton").iloc[0]
    assert row["volume"] == pytest.approx(4 / 3 * math.pi * 10.3**3, rel=0.03)
    assert row["axis_major_length"] == pytest.approx(20.6, rel=0.03)
    assert row["axis_minor_length"] == pytest.approx(20.6, rel=0.03)
    assert 0.8 < row["sphericity"] < 1
    assert row["sphericity"] < row["sphericity_crofton"] <= 1 or row["surface_area_crofton"] == row["surface_area"]
    assert row["solidity"] > 0.85


@pytest.mark.parametrize("part", [(0, 0, 0), (0, 0, slice(1, 4)), (0, slice(1, 4), slice(0, 3)), (slice(0, 3), 1, 1)])
def test_flat_and_thin_solids_are_solid(part: Any) -> None:
    labels = np.zeros((4, 5, 6), np.uint8)
    labels[part] = 1
    row = measure_morphology(labels).iloc[0]
    assert row["solidity"] == 1
    assert row["axis_minor_length"] == 0
    assert np.isfinite(row.to_numpy(float)).all()


def test_one_pixel() -> None:
    row = measure_morphology(np.ones((1, 1), np.uint8), extra="all").iloc[0]
    assert row["sphericity"] == pytest.approx(1.748, abs=1e-3)
    assert (row["circularity"], row["solidity"], row["feret_max"], row["eccentricity"]) == (1, 1, 1, 0)


def test_columns() -> None:
    labels = np.array([[0, 9, 9], [-2, 4, 0]], np.int16)
    table = measure_morphology(labels)
    assert list(table.columns) == list(COLUMNS[2])
    assert table.dtypes.tolist() == [np.int64] + [np.float64] * 7
    assert isinstance(table.index, pd.RangeIndex)
    assert table["index"].tolist() == [4, 9]
    every = measure_morphology(labels, extra="all")
    box = [f"bbox_{side}_{axis}" for side in ("min", "max") for axis in "yx"]
    place = ["centroid_y", "centroid_x", *box, "touches_border", "n_pieces", "feret_max"]
    assert list(every.columns[8:]) == [*place, "eccentricity", "orientation", "perimeter_crofton", "circularity"]
    assert every[every.columns[8:]].dtypes.tolist() == (
        [np.float64] * 2 + [np.int64] * 4 + [np.bool_, np.int64] + [np.float64] * 5
    )
    some = measure_morphology(labels, extra=["perimeter_crofton", "centroid"])
    assert list(some.columns[8:]) == ["centroid_y", "centroid_x", "perimeter_crofton", "circularity"]
    solid = measure_morphology(labels[None], extra="all")
    assert list(solid.columns[:8]) == list(COLUMNS[3])
    assert list(solid.columns[8:11]) == ["centroid_z", "centroid_y", "centroid_x"]
    assert list(solid.columns[-3:]) == ["feret_max", "surface_area_crofton", "sphericity_crofton"]


@pytest.mark.parametrize("labels", [np.zeros((4, 5), np.uint8), np.full((3, 3, 3), -4), np.zeros((0, 5), int)])
def test_no_objects(labels: Any) -> None:
    table = measure_morphology(labels, extra="all")
    assert len(table) == 0
    assert list(table.columns[:8]) == list(COLUMNS[labels.ndim])
    assert {str(kind) for kind in table.dtypes} == {"object"}
    assert len(table.columns) > 8


def test_memory_order_does_not_matter() -> None:
    labels = tissue(60, (160, 190)).cells
    wanted = measure_morphology(labels.T.copy(), extra="all")
    pd.testing.assert_frame_equal(measure_morphology(labels.T, extra="all"), wanted)
    pd.testing.assert_frame_equal(measure_morphology(np.array(labels.T, order="F"), extra="all"), wanted)
    wide = measure_morphology(labels.T.astype(np.int64) * 10**11, extra="all")
    pd.testing.assert_frame_equal(wide.drop(columns="index"), wanted.drop(columns="index"))


def test_memory_for_many_cells() -> None:
    cells = tissue(1250, (1024, 1024)).cells
    measure_morphology(cells[:50, :50], extra="all")
    tracemalloc.start()
    measure_morphology(cells, extra="all")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * cells.size


@pytest.mark.parametrize("kind", [bool, np.float32, np.float64])
def test_only_whole_numbers(kind: Any) -> None:
    with pytest.raises(TypeError, match=f"whole numbers.*{np.dtype(kind)}"):
        measure_morphology(np.ones((3, 3), kind))


def test_wrong_calls() -> None:
    labels = np.ones((3, 3), np.uint8)
    with pytest.raises(ValueError, match="the number 9223372036854775808, which is too large"):
        measure_morphology(np.full((3, 3), 2**63, np.uint64))
    with pytest.raises(ValueError, match="have 1"):
        measure_morphology(labels[0])
    with pytest.raises(ValueError, match="have 4"):
        measure_morphology(labels[None, None])
    with pytest.raises(ValueError, match="one number or 2"):
        measure_morphology(labels, (1, 1, 1))
    with pytest.raises(ValueError, match=r"'colour'.*centroid, bounding_box"):
        measure_morphology(labels, extra=["colour"])
    with pytest.raises(ValueError, match="'surface_area_crofton' is for 3D labels, but these are 2D"):
        measure_morphology(labels, extra="surface_area_crofton")
    assert measure_morphology(labels, np.float32(0.5))["area"].tolist() == [2.25]
    assert set(EXTRA_COLUMNS) >= {"centroid", "feret"}


def test_more_objects_than_16_bits() -> None:
    """Every pixel of its own number, in an order of its own, but for one number that is at both ends."""
    numbers = np.random.default_rng(3).permutation(300 * 300) + 1
    labels = numbers.reshape(300, 300).astype(np.int32)
    labels[0, 0] = labels[-1, -1]
    table = measure_morphology(labels, extra=["centroid", "pieces", "feret", "bounding_box"]).set_index("index")
    twice = int(labels[-1, -1])
    row = table.loc[twice]
    assert (row["area"], row["n_pieces"], row["centroid_y"], row["bbox_max_x"]) == (2, 2, 149.5, 300)
    assert row["feret_max"] == pytest.approx(math.hypot(300, 299))
    assert row["solidity"] == 2 / 300
    alone = table.drop(index=twice)
    assert np.all(alone[["area", "solidity", "feret_max", "n_pieces"]] == 1)
    row = alone.loc[labels[7, 9]]
    assert (row["bbox_min_y"], row["bbox_min_x"], row["centroid_y"], row["centroid_x"]) == (7, 9, 7, 9)
