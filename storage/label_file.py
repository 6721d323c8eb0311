"""Reading a labels TIFF of any program: its numbers as an array of the block's kind, and what the file says of them."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from storage.errors import StorageError, readable, reason
from storage.label_facts import LabelFacts, read_note, size_from_imagej, size_from_ome
from storage.label_layout import DamagedLabels, Layout, layout_of, listening, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from storage.label_facts import Note, VoxelSize

LARGEST = 2**31 - 1
_FOREIGN = "other-"
"""Begins the revision of a file by another program."""
_CONNECTED = "Check that the drive or share is connected, then try again."
_AGAIN = "Copy or export the file again; this one is damaged."
_EXPORT = "Export the labels as a TIFF with whole numbers from 0 to 2147483647."
_KINDS = {
    b"\x89HDF": "an HDF5 file",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8": "a JPEG image",
    b"PK\x03\x04": "a ZIP archive",
    b"\x93NUM": "a numpy file",
}


class Cancelled(Exception):  # noqa: N818 - it is a wish that was met, not an error
    """Raised instead of returning an array that nobody waits for any more."""


def never() -> bool:
    """Return False: the `cancelled` of work that is never cancelled."""
    return False


def read_label_facts(path: Path) -> LabelFacts:
    """Read the header of a labels file; no pixel is read. `dtype` is the one in the file.

    The revision changes with every writing: that of a file by this program is the token in it and the file's size, so
    that another program that changed the numbers and kept the note is noticed; that of any other file is made of
    its size and time.

    Raises
    ------
    DamagedLabels
        The file is no TIFF, or not one that can hold labels.
    StorageError
        It cannot be read at all.
    """
    with _opened(path) as (tif, stat):
        return _facts(path, tif, layout_of(path, tif), stat)


def read_label_file(
    path: Path,
    cancelled: Callable[[], bool] = never,
    shape: tuple[int, int, int] | None = None,
    budget: int | None = None,
) -> tuple[NDArray[Any], LabelFacts]:
    """Read the labels in a TIFF: an array (Z, Y, X), C-contiguous, of uint8, uint16 or int32.

    A file by this program keeps its type; of others it is the smallest that holds their numbers. A 2D image has Z = 1.

    Parameters
    ----------
    path
        The file; of any byte order, compression and integer type, of floats that are whole numbers, or boolean.
    cancelled
        Asked after each page.
    shape
        The (Z, Y, X) that it must have; None for any.
    budget
        The most bytes of memory that may be used; None for no limit.

    Raises
    ------
    DamagedLabels
        The file is damaged, or what is in it is not labels of that shape; nobody should write over it unasked.
    StorageError
        It cannot be read at all.
    Cancelled
        `cancelled` returned True.
    """
    with _opened(path) as (tif, stat), listening() as logged:
        layout = layout_of(path, tif)
        facts = _facts(path, tif, layout, stat)
        if shape is not None and facts.shape != shape:
            raise _bad(
                path,
                f"is {_text(facts.shape)} voxels (z × y × x), but the block is {_text(shape)}",
                "Choose the labels of this block.",
            )
        own = not facts.revision.startswith(_FOREIGN) and facts.dtype in ("uint8", "uint16", "int32")
        dtype = np.dtype(facts.dtype) if own else _widest(path, layout)
        needed = layout.size * dtype.itemsize * (1 if own or dtype.itemsize == 1 else 2) + layout.piece
        if budget is not None and needed > budget:
            raise _bad(
                path,
                f"needs {_megabytes(needed)} of memory, and {_megabytes(budget)} are free for it",
                "Close other programs or data sets, or cut the file into smaller blocks.",
            )
        layout.check(path, stat.st_size)
        flat = np.empty(layout.size, dtype)
        done = top = 0
        for part in parts(tif, layout):
            if cancelled():
                raise Cancelled
            if done + part.size > flat.size:
                raise _bad(path, "holds more pixels than its header says", _AGAIN)
            top = max(top, _checked(path, part))
            np.copyto(flat[done : done + part.size], part.reshape(-1), casting="unsafe")
            done += part.size
        if done != flat.size or logged:
            raise _bad(path, "is cut short: pages are missing at its end", _AGAIN)
    array = layout.arranged(flat)
    if not own:
        array = array.astype(_smallest(top, array.dtype), copy=False)
    return np.ascontiguousarray(array), replace(facts, dtype=array.dtype.name)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, os.stat_result]]:
    """Yield the TIFF and its state; turn whatever goes wrong with it into a StorageError."""
    import tifffile

    try:
        with open(path, "rb") as stream, listening():
            stat = os.fstat(stream.fileno())
            if not stat.st_size:
                raise _bad(path, "is empty (0 bytes)", _AGAIN)
            # A file of a larger OME data set stands for itself
            with tifffile.TiffFile(stream, name=str(path), _multifile=False) as tif:
                yield tif, stat
    except (StorageError, Cancelled):
        raise
    except OSError as error:
        raise StorageError(f"{readable(path)} {reason(error)}. {_CONNECTED}") from error
    except MemoryError as error:
        raise _bad(path, "needs more memory than there is", "Close other programs or data sets.") from error
    except tifffile.TiffFileError as error:
        raise _bad(path, *_what_it_is(path, error)) from error
    except Exception as error:
        raise _bad(path, f"is damaged, or of a kind that cannot be read ({_one_line(error)})", _AGAIN) from error


def _facts(path: Path, tif: Any, layout: Layout, stat: os.stat_result) -> LabelFacts:
    tags = layout.series.keyframe.tags
    xml = str(tif.ome_metadata or "") if tif.is_ome else ""
    note = read_note(xml) if xml else None
    size: VoxelSize | None = None
    if xml:
        size = size_from_ome(xml)
    elif tif.is_imagej or tif.is_shaped:
        stated = tif.imagej_metadata if tif.is_imagej else (tif.shaped_metadata or ({},))[0]
        size = size_from_imagej(stated or {}, tags.valueof(282), tags.valueof(283))
    facts = LabelFacts(layout.shape(path), layout.series.dtype.newbyteorder("=").name, size)
    if note is None or not note.revision:
        return replace(facts, revision=f"{_FOREIGN}{stat.st_size:x}-{stat.st_mtime_ns:x}")
    return _noted(facts, note, stat.st_size)


def _noted(facts: LabelFacts, note: Note, size: int) -> LabelFacts:
    return replace(
        facts,
        names=note.names,
        colours=note.colours,
        revision=file_revision(note.revision, size),
        parent=note.parent,
        saved_at=note.saved_at,
        saved_by=note.saved_by,
        application=note.application,
        locked=frozenset(note.locked),
    )


def file_revision(token: str, size: int) -> str:
    """Return the revision of a file by this program: the token that was written into it, and its size in bytes."""
    return f"{token}.{size:x}"


def token_of(revision: str) -> str:
    """Return the token in a revision."""
    return revision.partition(".")[0]


# ---------------------------------------------------------------- numbers


def _widest(path: Path, layout: Layout) -> np.dtype[Any]:
    """Return the smallest type that holds whatever a file of its type can hold of labels."""
    dtype = layout.series.dtype
    if dtype.kind not in "buif":
        raise _bad(path, f"holds values of the type {dtype}, not whole numbers", _EXPORT)
    if dtype.kind != "f" and dtype.itemsize <= 2:
        return np.dtype(f"uint{8 * dtype.itemsize}")
    return np.dtype(np.int32)


def _smallest(top: int, dtype: np.dtype[Any]) -> np.dtype[Any]:
    needed = np.dtype("uint8" if top < 1 << 8 else "uint16" if top < 1 << 16 else "int32")
    return min(needed, dtype, key=lambda one: one.itemsize)


def _checked(path: Path, part: NDArray[Any]) -> int:
    """Return the greatest number of some pixels; raise StorageError for what no number of an object is."""
    if not part.size:
        return 0
    if part.dtype.kind == "f":
        if not np.isfinite(part).all():
            raise _bad(path, "holds values that are no numbers (NaN or infinite)", _EXPORT)
        if not (np.floor(part) == part).all():
            raise _bad(path, "holds numbers with fractions: this is an image, or a map of probabilities", _EXPORT)
    low, top = int(part.min()), int(part.max())  # as float32 the largest that is allowed would be one more
    if low < 0:
        raise _bad(path, f"holds negative numbers (down to {low})", _EXPORT)
    if top > LARGEST:
        raise _bad(path, f"holds numbers up to {top}; the largest that can be used is {LARGEST}", _EXPORT)
    return top


# ---------------------------------------------------------------- sentences


def _what_it_is(path: Path, error: Exception) -> tuple[str, str]:
    with open(path, "rb") as file:
        start = file.read(4)
    if start in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return f"is damaged or cut short ({_one_line(error)})", _AGAIN
    kind = next((name for magic, name in _KINDS.items() if start.startswith(magic)), "")
    return (f"is {kind}, not a TIFF" if kind else "is not a TIFF file"), _EXPORT


def _bad(path: Path, what: str, advice: str) -> DamagedLabels:
    return DamagedLabels(f"{readable(path)} {what}. {advice}")


def _text(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
