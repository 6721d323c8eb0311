"""The log of what was painted since the last save, on this computer: a program that is killed loses no stroke."""

from __future__ import annotations

import contextlib
import os
import struct
import zlib
from typing import TYPE_CHECKING

import msgspec

from storage.atomic import sync_folder, write_all
from storage.errors import StorageError, readable, reason
from storage.lock import try_lock
from storage.session_name import new_session

if TYPE_CHECKING:
    from pathlib import Path

SUFFIX = ".strokes"
VERSION = 1
_FRAME = struct.Struct("<IIQ")
"""Length of the record, check sum of number and record, and the number of the last edit up to it."""
_BINARY = getattr(os, "O_BINARY", 0)
_TRIES = 3
_sync = getattr(os, "fdatasync", os.fsync)

Voxel = tuple[int, int, int]
"""z, y, x."""


class LogHeader(msgspec.Struct, frozen=True):
    """The first line of a log: of which overlay it is, and which version on the share it begins with.

    `shape` is (Z, Y, X); `base_revision` None for an overlay that is not on the share yet; it is all 0 then, or a copy
    of the file `source`; `path` where the overlay is kept; `host` and `pid` tell whose session it is, `started_at` when
    it began (ISO 8601, UTC).
    """

    annotator: str
    block_id: str
    time: int | None
    name: str
    shape: Voxel
    dtype: str
    base_revision: str | None
    path: str
    host: str
    pid: int
    started_at: str
    version: int = VERSION
    source: str = ""


class PatchRecord(msgspec.Struct, frozen=True, array_like=True):
    """New numbers in the box from `low` up to `high` (not included).

    `mask` says for which voxels of it: packed bits in C order, zlib. `new` is one number for all of them, or one for
    each in C order as `dtype`, of native byte order, zlib.
    """

    low: Voxel
    high: Voxel
    mask: bytes
    new: int | bytes
    dtype: str


class EditRecord(msgspec.Struct, frozen=True, tag="edit"):
    """One stroke or operation (or its undo); `at` in seconds since 1970."""

    name: str
    at: float
    patches: list[PatchRecord]


class WholeRecord(msgspec.Struct, frozen=True, tag="whole"):
    """The whole array was replaced: `data` are its numbers in C order, native byte order, zlib.

    `data` is None where only the type was converted.
    """

    name: str
    at: float
    dtype: str
    data: bytes | None = None


class SavingRecord(msgspec.Struct, frozen=True, tag="saving"):
    """A save of what was painted up to the edit `through` begins; the version gets this token."""

    token: str
    through: int


class SavedRecord(msgspec.Struct, frozen=True, tag="saved"):
    """What was painted up to the edit `through` is on the share, as this revision."""

    revision: str
    through: int


class GapRecord(msgspec.Struct, frozen=True, tag="gap"):
    """Edits are missing here: they could not be written."""


Record = EditRecord | WholeRecord | SavingRecord | SavedRecord | GapRecord

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Record)


def log_folder(local: Path, annotator: str) -> Path:
    """Return where an annotator's logs lie; `local` is the folder of LocalFolder for the annotations folder."""
    return local / "labels" / annotator


class LabelLog:
    """The log of one open overlay of this session. All but `sync` belongs to one thread.

    An overlay that gets another name or is deleted gets another log, once all is saved.
    """

    def __init__(self, path: Path, descriptor: int, header_length: int) -> None:
        self.path = path
        self.count = 0
        """The number of the last edit: what an array that is saved now holds."""
        self._descriptor = descriptor
        self._header_length = self._length = header_length
        self._due: list[Record] = []  # what must stand before the next record

    @classmethod
    def create(cls, folder: Path, header: LogHeader) -> LabelLog:
        """Begin a log. Raises StorageError; then painting goes on without one."""
        line = msgspec.json.encode(header) + b"\n"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for _ in range(_TRIES):
                path = folder / (new_session(header.host) + SUFFIX)
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | _BINARY, 0o600)
                try:
                    if not try_lock(descriptor):  # another session looked whether it is a leftover, just then
                        os.close(descriptor)
                        continue
                    write_all(descriptor, line)
                except OSError:
                    os.close(descriptor)
                    path.unlink(missing_ok=True)
                    raise
                sync_folder(folder)
                return cls(path, descriptor, len(line))
        except OSError as error:
            raise _unwritable(folder, error) from error
        raise StorageError(f"{readable(folder)} is in use by another session. Strokes are kept by saving only.")

    def append(self, record: EditRecord | WholeRecord) -> int:
        """Add an edit; return its number. It outlives this process at once, a power cut after `sync`.

        Raises StorageError; then the edit is not in the log, what follows can be added, and a save should be soon.
        """
        self.count += 1
        try:
            self._write(record)
        except StorageError:
            if not any(isinstance(due, GapRecord) for due in self._due):
                self._due.append(GapRecord())
            raise
        return self.count

    def saving(self, token: str, through: int) -> None:
        """A save of an array that holds the edits up to `through` begins. Raises StorageError."""
        self._write(SavingRecord(token, through))

    def saved(self, revision: str, through: int) -> None:
        """The edits up to `through` are on the share. Raises StorageError; then more is offered than is needed."""
        record = SavedRecord(revision, through)
        if through == self.count:  # all of it: none of the records is needed any more
            self._due = []
            self._cut(self._header_length)
        try:
            self._write(record)
        except StorageError:
            self._due.append(record)
            raise

    def sync(self) -> None:
        """Make what was added safe from a power cut: for a worker. Raises StorageError."""
        try:
            _sync(self._descriptor)
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def close(self) -> None:
        """Let go of the log; what is not saved is offered to the next session. One without edits is removed."""
        if self._length <= self._header_length:
            self.forget()
        else:
            os.close(self._descriptor)

    def forget(self) -> None:
        """Close and remove the log: all is saved, or is not wanted."""
        if os.name == "nt":  # there an open file cannot be removed
            os.close(self._descriptor)
            self._unlink()
        else:  # removed while it is locked, so that nobody takes it for a leftover
            self._unlink()
            os.close(self._descriptor)

    def _unlink(self) -> None:
        with contextlib.suppress(OSError):  # it is found to be empty, or offered once more
            self.path.unlink(missing_ok=True)

    def _write(self, record: Record) -> None:
        frames = b"".join(frame(self.count, one) for one in (*self._due, record))
        try:
            write_all(self._descriptor, frames)
        except OSError as error:
            self._cut(self._length)
            raise _unwritable(self.path, error) from error
        self._due = []
        self._length += len(frames)

    def _cut(self, length: int) -> None:
        """Take back what was written of a record that did not fit: nothing after it could be read."""
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, length)
            self._length = length


def frame(number: int, record: Record) -> bytes:
    """Return a record as it stands in the file."""
    payload = _encoder.encode(record)
    return _FRAME.pack(len(payload), _check_sum(number, payload), number) + payload


def unframed(content: bytes, start: int) -> tuple[list[tuple[int, Record]], int]:
    """Return the whole records, with their numbers, from `start` on, and where they end: before a torn one."""
    found: list[tuple[int, Record]] = []
    view = memoryview(content)
    while start + _FRAME.size <= len(content):
        length, check_sum, number = _FRAME.unpack_from(content, start)
        end = start + _FRAME.size + length
        payload = view[start + _FRAME.size : end]
        if end > len(content) or _check_sum(number, payload) != check_sum:
            break
        try:
            found.append((number, _decoder.decode(payload)))
        except msgspec.MsgspecError:
            break
        start = end
    return found, start


def _check_sum(number: int, payload: bytes | memoryview) -> int:
    return zlib.crc32(payload, number & 0xFFFFFFFF)


def _unwritable(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"{readable(path)} {reason(error)}. Strokes that are not saved would be lost if the program ended: save often."
    )
