"""Handing blocks to annotators: the window of the admin, its preview, and who is how far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.controllers.deferring import single_shot
from app.hand_out_text import count, gold_text, now_row, preview_row, summary
from app.known_hand_outs import Known, read_known
from storage.assignments import Assignments
from storage.errors import StorageError
from storage.names import check_annotator
from storage.roles import read_roles, roles_file
from storage.session_name import host_name
from storage.share import Share

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from app.controllers.listing import Listing
    from app.hand_out import Judged, Plan, QueueProgress
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.block_list import BlockList
    from app.models.session import Session
    from app.views.assign_window import AssignWindow

_WAIT_MS = 120
"""So long nothing must change in the form before the preview is computed."""
_FOLLOW_MS = 2000
"""So often it is looked who is how far, and what other admins have handed out."""

_MEANWHILE = "Somebody has handed out other blocks meanwhile. Nothing was written: look at the table again."


@dataclass(frozen=True)
class Previewed:
    """A plan, or why there is none."""

    generation: int
    plan: Plan | None
    sentence: str = ""
    is_error: bool = False


@dataclass(frozen=True)
class Written:
    """The sentence at the end of writing."""

    generation: int
    text: str
    is_done: bool


@dataclass(frozen=True)
class Looked:
    """What a look at the annotations folder found, and who is how far."""

    generation: int
    known: Known
    rows: list[QueueProgress]


class Assigning(QObject):
    """Joins the window, the files of assignments, and what the store knows of everybody."""

    def __init__(
        self,
        jobs: Jobs,
        listing: Listing,
        blocks: BlockList,
        shown_blocks: Callable[[], Sequence[str]],
        record: EventRecord,
        named_roles: Callable[[], Path | None],
    ) -> None:
        """`shown_blocks` gives the ids of what the review's filter lets through, `named_roles` another roles file."""
        super().__init__()
        self._jobs, self._record, self._named_roles = jobs, record, named_roles
        self._listing, self._blocks, self._shown_blocks = listing, blocks, shown_blocks
        self._session: Session | None = None
        self._window: AssignWindow | None = None
        self._files: Assignments | None = None
        self._known = Known()
        self._changed: set[str] = set()
        self._judged: Judged | None = None
        self._plan: Plan | None = None
        self._generation = 0
        self._looks = 0
        self._failed = ""
        self._is_looking = self._is_writing = False
        self._soon = single_shot(self, self._on_preview_due, _WAIT_MS)
        self._follow = QTimer(self)
        self._follow.setInterval(_FOLLOW_MS)
        self._follow.timeout.connect(self._on_follow_due)
        listing.ended.connect(self._on_listing_ended)

    def set_session(self, session: Session | None) -> None:
        """Who is there now; the window of before closes."""
        self.close_window()
        if self._session is not None:
            self._session.store.state.unwatch(self._changed)
        self._session, self._files, self._known = session, None, Known()
        self._plan, self._judged = None, None
        self._generation += 1
        self._looks += 1
        self._is_looking = self._is_writing = False
        if self._window is not None:
            self._window.deleteLater()
            self._window = None
        if session is not None:
            self._changed = session.store.state.watch()

    def open_window(self, parent: QWidget) -> None:
        """Show the window; only for admins."""
        if self._session is None or not self._session.store.is_admin:
            return
        if self._window is None:
            self._window = self._make_window(parent)
        window = self._window
        is_new = not window.isVisible()
        window.show()
        window.raise_()
        window.activateWindow()
        if is_new:
            window.set_said("")
            window.form.focus_first()
            self._record.write("assign_opened")
            self.look(is_thorough=True)
            self._follow.start()
            self._want_preview()

    def close_window(self) -> None:
        """Close the window, if it is there."""
        if self._window is not None:
            self._window.close()

    def look(self, is_thorough: bool = False) -> None:
        """Read what was handed out; thorough: also roles, names and gold blocks."""
        session = self._session
        if session is None or self._is_looking or self._is_writing:
            return
        if self._files is None:
            is_thorough = True
        self._is_looking = True
        self._looks += 1
        number, known, judged, files = self._looks, self._known, self._judged_now(session), self._files
        root, named = session.store.root, self._named_roles()
        blocks = self._all_blocks() if is_thorough else ()
        classes = session.classes.classes

        def work(job: Job) -> tuple[Looked, Assignments]:
            from app.hand_out import progress

            if files is not None and not is_thorough:
                files.read()
                found = replace(known, latest=files.latest, problems=files.problems)
                return Looked(number, found, progress(files.latest, judged)), files
            roles = read_roles(roles_file(root, named))
            made = Assignments(Share(root), roles)
            made.read()
            found = read_known(root, made, blocks, classes, roles)
            return Looked(number, found, progress(made.latest, judged)), made

        self._jobs.start("assign", work, self._on_looked, self._on_look_failed)

    # Window

    def _make_window(self, parent: QWidget) -> AssignWindow:
        from app.views.assign_window import AssignWindow  # nobody needs it at the start

        window = AssignWindow(parent)
        window.form.changed.connect(self._on_form_changed)
        window.form.names_requested.connect(self._on_names_requested)
        window.hand_out_requested.connect(self._on_hand_out_requested)
        window.take_back_requested.connect(self._on_take_back_requested)
        window.read_requested.connect(self._on_read_requested)
        window.activated.connect(self._on_window_activated)
        window.closed.connect(self._follow.stop)
        return window

    def _judged_now(self, session: Session) -> Judged:
        """Copies, for other threads: one memory copy for each annotator, and only where something was decided."""
        state = session.store.state
        if self._judged is None or self._changed:
            self._changed.clear()
            self._judged = {name: dict(state.last(name, "annotate")) for name in state.annotators()}
        return self._judged

    def _all_blocks(self) -> list[str]:
        return [block.id for block in self._blocks.blocks]

    def _on_listing_ended(self) -> None:
        if self._window is not None and self._window.isVisible():
            self.look(is_thorough=True)
            self._want_preview()

    def _on_follow_due(self) -> None:
        self.look()

    def _on_read_requested(self) -> None:
        self.look(is_thorough=True)

    def _on_looked(self, answer: tuple[Looked, Assignments]) -> None:
        looked, files = answer
        window, session = self._window, self._session
        if looked.generation != self._looks or window is None or session is None:
            return
        self._is_looking = False
        before, self._known, self._files = self._known, looked.known, files
        known = looked.known
        if self._failed:  # the share is there again
            self._failed = ""
            window.set_said("")
        if known.names != before.names or not before.names:
            window.form.set_names(sorted({*known.names, *known.latest, session.annotator}))
        window.form.set_gold(gold_text(len(known.gold), known.gold_problem), bool(known.gold_problem), bool(known.gold))
        window.set_now([now_row(one) for one in looked.rows])
        if known.problems != before.problems and known.problems:
            window.set_said("\n".join(known.problems), "warning")
        self._record.write("assign_looked", done=sum(one.done for one in looked.rows), gold=len(known.gold))
        if (known.latest, known.gold, known.names) != (before.latest, before.gold, before.names):
            self._want_preview()

    def _on_look_failed(self, error: Exception) -> None:
        self._is_looking = False
        self._failed = _sentence(error)
        if self._window is not None:
            self._window.set_said(self._failed, "error")

    def _on_names_requested(self, text: str) -> None:
        window = self._window
        if window is None:
            return
        try:
            names = [check_annotator(one) for one in text.split(",") if one.strip()]
        except StorageError as error:
            window.set_said(str(error), "error")
            return
        window.set_said("")
        window.form.add_names(names)

    # Preview

    def _on_form_changed(self) -> None:
        self._want_preview()

    def _on_window_activated(self) -> None:
        if self._window is None or self._is_writing:
            return
        wish = self._window.form.wish()
        if wish.blocks in ("shown", "file") or wish.way == "lists":
            self._want_preview()  # the review may show other blocks by now, and a file may have been corrected

    def _want_preview(self) -> None:
        """Nothing can be handed out until the table shows what would be."""
        self._generation += 1
        self._plan = None
        if self._window is not None:
            self._window.set_pending()
            self._soon.start()

    def _on_preview_due(self) -> None:
        window, session = self._window, self._session
        if window is None or session is None:
            return
        if self._listing.is_scanning:
            window.set_preview([], "The data folder is still being read: wait until all blocks are known.", "faint")
            return
        wish, generation, known = window.form.wish(), self._generation, self._known
        judged = self._judged_now(session)
        blocks = self._all_blocks()
        shown = self._shown_blocks() if wish.blocks == "shown" else ()

        def work(job: Job) -> Previewed:
            from app.hand_out import Facts, NotYetError, make_plan
            from core.voting.assignment import AssignmentError

            try:
                plan = make_plan(wish, Facts(blocks, shown, judged, known.gold, known.latest))
            except (AssignmentError, StorageError) as error:
                return Previewed(generation, None, str(error), not isinstance(error, NotYetError))
            return Previewed(generation, plan)

        self._jobs.start("assign preview", work, self._on_previewed, self._on_preview_failed)

    def _on_previewed(self, answer: Previewed) -> None:
        window = self._window
        if answer.generation != self._generation or window is None:
            return
        self._plan = answer.plan
        if answer.plan is None:
            window.set_preview([], answer.sentence, "error" if answer.is_error else "faint")
            self._record.write("assign_previewed", text=answer.sentence)
            return
        known = {*self._known.names, *self._known.latest, *self._judged_names()}
        rows = answer.plan.rows
        texts = [preview_row(row.annotator not in known, *row) for row in rows]
        text = summary(len(rows), sum(row.blocks for row in rows), answer.plan.notes)
        window.set_preview(texts, text, "warning" if answer.plan.notes else "faint")
        self._record.write("assign_previewed", text=text, rows=texts)

    def _judged_names(self) -> Sequence[str]:
        return tuple(self._judged or ())

    def _on_preview_failed(self, error: Exception) -> None:
        if self._window is not None:
            self._window.set_preview([], f"This cannot be computed: {_sentence(error)}", "error")

    # Writing

    def _on_hand_out_requested(self, name: str) -> None:
        window, plan = self._window, self._plan
        if window is None or plan is None or self._is_writing:
            return
        if not name.strip():
            window.set_said("Give the hand-out a name first: the annotators see it.", "error")
            window.focus_name()
            return
        blocks, people = sum(row.blocks for row in plan.rows), len(plan.rows)
        said = f"“{name.strip()}” is handed out: {count(blocks, 'block')} to {count(people, 'annotator')}."
        self._write(name, plan.queues, plan.replaced, said)

    def _on_take_back_requested(self, annotator: str) -> None:
        known = self._known.latest.get(annotator)
        if known is not None and not self._is_writing:
            said = f"“{known.name}” is taken back from {annotator}."
            self._write(f"{known.name[:180]} (taken back)", {annotator: []}, {annotator: known.id}, said)

    def _write(self, name: str, queues: Mapping[str, Sequence[str]], replaced: Mapping[str, str], said: str) -> None:
        session, files, window = self._session, self._files, self._window
        if session is None or files is None or window is None:
            return
        admin = session.annotator
        self._is_writing = True
        generation = self._looks = self._looks + 1  # what a look that is under way finds is of before
        self._is_looking = False
        window.set_busy(True)
        window.set_said("Writing…")

        def work(job: Job) -> Written:
            try:
                files.read()
                now = {who: files.latest[who].id for who in queues if who in files.latest}
                if now != replaced:
                    raise StorageError(_MEANWHILE)
                files.hand_out(admin, name, queues, host_name())
            except StorageError as error:
                return Written(generation, str(error), is_done=False)
            return Written(generation, said, is_done=True)

        self._jobs.start("assign", work, self._on_written, self._on_write_failed)

    def _on_written(self, answer: Written) -> None:
        if answer.generation == self._looks:
            self._end_writing(answer.text, answer.is_done)

    def _on_write_failed(self, error: Exception) -> None:
        if self._is_writing:
            self._end_writing(_sentence(error), is_done=False)

    def _end_writing(self, text: str, is_done: bool) -> None:
        self._is_writing = False
        self._record.write("assigned" if is_done else "assign_failed", text=text)
        if self._window is not None:
            self._window.set_busy(False)
            self._window.set_said(text, "faint" if is_done else "error")
            if is_done:
                self._window.clear_name()
            self.look()
            self._want_preview()


def _sentence(error: Exception) -> str:
    return str(error) or type(error).__name__
