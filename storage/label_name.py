"""Names of label overlays, and where on the share the overlays of an annotator and of the others lie."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.errors import StorageError, failure, readable
from storage.names import is_annotator

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LABELS = "labels"
"""The folder below the annotations folder."""
SUFFIX = ".tif"
LONGEST_NAME = 60
_LONGEST_BYTES = 150
"""File names hold 255 bytes; those of other versions and of temporary files add up to 100."""
_CONTROL = re.compile(r"[^\w \-.()]")
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])( *\..*)?", re.IGNORECASE)
_RULE = "Use letters, digits, spaces and - _ . ( )."
_MOUNTED = "Check that the share is mounted, then try again."
_NEEDS_RIGHT = "Ask for the right to read it, or check that the share is mounted."


@dataclass(frozen=True)
class OwnLabels:
    """An overlay of the annotator's own; `mtime` in seconds, by the server's clock, `size` in bytes."""

    name: str
    path: Path
    size: int
    mtime: float


@dataclass(frozen=True)
class OthersLabels:
    """An overlay of somebody else, to be opened read-only."""

    name: str
    annotator: str
    path: Path


def check_label_name(text: str) -> str:
    """Return the name under which an overlay `text` is stored: trimmed, inner spaces single, composed (NFC).

    Raises
    ------
    StorageError
        It is empty, hidden, too long, holds other characters than letters, digits, spaces and `-_.()`, ends with a
        dot, or is the name of a Windows device.
    """
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    shown = name.encode("utf-8", "backslashreplace").decode("utf-8")[:LONGEST_NAME]
    if not name:
        raise StorageError(f"The name is empty. {_RULE}")
    if _CONTROL.search(name):
        raise StorageError(f"“{shown}” cannot be used as a name. {_RULE}")
    if len(name) > LONGEST_NAME or len(name.encode()) > _LONGEST_BYTES:
        raise StorageError(f"The name is too long. Use at most {LONGEST_NAME} characters.")
    if name.startswith(".") or name.endswith("."):
        raise StorageError(f"“{shown}” cannot be used: a name cannot begin or end with a dot. Choose another name.")
    if _DEVICE.fullmatch(name):
        raise StorageError(f"“{shown}” cannot be used: Windows keeps this name for a device. Choose another name.")
    return name


def is_same_name(one: str, other: str) -> bool:
    """Tell whether two names are the same file on systems that ignore upper and lower case."""
    return _folded(one) == _folded(other)


def is_taken(name: str, names: Iterable[str]) -> bool:
    """Tell whether one of `names` is the same as `name`, upper and lower case ignored."""
    return any(is_same_name(name, other) for other in names)


def free_name(name: str, names: Iterable[str]) -> str:
    """Return `name`, or `name 2`, `name 3`, ... : the first that is not taken; shortened where it grows too long."""
    taken = {_folded(other) for other in names}
    number, found = 1, name
    while _folded(found) in taken:
        number += 1
        found = lengthened(name, f" {number}")
    return found


def lengthened(name: str, ending: str) -> str:
    """Return `name` with an ending that stays whole: the name is cut where both are too long."""
    start = name
    while len(start + ending) > LONGEST_NAME or len((start + ending).encode()) > _LONGEST_BYTES:
        start = start[:-1]
    return start.rstrip(" .") + ending


def labels_folder(root: Path, annotator: str, block_id: str, time: int | None = None) -> Path:
    """Return where the overlays of a block lie: `labels/{annotator}/{block_id}`, of a film's time point in `t0004`.

    Raises StorageError for a block id that would leave the folder, or be hidden in it.
    """
    parts = block_id.split("/")
    if any(part in ("", ".", "..") or "\0" in part or _is_foreign(part) for part in parts):
        raise StorageError(f"Labels cannot be kept for the block “{readable(block_id)}”: its name is no plain path.")
    folder = root.joinpath(LABELS, annotator, *parts)
    return folder if time is None else folder / f"t{time:04d}"


def own_labels(root: Path, annotator: str, block_id: str, time: int | None = None) -> tuple[OwnLabels, ...]:
    """Return an annotator's overlays of a block, sorted by name. Raises StorageError where the share is not there."""
    _check_root(root)
    return _listed(labels_folder(root, annotator, block_id, time))


def others_labels(root: Path, annotator: str, block_id: str, time: int | None = None) -> tuple[OthersLabels, ...]:
    """Return the overlays that all but `annotator` have of a block, sorted by annotator and name.

    What one annotator does not let others read is left out. Raises StorageError where the share is not there.
    """
    _check_root(root)
    try:
        names = sorted(os.listdir(root / LABELS))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise failure(root / LABELS, error, _NEEDS_RIGHT) from error
    found: list[OthersLabels] = []
    for other in names:
        if other == annotator or not is_annotator(other):
            continue
        try:
            listed = _listed(labels_folder(root, other, block_id, time))
        except StorageError:
            continue
        found += [OthersLabels(one.name, other, one.path) for one in listed]
    return tuple(found)


def _listed(folder: Path) -> tuple[OwnLabels, ...]:
    """Return the overlays in a folder; none where there is no such folder. Raises StorageError."""
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name.removesuffix(SUFFIX)
                if name == entry.name or entry.name.startswith(".") or not entry.is_file():
                    continue
                try:
                    stat = entry.stat()
                except FileNotFoundError:  # replaced or removed just now
                    continue
                found.append(OwnLabels(name, folder / entry.name, stat.st_size, stat.st_mtime))
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise failure(folder, error, _NEEDS_RIGHT) from error
    return tuple(sorted(found, key=lambda labels: (_folded(labels.name), labels.name)))


def _check_root(root: Path) -> None:
    """Raise StorageError where the annotations folder is not there, or empty as a mount point is without its share."""
    try:
        names = os.listdir(root)
    except OSError as error:
        raise failure(root, error, _MOUNTED) from error
    if not names:
        raise StorageError(f"The annotations folder {readable(root)} is empty. {_MOUNTED}")


def _is_foreign(part: str) -> bool:
    return os.name == "nt" and ("\\" in part or ":" in part)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
