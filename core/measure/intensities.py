"""Measuring the intensities of objects: mean, median, spread and percentiles of the image in each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.measure.label_numbers import check_whole, object_index
from core.measure.object_runs import find_object_runs
from core.measure.region_values import Regions, check_image, region_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

_STATISTICS = {
    "mean_intensity": "mean",
    "median_intensity": "median",
    "max_intensity": "max",
    "min_intensity": "min",
    "std_intensity": "std",
    "percentile_10": "percentile_10",
    "percentile_25": "percentile_25",
    "percentile_75": "percentile_75",
    "percentile_90": "percentile_90",
}
_EXTRA = {"integrated_intensity": "sum", "mad_intensity": "mad"}

INTENSITY_COLUMNS = tuple(_STATISTICS)
"""The columns of measure_intensities in their order, after `index`."""

EXTRA_COLUMNS = tuple(_EXTRA)
"""The columns that measure_intensities adds on request."""


def measure_intensities(
    segmentation: NDArray[Any],
    intensity_image: NDArray[Any],
    *,
    channel_names: Sequence[str] | None = None,
    statistics: Iterable[str] | None = None,
    extra: str | Iterable[str] = (),
) -> pd.DataFrame:
    """Measure the values of an image in each object.

    Parameters
    ----------
    segmentation
        Labels of any integer type, (Y, X) or (Z, Y, X). Objects are the positive numbers; what is negative is left out.
    intensity_image
        Whole or decimal numbers or bool, in the shape of the labels; all are taken as float64. With one more axis it
        has channels: the last axis if the others fit the labels, else the first.
    channel_names
        What the columns of each channel end in, instead of "1", "2", ... One name may also be given for an image
        without an axis of channels.
    statistics
        The columns wanted, out of INTENSITY_COLUMNS (default: all). Without median and percentiles nothing is sorted,
        which takes half the time.
    extra
        More columns, `"all"` or out of EXTRA_COLUMNS: `integrated_intensity`, the sum; `mad_intensity`, the median of
        the absolute distances from the median (not scaled to a normal distribution).

    Returns
    -------
    A row for each object, ascending: `index` (int64), the statistics in the order of INTENSITY_COLUMNS, then the extra
    columns in the order of EXTRA_COLUMNS (float64, in units of the image). An image with channels has all of these for
    its first channel, then all for the second, ...: `mean_intensity_1`, ..., `mean_intensity_2`, ... The standard
    deviation is that of the population (divided by n). Median and percentiles are those of numpy.percentile (linear).
    An object with a NaN has NaN in all columns; with an infinite value the mean is infinite and the deviation NaN.
    Without objects the table has no rows, and columns of type object.

    Raises
    ------
    TypeError
        The labels are not whole numbers, or not of 2 or 3 dimensions; or the image is complex or no numbers at all.
    ValueError
        The image does not fit the labels, a statistic is not known, or the names of channels are not as many as the
        channels, or not different.

    Notes
    -----
    Columns and values are those of segmentation-measurement 0.1 for an image without channels: mean, median, maximum,
    minimum and percentiles to the last bit for whole numbers and float32. Takes up to 8 bytes a voxel, and more where
    objects are mixed voxel by voxel; an image that is not contiguous is copied.
    """
    import pandas as pd

    labels, image = np.asarray(segmentation), np.asarray(intensity_image)
    wanted = _wanted(statistics, extra)
    if labels.ndim not in (2, 3):
        raise TypeError(f"The segmentation has {labels.ndim} dimensions. Only 2-D and 3-D images supported.")
    check_whole(labels)
    endings = _endings(labels.shape, image, channel_names)
    runs = find_object_runs(labels)
    if not len(runs.numbers):
        return pd.DataFrame(
            columns=["index", *(name + end for end in ([""] if endings is None else endings) for name in wanted)]
        )
    if endings is None:
        raise ValueError(
            "Label and intensity image shapes must match, except for an axis of channels (last or first), "
            f"but the segmentation has the shape {labels.shape} and the image {image.shape}."
        )
    check_image(image)
    columns: dict[str, NDArray[Any]] = {"index": object_index(runs.numbers)}
    regions = Regions(len(runs.numbers), runs.which, runs.start, runs.length)
    for end, found in zip(endings, _measured(image, labels, regions, list(wanted.values())), strict=True):
        columns |= {name + end: found[statistic] for name, statistic in wanted.items()}
    return pd.DataFrame(columns)


def _wanted(statistics: Iterable[str] | None, extra: str | Iterable[str]) -> dict[str, str]:
    """Return the columns wanted, in their order, and what is to be computed for each."""
    asked = _chosen(INTENSITY_COLUMNS if statistics is None else statistics, _STATISTICS, "statistic")
    added = _chosen(EXTRA_COLUMNS if extra == "all" else extra, _EXTRA, "extra column")
    return {name: value for name, value in (_STATISTICS | _EXTRA).items() if name in asked or name in added}


def _chosen(names: Iterable[str], known: dict[str, str], what: str) -> set[str]:
    asked = {names} if isinstance(names, str) else set(names)
    unknown = sorted(map(str, asked - known.keys()))
    if unknown:
        raise ValueError(f"There is no {what} {', '.join(unknown)}. Choose from: {', '.join(known)}.")
    return asked


def _endings(shape: tuple[int, ...], image: NDArray[Any], names: Sequence[str] | None) -> list[str] | None:
    """Return what the columns of each channel end in, or None if the image does not fit the labels."""
    if image.shape == shape:
        count = 1
    elif image.ndim == len(shape) + 1 and shape in (image.shape[:-1], image.shape[1:]):
        count = image.shape[-1] if image.shape[:-1] == shape else image.shape[0]
    else:
        return None
    if names is None:
        return [""] if image.shape == shape else [f"_{number}" for number in range(1, count + 1)]
    if len(names) != count:
        raise ValueError(f"The image has {count} channels, but {len(names)} names were given: {', '.join(names)}.")
    if len(set(names)) != count:
        twice = sorted({name for name in names if list(names).count(name) > 1})
        raise ValueError(f"Two channels cannot have one name: {', '.join(twice)}. Give each a name of its own.")
    return [f"_{name}" for name in names]


def _measured(
    image: NDArray[Any], labels: NDArray[Any], regions: Regions, wanted: list[str]
) -> list[dict[str, NDArray[np.float64]]]:
    """Return the statistics of each channel of an image that fits the labels."""
    if image.ndim == labels.ndim:
        planes = [image]
    elif image.shape[:-1] == labels.shape:
        planes = [image[..., number] for number in range(image.shape[-1])]
    else:
        planes = list(image)
    if all(plane.flags.c_contiguous for plane in planes):
        return region_values([plane.reshape(-1) for plane in planes], regions, wanted)
    if image.flags.c_contiguous:
        return region_values(image.reshape(-1, len(planes)), regions, wanted)
    # One after the other, because each has to be copied
    return [region_values([plane.reshape(-1)], regions, wanted)[0] for plane in planes]
