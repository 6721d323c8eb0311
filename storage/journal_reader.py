"""Reading a journal that somebody writes: complete lines, from where the last reading ended."""

from __future__ import annotations

import errno
import os
import stat
import time
from typing import TYPE_CHECKING

import msgspec

from storage.clock import parse_time
from storage.decision import FINAL, OLDER, OPEN, SLOTS, Decision
from storage.errors import UNDECODABLE, readable, reason
from storage.owner import owner_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from storage.roles import Roles

_CHUNK = 1 << 20
_LONGEST_LINE = 16 << 20
_MOST_REPORTED = 5
_QUIET_SECONDS = 86_400
"""A session that was quiet for half as long begins a new journal: one that old is opened only when its size changes."""

_NO_WAITING = getattr(os, "O_NONBLOCK", 0)
"""Else a pipe that somebody put there would hold up everything."""

_decoder = msgspec.json.Decoder(Decision)


class JournalReader:
    """Follows one file. Lines that cannot be read, or that do not count, are left out and stand in `problems`.

    What counts, with `roles`: lines in a file that belongs to an account of the annotator; what was taken over from
    older files, also in a file of an admin's; final labels only if the annotator is an admin. Without roles all do.
    """

    def __init__(
        self, path: Path, annotator: str, roles: Roles | None = None, most_reported: int = _MOST_REPORTED
    ) -> None:
        self.path = path
        self.problems: list[str] = []
        self.line_of: dict[str, int] = {}
        """The number of the line that a sentence in `problems` is about, where it is about one."""
        self.data_root = ""
        """The data folder that the first line names; empty before it was read."""
        self.has_torn_end = False
        """At the last reading the file ended within a line."""
        self.is_missing = False
        """At the last reading there was no such file."""
        self._annotator = annotator
        self._roles = roles
        self._only_older = False  # the file is an admin's, who brought older files in
        self._position = 0  # of the first line that was not read
        self.lines = 0
        """How many lines were read so far."""
        self._size = 0
        self._changed = 0.0
        self._most_reported = most_reported
        self.bad_lines = 0
        """How many lines were left out so far."""

    @property
    def torn_end(self) -> str:
        """The sentence for a last line that is not complete."""
        return (
            f"{readable(self.path)}, line {self.lines + 1}, is not complete: its session was cut off in the middle "
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
        self.is_missing = False
        for _ in range(2):
            try:
                yield from self._read()
            except FileNotFoundError:
                self.is_missing = True
                return
            except OSError as error:
                if error.errno in (errno.ESTALE, errno.EBADF):
                    continue  # the server forgot the open file: once more from its name
                self._report(f"{readable(self.path)} {reason(error)}. The decisions in it are missing here.")
            return

    def _read(self) -> Iterator[list[Decision]]:
        with open(self.path, "rb", opener=open_at_once) as file:
            if not self._may_be_used(os.fstat(file.fileno())):
                return
            file.seek(self._position)
            rest = b""
            while chunk := file.read(_CHUNK):
                lines, end, rest = (rest + chunk).rpartition(b"\n")
                if len(rest) > _LONGEST_LINE:
                    self._report(f"{readable(self.path)} is no journal: it has a line without an end. It is left out.")
                    return
                if end:
                    yield self._decode(lines + end)
                    self._position += len(lines) + 1
            self.has_torn_end = bool(rest)
            self._size = self._position + len(rest)
            self._changed = os.fstat(file.fileno()).st_mtime

    def _may_be_used(self, found: os.stat_result) -> bool:
        if not stat.S_ISREG(found.st_mode):
            self._report(f"{readable(self.path)} is not a file. It is left out.")
            return False
        if self._roles is None:
            return True
        owner = owner_of(found)
        is_right = self._roles.owns(owner, self._annotator)
        self._only_older = not is_right and self._roles.may_bring_in(owner)
        if is_right or self._only_older:
            return True
        self._size, self._changed = found.st_size, found.st_mtime
        self._report(
            f"{readable(self.path)} belongs to {owner}, which is no account of {self._annotator} in the roles file. "
            "It is left out; if it is genuine, have an admin add the account there."
        )
        return False

    def _decode(self, lines: bytes) -> list[Decision]:
        first = self.lines + 1
        self.lines += lines.count(b"\n")
        numbered: Iterable[tuple[int, Decision]]
        try:
            numbered = enumerate(_decoder.decode_lines(lines), first)
        except UNDECODABLE:
            numbered = self._decode_each(lines, first)
        return [decision for line, found in numbered if (decision := self._admit(found, line)) is not None]

    def _decode_each(self, lines: bytes, first: int) -> Iterator[tuple[int, Decision]]:
        for number, line in enumerate(lines.split(b"\n")[:-1], first):
            try:
                yield number, _decoder.decode(line)
            except UNDECODABLE:
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
        if decision.after is not None and parse_time(decision.after) != decision.after:
            self._report_line(line, f"has no valid time after which it counts ({readable(decision.after)})")
            return None
        if decision.kind == OPEN:
            if isinstance(decision.value, str):
                self.data_root = decision.value
            return None
        if self._only_older and decision.source != OLDER:
            self._report_line(line, f"is in a file of an admin's account, but was decided as {self._annotator}")
            return None
        if self._roles is not None and SLOTS.get(decision.kind) == FINAL and not self._roles.is_admin(self._annotator):
            self._report_line(line, f"sets a final label, and the roles file does not name {self._annotator} as admin")
            return None
        return decision if time_text is decision.t else msgspec.structs.replace(decision, t=time_text)

    def _report_line(self, line: int, what: str) -> None:
        self.bad_lines += 1
        if self.bad_lines <= self._most_reported:
            sentence = f"{readable(self.path)}, line {line}, {what}. It is left out; all other lines count."
            self.line_of[sentence] = line
            self._report(sentence)
        elif self.bad_lines == self._most_reported + 1:
            self._report(f"{readable(self.path)} has more lines that cannot be used. They are left out.")

    def _report(self, sentence: str) -> None:
        if sentence not in self.problems:
            self.problems.append(sentence)


def open_at_once(path: str, flags: int) -> int:
    """Open for `open(..., opener=...)` without waiting for the other end of a pipe."""
    return os.open(path, flags | _NO_WAITING)
