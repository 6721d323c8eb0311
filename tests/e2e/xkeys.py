"""Real key and mouse events for an X display: timed ones through XTest, plain ones through xdotool."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

_MODIFIERS = {"ctrl": "Control_L", "shift": "Shift_L", "alt": "Alt_L"}

LEFT, MIDDLE, RIGHT, WHEEL_UP, WHEEL_DOWN = 1, 2, 3, 4, 5
"""Mouse buttons as X numbers them; one click of a wheel button is one notch."""


def xdotool(display: str, *arguments: str, timeout: float = 60) -> None:
    """Run one xdotool command chain on `display` (`:99`).

    Raises
    ------
    RuntimeError
        xdotool failed or did not end within `timeout` seconds.

    """
    command = ["xdotool", *arguments]
    try:
        done = subprocess.run(
            command,
            env=os.environ | {"DISPLAY": display},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"{' '.join(command)} did not end within {timeout} s") from error
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr.strip() or done.stdout.strip()}")


def focus(display: str, title: str = "Cytoscribe") -> None:
    """Give the keyboard to the visible window with `title` in its name: no window manager does it."""
    search = ("search", "--sync", "--onlyvisible", "--name", title)
    for attempt in range(5):
        try:
            xdotool(display, *search, "windowfocus", "--sync", timeout=4)
        except RuntimeError:  # a window that is just being mapped may refuse the keyboard
            if attempt == 4:
                raise
        else:
            return


class XKeys:
    """A connection to one display that sends events and says when it sent them; use it as a context manager.

    Times are seconds of `time.monotonic()`, taken just before the event leaves this process, and so compare
    with the times in the program's log.
    """

    def __init__(self, display: str) -> None:
        self._x = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
        self._test = ctypes.CDLL(ctypes.util.find_library("Xtst") or "libXtst.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XStringToKeysym.restype = ctypes.c_ulong
        self._x.XKeysymToKeycode.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
        self._x.XKeysymToKeycode.restype = ctypes.c_ubyte
        for call in (self._x.XFlush, self._x.XCloseDisplay):
            call.argtypes = [ctypes.c_void_p]
        self._x.XSync.argtypes = [ctypes.c_void_p, ctypes.c_int]
        press, when = [ctypes.c_uint, ctypes.c_int], [ctypes.c_ulong]
        self._test.XTestFakeKeyEvent.argtypes = [ctypes.c_void_p, *press, *when]
        self._test.XTestFakeButtonEvent.argtypes = [ctypes.c_void_p, *press, *when]
        self._test.XTestFakeMotionEvent.argtypes = [ctypes.c_void_p, *[ctypes.c_int] * 3, *when]
        self._connection = self._x.XOpenDisplay(display.encode())
        if not self._connection:
            raise RuntimeError(f"no X display at {display}")

    def close(self) -> None:
        """End the connection."""
        self._x.XCloseDisplay(self._connection)

    def tap(self, key: str, delay_ms: int = 0) -> float:
        """Press and release `key`, an X key name after any modifiers (`2`, `ctrl+z`), after a delay; return when."""
        *modifiers, name = key.split("+")
        codes = [self._code(_MODIFIERS[modifier]) for modifier in modifiers] + [self._code(name)]
        pressed = time.monotonic()
        for place, code in enumerate(codes):
            self._test.XTestFakeKeyEvent(self._connection, code, True, 0 if place else delay_ms)
        for code in reversed(codes):
            self._test.XTestFakeKeyEvent(self._connection, code, False, 0)
        self._x.XFlush(self._connection)
        return pressed

    def key(self, name: str, *, down: bool) -> float:
        """Press a key by its X name and keep it down, or let it go; return when."""
        pressed = time.monotonic()
        self._test.XTestFakeKeyEvent(self._connection, self._code(name), down, 0)
        self._x.XFlush(self._connection)
        return pressed

    def move(self, x: int, y: int, delay_ms: int = 0) -> float:
        """Put the pointer at `x`, `y`, physical pixels from the top left of the screen; return when.

        The display waits `delay_ms` before it does so, and with all that follows.
        """
        moved = time.monotonic()
        self._test.XTestFakeMotionEvent(self._connection, -1, x, y, delay_ms)
        self._x.XFlush(self._connection)
        return moved

    def button(self, number: int, *, down: bool, delay_ms: int = 0) -> float:
        """Press (`down`) or release a mouse button, `delay_ms` after what was sent before; return when."""
        pressed = time.monotonic()
        self._test.XTestFakeButtonEvent(self._connection, number, down, delay_ms)
        self._x.XFlush(self._connection)
        return pressed

    def sync(self) -> None:
        """Wait until all that was sent has happened, with its delays."""
        self._x.XSync(self._connection, False)

    def click(self, number: int = LEFT) -> float:
        """Press and release a mouse button, or turn the wheel by one notch; return when."""
        pressed = self.button(number, down=True)
        self.button(number, down=False)
        return pressed

    def _code(self, name: str) -> int:
        symbol = self._x.XStringToKeysym(name.encode())
        code = int(self._x.XKeysymToKeycode(self._connection, symbol)) if symbol else 0
        if not code:
            raise ValueError(f"this display has no key {name!r}")
        return code

    def __enter__(self) -> XKeys:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
