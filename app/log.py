"""Topic loggers, and the record of events that tests and benches read."""

from __future__ import annotations

import json
import logging
import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from pathlib import Path

_ROOT = "cytoscribe"
jobs = logging.getLogger(f"{_ROOT}.jobs")
opening = logging.getLogger(f"{_ROOT}.opening")
painting = logging.getLogger(f"{_ROOT}.painting")
saving = logging.getLogger(f"{_ROOT}.saving")
starts = logging.getLogger(f"{_ROOT}.starts")
settings = logging.getLogger(f"{_ROOT}.settings")


def start(level: str = "WARNING") -> None:
    """Send records to stderr; called once by main."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger(_ROOT)
    root.addHandler(handler)
    root.setLevel(level)


class EventRecord:
    """Writes what the program did as JSON lines, each with the monotonic time; nothing without a file."""

    def __init__(self, path: Path | None = None) -> None:
        self._file: TextIO | None = path.open("a", encoding="utf-8", buffering=1) if path else None
        self._fields: dict[str, object] = {}

    def of_window(self, name: str) -> EventRecord:
        """The same record, for what another window than the main one does: each line then has `window`."""
        made = EventRecord()
        made._file, made._fields = self._file, {"window": name}
        return made

    @property
    def is_on(self) -> bool:
        """Whether anybody reads: spares the work of describing a frame."""
        return self._file is not None

    def write(self, event: str, **fields: object) -> None:
        """Append one event."""
        if self._file is not None:
            line = {"t": time.monotonic(), "event": event, **self._fields, **fields}
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
