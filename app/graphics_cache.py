"""Keeps Mesa from mapping a file on a full disk: the process would be killed at the first frame."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import MutableMapping

_FEWEST_BYTES = 16 * 1024 * 1024
"""Mesa maps an index of about 1.3 MB before it writes anything, and shaders come on top."""


def spare_full_disk(environment: MutableMapping[str, str]) -> None:
    """Turn Mesa's cache of shaders off where there is no room for it; to be called before there is a GL context."""
    if not sys.platform.startswith("linux") or "MESA_SHADER_CACHE_DISABLE" in environment:
        return
    named = (environment.get(name) for name in ("MESA_SHADER_CACHE_DIR", "XDG_CACHE_HOME"))
    folder = next((path for path in named if path), os.path.expanduser("~/.cache"))  # noqa: PTH111 - no RuntimeError
    if _free_bytes(folder) < _FEWEST_BYTES:
        environment["MESA_SHADER_CACHE_DISABLE"] = "true"


def _free_bytes(folder: str) -> int:
    """What can be written in a folder, or in the nearest one above it that exists; nothing where nobody can say."""
    path = os.path.abspath(folder)  # noqa: PTH100
    while True:
        try:
            found = os.statvfs(path)
        except OSError:
            parent = os.path.dirname(path)  # noqa: PTH120
            if parent == path:
                return 0
            path = parent
        else:
            return 0 if found.f_flag & os.ST_RDONLY else found.f_bavail * found.f_frsize
