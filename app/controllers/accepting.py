"""Accepting the consensus of all rows that the filter shows as their final labels, in one step."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.actions import with_keys
from app.consensus_choice import rule_text
from app.controllers.deferring import single_shot
from app.views.accept_dialog import AcceptDialog
from app.vote_text import shown_class
from storage.errors import StorageError

if TYPE_CHECKING:
    from app.controllers.deciding import Deciding
    from app.log import EventRecord
    from app.models.review_table import ReviewTable
    from app.models.session import Session
    from app.views.review_window import ReviewWindow

_COUNT_AFTER_MS = 50


class Accepting(QObject):
    """Nothing is decided that was not counted on screen before."""

    def __init__(self, window: ReviewWindow, table: ReviewTable, deciding: Deciding, record: EventRecord) -> None:
        super().__init__(window)
        self._window, self._table, self._deciding = window, table, deciding
        self._record = record
        self._session: Session | None = None
        self._dialog: AcceptDialog | None = None
        self._counted: dict[str, int] = {}
        self._recount = single_shot(self, self._count, _COUNT_AFTER_MS)
        for changed in (table.rows_changed, table.blocks_changed, table.consensus_changed):
            changed.connect(self._on_table_changed)
        self.slots = {"accept_consensus": self.open}

    def set_session(self, session: Session | None) -> None:
        """Whose classes the counts name; without a session the dialog closes."""
        self._session = session
        if session is None and self._dialog is not None:
            self._dialog.close()

    def open(self) -> None:
        """Ask."""
        if self._session is None:
            return
        if self._dialog is None:
            self._dialog = AcceptDialog(self._window)
            self._dialog.quorum_changed.connect(self._count)
            self._dialog.accept_requested.connect(self._on_accept_requested)
        self._count()
        self._dialog.begin()

    def _on_table_changed(self) -> None:
        if self._dialog is not None and self._dialog.isVisible() and not self._recount.isActive():
            self._recount.start()

    def _count(self) -> None:
        if self._dialog is None or self._session is None:
            return
        table = self._table
        self._counted, flagged = table.reaching(*self._dialog.quorum())
        classes = self._session.classes.classes
        counts = sorted(Counter(self._counted.values()).items())
        if table.is_computing:
            note = "The consensus is still being computed; blocks that have none yet are not counted."
        elif flagged:
            are = (
                "1 of them is flagged: somebody asked"
                if flagged == 1
                else f"{flagged:,} of them are flagged: people asked"
            )
            note = f"{are} an admin to look. A filter by status leaves flagged rows out."
        else:
            note = ""
        self._record.write("accept_counted", classes=dict(counts))
        self._dialog.set_counts([(shown_class(number, classes), count) for number, count in counts], note)

    def _on_accept_requested(self) -> None:
        session, dialog = self._deciding.session, self._dialog
        if session is None or dialog is None:
            return
        before = self._counted
        self._count()
        if self._counted != before:
            self._tell("The rows have changed meanwhile: nothing was set. Look at the counts again.", "warning")
            return
        if not before:
            return
        votes, share = dialog.quorum()
        reason = f"Consensus accepted: at least {votes} votes for it, and {share:.0%} of the votes"
        began = time.perf_counter()
        try:
            session.decide(before, reason, rule_text(self._table.rule))
        except StorageError as error:
            self._tell(str(error), "error")
            return
        dialog.close()
        self._record.write("accepted", blocks=len(before), ms=1000 * (time.perf_counter() - began))
        labels = "1 final label was" if len(before) == 1 else f"{len(before):,} final labels were"
        self._tell(f"{labels} set to the consensus. {with_keys('{undo} undoes all of it.')}")

    def _tell(self, text: str, level: str = "info") -> None:
        self._window.area.messages.tell(text, level)
        self._record.write("message", level=level, text=text)
