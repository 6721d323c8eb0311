"""A missing library of the system is named, with the packages that bring it, before Qt is there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.system_libraries import Library, missing, needed, sentence

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="libraries of Linux")
def test_a_missing_library_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    for name in ("libxcb-cursor.so.0", "libEGL.so.1"):
        (tmp_path / name).touch()  # the loader takes an empty file for the library, and fails
    environment = os.environ | {"LD_LIBRARY_PATH": str(tmp_path), "QT_QPA_PLATFORM": "xcb"}
    done = subprocess.run(
        [sys.executable, "-m", "app"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    first, *rest = done.stderr.splitlines()
    assert first == "Cytoscribe cannot open its window: this computer lacks libEGL.so.1, libxcb-cursor.so.0."
    assert "  Debian, Ubuntu   sudo apt install libegl1 libxcb-cursor0" in rest
    assert "  Fedora, Red Hat  sudo dnf install libglvnd-egl xcb-util-cursor" in rest
    assert "  Arch             sudo pacman -S libglvnd xcb-util-cursor" in rest


def test_libraries_of_x11_are_asked_for_where_it_is_used() -> None:
    def names(**environment: str) -> set[str]:
        return {library.name for library in needed(environment)}

    assert "libxcb-cursor.so.0" in names(DISPLAY=":0")
    assert "libxcb-cursor.so.0" in names(WAYLAND_DISPLAY="wayland-0", QT_QPA_PLATFORM="xcb")
    for environment in ({"WAYLAND_DISPLAY": "wayland-0"}, {"QT_QPA_PLATFORM": "offscreen"}):
        assert "libxcb-cursor.so.0" not in names(**environment)
        assert "libEGL.so.1" in names(**environment)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="libraries of Linux")
def test_only_what_cannot_be_loaded_is_missing() -> None:
    here, gone = Library("libc.so.6", "a", "b", "c"), Library("libnowhere.so.9", "d", "e", "f")
    assert missing([here, gone]) == [gone]


def test_one_package_of_two_libraries_is_named_once() -> None:
    text = sentence([Library("libA.so.1", "a", "both", "x"), Library("libB.so.1", "b", "both", "y")])
    assert "libA.so.1, libB.so.1" in text
    assert "dnf install both\n" in text
