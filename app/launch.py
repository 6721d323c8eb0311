"""The process of the window: Qt and its looks, who watches for crashes, signals, and how it ends."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, NoReturn

from PySide6.QtCore import QCoreApplication, QSocketNotifier, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QIcon

from app.controllers.failing_start import tell_failed_start
from app.main import Program
from app.running_window import ask_running, take_turn
from app.settings import RESOURCES, user_places
from app.views.application import Application
from app.views.theme import Theme
from app.watch import Watch

if TYPE_CHECKING:
    from app.options import Options


def run(options: Options) -> int:  # noqa: RET503 - _leave does not return
    """Open the window and stay until it is closed; then the process ends with the exit code."""
    turn = take_turn(options)
    if ask_running(options):
        return 0
    watch = Watch(options.log_level, user_places().state)
    # Else the canvas stays black for good once it is moved to another window
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    QCoreApplication.setApplicationName("Cytoscribe")
    QGuiApplication.setDesktopFileName("cytoscribe")  # desktops find the icon of a window by it
    qt = Application(sys.argv[:1])
    icons = RESOURCES / "icons"
    qt.setWindowIcon(QIcon(str(icons / "cytoscribe.png")))
    theme = Theme((RESOURCES / "style.qss").read_text(encoding="utf-8"), icons.as_posix())
    try:
        program = Program(options, turn, watch.crash, theme)
    except Exception as error:  # noqa: BLE001 - who has no console must be told, too
        tell_failed_start(watch.crash, error)
        _leave(1, watch)
    qt.file_opened.connect(program.opening_files.open)
    watch.crash.hear_qt()
    _end_on_signals(program)
    QTimer.singleShot(0, program.begin)
    _leave(qt.exec(), watch)


def _leave(code: int, watch: Watch) -> NoReturn:
    """End the process. All that is to be kept is on the disk: `Ending` has seen to that.

    A worker that still reads or waits for the share must not go on while the interpreter and Qt are taken apart: that
    crashes now and then.
    """
    watch.end()
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # a program without a console has none
            stream.flush()
    os._exit(code)


def _end_on_signals(program: Program) -> None:
    """SIGTERM and Ctrl+C end the program as Quit does: Python learns of them while Qt waits for events."""
    reader, writer = socket.socketpair()
    for end in (reader, writer):
        end.setblocking(False)
    signal.set_wakeup_fd(writer.fileno())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ignore)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read, program)
    notifier.activated.connect(program.on_signal)
    program.signal_sockets = (reader, writer)


def _ignore(number: int, frame: object) -> None:
    """The notifier does the work."""
