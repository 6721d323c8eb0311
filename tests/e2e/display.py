"""A private X display (Xvfb), so that windows of tests never appear on a developer's desktop."""

from __future__ import annotations

import os
import select
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

# What a desktop session sets and what would make Qt behave differently from one machine to the next.
_DESKTOP_VARIABLES = (
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_CURRENT_DESKTOP",
    "XDG_SESSION_TYPE",
    "DESKTOP_SESSION",
)


class Display:
    """One Xvfb server with software OpenGL, and no window manager; use it as a context manager.

    Parameters
    ----------
    width, height : int
        Size of the one screen in physical pixels.

    """

    def __init__(self, width: int = 1920, height: int = 1080) -> None:
        self.width = width
        self.height = height
        self.name = ""
        """What DISPLAY must be, for example `:99`; empty while the server does not run."""
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it takes clients.

        Raises
        ------
        FileNotFoundError
            Xvfb is not installed.
        RuntimeError
            Xvfb ended, or said nothing for 30 seconds.

        """
        read_end, write_end = os.pipe()
        try:
            self._server = subprocess.Popen(
                [
                    *("Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{self.width}x{self.height}x24"),
                    *("+extension", "GLX", "+extension", "XTEST", "-noreset", "-nolisten", "tcp"),
                ],
                pass_fds=(write_end,),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        finally:
            os.close(write_end)
        with os.fdopen(read_end, "rb") as answer:
            # Xvfb writes the number that it took and a newline; a server that dies closes the pipe.
            ready, _, _ = select.select([answer], [], [], 30)
            number = answer.readline().strip() if ready else b""
        if not number:
            self.stop()
            raise RuntimeError("Xvfb did not start")
        self.name = f":{number.decode()}"

    def stop(self) -> None:
        """End the server; the programs on it lose their display."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait()
            self._server = None
        self.name = ""

    def environment(self, base: dict[str, str]) -> dict[str, str]:
        """Return `base` changed so that a program draws here, in software, the same on every machine."""
        kept = {
            name: value for name, value in base.items() if name not in _DESKTOP_VARIABLES and not name.startswith("QT_")
        }
        return kept | {
            "DISPLAY": self.name,
            "QT_QPA_PLATFORM": "xcb",
            "QT_API": "pyside6",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "LC_ALL": "C.UTF-8",
        }

    def __enter__(self) -> Display:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
