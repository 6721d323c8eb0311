"""The review's table and its widget: cells, columns, filter, order, rule, and which row comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.consensus_choice import RULE_TEXTS
from app.models.review_row import NOT_COMPUTED, ReviewFilter, ReviewRow, Status
from app.models.review_table import annotator_of
from app.views.review_rows import Cell, Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.review_table import ReviewTable
    from app.models.session import Session
    from app.settings import Settings
    from app.views.review_window import ReviewWindow
    from core.voting.consensus import Consensus, RuleName

_COLUMNS = {
    "block": Column("block", "Block", "The block's id", 92),
    "consensus": Column("consensus", "Consensus", "What the votes give by the rule above", 98),
    "votes": Column(
        "votes", "Votes", "The numbers of the classes that were given; many are counted: class × votes", 122
    ),
    "final": Column("final", "Final", "The final label that an admin decided", 80),
    "status": Column("status", "Status", "Flagged and disagreeing blocks come first", 90),
    "share": Column("share", "Share", "Of the votes for the consensus, or for the leading class where it is open", 52),
    "comments": Column("comments", "Comments", "What annotators wrote", 220),
}
_BY_WIDTH = 96
_FEW_VOTES = 4
"""So many are shown one by one."""
_FEW_ROWS = 50
"""If more have changed, all that are seen are asked for anew."""
_STATUS_WORDS = {
    Status.FLAGGED: "⚑ flagged",
    Status.DISAGREE: "≠ disagree",
    Status.SINGLE: "1 single",
    Status.AGREE: "= agree",
    Status.EMPTY: "· no vote",
    Status.DECIDED: "✓ decided",
}
_STATUS_NAMES = {
    Status.FLAGGED: "Flagged",
    Status.DISAGREE: "Disagree",
    Status.SINGLE: "Single vote",
    Status.AGREE: "Agree",
    Status.EMPTY: "Not annotated",
    Status.DECIDED: "Decided",
}
_UNKNOWN_COLOR = "#8A8A90"
_NONE = Cell("", "–", role="faint")


class Tabulating(QObject):
    """Fed with the table's signals; asks for blocks by their place in it."""

    place_requested = Signal(int)
    settings_changed = Signal()

    def __init__(
        self, jobs: Jobs, table: ReviewTable, window: ReviewWindow, settings: Settings, record: EventRecord
    ) -> None:
        super().__init__()
        self._jobs, self._table, self._window, self._record = jobs, table, window, record
        self._settings = settings
        self._panel, self._grid = window.panel, window.panel.grid
        self._session: Session | None = None
        self._shown = table.shown
        self._columns: tuple[Column, ...] = ()
        self._current = -1
        self._position = 0  # of the current block when it was last among the rows
        self._estimating: Job | None = None
        self._is_estimating_again = False
        self._others = 0
        table.columns_changed.connect(self._on_columns_changed)
        table.rows_changed.connect(self._on_rows_changed)
        table.blocks_changed.connect(self._on_blocks_changed)
        table.consensus_changed.connect(self._on_consensus_changed)
        table.votes_changed.connect(self._estimate)
        self._panel.filter_requested.connect(self._on_filter_requested)
        self._panel.table_requested.connect(self._on_table_requested)
        self._panel.rule_requested.connect(self._on_rule_requested)
        self._grid.row_requested.connect(self._on_row_requested)
        self._grid.sort_requested.connect(self._on_sort_requested)
        self._grid.hidden_changed.connect(self._on_hidden_changed)
        self._panel.set_rules(
            [(text + ("…" if name == "quorum" else ""), name) for name, text in RULE_TEXTS.items()],
            settings.review_rule,
            settings.review_fewest,
            settings.review_share,
        )
        self._use_rule()
        self._grid.set_hidden(settings.review_hidden)
        self._grid.set_order(*table.sorted_by)
        self._on_columns_changed()

    def set_session(self, session: Session | None) -> None:
        """Whose classes there are; a new session begins with all blocks."""
        self._session = session
        self._current, self._position = -1, 0
        self._stop_estimating()
        self._panel.reset_filter()
        self._table.filter = ReviewFilter()
        classes = session.classes.classes if session else ()
        self._panel.set_classes([("Any class", None), *((f"{c.number} {c.name}", c.number) for c in classes)])

    def set_others(self, count: int) -> None:
        """So many blocks were judged that this data folder does not have."""
        self._others = count
        self._tell_summary()

    # Which block comes next

    def set_current(self, place: int) -> None:
        """The block that is wanted on screen."""
        self._current = place
        self._grid.set_current(self._position_of_current())

    def step(self, steps: int) -> int | None:
        """The place of the block so many rows on; None at the end.

        Where the block is not shown any more, the next one is the first row.
        """
        position = self._position_of_current()
        if position is None:
            position = self._position - (1 if steps > 0 else 0)
        position += steps
        return int(self._shown[position]) if 0 <= position < len(self._shown) else None

    def first(self) -> int | None:
        """The place of the first block shown."""
        return int(self._shown[0]) if len(self._shown) else None

    def neighbours(self, direction: int) -> list[int]:
        """Places that are likely wanted soon, the likeliest first."""
        steps = (direction, 2 * direction, -direction, 3 * direction)
        found = [self.step(step) for step in steps]
        return list(dict.fromkeys(place for place in found if place is not None))

    def _position_of_current(self) -> int | None:
        if not 0 <= self._current < len(self._table.ids):
            return None
        position = int(self._table.positions_of(np.array([self._current]))[0])
        if position < 0:
            return None
        self._position = position
        return position

    # Answers to the table

    def _on_columns_changed(self) -> None:
        self._columns = tuple(self._column(key) for key in self._table.columns())
        names = () if self._table.is_blind else self._table.annotators
        choices: list[tuple[str, object]] = [("Any annotator", ""), *((name, name) for name in names)]
        self._panel.set_annotators(choices if names else [])
        self._show(self._shown)

    def _on_rows_changed(self) -> None:
        self._show(self._table.shown)
        self._tell_summary()

    def _show(self, shown: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
        """Give the widget other rows; what was selected is selected again, and seen if the order is another."""
        old = self._shown
        chosen = old[[row for row in self._grid.selected_rows() if row < len(old)]]
        self._shown = shown
        total = len(self._table.ids)
        positions = self._table.positions_of(chosen[chosen < total]) if total else chosen[:0]
        fewer = min(len(old), len(shown))
        is_reordered = not np.array_equal(old[:fewer], shown[:fewer])
        selected = np.sort(positions[positions >= 0]).tolist()
        current = self._position_of_current()
        if current is None:
            self._position = 0  # going on means the first row
        elif not selected:
            selected = [current]
        self._grid.set_order(*self._table.sorted_by)
        self._grid.set_rows(self._columns, len(shown), current, selected, is_reordered)
        empty = "No block passes the filter." if total and not len(shown) else ""
        self._panel.set_empty(empty)

    def _on_blocks_changed(self, places: list[int]) -> None:
        positions = self._table.positions_of(np.array(places))
        if len(places) > _FEW_ROWS:
            self._grid.rows.set_changed()
        else:
            for position in positions[positions >= 0].tolist():
                self._grid.rows.set_changed(position)
        self._tell_summary()

    def _on_consensus_changed(self) -> None:
        self._grid.rows.set_changed()
        self._tell_summary()

    def _tell_summary(self) -> None:
        table = self._table
        counts = table.counts()
        total = len(table.ids)
        parts = [f"{len(self._shown):,} of {total:,} blocks" if len(self._shown) != total else f"{total:,} blocks"]
        parts += [
            f"{counts[status]:,} {_STATUS_WORDS[status][2:]}"
            for status in (Status.FLAGGED, Status.DISAGREE, Status.DECIDED)
            if counts[status]
        ]
        parts += [f"{self._others:,} judged that are not in this data folder"] if self._others else []
        parts += ["the consensus is being computed…"] if table.is_computing and total else []
        self._panel.set_summary("  ·  ".join(parts))
        choices: list[tuple[str, object]] = [("All blocks", None)]
        choices += [(f"{_STATUS_NAMES[status]} ({counts[status]:,})", status) for status in Status]
        self._panel.set_statuses(choices)

    # Wishes of the panel

    def _on_filter_requested(self, wish: dict[str, object]) -> None:
        self._table.set_filter(ReviewFilter(**wish))  # type: ignore[arg-type]
        self._record.write("review_rows", count=len(self._shown), first=self._first_ids())

    def _on_sort_requested(self, column: str, is_descending: bool) -> None:
        self._table.set_sort(column, is_descending)
        self._grid.set_order(*self._table.sorted_by)
        self._record.write("review_rows", count=len(self._shown), first=self._first_ids())

    def _on_table_requested(self) -> None:
        first = self.first()
        if first is not None and self._position_of_current() is None:
            self.place_requested.emit(first)

    def _on_row_requested(self, position: int) -> None:
        self.place_requested.emit(int(self._shown[position]))

    def _on_hidden_changed(self, hidden: list[str]) -> None:
        self._settings.review_hidden = hidden
        self.settings_changed.emit()

    def _on_rule_requested(self, name: str, fewest: int, share: float) -> None:
        settings = self._settings
        settings.review_rule, settings.review_fewest, settings.review_share = name, fewest, share
        self._use_rule()
        self.settings_changed.emit()

    def _first_ids(self) -> list[str]:
        return [self._table.ids[place] for place in self._shown[:20].tolist()]

    # The rule

    def _use_rule(self) -> None:
        name = self._settings.review_rule
        known: RuleName = next((known for known in RULE_TEXTS if known == name), "compatible")
        self._stop_estimating()
        if known == "quorum":
            self._table.set_rule(known, self._settings.review_fewest, self._settings.review_share)
        else:
            self._table.set_rule(known)
        if known == "dawid-skene" and self._estimating is None:
            self._estimate()

    def _estimate(self) -> None:
        """Have Dawid-Skene computed; votes that come meanwhile are in the next round."""
        if self._estimating is not None:
            self._is_estimating_again = True
            return
        votes, rule = self._table.counted_votes(), self._table.rule
        if not len(votes):
            return

        def work(job: Job) -> Consensus:
            from core.voting.consensus import find_consensus

            return find_consensus(votes, rule, cancelled=job.is_cancelled)

        self._estimating = self._jobs.start("consensus", work, self._on_estimated, self._on_estimate_failed)

    def _on_estimated(self, found: Consensus) -> None:
        self._estimating = None
        self._table.set_consensus(found)
        self._record.write("consensus_found", rule=found.rule.name)
        self._estimate_again()

    def _on_estimate_failed(self, error: Exception) -> None:
        self._estimating = None
        self._window.area.messages.tell(f"The consensus could not be computed: {error}", "error")

    def _estimate_again(self) -> None:
        if self._is_estimating_again:
            self._is_estimating_again = False
            self._estimate()

    def _stop_estimating(self) -> None:
        if self._estimating is not None:
            self._estimating.cancel()
            self._estimating = None
        self._is_estimating_again = False

    # Cells

    def cells_at(self, position: int) -> Sequence[Cell]:
        """What stands in a row of the widget."""
        row = self._table.row(int(self._shown[position]))
        return [self._cell(row, column.key) for column in self._columns]

    def _column(self, key: str) -> Column:
        name = annotator_of(key)
        return Column(key, name, f"The class that {name} gave", _BY_WIDTH) if name else _COLUMNS[key]

    def _cell(self, row: ReviewRow, key: str) -> Cell:
        match key:
            case "block":
                return Cell(row.block, row.block, cut="left")
            case "consensus":
                return self._consensus_cell(row)
            case "votes":
                numbers = sorted(row.votes.values())
                if not numbers:
                    return _NONE
                text = " ".join(map(str, numbers))
                if len(numbers) <= _FEW_VOTES:
                    return Cell(text, "", tuple((str(n), self._color(n)) for n in numbers))
                counted = [(n, numbers.count(n)) for n in sorted(set(numbers))]
                return Cell(text, "", tuple((f"{n}×{count}", self._color(n)) for n, count in counted))
            case "final":
                return self._class_cell(row.final)
            case "status":
                words = _STATUS_WORDS[row.status]
                if row.status is Status.DECIDED and row.is_flagged:  # also after it was decided somebody asks to look
                    words += " ⚑"
                is_urgent = row.status in (Status.FLAGGED, Status.DISAGREE)
                return Cell(words[2:], words, role="warning" if is_urgent else "faint")
            case "share":
                share = "" if np.isnan(row.share) else f"{100 * row.share:.0f} %"
                return Cell(share, share, is_number=True)
            case "comments":
                if self._table.is_blind:  # in an order that does not tell whose they are
                    text = "  |  ".join(sorted(text for _, text in row.comments))
                else:
                    text = "  |  ".join(f"{name}: {text}" for name, text in row.comments)
                return Cell(text, " ".join(text.split()))
        return self._class_cell(row.votes.get(annotator_of(key)))

    def _consensus_cell(self, row: ReviewRow) -> Cell:
        if row.consensus == NOT_COMPUTED:
            return Cell("", "…", role="faint")
        if not row.consensus:
            return Cell("open", "open", role="faint") if row.votes else _NONE
        return self._class_cell(row.consensus)

    def _class_cell(self, number: int | None) -> Cell:
        if not number:
            return _NONE
        known = self._session.class_of(number) if self._session else None
        name = known.name if known else "not in the list"
        return Cell(f"{number} {name}", name, ((str(number), self._color(number)),))

    def _color(self, number: int) -> str:
        known = self._session.class_of(number) if self._session else None
        return known.color if known else _UNKNOWN_COLOR
