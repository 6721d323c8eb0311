"""The microscope of the sample data: blur, haze, uneven light, shot noise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core.sample_data.sample_shapes import Volume, doubled

if TYPE_CHECKING:
    from numpy.typing import NDArray

Recipe = Mapping[str, Any]
"""The numbers of `resources/sample.json`; lengths are in micrometres."""


def record(
    volume: Volume, recipe: Recipe, rng: np.random.Generator, counts: float, is_sharp: bool
) -> NDArray[np.uint16]:
    """Return what the camera records of a volume (Z, Y, X) in which a plain nucleus or membrane is about 1.

    `counts` is what it records of 1; a volume that `is_sharp` is not blurred yet.
    """
    from scipy.ndimage import gaussian_filter

    numbers = recipe["microscope"]
    if is_sharp:
        blur = np.array(numbers["blur_um"]) / recipe["voxel_um"]
        volume = gaussian_filter(volume, blur, mode="nearest", truncate=2.5)
    size = len(volume)
    small = volume.reshape(size // 4, 4, size // 4, 4, size // 4, 4).mean((1, 3, 5))
    haze = gaussian_filter(small, (4.0, 2.5, 2.5), mode="nearest")
    light = volume + np.float32(numbers["out_of_focus"]) * doubled(doubled(haze))

    ramp = np.linspace(-1, 1, size, dtype=np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    across = np.float32(np.cos(angle)) * ramp[:, None] + np.float32(np.sin(angle)) * ramp
    light *= np.float32(counts) * (1 - np.float32(numbers["shading"]) * across)
    light *= (1 - np.float32(numbers["depth_loss"]) * (ramp + 1) / 2)[:, None, None]

    variance = np.float32(numbers["counts_per_photon"]) * light + np.float32(numbers["read_noise"] ** 2)
    noise = rng.standard_normal(light.shape, dtype=np.float32)
    noise *= np.sqrt(variance, out=variance)
    light += noise
    light += np.float32(numbers["offset"] + 0.5)
    return np.clip(light, 0, 65535, out=light).astype(np.uint16)
