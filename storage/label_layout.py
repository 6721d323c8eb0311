"""How the pixels of a labels TIFF lie in it: which image, which axes, and the parts to read one after the other."""

from __future__ import annotations

import logging
import math
import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from storage.errors import StorageError, readable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

_PIECE = 16 * 1024 * 1024
"""Bytes that are read at a time where they lie in one run."""
_BROKEN = re.compile("page offset|offset to page|tag list of page|circular reference|ImageJ series metadata invalid")
"""What tifffile only logs, though pages are missing."""
_AGAIN = "Copy or export the file again; this one is damaged."


class DamagedLabels(StorageError):  # noqa: N818 - it is a state of the file
    """A file that is there and can be opened, but not used as labels."""


@dataclass(frozen=True)
class Layout:
    """The image of a file that is taken as labels.

    `series` are tifffile's series: one, or several of a page each that together are a stack. `axes` has a letter for
    each dimension of `stored`.
    """

    all_series: tuple[Any, ...]
    axes: str
    stored: tuple[int, ...]

    @property
    def series(self) -> Any:
        """The (first) series."""
        return self.all_series[0]

    @property
    def size(self) -> int:
        """The number of pixels."""
        return math.prod(self.stored)

    @property
    def piece(self) -> int:
        """The bytes of one part that is read."""
        series = self.series
        return int(_PIECE if series.dataoffset is not None else series.keyframe.nbytes)

    def shape(self, path: Path) -> tuple[int, int, int]:
        """Return Z, Y, X. Raises DamagedLabels where the image has other axes."""
        shown = readable(path)
        lengths = dict(zip(self.axes, self.stored, strict=True)) if len(set(self.axes)) == len(self.axes) else {}
        if lengths.get("S", 1) > 1:
            text = "is a picture in colour (RGB), not labels"
            raise DamagedLabels(f"{shown} {text}. Save the labels as a TIFF with one number for each pixel.")
        if lengths.get("C", 1) > 1:
            text = f"has {lengths['C']} channels, and labels have one"
            raise DamagedLabels(f"{shown} {text}. Save the channel with the labels as a file of its own.")
        if lengths.get("T", 1) > 1:
            text = f"has {lengths['T']} time points"
            raise DamagedLabels(f"{shown} {text}. Save each time point as a file of its own.")
        if not {"Y", "X"} <= set(self.axes):
            raise DamagedLabels(f"{shown} has no rows and columns. Export the labels as a TIFF again.")
        others = [length for axis, length in zip(self.axes, self.stored, strict=True) if axis not in "YX"]
        others = [length for length in others if length > 1]
        if len(others) > 1:
            text = (
                f"has {len(others) + 2} dimensions ({' × '.join(map(str, self.stored))}), and labels have two or three"
            )
            raise DamagedLabels(f"{shown} {text}. Save each stack as a file of its own.")
        rows, columns = (self.stored[self.axes.index(axis)] for axis in "YX")
        return others[0] if others else 1, rows, columns

    def arranged(self, flat: NDArray[Any]) -> NDArray[Any]:
        """Return all pixels, in the order of the file, as (Z, Y, X)."""
        places = [place for place, axis in enumerate(self.axes) if axis not in "YX"]
        order = (*places, self.axes.index("Y"), self.axes.index("X"))
        array = flat.reshape(self.stored).transpose(order)
        return array.reshape(-1, *array.shape[-2:])

    def check(self, path: Path, file_size: int) -> None:
        """Raise DamagedLabels where pixels that the header promises are not in the file."""
        for series in self.all_series:
            missing = _missing(series, file_size)
            if missing:
                raise DamagedLabels(f"{readable(path)} is cut short: {missing}. {_AGAIN}")


def layout_of(path: Path, tif: Any) -> Layout:
    """Return the layout of the largest image. Raises DamagedLabels where there is none."""
    found = list(tif.series)
    if not found:
        raise DamagedLabels(f"{readable(path)} holds no image. {_AGAIN}")
    first = found[0]
    kinds = {(series.kind, series.shape, series.dtype, series.axes) for series in found}
    if len(found) > 1 and len(kinds) == 1 and first.kind == "shaped":  # written page by page, each with metadata
        return Layout(tuple(found), "I" + first.axes, (len(found), *first.shape))
    largest = max(found, key=lambda series: series.size)
    axes = largest.axes
    if largest.kind == "shaped" and axes == "SYX":  # tifffile takes three or four planes of integers for colours
        axes = "IYX"
    layout = Layout((largest,), axes, tuple(largest.shape))
    layout.shape(path)
    return layout


def parts(tif: Any, layout: Layout) -> Iterator[NDArray[Any]]:
    """Yield all pixels of a layout, in the order of the file, in parts of native byte order."""
    for series in layout.all_series:
        if series.dataoffset is not None:
            yield from _run(tif.filehandle, series)
            continue
        for page in series.pages:
            if page is None:
                raise ValueError("a page is missing")
            # Other threads could not be listened to: what tifffile logs in this one is caught
            yield page.asarray(maxworkers=1)


def _run(file: Any, series: Any) -> Iterator[NDArray[Any]]:
    dtype = series.dtype.newbyteorder(series.keyframe.parent.byteorder)
    file.seek(series.dataoffset)
    rest = series.size
    while rest:
        count = min(rest, max(1, _PIECE // dtype.itemsize))
        data = file.read(count * dtype.itemsize)
        if len(data) < count * dtype.itemsize:
            raise ValueError("the file became shorter while it was read")
        yield np.frombuffer(data, dtype).astype(dtype.newbyteorder("="), copy=False)
        rest -= count


def _missing(series: Any, file_size: int) -> str:
    """Return what is missing of the pixels that the header promises; empty if nothing is."""
    if series.dataoffset is not None:
        lacking = series.dataoffset + series.size * series.dtype.itemsize - file_size
        return f"the last {lacking} bytes are missing" if lacking > 0 else ""
    pages = [page for page in series.pages if page is not None]
    expected = -(-series.size // max(1, series.keyframe.size))
    if len(pages) != expected:
        return f"{len(pages)} of {expected} pages are there"
    segments = math.prod(series.keyframe.chunked)
    for number, page in enumerate(pages, 1):
        places = list(zip(page.dataoffsets, page.databytecounts, strict=False))
        if len(places) < segments or any(
            not start or not count or start + count > file_size for start, count in places[:segments]
        ):
            return f"page {number} of {expected} is not complete"
    return ""


# ---------------------------------------------------------------- what tifffile logs

# A context variable, because several files are read at the same time in several threads
_logged: ContextVar[list[str] | None] = ContextVar("_logged", default=None)


class _Listener(logging.Filter):
    """Takes what tifffile logs while a file is read here: a reason or nothing, never a line on stderr."""

    def filter(self, record: logging.LogRecord) -> bool:
        logged = _logged.get()
        if logged is None:
            return True
        if _BROKEN.search(record.getMessage()):
            logged.append(record.getMessage())
        return False


_LISTENER = _Listener()


@contextmanager
def listening() -> Iterator[list[str]]:
    """Collect what tifffile logs in this thread of pages that are missing; within another, add to that one."""
    logging.getLogger("tifffile").addFilter(_LISTENER)  # once only, however often it is called
    outer = _logged.get()
    if outer is not None:
        yield outer
        return
    logged: list[str] = []
    token = _logged.set(logged)
    try:
        yield logged
    finally:
        _logged.reset(token)
