"""Tissue to measure: warped cells that touch or have gaps, some with holes, fragments, their nuclei, an image."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FLAT, DEEP = (2048, 2048), (128, 256, 256)
_HOLED, _FRAGMENTS, _WITHOUT_NUCLEUS = 0.15, 0.05, 0.03


@dataclass(frozen=True, eq=False)
class Tissue:
    """`cells` and `nuclei` are int32, `image` is uint16, all of one shape."""

    cells: NDArray[np.int32]
    nuclei: NDArray[np.int32]
    image: NDArray[np.uint16]


@cache
def tissue(count: int, shape: tuple[int, ...] = FLAT, gap: float = 0.06) -> Tissue:
    """Return about `count` cells in an array of 2 or 3 dimensions; `gap` is the distance between them in cells."""
    from scipy.ndimage import gaussian_filter
    from scipy.spatial import cKDTree

    rng = np.random.default_rng(count)
    step = (np.prod(shape) / count) ** (1 / len(shape))
    grid = np.stack(np.meshgrid(*(np.arange(step / 2, n, step) for n in shape), indexing="ij"), -1)
    seeds = grid.reshape(-1, len(shape)) + rng.uniform(-0.35, 0.35, (grid.size // len(shape), len(shape))) * step
    places = np.stack(np.meshgrid(*(np.arange(n, dtype=np.float32) for n in shape), indexing="ij"), -1)
    for axis in range(len(shape)):
        noise = gaussian_filter(rng.standard_normal(shape, np.float32), step / 4)
        places[..., axis] += noise / noise.std() * step * 0.08
    away: Any
    which: Any
    away, which = cKDTree(seeds).query(places.reshape(-1, len(shape)), 2, workers=-1)
    number, edge = which[:, 0], ((away[:, 1] - away[:, 0]) / step).reshape(shape)
    numbers = rng.permutation(len(seeds)).astype(np.int32) + 1
    cells = numbers[number].reshape(shape)
    cells[edge < gap] = 0
    nuclei = np.where(edge > 0.35, cells, 0)
    names = rng.permutation(len(seeds)).astype(np.int32) + 1
    names[rng.random(len(seeds)) < _WITHOUT_NUCLEUS] = 0
    nuclei = np.append(0, names).astype(np.int32)[nuclei]
    _punch(cells, seeds[rng.random(len(seeds)) < _HOLED] + step / 8, rng)
    _litter(cells, int(len(seeds) * _FRAGMENTS), rng)
    image = gaussian_filter(rng.standard_normal(shape, np.float32), 1) * 400 + 1000 + (cells % 97) * 20
    return Tissue(cells, nuclei, np.clip(image, 0, 65535).astype(np.uint16))


def _punch(cells: NDArray[np.int32], middles: NDArray[Any], rng: np.random.Generator) -> None:
    for middle in middles:
        _write(cells, [int(np.clip(one, 1, n - 4)) for one, n in zip(middle, cells.shape, strict=True)], 0, rng)


def _litter(cells: NDArray[np.int32], many: int, rng: np.random.Generator) -> None:
    """Put fragments of a few voxels all over, each with a number of its own."""
    first = int(cells.max()) + 1
    for number in range(first, first + many):
        _write(cells, [int(rng.integers(0, n - 3)) for n in cells.shape], number, rng)


def _write(cells: NDArray[np.int32], at: list[int], number: int, rng: np.random.Generator) -> None:
    """Write a number into one to three voxels of a row."""
    *row, x = at
    cells[tuple(row)][x : x + int(rng.integers(1, 4))] = number
