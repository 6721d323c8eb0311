"""The pixels of a TIFF series, page by page and only those that are wanted: never a whole file in memory first."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray
    from tifffile import TiffFile, TiffPageSeries

_PIECE = 8 << 20
"""Bytes read at once: so often a read on a slow share can be cancelled."""

_LARGE_PAGE = 64 << 20
"""Bytes. A compressed page beyond this is reduced tile by tile: its whole is never in memory."""


def picks(length: int, step: int) -> list[int]:
    """Return the places that stand for each group of `step`: the middle ones (the earlier of two)."""
    return [min(first + (step - 1) // 2, length - 1) for first in range(0, length, step)]


def is_averaged(dtype: np.dtype[Any]) -> bool:
    """Tell whether pixels of this type may be averaged.

    Not one bit, not 32- and 64-bit integers and not 64-bit decimals: cameras do not write them, but label images come
    so, and the mean of two labels is a third one.
    """
    return dtype.kind in "iuf" and dtype.itemsize <= (4 if dtype.kind == "f" else 2)


def reduced(data: NDArray[Any], steps: Sequence[int]) -> NDArray[Any]:
    """Return one value for each group of `steps[axis]` values along each axis, in the same type.

    The mean, rounded for integers, of as many as the last group has; for types that are not averaged, the middle one.
    """
    if all(step == 1 for step in steps):
        return data
    if not is_averaged(data.dtype):
        for axis, step in enumerate(steps):
            if step > 1:
                data = data.take(picks(data.shape[axis], step), axis=axis)
        return data
    sums: NDArray[Any] = data
    wide = _wide(data.dtype, steps)
    for axis, step in enumerate(steps):
        if step == 1:
            continue
        along = np.moveaxis(sums, axis, 0)
        total = along[::step].astype(wide)
        for offset in range(1, step):
            part = along[offset::step]
            total[: len(part)] += part
        sums = np.moveaxis(total, 0, axis)
    mean = np.empty(sums.shape, data.dtype)
    _divide(sums, data.shape, steps, mean)
    return mean


def fill(
    target: NDArray[Any],
    tif: TiffFile,
    series: TiffPageSeries,
    shape: tuple[int, ...],
    steps: tuple[int, ...],
    fixed: dict[int, int],
    cancelled: Callable[[], bool],
    letters: str = "",
) -> None:
    """Write the pixels of a series into `target`, which has the series' dimensions without the fixed ones.

    Parameters
    ----------
    target
        In native byte order.
    shape
        That of the series, or one with as many pixels whose pages are the same.
    steps
        For each dimension, so many become one: the mean within a page, the middle one of several pages.
    fixed
        Dimension -> the only place of it that is read.
    letters
        What each dimension is, of TCSZYX, where that is known: channels behind Y belong to the page.

    Raises
    ------
    Cancelled
        `cancelled` returned True.
    """
    if cancelled():
        raise Cancelled
    if series.dataoffset is not None:
        _fill_from_run(target, tif, series, shape, steps, fixed, cancelled, letters)
    else:
        _fill_from_pages(target, series, shape, steps, fixed, cancelled)


def _fill_from_run(
    target: NDArray[Any],
    tif: TiffFile,
    series: TiffPageSeries,
    shape: tuple[int, ...],
    steps: tuple[int, ...],
    fixed: dict[int, int],
    cancelled: Callable[[], bool],
    letters: str,
) -> None:
    """Read pixels that lie in the file one after the other, uncompressed.

    By reads, not by a memory map: where a share goes away, a map ends the program.
    """
    stored = series.dtype.newbyteorder(tif.byteorder)
    file: Any = tif.filehandle
    split = _run_split(target, stored, shape, steps, fixed, letters)
    inner = shape[split:]
    values = math.prod(inner)
    is_direct = _is_whole(target, stored, shape, steps, fixed, split)
    for source, place in _outer(shape[:split], steps, fixed):
        number = 0
        for index, length in zip(source, shape, strict=False):
            number = number * length + index
        start = series.dataoffset + number * values * stored.itemsize
        part = target[place]
        if is_direct:
            _read_into(file, start, part.reshape(-1).view(np.uint8).data, cancelled)
            if not stored.isnative:
                part.byteswap(inplace=True)
        else:
            _fill_in_bands(part, file, start, stored, inner, steps[split:], _inner(fixed, split), cancelled)


def _run_split(
    target: NDArray[Any],
    stored: np.dtype[Any],
    shape: tuple[int, ...],
    steps: tuple[int, ...],
    fixed: dict[int, int],
    letters: str,
) -> int:
    """Return the first dimension that is read in one go: as many as lie in memory as they lie in the file.

    Where none do, those of a page.
    """
    for split in range(len(shape)):
        if _is_whole(target, stored, shape, steps, fixed, split):
            return split
    first = min(letters.find("Y"), letters.find("X"))
    if first >= 0 and not set(letters[first:]) - set("YXCS"):
        return first
    return max(0, len(shape) - (3 if shape[-1] <= 4 and len(shape) > 2 else 2))


def _is_whole(
    target: NDArray[Any],
    stored: np.dtype[Any],
    shape: tuple[int, ...],
    steps: tuple[int, ...],
    fixed: dict[int, int],
    split: int,
) -> bool:
    if any(step > 1 for step in steps[split:]) or any(place >= split for place in fixed):
        return False
    part = target[(0,) * (split - sum(place < split for place in fixed))]
    return bool(part.flags.c_contiguous) and part.dtype == stored.newbyteorder("=") and part.ndim > 0


def _fill_in_bands(
    part: NDArray[Any],
    file: Any,
    start: int,
    stored: np.dtype[Any],
    shape: tuple[int, ...],
    steps: tuple[int, ...],
    fixed: dict[int, int],
    cancelled: Callable[[], bool],
) -> None:
    """Read some rows at a time, and keep what they are reduced to."""
    row = math.prod(shape[1:]) * stored.itemsize
    step = steps[0]
    rows = shape[0] if 0 in fixed else min(shape[0], max(1, _PIECE // max(1, row * step)) * step)
    for first in range(0, shape[0], rows):
        band = np.empty((min(rows, shape[0] - first), *shape[1:]), stored)
        _read_into(file, start + first * row, band.reshape(-1).view(np.uint8).data, cancelled)
        small = _picked(band.astype(stored.newbyteorder("="), copy=False), steps, fixed)
        if 0 in fixed:
            part[...] = small
        else:
            part[first // step : first // step + len(small)] = small


def _fill_from_pages(
    target: NDArray[Any],
    series: TiffPageSeries,
    shape: tuple[int, ...],
    steps: tuple[int, ...],
    fixed: dict[int, int],
    cancelled: Callable[[], bool],
) -> None:
    keyframe = series.keyframe
    split = len(shape) - len(keyframe.shape)
    if split < 0 or shape[split:] != keyframe.shape or math.prod(shape[:split]) != len(series.pages):
        whole = []
        for page in series.pages:
            if cancelled():
                raise Cancelled
            assert page is not None
            whole.append(page.asarray(maxworkers=1))
        target[...] = _picked(np.stack(whole).reshape(shape), steps, fixed)
        return
    inner = _inner(fixed, split)
    is_large = keyframe.nbytes > _LARGE_PAGE and not inner and any(step > 1 for step in steps[split:])
    for source, place in _outer(shape[:split], steps, fixed):
        if cancelled():
            raise Cancelled
        number = 0
        for index, length in zip(source, shape, strict=False):
            number = number * length + index
        page = series.pages[number]
        if is_large and keyframe.axes in ("YX", "YXS", "SYX"):
            _fill_from_tiles(target[place], page, keyframe.axes, steps[split:], cancelled)
        else:
            # Other threads could not be listened to: see core.images.tiff
            target[place] = _picked(page.asarray(maxworkers=1), steps[split:], inner)


def _fill_from_tiles(
    part: NDArray[Any], page: Any, axes: str, steps: tuple[int, ...], cancelled: Callable[[], bool]
) -> None:
    """Reduce a page tile by tile (or strip by strip), also where groups of pixels cross their borders."""
    order = tuple(axes.index(axis) for axis in "SYX" if axis in axes)
    by_axis = dict(zip(axes, steps, strict=True))
    lengths = dict(zip(axes, page.keyframe.shape, strict=True))
    out = part.transpose(order)
    out = out if "S" in axes else out[np.newaxis]
    step_y, step_x = by_axis["Y"], by_axis["X"]
    height, width = lengths["Y"], lengths["X"]
    dtype = np.dtype(part.dtype)
    averaged = is_averaged(dtype)
    sums: NDArray[Any] = np.zeros(out.shape, _wide(dtype, steps)) if averaged else out
    for tile, (sample, _, top, left, _), size in page.segments(maxworkers=1, buffersize=_PIECE):
        if cancelled():
            raise Cancelled
        if tile is None:  # a tile that the file has not: tifffile, too, gives it the value for no data
            tile = np.full(size, page.keyframe.nodata, dtype)
        data = tile[0, : height - top, : width - left].transpose(2, 0, 1)
        samples = slice(sample, sample + 1) if axes == "SYX" else slice(None)
        if averaged:
            rows, row_starts = _groups(top, data.shape[1], step_y)
            columns, column_starts = _groups(left, data.shape[2], step_x)
            small = np.add.reduceat(data, row_starts, axis=1, dtype=sums.dtype)
            sums[samples, rows, columns] += np.add.reduceat(small, column_starts, axis=2)
        else:
            rows, from_rows = _hits(top, data.shape[1], height, step_y)
            columns, from_columns = _hits(left, data.shape[2], width, step_x)
            sums[samples, rows, columns] = data[:, from_rows][:, :, from_columns]
    if averaged:
        _divide(sums, (len(out), height, width), (1, step_y, step_x), out)


def _groups(first: int, length: int, step: int) -> tuple[slice, list[int]]:
    """Return the groups that a run of pixels touches, and where each begins in the run."""
    start, stop = first // step, (first + length - 1) // step + 1
    return slice(start, stop), [max(0, group * step - first) for group in range(start, stop)]


def _hits(first: int, length: int, whole: int, step: int) -> tuple[slice, list[int]]:
    """Return the groups whose middle lies in a run of pixels, and where it lies in the run."""
    chosen = picks(whole, step)
    hit = [group for group, place in enumerate(chosen) if first <= place < first + length]
    if not hit:
        return slice(0, 0), []
    return slice(hit[0], hit[-1] + 1), [chosen[group] - first for group in hit]


def _outer(
    shape: tuple[int, ...], steps: tuple[int, ...], fixed: dict[int, int]
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Yield, for the dimensions before the page, the place in the file and the place in the target."""
    choices = [
        [(fixed[axis], None)] if axis in fixed else [(p, g) for g, p in enumerate(picks(length, steps[axis]))]
        for axis, length in enumerate(shape)
    ]
    for chosen in product(*choices):
        yield tuple(place for place, _ in chosen), tuple(group for _, group in chosen if group is not None)


def _inner(fixed: dict[int, int], split: int) -> dict[int, int]:
    return {axis - split: place for axis, place in fixed.items() if axis >= split}


def _picked(data: NDArray[Any], steps: Sequence[int], fixed: dict[int, int]) -> NDArray[Any]:
    """Return the data without the fixed dimensions, reduced along the others."""
    data = data[tuple(fixed.get(axis, slice(None)) for axis in range(data.ndim))]
    return reduced(data, [step for axis, step in enumerate(steps) if axis not in fixed])


def _wide(dtype: np.dtype[Any], steps: Sequence[int]) -> np.dtype[Any]:
    """Return a type that holds the sums of groups: 16 bits times 2^15 pixels fit into 32."""
    if dtype.kind == "f":
        return np.dtype(np.float64)
    bits = 32 if math.prod(steps) <= 1 << 15 else 64
    return np.dtype(f"{dtype.kind}{bits // 8}")


def _divide(sums: NDArray[Any], shape: Sequence[int], steps: Sequence[int], out: NDArray[Any]) -> None:
    """Write the means of groups, of which the last along each axis may have fewer values; `sums` is used up.

    One division by a number for each kind of group: by an array of counts it takes four times as long.
    """
    choices = []
    for length, step in zip(shape, steps, strict=True):
        full, rest = divmod(length, step)
        choices.append([(slice(0, full), step)] * (full > 0) + [(slice(full, None), rest)] * (rest > 0))
    for kind in product(*choices):
        place = tuple(part for part, _ in kind)
        count = math.prod(number for _, number in kind)
        part = sums[place]
        if out.dtype.kind == "f":
            with np.errstate(over="ignore", invalid="ignore"):
                out[place] = part / count
        else:
            part += part.dtype.type(count // 2)
            part //= part.dtype.type(count)
            out[place] = part


def _read_into(file: Any, start: int, buffer: memoryview, cancelled: Callable[[], bool]) -> None:
    """Read bytes of a file from `start` on until the buffer is full."""
    file.seek(start)
    done = 0
    while done < len(buffer):
        if cancelled():
            raise Cancelled
        got = file.readinto(buffer[done : done + _PIECE])
        if not got:
            raise OSError("the file became shorter while it was read")
        done += got
