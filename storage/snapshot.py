"""An annotator's snapshot in the older program's format: users/{annotator}.json, read and composed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from storage.clock import parse_time
from storage.errors import StorageError, readable

if TYPE_CHECKING:
    from pathlib import Path

    from storage.state import Annotations

UNMATCHED = "unmatched"
_OURS = "cytoscribe"


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One annotation, with the older program's names."""

    label: int
    annotated_at: str


class Seal(msgspec.Struct, frozen=True):
    """What we add to a snapshot, to know later whether the older program changed it.

    It is unchanged where `written_at` is its `updated_at`. `through` has the last number of each session whose
    decisions went into it, so that what is missing later can be told from what was never in it.
    """

    written_at: str = ""
    through: dict[str, int] = {}


@dataclass(frozen=True)
class Snapshot:
    """A snapshot file as it was read; `top` keeps the text of every top-level value."""

    top: dict[str, msgspec.Raw]
    updated_at: str | None
    seal: Seal

    @property
    def is_ours(self) -> bool:
        """Nobody changed it since we wrote it."""
        return bool(self.seal.written_at) and self.seal.written_at == self.updated_at

    def is_known(self, through: dict[str, int]) -> bool:
        """Nobody changed it, and all decisions in it were read from journals, up to the numbers in `through`."""
        of_ours = self.seal.through
        return self.is_ours and bool(of_ours) and all(through.get(s, -1) >= n for s, n in of_ours.items())

    def part(self, key: str) -> dict[str, Any]:
        """Return a top-level object, decoded; empty if there is none."""
        raw = self.top.get(key)
        found = msgspec.json.decode(raw) if raw is not None else {}
        return found if isinstance(found, dict) else {}

    def entries(self) -> dict[str, Entry] | None:
        """Return the annotations if all of them are flat and well formed, which is quick; else None."""
        raw = self.top.get("annotations")
        try:
            return msgspec.json.decode(raw, type=dict[str, Entry]) if raw is not None else {}
        except msgspec.ValidationError:
            return None


def read_snapshot(path: Path) -> Snapshot | None:
    """Return what the file holds; None where there is no file.

    Raises
    ------
    StorageError
        It is no snapshot: not UTF-8, not JSON, or without an object where one is needed.
    OSError
        It cannot be read.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        content = data.decode("utf-8-sig").encode() if data.startswith(b"\xef\xbb\xbf") else data
        content.decode("utf-8")
        top = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
        annotations = top.get("annotations")
        if annotations is not None and not bytes(annotations).lstrip().startswith(b"{"):
            raise StorageError(_unreadable(path, "its annotations are not a JSON object"))
    except UnicodeDecodeError as error:
        raise StorageError(_unreadable(path, f"byte {error.start} is not UTF-8")) from error
    except msgspec.DecodeError as error:
        raise StorageError(_unreadable(path, str(error))) from error
    return Snapshot(top, parse_time(_decoded(top, "updated_at")), _seal(top))


def compose_snapshot(
    found: Snapshot | None, annotator: str, annotations: Annotations, unmatched: dict[str, Any], moment: str
) -> bytes:
    """Return the text of a new snapshot, which keeps what it does not know of the one that was found."""
    top: dict[str, Any] = {"username": annotator, "created_at": moment, "updated_at": "", "annotations": {}}
    top |= found.top if found is not None else {}
    top["updated_at"] = moment
    top["annotations"] = {block: Entry(label, time) for block, (label, time) in annotations.items()}
    top[_OURS] = Seal(moment, annotations.through)
    top.pop(UNMATCHED, None)
    if unmatched:
        top[UNMATCHED] = unmatched
    return msgspec.json.format(msgspec.json.encode(top), indent=2)


def _unreadable(path: Path, what: str) -> str:
    return (
        f"{readable(path)} is not a valid annotation file ({what}). It is left as it is and not used; repair it or "
        "restore it from a backup if it holds annotations that are missing here."
    )


def _decoded(top: dict[str, msgspec.Raw], key: str) -> Any:
    raw = top.get(key)
    return msgspec.json.decode(raw) if raw is not None else None


def _seal(top: dict[str, msgspec.Raw]) -> Seal:
    raw = top.get(_OURS)
    if raw is None:
        return Seal()
    try:
        seal = msgspec.json.decode(raw, type=Seal)
    except msgspec.DecodeError:
        return Seal()
    return Seal(parse_time(seal.written_at) or "", seal.through)
