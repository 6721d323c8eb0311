"""Surfaces of objects in 3D: against meshes of scikit-image, line by line, and of boxes and balls of known area."""

from __future__ import annotations

import tracemalloc
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.measure import marching_cubes, mesh_surface_area

from core.measure.object_runs import find_object_runs
from core.measure.surface import crofton_surface_areas, surface_areas
from tests.core.hulls_reference import alone, labels_3d

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Sizes = tuple[float, float, float]

SIZES = st.sampled_from([(1.0, 1.0, 1.0), (2.0, 0.5, 0.5), (0.3, 1.7, 4.0)])


def areas(labels: NDArray[Any], sizes: Sizes) -> NDArray[np.float64]:
    return surface_areas(labels, find_object_runs(labels), sizes)


def crofton(labels: NDArray[Any], sizes: Sizes) -> NDArray[np.float64]:
    return crofton_surface_areas(labels, find_object_runs(labels), sizes)


def mesh_area(image: NDArray[np.bool_], sizes: Sizes) -> float:
    corners, faces, _, _ = marching_cubes(np.pad(image, 1), 0.5, spacing=sizes)
    return float(mesh_surface_area(corners, faces))


def ball(radius: float, sizes: Sizes) -> NDArray[np.uint8]:
    axes = [np.arange(-int(radius / size) - 1, int(radius / size) + 2) * size for size in sizes]
    z, y, x = np.meshgrid(*axes, indexing="ij")
    return np.asarray(z * z + y * y + x * x <= radius * radius, np.uint8)


def crossings(image: NDArray[np.bool_], step: tuple[int, ...]) -> int:
    """Count the pairs of voxels a step apart of which one is in the object."""
    padded = np.pad(image, 2)
    return int((padded != np.roll(padded, step, (0, 1, 2))).sum())


@settings(max_examples=100)
@given(labels_3d(), SIZES)
def test_as_meshes_of_scikit_image(labels: NDArray[Any], sizes: Sizes) -> None:
    before = labels.copy()
    found = areas(labels, sizes)
    assert found.dtype == np.float64
    assert np.array_equal(labels, before)
    numbers = np.unique(labels[labels > 0])
    assert found == pytest.approx([mesh_area(alone(labels, number), sizes) for number in numbers], rel=2e-5)


@settings(max_examples=100)
@given(labels_3d(7))
def test_crofton_line_by_line(labels: NDArray[Any]) -> None:
    """With voxels alike in all directions, by the weights of Legland, Kieu & Devaux (2007), table 2."""
    weights = {1: 0.04577789120476, 2: 0.03698062787608, 3: 0.03519563978232}
    wanted = []
    for number in np.unique(labels[labels > 0]):
        image = alone(labels, number)
        steps = [step for step in product((-1, 0, 1), repeat=3) if any(step)]
        wanted.append(
            sum(2 * weights[np.abs(step).sum()] * crossings(image, step) / np.linalg.norm(step) for step in steps)
        )
    assert crofton(labels, (1, 1, 1)) == pytest.approx(wanted, rel=1e-6)


def test_boxes() -> None:
    # The mesh passes half a voxel outside of middles and cuts edges and corners: faces between middles, and on each
    # edge a strip from one face to the next, and a triangle at each corner
    labels = np.zeros((9, 10, 11), np.int16)
    labels[1:4, 2:6, 3:8] = -3
    labels[5:8, 2:6, 3:8] = 300
    c, b, a = (0.5 * 2, 0.25 * 3, 2.0 * 4)
    strips = 4 * (c * np.hypot(0.125, 1) + b * np.hypot(0.25, 1) + a * np.hypot(0.25, 0.125))
    p, q, r = 0.25, 0.125, 1.0
    corners = 8 * 0.5 * np.sqrt((p * q) ** 2 + (q * r) ** 2 + (p * r) ** 2)
    assert areas(labels, (0.5, 0.25, 2.0)).tolist() == [pytest.approx(2 * (a * b + a * c + b * c) + strips + corners)]


def test_touching_the_border_and_one_another() -> None:
    whole = np.ones((3, 4, 5), np.uint8)
    halves = whole.copy()
    halves[:, :, 2:] = 2
    assert areas(whole, (1, 1, 1)) == areas(np.pad(whole, 3), (1, 1, 1))
    assert areas(halves, (1, 1, 1)) == pytest.approx([mesh_area(halves == number, (1, 1, 1)) for number in (1, 2)])


@pytest.mark.parametrize("sizes", [(1.0, 1.0, 1.0), (4.0, 1.0, 1.0), (1.0, 4.0, 1.0), (0.5, 0.5, 1.5)])
def test_balls(sizes: Sizes) -> None:
    for radius, within in ((10, 0.03), (20, 0.02), (40, 0.01)):
        labels, wanted = ball(radius, sizes), 4 * np.pi * radius**2
        assert crofton(labels, sizes)[0] == pytest.approx(wanted, rel=within)
        # What the better estimate is for
        assert 1.05 < areas(labels, sizes)[0] / wanted < 1.25


def test_crofton_of_boxes() -> None:
    # Planes along the axes are what the 13 directions see worst
    for sizes, least in ((1.0, 1.0, 1.0), 0.91), ((2.0, 0.5, 0.5), 0.84):
        box = np.ones((40, 60, 50), np.uint8)
        c, b, a = (size * n for size, n in zip(sizes, box.shape, strict=True))
        assert least < crofton(box, sizes)[0] / (2 * (a * b + a * c + b * c)) < 1


def test_the_unit_is_only_a_factor() -> None:
    labels = ball(5, (1, 1, 1))
    for measure in areas, crofton:
        assert measure(labels, (3, 3, 3)) == pytest.approx(9 * measure(labels, (1, 1, 1)))


def test_nothing_and_other_dimensions() -> None:
    for shape in (3, 4, 5), (0, 4, 5), (3, 4, 0):
        assert areas(np.zeros(shape, np.uint8), (1, 1, 1)).tolist() == []
    with pytest.raises(ValueError, match="needs labels with 3 axes"):
        areas(np.ones((4, 5), np.uint8), (1, 1, 1))


def test_room() -> None:
    labels = np.random.default_rng(3).integers(0, 2000, (60, 100, 100))
    runs = find_object_runs(labels)
    surface_areas(labels, runs, (1, 1, 1))
    tracemalloc.start()
    surface_areas(labels, runs, (1, 1, 1))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most <= 8 * labels.size


def test_real_labels(shared: Path) -> None:
    labels = tifffile.imread(shared / "data" / "instance-3d" / "Platynereis_tp7_channel1_rescaled256x256x103_gt.tif")
    runs, sizes = find_object_runs(labels), (0.4, 0.4, 0.4)
    found = surface_areas(labels, runs, sizes)
    for at in range(0, len(found), 20):
        assert found[at] == pytest.approx(mesh_area(alone(labels, runs.numbers[at]), sizes), rel=2e-5)
