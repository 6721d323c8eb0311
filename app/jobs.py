"""The only threads of the program: work goes out by lane, answers come back as signals in the GUI thread."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance

from app.log import jobs as log
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

In = TypeVar("In")
Out = TypeVar("Out")

LANES = {
    "wanted": 12,  # reading the block that the user waits for; a hung share may hold a few of them for good
    "ahead": 2,  # reading neighbours
    "scan": 2,
    "histogram": 1,
    "small": 1,  # settings and other small files of this computer
}
"""How many jobs of a lane run at a time; of one that is not named here, one."""


class Job(QObject):
    """One piece of work. Its answers arrive in the GUI thread; none arrives once it is cancelled."""

    finished = Signal(object)
    failed = Signal(object)
    progressed = Signal(object)
    ended = Signal(object)
    _answered = Signal(object, object)

    def __init__(self, work: Callable[[Job], Any]) -> None:
        super().__init__()
        self._work = work
        self._cancelled = threading.Event()
        # Queued: whether an answer is still wanted is asked where cancel() is called, in the GUI thread
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)

    def cancel(self) -> None:
        """Ask the work to stop."""
        self._cancelled.set()

    def is_cancelled(self) -> bool:
        """For the work itself, to look at between two steps."""
        return self._cancelled.is_set()

    def run(self) -> None:
        """Do the work, unless cancelled before it began; called in a worker thread."""
        try:
            value = None if self.is_cancelled() else self._work(self)
        except Exception as error:  # noqa: BLE001 - whatever went wrong belongs to who asked
            if not isinstance(error, OSError | StorageError):  # a share that is away is tried every few seconds
                log.info("work in the background failed", exc_info=True)
            self._answer("failed", error)
        else:
            self._answer("finished", value)

    def tell(self, progress: object) -> None:
        """For the work itself: news on the way."""
        self._answer("progressed", progress)

    def _answer(self, kind: str, value: object) -> None:
        try:
            self._answered.emit(kind, value)
        except RuntimeError:  # the program has ended and Qt's half of the job is gone
            log.debug("an answer came after the end")

    def _on_answered(self, kind: str, value: object) -> None:
        if not self.is_cancelled():
            signal: SignalInstance = getattr(self, kind)
            signal.emit(value)
        if kind != "progressed":
            self.ended.emit(self)


@dataclass
class _Lane:
    limit: int
    waiting: deque[Job]
    running: int = 0


class Jobs(QObject):
    """Runs jobs on daemon threads, so that a hung share never keeps the program from ending.

    Each lane runs at most so many jobs at a time, in the order in which they came. A thread lives for as long as its
    lane has work.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._lanes: dict[str, _Lane] = {}
        self._alive: set[Job] = set()

    def start(
        self,
        lane: str,
        work: Callable[[Job], Any],
        finished: Callable[[Any], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        progressed: Callable[[Any], None] | None = None,
    ) -> Job:
        """Run ``work(job)`` in the background; the callbacks are bound methods of QObjects of the GUI thread.

        An exception nobody asked for is logged.
        """
        job = Job(work)
        if finished is not None:
            job.finished.connect(finished)
        if progressed is not None:
            job.progressed.connect(progressed)
        job.failed.connect(failed if failed is not None else self._on_job_failed)
        job.ended.connect(self._on_job_ended)
        self._alive.add(job)
        with self._lock:
            target = self._lanes.setdefault(lane, _Lane(LANES.get(lane, 1), deque()))
            target.waiting.append(job)
            fresh = target.running < target.limit
            target.running += fresh
        if fresh:
            threading.Thread(target=self._drain, args=(target,), name=f"jobs-{lane}", daemon=True).start()
        return job

    def shut_down(self) -> None:
        """Drop what has not started and cancel the rest; no answer comes any more."""
        with self._lock:
            for lane in self._lanes.values():
                lane.waiting.clear()
        for job in self._alive:
            job.cancel()

    def _drain(self, lane: _Lane) -> None:
        while True:
            with self._lock:
                if not lane.waiting:
                    lane.running -= 1
                    return
                job = lane.waiting.popleft()
            job.run()

    def _on_job_failed(self, error: Exception) -> None:
        log.error("a background job failed", exc_info=error)

    def _on_job_ended(self, job: Job) -> None:
        self._alive.discard(job)


def parallel_map(function: Callable[[In], Out], items: Iterable[In]) -> list[Out]:
    """Like the builtin map, on up to four daemon threads: for the channels of one block.

    Raises the first exception (in the order of `items`).
    """
    work = deque(enumerate(items))
    results: dict[int, Out] = {}
    errors: dict[int, Exception] = {}

    def drain() -> None:
        while work:
            try:
                position, item = work.popleft()
            except IndexError:  # another thread was quicker
                return
            try:
                results[position] = function(item)
            except Exception as error:  # noqa: BLE001 - raised again below, in the caller's thread
                errors[position] = error

    helpers = [threading.Thread(target=drain, name="channel", daemon=True) for _ in range(min(4, len(work)) - 1)]
    for helper in helpers:
        helper.start()
    drain()
    for helper in helpers:
        helper.join()
    if errors:
        raise errors[min(errors)]
    return [results[position] for position in range(len(results))]


def run_always(work: Callable[[], None], name: str) -> None:
    """Run what has no end on a daemon thread of its own."""
    threading.Thread(target=work, name=name, daemon=True).start()


def watch_threads(failed: Callable[[str, BaseException], None]) -> None:
    """Tell the name of each thread in which nobody caught an exception, and the exception; called in that thread."""

    def hook(given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None:
            failed(given.thread.name if given.thread is not None else "", given.exc_value)

    threading.excepthook = hook


def is_main_thread() -> bool:
    """Whether this is the thread of the window."""
    return threading.current_thread() is threading.main_thread()
