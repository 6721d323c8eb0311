"""What dead sessions left unsaved of painted labels: which edits, on which version they fit, and how they go on."""

from __future__ import annotations

import contextlib
import os
import time
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import numpy as np

from storage.errors import UNDECODABLE, StorageError, readable, reason
from storage.label_log import (
    SUFFIX,
    VERSION,
    EditRecord,
    GapRecord,
    LogHeader,
    PatchRecord,
    Record,
    SavedRecord,
    SavingRecord,
    WholeRecord,
    unframed,
)
from storage.label_revision import is_version
from storage.lock import try_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

Edit = EditRecord | WholeRecord

_BINARY = getattr(os, "O_BINARY", 0)
_BEGINNING_SECONDS = 3600
"""A log without a whole first line that is younger may be of a session that is only beginning."""


@dataclass(frozen=True)
class Replay:
    """How to get back what was not saved: `replay(array, edits)` on an array.

    `start` is `file`, the version that is on the share now, or `empty`, zeros of `shape` and `dtype`. Where
    `is_other_version`, the file is not the version that was painted on: the outcome is to be kept beside it, not saved
    over it. Where `has_gap`, some edits could not be written to the log and are missing.
    """

    start: Literal["file", "empty"]
    edits: tuple[Edit, ...]
    is_other_version: bool
    has_gap: bool
    shape: tuple[int, int, int]
    dtype: str


@dataclass(eq=False)
class Leftover:
    """The log of a dead session, locked until it is closed or forgotten.

    `records` have the number of the last edit up to them; where `is_torn`, the last one was cut off in the writing.
    """

    path: Path
    header: LogHeader
    records: list[tuple[int, Record]]
    is_torn: bool
    _descriptor: int

    def unsaved(self) -> tuple[Edit, ...]:
        """Return the edits after the last save that was known to have come through."""
        return self._edits(self._last_saved()[1])

    def replayable(self, current_revision: str | None) -> Replay:
        """Return which edits to apply, on what; `current_revision` is that of the file now, None if there is none."""
        header, (known, through) = self.header, self._last_saved()
        saving = [r for _, r in self.records if isinstance(r, SavingRecord) and r.through >= through]
        came_through = [r.through for r in saving if current_revision and is_version(current_revision, r.token)]
        if came_through:  # the program was killed before it heard of it
            return self._replay("file", max(came_through), False)
        if current_revision == known:
            return self._replay("empty" if known is None else "file", through, False)
        numbers = [number for number, record in self.records if isinstance(record, Edit)]
        if header.base_revision is None and numbers[:1] == [1]:  # painted from nothing, and all of it is in the log
            return self._replay("empty", 0, True)
        return self._replay("empty" if current_revision is None else "file", through, True)

    def close(self) -> None:
        """Let go of it: it is offered again next time."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def forget(self) -> None:
        """Remove it: what was in it is saved, or not wanted."""
        if os.name == "nt":  # there an open file cannot be removed
            self.close()
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
        self.close()

    def _last_saved(self) -> tuple[str | None, int]:
        """Return the last revision that is known to be on the share, and the number of the last edit in it."""
        saved = [record for _, record in self.records if isinstance(record, SavedRecord)]
        return (saved[-1].revision, saved[-1].through) if saved else (self.header.base_revision, 0)

    def _edits(self, through: int) -> tuple[Edit, ...]:
        return tuple(record for number, record in self.records if isinstance(record, Edit) and number > through)

    def _replay(self, start: Literal["file", "empty"], through: int, is_other_version: bool) -> Replay:
        has_gap = any(isinstance(record, GapRecord) for number, record in self.records if number > through)
        edits = self._edits(through)
        whole = [place for place, edit in enumerate(edits) if isinstance(edit, WholeRecord) and edit.data is not None]
        if whole:  # nothing before it matters
            start, edits = "empty", edits[whole[-1] :]
        return Replay(start, edits, is_other_version, has_gap, self.header.shape, self.header.dtype)


def leftovers(folder: Path, report: Callable[[str], None]) -> list[Leftover]:
    """Return the logs of dead sessions with edits that are not saved, locked; see label_log.log_folder.

    Those in which all is saved are removed. `report` gets a sentence for each that cannot be read, or ends in a torn
    record. For a worker thread.
    """
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(SUFFIX))
    except FileNotFoundError:
        return []
    except OSError as error:
        report(f"{readable(folder)} {reason(error)}. Strokes that were not saved cannot be looked for.")
        return []
    found = []
    for name in names:
        try:
            leftover = _adopted(folder / name, report)
        except FileNotFoundError:  # another session has just dealt with it
            continue
        except OSError as error:
            report(f"{readable(folder / name)} {reason(error)}. The strokes in it cannot be brought back now.")
            continue
        if leftover is not None:
            found.append(leftover)
    return found


def replay(array: NDArray[Any], edits: Iterable[Edit]) -> NDArray[Any]:
    """Apply edits to an array (Z, Y, X) of uint8, uint16 or int32; return it, or another if its type had to change.

    Raises StorageError where an edit does not fit into it.
    """
    for edit in edits:
        try:
            if isinstance(edit, WholeRecord):
                array = _whole(array, edit)
                continue
            for patch in edit.patches:
                array = _patched(array, patch)
        except (ValueError, TypeError, zlib.error) as error:
            raise StorageError(f"“{edit.name}” cannot be brought back: it does not fit these labels.") from error
    return array


def _whole(array: NDArray[Any], edit: WholeRecord) -> NDArray[Any]:
    if edit.dtype not in ("uint8", "uint16", "int32"):
        raise ValueError(edit.dtype)
    if edit.data is None:
        if array.max(initial=0) > np.iinfo(edit.dtype).max:
            raise ValueError("numbers do not fit")
        return array.astype(edit.dtype)
    return np.frombuffer(zlib.decompress(edit.data), edit.dtype).reshape(array.shape).copy()


def _patched(array: NDArray[Any], patch: PatchRecord) -> NDArray[Any]:
    box = tuple(slice(low, high) for low, high in zip(patch.low, patch.high, strict=True))
    shape = tuple(high - low for low, high in zip(patch.low, patch.high, strict=True))
    if min(patch.low) < 0 or min(shape) < 1 or any(h > n for h, n in zip(patch.high, array.shape, strict=True)):
        raise ValueError("box outside")
    bits = np.frombuffer(zlib.decompress(patch.mask), np.uint8)
    mask = np.unpackbits(bits, count=int(np.prod(shape))).view(np.bool_).reshape(shape)
    new = patch.new if isinstance(patch.new, int) else np.frombuffer(zlib.decompress(patch.new), patch.dtype)
    top = new if isinstance(new, int) else int(new.max(initial=0))
    if top > np.iinfo(array.dtype).max:  # its conversion was not written, or happened before the log began
        array = array.astype(patch.dtype)
    array[box][mask] = new
    return array


def _adopted(path: Path, report: Callable[[str], None]) -> Leftover | None:
    """Open and lock a log; None if its session lives or nothing in it is wanted. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | _BINARY)
    try:
        if not try_lock(descriptor):
            os.close(descriptor)
            return None
        content = path.read_bytes()
        age = time.time() - os.fstat(descriptor).st_mtime
    except OSError:
        os.close(descriptor)
        raise
    line, newline, _ = content.partition(b"\n")
    try:
        header = msgspec.json.decode(line, type=LogHeader)
    except UNDECODABLE:
        os.close(descriptor)
        if newline:
            report(f"{readable(path)} is damaged at its beginning. The strokes in it cannot be brought back.")
        elif age > _BEGINNING_SECONDS:
            path.unlink(missing_ok=True)
        return None
    if header.version != VERSION:
        os.close(descriptor)
        report(f"{readable(path)} was written by another version of the program. Open the labels with that one.")
        return None
    records, end = unframed(content, len(line) + 1)
    leftover = Leftover(path, header, records, end < len(content), descriptor)
    if not leftover.unsaved():
        leftover.forget()
        return None
    if leftover.is_torn:
        report(f"The last stroke on “{header.name}” ({header.block_id}) was cut off when the program ended.")
    return leftover
