"""Measuring cells with their nuclei: against one cell after the other, by hand, and who gets a nucleus between two."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st

from core import measure_cell_nucleus
from tests.bench.cells import tissue
from tests.core.intensities_reference import cell_nucleus

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SHAPES = st.one_of(st.tuples(*[st.integers(1, 10)] * 2), st.tuples(*[st.integers(1, 6)] * 3))
WHOLE = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
TYPES = st.sampled_from([*WHOLE, "float32", "float64"])
SIZES = ["cell_area", "nucleus_area", "area_ratio"]


def patches(shape: tuple[int, ...], dtype: str, rng: np.random.Generator) -> NDArray[Any]:
    """Return patches and voxels with few, far numbers, negative ones too."""
    kind = np.dtype(dtype)
    numbers = rng.integers(-120 if kind.kind in "if" else 1, 120, 5)
    if kind.itemsize == 8 and kind.kind != "f":
        numbers[:2] = 2**40, 2**62 + 1
    coarse = numbers[rng.integers(0, 5, [-(-length // 3) for length in shape])]
    for axis, length in enumerate(shape):
        coarse = np.repeat(coarse, 3, axis).take(range(length), axis)
    return np.where(rng.random(shape) < rng.random(), coarse, 0).astype(dtype)


@given(
    SHAPES,
    TYPES,
    TYPES,
    st.sampled_from(["bool", "uint8", "int16", "uint16", "int32", "float32", "float64"]),
    st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    st.booleans(),
    st.integers(0, 2**32),
)
@settings(max_examples=200)
def test_one_cell_after_the_other(
    shape: tuple[int, ...], one: str, other: str, values: str, least: float, majority: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    cells, nuclei = patches(shape, one, rng), patches(shape, other, rng)
    image = (rng.integers(0, 5, shape) * (0.3 if values.startswith("float") else 1)).astype(values)
    before = [array.copy() for array in (cells, nuclei, image)]
    for array in (cells, nuclei, image):
        array.flags.writeable = False
    scale = (0.5, 2.0, 3.0)[: len(shape)]
    found = measure_cell_nucleus(
        cells, nuclei, scale, image, min_overlap=least, assign="majority" if majority else "overlap"
    )
    rows = cell_nucleus(cells, nuclei, float(np.prod(scale)), image, least, majority)
    if rows:
        assert found.dtypes.astype(str).tolist() == ["int64"] * 2 + ["float64"] * 27
        if values == "float64":  # Sums of decimals are rounded in another order
            pd.testing.assert_frame_equal(found, pd.DataFrame(rows), rtol=1e-12, atol=1e-12)
        else:
            pd.testing.assert_frame_equal(found, pd.DataFrame(rows), check_exact=True)
    else:
        assert (len(found), len(found.columns)) == (0, 29)
    plain = measure_cell_nucleus(cells, nuclei, scale, min_overlap=least, assign="majority" if majority else "overlap")
    pd.testing.assert_frame_equal(plain, found.iloc[:, :5], check_exact=True)
    for array, was in zip((cells, nuclei, image), before, strict=True):
        np.testing.assert_array_equal(array, was)


def test_by_hand() -> None:
    cells = np.array([[5, 5, 5, 5, 0, 3], [5, 5, 5, 5, 0, 3], [0, 0, 0, 0, 0, 3]])
    nuclei = np.array([[0, 9, 9, 0, 0, 0], [0, 9, 0, 8, 8, 0], [0, 0, 0, 0, 8, 0]])
    image = np.array([[10, 2, 4, 20, 99, 7], [30, 3, 40, 0, 99, 7], [99, 99, 99, 99, 99, 1]], np.float32)
    found = measure_cell_nucleus(cells, nuclei, (0.5, 2), image)
    assert found.columns.tolist()[:8] == ["index", "n_nuclei", *SIZES, *(f"cell_{n}_intensity" for n in MEANS[:3])]
    assert found.columns.tolist()[5:] == [
        *(f"cell_{name}_intensity" for name in MEANS),
        *(f"nucleus_{name}_intensity" for name in MEANS),
        *(f"{name}_intensity_ratio" for name in MEANS),
    ]
    np.testing.assert_equal(found.iloc[:, :5].to_numpy(), [[3, 0, 3, 0, np.nan], [5, 2, 8, 4, 2]])
    second = found.iloc[1]
    assert (second.cell_mean_intensity, second.nucleus_mean_intensity, second.cell_max_intensity) == (25, 2.25, 40)
    assert (second.mean_intensity_ratio, second.median_intensity_ratio, second.max_intensity_ratio) == (
        25 / 2.25,
        10,
        10,
    )
    assert np.isnan(second.min_intensity_ratio)  # The least in the nucleus is 0
    assert found.filter(like="nucleus_m").iloc[0].isna().all()
    assert found.iloc[0].cell_mean_intensity == 5


MEANS = ["mean", "median", "max", "min", "percentile_10", "percentile_25", "percentile_75", "percentile_90"]


def test_box_with_a_box_in_it() -> None:
    cells, nuclei = np.zeros((10, 12, 14), np.uint16), np.zeros((10, 12, 14), np.int8)
    cells[1:9, 2:10, 3:11], nuclei[3:7, 4:8, 5:9] = 4, -1
    found = measure_cell_nucleus(cells, nuclei, np.float32(0.5))
    assert found.to_dict("records") == [
        {"index": 4, "n_nuclei": 1, "cell_volume": 64, "nucleus_volume": 8, "volume_ratio": 8}
    ]


def test_nucleus_between_two_cells() -> None:
    """It counts in both, in those that hold enough of it, or in the one that holds most of it."""
    cells = np.array([[2, 2, 2, 2, 2, 0, 1, 1, 1, 1]])
    nuclei = np.array([[0, 6, 6, 6, 6, 6, 6, 6, 6, 7]])  # Of 8 voxels 4 lie in cell 2, 3 in cell 1

    def sizes(**options: Any) -> list[tuple[int, float]]:
        found = measure_cell_nucleus(cells, nuclei, **options)
        return list(zip(found.n_nuclei.tolist(), found.nucleus_area.tolist(), strict=True))

    assert sizes() == [(2, 4), (1, 4)]
    assert sizes(min_overlap=3 / 8) == [(2, 4), (1, 4)]
    assert sizes(min_overlap=0.4) == [(1, 1), (1, 4)]
    assert sizes(min_overlap=0.51) == [(1, 1), (0, 0)]
    assert sizes(assign="majority") == [(1, 1), (1, 4)]
    assert sizes(assign="majority", min_overlap=0.6) == [(1, 1), (0, 0)]
    cells[0, 1] = 0
    assert sizes(assign="majority") == [(2, 4), (0, 0)]  # 3 voxels in each: the smaller number


def test_infinities() -> None:
    """Nobody is warned of what cannot be divided."""
    cells, nuclei = np.array([[1, 1, 2, 2, 3, 3]]), np.array([[0, 1, 0, 2, 0, 3]])
    found = measure_cell_nucleus(cells, nuclei, 1, np.array([[np.inf, np.inf, -np.inf, 2, 1e308, 1e-308]]))
    np.testing.assert_equal(found.mean_intensity_ratio.to_numpy(), [np.nan, -np.inf, np.inf])


def test_many_cells() -> None:
    """More than 16 bits count, each with its nucleus."""
    cells = np.random.default_rng(5).permutation(400 * 400).reshape(400, 400) + 1
    found = measure_cell_nucleus(cells, -cells, intensity_image=cells)
    assert (found["index"] == np.arange(1, 160_001)).all()
    assert (found.nucleus_median_intensity == found["index"]).all()
    assert (found[["n_nuclei", *SIZES]] == 1).all(axis=None)
    assert found.cell_mean_intensity.isna().all()


def test_what_is_refused() -> None:
    cells, flat = np.ones((4, 5), int), np.ones(5, int)
    with pytest.raises(ValueError, match="2D or 3D array, but they have 1 dimensions"):
        measure_cell_nucleus(flat, cells)
    with pytest.raises(
        ValueError, match=r"Cells and nuclei must have the same shape.*\(4, 5\) and the nuclei \(5, 4\)"
    ):
        measure_cell_nucleus(cells, cells.T, (1, 2, 3))
    with pytest.raises(ValueError, match="Cells and image must have the same shape"):
        measure_cell_nucleus(cells, cells, (1, 2, 3), np.ones((4, 5, 3)))
    with pytest.raises(ValueError, match="one number or 2"):
        measure_cell_nucleus(cells, cells, (1, 2, 3))
    for wrong in (-0.1, 1.1, np.nan):
        with pytest.raises(ValueError, match="from 0 to 1, but"):
            measure_cell_nucleus(cells, cells, min_overlap=wrong)
    with pytest.raises(ValueError, match="but is 'most'"):
        measure_cell_nucleus(cells, cells, assign="most")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="The nuclei are of type complex128"):
        measure_cell_nucleus(cells, cells * 1j)
    with pytest.raises(TypeError, match="The image has values of type complex128"):
        measure_cell_nucleus(cells, cells, 1, cells * 1j)
    with pytest.raises(ValueError, match="The cells hold values that are not finite"):
        measure_cell_nucleus(cells * np.nan, cells)
    with pytest.raises(ValueError, match="The nuclei hold values that are not finite"):
        measure_cell_nucleus(cells, cells * np.inf)
    with pytest.raises(ValueError, match="18446744073709551615, which is too large"):
        measure_cell_nucleus(np.full((4, 5), 2**64 - 1, np.uint64), cells)


def test_no_cells() -> None:
    nothing = np.zeros((3, 4), int)
    assert measure_cell_nucleus(nothing, nothing + 1).columns.tolist() == ["index", "n_nuclei", *SIZES]
    assert len(measure_cell_nucleus(nothing[:0], nothing[:0], 1, nothing[:0]).columns) == 29


def test_memory() -> None:
    cells = tissue(5000, (1024, 1024))
    measure_cell_nucleus(cells.cells[:9, :9], cells.nuclei[:9, :9], 1, cells.image[:9, :9])
    tracemalloc.start()
    try:
        measure_cell_nucleus(cells.cells, cells.nuclei, 1, cells.image)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak <= 8 * cells.cells.size + 6 * 2**20


def test_real_files(shared: Path) -> None:
    folder = shared / "data" / "cells-2d"
    cells, nuclei = (tifffile.imread(folder / "segmentations" / f"{name}-seg.tif") for name in ("membrane", "nucleus"))
    image = tifffile.imread(folder / "images" / "nuclei.tif")
    found = measure_cell_nucleus(cells, nuclei, 0.5, image)
    expected = pd.DataFrame(cell_nucleus(cells, nuclei, 0.25, image, 0, False))
    pd.testing.assert_frame_equal(found, expected, check_exact=image.dtype != np.float64)
    assert int(found.nucleus_mean_intensity.isna().sum()) == 13
