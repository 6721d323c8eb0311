"""Judging the block on screen by key: classes, marks, comments, undo, and going on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.models.block_list import NO_MARK
from app.models.screen import OnScreen, Stage
from storage.errors import StorageError

if TYPE_CHECKING:
    from app.controllers.deferring import Deferring
    from app.controllers.listing import Listing
    from app.controllers.opening import Opening
    from app.log import EventRecord
    from app.models.block_list import BlockList
    from app.models.screen import Screen
    from app.models.session import Session
    from app.settings import Settings
    from app.views.main_window import MainWindow
    from storage.decision import Decision

_BADGE_NONE = "No class"


class Annotating(QObject):
    """The only file in which a key press becomes a decision."""

    decided = Signal()
    """Something was decided: there is something to save."""

    def __init__(
        self,
        window: MainWindow,
        blocks: BlockList,
        screen: Screen,
        listing: Listing,
        opening: Opening,
        settings: Settings,
        deferring: Deferring,
        record: EventRecord,
    ) -> None:
        super().__init__()
        self._window, self._blocks, self._screen = window, blocks, screen
        self._listing, self._opening, self._settings = listing, opening, settings
        self._deferring, self._record = deferring, record
        self._session: Session | None = None
        self._direction = 1
        self._comment_on = ""
        screen.changed.connect(self._on_screen_changed)
        window.class_requested.connect(self.annotate)
        window.area.comment.kept.connect(self._on_comment_kept)
        window.area.comment.closed.connect(self._on_comment_closed)
        listing.place_requested.connect(self.go_to)
        opening.skip_requested.connect(self.next_block)
        window.classes.set_enabled(False)
        window.set_checked("auto_advance", settings.auto_advance)
        window.set_checked("skip_annotated", settings.skip_annotated)

    def set_session(self, session: Session | None) -> None:
        """Who decides from now on."""
        if self._session is not None:
            self._session.decided.disconnect(self._on_session_decided)
        self._session = session
        if session is not None:
            session.decided.connect(self._on_session_decided)
        self._on_screen_changed(self._screen.now)
        self._tell_recent()

    def neighbours(self) -> list[int]:
        """Which blocks come next if the annotator goes on in this direction."""
        return self._listing.neighbours(self._direction, self._settings.skip_annotated)

    # Going from block to block

    def go_to(self, place: int) -> None:
        """Bring a block to the screen."""
        if 0 <= place < len(self._blocks):
            now = self._screen.now.place
            if place != now and now >= 0:
                self._direction = 1 if place > now else -1
            self._listing.set_current(place)
            self._opening.open(place)
            self._deferring.later(self._listing.refilter)

    def start_at(self, block_id: str) -> None:
        """The first block of a session: where the annotator left, else the first without a class.

        Nothing if the annotator was quicker and has chosen one.
        """
        if self._screen.now.stage is not Stage.NOTHING:
            return
        place = self._blocks.place_of(block_id)
        if place is None:
            place = next((p for p, mark in enumerate(self._blocks.marks) if mark.label is None), 0)
        self.go_to(place)

    def next_block(self) -> None:
        """One block on."""
        self._go_by(1)

    def previous_block(self) -> None:
        """One block back."""
        self._go_by(-1)

    def _go_by(self, steps: int) -> None:
        place = self._listing.step(steps, self._settings.skip_annotated)
        if place is None:
            self._tell_end(steps)
            return
        self.go_to(place)

    def next_unannotated(self) -> None:
        """The next block without a class."""
        place = self._listing.next_unannotated()
        if place is None:
            self._tell("Every block of this list has a class.")
            return
        self.go_to(place)

    # Deciding

    def annotate(self, number: int) -> None:
        """Give the block on screen class `number`."""
        block_id, session = self._judged_block(), self._session
        if block_id is None or session is None:
            return
        ms = round(1000 * (time.monotonic() - self._screen.now.since))
        try:
            session.annotate(block_id, number, ms)
        except StorageError as error:
            self._tell(str(error), "error")
            return
        if self._settings.auto_advance:
            self._advance()

    def clear(self) -> None:
        """Take the class of the block on screen back."""
        block_id = self._judged_block()
        if block_id is not None and self._session is not None:
            try:
                if self._session.clear(block_id) is None:
                    self._tell(f"{block_id} has no class to clear.")
            except StorageError as error:
                self._tell(str(error), "error")

    def toggle_unsure(self) -> None:
        """Mark or unmark doubt."""
        self._toggle("unsure")

    def toggle_flag(self) -> None:
        """Flag or unflag for the admin."""
        self._toggle("flag")

    def undo(self) -> None:
        """Take the last decision back, wherever it was, and go to its block."""
        self._go_back(redo=False)

    def redo(self) -> None:
        """Decide again what was undone."""
        self._go_back(redo=True)

    def comment(self) -> None:
        """Type a comment on the block on screen."""
        block_id = self._judged_block()
        if block_id is not None and self._session is not None:
            self._comment_on = block_id
            self._window.area.comment.open(self._session.mark_of(block_id).comment)

    def _judged_block(self) -> str | None:
        """The block that the key meant; a sentence where there was none to be seen."""
        if not self._window.is_working:
            return None
        if self._session is None:
            self._tell("The annotations folder is still being opened: the key did nothing.")
            return None
        block_id = self._screen.judged_block(self._window.pressed_at)
        if block_id is None:
            now = self._screen.now
            reasons = {
                Stage.NOTHING: "No block is on screen: the key did nothing.",
                Stage.FAILED: f"{now.block_id} cannot be shown, so it cannot be judged: the key did nothing.",
            }
            self._tell(reasons.get(now.stage, f"{now.block_id} was not on screen yet: the key did nothing."))
            self._record.write("key_refused", block=now.block_id, stage=now.stage.value)
        return block_id

    def _toggle(self, kind: str) -> None:
        block_id, session = self._judged_block(), self._session
        if block_id is not None and session is not None:
            mark = session.mark_of(block_id)
            try:
                if kind == "flag":
                    session.set_flag(block_id, not mark.flagged)
                else:
                    session.set_unsure(block_id, not mark.unsure)
            except StorageError as error:
                self._tell(str(error), "error")
        self._tell_marks()  # the button was pressed by Qt: show what is true

    def _go_back(self, redo: bool) -> None:
        if self._session is None:
            return
        try:
            decision = self._session.redo() if redo else self._session.undo()
        except StorageError as error:
            self._tell(str(error), "error")
            return
        if decision is None:
            self._tell("There is nothing to redo." if redo else "There is nothing to undo in this session.")
            return
        self._tell(f"{'Decided again' if redo else 'Undone'}: {self._words(decision)} on {decision.block}")
        place = self._blocks.place_of(decision.block)
        if place is not None:
            self.go_to(place)

    def _advance(self) -> None:
        place = self._listing.step(1, self._settings.skip_annotated)
        if place is None:
            self._tell_end(1)
        else:
            self.go_to(place)

    def _on_comment_kept(self, text: str) -> None:
        block_id, self._comment_on = self._comment_on, ""
        if block_id and self._session is not None:
            try:
                self._session.set_comment(block_id, text.strip())
            except StorageError as error:
                self._tell(str(error), "error")
                self._comment_on = block_id  # what was typed stays on screen
                return
        self._close_comment()

    def _on_comment_closed(self) -> None:
        self._comment_on = ""
        self._close_comment()

    def keep_comment(self) -> None:
        """Keep what is being typed: its block is left, or the program ends."""
        if self._comment_on:
            self._on_comment_kept(self._window.area.comment.text())

    def _close_comment(self) -> None:
        self._window.area.comment.hide()
        self._window.focus_work()

    # What follows

    def _on_session_decided(self, decision: Decision) -> None:
        self._record.write("decision", kind=decision.kind, block=decision.block, value=decision.value)
        self._blocks.refresh_mark(decision.block)
        if decision.block == self._screen.now.block_id:
            self._tell_marks()
        self._deferring.later(self._tell_recent)
        self.decided.emit()

    def _on_screen_changed(self, now: OnScreen) -> None:
        if self._comment_on != now.block_id:
            self.keep_comment()
        if now.stage is not Stage.LOADING:  # the old picture stays for a moment, and so does its class
            self._tell_marks()

    def _tell_marks(self) -> None:
        self._deferring.later(self._tell_bar)
        now, session = self._screen.now, self._session
        if now.stage in (Stage.NOTHING, Stage.FAILED) or session is None:
            self._window.area.set_badge("", "")
            return
        mark = session.mark_of(now.block_id)
        known = session.class_of(mark.label)
        if known is not None:
            words, color = f"{known.key}  {known.name}", known.color
        else:
            words, color = (_BADGE_NONE if mark.label is None else f"class {mark.label}"), "#77777C"
        words += ("   ? unsure" if mark.unsure else "") + ("   ⚑ flagged" if mark.flagged else "")
        lines = [words, f"{now.block_id}   {now.place + 1} / {len(self._blocks)}"]
        if mark.comment:
            lines.append(f"✎ {mark.comment if len(mark.comment) <= 60 else mark.comment[:59] + '…'}")
        self._window.area.set_badge("\n".join(lines), color)

    def _tell_bar(self) -> None:
        now, session = self._screen.now, self._session
        is_there = session is not None and now.stage not in (Stage.NOTHING, Stage.FAILED)
        self._window.classes.set_enabled(is_there)
        mark = session.mark_of(now.block_id) if session is not None and is_there else NO_MARK
        self._window.classes.set_marks(mark.label, mark.unsure, mark.flagged, mark.comment)

    def _tell_recent(self) -> None:
        recent = self._session.recent if self._session else []
        keys = []
        for decision in recent:
            known = self._session.class_of(decision.value) if self._session else None
            keys.append("–" if decision.value is None else known.key if known else str(decision.value))
        self._window.classes.set_recent(keys)

    def _tell_end(self, steps: int) -> None:
        left = len(self._blocks) - self._blocks.annotated
        if steps < 0:
            self._tell("There is no block before this one in the list.")
        elif left == 0:
            self._tell("There is no block after this one in the list. Every block has a class.")
        else:
            self._tell(f"There is no block after this one in the list. {left} without a class: N goes to the next.")

    def _words(self, decision: Decision) -> str:
        if decision.kind == "annotate":
            known = self._session.class_of(decision.value) if self._session else None
            return known.name if known else f"class {decision.value}"
        return decision.kind

    def _tell(self, text: str, level: str = "info") -> None:
        self._window.area.messages.tell(text, level)
        self._record.write("message", level=level, text=text)
