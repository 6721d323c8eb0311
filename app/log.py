"""Topic loggers, the ring of the last records, and the record of events that tests and benches read."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections import deque
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from pathlib import Path

STARTED = time.monotonic()
ROOT = "cytoscribe"
actions = logging.getLogger(f"{ROOT}.actions")
crash = logging.getLogger(f"{ROOT}.crash")
jobs = logging.getLogger(f"{ROOT}.jobs")
opening = logging.getLogger(f"{ROOT}.opening")
painting = logging.getLogger(f"{ROOT}.painting")
qt = logging.getLogger(f"{ROOT}.qt")
saving = logging.getLogger(f"{ROOT}.saving")
settings = logging.getLogger(f"{ROOT}.settings")
starts = logging.getLogger(f"{ROOT}.starts")

LINE = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
_RECORDS = 2000
_LONGEST = 8000
"""Letters of one record in the ring; of a longer one, the beginning and the end."""


class Ring(logging.Handler):
    """Keeps the last records as text: a record itself would keep what its traceback holds, whole blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(LINE)
        self._lines: deque[str] = deque(maxlen=_RECORDS)

    def emit(self, record: logging.LogRecord) -> None:
        """Called by logging."""
        try:
            self._lines.append(shortened(self.format(record)))
        except Exception:  # noqa: BLE001 - a record that cannot be written must not stop who wrote it
            self.handleError(record)

    @property
    def text(self) -> str:
        """The records, the oldest first."""
        return "".join(f"{line}\n" for line in self._lines.copy())


def shortened(text: str) -> str:
    """Return a text of a length that can be kept."""
    half = _LONGEST // 2
    return text if len(text) <= _LONGEST else f"{text[:half]}\n[…]\n{text[-half:]}"


def start(level: str = "WARNING") -> Ring:
    """Send records of this level to stderr and all to a ring, which is returned; called once by main."""
    root = logging.getLogger(ROOT)
    root.setLevel("DEBUG")
    ring = Ring()
    root.addHandler(ring)
    if sys.stderr is not None:  # a program without a console has none
        handler = logging.StreamHandler()
        handler.setLevel(level)
        handler.setFormatter(LINE)
        root.addHandler(handler)
    return ring


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
