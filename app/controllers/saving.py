"""Carrying decisions to the share: a mark shows saved, waiting or failed; the window never waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.controllers.deferring import single_shot
from app.log import saving as log

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.controllers.deferring import Deferring
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.session import Session
    from app.views.main_window import MainWindow
    from storage.decision import Decision

_FOLLOW_MS = 1000
"""With the second or so that NFS takes, others see a decision within two."""
_SNAPSHOT_MS = 3000
_SNAPSHOT_LATEST_MS = 20_000
_RETRY_MS = (500, 1000, 2000, 5000)
_SLOW_MS = 5000
"""A share that has not answered for so long hangs."""
_LAST_WAIT_MS = 1500
"""So long the end of the program waits for the share before it says what it waits for."""
_NO_ANSWER = "The annotations folder does not answer."


class Saving(QObject):
    """Everything that touches the share runs in one lane for each annotations folder, one after the other."""

    ended = Signal()
    """All is saved, or waits safely on this computer and nobody is to be asked: the program may end."""
    waiting = Signal(int, str)
    """The program was to end, but so many decisions are only on this computer, and why; `ended` may still come."""
    unsafe = Signal(int, str)
    """The program was to end, but so many decisions are nowhere but in memory, and why; it does not end."""
    told = Signal(str, str, str)
    """How it stands: `saved`, `waiting` or `failed`, in words, and more of it."""
    said = Signal(str, str)
    """A sentence and its level, which stands in the main window, too."""
    withdrawn = Signal(str)
    """A sentence that is true no more."""

    def __init__(self, jobs: Jobs, window: MainWindow, deferring: Deferring, record: EventRecord) -> None:
        super().__init__()
        self._jobs, self._window, self._deferring, self._record = jobs, window, deferring, record
        self._session: Session | None = None
        self._pushing: Job | None = None
        self._following: Job | None = None
        self._writing: Job | None = None
        self._failures = 0
        self._snapshot_failures = 0
        self._reason = ""
        self._is_dirty = False
        self._said: set[str] = set()
        self._is_ending = self._asks = self._has_asked = self._is_slow = False
        self._slow = single_shot(self, self._on_slow)
        self._retry = single_shot(self, self.save)
        self._snapshot = single_shot(self, self._on_snapshot_due)
        self._latest_snapshot = single_shot(self, self._on_snapshot_due)
        self._follow = QTimer(self)
        self._follow.setInterval(_FOLLOW_MS)
        self._follow.timeout.connect(self._on_follow_due)
        self._last_wait = single_shot(self, self._finish)

    def set_session(self, session: Session | None) -> None:
        """Whose decisions are carried from now on; what is under way for another session is not answered."""
        for job in (self._pushing, self._following, self._writing):
            if job is not None:
                job.cancel()
        self._pushing = self._following = self._writing = None
        self._is_slow = False
        for timer in (self._retry, self._slow, self._snapshot, self._latest_snapshot, self._follow):
            timer.stop()
        self._session = session
        self._failures, self._snapshot_failures, self._reason = 0, 0, ""
        for text in self._said:
            self._window.area.messages.withdraw(text)
        self._said.clear()
        if session is not None:
            self._is_dirty = True
            self._follow.start()
            self._snapshot.start(_SNAPSHOT_MS)
            self._tell()
            self.save()

    def on_decided(self) -> None:
        """There is something new."""
        self._is_dirty = True
        self._plan_snapshot()
        self._deferring.later(self._tell)
        if self._session is not None and self._session.store.pending and not self._retry.isActive():
            self.save()

    def save(self) -> None:
        """Bring what is missing to the share, now."""
        if self._session is not None and self._pushing is None:
            self._retry.stop()
            store = self._session.store
            self._slow.start(_SLOW_MS)
            self._pushing = self._start(lambda job: store.push(), self._on_pushed, self._on_push_failed)

    def end(self, asks: bool) -> None:
        """Save all, then tell. A share that does not answer is not waited for long; with `asks` somebody is asked."""
        self._is_ending, self._asks = True, asks
        self._has_asked = False
        self._follow.stop()
        self._last_wait.start(_LAST_WAIT_MS)
        self._go_on_ending()

    def go_on(self) -> None:
        """The program does not end after all."""
        self._is_ending = False
        self._last_wait.stop()
        if self._session is not None:
            self._follow.start()
            self.save()

    def _start(
        self, work: Callable[[Job], Any], finished: Callable[[Any], None], failed: Callable[[Exception], None]
    ) -> Job:
        assert self._session is not None
        return self._jobs.start(f"store {self._session.store.root}", work, finished, failed)

    # Answers of the lane

    def _on_pushed(self, _: object) -> None:
        self._pushing = None
        self._answered()
        was_away = self._failures > 0
        self._failures, self._reason = 0, ""
        self._tell()
        if was_away and self._is_dirty:
            self._plan_snapshot()
        if self._session is not None and self._session.store.pending:
            self.save()  # decided while the last ones were on their way
        self._go_on_ending()

    def _on_push_failed(self, error: Exception) -> None:
        self._pushing = None
        self._answered()
        self._reason = str(error)
        self._failures += 1
        log.info("not on the share yet: %s", error)
        self._tell()
        self._retry.start(_RETRY_MS[min(self._failures, len(_RETRY_MS)) - 1])
        self._finish()

    def _answered(self) -> None:
        self._slow.stop()
        self._is_slow = False

    def _on_slow(self) -> None:
        if self._session is not None and self._pushing is not None:
            self._is_slow, self._reason = True, _NO_ANSWER
            self._tell()
            kept = "wait on this computer" if self._session.store.is_durable else "are not saved anywhere yet"
            self._say(f"Decisions {kept}: {_NO_ANSWER} They follow as soon as it does.", "warning")

    def _on_follow_due(self) -> None:
        # One at a time: with the share hung, a queue of attempts would only grow
        if self._session is not None and self._following is None and self._failures == 0:
            store = self._session.store
            self._following = self._start(lambda job: store.follow(), self._on_followed, self._on_follow_failed)

    def _on_followed(self, decisions: list[Decision]) -> None:
        self._following = None
        if self._session is not None and decisions:
            self._session.take_in(decisions)
            self._is_dirty = True  # our last snapshot may have been without them
            self._plan_snapshot()
        if self._session is not None and self._session.store.pending and not self._retry.isActive():
            self.save()  # what was there is not any more
        self._tell_problems()

    def _on_follow_failed(self, error: Exception) -> None:
        self._following = None
        log.info("other sessions cannot be followed now: %s", error)

    # The snapshot for the older program

    def _plan_snapshot(self) -> None:
        self._snapshot.start(_SNAPSHOT_MS)
        if not self._latest_snapshot.isActive():
            self._latest_snapshot.start(_SNAPSHOT_LATEST_MS)

    def _on_snapshot_due(self) -> None:
        if self._failures == 0:
            self._write_snapshot()

    def _write_snapshot(self) -> None:
        session = self._session
        if session is None or not self._is_dirty or self._writing is not None:
            return
        self._is_dirty = False
        self._snapshot.stop()
        self._latest_snapshot.stop()
        store, copy = session.store, session.store.state.annotations(session.annotator)
        finals = store.state.final_labels() if store.keeps_final_labels else None

        def write(job: Job) -> None:
            store.write_snapshot(copy)
            if finals is not None:
                store.write_final_labels(finals)

        self._writing = self._start(write, self._on_snapshot_written, self._on_snapshot_failed)

    def _on_snapshot_written(self, _: object) -> None:
        self._writing = None
        self._snapshot_failures = 0
        self._record.write("snapshot")
        self._tell_problems()
        self._go_on_ending()

    def _on_snapshot_failed(self, error: Exception) -> None:
        self._writing = None
        self._is_dirty = True
        self._snapshot_failures += 1
        log.info("the snapshot is not written yet: %s", error)
        if self._snapshot_failures >= 2:
            self._say(f"The file for the older program is behind, the decisions are safe: {error}", "warning")
        if self._is_ending:
            self._finish()
        else:
            self._latest_snapshot.start(_SNAPSHOT_LATEST_MS)

    # The end of the program

    def _go_on_ending(self) -> None:
        """The next step of the end, when no answer is awaited."""
        if not self._is_ending or self._pushing is not None or self._writing is not None:
            return
        if self._session is not None and self._session.store.pending:
            self.save()
        elif self._session is not None and self._is_dirty:
            self._write_snapshot()
        else:
            self._finish()

    def _finish(self) -> None:
        """Tell how it stands with the end, if that is wanted."""
        if not self._is_ending:
            return
        self._last_wait.stop()
        store = self._session.store if self._session is not None else None
        if store is not None and not store.is_durable:
            self._is_ending = False
            self._follow.start()
            self._retry.start(_RETRY_MS[-1])
            self.unsafe.emit(store.pending, self._reason or _NO_ANSWER)
        elif store is not None and store.pending and self._asks:
            if not self._has_asked:
                self._has_asked = True
                self.waiting.emit(store.pending, self._reason or _NO_ANSWER)
        else:
            self._is_ending = False
            self.ended.emit()

    # What is shown

    def _tell(self) -> None:
        if self._session is None:
            return
        store = self._session.store
        pending = store.pending
        where = f"Annotations folder: {store.root}"
        if pending == 0:
            state, text, tip = "saved", "saved", where
        elif store.is_durable:
            state, text = "waiting", f"{pending} waiting"
            tip = f"Safe on this computer, not on the share yet. {self._reason}\n{where}"
        else:
            state, text = "failed", f"{pending} not saved"
            tip = f"{self._reason}\n{where}"
        self._window.classes.set_saved(state, text, tip)
        self.told.emit(state, text, tip)
        self._record.write("store", pending=pending, state=state)
        self._tell_problems()
        if self._failures >= 3 and self._reason:
            kept = "wait on this computer" if store.is_durable else "are not saved anywhere yet"
            self._say(f"Decisions {kept}: {self._reason}", "warning" if store.is_durable else "error")
        elif self._failures == 0 and not self._is_slow:
            for said in [s for s in self._said if s.startswith("Decisions ")]:
                self._said.discard(said)
                self._window.area.messages.withdraw(said)
                self.withdrawn.emit(said)

    def _tell_problems(self) -> None:
        if self._session is not None:
            for problem in list(self._session.store.problems):
                self._say(problem, "warning")

    def _say(self, text: str, level: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self._window.area.messages.tell(text, level)
            self.said.emit(text, level)
            self._record.write("message", level=level, text=text)
