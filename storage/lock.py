"""The lock by which a living session marks its local journal; it ends with the process."""

from __future__ import annotations

import errno
import os
import sys

_FAR = 0x7FFF_0000
"""On Windows a lock keeps others from reading what is locked, so a byte far behind the end is."""

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def try_lock(descriptor: int) -> bool:
    """Lock an open file until it is closed; False if another process has it. Raises OSError without locks."""
    try:
        _lock(descriptor)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
            return False
        raise
    return True
