"""Bringing what people do with the older program into the review: they have snapshots and no journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.log import saving as log
from storage.decision import FINAL, SLOTS
from storage.reading import read_snapshots
from storage.session_name import host_name
from storage.share import Share

if TYPE_CHECKING:
    from app.controllers.reviewing import Reviewing
    from app.jobs import Job, Jobs
    from app.models.session import Session
    from storage.decision import Decision
    from storage.follower import Unread

Answer = tuple[int, list["Decision"], list["Unread"]]


class ReadingOlder(QObject):
    """Reads the snapshots each time that the review opens; what is new in them goes into the state, not to the disk."""

    def __init__(self, jobs: Jobs, reviewing: Reviewing) -> None:
        super().__init__()
        self._jobs, self._reviewing = jobs, reviewing
        self._session: Session | None = None
        self._generation = 0
        reviewing.session_set.connect(self._on_session_set)

    def _on_session_set(self, session: Session | None) -> None:
        self._session = session
        self._generation += 1
        if session is None:
            return
        store, generation = session.store, self._generation
        share, mine = Share(store.root), store.annotator
        known = {name: store.state.annotations(name) for name in store.state.annotators()}
        finals = store.state.final_labels()

        def work(job: Job) -> Answer:
            try:
                found, unread, _ = read_snapshots(share, store.roles, store.data_root, host_name(), known, finals)
            except OSError as error:  # the share is away: saving tells that
                log.info("snapshots are not known: %s", error)
                return generation, [], []
            # What the admin did with it, and final labels, the store has taken over at its opening
            others = [one for one in found if one.annotator != mine and SLOTS[one.kind] != FINAL]
            return generation, others, unread

        self._jobs.start("snapshots", work, self._on_read)

    def _on_read(self, answer: Answer) -> None:
        generation, decisions, unread = answer
        if generation != self._generation or self._session is None:
            return
        for decision in decisions:
            self._session.store.state.apply(decision)
        self._reviewing.older_unread = tuple(unread)
        self._reviewing.take_changes()
