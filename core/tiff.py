"""One TIFF file to one array, whole or not at all: what is cut short is an error, never zeros."""

from __future__ import annotations

import io
import logging
import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core import voxels
from core.axes import size_text
from core.errors import Cancelled, ImageError, never, os_reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray
    from tifffile import TiffFile, TiffPageSeries

_PIECE = 8 << 20
"""Bytes read at once: so often a read on a slow share can be cancelled."""

_BROKEN = re.compile("page offset|offset to page|tag list of page|circular reference|ImageJ series metadata invalid")
"""What tifffile only logs, though pages are missing."""

_DAMAGED = "Copy or export the file again; this one is damaged."
_CONNECTED = "Check that the drive or share is connected, then try again."
_EXPORT = "Export it again as a TIFF or OME-TIFF."


@dataclass(frozen=True, eq=False)
class TiffImage:
    """The pixels of one file, in native byte order, and what the file says about them.

    `axes` has a letter for each dimension, as tifffile gives them. `names` are those of the channels, empty
    where the file has none. `notes` are sentences for the user.
    """

    data: NDArray[Any]
    axes: str
    names: tuple[str, ...]
    voxel_size: voxels.VoxelSize | None
    notes: tuple[str, ...]


def read_tiff(path: str, cancelled: Callable[[], bool] = never) -> TiffImage:
    """Read the first and largest image of a file.

    Raises
    ------
    ImageError
        The file cannot be read, is no TIFF, or is not complete.
    Cancelled
        `cancelled` returned True.
    """
    import tifffile

    try:
        with open(path, "rb") as file, _listening() as said:
            stream: Any = file if file.seekable() else io.BytesIO(file.read())
            size = stream.seek(0, io.SEEK_END)
            stream.seek(0)
            if not size:
                raise ImageError(path, "is empty (0 bytes)", _DAMAGED)
            # A file of a larger OME data set stands for itself: its relatives are blocks or channels too.
            with tifffile.TiffFile(stream, name=path, _multifile=False) as tif:
                return _read(tif, path, size, said, cancelled)
    except (ImageError, Cancelled):
        raise
    except OSError as error:
        raise ImageError(path, os_reason(error), _CONNECTED) from error
    except MemoryError as error:
        raise ImageError(path, "needs more memory than there is", "Close other programs or data sets.") from error
    except tifffile.TiffFileError as error:
        raise ImageError(path, _tiff_reason(path, error), _DAMAGED) from error
    except Exception as error:
        reason = f"is damaged, or of a kind that cannot be read ({_one_line(error)})"
        raise ImageError(path, reason, _EXPORT) from error


def _read(tif: TiffFile, path: str, file_size: int, said: list[str], cancelled: Callable[[], bool]) -> TiffImage:
    wanted, notes = _choose(tif.series)
    if not wanted:
        raise ImageError(path, "holds no image", _EXPORT)
    arrays = []
    for series in wanted:
        missing = _missing(series, file_size)
        if missing:
            raise ImageError(path, f"is cut short: {missing}", _DAMAGED)
        arrays.append(_pixels(tif, series, cancelled))
    if any(_BROKEN.search(text) for text in said):
        raise ImageError(path, "is cut short: pages are missing at its end", _DAMAGED)

    first = wanted[0]
    data, axes = arrays[0], first.axes
    if len(arrays) > 1:
        data, axes = np.stack(arrays), "I" + axes
    place = tif.series.index(first)
    voxel_size, names = _metadata(tif, first, place)
    return TiffImage(data, axes, names, voxel_size, notes)


def _choose(found: Sequence[TiffPageSeries]) -> tuple[list[TiffPageSeries], tuple[str, ...]]:
    """Return the series to read: one, or several that are the pages of one stack."""
    if len(found) < 2:
        return list(found), ()
    # Written page by page, each page got metadata of its own.
    kinds = {(series.kind, series.shape, series.dtype, series.axes) for series in found}
    if len(kinds) == 1 and found[0].kind == "shaped":
        return list(found), ()
    largest = max(found, key=lambda series: series.size)
    note = f"The file holds {len(found)} images: the largest ({size_text(largest.shape)}) is shown."
    return [largest], (note,)


def _missing(series: TiffPageSeries, file_size: int) -> str:
    """Return what is missing of the pixels that the metadata promise; empty if nothing is."""
    start = series.dataoffset
    if start is not None:  # one run of bytes: no need to look at each page
        lacking = start + series.size * series.dtype.itemsize - file_size
        return f"the last {lacking} bytes are missing" if lacking > 0 else ""
    pages = [page for page in series.pages if page is not None]
    per_page = series.keyframe.size
    expected = -(-series.size // per_page)
    if len(pages) != expected:
        return f"{len(pages)} of {expected} pages are there"
    segments = int(np.prod(series.keyframe.chunked))
    for number, page in enumerate(pages, 1):
        places = list(zip(page.dataoffsets, page.databytecounts, strict=False))
        if len(places) < segments or any(
            not start or not count or start + count > file_size for start, count in places[:segments]
        ):
            return f"page {number} of {expected} is not complete"
    return ""


def _pixels(tif: TiffFile, series: TiffPageSeries, cancelled: Callable[[], bool]) -> NDArray[Any]:
    """Return the pixels of a series, a piece at a time so that it can be cancelled."""
    if cancelled():
        raise Cancelled
    if series.dataoffset is not None:
        stored = np.empty(series.shape, series.dtype.newbyteorder(tif.byteorder))
        _fill(tif.filehandle, series.dataoffset, stored.reshape(-1).view(np.uint8).data, cancelled)
        return stored.astype(series.dtype.newbyteorder("="), copy=False)
    pages = []
    for page in series.pages:
        if cancelled():
            raise Cancelled
        pages.append(page.asarray(maxworkers=1))  # other threads could not be listened to; see _listening
    data = pages[0] if len(pages) == 1 else np.stack(pages)
    return data.reshape(series.shape)


def _fill(file: Any, start: int, buffer: memoryview, cancelled: Callable[[], bool]) -> None:
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


def _metadata(tif: TiffFile, series: TiffPageSeries, place: int) -> tuple[voxels.VoxelSize | None, tuple[str, ...]]:
    """Return the voxel size and the channels' names, as far as the file states them."""
    tags = series.keyframe.tags
    x, y = tags.valueof(282), tags.valueof(283)
    size: voxels.VoxelSize | None = None
    names: tuple[str, ...] = ()
    if tif.is_ome and tif.ome_metadata:
        size, names = voxels.from_ome(tif.ome_metadata, place)
    elif tif.is_imagej and tif.imagej_metadata:
        size = voxels.from_spacing(tif.imagej_metadata, x, y)
    elif tif.is_shaped and tif.shaped_metadata and place < len(tif.shaped_metadata):
        size = voxels.from_spacing(tif.shaped_metadata[place], x, y)
    if not names and series.axes.count("S") and series.keyframe.photometric == 2:
        names = ("Red", "Green", "Blue", "Alpha")[: series.shape[series.axes.index("S")]]
    return size or voxels.from_tags(x, y, int(tags.valueof(296, 1))), names


# ---------------------------------------------------------------- what tifffile logs

# A context variable, because several files are read at the same time in several threads.
_said: ContextVar[list[str] | None] = ContextVar("_said", default=None)


class _Listener(logging.Filter):
    """Takes what tifffile logs while a file is read here: it is a reason or nothing, never a line on stderr."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = _said.get()
        if said is None:
            return True
        said.append(record.getMessage())
        return False


_LISTENER = _Listener()


@contextmanager
def _listening() -> Iterator[list[str]]:
    """Collect what tifffile logs in this thread."""
    logging.getLogger("tifffile").addFilter(_LISTENER)  # once only, however often it is called
    said: list[str] = []
    token = _said.set(said)
    try:
        yield said
    finally:
        _said.reset(token)


def _tiff_reason(path: str, error: Exception) -> str:
    """Tell apart what is no TIFF at all and what was one."""
    with open(path, "rb") as file:
        start = file.read(4)
    if start[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return f"is damaged or cut short ({_one_line(error)})"
    return "is not a TIFF file"


def _one_line(error: Exception) -> str:
    """Return what an exception says, short."""
    text = " ".join(str(error).split())
    return text[:120] or type(error).__name__
