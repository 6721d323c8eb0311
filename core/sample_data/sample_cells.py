"""One block of the sample data: cells that are made up, seen through a microscope that is made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.sample_data.sample_microscope import Recipe, record
from core.sample_data.sample_shapes import (
    Volume,
    add_spot,
    distance,
    doubled,
    noise_piece,
    offsets,
    random_count,
    random_place,
    random_rotation,
    smooth_noise,
    soft_step,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

INTERPHASE, MITOTIC, APOPTOTIC = 1, 2, 3

_NOISE_VOXELS = 64


@dataclass(frozen=True, eq=False)
class _Cell:
    """A cell: `shape` turns an offset from `centre` (z, y, x) so that the surface is at a length of 1."""

    kind: int
    centre: NDArray[np.float64]
    radius: float
    reach: float  # how far the cell extends where no neighbour stands in its way, in units of its surface
    shape: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Scene:
    """What the parts of one block share.

    Shapes are computed on a grid of twice the voxel size, whose points `grid` (3, Z/2, Y/2, X/2) are bent a
    little, so that nothing is perfectly round; they are drawn on the grid of the voxels.
    """

    recipe: Recipe
    rng: np.random.Generator
    voxel: NDArray[np.float64]
    middle: NDArray[np.float64]  # the centre of the middle cell
    grid: Volume
    fine: Volume
    coarse: Volume


def render_block(recipe: Recipe, seed: int, kind: int) -> list[NDArray[np.uint16]]:
    """Return the channels of one block, each (Z, Y, X): nuclei, membrane, puncta.

    `kind` is the class of the middle cell. The same arguments give the same voxels.
    """
    scene = _scene(recipe, seed)
    cells = _place_cells(scene, kind)
    depth = _cell_depth(scene, cells)
    nuclei, nuclear = _nuclei(scene, cells)
    membrane = _membrane(scene, cells, depth)
    puncta = _puncta(scene, cells, depth, nuclear)
    volumes, counts = (nuclei, membrane, puncta), recipe["microscope"]["counts"]
    return [
        record(volume, recipe, scene.rng, one, is_sharp=volume is not puncta)
        for volume, one in zip(volumes, counts, strict=True)
    ]


def focus_point(recipe: Recipe, seed: int) -> list[float]:
    """Return the centre of the middle cell (z, y, x in voxels) of the block that `render_block` makes."""
    rng = np.random.default_rng((recipe["seed"], seed))
    z, y, x = (_middle(recipe, rng) / recipe["voxel_um"] - 0.5).tolist()
    return [z, y, x]


# ------------------------------------------------------------------------ where the cells are


def _middle(recipe: Recipe, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the centre of the middle cell in micrometres; it takes the first numbers of `rng`."""
    jitter = rng.normal(0, recipe["cells"]["centre_jitter_um"], 3)
    return np.asarray(recipe["voxels"] / 2 * np.array(recipe["voxel_um"]) + jitter)


def _scene(recipe: Recipe, seed: int) -> _Scene:
    rng = np.random.default_rng((recipe["seed"], seed))
    middle = _middle(recipe, rng)
    size = recipe["voxels"]
    voxel = np.array(recipe["voxel_um"])
    axes = [(np.arange(size // 2, dtype=np.float32) + 0.5) * np.float32(2 * step) for step in voxel]
    grid: Volume = np.stack(np.meshgrid(*axes, indexing="ij"))
    waviness = np.float32(recipe["cells"]["waviness_um"])
    for axis in grid:
        bend = doubled(smooth_noise(rng, size // 4, 3.0))
        axis += waviness * bend[: size // 2, : size // 2, : size // 2]
    fine, coarse = smooth_noise(rng, _NOISE_VOXELS, 1.3), smooth_noise(rng, _NOISE_VOXELS, 3.2)
    return _Scene(recipe, rng, voxel, middle, grid, fine, coarse)


def _place_cells(scene: _Scene, kind: int) -> list[_Cell]:
    """Return the cells of a loose layer; the first is the middle one, the others are in interphase."""
    numbers, rng = scene.recipe["cells"], scene.rng
    centres = [scene.middle]
    extent = scene.voxel * scene.recipe["voxels"]
    margin = np.array([numbers["layer_um"] - extent[0] / 2, 7.0, 7.0])
    for _ in range(600):
        centre = rng.uniform(-margin, extent + margin)
        if np.sum((np.array(centres) - centre) ** 2, 1).min() >= numbers["distance_um"] ** 2:
            centres.append(centre)
    cells: list[_Cell] = []
    for centre in centres:
        own = kind if not cells else INTERPHASE
        radius = rng.uniform(*numbers["radius_um"])
        unevenness = 0.0 if own == MITOTIC else 0.1
        shape = np.diag(np.exp(rng.normal(0, unevenness, 3))) @ random_rotation(rng) / radius
        reach = {INTERPHASE: 1.2, MITOTIC: 0.93, APOPTOTIC: scene.recipe["apoptotic"]["shrunken"]}[own]
        cells.append(_Cell(own, centre, radius, reach, shape))
    return cells


def _cell_depth(scene: _Scene, cells: list[_Cell]) -> Volume:
    """Return how deep each grid point lies inside its cell, in micrometres; negative between the cells."""
    far = np.full(scene.grid.shape[1:], 3.0, np.float32)
    first, second = far, far.copy()  # the distance from the nearest two cells, in units of their surfaces
    reach, second_reach = np.ones_like(far), np.ones_like(far)
    for cell in cells:
        box = _box(scene, cell.centre, 1.5 * cell.radius)
        if box is None:
            continue
        away = distance(cell.shape, scene.grid[:, *box], cell.centre)
        if cell.kind == MITOTIC:
            away *= np.float32(0.88)  # it has pushed its neighbours aside
        is_first, is_second = away < first[box], away < second[box]
        own = np.float32(cell.reach)
        second_reach[box] = np.where(is_first, reach[box], np.where(is_second, own, second_reach[box]))
        second[box] = np.where(is_first, first[box], np.minimum(away, second[box]))
        reach[box] = np.where(is_first, own, reach[box])
        first[box] = np.minimum(away, first[box])
    to_border = (second - first) / 2
    inside = np.minimum(to_border, reach - first)
    outside = np.minimum(first - reach, np.maximum(to_border, second - second_reach))
    radius = np.float32(np.mean(scene.recipe["cells"]["radius_um"]))
    depth: Volume = radius * np.where(first < reach, inside, -outside)
    return depth


# ------------------------------------------------------------------------ what is in them


def _nuclei(scene: _Scene, cells: list[_Cell]) -> tuple[Volume, Volume]:
    """Return the DNA, (Z, Y, X), and how deep each grid point lies in a nucleus, in micrometres."""
    size = scene.recipe["voxels"]
    dna = np.zeros((size, size, size), np.float32)
    nuclear = np.full(scene.grid.shape[1:], -3.0, np.float32)
    draw = {INTERPHASE: _interphase, MITOTIC: _mitotic, APOPTOTIC: _apoptotic}
    for cell in cells:
        box = _box(scene, cell.centre, 6.4)
        if box is None:
            continue
        depth, brightness = draw[cell.kind](scene, cell, box)
        nuclear[box] = np.maximum(nuclear[box], depth)
        target = dna[_voxels(box)]
        np.maximum(target, brightness, out=target)
    return dna, nuclear


def _interphase(scene: _Scene, cell: _Cell, box: tuple[slice, ...]) -> tuple[Volume, Volume]:
    """Return depth and brightness of a round nucleus with chromatin, a rim and dark nucleoli."""
    numbers, rng = scene.recipe["interphase"], scene.rng
    radius = rng.uniform(*numbers["radius_um"])
    centre = cell.centre + rng.normal(0, 0.35, 3)
    shape = np.diag(np.exp(rng.normal(0, 0.09, 3))) @ random_rotation(rng) / radius
    depth = radius * (1 - distance(shape, scene.grid[:, *box], centre))
    inside = doubled(depth)
    texture = numbers["texture"] * (
        noise_piece(rng, scene.fine, inside.shape) + noise_piece(rng, scene.coarse, inside.shape)
    )
    texture += 1 + 0.45 * np.exp(-(((inside - 0.45) / 0.4) ** 2))
    np.maximum(texture, 0.3, out=texture)
    origin = np.array([2 * part.start for part in box])
    for _ in range(random_count(rng, numbers["chromocentres"])):
        spot = centre + random_place(rng, 0.85 * radius)
        add_spot(texture, spot / scene.voxel - 0.5 - origin, 0.34 / scene.voxel, rng.uniform(0.5, 1.1))
    holes = np.full_like(depth, -3.0)
    for _ in range(random_count(rng, numbers["nucleoli"])):
        spot = centre + random_place(rng, 0.6 * radius)
        size = rng.uniform(*numbers["nucleolus_um"])
        np.maximum(holes, size - distance(np.eye(3), scene.grid[:, *box], spot), out=holes)
    texture *= 1 - 0.82 * soft_step(doubled(holes), 0.16)
    return depth, rng.uniform(0.8, 1.15) * soft_step(inside, 0.14) * texture


def _mitotic(scene: _Scene, cell: _Cell, box: tuple[slice, ...]) -> tuple[Volume, Volume]:
    """Return depth and brightness of one condensed plate, or of two that move apart."""
    numbers, rng = scene.recipe["mitotic"], scene.rng
    thickness, width = numbers["plate_um"]
    along, *across = offsets(random_rotation(rng), scene.grid[:, *box], cell.centre)
    outward = across[0] ** 2 + across[1] ** 2
    ragged = 0.22 * noise_piece(rng, scene.coarse, along.shape)
    if rng.random() < 0.5:
        width *= 0.85
        along = np.abs(along) - rng.uniform(*numbers["separation_um"]) + 0.07 * outward
    depth = thickness * (1 - np.sqrt((along / thickness) ** 2 + outward / width**2) + ragged)
    inside = doubled(depth)
    texture = 1 + 0.16 * noise_piece(rng, scene.fine, inside.shape)
    return depth, numbers["brightness"] * soft_step(inside, 0.14) * texture


def _apoptotic(scene: _Scene, cell: _Cell, box: tuple[slice, ...]) -> tuple[Volume, Volume]:
    """Return depth and brightness of round, smooth, bright bodies."""
    numbers, rng = scene.recipe["apoptotic"], scene.rng
    smallest, largest = numbers["body_um"]
    depth = np.full(scene.grid[:, *box].shape[1:], -3.0, np.float32)
    for size in np.linspace(smallest, largest, random_count(rng, numbers["bodies"])):
        spot = cell.centre + random_place(rng, 1.0) * 1.9 * numbers["spread_um"]
        np.maximum(depth, size - distance(np.eye(3), scene.grid[:, *box], spot), out=depth)
    return depth, numbers["brightness"] * soft_step(doubled(depth), 0.14)


def _membrane(scene: _Scene, cells: list[_Cell], depth: Volume) -> Volume:
    """Return the membranes: thin shells where cells end, and a faint haze inside."""
    inside = doubled(depth)
    patches = 1 + 0.18 * _tiled(scene, scene.coarse, inside.shape)
    width = np.float32(scene.recipe["cells"]["membrane_um"])
    shells: Volume = np.exp(-((inside / width) ** 2)) * patches
    shells += np.float32(0.07) * soft_step(inside, 0.25)
    if cells[0].kind == APOPTOTIC:
        _blebs(scene, cells[0], shells)
    return shells


def _blebs(scene: _Scene, cell: _Cell, shells: Volume) -> None:
    """Draw the bubbles at the surface of a dying cell."""
    box = _box(scene, cell.centre, 6.4)
    assert box is not None
    reach = cell.reach * cell.radius
    for _ in range(7):
        direction = scene.rng.normal(size=3)
        spot = cell.centre + reach * direction / np.linalg.norm(direction)
        size = scene.rng.uniform(0.5, 1.1)
        away = doubled(distance(np.eye(3), scene.grid[:, *box], spot) - size)
        target = shells[_voxels(box)]
        np.maximum(target, np.exp(-((away / 0.3) ** 2)), out=target)


def _puncta(scene: _Scene, cells: list[_Cell], depth: Volume, nuclear: Volume) -> Volume:
    """Return small spots in the cytoplasm, as the microscope would show them, and a haze."""
    numbers, rng = scene.recipe["puncta"], scene.rng
    cytoplasm = soft_step(np.minimum(depth - 0.2, -nuclear), 0.3)
    haze = numbers["haze"] * cytoplasm * np.maximum(1 + 0.3 * _tiled(scene, scene.coarse, cytoplasm.shape), 0.2)
    volume = doubled(haze.astype(np.float32))
    blur = np.array(scene.recipe["microscope"]["blur_um"]) / scene.voxel
    for cell in cells:
        if _box(scene, cell.centre, cell.radius) is None:
            continue
        for _ in range(rng.poisson(numbers["per_cell"])):
            spot = cell.centre + random_place(rng, cell.radius * min(cell.reach, 1.0))
            place = np.floor(spot / (2 * scene.voxel)).astype(int)
            if (place < 0).any() or (place >= cytoplasm.shape).any() or cytoplasm[tuple(place)] < 0.5:
                continue
            brightness = numbers["brightness"] * rng.lognormal(-0.5, 0.6)
            add_spot(volume, spot / scene.voxel - 0.5, blur * rng.uniform(1.0, 1.5), brightness)
    return volume


# ------------------------------------------------------------------------ geometry


def _box(scene: _Scene, centre: NDArray[np.float64], radius: float) -> tuple[slice, ...] | None:
    """Return the grid points about a place, None if all lie outside the block."""
    step = 2 * scene.voxel
    size = scene.grid.shape[1]
    start = np.clip(np.floor((centre - radius) / step), 0, size).astype(int)
    stop = np.clip(np.ceil((centre + radius) / step), 0, size).astype(int)
    if (stop - start < 2).any():
        return None
    return tuple(slice(a, b) for a, b in zip(start.tolist(), stop.tolist(), strict=True))


def _voxels(box: tuple[slice, ...]) -> tuple[slice, ...]:
    """Return the voxels of a box of grid points."""
    return tuple(slice(2 * part.start, 2 * part.stop) for part in box)


def _tiled(scene: _Scene, noise: Volume, shape: tuple[int, ...]) -> Volume:
    """Return noise for the whole block, at half the resolution if it has to be that large."""
    if shape[0] <= len(noise):
        return noise_piece(scene.rng, noise, shape)
    return doubled(noise_piece(scene.rng, noise, tuple(n // 2 for n in shape)))
