"""Writes the log to a file of this run in a thread of its own: a slow disk never stops the window."""

from __future__ import annotations

import contextlib
import logging
import sys
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from app.jobs import run_always
from app.log import LINE, ROOT, crash, shortened
from app.run_files import LOG_BYTES, LOGS_OF_A_RUN

if TYPE_CHECKING:
    from app.run_files import RunFiles

_LAST_WAIT_S = 1.0
"""So long the end of the program waits for the disk."""
_MOST_WAITING = 20_000
"""A disk that hangs must not fill the memory."""


class LogWriter(logging.Handler):
    """Begins at once; `end` writes what waits. Old logs are removed on the way."""

    def __init__(self, files: RunFiles) -> None:
        super().__init__()
        self.setFormatter(LINE)
        self._files = files
        self._waiting: SimpleQueue[str | SimpleQueue[None]] = SimpleQueue()
        logging.getLogger(ROOT).addHandler(self)
        run_always(self._write_all, "log")

    def emit(self, record: logging.LogRecord) -> None:
        """Called by logging."""
        try:
            if self._waiting.qsize() < _MOST_WAITING:
                self._waiting.put(shortened(self.format(record)))
        except Exception:  # noqa: BLE001 - a record that cannot be written must not stop who wrote it
            self.handleError(record)

    def end(self) -> None:
        """Write what waits, but do not wait for a disk that hangs."""
        done: SimpleQueue[None] = SimpleQueue()
        self._waiting.put(done)
        with contextlib.suppress(Empty):
            done.get(timeout=_LAST_WAIT_S)

    def _write_all(self) -> None:
        from logging.handlers import RotatingFileHandler  # not before the window: here nobody waits for it

        class File(RotatingFileHandler):
            is_refused = False

            def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging names it
                # Once, not as a traceback for each line: the disk is full, and the memory still has the log
                if not self.is_refused:
                    self.is_refused = True
                    crash.info("the log cannot be written: %s", sys.exc_info()[1])

        path = self._files.log_file
        assert path is not None
        file = File(
            path, maxBytes=LOG_BYTES, backupCount=LOGS_OF_A_RUN - 1, encoding="utf-8", delay=True, errors="replace"
        )
        self._files.clean()
        while True:
            item = self._waiting.get()
            if isinstance(item, str):
                file.emit(logging.makeLogRecord({"msg": item}))
            else:
                item.put(None)
