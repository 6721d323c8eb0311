"""The short lock on one labels file of the share, so that two sessions do not save it at the same moment."""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import TYPE_CHECKING

import msgspec

from storage.atomic import refresh_folder, write_all
from storage.errors import UNDECODABLE, StorageError
from storage.modes import share_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STALE_SECONDS = 60
_BINARY = getattr(os, "O_BINARY", 0)


class LabelsBusy(StorageError):  # noqa: N818 - it is a state of the file
    """Another session is saving the same labels just now; try again a moment later."""


class _Holder(msgspec.Struct):
    """What stands in a lock: whose it is."""

    host: str = ""
    pid: int = 0
    token: str = ""


class LabelLock:
    """A lock that is held.

    It narrows the time in which two sessions meet; that a file is not overwritten is decided by its revision.
    """

    def __init__(self, path: Path, token: str) -> None:
        self._path, self._token = path, token

    def is_held(self) -> bool:
        """Tell whether nobody took the lock over meanwhile. Raises OSError."""
        refresh_folder(self._path.parent)
        holder = _holder(self._path)
        return holder is not None and holder.token == self._token

    def release(self) -> None:
        """Remove the lock, if it is still ours. What cannot be removed goes stale."""
        with contextlib.suppress(OSError):
            if self.is_held():
                self._path.unlink(missing_ok=True)


@contextlib.contextmanager
def label_lock(path: Path, host: str) -> Iterator[LabelLock]:
    """Hold the lock of the labels file at `path`. Raises LabelsBusy where somebody else has it, OSError."""
    lock_path = path.with_name(f".{path.name}.lock")
    token = secrets.token_hex(8)
    if not _create(lock_path, host, token) and not (_remove_stale(lock_path, host) and _create(lock_path, host, token)):
        raise LabelsBusy(f"Another session is saving “{path.stem}” just now. It is saved again in a moment.")
    lock = LabelLock(lock_path, token)
    try:
        yield lock
    finally:
        lock.release()


def _create(path: Path, host: str, token: str) -> bool:
    """Make the lock; False if there is one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
    except FileExistsError:
        return False
    try:
        share_file(descriptor, path.parent)
        write_all(descriptor, msgspec.json.encode(_Holder(host, os.getpid(), token)))
    except OSError:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    return True


def _remove_stale(path: Path, host: str) -> bool:
    """Remove a lock of a dead process or one that is too old; False if it is alive.

    It is renamed first, and put back where it turns out to be another than the one that was looked at: somebody else
    was quicker.
    """
    try:
        seen = path.read_bytes()
        if not _is_stale(path, seen, host):
            return False
        aside = _beside(path, host)
        path.rename(aside)
        if aside.read_bytes() != seen:
            with contextlib.suppress(FileExistsError):
                os.link(aside, path)
            aside.unlink(missing_ok=True)
            return False
        aside.unlink(missing_ok=True)
    except FileNotFoundError:  # released, or taken over by somebody else
        return True
    return True


def _is_stale(path: Path, content: bytes, host: str) -> bool:
    holder = _decoded(content)
    if holder is not None and holder.host == host and not _is_running(holder.pid):
        return True
    # Both times are the server's: its clock and this computer's can differ
    probe = _beside(path, host)
    descriptor = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
    try:
        os.write(descriptor, b"\n")
        os.fsync(descriptor)
        now = os.fstat(descriptor).st_mtime
    finally:
        os.close(descriptor)
        probe.unlink(missing_ok=True)
    return now - path.stat().st_mtime > STALE_SECONDS


def _beside(path: Path, host: str) -> Path:
    """Return a hidden name that `sweep_temporary` knows, should this process be killed."""
    return path.with_name(f"{path.name}-{host}-{os.getpid()}-{secrets.token_hex(4)}.tmp")


def _holder(path: Path) -> _Holder | None:
    try:
        return _decoded(path.read_bytes())
    except FileNotFoundError:
        return None


def _decoded(content: bytes) -> _Holder | None:
    try:
        return msgspec.json.decode(content, type=_Holder)
    except UNDECODABLE:  # it is only being written
        return None


def _is_running(process: int) -> bool:
    import psutil  # imported late: rarely needed, and it takes its time

    return psutil.pid_exists(process)
