"""Replacing a file so that every reader sees the old one or the new one, whole, on network folders too."""

from __future__ import annotations

import os
import re
import secrets
from typing import TYPE_CHECKING

from storage.modes import share_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_BINARY = getattr(os, "O_BINARY", 0)


def replace_file(path: Path, data: bytes, host: str, may_replace: Callable[[], bool] | None = None) -> bool:
    """Write `data` to `path`, durably: a hidden file beside it, synced, then renamed.

    `host` goes into the hidden file's name, so that `sweep_temporary` can tell whose it is. `may_replace` is asked
    last before the renaming; where it says no, nothing is changed and the answer is False. Raises OSError, and then
    the old file is as it was.
    """
    temporary = path.with_name(f".{path.name}-{host}-{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
        try:
            share_file(descriptor, path.parent)
            write_all(descriptor, data)
            os.fsync(descriptor)
            identity = os.fstat(descriptor).st_ino
        finally:
            os.close(descriptor)
        if may_replace is not None and not may_replace():
            temporary.unlink(missing_ok=True)
            return False
        try:
            temporary.replace(path)
        except FileNotFoundError:
            # The answer of an NFS server can get lost and the repeated request then fails although the first worked
            refresh_folder(path.parent)  # this computer may still believe that there is no such file
            if _identity(path) != identity:
                raise
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
    return True


def _identity(path: Path) -> int | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | _BINARY)  # what `stat` says can be older than what `open` sees
    except FileNotFoundError:
        return None
    try:
        return os.fstat(descriptor).st_ino
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of `data`, in one call wherever the system takes it in one."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def sync_folder(folder: Path) -> None:
    """Make new names in a folder durable, where the system can do that."""
    if os.name == "nt":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError:  # some network folders refuse it; the file itself is safe
        return


def refresh_folder(folder: Path) -> None:
    """Make an NFS client look at the folder anew, so that a file opened next is the newest of its name."""
    if os.name != "nt":
        os.close(os.open(folder, os.O_RDONLY))


def sweep_temporary(folder: Path, name: str, host: str) -> None:
    """Remove the hidden files that processes of this computer left in `folder` when they were killed.

    Only those for files that begin with `name`. Raises OSError.
    """
    pattern = re.compile(rf"\.{re.escape(name)}.*-{re.escape(host)}-([0-9]+)-[0-9a-f]+\.tmp")
    for found in os.listdir(folder):
        match = pattern.fullmatch(found)
        if match and not _is_running(int(match[1])):
            (folder / found).unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    import psutil  # imported late: rarely needed, and it takes its time

    return psutil.pid_exists(process)
