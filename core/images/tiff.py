"""One TIFF file: what it says of its image, and its pixels. What is cut short is an error, never zeros."""

from __future__ import annotations

import io
import logging
import math
import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import Cancelled, ImageError, never, os_reason
from core.images import voxels
from core.images.axes import size_text
from core.images.ome import OmeImage, read_ome
from core.images.tiff_pixels import fill, picks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray
    from tifffile import TiffFile, TiffPageSeries

_BROKEN = re.compile("page offset|offset to page|tag list of page|circular reference|ImageJ series metadata invalid")
"""What tifffile only logs, though pages are missing."""

_MEANINGS = {
    0: "In this file high values mean dark (min is white): the values are shown as they are stored.",
    3: "The file has a colour table, which is not used: its values are shown as brightness.",
    5: "The colours are those of a print (cyan, magenta, yellow, black): each is shown as a channel.",
}
"""By the TIFF tag PhotometricInterpretation."""

_KINDS = {
    b"\x89HDF": "an HDF5 file",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8": "a JPEG image",
    b"PK\x03\x04": "a ZIP archive",
    b"ZISR": "a Zeiss CZI file",
    b"\xda\xce\xbe\x0a": "a Nikon ND2 file",
    b"p\x00\x00\x00": "a Leica LIF file",
}

_DAMAGED = "Copy or export the file again; this one is damaged."
_CONNECTED = "Check that the drive or share is connected, then try again."
_EXPORT = "Export it again as a TIFF or OME-TIFF."


@dataclass(frozen=True)
class TiffFacts:
    """What the file says about its image.

    `axes` has a letter for each dimension of `shape`, as tifffile gives them. `levels` are the shapes of a pyramid, the
    full resolution first; one where there is none. `names` and `colors` (`#RRGGBB` or empty) are those of the channels,
    empty where the file has none. `size_source` says in words where the voxel size came from. `notes` are sentences
    for the user.
    """

    shape: tuple[int, ...]
    axes: str
    dtype: np.dtype[Any]
    levels: tuple[tuple[int, ...], ...]
    names: tuple[str, ...]
    colors: tuple[str, ...]
    voxel_size: voxels.VoxelSize | None
    size_source: str
    notes: tuple[str, ...]


class Tiff:
    """The first and largest image of an open file; close it in the end.

    Raises
    ------
    ImageError
        The file cannot be read or is no TIFF.
    """

    def __init__(self, path: str) -> None:
        import tifffile

        self.path = path
        self._file: Any = None
        try:
            with _sentences(path), _listening() as said:
                self._file = open(path, "rb")  # noqa: SIM115 - see close()
                stream: Any = self._file if self._file.seekable() else io.BytesIO(self._file.read())
                self._size = stream.seek(0, io.SEEK_END)
                stream.seek(0)
                if not self._size:
                    raise ImageError(path, "is empty (0 bytes)", _DAMAGED)
                # A file of a larger OME data set stands for itself: its relatives are blocks or channels too.
                self._tif = tifffile.TiffFile(stream, name=path, _multifile=False)
                self._parts, self._levels, notes = _choose(self._tif.series)
                if not self._parts:
                    raise ImageError(path, "holds no image", _EXPORT)
                self.facts = _facts(self._tif, PurePath(path).name, self._parts, self._levels, notes)
        except BaseException:
            self.close()
            raise
        self._said = said

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def read_into(
        self,
        target: NDArray[Any],
        level: int = 0,
        steps: tuple[int, ...] = (),
        fixed: dict[int, int] | None = None,
        cancelled: Callable[[], bool] = never,
        letters: str = "",
    ) -> None:
        """Read the pixels of a level into an array of native byte order; see core.images.tiff_pixels.fill.

        Raises
        ------
        ImageError
            The file is not complete or cannot be read.
        Cancelled
            `cancelled` returned True.
        """
        fixed = fixed or {}
        shape = self.facts.levels[level]
        steps = steps or (1,) * len(shape)
        with _sentences(self.path), _listening() as said:
            wanted = self._levels[level] if level else self._parts
            for series in wanted:
                missing = _missing(series, self._size)
                if missing:
                    raise ImageError(self.path, f"is cut short: {missing}", _DAMAGED)
            if len(wanted) == 1:
                fill(target, self._tif, wanted[0], shape, steps, fixed, cancelled, letters)
            else:  # the pages of one stack, each a series
                inner = {axis - 1: place for axis, place in fixed.items() if axis}
                chosen = [fixed[0]] if 0 in fixed else picks(len(wanted), steps[0])
                for group, number in enumerate(chosen):
                    part = target if 0 in fixed else target[group]
                    fill(part, self._tif, wanted[number], shape[1:], steps[1:], inner, cancelled, letters[1:])
            if any(_BROKEN.search(text) for text in (*self._said, *said)):
                raise ImageError(self.path, "is cut short: pages are missing at its end", _DAMAGED)


def _facts(
    tif: TiffFile,
    name: str,
    parts: Sequence[TiffPageSeries],
    levels: Sequence[Sequence[TiffPageSeries]],
    notes: tuple[str, ...],
) -> TiffFacts:
    first = parts[0]
    shape, axes = first.shape, first.axes
    found = _metadata(tif, first, name)
    if len(parts) > 1:
        shape, axes = (len(parts), *shape), "I" + axes
    elif found.axes and axes[:1] == "I":  # one file of several: tifffile sees pages, the metadata say which they are
        split = tuple(found.shape)
        if math.prod(split) == shape[0] and len(split) == len(found.axes):
            shape, axes = (*split, *shape[1:]), found.axes + axes[1:]
    return TiffFacts(
        shape,
        axes,
        first.dtype,
        (shape, *(level[0].shape for level in levels[1:])),
        found.names,
        found.colors,
        found.voxel_size,
        found.size_source,
        (*notes, *found.notes),
    )


def _choose(
    found: Sequence[TiffPageSeries],
) -> tuple[list[TiffPageSeries], list[list[TiffPageSeries]], tuple[str, ...]]:
    """Return the series to read (one, or several that are the pages of one stack), its levels, and what is left out."""
    if not found:
        return [], [], ()
    # Written page by page, each page got metadata of its own.
    kinds = {(series.kind, series.shape, series.dtype, series.axes) for series in found}
    if len(found) > 1 and len(kinds) == 1 and found[0].kind == "shaped":
        return list(found), [list(found)], ()
    largest = max(found, key=lambda series: series.size)
    levels = [level for level in largest.levels[1:] if _is_level(largest, level)]
    others = [series for series in found if series is not largest]
    if not levels and others and all(_is_level(largest, series) for series in others):
        levels, others = others, []
    levels.sort(key=lambda series: -series.size)
    note = f"The file holds {len(found)} images: the largest ({size_text(largest.shape)}) is shown."
    return [largest], [[series] for series in (largest, *levels)], (note,) if others else ()


def _is_level(full: TiffPageSeries, series: TiffPageSeries) -> bool:
    """Tell whether a series is a smaller copy of another: as high for its width, the same in all else."""
    if series.dtype != full.dtype or len(series.shape) != len(full.shape):
        return False
    if any(own not in (axis, "I", "Q") for axis, own in zip(full.axes, series.axes, strict=True)):
        return False
    factors = []
    for axis, whole, part in zip(full.axes, full.shape, series.shape, strict=True):
        if axis in "YX":
            factors.append(whole / part)
        elif axis != "Z" and whole != part:
            return False
    shortest = min(series.shape[full.axes.index(axis)] for axis in "YX")
    # Either side may be rounded up or down
    return bool(min(factors) > 1 and max(factors) / min(factors) < 1 + 2 / shortest)


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


@dataclass(frozen=True)
class _Metadata:
    """What is known beside the pixels; `axes` and `shape` are those of the pages of one file of a larger OME image."""

    voxel_size: voxels.VoxelSize | None = None
    size_source: str = ""
    names: tuple[str, ...] = ()
    colors: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    axes: str = ""
    shape: tuple[int, ...] = ()


def _metadata(tif: TiffFile, series: TiffPageSeries, file_name: str) -> _Metadata:
    """Return what the file states of its voxel size and its channels."""
    tags = series.keyframe.tags
    place = tif.series.index(series)
    x, y = tags.valueof(282), tags.valueof(283)
    size, source, states_z = None, "", False
    ome = OmeImage()
    if tif.is_ome and tif.ome_metadata:
        ome = read_ome(tif.ome_metadata, place, file_name)
        size, source, states_z = ome.voxel_size, "OME metadata", ome.states_z
    elif tif.is_imagej and tif.imagej_metadata:
        size, source = voxels.from_spacing(tif.imagej_metadata, x, y), "ImageJ metadata"
        states_z = "spacing" in tif.imagej_metadata
    elif tif.is_shaped and tif.shaped_metadata and place < len(tif.shaped_metadata):
        size, source = voxels.from_spacing(tif.shaped_metadata[place], x, y), "metadata of the file"
        states_z = "spacing" in tif.shaped_metadata[place]
    if size is None:
        size, source, states_z = voxels.from_tags(x, y, int(tags.valueof(296, 1))), "TIFF tags", False
    notes = [ome.part] if ome.part else []
    if series.keyframe.photometric in _MEANINGS:
        notes.append(_MEANINGS[series.keyframe.photometric])
    if size is not None and "Z" in series.axes and not states_z:
        notes.append("The distance between slices is not stated: it is taken as that of the pixels.")
    names, colors = ome.names, ome.colors
    samples = series.shape[series.axes.index("S")] if "S" in series.axes else 0
    if samples in (3, 4) and series.keyframe.photometric in (2, 6) and series.size // samples == _volume(series):
        names, colors = ("Red", "Green", "Blue", "Alpha")[:samples], ("#FF0000", "#00FF00", "#0000FF", "")[:samples]
    return _Metadata(size, source if size else "", names, colors, tuple(notes), ome.axes, ome.shape)


def _volume(series: TiffPageSeries) -> int:
    """Return the pixels of all axes that are no channels."""
    return math.prod(length for axis, length in zip(series.axes, series.shape, strict=True) if axis not in "SC")


# ---------------------------------------------------------------- sentences, and what tifffile logs


@contextmanager
def _sentences(path: str) -> Iterator[None]:
    """Turn whatever goes wrong with a file into an ImageError."""
    import tifffile

    try:
        yield
    except (ImageError, Cancelled):
        raise
    except OSError as error:
        raise ImageError(path, os_reason(error), _CONNECTED) from error
    except MemoryError as error:
        raise ImageError(path, "needs more memory than there is", "Close other programs or data sets.") from error
    except tifffile.TiffFileError as error:
        reason = _tiff_reason(path, error)
        raise ImageError(path, reason, _DAMAGED if "damaged" in reason else _EXPORT) from error
    except Exception as error:
        reason = f"is damaged, or of a kind that cannot be read ({_one_line(error)})"
        raise ImageError(path, reason, _EXPORT) from error


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
    kind = next((name for magic, name in _KINDS.items() if start.startswith(magic)), "")
    return f"is {kind}, not a TIFF" if kind else "is not a TIFF file"


def _one_line(error: Exception) -> str:
    """Return what an exception says, short."""
    text = " ".join(str(error).split())
    return text[:120] or type(error).__name__
