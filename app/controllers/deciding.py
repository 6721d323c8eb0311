"""Deciding about the block on screen of the review by key: final labels, their reasons, undo, and going on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.consensus_choice import rule_text
from app.models.review_session import ReviewSession
from app.models.screen import OnScreen, Stage
from app.vote_text import shown_class
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.controllers.reviewing import Reviewing
    from app.log import EventRecord
    from app.models.review_table import ReviewTable
    from app.models.screen import Screen
    from app.models.session import Session
    from app.settings import Settings
    from app.views.review_window import ReviewWindow
    from app.views.votes_panel import VotesPanel
    from storage.classes import ClassDef
    from storage.final_step import FinalStep

_MOST_NAMED = 3


class Deciding(QObject):
    """The only file in which a key press becomes a final label. Votes are never changed.

    A reason that is typed for a block that has a final label writes that label again with the reason. One typed
    before waits for the label, also while other blocks are looked at.
    """

    decided = Signal(object)
    """A FinalStep: there is something to save."""
    settings_changed = Signal()

    def __init__(
        self,
        window: ReviewWindow,
        votes: VotesPanel,
        reviewing: Reviewing,
        screen: Screen,
        table: ReviewTable,
        settings: Settings,
        record: EventRecord,
    ) -> None:
        super().__init__(window)
        self._window, self._votes, self._reviewing = window, votes, reviewing
        self._screen, self._table = screen, table
        self._settings, self._record = settings, record
        self.session: ReviewSession | None = None
        self._classes: Sequence[ClassDef] = ()
        self._typed: dict[str, str] = {}
        """Reasons for labels that are not decided yet, by block."""
        self._shown = ""
        window.class_requested.connect(self.decide)
        votes.reason.kept.connect(self._on_reason_kept)
        votes.reason.left.connect(window.focus_work)
        self._screen.changed.connect(self._on_screen_changed)
        window.set_checked("review_goes_on", settings.review_goes_on)
        self.slots = {
            "clear_final": self.clear,
            "undo": self.undo,
            "redo": self.redo,
            "reason": self.focus_reason,
            "review_goes_on": self._on_goes_on,
        }

    def set_session(self, session: Session | None) -> None:
        """Who decides from now on. What was decided before the window was closed can still be undone in it."""
        self._classes = session.classes.classes if session is not None else ()
        if session is not None and (self.session is None or self.session.store is not session.store):
            self._typed.clear()  # steps of another admin or data set are not undone here
            self.session = ReviewSession(session.store)
            self.session.decided.connect(self._on_session_decided)
        self._tell_reason()

    def decide(self, number: int) -> None:
        """Make class `number` the final label of the block on screen."""
        block_id, session = self._judged_block(), self.session
        if block_id is None or session is None:
            return
        old = session.final(block_id)
        is_same = old is not None and (old.label, old.by) == (number, session.admin)
        reason = self._reason_for(block_id, old.reason if is_same and old is not None else "")
        if self._decide(block_id, number, reason) and self._settings.review_goes_on:
            self._reviewing.next_row()

    def clear(self) -> None:
        """Take the final label of the block on screen away."""
        block_id, session = self._judged_block(), self.session
        if block_id is None or session is None:
            return
        if session.final(block_id) is None:
            self._tell(f"{block_id} has no final label to clear.")
        else:
            self._decide(block_id, None, self._reason_for(block_id, ""))

    def undo(self) -> None:
        """Take the last step back, wherever it was, and go to its block."""
        self._go_back(redo=False)

    def redo(self) -> None:
        """Decide again what was undone."""
        self._go_back(redo=True)

    def focus_reason(self) -> None:
        """Type why."""
        if self._judged_block() is not None:
            self._votes.focus_reason()

    def keep_typed(self) -> None:
        """What stands in the field of the reason is kept: its block is left or decided, or the window closes."""
        field = self._votes.reason
        if self._shown and field.has_changed():
            self._keep_reason(self._shown, field.text())

    # How

    def _decide(self, block_id: str, label: int | None, reason: str) -> bool:
        assert self.session is not None
        try:
            self.session.decide({block_id: label}, reason, rule_text(self._table.rule))
        except StorageError as error:
            self._tell(str(error), "error")
            return False
        self._typed.pop(block_id, None)
        self._tell_reason()
        return True

    def _judged_block(self) -> str | None:
        """The block that the key meant; a sentence where there was none to be seen."""
        if self.session is None:
            self._tell("The annotations folder is still being opened: the key did nothing.")
            return None
        block_id = self._screen.judged_block(self._window.pressed_at)
        if block_id is None:
            now = self._screen.now
            reasons = {
                Stage.NOTHING: "No block is on screen: the key did nothing.",
                Stage.FAILED: f"{now.block_id} cannot be shown, so it cannot be decided: the key did nothing.",
            }
            self._tell(reasons.get(now.stage, f"{now.block_id} was not on screen yet: the key did nothing."))
            self._record.write("key_refused", block=now.block_id, stage=now.stage.value)
        elif not self._table.is_shown(block_id):
            self._tell(f"{block_id} is not among the rows that the filter shows: the key did nothing.")
            self._record.write("key_refused", block=block_id, stage="filtered")
            return None
        return block_id

    def _go_back(self, redo: bool) -> None:
        if self.session is None:
            return
        began = time.perf_counter()
        try:
            turned = self.session.redo() if redo else self.session.undo()
        except StorageError as error:
            self._tell(str(error), "error")
            return
        if turned is None:
            self._tell("There is nothing to redo." if redo else "There is nothing to undo in this session.")
            return
        first, back = turned
        done = [one.block for one in back.decisions]
        self._record.write("turned", blocks=len(done), ms=1000 * (time.perf_counter() - began))
        verb = "Decided again" if redo else "Undone"
        if not done:
            text = "Nothing was changed."
        elif len(done) == 1:
            text = f"{verb}: {done[0]} {self._words(done[0])}."
        else:
            text = f"{verb}: {len(done):,} final labels."
        if back.kept:
            named = ", ".join(back.kept[:_MOST_NAMED]) + (", …" if len(back.kept) > _MOST_NAMED else "")
            are = "was" if len(back.kept) == 1 else "were"
            text += f" {named} {are} left alone, because somebody has decided about it since."
        self._tell(text, "warning" if back.kept else "info")
        if len(first.decisions) == 1:
            self._reviewing.go_to(first.decisions[0].block)

    def _words(self, block_id: str) -> str:
        final = self.session.final(block_id) if self.session is not None else None
        if final is None or final.label is None:
            return "has no final label"
        return f"has the final label {shown_class(final.label, self._classes).text()}"

    # The reason

    def _reason_for(self, block_id: str, otherwise: str) -> str:
        """What stands in the field, also without Enter; or was typed for this block before it was decided."""
        field = self._votes.reason
        return field.text().strip() if field.has_changed() else self._typed.get(block_id, otherwise)

    def _on_reason_kept(self, text: str) -> None:
        if self._screen.now.stage is not Stage.SHOWN:
            self._tell(f"{self._shown or 'No block'} is not on screen: the reason was not kept.")
        elif self._keep_reason(self._shown, text):
            self._window.focus_work()

    def _keep_reason(self, block_id: str, text: str) -> bool:
        session, reason = self.session, text.strip()
        if session is None:
            return False
        old = session.final(block_id)
        if old is None or old.label is None:
            self._typed[block_id] = reason
            if reason:
                self._tell(f"The reason is kept with the final label of {block_id}, once you decide it.")
        elif reason != old.reason and not self._decide(block_id, old.label, reason):
            self._typed[block_id] = reason  # it stands in the field, also when somebody comes back
            return False
        self._tell_reason()
        return True

    def _on_screen_changed(self, now: OnScreen) -> None:
        if now.block_id != self._shown:
            self.keep_typed()
            self._shown = now.block_id
            self._tell_reason()

    def _tell_reason(self) -> None:
        final = self.session.final(self._shown) if self.session is not None and self._shown else None
        self._votes.reason.put(self._typed.get(self._shown, final.reason if final is not None else ""))
        self._votes.set_enabled(bool(self._shown) and self.session is not None)

    # What follows

    def _on_session_decided(self, step: FinalStep) -> None:
        for one in step.decisions[:1]:
            self._record.write("final", block=one.block, value=one.value, blocks=len(step.decisions))
        self.decided.emit(step)
        field = self._votes.reason
        if self._shown and field.has_changed():  # typed, not entered: another step must not empty the field
            self._typed[self._shown] = field.text().strip()
        self._tell_reason()

    def _on_goes_on(self) -> None:
        self._settings.review_goes_on = not self._settings.review_goes_on
        self._window.set_checked("review_goes_on", self._settings.review_goes_on)
        self.settings_changed.emit()

    def _tell(self, text: str, level: str = "info") -> None:
        self._window.area.messages.tell(text, level)
        self._record.write("message", level=level, text=text)
