"""Carrying decisions to the share: a mark shows saved, waiting or failed; the window never waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.log import saving as log

if TYPE_CHECKING:
    from storage.decision import Decision

    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.session import Session
    from app.views.main_window import MainWindow

_FOLLOW_MS = 2000
_SNAPSHOT_MS = 3000
_SNAPSHOT_LATEST_MS = 20_000
_RETRY_MS = (500, 1000, 2000, 5000)
_LAST_WAIT_MS = 4000
"""So long the end of the program waits for the share; what is missing then waits in the local journal."""


class Saving(QObject):
    """Everything that touches the share runs in one lane, one after the other."""

    ended = Signal()
    """All is saved, or the share did not answer in time: the program may end."""

    def __init__(self, jobs: Jobs, window: MainWindow, record: EventRecord) -> None:
        super().__init__()
        self._jobs, self._window, self._record = jobs, window, record
        self._session: Session | None = None
        self._pushing: Job | None = None
        self._again = False
        self._failures = 0
        self._reason = ""
        self._dirty = False
        self._said: set[str] = set()
        self._is_ending = False
        self._retry = _timer(self, self.save)
        self._snapshot = _timer(self, self._on_snapshot_due)
        self._latest_snapshot = _timer(self, self._on_snapshot_due)
        self._follow = QTimer(self)
        self._follow.setInterval(_FOLLOW_MS)
        self._follow.timeout.connect(self._on_follow_due)
        self._last_wait = _timer(self, self._on_last_wait_over)

    def set_session(self, session: Session | None) -> None:
        """Whose decisions are carried from now on."""
        self._session = session
        self._pushing, self._again, self._failures, self._reason = None, False, 0, ""
        for timer in (self._retry, self._snapshot, self._latest_snapshot, self._follow):
            timer.stop()
        if session is not None:
            self._follow.start()
            self._dirty = True
            self._snapshot.start(_SNAPSHOT_MS)
            self.save()

    def on_decided(self) -> None:
        """There is something new."""
        self._dirty = True
        self._snapshot.start(_SNAPSHOT_MS)
        if not self._latest_snapshot.isActive():
            self._latest_snapshot.start(_SNAPSHOT_LATEST_MS)
        self._tell()
        self.save()

    def save(self) -> None:
        """Bring what is missing to the share, now."""
        session = self._session
        if session is None:
            return
        if self._pushing is not None:
            self._again = True
            return
        self._retry.stop()
        store = session.store
        self._pushing = self._jobs.start("store", lambda job: store.push(), self._on_pushed, self._on_push_failed)

    def end(self) -> None:
        """Save all, then tell; a share that does not answer is not waited for long."""
        self._is_ending = True
        self._follow.stop()
        if self._session is None:
            self.ended.emit()
            return
        self._last_wait.start(_LAST_WAIT_MS)
        self._again = False
        if self._pushing is None:
            self.save()
        else:
            self._again = True

    # Answers of the lane

    def _on_pushed(self, _: object) -> None:
        self._pushing = None
        self._failures, self._reason = 0, ""
        self._tell()
        if self._again:
            self._again = False
            self.save()
        elif self._is_ending:
            self._write_snapshot()

    def _on_push_failed(self, error: Exception) -> None:
        self._pushing = None
        self._again = False
        self._reason = str(error)
        self._failures += 1
        log.info("not on the share yet: %s", error)
        self._tell()
        if self._is_ending:
            self._finish()
        else:
            self._retry.start(_RETRY_MS[min(self._failures, len(_RETRY_MS)) - 1])

    def _on_follow_due(self) -> None:
        # With the share away there is nothing to follow, and a queue of attempts would only grow
        if self._session is not None and self._failures == 0 and self._pushing is None:
            store = self._session.store
            self._jobs.start("store", lambda job: store.follow(), self._on_followed, self._on_follow_failed)

    def _on_followed(self, decisions: list[Decision]) -> None:
        if self._session is not None and decisions:
            self._session.take_in(decisions)
        self._tell_problems()

    def _on_follow_failed(self, error: Exception) -> None:
        log.info("other sessions cannot be followed now: %s", error)

    def _on_snapshot_due(self) -> None:
        if self._dirty and self._failures == 0:
            self._write_snapshot()

    def _write_snapshot(self) -> None:
        session = self._session
        if session is None or not self._dirty:
            self._finish()
            return
        self._dirty = False
        self._snapshot.stop()
        self._latest_snapshot.stop()
        store, copy = session.store, session.store.state.annotations(session.annotator)
        self._jobs.start(
            "store",
            lambda job: store.write_snapshot(copy),
            self._on_snapshot_written,
            self._on_snapshot_failed,
        )

    def _on_snapshot_written(self, _: object) -> None:
        self._record.write("snapshot")
        self._finish()

    def _on_snapshot_failed(self, error: Exception) -> None:
        self._dirty = True
        log.info("the snapshot is not written yet: %s", error)
        if not self._is_ending:
            self._latest_snapshot.start(_SNAPSHOT_LATEST_MS)
        self._finish()

    def _on_last_wait_over(self) -> None:
        self._finish()

    def _finish(self) -> None:
        if self._is_ending:
            self._is_ending = False
            self._last_wait.stop()
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
        self._record.write("store", pending=pending, state=state)
        self._tell_problems()
        if self._failures >= 3 and self._reason:
            self._say(f"Decisions wait on this computer: {self._reason}", "warning")
        elif self._failures == 0:
            for said in [s for s in self._said if s.startswith("Decisions wait")]:
                self._said.discard(said)
                self._window.area.messages.withdraw(said)

    def _tell_problems(self) -> None:
        if self._session is not None:
            for problem in list(self._session.store.problems):
                self._say(problem, "warning")

    def _say(self, text: str, level: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self._window.area.messages.tell(text, level)
            self._record.write("message", level=level, text=text)


def _timer(parent: QObject, slot: object) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.timeout.connect(slot)
    return timer
