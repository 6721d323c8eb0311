"""Stores as one might write them at first, each with one mistake: the tests show that they would notice it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from storage import journal
from storage.atomic import replace_file
from storage.clock import later_than
from storage.decision import OPEN, VERSION, Decision, encode_line
from storage.errors import StorageError
from storage.session_name import host_name, new_session
from storage.share import make_folder
from storage.state import State
from storage.store import Store, open_store

if TYPE_CHECKING:
    from storage.state import Annotations

SINGLE_FILE = "decisions.json"


class Sketch:
    """What they share: a state, a session, decisions of which some wait; the names are those of `Store`."""

    def __init__(self, root: Path, local: Path | None, annotator: str) -> None:
        self.root, self.local, self.annotator = root, local, annotator
        self.session = new_session(host_name())
        self.state = State()
        self.problems: list[str] = []
        self.saved_through = 0
        self._made: list[Decision] = []
        self._known: set[tuple[str, int]] = set()

    @property
    def pending(self) -> int:
        return len(self._made) - self.saved_through

    def decide(self, kind: str, block: str, value: Any) -> Decision:
        n = len(self._made) + 1
        made = Decision(VERSION, later_than(self.state.latest), n, self.annotator, self.session, kind, block, value)
        self._made.append(made)
        self.state.apply(made)
        return made

    def push(self) -> None:
        until = len(self._made)
        self._write(self._made[self.saved_through : until])
        self.saved_through = until

    def follow(self) -> list[Decision]:
        return []

    def write_snapshot(self, annotations: Annotations) -> None:
        pass

    def close(self) -> None:
        pass

    def _write(self, decisions: list[Decision]) -> None:
        raise NotImplementedError

    def _unknown(self, decisions: list[Decision]) -> list[Decision]:
        """Return those that were not there at the last call."""
        found = [d for d in decisions if (d.session, d.n) not in self._known]
        self._known.update((d.session, d.n) for d in found)
        return found

    def _open_journal(self) -> int:
        """Make our file on the share, which the real readers read."""
        for folder in (self.root / "users", self.root / "journal", self.root / "journal" / self.annotator):
            make_folder(folder)
        path = self.root / "journal" / self.annotator / f"{self.session}.jsonl"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.write(descriptor, encode_line(Decision(VERSION, "2026-01-01", 0, self.annotator, self.session, OPEN)))
        os.fsync(descriptor)
        return descriptor


class Merging(Sketch):
    """One file of all, read, added to and replaced. The replacing is right; two who do it lose what the other added.

    Who follows reads it by its name, which may be an older file for a while.
    """

    @property
    def _path(self) -> Path:
        return self.root / SINGLE_FILE

    def _read(self) -> list[Decision]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=list[Decision])
        except FileNotFoundError:
            return []
        except msgspec.DecodeError as error:
            raise StorageError(f"torn: {error}") from error

    def _write(self, decisions: list[Decision]) -> None:
        self._replace(msgspec.to_builtins([*self._read(), *decisions]))

    def _replace(self, content: list[Any]) -> None:
        replace_file(self._path, json.dumps(content).encode(), "host")

    def follow(self) -> list[Decision]:
        return self._unknown(self._read())


class Truncating(Merging):
    """One file, opened for writing anew each time: others see it empty or half, and so it stays after a power cut."""

    def _write(self, decisions: list[Decision]) -> None:
        self._replace(msgspec.to_builtins(self._made))

    def _replace(self, content: list[Any]) -> None:
        with self._path.open("w") as file:
            json.dump(content, file)


class Unsynced(Sketch):
    """A file of its own, to which it appends, without waiting for the disk of the server."""

    _descriptor: int | None = None

    def _write(self, decisions: list[Decision]) -> None:
        if self._descriptor is None:
            self._descriptor = self._open_journal()
        os.write(self._descriptor, b"".join(map(encode_line, decisions)))


class Synced(Unsynced):
    """The same, and right about the journal; but writes the snapshot unread, and believes what the renaming says."""

    def _write(self, decisions: list[Decision]) -> None:
        super()._write(decisions)
        if self._descriptor is not None:
            os.fsync(self._descriptor)

    def write_snapshot(self, annotations: Annotations) -> None:
        content = {block: {"label": label, "annotated_at": at} for block, (label, at) in annotations.items()}
        path = self.root / "users" / f"{self.annotator}.json"
        temporary = path.with_suffix(".tmp")
        with temporary.open("w") as file:
            json.dump({"annotations": content}, file)
            file.flush()
            os.fsync(file.fileno())
        path.exists()  # looks the name up, so that the renaming is the next that the server hears of
        temporary.replace(path)


class Direct(Synced):
    """Writes each decision to the share, at once, while the person waits."""

    def decide(self, kind: str, block: str, value: Any) -> Decision:
        made = super().decide(kind, block, value)
        self._write([made])
        self.saved_through = made.n
        return made

    def push(self) -> None:
        pass


class Repeating(Synced):
    """Notes on this computer what is on the share, after it is; and appends what is not noted, without looking."""

    def __init__(self, root: Path, local: Path | None, annotator: str) -> None:
        super().__init__(root, local, annotator)
        self._journal = root.parent if local is None else local
        self._journal.mkdir(parents=True, exist_ok=True)
        lines = [msgspec.json.decode(x, type=Decision) for x in self._bytes("lines").splitlines()]
        if lines:
            self.session = lines[0].session
            self._made = lines
            self.saved_through = len(self._bytes("saved"))

    def _bytes(self, name: str) -> bytes:
        path = self._journal / name
        return path.read_bytes() if path.exists() else b""

    def _add(self, name: str, content: bytes) -> None:
        with (self._journal / name).open("ab") as file:
            file.write(content)
            file.flush()
            os.fdatasync(file.fileno())

    def decide(self, kind: str, block: str, value: Any) -> Decision:
        made = super().decide(kind, block, value)
        self._add("lines", encode_line(made))
        return made

    def _write(self, decisions: list[Decision]) -> None:
        super()._write(decisions)
        self._add("saved", b"." * len(decisions))


class BySize(Sketch):
    """A reader who opens a journal that was found once only where its size, as the system tells it, has changed."""

    def __init__(self, root: Path, local: Path | None, annotator: str) -> None:
        super().__init__(root, local, annotator)
        self._sizes: dict[Path, int] = {}

    def follow(self) -> list[Decision]:
        found: list[Decision] = []
        for path in list(self._sizes) or self.root.glob("journal/*/*.jsonl"):
            size = path.stat().st_size
            if size != self._sizes.get(path):
                self._sizes[path] = size
                lines = path.read_bytes().rpartition(b"\n")[0]
                found += msgspec.json.Decoder(Decision).decode_lines(lines)
        return [d for d in self._unknown(found) if d.kind != OPEN]


def unsynced_here(root: Path, local: Path | None, annotator: str) -> Store:
    """The real store, but its lines on this computer are written and not synced."""
    journal._sync = lambda descriptor: None
    return open_store(root, local, annotator, Path("/data"))
