"""Folding a person's own closed journals into one: `cytoscribe store compact`."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from storage.atomic import replace_file, sync_folder
from storage.clock import now, parse_time
from storage.decision import OPEN, VERSION, Decision, encode_line
from storage.errors import UNDECODABLE, StorageError, failure, readable
from storage.journal import SUFFIX
from storage.session_name import new_session

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from storage.local import LocalFolder
    from storage.share import Share

_decoder = msgspec.json.Decoder(Decision)

Identity = tuple[int, int, int]


@dataclass
class Compaction:
    """What was, or with a dry run would be, folded: the old files, the new one, and what was left alone and why."""

    folded: list[Path] = field(default_factory=list)
    lines: int = 0
    into: Path | None = None
    left: list[str] = field(default_factory=list)


def compact(
    share: Share, annotator: str, older_than_days: float, dry_run: bool, local: LocalFolder | None, host: str
) -> Compaction:
    """Fold the annotator's journals that belong to this account and were quiet for so many days.

    The new file has every line of the old ones, unchanged, by time. They are removed, also from this computer's
    `local` folder, once the new one was synced and read back. A crash in between leaves lines in two files, which
    count once; so does a program that still has an old journal open, for it writes it anew.

    Raises StorageError: there is no such annotator, or the folder cannot be read or written. Nothing is lost then.
    """
    share.check()
    if annotator not in share.annotators():
        raise StorageError(f"{annotator} has no journal in {readable(share.journals)}.")
    result = Compaction()
    try:
        files = _foldable(share, annotator, older_than_days, result)
        if len(files) < 2:
            return result
        lines = _in_order(line for content, _ in files.values() for line in _lines(content))
        result.folded, result.lines = list(files), len(lines)
        if dry_run:
            return result
        result.into = _write(share, annotator, lines, host)
        result.folded = [path for path, (_, identity) in files.items() if _remove(path, identity, result)]
        sync_folder(share.journal_folder(annotator))
    except OSError as error:
        raise failure(share.journal_folder(annotator), error, "Nothing is lost; try again later.") from error
    if local is not None:
        local.forget_pushed(annotator, {path.name for path in result.folded})
    return result


def _foldable(
    share: Share, annotator: str, older_than_days: float, result: Compaction
) -> dict[Path, tuple[bytes, Identity]]:
    found = {}
    young = 0
    latest = time.time() - older_than_days * 86_400
    for path in share.journal_files(annotator):
        status = path.stat()
        if not path.is_file():
            result.left.append(f"{readable(path)} is not a file.")
            continue
        if os.name != "nt" and status.st_uid != os.geteuid():
            result.left.append(f"{readable(path)} belongs to another account.")
            continue
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            content = file.read()
        newest = _newest_line(content, annotator)
        if newest is None:
            result.left.append(f"{readable(path)} has lines that cannot be read; `cytoscribe store check` names them.")
        elif max(newest, status.st_mtime) > latest:
            young += 1
        else:
            found[path] = (content, _identity(status))
    if young:
        result.left.append(f"{young} journals were written to in the last {older_than_days:g} days.")
    return found


def _newest_line(content: bytes, annotator: str) -> float | None:
    """Return the latest time in a journal, in seconds as of files; None if any line is not as it must be."""
    lines = content.split(b"\n")
    if lines.pop() or not lines:
        return None
    try:
        decisions = [_decoder.decode(line) for line in lines]
    except UNDECODABLE:
        return None
    if any(decision.annotator != annotator for decision in decisions):
        return None
    times = [parse_time(decision.t) for decision in decisions]
    known = [time_text for time_text in times if time_text is not None]
    return datetime.fromisoformat(max(known)).timestamp() if len(known) == len(times) else None


def _lines(content: bytes) -> list[bytes]:
    """Return the lines with their ends; only the line feed ends one."""
    return [line + b"\n" for line in content.split(b"\n")[:-1]]


def _in_order(lines: Iterable[bytes]) -> list[bytes]:
    """Return the lines by time, session and number; one that is there twice, once."""
    keyed = {}
    for line in lines:
        decision = _decoder.decode(line)
        keyed[line] = (parse_time(decision.t) or "", decision.session, decision.n)
    return sorted(keyed, key=keyed.__getitem__)


def _write(share: Share, annotator: str, lines: list[bytes], host: str) -> Path:
    """Write the new journal, durably, and read it back."""
    session = new_session(host)
    folder = share.journal_folder(annotator)
    path = folder / (session + SUFFIX)
    # Which data folder the lines are about stands in the first lines of the journals, which are among them
    opening = encode_line(Decision(VERSION, now(), 0, annotator, session, OPEN))
    content = opening + b"".join(lines)
    replace_file(path, content, host)
    share.note_new_file(folder)
    share.settle()  # the next listing of every client must show it
    if path.read_bytes() != content:
        raise StorageError(f"{readable(path)} is not what was written to it. The old journals are left as they are.")
    return path


def _remove(path: Path, identity: Identity, result: Compaction) -> bool:
    try:
        if _identity(path.stat()) != identity:
            result.left.append(f"{readable(path)} was written to meanwhile.")
            return False
        path.unlink()
    except FileNotFoundError:  # folded by another computer just then
        return True
    return True


def _identity(status: os.stat_result) -> Identity:
    return status.st_ino, status.st_size, status.st_mtime_ns
