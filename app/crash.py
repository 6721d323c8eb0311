"""Catches what nobody caught, of Python, Qt and vispy: it goes to the log, and to whoever hears `caught`."""

from __future__ import annotations

import contextlib
import faulthandler
import io
import logging
import sys
import traceback
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

from app import jobs, log

if TYPE_CHECKING:
    from types import TracebackType

    from app.run_files import RunFiles

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_LOGGED = 3
"""So often the same error is logged in full; then only now and then that it came again."""


@dataclass(frozen=True)
class Caught:
    """An exception that nobody caught. `kind` and place make it the same as another one; `where` it was is in words."""

    kind: str
    message: str
    place: str
    where: str
    text: str
    """The traceback; empty if the same was told often."""
    count: int
    """The how manieth of the same it is."""

    @property
    def key(self) -> tuple[str, str]:
        """The same for the same error."""
        return self.kind, self.place


class Crash(QObject):
    """`caught` tells it in the thread of the window: at once for what went wrong there."""

    caught = Signal(object)

    def __init__(self, files: RunFiles | None = None, ring: log.Ring | None = None) -> None:
        super().__init__()
        self.files, self.ring = files, ring
        self._counts: Counter[tuple[str, str]] = Counter()
        self._is_telling = False

    def install(self) -> None:
        """From now on nothing goes wrong unheard."""
        # What crashes in C cannot be told any more: the next start reads it in the file
        with contextlib.suppress(RuntimeError, ValueError, OSError, io.UnsupportedOperation):  # no stderr either
            faulthandler.enable(self._file or sys.stderr, all_threads=True)
        sys.excepthook = self._on_exception
        sys.unraisablehook = self._on_unraisable
        jobs.watch_threads(self._on_thread_failed)
        self.hear_qt()
        vispy = logging.getLogger("vispy")  # it logs what goes wrong in callbacks that it was not told to raise
        vispy.addHandler(_FromVispy(self))

    def hear_qt(self) -> None:
        """Messages of Qt go to the log; once more when vispy is there, which takes them to itself."""
        qInstallMessageHandler(self._on_qt_message)

    def end(self) -> None:
        """The program ends as it should: there is nothing to tell at the next start."""
        faulthandler.disable()
        if self.files is not None:
            self.files.end()

    @property
    def _file(self) -> BinaryIO | None:
        return self.files.file if self.files is not None and self.files.folder is not None else None

    def tell(self, error: BaseException, where: str) -> None:
        """Take down an exception, and tell it."""
        kind = type(error).__name__
        place = _place_of(error)
        self._counts[kind, place] += 1
        count = self._counts[kind, place]
        text = "".join(traceback.format_exception(error)) if count <= _LOGGED else ""
        if text:
            log.crash.error("%s\n%s", where, text)
        elif count & (count - 1) == 0:  # 4, 8, 16...: an error in each frame must not fill the log
            log.crash.error("%s: %s at %s, %d times by now", where, kind, place, count)
        caught = Caught(kind, str(error), place, where, log.shortened(text), count)
        if not jobs.is_main_thread():
            with contextlib.suppress(RuntimeError):  # the program has ended and Qt's half is gone
                self.caught.emit(caught)
        elif not self._is_telling:  # an error while an error is told: the log has it
            self._is_telling = True
            try:
                self.caught.emit(caught)
            finally:
                self._is_telling = False

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        # Else the frames, and with them whole blocks, are kept until the next one
        for name in ("last_exc", "last_type", "last_value", "last_traceback"):
            if hasattr(sys, name):
                delattr(sys, name)
        if isinstance(error, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            self.tell(error, "in the window" if jobs.is_main_thread() else "in the background")

    def _on_thread_failed(self, name: str, error: BaseException) -> None:
        if not isinstance(error, SystemExit):
            self.tell(error, f"in the background ({name})")

    def _on_unraisable(self, given: sys.UnraisableHookArgs) -> None:
        if given.exc_value is not None:
            # Python goes on, and so does the user: only the log hears of it
            text = "".join(traceback.format_exception(given.exc_value))
            log.crash.warning("%s\n%s", given.err_msg or "Exception ignored", text)

    def _on_qt_message(self, level: QtMsgType, context: QMessageLogContext, text: str) -> None:
        category = getattr(context, "category", None) or "default"
        logger = log.qt if category == "default" else log.qt.getChild(category)
        logger.log(_LEVELS.get(level, logging.WARNING), "%s", text)
        file = self._file
        if level == QtMsgType.QtFatalMsg and file is not None:  # Qt ends the process now
            with contextlib.suppress(OSError, ValueError):
                file.write(f"Qt: {text}\n".encode())


class _FromVispy(logging.Handler):
    def __init__(self, crash: Crash) -> None:
        super().__init__(logging.WARNING)
        self._crash = crash

    def emit(self, record: logging.LogRecord) -> None:
        error: Any = sys.exc_info()[1]
        text = record.getMessage()
        if error is not None and text.startswith(("Invoking ", "Drawing node ")):  # the last line of what it logs
            self._crash.tell(error, "in the drawing part")
        elif error is None:
            log.crash.info("vispy: %s", text)


def _place_of(error: BaseException) -> str:
    """Where it was raised, and by which lines of the program: what makes it the same error."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{frame.filename}:{frame.lineno}" for frame in frames[:-4:-1])
