"""Names of annotators: what is allowed, and which are known in an annotations folder."""

from __future__ import annotations

import os
import re
import unicodedata
from typing import TYPE_CHECKING

import msgspec

from storage.errors import UNDECODABLE, StorageError

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_NAME = 64
_LONGEST_BYTES = 192
"""File names hold 255 bytes, and ours add up to 60 to the annotator's name."""
_DEVICE = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9¹²³]")
_RULE = "Use letters, digits or underscores (no spaces)."


def check_annotator(text: str) -> str:
    """Return the name under which `text` is stored: trimmed, composed (NFC), lower case.

    Raises
    ------
    StorageError
        It is empty or too long, holds other characters than letters, digits and underscores, or is a name
        that another file of the annotations folder or the system needs.
    """
    name = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text.strip()).lower())
    if not name:
        raise StorageError(f"The name is empty. {_RULE}")
    shown = name.encode("utf-8", "backslashreplace").decode("utf-8")
    if re.fullmatch(r"\w+", name) is None:
        raise StorageError(f"“{shown[:LONGEST_NAME]}” cannot be used as a name. {_RULE}")
    if len(name) > LONGEST_NAME or len(name.encode()) > _LONGEST_BYTES:
        raise StorageError(f"The name is too long. Use at most {LONGEST_NAME} characters.")
    if name.endswith("_display"):
        raise StorageError(
            f"“{shown}” cannot be used: names that end in “_display” belong to display settings. Choose another name."
        )
    if _DEVICE.fullmatch(name):
        raise StorageError(f"“{shown}” cannot be used: Windows keeps this name for a device. Choose another name.")
    return name


def known_annotators(root: Path) -> list[str]:
    """Return the names, sorted, of everybody with a journal or a snapshot below the folder `root`.

    What cannot be read counts as not there.
    """
    names = {name for name, is_folder in _listed(root / "journal") if is_folder and is_annotator(name)}
    for file_name, _ in _listed(root / "users"):
        name = file_name.removesuffix(".json")
        is_known = name == file_name or name in names
        if not is_known and is_annotator(name) and _has_annotations(root / "users" / file_name):
            names.add(name)
    return sorted(names)


def is_annotator(text: str) -> bool:
    """Tell whether `text` is a name as it is stored."""
    try:
        return check_annotator(text) == text
    except StorageError:
        return False


def _listed(folder: Path) -> list[tuple[str, bool]]:
    """Return the names in a folder, without hidden ones, and whether each is a folder."""
    try:
        with os.scandir(folder) as entries:
            return [(entry.name, entry.is_dir()) for entry in entries if not entry.name.startswith(".")]
    except OSError:
        return []


def _has_annotations(path: Path) -> bool:
    try:
        content = msgspec.json.decode(path.read_bytes(), type=dict[str, msgspec.Raw])
    except (OSError, *UNDECODABLE):
        return False
    return "annotations" in content
