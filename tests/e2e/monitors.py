"""Splits the one screen of a test's display into several monitors, as a window system reports them."""

from __future__ import annotations

import ctypes
import ctypes.util


class _Monitor(ctypes.Structure):
    """XRRMonitorInfo of Xrandr.h."""

    _fields_ = (
        ("name", ctypes.c_ulong),
        ("primary", ctypes.c_int),
        ("automatic", ctypes.c_int),
        ("noutput", ctypes.c_int),
        ("x", ctypes.c_int),
        ("y", ctypes.c_int),
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("mwidth", ctypes.c_int),
        ("mheight", ctypes.c_int),
        ("outputs", ctypes.POINTER(ctypes.c_ulong)),
    )


def split(display: str, width: int, height: int, count: int) -> None:
    """Make `count` monitors side by side, each of `width` x `height` pixels.

    They last as long as the display. Raises OSError where libXrandr is not installed.
    """
    x11 = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    randr = ctypes.CDLL(ctypes.util.find_library("Xrandr") or "libXrandr.so.2")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    for name in ("XDefaultRootWindow", "XSync", "XCloseDisplay", "XInternAtom"):
        getattr(x11, name).restype = ctypes.c_ulong
    randr.XRRAllocateMonitor.restype = ctypes.POINTER(_Monitor)
    randr.XRRGetMonitors.restype = ctypes.POINTER(_Monitor)
    connection = ctypes.c_void_p(x11.XOpenDisplay(display.encode()))
    root = ctypes.c_ulong(x11.XDefaultRootWindow(connection))
    found = ctypes.c_int()
    whole = randr.XRRGetMonitors(connection, root, 1, ctypes.byref(found))
    for number in range(count):
        has_output = number == 0 and found.value > 0 and whole[0].noutput > 0
        made = randr.XRRAllocateMonitor(connection, int(has_output))
        monitor = made.contents
        monitor.name = x11.XInternAtom(connection, f"monitor {number}".encode(), 0)
        monitor.primary = int(number == 0)
        monitor.x, monitor.width, monitor.height = number * width, width, height
        monitor.mwidth, monitor.mheight = width // 4, height // 4
        if has_output:  # the output leaves the monitor of the whole screen, which then is gone
            monitor.outputs[0] = whole[0].outputs[0]
        randr.XRRSetMonitor(connection, root, made)
    x11.XSync(connection, 0)
    x11.XCloseDisplay(connection)
