"""Finding the blocks below a data folder, in natural order, a batch at a time."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import ImageError, never, os_reason
from core.images.natural_order import natural_key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

FIRST_BATCH = 64
"""Blocks in the first batch: enough to fill a screen at once."""
LATER_BATCH = 512

_BLOCK_FOLDER = re.compile(r"block_[0-9]+", re.IGNORECASE | re.ASCII)
_NUMBERED = re.compile(r"block_([0-9]+)(?:\.tiff?)?", re.IGNORECASE | re.ASCII)

_Identity = tuple[int, int] | str
"""What two paths of one folder share: device and inode, or the path without links where there is no inode."""


@dataclass(frozen=True, slots=True)
class Block:
    """One unit of work: a folder of channel TIFFs, or one TIFF.

    `id` is the path relative to the data folder with `/` on every system; `path` the full path as the
    system writes it.
    """

    id: str
    path: str
    is_folder: bool

    @property
    def number(self) -> int | None:
        """The NNNN of `block_NNNN` (or of `block_NNNN.tif`), None for other names."""
        match = _NUMBERED.fullmatch(self.id.rpartition("/")[2])
        return int(match[1]) if match else None

    @property
    def folder(self) -> str:
        """The full path of the folder that the block lies in."""
        return os.path.dirname(self.path)  # noqa: PTH120 - a Path for each of many thousand blocks is slow


@dataclass(frozen=True, slots=True)
class ScanBatch:
    """Some blocks, in their final order after those of the batches before, and what went wrong meanwhile.

    `problems` are sentences for the user; what they name was left out.
    """

    blocks: tuple[Block, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder still to be listed; `parents` are the identities of the folders it lies in."""

    id: str
    path: str
    parents: tuple[_Identity, ...] = ()


def scan_blocks(root: Path, skip: Collection[Path] = (), cancelled: Callable[[], bool] = never) -> Iterator[ScanBatch]:
    """Yield the blocks below `root`, depth first in natural order.

    A folder `block_<digits>` is a block. In a folder without such folders each TIFF is a block of its own.
    If `root` itself is a block folder, it is the only block. Hidden files and folders are left out, and so
    are the folders `skip` and all below them. Links to folders are followed, but not back into a folder
    that holds them.

    When `cancelled` returns True, the batches end early.

    Raises
    ------
    ImageError
        At the first batch: `root` does not exist, or is not a folder that can be listed.
    """
    top = os.path.abspath(root)  # noqa: PTH100 - Path.absolute keeps the `..`
    name = os.path.basename(top)  # noqa: PTH119
    try:
        with os.scandir(top):
            pass
    except OSError as error:
        if isinstance(error, NotADirectoryError) and not is_tiff_name(name):
            advice = "Cytoscribe opens TIFF and OME-TIFF files, and folders of them: export it as one of these."
            raise ImageError(top, "is neither a folder nor a TIFF", advice) from error
        advice = "Check that the drive or share is connected, then try again, or choose another folder."
        raise ImageError(top, os_reason(error), advice) from error
    if _BLOCK_FOLDER.fullmatch(name):
        yield ScanBatch((Block(name, top, True),), ())
        return

    blocks: list[Block] = []
    problems: list[str] = []
    size = FIRST_BATCH
    for found in _walk(top, _identities(skip), cancelled):
        if isinstance(found, Block):
            blocks.append(found)
        else:
            problems.append(found)
        if len(blocks) >= size:
            if cancelled():
                return
            yield ScanBatch(tuple(blocks), tuple(problems))
            blocks.clear()
            problems.clear()
            size = LATER_BATCH
    if (blocks or problems) and not cancelled():
        yield ScanBatch(tuple(blocks), tuple(problems))


def is_tiff_name(name: str) -> bool:
    """Tell whether a file of this name is taken as an image: `.tif` or `.tiff` in any case, not hidden."""
    return name.lower().endswith((".tif", ".tiff")) and not name.startswith(".")


_OTHER_FORMATS = re.compile(
    r"\.(h5|hdf5|ims|czi|lif|nd2|oib|oif|lsm|zarr|n5|mrc|vsi|svs|ndpi|mha|mhd|nrrd|nii|dcm|dm3|dm4|sld|stk|mcd|klb)$",
    re.I,
)
"""Endings of files in which there are images: people look for them in the list."""


def _left_out(folder: str, names: Sequence[str]) -> str:
    shown = os.path.join(folder, names[0])  # noqa: PTH118
    more = f" and {len(names) - 1} more files are" if len(names) > 1 else " is"
    return f"{shown}{more} not listed: Cytoscribe opens TIFF and OME-TIFF. Export what is to be judged as one of these."


def _walk(top: str, skip: frozenset[_Identity], cancelled: Callable[[], bool]) -> Iterator[Block | str]:
    """Yield the blocks below the folder `top`, and a sentence for each thing that was left out."""
    pending: list[Block | _Folder | str] = [_Folder("", top)]  # the next one last
    while pending:
        entry = pending.pop()
        if not isinstance(entry, _Folder):
            yield entry
            continue
        if cancelled():
            return
        try:
            identity = _identity(entry.path)
            if entry.path != top and identity in skip:
                continue
            if identity in entry.parents:
                yield f"{entry.path} leads back to a folder that it lies in. It is left out."
                continue
            inside = _list_folder(entry, (*entry.parents, identity))
        except OSError as error:
            yield f"{entry.path} {os_reason(error)}. The blocks in it are left out."
            continue
        pending.extend(reversed(inside))


def _list_folder(folder: _Folder, parents: tuple[_Identity, ...]) -> list[Block | _Folder | str]:
    """Return the blocks and the folders in a folder, and a sentence for each bad name, in natural order."""
    blocks: list[str] = []
    folders: list[str] = []
    files: list[str] = []
    others: list[str] = []
    problems: list[Block | _Folder | str] = []
    with os.scandir(folder.path) as entries:
        for entry in entries:
            name = entry.name
            if name.startswith("."):
                continue
            try:
                is_dir = entry.is_dir()
            except OSError as error:  # a link to itself, for one
                problems.append(f"{entry.path} {os_reason(error)}. It is left out.")
                continue
            if is_dir:
                kind = blocks if _BLOCK_FOLDER.fullmatch(name) else folders
            elif is_tiff_name(name):
                kind = files
            else:
                if _OTHER_FORMATS.search(name):
                    others.append(name)
                continue
            if not name.isascii() and not _is_text(name):
                readable = name.encode("utf-8", "backslashreplace").decode("utf-8")
                problems.append(
                    f"{os.path.join(folder.path, readable)} has a name that is not valid text. "  # noqa: PTH118
                    "It is left out; rename it to use it."
                )
                continue
            kind.append(name)

    if others and not blocks:  # beside blocks lie tables and pictures of them
        problems.append(_left_out(folder.path, sorted(others, key=natural_key)))
    is_folder = bool(blocks)
    of_blocks = set(blocks or files)
    inside: list[Block | _Folder | str] = []
    before, start = (f"{folder.id}/" if folder.id else ""), os.path.join(folder.path, "")  # noqa: PTH118
    for name in sorted([*of_blocks, *folders], key=natural_key):
        if name in of_blocks:
            inside.append(Block(before + name, start + name, is_folder))
        else:
            inside.append(_Folder(before + name, start + name, parents))
    return problems + inside


def _is_text(name: str) -> bool:
    """Tell whether a name can be written to a file: bytes that were not UTF-8 come as lone surrogates."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _identity(path: str) -> _Identity:
    found = os.stat(path)  # noqa: PTH116
    return (found.st_dev, found.st_ino) if found.st_ino else os.path.realpath(path)


def _identities(paths: Collection[Path]) -> frozenset[_Identity]:
    """Return the identities of the folders that exist."""
    identities = set()
    for path in paths:
        try:
            identities.add(_identity(os.fspath(path)))
        except OSError:
            continue
    return frozenset(identities)
