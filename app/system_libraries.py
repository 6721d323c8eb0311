"""Which libraries of a Linux system are missing that Qt needs, asked before Qt ends the process without a word."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Library:
    """A library by the name that the loader looks for, and the packages that bring it."""

    name: str
    debian: str
    fedora: str
    arch: str


_WINDOWS = (
    Library("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd"),
    Library("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd"),
    Library("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig"),
    Library("libfreetype.so.6", "libfreetype6", "freetype", "freetype2"),
    Library("libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    Library("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
    Library("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    Library("libX11.so.6", "libx11-6", "libX11", "libx11"),
)
_ON_X11 = (
    Library("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb", "libx11"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    Library("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    Library("libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    Library("libxcb-util.so.1", "libxcb-util1", "xcb-util", "xcb-util"),
    Library("libxcb-randr.so.0", "libxcb-randr0", "libxcb", "libxcb"),
    Library("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb"),
)
"""Of each package one library: those that come with it are not asked for."""


def needed(environment: Mapping[str, str]) -> tuple[Library, ...]:
    """Return what Qt loads on the display that this environment names."""
    platform = environment.get("QT_QPA_PLATFORM", "")
    is_x11 = platform.startswith("xcb") if platform else not environment.get("WAYLAND_DISPLAY")
    return _WINDOWS + _ON_X11 if is_x11 else _WINDOWS


def missing(libraries: Iterable[Library]) -> list[Library]:
    """Return those that cannot be loaded. Qt loads the others anyway: this takes no time of its own."""
    return [library for library in libraries if not _can_be_loaded(library.name)]


def sentence(libraries: Iterable[Library]) -> str:
    """Say which libraries are missing, and how they are installed."""
    lacking = list(libraries)

    def packages(kind: str) -> str:
        return " ".join(sorted({getattr(library, kind) for library in lacking}))

    return (
        f"Cytoscribe cannot open its window: this computer lacks {', '.join(one.name for one in lacking)}.\n"
        "Install what brings them, or ask who looks after this computer:\n"
        f"  Debian, Ubuntu   sudo apt install {packages('debian')}\n"
        f"  Fedora, Red Hat  sudo dnf install {packages('fedora')}\n"
        f"  Arch             sudo pacman -S {packages('arch')}"
    )


def _can_be_loaded(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
