"""A journal that this process writes: on the local disk, or in memory until it is on the share."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Protocol

from storage.atomic import sync_folder, write_all
from storage.lock import try_lock

if TYPE_CHECKING:
    from pathlib import Path

SUFFIX = ".jsonl"
_BINARY = getattr(os, "O_BINARY", 0)
_sync = getattr(os, "fdatasync", os.fsync)


class Journal(Protocol):
    """The lines of one session.

    `append` belongs to one thread; `durable` and `read` may be used by one other meanwhile.
    """

    annotator: str
    session: str
    is_on_disk: bool

    @property
    def durable(self) -> tuple[int, int]:
        """How many bytes are safe here, and how many decisions they hold (the first line is none)."""

    def append(self, lines: bytes, count: int) -> None:
        """Add lines that hold `count` decisions; they are durable on return. Raises OSError and adds none."""

    def read(self, start: int, end: int) -> bytes:
        """Return bytes from `start` up to `end`."""

    def close(self) -> None:
        """Let go of the file."""


class MemoryJournal:
    """Lines that wait in memory, because nothing on this computer can keep them."""

    is_on_disk = False

    def __init__(self, annotator: str, session: str) -> None:
        self.annotator, self.session = annotator, session
        self._lines = bytearray()
        self._durable = (0, 0)

    @property
    def durable(self) -> tuple[int, int]:
        """All that was appended."""
        return self._durable

    def append(self, lines: bytes, count: int) -> None:
        """Add lines."""
        self._lines += lines
        self._durable = (len(self._lines), self._durable[1] + count)

    def read(self, start: int, end: int) -> bytes:
        """Return bytes from `start` up to `end`."""
        return bytes(self._lines[start:end])

    def close(self) -> None:
        """Nothing is open."""


class LocalJournal:
    """A file on the local disk, locked as long as its session lives."""

    def __init__(self, path: Path, annotator: str, descriptor: int, reader: int, durable: tuple[int, int]) -> None:
        self.path, self.annotator, self.session = path, annotator, path.name.removesuffix(SUFFIX)
        self.is_on_disk = True
        """False once it is found that somebody removed the file."""
        self._descriptor = descriptor
        self._reader = reader  # its own position, so that another thread may read; works if the name is gone
        self._durable = durable

    @classmethod
    def create(cls, path: Path, annotator: str) -> LocalJournal:
        """Make a new, empty one. Raises OSError, also where files cannot be locked."""
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | _BINARY, 0o600)
        try:
            if not try_lock(descriptor):
                raise BlockingIOError(errno.EAGAIN, "locked by another program", str(path))
            reader = os.open(path, os.O_RDONLY | _BINARY)
        except OSError:
            os.close(descriptor)
            raise
        sync_folder(path.parent)
        return cls(path, annotator, descriptor, reader, (0, 0))

    @classmethod
    def adopt(cls, path: Path, annotator: str) -> LocalJournal | None:
        """Open the journal of a session that is dead, without a torn last line; None if the session lives."""
        descriptor = os.open(path, os.O_RDWR | _BINARY)
        try:
            if not try_lock(descriptor):
                os.close(descriptor)
                return None
            reader = os.open(path, os.O_RDONLY | _BINARY)
        except OSError:
            os.close(descriptor)
            raise
        journal = cls(path, annotator, descriptor, reader, (0, 0))
        content = journal.read(0, os.fstat(reader).st_size)
        journal._durable = (content.rfind(b"\n") + 1, max(0, content.count(b"\n") - 1))
        return journal

    @property
    def durable(self) -> tuple[int, int]:
        """What was synced to the disk."""
        return self._durable

    def append(self, lines: bytes, count: int) -> None:
        """Add lines and sync them; on an error cut back what was written of them."""
        length, decisions = self._durable
        try:
            write_all(self._descriptor, lines)
            _sync(self._descriptor)
            if not os.fstat(self._descriptor).st_nlink:  # what is in a file without a name goes with this process
                self.is_on_disk = False
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self.path))
        except OSError:
            self._cut_back(length)
            raise
        self._durable = (length + len(lines), decisions + count)

    def _cut_back(self, length: int) -> None:
        try:
            os.ftruncate(self._descriptor, length)
            _sync(self._descriptor)
        except OSError:  # a disk that fails altogether: readers leave out a line that is not complete
            return

    def read(self, start: int, end: int) -> bytes:
        """Return bytes from `start` up to `end`."""
        os.lseek(self._reader, start, os.SEEK_SET)
        parts = []
        while start < end and (part := os.read(self._reader, end - start)):
            parts.append(part)
            start += len(part)
        if start < end:
            raise OSError(errno.EIO, "is shorter than what was written to it", str(self.path))
        return b"".join(parts)

    def close(self) -> None:
        """Close the file, which ends the lock."""
        os.close(self._descriptor)
        os.close(self._reader)
