"""What the panel of votes shows of the block on screen: consensus, final label, votes, and the timeline."""

from __future__ import annotations

import math
import secrets
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.consensus_choice import rule_text
from app.controllers.deferring import single_shot
from app.models.review_row import NOT_COMPUTED
from app.models.screen import OnScreen, Stage
from app.vote_text import past_lines, shown_class, shuffled, vote_lines, when_text
from core.voting.votes import MOST_CLASSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.controllers.reviewing import Reviewing
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.review_table import ReviewTable
    from app.models.session import Session
    from app.viewer import Viewer
    from app.views.review_window import ReviewWindow
    from app.views.votes_panel import VotesPanel
    from storage.classes import ClassDef
    from storage.history import History

_REST_MS = 150
"""Who walks through the rows by a held key reads no timeline: it is asked for once a block stays on screen."""


class ShowingVotes(QObject):
    """Names are hidden at every opening: who decides should not know whose votes they are."""

    def __init__(
        self,
        jobs: Jobs,
        window: ReviewWindow,
        votes: VotesPanel,
        reviewing: Reviewing,
        viewer: Viewer,
        table: ReviewTable,
        record: EventRecord,
    ) -> None:
        super().__init__(window)
        self._jobs, self._window, self._votes, self._reviewing = jobs, window, votes, reviewing
        self._screen, self._deferring, self._table = viewer.screen, viewer.deferring, table
        self._record = record
        self._session: Session | None = None
        self._block = ""
        self._salt = ""
        self._generation = 0
        self._job: Job | None = None
        self._history: History | None = None
        self._rest = single_shot(self, self._ask, _REST_MS)
        self.are_names_shown = False
        self._screen.changed.connect(self._on_screen_changed)
        table.blocks_changed.connect(self._on_table_blocks_changed)
        table.consensus_changed.connect(self._on_table_consensus_changed)
        self.slots = {"toggle_names": self._on_toggle_names}

    def begin(self, session: Session | None) -> None:
        """The review is opened: names are hidden, and votes shuffled anew."""
        self._session = session
        self._salt = secrets.token_hex(16)
        self._set_names_shown(False)
        self._block = ""
        self._forget_history()
        self._on_screen_changed(self._screen.now)

    def _on_table_blocks_changed(self, places: Sequence[int]) -> None:
        if self._block and self._table.place_of(self._block) in places:
            self._deferring.later(self._show)
            self._rest.start()

    def _on_table_consensus_changed(self) -> None:
        self._deferring.later(self._show)

    def _on_screen_changed(self, now: OnScreen) -> None:
        if now.stage is Stage.LOADING:  # the old picture stays for a moment, and so do its votes
            return
        block = "" if now.stage is Stage.NOTHING else now.block_id
        if block != self._block:
            self._block = block
            self._forget_history()
            self._deferring.later(self._show)
            if block:
                self._rest.start()

    def _show(self) -> None:
        session, review = self._session, self._reviewing.review
        if session is None or review is None or not self._block:
            self._votes.clear()
            return
        classes = session.classes.classes
        row = next(review.rows([self._block]))
        final = row.final
        if final is not None and final.label is not None:
            rule = f"Rule of consensus in use then: {final.rule}" if final.rule else ""
            by = f"{final.by}, {when_text(final.time)}"
            self._votes.set_final(shown_class(final.label, classes), by, rule)
        elif final is not None:
            self._votes.set_final(None, f"taken away by {final.by}, {when_text(final.time)}")
        else:
            self._votes.set_final(None, "")
        self._show_consensus(classes)
        order = shuffled(list(row.votes), self._block, self._salt)
        self._votes.set_votes(vote_lines(row.votes, order, classes, self.are_names_shown))
        self._record.write("votes", block=self._block, votes=len(order), names=self.are_names_shown)
        self._show_history()

    def _show_consensus(self, classes: Sequence[ClassDef]) -> None:
        table = self._table
        place = table.place_of(self._block)
        known = table.row(place) if place is not None else None
        tip = f"By the rule: {rule_text(table.rule)}"
        if known is None or math.isnan(known.share):
            self._votes.set_consensus(None, "no votes", tip)
        elif known.consensus == NOT_COMPUTED:
            self._votes.set_consensus(None, "being computed", tip)
        else:
            words = f"{known.share:.0%} of {sum(label <= MOST_CLASSES for label in known.votes.values())}"
            if known.consensus:
                self._votes.set_consensus(shown_class(known.consensus, classes), words, tip)
            else:
                self._votes.set_consensus(None, f"open, at most {words}", tip)

    # The timeline

    def _forget_history(self) -> None:
        self._generation += 1
        self._history = None
        self._rest.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _ask(self) -> None:
        """Read the journals again. In the lane of the share: what was just decided is there by then."""
        if self._session is None or not self._block:
            return
        if self._job is not None:
            self._job.cancel()  # with the share hung, a queue of questions would only grow
        self._generation += 1
        store, block, generation = self._session.store, self._block, self._generation

        def read(job: Job) -> tuple[int, History]:
            return generation, store.history(block)

        self._job = self._jobs.start(f"store {store.root}", read, self._on_read, self._on_read_failed)

    def _on_read(self, answer: tuple[int, History]) -> None:
        generation, history = answer
        if generation == self._generation:
            self._job = None
            self._history = history
            self._deferring.later(self._show_history)

    def _on_read_failed(self, error: Exception) -> None:
        self._job = None
        self._votes.set_timeline([], f"What happened cannot be told now: {error}")

    def _show_history(self) -> None:
        session, history = self._session, self._history
        if session is None or history is None:
            return
        has_names = self.are_names_shown
        lines = past_lines(history.events, session.classes.classes, has_names)
        if not history.problems:
            note = ""
        elif has_names:
            note = "\n".join(history.problems)
        else:
            note = f"{len(history.problems)} journals could not be read as a whole; with names it is told which."
        self._votes.set_timeline(lines, note)
        self._record.write("timeline", block=self._block, lines=len(lines))

    # Names

    def _on_toggle_names(self) -> None:
        self._set_names_shown(not self.are_names_shown)
        self._deferring.later(self._show)

    def _set_names_shown(self, are_shown: bool) -> None:
        self.are_names_shown = are_shown
        self._votes.set_names_shown(are_shown)
        self._window.set_checked("toggle_names", are_shown)
        self._table.set_blind(not are_shown)
