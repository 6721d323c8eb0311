"""The agreement of all annotators: computed in the background while its window is open, and anew when asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.agreement.grids import (
    annotator_grid,
    class_text,
    class_texts,
    confusion_grid,
    counted,
    headline,
    method,
    pace_grid,
    pair_grid,
    summary_grid,
)
from app.agreement.report import FINAL, GOLD, consensus_key
from app.agreement.votes import answers_of
from app.agreement.work import AgreementWork
from app.controllers.deferring import single_shot
from storage.errors import StorageError
from storage.review import Review
from storage.session_name import host_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from app.agreement.report import AgreementReport
    from app.agreement.votes import Answers
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.block_list import BlockList
    from app.models.review_table import ReviewTable
    from app.models.session import Session
    from app.views.agreement_window import AgreementWindow

_FOLLOW_MS = 1000
_NO_VOTES = "Nobody has given a block a class yet."


class Agreeing(QObject):
    """Copies what everybody decided, an annotator at a time, has the figures computed, and fills the window.

    A new decision changes nothing on screen but a sentence: the figures are computed anew when that is asked for.
    """

    def __init__(self, jobs: Jobs, blocks: BlockList, table: ReviewTable, parent: QWidget, record: EventRecord) -> None:
        super().__init__()
        self._jobs, self._blocks, self._table, self._parent, self._record = jobs, blocks, table, parent, record
        self._window: AgreementWindow | None = None
        self._session: Session | None = None
        self._roles_file, self._data_name = Path(), ""
        self._review: Review | None = None
        self._report: AgreementReport | None = None
        self._changed: set[str] = set()
        self._told_grown = False
        self._generation = 0
        self._job: Job | None = None
        self._copied: list[Answers] = []
        self._left: list[str] = []
        self._copy = single_shot(self, self._on_copy_due)
        self._follow = QTimer(self, interval=_FOLLOW_MS)
        self._follow.timeout.connect(self._on_follow_due)
        blocks.cleared.connect(self._on_blocks_cleared)

    def set_session(self, session: Session | None, data_name: str = "", roles_file: Path | None = None) -> None:
        """Another annotator or data set; None: it is left. `roles_file` says whose gold blocks count."""
        self._forget()
        self._session, self._data_name = session, data_name
        self._roles_file = roles_file or (session.store.root / "roles.json" if session is not None else Path())

    def open_window(self) -> None:
        """Show the window, for admins alone, and compute what is not known yet."""
        if self._session is None or not self._session.store.is_admin:
            return
        if self._window is None:
            self._window = self._make_window()
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        if self._review is None:
            self._review = Review(self._session.store.state)
        self._follow.start()
        if self._report is None and not self._is_busy:
            self.refresh()
            self._window.focus_figures()

    def refresh(self) -> None:
        """Compute all figures of what is decided now."""
        session = self._session
        if session is None or self._window is None or self._review is None:
            return
        self.stop()
        self._review.changed()
        self._changed.clear()
        self._copied = []
        self._left = self._review.annotators()
        self._window.set_progress(0, 0)
        self._copy.start()
        self._tell_state()

    def stop(self) -> None:
        """Compute no more; the figures on screen stay."""
        self._generation += 1
        self._copy.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._tell_state()

    @property
    def _is_busy(self) -> bool:
        return self._copy.isActive() or self._job is not None

    @property
    def _has_grown(self) -> bool:
        """Whether the scan has found blocks that the figures do not know."""
        return self._report is not None and self._report.blocks != len(self._blocks)

    def _forget(self) -> None:
        self.stop()
        self._follow.stop()
        if self._review is not None:
            self._review.close()
            self._review = None
        self._report = None
        self._changed.clear()
        if self._window is not None:
            self._show_report()
            self._window.close()

    def _on_blocks_cleared(self) -> None:
        self._forget()

    def _make_window(self) -> AgreementWindow:
        from app.views.agreement_window import AgreementWindow  # nobody needs it at the start

        window = AgreementWindow(self._parent)
        window.refresh_requested.connect(self.refresh)
        window.stop_requested.connect(self.stop)
        window.choice_requested.connect(self._on_choice_requested)
        window.save_requested.connect(self._on_save_requested)
        window.closed.connect(self._on_window_closed)
        return window

    def _on_window_closed(self) -> None:
        self._follow.stop()
        self.stop()

    # Computing

    def _on_copy_due(self) -> None:
        """Copy one annotator's decisions at a time: for 10,000 blocks that is a few milliseconds each."""
        session = self._session
        if session is None:
            return
        state = session.store.state
        if self._left:
            self._copied.append(answers_of(state, self._left.pop(0)))
            self._copy.start()
            return
        work = AgreementWork(
            self._generation,
            session.store.root,
            self._roles_file,
            tuple(session.classes.classes),
            self._data_name,
            list(self._blocks.blocks),
            self._copied,
            state.final_labels(),
            self._table.rule,
        )
        self._job = self._jobs.start(
            "agreement", work.run, self._on_computed, self._on_compute_failed, self._on_progressed
        )

    def _on_progressed(self, answer: tuple[int, int, int]) -> None:
        generation, done, of = answer
        if generation == self._generation and self._window is not None:
            self._window.set_progress(done, of)

    def _on_computed(self, answer: tuple[int, AgreementReport | None]) -> None:
        generation, report = answer
        if generation != self._generation or report is None:
            return
        self._job = None
        is_first, self._report = self._report is None, report
        self._show_report()
        if is_first and self._window is not None:
            self._window.set_reference(consensus_key(self._table.rule))
        self._tell_state()
        self._record.write("agreement_shown", annotators=list(report.annotators), overlap=report.overlap)

    def _on_compute_failed(self, error: Exception) -> None:
        self.stop()
        if self._window is not None:
            self._window.set_told(f"The figures could not be computed: {error}")

    def _on_follow_due(self) -> None:
        if self._review is None:
            return
        new = self._review.changed() - self._changed
        if new or self._has_grown != self._told_grown:
            self._changed |= new
            self._tell_state()

    # What is shown

    def _tell_state(self) -> None:
        if self._window is None:
            return
        report, changed = self._report, len(self._changed)
        text = f"Up to date ({report.made_at[11:19]} UTC)" if report is not None else "Nothing was computed yet (F5)"
        self._told_grown = self._has_grown
        if changed:
            text = f"Not up to date: {counted(changed, 'block')} changed since (F5)"
        elif self._told_grown:
            text = "Not up to date: the list of blocks has changed since (F5)"
        if self._is_busy:
            text = "Computing… the figures are those of before" if report is not None else "Computing…"
        has_figures = report is not None and bool(report.annotators)
        is_stale = (bool(changed) or self._told_grown) and not self._is_busy
        self._window.set_state(text, is_stale, self._is_busy, has_figures)

    def _show_report(self) -> None:
        window, report = self._window, self._report
        if window is None:
            return
        if report is None or not report.annotators:
            window.set_choices([], [])
            window.set_together(None, "", None)
            window.set_people("", "", None)
            window.set_confusion("", None)
            window.set_pace(None)
        else:
            window.set_choices(class_texts(report), [(one.title, one.key) for one in report.references])
            window.set_pace(pace_grid(report))
            self._show_choice(report, window)
        about = f"{headline(report)} {method(report)}" if report is not None and report.annotators else _NO_VOTES
        window.set_about(about if report is not None else "")
        window.set_notes(" ".join(report.notes) if report is not None else "")

    def _show_choice(self, report: AgreementReport, window: AgreementWindow) -> None:
        chosen, key, _ = window.chosen
        of_class = class_text(report, chosen)
        window.set_together(summary_grid(report), f"Cohen's kappa of each pair: {of_class}", pair_grid(report, chosen))
        reference = report.reference(key)
        on = f"{counted(reference.blocks, 'block')} with a known class, {counted(reference.votes, 'vote')} on them."
        title = f"Each annotator against it: {of_class}"
        window.set_people(f"{on} {reference.sentence}", title, annotator_grid(report, key, chosen))
        place = min(window.chosen[2], len(report.annotators) - 1)
        name = report.annotators[place]
        window.set_confusion(f"Votes of {name} (columns) where the reference says so (rows): numbers of blocks",
                             confusion_grid(report, key, place, chosen))  # fmt: skip

    def _on_choice_requested(self) -> None:
        if self._window is not None and self._report is not None and self._report.annotators:
            self._show_choice(self._report, self._window)

    # The file

    def _on_save_requested(self, name: str) -> None:
        report, window = self._report, self._window
        if report is None or window is None:
            return
        shown = window.chosen[1]
        consensus = shown if shown not in (FINAL, GOLD) else report.references[0].key
        report = report.with_references((consensus, FINAL, GOLD))
        self._jobs.start("small", _writing(Path(name), report), self._on_saved)

    def _on_saved(self, text: str) -> None:
        self._record.write("agreement_saved", text=text)
        if self._window is not None:
            self._window.set_told(text)


def _writing(path: Path, report: AgreementReport) -> Callable[[Job], str]:
    """Return the job that writes the report and says so."""

    def work(job: Job) -> str:
        from app.agreement.file import ENDINGS, write_report

        target = path if path.suffix.lower() in ENDINGS else path.with_name(f"{path.name}.html")
        try:
            notes = write_report(target, report, host_name())
        except StorageError as error:
            return str(error)
        return " ".join([f"Written to {target}.", *notes])

    return work
