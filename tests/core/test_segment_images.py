"""Images without noise and background: as scipy and scikit-image say, whatever the voxels' sides."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
import scipy.ndimage as ndi
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage.morphology import opening

from core import smooth_image, subtract_background
from core.segment.block_grid import BlockGrid
from core.segment.openings import opened

TYPES = ("uint8", "int16", "uint16", "int32", "uint32", "float32", "float64")
METHODS: tuple[Any, ...] = ("top_hat", "rolling_ball", "gaussian")


def ellipsoid(radius: float, sizes: tuple[float, ...]) -> Any:
    reach = [int(radius / size) for size in sizes]
    grid = np.moveaxis(np.mgrid[tuple(slice(-far, far + 1) for far in reach)], 0, -1) * np.asarray(sizes)
    return (grid**2).sum(-1) <= radius**2


def random_image(shape: tuple[int, ...], dtype: str = "uint16") -> Any:
    return np.random.default_rng(8).integers(0, 200, shape).astype(dtype)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize(("shape", "sizes"), [((30, 40), (1.0, 0.5)), ((9, 20, 24), (2.0, 0.5, 0.7))])
def test_gaussian(dtype: str, shape: tuple[int, ...], sizes: tuple[float, ...]) -> None:
    image = random_image(shape, dtype)
    before = image.copy()
    smooth = smooth_image(image, 1.3, sizes)
    assert np.array_equal(image, before)
    assert smooth.dtype == np.float32
    expected = ndi.gaussian_filter(image.astype(float), [1.3 / size for size in sizes], mode="nearest")
    np.testing.assert_allclose(smooth, expected, rtol=1e-5)
    assert np.array_equal(smooth_image(image, 0, sizes), image.astype(np.float32))


@pytest.mark.parametrize("dtype", [*TYPES, "float16"])
@pytest.mark.parametrize(("shape", "sizes"), [((30, 40), (1.0, 0.5)), ((9, 12, 14), (2.0, 0.5, 0.7))])
def test_median(dtype: str, shape: tuple[int, ...], sizes: tuple[float, ...]) -> None:
    image = random_image(shape, dtype)
    smooth = smooth_image(image, 1.1, sizes, method="median")
    assert smooth.dtype == image.dtype
    source = image.astype(np.float32) if dtype == "float16" else image
    assert np.array_equal(smooth, ndi.median_filter(source, footprint=ellipsoid(1.1, sizes), mode="nearest"))
    assert np.array_equal(smooth_image(image, 0.2, sizes, method="median"), image)


@given(
    hnp.arrays(
        st.sampled_from((np.uint8, np.uint16, np.float32)),
        hnp.array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=8),
        elements=st.integers(0, 255),
    ),
    st.sampled_from((1.0, 1.5, 2.3, 4.0)),
    st.data(),
)
def test_small_top_hat_is_that_of_scikit_image(image: Any, radius: float, data: st.DataObject) -> None:
    sizes = data.draw(st.tuples(*[st.sampled_from((0.8, 1.0, 2.0))] * image.ndim))
    before = image.copy()
    left = subtract_background(image, radius, sizes)
    assert np.array_equal(image, before)
    assert left.dtype == image.dtype
    expected = opening(image, ellipsoid(radius * (1 + 1e-12), sizes), mode="ignore")
    assert np.array_equal(left, image - expected)


def test_top_hat_in_tiles() -> None:
    image = random_image((1500, 1400), "uint8")
    expected = opening(image, ellipsoid(2, (1, 1)), mode="ignore")
    assert np.array_equal(subtract_background(image, 2), image - expected)


@pytest.mark.parametrize("shape", [(14, 15), (7, 8, 9)])
def test_rolling_ball_is_an_opening_by_a_ball(shape: tuple[int, ...]) -> None:
    image = (random_image(shape, "float32") / 20).astype(np.float32)
    sizes = (2.0, 1.0, 0.5)[-len(shape) :]
    gray = min(sizes)
    radius = 3.8 * gray
    near = ellipsoid(radius, sizes)
    grid = np.argwhere(near) - np.asarray(near.shape) // 2
    heights = np.sqrt(radius**2 - ((grid * sizes) ** 2).sum(1)) / gray
    highest = np.full(shape, -np.inf)
    inside = [range(n) for n in shape]
    for middle in np.ndindex(shape):  # roll the ball: its highest place below the image, then what it covers
        covered = [tuple(one) for one in grid + middle]
        known = [place for place, one in enumerate(covered) if all(a in b for a, b in zip(one, inside, strict=True))]
        low = min(image[covered[place]] - heights[place] for place in known)
        for place in known:
            highest[covered[place]] = max(highest[covered[place]], low + heights[place])
    left = subtract_background(image, radius, sizes, method="rolling_ball")
    np.testing.assert_allclose(left, image - highest, atol=1e-5)


def scene(shape: tuple[int, ...], dtype: str = "uint16") -> tuple[Any, Any]:
    """Return discs or balls of radius 4 on uneven light, and where they are."""
    places = np.indices(shape).astype(float)
    light = 300 + 200 * sum(np.sin(one / n * 2.5) for one, n in zip(places, shape, strict=True))
    cells = np.zeros(shape, bool)
    for middle in np.ndindex(*(n // 25 for n in shape)):
        cells |= sum((one - 12 - 25 * at) ** 2 for one, at in zip(places, middle, strict=True)) <= 16
    return np.rint(light + 500 * cells).astype(dtype), cells


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("shape", "radius"), [((300, 320), 12), ((300, 320), 60), ((50, 75, 75), 10), ((50, 75, 75), 6)]
)
def test_uneven_light_goes_and_objects_stay(method: Any, shape: tuple[int, ...], radius: float) -> None:
    image, cells = scene(shape)
    left = subtract_background(image, radius, method=method)
    assert left.dtype == image.dtype
    assert image[~cells].max() - image[~cells].min() > 150
    assert np.quantile(left[~cells], 0.9) < (60 if radius <= 12 else 150)
    assert np.quantile(left[cells], 0.1) > 380


@pytest.mark.parametrize(("shape", "radius"), [((420, 400), 104.0), ((40, 80, 90), 15.0)])
def test_a_large_radius_is_near_the_exact_opening(shape: tuple[int, ...], radius: float) -> None:
    image, cells = scene(shape)
    image += random_image(shape) // 20
    left = subtract_background(image, radius).astype(float)
    exact = image - opened(image, radius, (1.0,) * len(shape)).astype(float)
    contrast = left[cells].mean() - left[~cells].mean()
    assert abs(left - exact).mean() < 0.04 * contrast
    assert abs(left - exact).max() < 0.2 * contrast


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("method", METHODS)
def test_no_type_is_left_and_none_overflows(dtype: str, method: Any) -> None:
    top = 10.0**30 if np.dtype(dtype).kind == "f" else float(np.iinfo(dtype).max)
    image = np.zeros((40, 50), dtype)
    image[10:30, 10:40] = np.dtype(dtype).type(int(top)) if np.dtype(dtype).kind != "f" else top
    for radius in (3.0, 70.0):
        left = subtract_background(image, radius, method=method)
        assert left.dtype == dtype
        assert np.isfinite(left).all()
        if method != "gaussian" or np.dtype(dtype).kind == "u":
            assert left.min() >= 0
        assert (left <= image).all() or method == "gaussian"


def test_signed_differences_do_not_wrap() -> None:
    image = np.full((9, 9), -128, np.int8)
    image[4, 4] = 127
    assert subtract_background(image, 2)[4, 4] == 127
    assert subtract_background(image, 2)[0, 0] == 0


def test_gaussian_background_is_near_the_exact_one() -> None:
    image, _ = scene((300, 320), "float32")
    for sigma in (3.0, 12.0, 40.0):
        exact = image - ndi.gaussian_filter(image, sigma, mode="nearest")
        left = subtract_background(image, sigma, method="gaussian")
        assert abs(left - exact).max() < 0.03 * np.ptp(image)
        assert abs(left - exact)[50:-50, 50:-50].max() < 0.01 * np.ptp(image)


@given(st.lists(st.integers(1, 12), min_size=2, max_size=3), st.data())
def test_blocks(shape: list[int], data: st.DataObject) -> None:
    lengths = [data.draw(st.integers(1, n)) for n in shape]
    grid = BlockGrid(tuple(shape), lengths)
    image = random_image(tuple(shape))
    minima, means = grid.minima(image), grid.means(image)
    for block in np.ndindex(minima.shape):
        part = image[tuple(slice(at * n, (at + 1) * n) for at, n in zip(block, lengths, strict=True))]
        assert minima[block] == part.min()
        assert means[block] == pytest.approx(part.mean(), rel=1e-6)
    # What is linear stays so between the outermost middles
    slope = np.indices(shape).sum(0).astype(np.float32)
    enlarged = np.concatenate([band for _, band in grid.enlarged(grid.means(slope))])
    inner = tuple(slice(length // 2, n - (n - 1) % length // 2 - 1) for length, n in zip(lengths, shape, strict=True))
    np.testing.assert_allclose(enlarged[inner], slope[inner], atol=1e-4)
    assert enlarged.shape == tuple(shape)


def test_memory() -> None:
    image = random_image((24, 256, 256))
    for method in METHODS:
        for radius in (3.0, 30.0):
            tracemalloc.start()
            subtract_background(image, radius, method=method)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert peak / image.size - image.itemsize <= 8


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda image: smooth_image(image, -1), "sigma must be 0 or more, but is -1."),
        (
            lambda image: smooth_image(image, 1, method="mean"),  # type: ignore[arg-type]
            'There is no smoothing called "mean". Choose from gaussian',
        ),
        (lambda image: smooth_image(image, 1, (1, 1, 1)), "scale must be one number or 2"),
        (lambda image: subtract_background(image, 0), "radius must be above 0, but is 0."),
        (lambda image: subtract_background(image, np.inf), "radius must be a finite number, but is inf."),
        (
            lambda image: subtract_background(image, 5, method="ball"),  # type: ignore[arg-type]
            'There is no background called "ball". Choose from',
        ),
        (lambda image: subtract_background(image / 0, 5), "The image holds NaN or infinite numbers."),
    ],
)
def test_what_is_wrong_is_said(call: Any, said: str) -> None:
    image = np.arange(30).reshape(5, 6)
    with np.errstate(all="ignore"), pytest.raises(ValueError) as caught:
        call(image)
    assert said in str(caught.value)
