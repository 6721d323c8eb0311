"""The store of one annotator's decisions: this computer first, then the share; and what others decided."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from storage import older
from storage.atomic import refresh_folder, replace_file, sweep_temporary
from storage.carrier import Carrier
from storage.clock import file_time, later_than, now
from storage.decision import OLDER, OPEN, SLOTS, VERSION, Decision, encode_line, is_valid
from storage.errors import StorageError, failure, readable, reason
from storage.follower import Follower
from storage.journal import SUFFIX, Journal, MemoryJournal
from storage.journal_reader import JournalReader
from storage.local import LocalFolder
from storage.names import check_annotator
from storage.session_name import host_name, new_session
from storage.share import Share
from storage.snapshot import Snapshot, compose_snapshot, read_snapshot
from storage.state import Annotations, State

if TYPE_CHECKING:
    from collections.abc import Iterable

_SAFE = "The decisions are kept on this computer and follow by themselves when the share is back."
_DIRECT = (
    "Decisions are written straight to the annotations folder: each one is safe only when it is shown as saved."
)


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
    decisions go straight to the share. `follow_all` reads and follows the journals of all annotators. This reads
    files and waits for them: call it in a worker thread.

    Raises
    ------
    StorageError
        The name is not allowed; `root` is missing, is no folder, is empty though it held a store before (a share
        that is not mounted: nothing is made there), or its folders cannot be made or read.
    """
    name = check_annotator(annotator)
    share = Share(root)
    share.check_root()
    resolved = root.resolve()
    folder = LocalFolder(local, resolved) if local is not None else None
    if folder is not None and share.is_empty() and folder.held_store():
        raise StorageError(
            f"The annotations folder {readable(root)} is empty, but held annotations before. Check that the share is "
            f"mounted, then try again. If it was emptied on purpose, delete {readable(folder.note)}."
        )
    try:
        share.make_folders(name)
    except OSError as error:
        raise failure(root, error, "Ask for the right to write there, or choose another folder.") from error
    return Store(share, folder, name, data_root.resolve(), host_name(host), follow_all)


class Store:
    """One session of one annotator at one annotations folder; `open_store` makes it.

    Threads: `decide`, `state` and `close` belong to the thread that owns the store (the GUI's). `push`, `follow`
    and `write_snapshot` touch the share and may wait for it: call them in one worker thread, one after the other.
    They never touch `state`: the owner applies what `follow` returns, and gives `write_snapshot` a copy. The
    properties and `problems` may be read by both.
    """

    def __init__(
        self, share: Share, folder: LocalFolder | None, annotator: str, data_root: Path, host: str, follow_all: bool
    ) -> None:
        self.annotator, self.root = annotator, share.root
        self.session = new_session(host)
        self.state = State()
        self.problems: list[str] = []
        """Sentences for the user about what is wrong with files; it grows while the store is open."""
        self.same_data_warning: str | None = None
        """A sentence, if this annotations folder was used with another data folder."""
        self._share, self._folder, self._data_root, self._host = share, folder, data_root, host
        self._n = 0
        self._push_failed: StorageError | None = None
        self._follower = Follower(share, annotator, follow_all)
        self._read_journals()
        self._journal = self._new_journal()
        self._carriers = (Carrier(self._journal, share),)
        self._read_older()
        self._compare_data_roots()
        sweep_temporary(share.snapshot(annotator), host)

    # Opening

    def _read_journals(self) -> None:
        unsent = self._folder.unsent(self.annotator) if self._folder is not None else []
        try:
            for path in unsent:
                reader = JournalReader(path, self.annotator)
                self._apply(reader.read())
                self._report_all(reader.problems)
                if reader.has_torn_end:
                    self._report(reader.torn_end)
            self._apply(self._follower.read())
        except OSError as error:
            raise failure(self.root, error, "Check that the share is mounted, then try again.") from error
        self._report_all(self._follower.problems())
        names = {path.name for path in unsent}  # the share's copy of these is completed by the next push
        self._torn = {path: text for path, text in self._follower.torn_ends().items() if path.name not in names}
        self._report_all(self._torn.values())

    def _apply(self, decisions: Iterable[Decision]) -> None:
        for decision in decisions:
            self.state.apply(decision)

    def _new_journal(self) -> Journal:
        """Make this session's journal with its first line, on this computer if that is possible."""
        journal: Journal
        if self._folder is None:
            self._report(f"There is no folder for this user on this computer. {_DIRECT}")
        else:
            try:
                self._folder.remember_store()
                journal = self._folder.new_journal(self.annotator, lambda: new_session(self._host))
                self.session = journal.session
                journal.append(encode_line(self._first_line(journal.session)), 0)
            except OSError as error:
                self._report(f"{readable(error.filename or self._folder.folder)} {reason(error)}. {_DIRECT}")
            else:
                return journal
        return self._memory_journal()

    def _memory_journal(self) -> MemoryJournal:
        journal = MemoryJournal(self.annotator, new_session(self._host))
        self.session = journal.session
        journal.append(encode_line(self._first_line(journal.session)), 0)
        return journal

    def _first_line(self, session: str) -> Decision:
        return Decision(
            VERSION, later_than(self.state.latest), 0, self.annotator, session, OPEN, value=readable(self._data_root)
        )

    def _read_older(self) -> None:
        """Take over what the snapshot has and the journals have not: somebody used the older program."""
        path = self._share.snapshot(self.annotator)
        try:
            snapshot = read_snapshot(path)
        except OSError as error:
            self._report(f"{readable(path)} {reason(error)}. Annotations of the older program are missing here.")
            return
        except StorageError as error:
            self._report(str(error))
            return
        if snapshot is None:
            return
        found = older.read_older(snapshot, self._data_root, path)
        self._report_all(found.problems)
        changes = older.changes(snapshot, found, self.state.annotations(self.annotator))
        decisions = self._imported(changes, self.session, self._n)
        if decisions:
            self._append(decisions)

    def _imported(self, changes: list[older.Change], session: str, n: int) -> list[Decision]:
        labels = {change.block: self.state.label(self.annotator, change.block) for change in changes}
        return [
            Decision(
                VERSION,
                change.time,
                number,
                self.annotator,
                session,
                "clear" if change.label is None else "annotate",
                change.block,
                change.label,
                labels[change.block],
                source=OLDER,
            )
            for number, change in enumerate(changes, n + 1)
        ]

    def _compare_data_roots(self) -> None:
        ours = self._data_root.name
        others = sorted(r for r in self._follower.data_roots() if _folder_name(r) != ours)
        if others:
            self.same_data_warning = (
                f"This annotations folder was used with another data set, {others[0]}. Blocks of the same name would "
                "share their annotations: use one annotations folder for each data set."
            )
