"""Smooth shapes and noise on grids of voxels, for the sample data."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Volume = NDArray[np.float32]


def offsets(shape: NDArray[np.float64], points: Volume, centre: NDArray[np.float64]) -> list[Volume]:
    """Return the three parts of `shape @ (point - centre)` for points (3, Z, Y, X)."""
    # Not as a product of matrices: its threads would fight for the cores with those of the caller.
    z, y, x = points
    parts = []
    for row, shift in zip(shape.astype(np.float32), (shape @ centre).astype(np.float32), strict=True):
        part = row[0] * z
        part += row[1] * y
        part += row[2] * x
        part -= shift
        parts.append(part)
    return parts


def distance(shape: NDArray[np.float64], points: Volume, centre: NDArray[np.float64]) -> Volume:
    """Return the length of `shape @ (point - centre)` for points (3, Z, Y, X)."""
    z, y, x = offsets(shape, points, centre)
    z *= z
    y *= y
    x *= x
    z += y
    z += x
    return np.asarray(np.sqrt(z, out=z))


def doubled(volume: Volume) -> Volume:
    """Return a volume of twice the size along each axis, interpolated linearly."""
    nz, ny, nx = volume.shape
    wide = np.empty((nz, ny, 2 * nx), np.float32)  # x first: what is not in a row is slow, and small now
    _interleave(volume.T, wide.T[0::2], wide.T[1::2])
    high = np.empty((nz, 2 * ny, 2 * nx), np.float32)
    _interleave(wide.swapaxes(0, 1), high.swapaxes(0, 1)[0::2], high.swapaxes(0, 1)[1::2])
    deep = np.empty((2 * nz, 2 * ny, 2 * nx), np.float32)
    _interleave(high, deep[0::2], deep[1::2])
    return deep


def _interleave(source: Volume, even: Volume, odd: Volume) -> None:
    """Fill the points a quarter of a step before and after those of `source`, along the first axis."""
    np.multiply(source, np.float32(0.75), out=even)
    odd[...] = even
    far = np.float32(0.25) * source
    even[1:] += far[:-1]
    even[0] += far[0]
    odd[:-1] += far[1:]
    odd[-1] += far[-1]


def soft_step(depth: Volume, softness: float) -> Volume:
    """Return 1 inside and 0 outside, with an edge about as wide as `softness` on each side."""
    return np.asarray(0.5 + 0.5 * np.tanh(depth * np.float32(1 / softness)))


def smooth_noise(rng: np.random.Generator, size: int, blur: float) -> Volume:
    """Return smooth noise (size, size, size) of mean 0 and deviation 1 that continues over its borders."""
    from scipy.ndimage import gaussian_filter

    noise = gaussian_filter(rng.standard_normal((size, size, size), dtype=np.float32), blur, mode="wrap")
    return np.asarray((noise - noise.mean()) / noise.std(), np.float32)


def noise_piece(rng: np.random.Generator, noise: Volume, shape: tuple[int, ...]) -> Volume:
    """Return a piece of noise from anywhere."""
    starts = rng.integers(0, len(noise), 3)
    places = [(start + np.arange(n)) % len(noise) for start, n in zip(starts, shape, strict=True)]
    return np.asarray(noise[np.ix_(*places)])


def add_spot(volume: Volume, place: NDArray[np.float64], sigma: NDArray[np.float64], brightness: float) -> None:
    """Add a Gaussian spot at a place (z, y, x in voxels); what lies outside is cut off."""
    profiles, parts = [], []
    for at, width, size in zip(place, sigma, volume.shape, strict=True):
        start, stop = max(0, int(at - 3.2 * width)), min(size, int(at + 3.2 * width) + 2)
        if stop <= start:
            return
        profiles.append(np.exp(-0.5 * ((np.arange(start, stop) - at) / width) ** 2).astype(np.float32))
        parts.append(slice(start, stop))
    z, y, x = profiles
    volume[tuple(parts)] += np.float32(brightness) * z[:, None, None] * y[:, None] * x


def random_rotation(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a rotation in any direction."""
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return np.asarray(turn)


def random_place(rng: np.random.Generator, radius: float) -> NDArray[np.float64]:
    """Return a place in a ball."""
    direction = rng.normal(size=3)
    return np.asarray(direction / np.linalg.norm(direction) * radius * rng.random() ** (1 / 3))


def random_count(rng: np.random.Generator, limits: tuple[int, int]) -> int:
    """Return a whole number between two, both included."""
    low, high = limits
    return int(rng.integers(low, high, endpoint=True))
