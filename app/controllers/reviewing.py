"""The review: its window, the table filled and kept up to date from the store, and the block on screen there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.controllers.deferring import single_shot
from app.models.screen import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from app.controllers.tabulating import Tabulating
    from app.jobs import Jobs
    from app.log import EventRecord
    from app.models.block_list import BlockList
    from app.models.quality_list import QualityList
    from app.models.review_table import ReviewTable
    from app.models.screen import OnScreen
    from app.models.session import Session
    from app.settings import DataSetSettings, Settings
    from app.viewer import Viewer
    from app.views.main_window import MainWindow
    from app.views.review_rows import Cell
    from app.views.review_window import ReviewWindow
    from storage.follower import Unread
    from storage.review import Review

_FOLLOW_MS = 250
"""So often what changed is looked for: what others decide is in the state by the work of Saving."""
_STEP = 5000
"""Blocks that are read from the state at once: some twenty milliseconds."""
_FEW = 200
"""So many changed blocks are read one by one; many, as after a step about all rows, by columns."""
_GROW_MS = 200
"""So often blocks that a scan finds come into the table."""


class Reviewing(QObject):
    """Only for admins, whatever asks. The window and its canvas are made when it is first opened, and kept.

    While the window is open, `review` and the blocks of `table` are there; when it closes they are let go, and what
    was loaded for its canvas as well.
    """

    window_made = Signal(object)
    """The ReviewWindow, once: `window`, `viewer` and `table` are there from now on."""
    session_set = Signal(object)
    """The Session whose store is being reviewed, or None: the window has closed."""
    block_shown = Signal(str)
    """A block, after the first frame with it."""
    settings_changed = Signal()

    def __init__(
        self,
        is_plain: bool,
        jobs: Jobs,
        main: MainWindow,
        blocks: BlockList,
        quality: QualityList,
        settings: Settings,
        record: EventRecord,
    ) -> None:
        super().__init__()
        self._is_plain, self._jobs, self._main = is_plain, jobs, main
        self._blocks, self._quality, self._settings = blocks, quality, settings
        self._record = record.of_window("review")
        self._session: Session | None = None
        self._data_set: DataSetSettings | None = None
        self._saved = ("saved", "saved", "")
        self._focus_points: dict[str, tuple[float, float, float]] = {}
        self._direction = 1
        self._read_to = 0  # blocks that are in the table
        self._others: set[str] = set()
        self._unread: tuple[Unread, ...] = ()
        self.older_unread: tuple[Unread, ...] = ()  # snapshots
        self.window: ReviewWindow | None = None
        self.review: Review | None = None
        self.table: ReviewTable | None = None
        self.viewer: Viewer | None = None
        self._rows: Tabulating | None = None
        self.slots: dict[str, Callable[[], None]] = {}
        """What answers the actions of the window; others add theirs."""
        self._fill = single_shot(self, self._on_fill_due)
        self._grow = single_shot(self, self._on_fill_due, _GROW_MS)
        self._follow = QTimer(self)
        self._follow.setInterval(_FOLLOW_MS)
        self._follow.timeout.connect(self.take_changes)
        blocks.added.connect(self._on_blocks_added)

    # Who, and the way in

    def set_session(self, session: Session | None, data_set: DataSetSettings | None = None) -> None:
        """Another annotator or data set; the window closes."""
        self.close()
        if self._session is not None:
            self._session.decided.disconnect(self._on_session_decided)
        self._session, self._data_set = session, data_set
        self._focus_points = {}
        may_ask = session is not None and (session.store.is_admin or bool(session.review_problem))
        self._main.offer_review(may_ask)
        if session is not None:
            session.decided.connect(self._on_session_decided)

    def open_window(self) -> None:
        """Show the review; who is no admin gets nothing, or the sentence of why nobody can review."""
        session = self._session
        if session is None:
            return
        if session.review_problem:
            self._main.area.messages.tell(session.review_problem, "warning")
            self._record.write("message", level="warning", text=session.review_problem)
            return
        if not session.store.is_admin:
            return
        window = self.window or self._make()
        if self.review is None:
            self._begin(session)
        window.show()
        window.raise_()
        window.activateWindow()
        window.focus_work()

    def close(self) -> None:
        """Leave the review."""
        if self.window is not None and self.window.isVisible():
            self.window.close()

    def stop(self) -> None:
        """The program ends."""
        self.close()
        if self.viewer is not None:
            self.viewer.stop()

    @property
    def is_open(self) -> bool:
        """Whether somebody reviews."""
        return self.review is not None

    def act(self, name: str) -> None:
        """An action of the table of actions, asked for in the window."""
        self._record.write("action", name=name)
        slot = self.slots.get(name)
        if slot is not None:
            slot()

    # Going from block to block

    def current_block(self) -> str:
        """The block that is wanted on screen; empty for none."""
        return self.viewer.screen.now.block_id if self.viewer is not None else ""

    def next_row(self) -> None:
        """The block one row on."""
        self._step(1)

    def previous_row(self) -> None:
        """The block one row back."""
        self._step(-1)

    def go_to(self, block: str) -> None:
        """Bring a block of the data set to the screen."""
        place = self._blocks.place_of(block)
        if place is not None:
            self._show_place(place)

    def _step(self, steps: int) -> None:
        if self._rows is None or self.window is None:
            return
        place = self._rows.step(steps)
        if place is None:
            where = "after" if steps > 0 else "before"
            self.window.area.messages.tell(f"There is no block {where} this one in the table.")
            return
        self._show_place(place)

    def _show_place(self, place: int) -> None:
        assert self._rows is not None and self.viewer is not None
        now = self.viewer.screen.now.place
        if place != now and now >= 0:
            self._direction = 1 if self._rows.step(1) == place else -1 if self._rows.step(-1) == place else 1
        self._rows.set_current(place)
        self.viewer.opening.open(place)

    def _neighbours(self) -> list[int]:
        return self._rows.neighbours(self._direction) if self._rows is not None else []

    # From the store to the table

    def take_changes(self) -> None:
        """Bring what was decided since the last time into the table; called often, and by whoever has just decided."""
        if self.review is None or self.table is None or self._session is None or self._fill.isActive():
            return  # what changes while the table is being filled is taken afterwards
        changed = self.review.changed()
        if changed:
            began = time.perf_counter()
            people = self.review.annotators()
            if tuple(people) != self.table.annotators:
                self.table.set_annotators(people)
            known = [block for block in changed if self.table.place_of(block) is not None]
            if len(known) <= _FEW:
                self.table.put(self.review.rows(known))
            else:
                self.table.replace(known, *self._read(known))
            self._others |= {block for block in changed if self._blocks.place_of(block) is None}
            self._tell_badge()
            self._tell_others()
            spent = 1000 * (time.perf_counter() - began)
            self._record.write("review_changed", blocks=sorted(changed)[:100], count=len(changed), ms=spent)
        self._tell_unread()

    def _begin(self, session: Session) -> None:
        from storage.review import Review

        assert self.window is not None and self.viewer is not None and self.table is not None
        assert self._rows is not None and self._data_set is not None
        self.review = Review(session.store.state)
        self._read_to = 0
        self.window.setWindowTitle(f"Review - {session.store.root.name or session.store.root} - {session.annotator}")
        from app.views.class_bar import ClassItem

        self.window.set_classes([ClassItem(c.number, c.key, c.name, c.color) for c in session.classes.classes])
        self.window.classes.set_saved(*self._saved)
        self.window.classes.set_enabled(False)
        self._rows.set_session(session)
        self.viewer.opening.reset()
        self.viewer.set_session(session, self._data_set)
        self.viewer.viewing.set_focus_points(self._focus_points)
        self.table.set_annotators(self.review.annotators())
        self._others = {block for block in self.review.blocks() if self._blocks.place_of(block) is None}
        self._unread = self.older_unread = ()
        self._tell_unread()
        self._tell_others()
        self._follow.start()
        self.session_set.emit(session)
        self._on_fill_due()

    def _on_fill_due(self) -> None:
        """Read the next blocks; the table shows them when all that are known are there."""
        if self.review is None or self.table is None:
            return
        first, end = self._read_to, len(self._blocks)
        ids = [block.id for block in self._blocks.blocks[first : first + _STEP]]
        if ids:
            self.table.append(ids, *self._read(ids))
            self._read_to += len(ids)
        if self._read_to < end:
            self._fill.start()
            return
        self.table.refresh()
        self._others = {block for block in self._others if self._blocks.place_of(block) is None}
        self._tell_others()
        self._record.write("review_filled", blocks=self._read_to, annotators=list(self.table.annotators))
        self._show_first()

    def _read(
        self, ids: list[str]
    ) -> tuple[NDArray[np.int32], list[int | None], list[bool], list[tuple[tuple[str, str], ...]]]:
        """What the state has of these blocks, as the table takes it."""
        assert self.review is not None and self.table is not None
        comments, flagged = self.review.comments(), self.review.flagged()
        return (
            self.review.votes(ids, self.table.annotators),
            self.review.finals(ids),
            [block in flagged for block in ids],
            [comments.get(block, ()) for block in ids],
        )

    def _show_first(self) -> None:
        assert self._rows is not None and self.viewer is not None
        if self.viewer.screen.now.stage is Stage.NOTHING:
            place = self._rows.first()
            if place is not None:
                self._show_place(place)

    def _on_blocks_added(self) -> None:
        if self.review is not None and not self._fill.isActive() and not self._grow.isActive():
            self._grow.start()

    def _on_session_decided(self) -> None:
        self.take_changes()

    # The window

    def _make(self) -> ReviewWindow:
        # nobody needs any of it at the start
        from app.controllers.drawing import make_canvas
        from app.controllers.tabulating import Tabulating
        from app.models.current_view import MAX_INTERVAL_MS, MIN_INTERVAL_MS
        from app.models.review_table import ReviewTable
        from app.viewer import Viewer
        from app.views.review_window import ReviewWindow

        canvas, notice = make_canvas(self._is_plain)
        self.table = ReviewTable()
        window = self.window = ReviewWindow(canvas.native, (MIN_INTERVAL_MS, MAX_INTERVAL_MS), self._cells_at)
        if notice:
            window.area.messages.tell(notice, "warning")
        self._rows = Tabulating(self._jobs, self.table, window, self._settings, self._record)
        viewer = self.viewer = Viewer(
            window, canvas, self._jobs, self._blocks, self._quality, self._settings, self._neighbours, self._record
        )
        if self._settings.review_splitter:
            window.set_splitter(self._settings.review_splitter)
        viewer.settings_changed.connect(self.settings_changed)
        viewer.screen.changed.connect(self._on_screen_changed)
        viewer.opening.skip_requested.connect(self.next_row)
        self._rows.settings_changed.connect(self.settings_changed)
        self._rows.place_requested.connect(self._show_place)
        window.action_requested.connect(self.act)
        window.closed.connect(self._on_window_closed)
        self.slots |= {
            "next_block": self.next_row,
            "previous_block": self.previous_row,
            "filter": window.panel.focus_filter,
            "sort_rows": window.panel.grid.open_sort_menu,
            "choose_columns": window.panel.grid.open_columns_menu,
            "close_review": self.close,
        } | viewer.slots
        self.window_made.emit(window)
        return window

    def _cells_at(self, position: int) -> Sequence[Cell]:
        assert self._rows is not None
        return self._rows.cells_at(position)

    def _on_window_closed(self) -> None:
        assert self.window is not None and self.viewer is not None and self.table is not None and self._rows is not None
        self._settings.review_splitter = self.window.splitter()
        self.settings_changed.emit()
        for timer in (self._follow, self._fill, self._grow):
            timer.stop()
        if self.review is not None:
            self.review.close()
            self.review = None
        self.viewer.reset()
        self._rows.set_session(None)
        self.table.clear()
        self._others.clear()
        self.session_set.emit(None)
        self._record.write("review_closed")

    # What is shown

    def set_focus_points(self, points: Mapping[str, tuple[float, float, float]]) -> None:
        """Block id -> voxel (z, y, x)."""
        self._focus_points = dict(points)
        if self.viewer is not None and self.is_open:
            self.viewer.viewing.set_focus_points(self._focus_points)

    def set_saved(self, state: str, text: str, tip: str) -> None:
        """How it stands with what was decided, as the main window shows it."""
        self._saved = (state, text, tip)
        if self.window is not None:
            self.window.classes.set_saved(state, text, tip)

    def _on_screen_changed(self, now: OnScreen) -> None:
        self._record.write("page", name=now.stage.value, text="", block=now.block_id)
        if now.stage is not Stage.LOADING:
            self._tell_badge()
        if now.stage is Stage.SHOWN:
            self.block_shown.emit(now.block_id)

    def _tell_badge(self) -> None:
        """The final label of the block on screen; votes are not told here: names may be hidden."""
        assert self.window is not None and self.viewer is not None and self.table is not None
        now, session = self.viewer.screen.now, self._session
        place = self.table.place_of(now.block_id)
        is_there = now.stage not in (Stage.NOTHING, Stage.FAILED) and place is not None and session is not None
        self.window.classes.set_enabled(is_there)
        if not is_there or place is None or session is None:
            self.window.area.set_badge("", "")
            self.window.classes.set_marks(None, False, False, "")
            return
        final = self.table.row(place).final
        known = session.class_of(final)
        words = "No final label" if final is None else f"{known.key}  {known.name}" if known else f"class {final}"
        self.window.area.set_badge(f"{words}\n{now.block_id}", known.color if known else "#77777C")
        self.window.classes.set_marks(final, False, False, "")

    def _tell_others(self) -> None:
        if self._rows is not None:
            self._rows.set_others(len(self._others))

    def _tell_unread(self) -> None:
        """Whose files could not be read: by name, and the sentences under the mouse."""
        unread = self._session.store.unread + self.older_unread if self._session is not None else ()
        if self.window is None or unread == self._unread:
            return
        self._unread = unread
        names = sorted({one.annotator for one in unread})
        text = f"Not everything of {', '.join(names)} could be read; the rest is here." if names else ""
        self.window.panel.set_notice(text, "\n".join(one.sentence for one in unread))
        self._record.write("review_unread", names=names)
