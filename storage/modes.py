"""Rights on files in a folder that a group shares, whatever the umask of the person is."""

from __future__ import annotations

import contextlib
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def is_shared(folder: Path) -> bool:
    """Tell whether the folder hands its group on to what is made in it: `store init` makes such folders."""
    return os.name != "nt" and bool(folder.stat().st_mode & stat.S_ISGID)


def share_folder(folder: Path, is_derived: bool) -> None:
    """Give a new folder the rights of the one that it is in, if that is shared. Raises no OSError.

    In a folder of files that are derived anybody may replace any.
    """
    with contextlib.suppress(OSError):  # a file system without such rights
        if is_shared(folder.parent):
            mode = stat.S_IMODE(folder.parent.stat().st_mode)
            folder.chmod(mode & ~stat.S_ISVTX if is_derived else mode)


def share_file(descriptor: int, folder: Path) -> None:
    """Let the group of a shared folder read a new file in it, everybody if they may list the folder. No OSError."""
    with contextlib.suppress(OSError):
        if is_shared(folder):
            os.fchmod(descriptor, 0o640 | folder.stat().st_mode & 0o004)
