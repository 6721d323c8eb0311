"""What shines behind the objects, found and taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from core.measure.scale import axis_sizes
from core.segment.block_grid import BlockGrid
from core.segment.inputs import checked_image, checked_radius
from core.segment.openings import opened, opened_by_ball
from core.segment.smoothing import smooth_image
from core.segment.tiles import tiles

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

Background = Literal["top_hat", "rolling_ball", "gaussian"]

_EXACT = {("top_hat", 2): 50.0, ("top_hat", 3): 7.0, ("rolling_ball", 2): 8.0, ("rolling_ball", 3): 4.0}
"""The radius in voxels up to which every voxel is looked at, by method and number of axes."""
_SIGMA = 4.0
"""The standard deviation in voxels from which that of a Gaussian may be that of means of blocks."""


def subtract_background(
    image: ArrayLike, radius: float, scale: float | Sequence[float] = 1.0, *, method: Background = "top_hat"
) -> NDArray[Any]:
    """Take from an image what changes more slowly than its objects: uneven light, a glow, an offset.

    Parameters
    ----------
    image
        (Y, X) or (Z, Y, X), whole or decimal numbers, one channel, bright objects.
    radius
        In the unit of `scale`: larger than the radius of the largest object.
    scale
        The size of a voxel: one number, or one for each axis.
    method
        - "top_hat": the background is the opening by a flat ball (a disc in 2D);
        - "rolling_ball": the background is how high a ball that is rolled below the image reaches (Sternberg 1983); on
          the gray axis, its radius is as many gray values as it is voxels along the axis of the finest ones. Follows a
          slope of the light more closely than the flat ball;
        - "gaussian": the background is the Gaussian mean with `radius` as its standard deviation.

    Returns
    -------
    objects
        The shape and type of the image. Never below 0 with "top_hat" and "rolling_ball"; with "gaussian", numbers below
        0 become 0 where the type has no negative ones.

        Top hat: equal to the difference from scikit-image's `opening` with `mode="ignore"` (`white_tophat`) for a
        radius up to 50 voxels in 2D and 7 in 3D (along the axis of the finest); rolling ball: up to 8 and 4. Beyond
        that, the opening is approximate: it is made on the minima of blocks of voxels, few enough that the radius is
        between half of these numbers and all of it, in blocks, and enlarged linearly between the blocks' middles.
        Gaussian: above a standard deviation of 8 voxels from the means of blocks, within about 1 % of the contrast
        (3 % at the edges of the image).
        Takes at most 8 bytes a voxel besides, in bands; next to nothing where it is approximate.

    Raises
    ------
    TypeError, ValueError
        The image is none (see `checked_image`); `radius` is not above 0; `scale` is not positive; no such method.
    """
    image = checked_image(image)
    sizes = axis_sizes(scale, image.ndim)
    radius = checked_radius(radius)
    if method not in get_args(Background):
        raise ValueError(f'There is no background called "{method}". Choose from {", ".join(get_args(Background))}.')
    if method == "gaussian":
        return _without_gaussian(image, radius, sizes)
    most = _EXACT[method, image.ndim]
    finest = min(sizes)
    block = _block_lengths(radius / finest / most, sizes)
    if max(block) == 1:
        return _without_opening(image, radius, sizes, method)
    grid = BlockGrid(image.shape, block)
    low = grid.minima(image)
    sides = [size * length for size, length in zip(sizes, block, strict=True)]
    back = opened(low, radius, sides) if method == "top_hat" else opened_by_ball(low, radius, sides, finest)
    return _without(image, grid.enlarged(back), 0)


def _block_lengths(times: float, sizes: Sequence[float]) -> list[int]:
    """Return the lengths of blocks whose sides are alike: at least `times` the finest voxel."""
    side = np.ceil(times - 1e-9) * min(sizes)
    return [max(1, int(side / size + 1e-9)) for size in sizes]


def _without_opening(image: NDArray[Any], radius: float, sizes: Sequence[float], method: Background) -> NDArray[Any]:
    """Subtract the exact opening, in tiles with a margin of what it looks at, twice the radius."""
    left = np.empty_like(image, order="C")
    margin = [int(radius / size * (1 + 1e-9)) * 2 for size in sizes]
    for tile in tiles(image.shape, margin, max(1 << 18, image.size // 6)):
        near = image[tile.outer]
        if method == "top_hat":
            back: NDArray[Any] = opened(near, radius, sizes)
        else:
            back = opened_by_ball(near, radius, sizes, min(sizes))
        left[tile.core] = _difference(near[tile.inner], back[tile.inner], 0)
    return left


def _without_gaussian(image: NDArray[Any], sigma: float, sizes: Sequence[float]) -> NDArray[Any]:
    from scipy.ndimage import gaussian_filter

    least = None if image.dtype.kind != "u" else 0
    block = [max(1, int(sigma / size / _SIGMA)) for size in sizes]
    grid = BlockGrid(image.shape, block)
    if max(block) == 1:
        smooth = smooth_image(image, sigma, sizes)
        places = [tile.core for tile in tiles(image.shape, [0] * image.ndim)]
        return _without(image, ((place, smooth[place]) for place in places), least)
    means = grid.means(image)
    # Means of blocks are already smoothed by the blocks, and their enlargement smooths as much again, about
    widths = [
        max(0.0, (sigma / size) ** 2 - (length**2 - 1) / 4) ** 0.5 / length
        for size, length in zip(sizes, block, strict=True)
    ]
    back = gaussian_filter(means, widths, output=np.float32, mode="nearest")
    return _without(image, grid.enlarged(back), least)


def _without(image: NDArray[Any], backs: Iterable[tuple[Any, NDArray[Any]]], least: int | None) -> NDArray[Any]:
    left = np.empty_like(image, order="C")
    for place, here in backs:
        left[place] = _difference(image[place], here, least)
    return left


def _difference(image: NDArray[Any], back: NDArray[Any], least: int | None) -> NDArray[Any]:
    """Return image - back in the type of the image, not below `least`, nor beyond what the type holds."""
    if image.dtype.kind == "f":
        left: NDArray[Any] = image - back.astype(image.dtype, copy=False)
        return left if least is None else np.maximum(left, left.dtype.type(least), out=left)
    bounds = np.iinfo(image.dtype)
    if back.dtype != image.dtype:
        high = np.float32(bounds.max)
        if int(high) > bounds.max:  # single precision has only the next number, which the type has not
            high = np.nextafter(high, np.float32(0))
        back = np.clip(np.rint(back), np.float32(bounds.min), high).astype(image.dtype)
    if least is not None:
        back = np.minimum(image, back)
    if bounds.min == 0 or image.dtype.itemsize == 8:
        left = np.subtract(image, back)
    else:
        left = np.clip(np.subtract(image, back, dtype=np.int64), bounds.min, bounds.max).astype(image.dtype)
    return left
