"""Whether there is a screen to open a window on: asked before Qt, which would end the process without a word."""

from __future__ import annotations

import re
import socket
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_WAIT_SECONDS = 3.0
_X_PORT = 6000


def why_no_screen(environment: Mapping[str, str]) -> str:
    """A sentence, or an empty text where a window can be opened or only Qt can tell."""
    if not sys.platform.startswith("linux") or environment.get("WAYLAND_DISPLAY"):
        return ""
    platform = environment.get("QT_QPA_PLATFORM", "")
    if platform and not platform.startswith("xcb"):
        return ""
    name = environment.get("DISPLAY", "")
    if not name:
        return "" if platform else "Cytoscribe needs a screen: neither DISPLAY nor WAYLAND_DISPLAY is set."
    match = re.fullmatch(r"(?:unix/?)?([^:/]*):(\d+)(?:\.\d+)?", name)
    if match is None or _answers(match[1], int(match[2])):
        return ""
    return (
        f"Cytoscribe needs a screen: DISPLAY is {name}, but nothing answers there. Start it on the desktop, or with "
        "`ssh -X`."
    )


def _answers(host: str, number: int) -> bool:
    if host:
        try:
            socket.create_connection((host, _X_PORT + number), _WAIT_SECONDS).close()
        except OSError:
            return False
        return True
    path = f"/tmp/.X11-unix/X{number}"  # where X servers listen
    return any(_connects(address) for address in (f"\0{path}", path))


def _connects(address: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as end:
        end.settimeout(_WAIT_SECONDS)
        try:
            end.connect(address)
        except OSError:
            return False
    return True
