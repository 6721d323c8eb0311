"""Carrying one journal to the share, where its file is always the beginning of it."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from storage.atomic import write_all
from storage.errors import readable
from storage.journal import SUFFIX
from storage.modes import share_file
from storage.owner import owner_of

if TYPE_CHECKING:
    from pathlib import Path

    from storage.journal import Journal
    from storage.owner import Owner
    from storage.share import Share

_PART = 1 << 20
_TAIL = 4096
_TRIES = 5
_BINARY = getattr(os, "O_BINARY", 0)


class Carrier:
    """Appends to the share what is missing there of `journal`. For the worker thread, but for `pushed`."""

    def __init__(self, journal: Journal, share: Share) -> None:
        self.journal = journal
        self.pushed = (0, 0)
        """How many bytes are on the share, and how many decisions they hold."""
        self.problems: list[str] = []
        self._share = share
        self._folder = share.journal_folder(journal.annotator)
        self.paths = [self._folder / (journal.session + SUFFIX)]
        """The files on the share: the last is in use, those before were changed by another program."""
        self.owner: Owner | None = None
        """Whose the share's file is, as it was seen last; None before that, and where the system does not tell."""
        self._seen: tuple[int, int] | None = None  # inode and size of the share's file after our last writing

    @property
    def pending(self) -> int:
        """How many decisions are not on the share yet."""
        return self.journal.durable[1] - self.pushed[1]

    @property
    def path(self) -> Path:
        """The file on the share."""
        return self.paths[-1]

    def push(self) -> None:
        """Bring the file on the share up to date. Raises OSError; the next call then looks at all of it anew.

        A journal without decisions makes no file.
        """
        end, decisions = self.journal.durable
        if not decisions:
            return
        for _ in range(_TRIES):
            if self._append(end):
                self.pushed = (end, decisions)
                return
        raise OSError(errno.EAGAIN, "is removed again and again by another program", str(self.path))

    def _append(self, end: int) -> bool:
        """Bring the file up to `end`; False where another program took it away or changed it meanwhile."""
        seen, self._seen = self._seen, None
        descriptor = self._open()
        try:
            found = os.fstat(descriptor)
            size = found.st_size
            self.owner = owner_of(found)
            if size < self.pushed[0]:
                self.pushed = (0, 0)  # what was there is not any more: nothing counts as saved until it is again
            same = self._same(descriptor, size, end, (found.st_ino, size) == seen)
            is_ours = same == size or (same < size and _is_nothing(descriptor, same))
            if is_ours and same < size:
                if same < self.pushed[0]:
                    self.pushed = (0, 0)
                # Zeros are what a full disk or a power cut leaves of a line, even with later lines behind them
                os.ftruncate(descriptor, same)
                size = same
            if is_ours and size < end:
                for start in range(size, end, _PART):
                    write_all(descriptor, self.journal.read(start, min(start + _PART, end)))
                os.fsync(descriptor)
        except OSError:
            os.close(descriptor)
            raise
        os.close(descriptor)  # a network file may report a failed write only here
        if not is_ours:
            self._take_another_name()
            return False
        if size < end and not self._is_there(found.st_ino):
            return False
        self._seen = (found.st_ino, end)
        return True

    def _is_there(self, inode: int) -> bool:
        """Tell whether the path is still that of the file that was written: an open file can lose its name."""
        try:
            return self.path.stat().st_ino == inode
        except FileNotFoundError:
            return False

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_APPEND | _BINARY
        try:
            return os.open(self.path, flags)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            self.pushed = (0, 0)  # whatever was there is not any more
            if not isinstance(error, FileNotFoundError):
                raise
        self._share.make_folders(self.journal.annotator)
        descriptor = os.open(self.path, flags | os.O_CREAT, 0o644)
        share_file(descriptor, self._folder)
        self._share.note_new_file(self._folder)
        return descriptor

    def _same(self, descriptor: int, size: int, end: int, is_as_left: bool) -> int:
        """Return how many bytes of the share's file are those of the journal, from the beginning on."""
        start = max(0, size - _TAIL) if is_as_left else 0
        os.lseek(descriptor, start, os.SEEK_SET)
        last = min(size, end)
        while start < last:
            part = os.read(descriptor, min(_PART, last - start))
            own = self.journal.read(start, start + len(part))
            if not part or part != own:
                pairs = zip(part, own, strict=True)
                return start + next((place for place, (one, other) in enumerate(pairs) if one != other), 0)
            start += len(part)
        return last

    def _take_another_name(self) -> None:
        other = self.path
        name = f"{self.journal.session}-{len(self.paths) + 1}{SUFFIX}"
        self.paths.append(self._folder / name)
        self.problems.append(
            f"{readable(other)} was changed by another program. It is left as it is; "
            f"the decisions of this session are in {name} beside it."
        )


def _is_nothing(descriptor: int, place: int) -> bool:
    """Tell whether a zero stands there, or the end: a failed write can leave an NFS client with too large a size."""
    os.lseek(descriptor, place, os.SEEK_SET)
    return os.read(descriptor, 1) in (b"\0", b"")
