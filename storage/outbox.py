"""The decisions of one session on their way: on this computer first, then on the share."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from storage.carrier import Carrier
from storage.clock import later_than
from storage.decision import OPEN, VERSION, Decision, encode_line
from storage.errors import StorageError, failure, readable, reason
from storage.journal import Journal, LocalJournal, MemoryJournal
from storage.session_name import new_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from storage.local import LocalFolder
    from storage.roles import Roles
    from storage.share import Share

_SAFE_HERE = "The decisions are safe on this computer and follow by themselves when the folder can be written."
_NOT_SAFE = "What is shown as not saved exists only in this window: keep it open until the folder can be written."
_DIRECT = "Decisions go straight to the annotations folder: each is safe only once it is shown as saved."
_QUIET_SECONDS = 43_200
"""After half a day without a decision a new journal is begun: readers lose sight of one that is quiet for a day."""


class Outbox:
    """Keeps a session's lines, and brings them to the share.

    `append` belongs to the thread that decides; `push` and `check_again` to one worker thread; properties to both.
    `report` is called with sentences about what is wrong with files.
    """

    def __init__(
        self,
        share: Share,
        folder: LocalFolder | None,
        annotator: str,
        data_root: Path,
        host: str,
        roles: Roles,
        report: Callable[[str], None],
    ) -> None:
        self.failure = ""
        """Why the last `push` failed; empty if it did not."""
        self._share, self._folder, self._roles, self._report = share, folder, roles, report
        self._annotator, self._data_root, self._host = annotator, data_root, host
        self._carriers: tuple[Carrier, ...] = ()
        self._has_checked_put_away = False

    def begin(self, latest: str) -> None:
        """Make this session's journal, on this computer if that is possible; `latest` is the latest time seen."""
        self._journal = self._new_journal(latest)
        self._carriers = (*self._carriers, Carrier(self._journal, self._share))
        self._last_append = time.time()

    @property
    def session(self) -> str:
        """The name of the journal in use."""
        return self._journal.session

    @property
    def pending(self) -> int:
        """How many decisions are not on the share yet."""
        return sum(carrier.pending for carrier in self._carriers)

    @property
    def saved_through(self) -> int:
        """The number `n` up to which all decisions are on the share."""
        saved = 0
        for carrier in self._carriers:
            saved += carrier.pushed[1]
            if carrier.pending:
                break
        return saved

    @property
    def is_durable(self) -> bool:
        """Every decision is on a disk: on the share, or in a local journal."""
        return not any(carrier.pending for carrier in self._carriers if not carrier.journal.is_on_disk)

    @property
    def files(self) -> set[Path]:
        """The files on the share that are this session's."""
        return {path for carrier in self._carriers for path in carrier.paths}

    # The thread that decides

    def begin_anew_after_a_pause(self, latest: str) -> None:
        """Begin another journal if nothing was decided for half a day."""
        if abs(time.time() - self._last_append) > _QUIET_SECONDS:
            self.begin(latest)

    def append(self, decisions: list[Decision]) -> list[Decision]:
        """Keep decisions, durably if a disk is there; return them with the session that they are in.

        Raises UnicodeEncodeError for text that UTF-8 cannot hold; then nothing is kept.
        """
        try:
            self._journal.append(_lines(decisions), len(decisions))
        except OSError as error:
            self._leave_local_disk(error, decisions[0].t)
            decisions = [msgspec.structs.replace(d, session=self.session) for d in decisions]
            self._journal.append(_lines(decisions), len(decisions))
        self._last_append = time.time()
        return decisions

    def close(self) -> None:
        """Let go of the journals. What was not pushed is pushed by the next session on this computer."""
        for carrier in self._carriers:
            journal = carrier.journal
            if self._folder is not None and isinstance(journal, LocalJournal) and not carrier.pending:
                self._folder.put_away(journal)
            else:
                journal.close()

    def _leave_local_disk(self, error: OSError, latest: str) -> None:
        """Go on in memory, as another session: what the failed disk has of the last line is not known."""
        where = readable(self._folder.folder) if self._folder is not None else "The local journal"
        self._report(f"{where} {reason(error)}. {_DIRECT}")
        self._journal = self._memory_journal(latest)
        self._carriers = (*self._carriers, Carrier(self._journal, self._share))

    def _new_journal(self, latest: str) -> Journal:
        if self._folder is None:
            self._report(f"This computer has no folder for journals. {_DIRECT}")
            return self._memory_journal(latest)
        try:
            self._folder.remember_store()
            journal = self._folder.new_journal(self._annotator, self._host)
            journal.append(self._first_line(journal.session, latest), 0)
        except OSError as error:
            self._report(f"{readable(self._folder.folder)} {reason(error)}. {_DIRECT}")
            return self._memory_journal(latest)
        return journal

    def _memory_journal(self, latest: str) -> MemoryJournal:
        journal = MemoryJournal(self._annotator, new_session(self._host))
        journal.append(self._first_line(journal.session, latest), 0)
        return journal

    def _first_line(self, session: str, latest: str) -> bytes:
        root = readable(self._data_root)
        return encode_line(Decision(VERSION, later_than(latest), 0, self._annotator, session, OPEN, value=root))

    # The worker thread

    def push(self) -> None:
        """Bring everything that waits on this computer to the share, also what dead sessions of this user left.

        Raises StorageError; the next call carries on.
        """
        try:
            self._share.check()
            self._share.touch_new()
            for carrier in self._carriers:
                self._carry(carrier)
        except OSError as error:
            safety = _SAFE_HERE if self.is_durable else _NOT_SAFE
            failed = failure(self._share.journal_folder(self._annotator), error, safety)
            self.failure = str(failed)
            raise failed from error
        except StorageError as error:
            self.failure = str(error)
            raise
        self.failure = ""
        self._push_leftovers()

    def check_again(self) -> None:
        """Look whether what was pushed is still there, and push anew what is not. Raises OSError.

        A server that promised too much loses files when its power fails, and people remove folders.
        """
        for carrier in self._carriers:
            if carrier.pushed[0]:
                self._carry(carrier)

    def _carry(self, carrier: Carrier) -> None:
        carrier.push()
        for problem in carrier.problems:
            self._report(problem)
        annotator = carrier.journal.annotator
        if carrier.owner is not None and not self._roles.owns(carrier.owner, annotator):
            self._report(
                f"{readable(carrier.path)} belongs to {carrier.owner} on the share, which is no account of {annotator} "
                "in the roles file: others leave these decisions out. Have an admin add the account there."
            )

    def _push_leftovers(self) -> None:
        """Push what dead sessions left. What cannot be pushed is reported, and is no reason to fail."""
        if self._folder is None:
            return
        own = {carrier.journal.session for carrier in self._carriers}
        for journal in self._folder.leftovers(own, self._report, put_away=not self._has_checked_put_away):
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
        self._has_checked_put_away = True


def _lines(decisions: Iterable[Decision]) -> bytes:
    return b"".join(map(encode_line, decisions))
