"""Reading a journal that somebody writes: complete lines, from where the last reading ended."""

from __future__ import annotations

import errno
import os
import time
from typing import TYPE_CHECKING

import msgspec

from storage.clock import parse_time
from storage.decision import OPEN, Decision
from storage.errors import readable, reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_CHUNK = 1 << 20
_MOST_REPORTED = 5
_QUIET_SECONDS = 86_400
"""Nobody decides for a day without a word: a journal that old is opened again only when its size changes."""

_decoder = msgspec.json.Decoder(Decision)


class JournalReader:
    """Follows one file. Lines that cannot be read are left out and stand in `problems`."""

    def __init__(self, path: Path, annotator: str) -> None:
        self.path = path
        self.problems: list[str] = []
        self.data_root = ""
        """The data folder that the first line names; empty before it was read."""
        self.has_torn_end = False
        """At the last reading the file ended within a line."""
        self._annotator = annotator
        self._position = 0  # of the first line that was not read
        self._line = 0  # how many lines were read
        self._size = 0
        self._changed = 0.0
        self._bad_lines = 0

    @property
    def torn_end(self) -> str:
        """The sentence for a last line that is not complete."""
        return (
            f"{readable(self.path)}, line {self._line + 1}, is not complete: its session was cut off in the middle "
            "of a line. The line is left out; all lines before it count."
        )

    def may_have_grown(self) -> bool:
        """Tell whether it is worth opening the file, without opening it."""
        if time.time() - self._changed < _QUIET_SECONDS:
            return True
        try:
            return self.path.stat().st_size != self._size
        except OSError:
            return False

    def read(self) -> Iterator[list[Decision]]:
        """Yield, in batches, the decisions of all complete lines that were added since the last reading.

        A file that is gone for the moment has none; what else the system reports becomes a problem.
        """
        for _ in range(2):
            try:
                yield from self._read()
            except FileNotFoundError:
                return
            except OSError as error:
                if error.errno in (errno.ESTALE, errno.EBADF):
                    continue  # the server forgot the open file: once more from its name
                self._report(f"{readable(self.path)} {reason(error)}. The decisions in it are missing here.")
            return

    def _read(self) -> Iterator[list[Decision]]:
        with self.path.open("rb") as file:
            file.seek(self._position)
            rest = b""
            while chunk := file.read(_CHUNK):
                lines, end, rest = (rest + chunk).rpartition(b"\n")
                if end:
                    yield self._decode(lines + end)
                    self._position += len(lines) + 1
            self.has_torn_end = bool(rest)
            self._size = self._position + len(rest)
            self._changed = os.fstat(file.fileno()).st_mtime

    def _decode(self, lines: bytes) -> list[Decision]:
        first = self._line + 1
        self._line += lines.count(b"\n")
        numbered: Iterable[tuple[int, Decision]]
        try:
            numbered = enumerate(_decoder.decode_lines(lines), first)
        except (msgspec.DecodeError, UnicodeDecodeError):
            numbered = self._decode_each(lines, first)
        return [decision for line, found in numbered if (decision := self._admit(found, line)) is not None]

    def _decode_each(self, lines: bytes, first: int) -> Iterator[tuple[int, Decision]]:
        for number, line in enumerate(lines.split(b"\n")[:-1], first):
            try:
                yield number, _decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError):
                self._report_line(number, "cannot be read")

    def _admit(self, decision: Decision, line: int) -> Decision | None:
        """Return the decision if it counts, with its time in our form."""
        if decision.annotator != self._annotator:
            self._report_line(line, f"claims to be by {readable(decision.annotator)}")
            return None
        time_text = parse_time(decision.t)
        if time_text is None:
            self._report_line(line, f"has no valid time ({readable(decision.t)})")
            return None
        if decision.kind == OPEN:
            if isinstance(decision.value, str):
                self.data_root = decision.value
            return None
        return decision if time_text is decision.t else msgspec.structs.replace(decision, t=time_text)

    def _report_line(self, line: int, what: str) -> None:
        self._bad_lines += 1
        if self._bad_lines <= _MOST_REPORTED:
            self._report(f"{readable(self.path)}, line {line}, {what}. It is left out; all other lines count.")
        elif self._bad_lines == _MOST_REPORTED + 1:
            self._report(f"{readable(self.path)} has more lines that cannot be used. They are left out.")

    def _report(self, sentence: str) -> None:
        if sentence not in self.problems:
            self.problems.append(sentence)
