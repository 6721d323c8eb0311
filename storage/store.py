"""The store of one annotator's decisions: this computer first, then the share; and what others decided."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from storage.assignments import Assignments
from storage.clock import later_than
from storage.decision import FINAL, SLOTS, VERSION, Decision, is_valid
from storage.errors import EmptyFolderError, StorageError, failure, readable
from storage.final_step import FinalStep, setting, taking_back
from storage.follower import Follower, Unread
from storage.history import History, history
from storage.journal_reader import JournalReader
from storage.local import LocalFolder
from storage.names import check_annotator
from storage.older import decisions_for
from storage.other_data import other_data_warning
from storage.outbox import Outbox
from storage.owner import own_account
from storage.roles import Roles, read_roles, roles_file
from storage.session_name import host_name
from storage.share import Share
from storage.snapshot import ANNOTATIONS, FINAL_LABELS
from storage.snapshot_file import SnapshotFile
from storage.state import Annotations, FinalLabels, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from storage.snapshot import Form, Snapshot

_LONGEST_TEXT = 20_000
_TRY_AGAIN = "Check that the share is mounted, then try again."


def open_store(
    root: Path,
    local: Path | None,
    annotator: str,
    data_root: Path,
    host: str | None = None,
    follow_all: bool = False,
    roles: Path | None = None,
    may_begin: bool = True,
) -> Store:
    """Open the annotations folder `root` for `annotator`, who judges the blocks below `data_root`.

    `local` is the folder in which this user keeps journals, for all stores; without it, or if it cannot be used,
    decisions go straight to the share. `host` is the name of this computer, for tests. `follow_all` reads and
    follows the journals of all annotators; an admin then takes final labels over, too. `roles` is the roles file if
    it is not roles.json in `root`. Without `may_begin` the store must be there already. This waits for files: call it
    in a worker thread.

    Raises
    ------
    EmptyFolderError
        `root` is empty and no store may be begun there.
    StorageError
        The name is not allowed; `root` is missing, is no folder, is empty though it held a store before (a share
        that is not mounted: nothing is made there), its folders cannot be made or read, the roles file says that the
        annotator uses another account, or (with `follow_all` only) is not valid.
    """
    name = check_annotator(annotator)
    share = Share(root)
    folder = LocalFolder(local, _real(root)) if local is not None else None
    is_empty = share.is_empty()
    if is_empty and folder is not None and folder.held_store():
        raise StorageError(
            f"The annotations folder {readable(root)} is empty, but held annotations before. Check that the share is "
            f"mounted, then try again. If it was emptied on purpose, delete {readable(folder.note)}."
        )
    if is_empty and not may_begin:
        raise EmptyFolderError(
            f"The annotations folder {readable(root)} holds no annotations yet. If a share should be mounted there, "
            "mount it, then try again. If it is a new folder, begin here."
        )
    problem = ""
    file = roles_file(root, roles)
    try:
        who = read_roles(file)
    except StorageError as error:
        if follow_all:
            raise
        who, problem = Roles(), str(error)
    _check_account(who, name, file)
    try:
        share.make_folders(name)
    except OSError as error:
        raise failure(root, error, "Ask for the right to write there, or choose another folder.") from error
    store = Store(share, folder, name, _real(data_root), host_name(host), follow_all, who)
    if problem:
        store.problems.append(problem)
    return store


class Store:
    """One session of one annotator at one annotations folder; `open_store` makes it.

    Threads: deciding, `state` and `close` belong to the thread that owns the store (the GUI's). `push`, `follow`
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
        roles: Roles,
    ) -> None:
        self.annotator, self.root = annotator, share.root
        self.is_admin = roles.is_admin(annotator)
        """Final labels by this annotator count."""
        self.state = State()
        self.problems: list[str] = []
        """Sentences for the user about what is wrong with files; it grows while the store is open."""
        self.unread: tuple[Unread, ...] = ()
        """What could not be read of the annotators who are followed, as of the opening or the last `follow`."""
        self._share, self._folder, self.data_root, self.roles = share, folder, data_root, roles
        self.host = host
        self.local_folder = folder.folder if folder is not None else None
        """Where this computer keeps what is not on the share yet."""
        self._n = 0
        self._found: list[Decision] = []
        self._follower = Follower(share, annotator, follow_all, roles)
        self._outbox = Outbox(share, folder, annotator, data_root, host, roles, self._report)
        self.keeps_final_labels = follow_all and self.is_admin
        """Whether admin/final_labels.json is this session's to write."""
        of_mine = [ANNOTATIONS, FINAL_LABELS] if self.keeps_final_labels else [ANNOTATIONS]
        self._snapshots = {form: SnapshotFile(share, form, annotator, data_root, host, roles) for form in of_mine}
        # First: whatever a session of ours put there is in a journal by then
        found = {form: file.read() for form, file in self._snapshots.items()}
        with _without_collector():
            self._torn = self._read_journals()
        self.same_data_warning = other_data_warning(self.data_root, self._follower.data_roots())
        """A sentence, if this annotations folder was used with another data folder; else None."""
        self._outbox.begin(self.state.latest)
        for form, snapshot in found.items():
            if snapshot is not None and self._take_over(self._snapshots[form], snapshot):
                self._seal(form)
            self._report_all(self._snapshots[form].problems)
            self._snapshots[form].sweep()

    @property
    def session(self) -> str:
        """The name of this session and its journal: another after a long pause, or if the local disk fails."""
        return self._outbox.session

    @property
    def pending(self) -> int:
        """How many decisions are not on the share yet."""
        return self._outbox.pending

    @property
    def saved_through(self) -> int:
        """The number `n` up to which all decisions of this session are on the share."""
        return self._outbox.saved_through

    @property
    def is_durable(self) -> bool:
        """Every decision is on a disk: on the share, or in the local journal."""
        return self._outbox.is_durable

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
        if isinstance(value, str) and len(value) > _LONGEST_TEXT:
            raise StorageError(f"The text is too long. Use at most {_LONGEST_TEXT} characters.")
        if not is_valid(kind, value) or not block:
            raise ValueError(f"{kind} of {block!r} cannot be {value!r}")
        head = self._head(is_final=SLOTS[kind] == FINAL)
        prev = self.state.mark(self.annotator, block, kind)
        return self._keep(
            [msgspec.structs.replace(head, kind=kind, block=block, value=value, prev=prev, ms=ms, undoes=undoes)]
        )[-1]

    def decide_finals(self, labels: Mapping[str, int | None], reason: str = "", rule: str = "") -> FinalStep:
        """Decide the final labels of many blocks (None: none) in one durable step; raises as `decide`.

        `reason` is why, and `rule` the name of the rule of consensus that was in use. A crash in the middle leaves
        the first of them, in the order of `labels`.
        """
        with _without_collector():
            return self._keep_step(setting(self._head(is_final=True), labels, self.state, reason, rule))

    def take_back(self, step: FinalStep) -> FinalStep:
        """Take a step back in one; a step that took back is done again so. Its `kept` blocks were left alone.

        Those are the blocks about which anybody decided since then. Raises as `decide`.
        """
        with _without_collector():
            return self._keep_step(taking_back(self._head(is_final=True), step, self.state))

    def assignments(self) -> Assignments:
        """Return what admins hand out below this annotations folder: to be read in a worker thread."""
        return Assignments(self._share, self.roles)

    def close(self) -> None:
        """Let go of the local journal. What was not pushed is pushed by the next session on this computer."""
        self._outbox.close()

    def _head(self, is_final: bool) -> Decision:
        """Return the next decision, still without what it is about. Raises StorageError where none can be taken."""
        if is_final and not self.is_admin:
            raise StorageError(
                f"Final labels are set by admins, and the roles file does not name {self.annotator} as one."
            )
        if not self.is_durable and self._outbox.failure:
            raise StorageError(f"The decision was not taken, because the last one is not saved. {self._outbox.failure}")
        self._outbox.begin_anew_after_a_pause(self.state.latest)
        return Decision(VERSION, later_than(self.state.latest), self._n + 1, self.annotator, self.session, "")

    def _keep(self, decisions: list[Decision]) -> list[Decision]:
        """Put decisions into the journal, then into the state; return them with the session they are in."""
        try:
            kept = self._outbox.append(decisions)
        except UnicodeEncodeError as error:
            raise StorageError("The text has characters that cannot be stored. Type it anew.") from error
        self._n += len(kept)
        self._apply(kept)
        return kept

    def _keep_step(self, step: FinalStep) -> FinalStep:
        return replace(step, decisions=tuple(self._keep(list(step.decisions)))) if step.decisions else step

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
        self._outbox.push()

    def follow(self) -> list[Decision]:
        """Return the new decisions of other sessions, for the owner to apply. Raises StorageError.

        This also looks whether this session's own decisions are still on the share, and pushes what is not anew.
        """
        self._share.check()
        self._share.touch_new()
        with suppress(OSError):  # others can be followed all the same; the next push says what is wrong
            self._outbox.check_again()
        try:
            for batch in self._follower.read(self._outbox.files):
                self._found += batch  # kept for the next call if what comes after it cannot be read
        except OSError as error:
            raise failure(self.root, error, _TRY_AGAIN) from error
        found, self._found = self._found, []
        self._report_all(self._follower.problems())
        self.unread = tuple(self._follower.unread())
        still_torn = self._follower.torn_ends()
        for path in [path for path in self._torn if path not in still_torn]:
            self.problems.remove(self._torn.pop(path))  # its session has completed the line
        return found

    def history(self, block: str) -> History:
        """Return all decisions about the block, oldest first: everybody's that are on the share, after a push.

        Raises StorageError where the folders cannot be listed; what could not be pushed is only missing.
        """
        with suppress(StorageError):  # it waits on this computer, and the next push says why
            self._outbox.push()
        return history(self._share, self.roles, block)

    def write_snapshot(self, annotations: dict[str, tuple[int, str]]) -> None:
        """Replace users/{annotator}.json, for the older program and scripts, by `State.annotations(annotator)`.

        What waits is pushed first, so that a snapshot never has what no journal has. What the older program changed
        in the file meanwhile goes into a journal, which `follow` finds. A file that is not valid, or that another
        account wrote, is set aside under another name. Raises StorageError; the file is then as it was.
        """
        copy = annotations if isinstance(annotations, Annotations) else Annotations(annotations)
        self._write(self._snapshots[ANNOTATIONS], copy)

    def write_final_labels(self, labels: FinalLabels) -> None:
        """Replace admin/final_labels.json likewise, by `State.final_labels()`; for admins who follow all."""
        self._write(self._snapshots[FINAL_LABELS], labels)

    def _write(self, file: SnapshotFile, copy: Annotations) -> None:
        self.push()
        file.write(copy)
        self._report_all(file.problems)

    # Opening

    def _read_journals(self) -> dict[Path, str]:
        """Read all decisions into the state; return the sentences about files on the share that end within a line."""
        unsent = self._folder.unsent(self.annotator) if self._folder is not None else []
        for path in unsent:
            reader = JournalReader(path, self.annotator, self.roles)
            self._apply(chain.from_iterable(reader.read()))
            self._report_all(reader.problems)
            if reader.has_torn_end:
                self._report(reader.torn_end)
        try:
            self._apply(chain.from_iterable(self._follower.read()))
        except OSError as error:
            raise failure(self.root, error, _TRY_AGAIN) from error
        self._report_all(self._follower.problems())
        self.unread = tuple(self._follower.unread())
        names = {path.name for path in unsent}  # the next push completes the share's copy of these
        torn = {path: text for path, text in self._follower.torn_ends().items() if path.name not in names}
        self._report_all(torn.values())
        return torn

    def _take_over(self, file: SnapshotFile, snapshot: Snapshot) -> bool:
        """Keep what was done with the older program as decisions of this session; tell whether there was anything."""
        is_final = file.form == FINAL_LABELS
        known = self.state.final_labels() if is_final else self.state.annotations(self.annotator)
        changes = file.changes(snapshot, known)
        if changes:
            self._keep(decisions_for(changes, known, file.form, self.annotator, self.session, self._n + 1))
        return bool(changes)

    def _seal(self, form: Form) -> None:
        """Write down in the snapshot what was taken over: if it is missing there later, it was taken away."""
        try:
            if form == FINAL_LABELS:
                self.write_final_labels(self.state.final_labels())
            else:
                self.write_snapshot(self.state.annotations(self.annotator))
        except StorageError:  # said by the next push; the snapshot is written later
            return

    def _report(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def _report_all(self, problems: Iterable[str]) -> None:
        for problem in problems:
            self._report(problem)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Nothing of a hundred thousand new decisions is garbage: looking for it costs a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _check_account(roles: Roles, annotator: str, file: Path) -> None:
    mine = own_account()
    if not roles.owns(mine, annotator):
        accounts = " or ".join(sorted(roles.accounts[annotator]))
        raise StorageError(
            f"{readable(file)} says that {annotator} uses the account {accounts}, and this is {mine}: what you "
            "decide would not count. Log in under your own name, or have an admin add this account there."
        )


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # unlike Path.resolve it never raises, not for links in a circle either
