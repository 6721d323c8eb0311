"""Snapshots in the older program's format, users/{annotator}.json and admin/final_labels.json: read and composed."""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from storage.clock import parse_time
from storage.errors import UNDECODABLE, StorageError, readable
from storage.owner import Owner, owner_of
from storage.state import FinalLabels

if TYPE_CHECKING:
    from pathlib import Path

    from storage.state import Annotations

UNMATCHED = "unmatched"
_OURS = "cytoscribe"


@dataclass(frozen=True)
class Form:
    """The names that the older program uses in a file: `part` of the whole holds an entry for each block.

    An entry has a class under `label`, a time under `time` and, where `by` is not empty, who set it under that name.
    """

    part: str
    label: str
    time: str
    by: str = ""


ANNOTATIONS = Form("annotations", "label", "annotated_at")
FINAL_LABELS = Form("labels", "final_label", "set_at", "set_by")


Identity = tuple[int, int, int]


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One annotation, with the older program's names."""

    label: int
    annotated_at: str


class Seal(msgspec.Struct, frozen=True):
    """What we add to a snapshot, to know later whether the older program changed it.

    It is unchanged where `written_at` is its `updated_at` and `digest` that of its entries. `through` has the last
    number of each session whose decisions went into it, so that what is missing later can be told from what was never
    in it. `data_root` is the data folder for which ids were matched.
    """

    written_at: str = ""
    through: dict[str, int] = {}
    data_root: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Snapshot:
    """A snapshot file as it was read; `top` keeps the text of every top-level value.

    `identity` is what changes when the file is replaced or rewritten, `owner` the account that wrote it.
    """

    form: Form
    top: dict[str, msgspec.Raw]
    updated_at: str | None
    seal: Seal
    identity: Identity
    owner: Owner | None

    @cached_property
    def is_ours(self) -> bool:
        """Nobody changed it since we wrote it, neither a program nor a person by hand."""
        seal = self.seal
        if not seal.written_at or seal.written_at != self.updated_at:
            return False
        return not seal.digest or seal.digest == _digest(bytes(self.top.get(self.form.part, b"{}")))

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
        raw = self.top.get(self.form.part)
        if self.form != ANNOTATIONS:
            return None
        try:
            return msgspec.json.decode(raw, type=dict[str, Entry]) if raw is not None else {}
        except msgspec.ValidationError:
            return None


def read_snapshot(path: Path, form: Form) -> Snapshot | None:
    """Return what the file holds; None where there is no file.

    Raises
    ------
    StorageError
        It is no snapshot: not UTF-8, not JSON, or without an object where one is needed.
    OSError
        It cannot be read.
    """
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            data = file.read()
    except FileNotFoundError:
        return None
    try:
        content = data.decode("utf-8-sig").encode() if data.startswith(b"\xef\xbb\xbf") else data
        content.decode("utf-8")
        top = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
        part = top.get(form.part)
        if part is not None and not bytes(part).lstrip().startswith(b"{"):
            raise StorageError(_unreadable(path, f"its {form.part} are not a JSON object"))
    except UnicodeDecodeError as error:
        raise StorageError(_unreadable(path, f"byte {error.start} is not UTF-8")) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise StorageError(_unreadable(path, str(error))) from error
    return Snapshot(form, top, parse_time(_decoded(top, "updated_at")), _seal(top), _identity(found), owner_of(found))


def identity_of(path: Path) -> Identity | None:
    """Return the identity of a snapshot file as it is now; None where there is none. Raises OSError."""
    try:
        return _identity(path.stat())
    except FileNotFoundError:
        return None


def compose_snapshot(
    found: Snapshot | None,
    form: Form,
    annotator: str,
    labels: Annotations,
    unmatched: dict[str, Any],
    moment: str,
    data_root: str,
) -> bytes:
    """Return the text of a new snapshot, which keeps what it does not know of the one that was found."""
    about = {"username": annotator, "created_at": moment} if form == ANNOTATIONS else {}
    top: dict[str, Any] = {**about, "updated_at": "", form.part: {}}
    top |= found.top if found is not None else {}
    top["updated_at"] = moment
    by = labels.by if isinstance(labels, FinalLabels) else {}
    if form.by:
        top[form.part] = {
            block: {form.label: label, form.by: by.get(block, annotator), form.time: time}
            for block, (label, time) in labels.items()
        }
    else:
        top[form.part] = {block: Entry(label, time) for block, (label, time) in labels.items()}
    top[_OURS] = Seal(moment, labels.through, data_root, _digest(msgspec.json.encode(top[form.part])))
    top.pop(UNMATCHED, None)
    if unmatched:
        top[UNMATCHED] = unmatched
    return msgspec.json.format(msgspec.json.encode(top), indent=2)


def _digest(text: bytes) -> str:
    """Return a check sum of JSON text, whatever the spaces in it."""
    return f"{zlib.crc32(msgspec.json.format(text, indent=-1)):08x}"


def _identity(found: os.stat_result) -> Identity:
    return found.st_ino, found.st_mtime_ns, found.st_size


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
    except UNDECODABLE:
        return Seal()
    return msgspec.structs.replace(seal, written_at=parse_time(seal.written_at) or "")
