"""What can go wrong with the stored decisions, as sentences for the user."""

from __future__ import annotations

import errno
import os

import msgspec

UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding a file raises that is not what it should be; the last for brackets in brackets without end."""


class StorageError(Exception):
    """Its text is for the user: which file, what is wrong with it, and what to do."""


class EmptyFolderError(StorageError):
    """The annotations folder has nothing in it: new, or where a share should be mounted."""


def reason(error: OSError) -> str:
    """Return what the system says, as the end of a sentence that begins with a path: `does not exist`."""
    by_number = {
        errno.ENOENT: "does not exist",
        errno.ENOTDIR: "is not a folder",
        errno.EACCES: "cannot be used: permission denied",
        errno.EPERM: "cannot be used: permission denied",
        errno.ENOSPC: "cannot be written: the disk is full",
        errno.EDQUOT: "cannot be written: the disk quota is used up",
        errno.EFBIG: "cannot be written: the file would be larger than is allowed here",
        errno.EROFS: "cannot be written: the disk is read-only",
        errno.ESTALE: "is not reachable: the share was disconnected",
    }
    number = error.errno
    if number in by_number:
        return by_number[number]
    text = os.strerror(number) if number is not None else str(error) or type(error).__name__
    return f"cannot be used: {text[:1].lower()}{text[1:]}"


def failure(path: os.PathLike[str] | str, error: OSError, advice: str) -> StorageError:
    """Return the error that says what the system said about `path` (or about the file that `error` names)."""
    named = error.filename if isinstance(error.filename, str) else path
    return StorageError(f"{readable(named)} {reason(error)}. {advice}")


def readable(path: os.PathLike[str] | str) -> str:
    """Return a path as text that can be shown and encoded: undecodable bytes become escapes."""
    return os.fspath(path).encode("utf-8", "backslashreplace").decode("utf-8")
