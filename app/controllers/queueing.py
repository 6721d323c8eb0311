"""Following which blocks an admin gave this annotator: my queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.log import saving as log
from app.models.queue import Queue
from storage.errors import StorageError

if TYPE_CHECKING:
    from app.controllers.listing import Listing
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.screen import Screen
    from app.models.session import Session
    from app.views.main_window import MainWindow
    from storage.assignments import Assignment, Assignments

    _Answer = tuple[int, bool, Assignment | None, tuple[str, ...]]
    """Generation, whether the share answered, the queue if there is one, what is wrong with files."""

_EVERY_MS = 10_000


class Queueing(QObject):
    """At the beginning of a session the queue is listed, if there is one; one that comes later is only told."""

    def __init__(self, jobs: Jobs, listing: Listing, screen: Screen, window: MainWindow, record: EventRecord) -> None:
        super().__init__()
        self._jobs, self._listing, self._screen, self._window = jobs, listing, screen, window
        self._record = record
        self._assignments: Assignments | None = None
        self._annotator = ""
        self._queue: Queue | None = None
        self._is_wanted = False
        self._is_reading = False
        self._generation = 0
        self._told: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._read)
        listing.ended.connect(self._begin)

    def set_session(self, session: Session | None) -> None:
        """Whose queue is followed; None for nobody's."""
        self._generation += 1
        self._timer.stop()
        self._queue = None
        self._listing.set_queue(Queue())
        self._assignments = session.store.assignments() if session is not None else None
        if session is not None:
            self._annotator = session.annotator
            self._timer.start()
            self._read()

    def _read(self) -> None:
        assignments, generation, annotator = self._assignments, self._generation, self._annotator
        if assignments is None or self._is_reading:  # a share that hangs is asked once
            return
        self._is_reading = True

        def work(job: Job) -> _Answer:
            try:
                assignments.read()
            except StorageError as error:  # the share is away: saving tells that
                log.info("assignments are not known: %s", error)
                return generation, False, None, ()
            return generation, True, assignments.latest.get(annotator), assignments.problems

        self._jobs.start("assignments", work, self._on_read)

    def _on_read(self, answer: _Answer) -> None:
        generation, is_known, found, problems = answer
        self._is_reading = False
        if generation != self._generation:
            self._read()
            return
        if not is_known:
            return
        for problem in problems:
            if problem not in self._told:
                self._told.add(problem)
                self._window.area.messages.tell(problem, "warning")
                self._record.write("queue_problem", text=problem)
        queue = Queue(found.name, found.by, found.blocks) if found is not None else Queue()
        before, self._queue = self._queue, queue
        if queue == (before or Queue()):
            return
        self._listing.set_queue(queue)
        self._record.write("queue", name=queue.name, by=queue.by, count=len(queue.blocks))
        if not queue.blocks:
            self._window.area.messages.tell("Your queue was taken back: all blocks are listed.")
        elif before is None:
            self._is_wanted = True
            self._begin()
        else:
            count = len(queue.blocks)
            self._window.area.messages.tell(
                f"{queue.by} gave you {count} block{'' if count == 1 else 's'}, “{queue.name}”: choose My queue above "
                "the list."
            )

    def _begin(self) -> None:
        """List the queue, and go to its first block without a class if the one on screen does not belong to it."""
        if not self._is_wanted or self._listing.is_scanning:
            return
        self._is_wanted = False
        self._listing.show_queue()
        place = self._listing.first_of_queue()
        if place is not None and not self._listing.is_in_queue(self._screen.now.place):
            self._listing.place_requested.emit(place)
