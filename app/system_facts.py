"""What a report says of the program and the computer: versions, system, screens, graphics; no names."""

from __future__ import annotations

import os
import platform
import sys
import time

import PySide6
from PySide6.QtCore import QLibraryInfo, QSysInfo
from PySide6.QtGui import QGuiApplication

from app.about_text import components, versions
from app.build_info import title
from app.log import STARTED

_SCALES = ("QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS", "QT_QPA_PLATFORM", "LIBGL_ALWAYS_SOFTWARE", "XDG_SESSION_TYPE")


def program_facts() -> tuple[tuple[str, str], ...]:
    """Return pairs of what and which version; reads files."""
    try:
        return ("Program", title()), *versions(components())
    except Exception as error:  # noqa: BLE001 - the report must be made, whatever is wrong with the installation
        return (("Program", f"its version is not known ({type(error).__name__}: {error})"),)


def system_facts(renderer: str) -> tuple[tuple[str, str], ...]:
    """Return pairs of what and how; for the thread of the window. `renderer` is what draws."""
    facts = [
        ("Python", f"{platform.python_version()}, {'frozen' if getattr(sys, 'frozen', False) else 'from source'}"),
        ("Qt", f"{QLibraryInfo.version().toString()}, PySide6 {PySide6.__version__}"),
        ("System", f"{QSysInfo.prettyProductName()}, {QSysInfo.kernelType()} {QSysInfo.kernelVersion()}"),
        ("Machine", f"{QSysInfo.currentCpuArchitecture()}, {os.cpu_count()} cores"),
        ("Graphics", renderer),
        ("Qt platform", QGuiApplication.platformName()),
    ]
    for number, screen in enumerate(QGuiApplication.screens(), 1):
        size, ratio = screen.size(), screen.devicePixelRatio()
        facts.append((f"Screen {number}", f"{size.width()} x {size.height()}, scale factor {ratio:g}"))
    facts += [(name, os.environ[name]) for name in _SCALES if name in os.environ]
    return tuple(facts)


def timings() -> list[tuple[str, str]]:
    """Return how long this run lasts, what it computed, and the most memory that it had."""
    found = [
        ("Running for", f"{time.monotonic() - STARTED:.0f} s"),
        ("Processor time", f"{time.process_time():.1f} s"),
    ]
    if sys.platform != "win32":
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        found.append(("Most memory", f"{most / (2**20 if sys.platform == 'darwin' else 2**10):.0f} MB"))
    return found
