"""Images without their noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from core.measure.scale import axis_sizes
from core.segment.inputs import checked_image, checked_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

Smoothing = Literal["gaussian", "median"]


def smooth_image(
    image: ArrayLike, sigma: float, scale: float | Sequence[float] = 1.0, *, method: Smoothing = "gaussian"
) -> NDArray[Any]:
    """Smooth an image, as far in each direction, whatever the voxels' sides.

    Parameters
    ----------
    image
        (Y, X) or (Z, Y, X), whole or decimal numbers, one channel.
    sigma
        The standard deviation of the Gaussian, or the radius of the ball of which the median is taken, in the unit of
        `scale`. 0 smooths nothing.
    scale
        The size of a voxel: one number, or one for each axis.
    method
        "gaussian" or "median". Beyond its edge the image goes on with its outermost voxel.

    Returns
    -------
    smooth
        The same shape. Gaussian: float32, `scipy.ndimage.gaussian_filter` with `mode="nearest"`. Median: the type of
        the image, `scipy.ndimage.median_filter` with the voxels whose centres are within the ball; its time grows with
        their number. Takes no memory besides the result.

    Raises
    ------
    TypeError, ValueError
        The image is none (see `checked_image`); `sigma` is negative; `scale` is not positive; no such method.
    """
    from scipy.ndimage import gaussian_filter, median_filter

    image = checked_image(image)
    sizes = axis_sizes(scale, image.ndim)
    sigma = checked_length("sigma", sigma)
    if method == "gaussian":
        smooth: NDArray[Any] = np.empty(image.shape, np.float32)
        # scipy knows no half precision
        source = image.astype(np.float32) if image.dtype == np.float16 else image
        gaussian_filter(source, [sigma / size for size in sizes], output=smooth, mode="nearest")
        return smooth
    if method == "median":
        near = ball(sigma, sizes)
        if near.size == 1:
            return image.copy()
        source = image.astype(np.float32) if image.dtype == np.float16 else image
        smooth = median_filter(source, footprint=near, mode="nearest")
        return smooth.astype(image.dtype, copy=False)
    raise ValueError(f'There is no smoothing called "{method}". Choose from {", ".join(get_args(Smoothing))}.')


def ball(radius: float, sizes: Sequence[float]) -> NDArray[np.bool_]:
    """Return which voxels have their centres within `radius` of that of the middle one; the lengths are odd."""
    reach = [int(radius / size * (1 + 1e-9)) for size in sizes]
    away = [np.arange(-far, far + 1) * size for far, size in zip(reach, sizes, strict=True)]
    square = sum(one**2 for one in np.meshgrid(*away, indexing="ij", sparse=True))
    inside: NDArray[np.bool_] = np.asarray(square <= radius**2 * (1 + 1e-9))
    return inside
