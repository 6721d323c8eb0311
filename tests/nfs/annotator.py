"""An annotator at work on a machine: decides, while a worker thread carries it to the share, as in the program.

python -m tests.nfs.annotator PLAN, with the fields of `Plan` as JSON.
"""

from __future__ import annotations

import signal
import threading
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil  # noqa: F401 - the store imports it when it is needed, and another account may not be able to

from storage.errors import StorageError
from tests.nfs.plan import FOLLOW_SECONDS, Plan, pass_once, say

if TYPE_CHECKING:
    from storage.decision import Decision
    from storage.state import Annotations
    from storage.store import Store

_RETRY_SECONDS = 0.3
_CONTESTED = 7
"""So many blocks are contested."""


class Worker(threading.Thread):
    """Does what waits for the share."""

    def __init__(self, store: Store, plan: Plan) -> None:
        super().__init__(daemon=True)
        self.followed: deque[Decision] = deque()
        self.copy: Annotations | None = None
        """The annotations for the next snapshot; None: none is due."""
        self.wake = threading.Event()
        self.ending = False
        self._store, self._plan = store, plan
        self._has_pushed = self._has_stopped = False

    def run(self) -> None:
        followed = 0.0
        while not self.ending:
            self.wake.wait(FOLLOW_SECONDS / 10)
            self.wake.clear()
            try:
                self._push()
                if time.monotonic() - followed >= FOLLOW_SECONDS:
                    followed = time.monotonic()
                    self.followed.extend(self._store.follow())
                if self.copy is not None:
                    self._store.write_snapshot(self.copy)
                    say("snapshot", blocks=len(self.copy))
                    self.copy = None
            except (StorageError, OSError) as error:
                say("failed", text=str(error), type=type(error).__name__)
                time.sleep(_RETRY_SECONDS)

    def _push(self) -> None:
        if self._has_pushed and not self._store.pending:
            return
        if self._plan.gate and self._store.saved_through and not self._has_stopped:
            self._has_stopped = True
            pass_once(self._plan.gate, Path(self._plan.go))
        started = time.perf_counter()
        self._store.push()
        ms = (time.perf_counter() - started) * 1000
        self._has_pushed = True
        say("saved", session=self._store.session, through=self._store.saved_through, left=self._store.pending, ms=ms)


def write(plan: Plan) -> None:
    """Work as the plan says."""
    begun = time.monotonic()
    store = plan.open()
    say("opened", session=store.session, labels=labels_of(store), problems=store.problems)
    worker = Worker(store, plan)

    def order_snapshot(*_: object) -> None:
        worker.copy = store.state.annotations(store.annotator)

    signal.signal(signal.SIGUSR1, order_snapshot)
    worker.start()
    first = snapshot = time.monotonic()
    decided = 0
    while time.monotonic() - begun < plan.seconds:
        while worker.followed:
            store.state.apply(worker.followed.popleft())
        if decided < plan.count:
            time.sleep(max(0.0, first + decided / plan.rate - time.monotonic()) if plan.rate else 0)
            _decide(store, plan, decided)
            decided += 1
            worker.wake.set()
        elif _is_done(store, worker, plan):
            break
        else:
            time.sleep(0.02)
        if plan.snapshot_s and time.monotonic() - snapshot > plan.snapshot_s:
            snapshot = time.monotonic()
            order_snapshot()
    worker.ending = True
    worker.join(10)
    if plan.snapshot_s:
        store.write_snapshot(store.state.annotations(store.annotator))
    say("done", pending=store.pending, labels=labels_of(store), problems=store.problems)
    store.close()


def _decide(store: Store, plan: Plan, number: int) -> None:
    """Make one decision, and say so once it is made."""
    is_contested = plan.contested and number % 5 == 0
    block = f"contested/{number % _CONTESTED}" if is_contested else f"{plan.tag}/{number}"
    started = time.perf_counter()
    made = store.decide("annotate", block, number % 9 + 1)
    ms = (time.perf_counter() - started) * 1000
    say("decided", session=made.session, n=made.n, block=block, value=made.value, ms=ms, waiting=store.pending)


def _is_done(store: Store, worker: Worker, plan: Plan) -> bool:
    through = store.state.annotations(store.annotator).through
    known = sum(max(0, n) for n in through.values())
    return not store.pending and worker.copy is None and known >= max(plan.expect, plan.count)


def labels_of(store: Store) -> dict[str, list[Any]]:
    """Return the annotator's classes and their times, by block."""
    return {block: [label, at] for block, (label, at) in store.state.annotations(store.annotator).items()}


if __name__ == "__main__":
    write(Plan.from_arguments())
