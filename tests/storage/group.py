"""A group at work: sessions, crashes, outages, wrong clocks, the older program; and a second, simple merge."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from storage.compaction import compact
from storage.errors import StorageError
from storage.share import Share
from storage.store import Store, open_store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.decision import Decision
    from tests.storage.wall_clock import WallClock

PEOPLE = (("alice", "desk"), ("alice", "lab"), ("bob", "desk"), ("carol", "laptop"), ("dave", "desk"))
ADMINS = ["carol", "dave"]
BLOCKS = ("b1", "b2")
ALL_BLOCKS = (*BLOCKS, "settled")
SLOTS = {
    "annotate": "label",
    "clear": "label",
    "unsure": "unsure",
    "flag": "flag",
    "comment": "comment",
    "final": "final",
    "final-clear": "final",
}
NOTHING = {"unsure": False, "flag": False, "comment": ""}
MOST_SESSIONS = 5

View = dict[tuple[str, str, str], Any]
"""By annotator (nobody for final labels), block and slot: the value that holds; of labels with its time."""


@dataclass(eq=False)
class Session:
    store: Store
    computer: str
    follows_all: bool
    made: list[Decision] = field(default_factory=list)
    """What can be taken back."""
    names: list[str] = field(default_factory=list)
    """Of its journals: after a long pause it begins another."""


def merged(lines: Iterable[dict[str, Any]]) -> View:
    """Return what holds by the rule: the last by time, session and number. A second, simple merge."""
    last: dict[tuple[str, str, str], tuple[str, str, int, Any]] = {}
    for line in lines:
        slot = SLOTS[line["kind"]]
        key = ("" if slot == "final" else line["annotator"], line["block"], slot)
        value = line.get("value")
        shown = (value, line["t"]) if slot == "label" and value is not None else value
        last[key] = max(last.get(key, ("", "", 0, None)), (line["t"], line["session"], line["n"], shown), key=_rank)
    return {key: found[3] for key, found in last.items() if found[3] is not None}


def _rank(found: tuple[str, str, int, Any]) -> tuple[str, str, int]:
    return found[:3]


def view(store: Store) -> View:
    """Return the same of a store's state."""
    state = store.state
    found: View = {("", block, "final"): state.mark(store.annotator, block, "final") for block in ALL_BLOCKS}
    for name in state.annotators():
        labels = state.annotations(name)
        for block in ALL_BLOCKS:
            found[name, block, "label"] = labels.get(block)
            found |= {(name, block, kind): state.mark(name, block, kind) for kind in NOTHING}
    return {key: value for key, value in found.items() if value is not None}


def let_go(path: Path) -> None:
    """Close what this process has open of a file, as the system does when a process is killed."""
    wanted = path.stat()
    for name in os.listdir("/dev/fd"):
        try:
            is_it = os.path.samestat(os.fstat(int(name)), wanted)
        except OSError:  # the descriptor of the listing itself
            continue
        if is_it:
            os.close(int(name))


class Group:
    """One annotations folder; alice at two computers, bob at one of them, two admins, the older program.

    Its steps check what each of them has to do by itself; `choice` says which of the living sessions takes one.
    """

    def __init__(self, clock: WallClock) -> None:
        super().__init__()
        self.clock = clock
        clock.reset()
        self.top = Path(tempfile.mkdtemp())
        self.root, self.elsewhere = self.top / "annotations", self.top / "elsewhere"
        self.root.mkdir()
        (self.root / "roles.json").write_text(json.dumps({"admins": ADMINS}))
        self.wrong = {computer: timedelta() for _, computer in PEOPLE}
        self.living: list[Session] = []
        self.made: dict[tuple[str, int], Decision] = {}
        """Every decision that was reported as made."""
        self.at: dict[str, str] = {}
        """The computer of each session."""
        self.ended: set[str] = set()
        self.saved: set[tuple[str, int]] = set()
        """Every decision that was reported as being on the share."""
        self.older: set[tuple[str, int | None, str]] = set()
        """What the older program did: block, class, time."""
        self.removed: set[str] = set()
        """The blocks that it took out of its file since one of ours wrote it."""
        self.unread: dict[str, str] = {}
        """The times of its changes that are only in its file, by block."""
        self.read: list[tuple[str, str]] = []
        """Its changes that a session had before it, as block and time: they count from then on."""

    # ---------------------------------------------------------------- help

    @property
    def is_away(self) -> bool:
        return self.elsewhere.exists()

    @property
    def snapshot(self) -> Path:
        return self.root / "users" / "alice.json"

    def local(self, computer: str) -> Path:
        return self.top / computer / "journals"

    def journal(self, session: Session, name: str) -> Path:
        [path] = self.local(session.computer).glob(f"*/journal/{session.store.annotator}/{name}.jsonl")
        return path

    def chosen(self, choice: int) -> Session:
        session = self.living[choice % len(self.living)]
        self.clock.offset = self.wrong[session.computer]
        return session

    def opened(self, annotator: str, computer: str, follows_all: bool, root: Path | None = None) -> Store:
        self.clock.offset = self.wrong.get(computer, timedelta())
        return open_store(
            root or self.root, self.local(computer), annotator, self.top / "data", computer, follow_all=follows_all
        )

    def lines(self) -> list[dict[str, Any]]:
        """Return all lines on the share but the first ones, each once; each has to be whole.

        Folding a journal that is written to later leaves the same line twice.
        """
        found: dict[bytes, dict[str, Any]] = {}
        for path in self.root.glob("journal/*/*.jsonl"):
            content = path.read_bytes()
            assert content.endswith(b"\n"), path
            rows = {line: json.loads(line) for line in content.splitlines()}
            assert {row["annotator"] for row in rows.values()} == {path.parent.name}
            found |= {line: row for line, row in rows.items() if row["kind"] != "open"}
        return list(found.values())

    def check_known(self, store: Store, follows_all: bool, computer: str | None = None) -> None:
        """Everything that was saved is in the state, and what waits on this computer of the same annotator."""
        for (name, n), decision in self.made.items():
            is_own = decision.annotator == store.annotator
            waits_here = computer is not None and self.at[name] == computer
            if (is_own and waits_here) or ((is_own or follows_all) and (name, n) in self.saved):
                assert store.state.annotations(decision.annotator).through[name] >= n, decision

    def note_reading(self, annotator: str) -> None:
        if annotator == "alice":
            self.read += self.unread.items()
            self.unread.clear()

    def keep(self, session: Session, decision: Decision) -> None:
        store = session.store
        assert (decision.session, decision.n) not in self.made
        assert store.state.latest == decision.t
        self.made[decision.session, decision.n] = decision
        self.at[decision.session] = session.computer
        if decision.session not in session.names:
            session.names.append(decision.session)

    def open(self, person: tuple[str, str], follows_all: bool) -> None:
        annotator, computer = person
        if len(self.living) == MOST_SESSIONS:
            return
        if self.is_away:
            if self.root.exists() and not self.local(computer).exists():
                return  # an empty folder on a computer that never saw it full: nobody can tell
            with pytest.raises(StorageError, match="Check that the share is mounted"):
                self.opened(annotator, computer, follows_all)
            return
        store = self.opened(annotator, computer, follows_all)
        self.living.append(Session(store, computer, follows_all, names=[store.session]))
        self.note_reading(annotator)
        self.check_known(store, follows_all, computer)

    def decide(self, choice: int, block: str, what: tuple[str, Any]) -> None:
        session = self.chosen(choice)
        store, (kind, value) = session.store, what
        if SLOTS[kind] == "final" and store.annotator not in ADMINS:
            kind, value = ("annotate", value) if value else ("clear", None)
        latest = store.state.latest
        before = store.state.mark(store.annotator, block, kind)
        decision = store.decide(kind, block, value)
        assert decision.t > latest
        assert decision.prev == before
        assert store.state.mark(store.annotator, block, kind) == value
        self.keep(session, decision)
        session.made.append(decision)

    def undo(self, choice: int) -> None:
        session = self.chosen(choice)
        if not session.made:
            return
        last, store = session.made.pop(), session.store
        kind, value = last.kind, last.prev
        if value is None:
            kind = {"label": "clear", "final": "final-clear"}.get(SLOTS[kind], kind)
            value = NOTHING.get(kind)
        elif kind in ("clear", "final-clear"):
            kind = {"clear": "annotate", "final-clear": "final"}[kind]
        self.keep(session, store.decide(kind, last.block, value, undoes=last.n))
        assert (store.state.mark(store.annotator, last.block, kind) or None) == (last.prev or None)

    def push(self, choice: int) -> None:
        session = self.chosen(choice)
        store, pending = session.store, session.store.pending
        if self.is_away:
            with pytest.raises(StorageError, match="Check that the share is mounted"):
                store.push()
            assert store.pending == pending
            return
        store.push()
        assert store.pending == 0
        here = {name for name in self.at if self.at[name] == session.computer}
        self.saved |= {key for key in self.made if key[0] in session.names or key[0] in here & self.ended}
        on_share = {(line["session"], line["n"]) for line in self.lines_so_far()}
        assert self.saved <= on_share

    def lines_so_far(self) -> list[dict[str, Any]]:
        """Return the whole lines on the share, where others may have been cut off within one."""
        contents = [path.read_bytes() for path in self.root.glob("journal/*/*.jsonl")]
        return [json.loads(line) for content in contents for line in content.split(b"\n")[:-1]]

    def follow(self, choice: int) -> None:
        session = self.chosen(choice)
        if self.is_away:
            with pytest.raises(StorageError, match="Check that the share is mounted"):
                session.store.follow()
            return
        for decision in session.store.follow():
            session.store.state.apply(decision)
        self.check_known(session.store, session.follows_all)

    def write_snapshot(self, choice: int) -> None:
        session = self.chosen(choice)
        self.clock.passes(0.001)
        store = session.store
        if self.is_away:
            with pytest.raises(StorageError, match="Check that the share is mounted"):
                store.write_snapshot(store.state.annotations(store.annotator))
            return
        store.write_snapshot(store.state.annotations(store.annotator))
        assert store.pending == 0
        self.push(choice)
        if store.annotator == "alice":
            self.removed.clear()
            self.follow(choice)  # a session that was killed here may have decided later: its line was brought along
            known = store.state.annotations("alice")
            found = json.loads(self.snapshot.read_bytes())["annotations"] if self.unread else {}
            for block, when in self.unread.items():
                shown = found[block]["annotated_at"] if block in found else known.last[block][0]
                assert shown >= when
        self.note_reading(store.annotator)

    def close(self, choice: int) -> None:
        session = self.chosen(choice)
        self.living.remove(session)
        session.store.close()
        self.ended.update(session.names)

    def crash(self, choice: int, leaves: str, part: float) -> None:
        """Kill a session; it may have been writing a line that it did not report yet, or bringing some to the share."""
        session = self.chosen(choice)
        self.living.remove(session)
        self.ended.update(session.names)
        for name in session.names:
            let_go(self.journal(session, name))
        store, path = session.store, self.journal(session, session.names[-1])
        content = path.read_bytes()
        if leaves == "local":
            line = content.splitlines(keepends=True)[-1]
            path.write_bytes(content + line[: int(part * (len(line) - 1))])
        elif leaves == "share" and store.pending and not self.is_away:
            share = self.root / "journal" / store.annotator / path.name
            size = share.stat().st_size if share.exists() else 0
            with share.open("ab") as file:
                file.write(content[size : size + int(part * (len(content) - size))])

    def fold(self, annotator: str) -> None:
        """Fold this person's journals, also those of sessions that live: these write theirs anew."""
        if not self.is_away and annotator in Share(self.root).annotators():
            before = {(line["session"], line["n"]) for line in self.lines_so_far()}
            compact(Share(self.root), annotator, 0, False, None, "desk")
            assert before <= {(line["session"], line["n"]) for line in self.lines_so_far()}

    def share_goes_or_comes(self, leaves_mount_point: bool) -> None:
        if self.is_away:
            self.share_comes_back()
            return
        self.root.rename(self.elsewhere)
        if leaves_mount_point:
            self.root.mkdir()

    def share_comes_back(self) -> None:
        if self.root.exists():
            self.root.rmdir()
        self.elsewhere.rename(self.root)

    def older_program_saves(self, changes: dict[str, int | None], is_in_lab: bool) -> None:
        if self.is_away:
            return
        self.clock.passes(0.001)
        self.clock.offset = self.wrong["lab" if is_in_lab else "desk"]
        when = self.clock.shown()
        content = {"username": "alice", "created_at": when, "updated_at": when, "annotations": {}}
        if self.snapshot.exists():
            content = json.loads(self.snapshot.read_bytes())
        annotations: Any = content["annotations"]
        for block, label in changes.items():
            if label is None:
                self.removed |= {block} & set(annotations)
                annotations.pop(block, None)
                self.unread.pop(block, None)
            else:
                annotations[block] = {"label": label, "annotated_at": when}
                self.unread[block] = when
                self.older.add((block, label, when))
        self.older |= {
            (block, None, when) for block in self.removed if block not in annotations
        }  # the file has one time
        content["updated_at"] = when
        self.snapshot.parent.mkdir(exist_ok=True)
        self.snapshot.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")

    def time_passes(self, seconds: float) -> None:
        self.clock.passes(seconds)

    def clock_jumps(self, computer: str, hours: int) -> None:
        self.wrong[computer] = timedelta(hours=hours)
