"""Whether a window of this user shows these data already: asked before a second one is built. Knows no window."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QLockFile
from PySide6.QtNetwork import QLocalSocket

from app.log import starts as log
from app.settings import sample_root, user_places
from core.images.blocks import is_tiff_name

if TYPE_CHECKING:
    from app.options import Options

RAISED, OTHER = b"raised", b"other"
_SLOTS = 4
"""So many windows of one data set can be asked: of different annotators, or opened with --new-window."""
_CONNECT_MS = 300
_ANSWER_MS = 1000
_TURN_MS = 4000
"""Another start of the same data takes about a second until its window answers."""
_FORCE = "--new-window opens another one."
_LONGEST = 103 - len("/cytoscribe-0123456789abcdef-0")
"""Bytes of a folder for sockets: the whole path has 103 at most on macOS, 107 on Linux (sun_path in sys/un.h)."""
_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "SESSIONNAME")


class Request(msgspec.Struct):
    """What a second start asks of the window that runs; empty texts are what was not said."""

    annotator: str = ""
    annotations_root: str = ""
    first_block: str = ""
    token: str = ""
    """What Wayland wants to see before a window may come to the front."""


def given_path(options: Options) -> Path:
    """What a start opens: the study file, the folder of blocks, or the sample data."""
    if options.study_file is not None:
        return options.study_file
    root = options.data_root or sample_root(user_places())
    return root.parent if is_tiff_name(root.name) else root


def addresses(path: Path) -> list[str]:
    """Names under which windows of this user, on this screen, that show `path` may listen. Empty where there are none.

    Only the text of the path counts: a share that hangs must not be asked here.
    """
    folder = _folder()
    if folder is None:
        return []
    screen = [os.environ.get(name, "") for name in _SCREENS]
    parts = [*screen, _user(), os.path.normcase(os.path.normpath(path))]
    code = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return [f"{folder}cytoscribe-{code}-{slot}" for slot in range(_SLOTS)]


def take_turn(options: Options) -> QLockFile | None:
    """Wait for another start of the same data, until its window answers; None where nobody is asked, or no lock made.

    Without it, two quick double clicks would find no window and make two. To be held until the window listens.
    """
    names = addresses(given_path(options))
    if not names or not _asks(options):
        return None
    name = names[0] if os.name != "nt" else str(Path(tempfile.gettempdir()) / names[0])
    lock = QLockFile(f"{name}.lock")
    if lock.tryLock(_TURN_MS):
        return lock
    log.info("the start does not wait for its turn: %s", lock.error())
    return None


def ask_running(options: Options) -> bool:
    """Ask the windows that show these data to come to the front; whether one did, which is said on stdout."""
    if not _asks(options):
        return False
    path, request = given_path(options), request_of(options)
    for name in addresses(path):
        socket = QLocalSocket()
        socket.connectToServer(name)
        if not socket.waitForConnected(_CONNECT_MS):
            continue
        _allow_front()
        socket.write(msgspec.json.encode(request) + b"\n")
        socket.waitForBytesWritten(_CONNECT_MS)
        if socket.waitForReadyRead(_ANSWER_MS) and bytes(socket.readLine().data()).strip() == RAISED:
            if sys.stdout is not None:  # a program without a console has none
                sys.stdout.write(f"{_shown(path)} is open already: its window is in front. {_FORCE}\n")
            return True
        log.info("the window at %s did not come to the front", name)
    return False


def request_of(options: Options) -> Request:
    """What is asked for by these options."""
    root = options.data_root
    return Request(
        options.annotator or "",
        str(options.annotations_root or ""),
        root.name if root is not None and is_tiff_name(root.name) else "",
        os.environ.get("XDG_ACTIVATION_TOKEN", ""),
    )


def _asks(options: Options) -> bool:
    return not options.is_new_window and not options.is_safe


def _shown(path: Path) -> str:
    return os.fspath(path).encode("ascii" if os.name == "nt" else "utf-8", "backslashreplace").decode()


def _folder() -> str | None:
    """A folder that is this user's alone, with the separator; empty on Windows, whose pipes lie in none."""
    if os.name == "nt":
        return ""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime and len(os.fsencode(runtime)) <= _LONGEST and _is_own(Path(runtime)):
        return f"{runtime}/"
    try:
        folder = Path(tempfile.gettempdir()) / f"cytoscribe-{_user()}"
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        log.info("other windows cannot be asked: %s", error)
        return None
    return f"{folder}/" if _is_own(folder) else None


def _is_own(folder: Path) -> bool:
    """In a folder of others, somebody else could answer in the place of the window."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and os.access(folder, os.W_OK)


def _user() -> str:
    return os.environ.get("USERNAME", "") if os.name == "nt" else str(os.getuid())


def _allow_front() -> None:
    """Windows lets only the program that the user has just started bring a window to the front, unless it says so."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(-1)
