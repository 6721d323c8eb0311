"""The store of one annotator's decisions: this computer first, then the share; and what others decided."""

from __future__ import annotations

import os
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from storage.carrier import Carrier
from storage.clock import later_than
from storage.decision import OPEN, VERSION, Decision, encode_line, is_valid
from storage.errors import StorageError, failure, readable, reason
from storage.follower import Follower
from storage.journal import Journal, LocalJournal, MemoryJournal
from storage.journal_reader import JournalReader
from storage.local import LocalFolder
from storage.names import check_annotator
from storage.older import decisions_for
from storage.session_name import host_name, new_session
from storage.share import Share
from storage.snapshot_file import SnapshotFile
from storage.state import Annotations, State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.snapshot import Snapshot

_TRY_AGAIN = "Check that the share is mounted, then try again."
_SAFE_HERE = "The decisions are safe on this computer and follow by themselves when the folder can be written."
_NOT_SAFE = "What is shown as not saved exists only in this window: keep it open until the folder can be written."
_DIRECT = "Decisions go straight to the annotations folder: each is safe only once it is shown as saved."


def open_store(
    root: Path,
    local: Path | None,
    annotator: str,
    data_root: Path,
    host: str | None = None,
    follow_all: bool = False,
) -> Store:
    """Open the annotations folder `root` for `annotator`, who judges the blocks below `data_root`.

    `local` is the folder in which this user keeps journals, for all stores; without it, or if it cannot be used,
    decisions go straight to the share. `host` is the name of this computer, for tests. `follow_all` reads and
    follows the journals of all annotators. This waits for files: call it in a worker thread.

    Raises
    ------
    StorageError
        The name is not allowed; `root` is missing, is no folder, is empty though it held a store before (a share
        that is not mounted: nothing is made there), or its folders cannot be made or read.
    """
    name = check_annotator(annotator)
    share = Share(root)
    folder = LocalFolder(local, _real(root)) if local is not None else None
    if share.is_empty() and folder is not None and folder.held_store():
        raise StorageError(
            f"The annotations folder {readable(root)} is empty, but held annotations before. Check that the share is "
            f"mounted, then try again. If it was emptied on purpose, delete {readable(folder.note)}."
        )
    try:
        share.make_folders(name)
    except OSError as error:
        raise failure(root, error, "Ask for the right to write there, or choose another folder.") from error
    return Store(share, folder, name, _real(data_root), host_name(host), follow_all)


class Store:
    """One session of one annotator at one annotations folder; `open_store` makes it.

    Threads: `decide`, `state` and `close` belong to the thread that owns the store (the GUI's). `push`, `follow`
    and `write_snapshot` touch the share and may wait for it: call them in one worker thread, one after the other.
    They never touch `state`: the owner applies what `follow` returns, and gives `write_snapshot` a copy. The
    properties and `problems` may be read in both.
    """

    def __init__(
        self,
        share: Share,
        folder: LocalFolder | None,
        annotator: str,
        data_root: Path,
        host: str,
        follow_all: bool,
    ) -> None:
        self.annotator, self.root = annotator, share.root
        self.state = State()
        self.problems: list[str] = []
        """Sentences for the user about what is wrong with files; it grows while the store is open."""
        self._share, self._folder, self._data_root, self._host = share, folder, data_root, host
        self._push_failure = ""
        self._follower = Follower(share, annotator, follow_all)
        self._snapshot = SnapshotFile(share, annotator, data_root, host)
        snapshot = self._snapshot.read()  # first: whatever a session of ours put there is in a journal by then
        self._torn = self._read_journals()
        self.same_data_warning = self._compare_data_roots()
        """A sentence, if this annotations folder was used with another data folder; else None."""
        self._n = 0
        self._journal = self._new_journal()
        self._carriers: tuple[Carrier, ...] = (Carrier(self._journal, share),)
        if snapshot is not None:
            self._take_over(snapshot)
        self._report_all(self._snapshot.problems)
        self._snapshot.sweep()

    @property
    def session(self) -> str:
        """The name of this session, which is that of its journal; a new one if the local disk fails."""
        return self._journal.session

    @property
    def pending(self) -> int:
        """How many decisions are not on the share yet."""
        return sum(carrier.pending for carrier in self._carriers)

    @property
    def saved_through(self) -> int:
        """The number `n` up to which all decisions of this session are on the share."""
        saved = 0
        for carrier in self._carriers:
            saved += carrier.pushed[1]
            if carrier.pending:
                break
        return saved

    @property
    def is_durable(self) -> bool:
        """Every decision is on a disk: on the share, or in the local journal."""
        return not any(carrier.pending for carrier in self._carriers if not carrier.journal.is_on_disk)

    # The owner's thread

    def decide(self, kind: str, block: str, value: Any, ms: int | None = None, undoes: int | None = None) -> Decision:
        """Decide, durably: the line is in the local journal and in `state` on return.

        `kind` is annotate (`value` a class number), clear (None), unsure or flag (bool), comment (str), final (a
        class number) or final-clear (None). `ms` is how long the block was looked at, `undoes` the number of the
        decision that this one takes back. If the local disk fails, the decision waits in memory for the share.

        Raises
        ------
        StorageError
            The decision cannot be kept: decisions go straight to the share and the last could not be written, or
            a text is not valid. Nothing changed.
        ValueError
            `value` does not fit `kind`.
        """
        if not is_valid(kind, value) or not block:
            raise ValueError(f"{kind} of {block!r} cannot be {value!r}")
        if not self.is_durable and self._push_failure:
            raise StorageError(f"The decision was not taken, because the last one is not saved. {self._push_failure}")
        prev = self.state.mark(self.annotator, block, kind)
        decision = Decision(
            VERSION,
            later_than(self.state.latest),
            self._n + 1,
            self.annotator,
            self.session,
            kind,
            block,
            value,
            prev,
            ms,
            undoes,
        )
        try:
            return self._keep([decision])[-1]
        except UnicodeEncodeError as error:
            raise StorageError("The text has characters that cannot be stored. Type it anew.") from error

    def close(self) -> None:
        """Let go of the local journal. What was not pushed is pushed by the next session on this computer."""
        for carrier in self._carriers:
            journal = carrier.journal
            if self._folder is not None and isinstance(journal, LocalJournal) and not carrier.pending:
                self._folder.put_away(journal)
            else:
                journal.close()

    def _keep(self, decisions: list[Decision]) -> list[Decision]:
        """Put decisions into the journal, then into the state; return them with the session they are in."""
        try:
            self._journal.append(_lines(decisions), len(decisions))
        except OSError as error:
            self._leave_local_disk(error)
            decisions = [msgspec.structs.replace(d, session=self.session) for d in decisions]
            self._journal.append(_lines(decisions), len(decisions))
        self._n += len(decisions)
        self._apply(decisions)
        return decisions

    def _leave_local_disk(self, error: OSError) -> None:
        """Go on in memory, as another session: what the failed disk has of the last line is not known."""
        where = readable(self._folder.folder) if self._folder is not None else "The local journal"
        self._report(f"{where} {reason(error)}. {_DIRECT}")
        self._journal = self._memory_journal()
        self._carriers = (*self._carriers, Carrier(self._journal, self._share))

    def _apply(self, decisions: Iterable[Decision]) -> None:
        apply = self.state.apply
        for decision in decisions:
            apply(decision)

    # The worker's thread

    def push(self) -> None:
        """Bring everything that waits on this computer to the share.

        Journals of dead sessions go too, of all annotators of this user. Where nothing is missing, nothing is written.

        Raises
        ------
        StorageError
            The share is not there or cannot be written. The next call carries on.
        """
        try:
            self._share.check()
            self._share.touch_new()
            for carrier in self._carriers:
                self._carry(carrier)
        except OSError as error:
            safety = _SAFE_HERE if self.is_durable else _NOT_SAFE
            failed = failure(self._share.journal_folder(self.annotator), error, safety)
            self._push_failure = str(failed)
            raise failed from error
        except StorageError as error:
            self._push_failure = str(error)
            raise
        self._push_failure = ""
        self._push_leftovers()

    def follow(self) -> list[Decision]:
        """Return the new decisions of other sessions, for the owner to apply. Raises StorageError."""
        self._share.check()
        self._share.touch_new()
        try:
            found = list(chain.from_iterable(self._follower.read(self._own_files())))
        except OSError as error:
            raise failure(self.root, error, _TRY_AGAIN) from error
        self._report_all(self._follower.problems())
        still_torn = self._follower.torn_ends()
        for path in [path for path in self._torn if path not in still_torn]:
            self.problems.remove(self._torn.pop(path))  # its session has completed the line
        return found

    def write_snapshot(self, annotations: dict[str, tuple[int, str]]) -> None:
        """Replace users/{annotator}.json, for the older program and scripts, by `State.annotations(annotator)`.

        What waits is pushed first, so that a snapshot never has what no journal has. What the older program changed
        in the file meanwhile goes into a journal, which `follow` finds. A file that is not valid is set aside under
        another name. Raises StorageError; the file is then as it was.
        """
        self.push()
        copy = annotations if isinstance(annotations, Annotations) else Annotations(annotations)
        self._snapshot.write(copy)
        self._report_all(self._snapshot.problems)

    def _carry(self, carrier: Carrier) -> None:
        carrier.push()
        self._report_all(carrier.problems)

    def _push_leftovers(self) -> None:
        """Push what dead sessions left. What cannot be pushed is reported, and is no reason to fail."""
        if self._folder is None:
            return
        for journal in self._folder.leftovers({c.journal.session for c in self._carriers}, self.problems):
            try:
                self._carry(Carrier(journal, self._share))
            except OSError as error:
                journal.close()
                self._report(
                    f"{readable(journal.path)} is from an earlier session and not on the share yet: "
                    f"{readable(self._share.journal_folder(journal.annotator))} {reason(error)}."
                )
            else:
                self._folder.put_away(journal)

    def _own_files(self) -> set[Path]:
        return {path for carrier in self._carriers for path in carrier.paths}

    # Opening

    def _read_journals(self) -> dict[Path, str]:
        """Read all decisions into the state; return the sentences about files on the share that end within a line."""
        unsent = self._folder.unsent(self.annotator) if self._folder is not None else []
        for path in unsent:
            reader = JournalReader(path, self.annotator)
            self._apply(chain.from_iterable(reader.read()))
            self._report_all(reader.problems)
            if reader.has_torn_end:
                self._report(reader.torn_end)
        try:
            self._apply(chain.from_iterable(self._follower.read()))
        except OSError as error:
            raise failure(self.root, error, _TRY_AGAIN) from error
        self._report_all(self._follower.problems())
        names = {path.name for path in unsent}  # the next push completes the share's copy of these
        torn = {path: text for path, text in self._follower.torn_ends().items() if path.name not in names}
        self._report_all(torn.values())
        return torn

    def _compare_data_roots(self) -> str | None:
        # The same name at another place is the same data mounted elsewhere, unless that place is here too
        others = sorted(path for path in self._follower.data_roots() if self._is_other_data(path))
        if not others:
            return None
        return (
            f"This annotations folder was used with another data set, {others[0]}. Blocks of the same name would "
            "share their annotations: use one annotations folder for each data set."
        )

    def _is_other_data(self, path: str) -> bool:
        if _last_part(path) != self._data_root.name:
            return True
        try:
            return Path(path) != self._data_root and Path(path).is_dir() and not Path(path).samefile(self._data_root)
        except OSError:
            return False

    def _new_journal(self) -> Journal:
        """Make this session's journal with its first line, on this computer if that is possible."""
        if self._folder is None:
            self._report(f"This computer has no folder for journals. {_DIRECT}")
            return self._memory_journal()
        try:
            self._folder.remember_store()
            journal = self._folder.new_journal(self.annotator, self._host)
            journal.append(self._first_line(journal.session), 0)
        except OSError as error:
            self._report(f"{readable(self._folder.folder)} {reason(error)}. {_DIRECT}")
            return self._memory_journal()
        return journal

    def _memory_journal(self) -> MemoryJournal:
        journal = MemoryJournal(self.annotator, new_session(self._host))
        journal.append(self._first_line(journal.session), 0)
        return journal

    def _first_line(self, session: str) -> bytes:
        time = later_than(self.state.latest)
        root = readable(self._data_root)
        return encode_line(Decision(VERSION, time, 0, self.annotator, session, OPEN, value=root))

    def _take_over(self, snapshot: Snapshot) -> None:
        """Keep what was done with the older program as decisions of this session."""
        known = self.state.annotations(self.annotator)
        changes = self._snapshot.changes(snapshot, known)
        if changes:
            self._keep(decisions_for(changes, known, self.annotator, self.session, self._n + 1))

    def _report(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def _report_all(self, problems: Iterable[str]) -> None:
        for problem in problems:
            self._report(problem)


def _lines(decisions: Iterable[Decision]) -> bytes:
    return b"".join(map(encode_line, decisions))


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # unlike Path.resolve it never raises, not for links in a circle either


def _last_part(path: str) -> str:
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]
