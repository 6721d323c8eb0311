"""Log, crash file and hooks of this run of the program: begun before Qt, ended last."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from app import log
from app.crash import Crash
from app.log_writer import LogWriter
from app.run_files import RunFiles

if TYPE_CHECKING:
    from pathlib import Path


class Watch:
    """`crash` tells what nobody caught. What cannot be written is said once, and the program goes on."""

    def __init__(self, log_level: str, state: Path) -> None:
        ring = log.start(log_level)
        files = RunFiles(state)
        self.crash = Crash(files, ring)
        self.crash.install()
        self._writer = LogWriter(files) if files.folder is not None else None
        log.actions.info("the program starts, Python %s on %s", sys.version.partition(" ")[0], sys.platform)
        if files.problem:
            log.crash.warning("The log is kept in memory only, its folder cannot be written: %s", files.problem)

    def end(self) -> None:
        """The program ends as it should."""
        if self._writer is not None:
            self._writer.end()
        self.crash.end()
