"""The right side of the review: what is said of a block, deciding, accepting, exporting; made with its window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.controllers.deferring import single_shot

if TYPE_CHECKING:
    from app.controllers.reviewing import Reviewing
    from app.jobs import Jobs
    from app.log import EventRecord
    from app.models.session import Session
    from app.settings import Settings
    from app.views.review_window import ReviewWindow
    from storage.final_step import FinalStep


_FEW = 200


class Adjudicating(QObject):
    """Joins the parts to the window once it is there, and to each session that is reviewed in it."""

    decided = Signal()
    """There is something to save."""
    settings_changed = Signal()

    def __init__(self, jobs: Jobs, reviewing: Reviewing, settings: Settings, record: EventRecord) -> None:
        super().__init__()
        self._jobs, self._reviewing, self._settings = jobs, reviewing, settings
        self._record = record.of_window("review")
        self._later = single_shot(self, reviewing.take_changes)
        reviewing.window_made.connect(self._on_window_made)

    def tell(self, text: str, level: str) -> None:
        """What is said about saving stands where somebody looks."""
        if self._reviewing.window is not None and self._reviewing.is_open:
            self._reviewing.window.area.messages.tell(text, level)

    def withdraw(self, text: str) -> None:
        """It is true no more."""
        if self._reviewing.window is not None:
            self._reviewing.window.area.messages.withdraw(text)

    def _on_window_made(self, window: ReviewWindow) -> None:
        # nobody needs any of it at the start
        from app.controllers.accepting import Accepting
        from app.controllers.deciding import Deciding
        from app.controllers.exporting import Exporting
        from app.controllers.showing_votes import ShowingVotes
        from app.views.votes_panel import VotesPanel
        from storage.final_step import LONGEST_REASON

        reviewing = self._reviewing
        viewer, table = reviewing.viewer, reviewing.table
        assert viewer is not None and table is not None
        votes = VotesPanel(LONGEST_REASON)
        window.put_votes(votes)
        self.showing = ShowingVotes(self._jobs, window, votes, reviewing, viewer, table, self._record)
        self.deciding = Deciding(window, votes, reviewing, viewer.screen, table, self._settings, self._record)
        self.accepting = Accepting(window, table, self.deciding, self._record)
        self.exporting = Exporting(self._jobs, window, table, self._settings, self._record)
        for part in (self.showing, self.deciding, self.accepting, self.exporting):
            reviewing.slots |= part.slots
        votes.action_requested.connect(reviewing.act)
        self.deciding.decided.connect(self._on_decided)
        self.deciding.settings_changed.connect(self.settings_changed)
        self.exporting.settings_changed.connect(self.settings_changed)
        reviewing.session_set.connect(self._on_session_set)

    def _on_session_set(self, session: Session | None) -> None:
        self.deciding.set_session(session)
        self.showing.begin(session)
        self.accepting.set_session(session)
        self.exporting.set_session(session)

    def _on_decided(self, step: FinalStep) -> None:
        if len(step.decisions) <= _FEW:
            self._reviewing.take_changes()
        else:  # the step and its ten thousand rows take fifty milliseconds each: keys are heard in between
            self._later.start()
        self.decided.emit()
