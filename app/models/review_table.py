"""The table of the review: votes, consensus and final label of all blocks, filtered and sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.models.review_row import NOT_COMPUTED, ReviewFilter, ReviewRow, Status
from core.voting.consensus import ConsensusRule, find_consensus
from core.voting.votes import MOST_CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from core.voting.consensus import Consensus, RuleName
    from storage.review import BlockReview

Comments = tuple[tuple[str, str], ...]

FIRST_COLUMNS = ("block", "consensus", "votes", "final", "status", "share")
LAST_COLUMNS = ("comments",)
LARGEST_SHOWN = 2**31 - 1
"""A class number above it, which can only be a slip, is shown as this one."""
_BY = "@"


def annotator_of(column: str) -> str:
    """Whose votes stand in a column; empty for the columns that are nobody's."""
    return column[1:] if column.startswith(_BY) else ""


class ReviewTable(QObject):
    """Blocks have a place, their number in the data set, which stays; and a position among the rows that are shown.

    A row whose block changed keeps its position until the next sort or filter, even if it belongs elsewhere by now:
    nothing jumps under the hand of who works through the table.
    """

    columns_changed = Signal()
    rows_changed = Signal()
    """Other rows are shown, or in another order."""
    blocks_changed = Signal(object)
    """Places (a list) of blocks about which something else is known."""
    consensus_changed = Signal()
    """The consensus of all blocks is another."""
    votes_changed = Signal()
    """By the rule Dawid-Skene, the consensus is to be computed anew: that takes long, so somebody else does it."""

    def __init__(self) -> None:
        super().__init__()
        self.rule = ConsensusRule()
        self.filter = ReviewFilter()
        self.sorted_by = ("status", False)
        """Column, and whether the greatest comes first."""
        self.is_blind = True
        self.annotators: tuple[str, ...] = ()
        self.ids: list[str] = []
        self.clear()

    # The blocks

    def clear(self) -> None:
        """Forget all blocks and annotators; rule, filter and order stay."""
        self.annotators = ()
        self.ids = []
        self._folded: list[str] = []
        self._places: dict[str, int] = {}
        self._comments: list[Comments] = []
        self.votes: NDArray[np.int32] = np.zeros((0, 0), np.int32)
        self._finals = np.zeros(0, np.int64)
        self._flagged = np.zeros(0, np.bool_)
        self._classes = np.zeros(0, np.int64)
        self._share = np.zeros(0)
        self._count = np.zeros(0, np.int64)
        self._different = np.zeros(0, np.int64)
        self._status = np.zeros(0, np.int8)
        self.shown: NDArray[np.int64] = np.zeros(0, np.int64)
        """Places of the blocks that are shown, in their order."""
        self._positions = np.zeros(0, np.int64)
        self.columns_changed.emit()
        self.rows_changed.emit()

    def set_annotators(self, names: Sequence[str]) -> None:
        """Who has a column: sorted, those of before among them. New ones have no votes yet."""
        if tuple(names) == self.annotators:
            return
        table = np.zeros((len(self.ids), len(names)), np.int32)
        for column, name in enumerate(names):
            if name in self.annotators:
                table[:, column] = self.votes[:, self.annotators.index(name)]
        self.votes, self.annotators = table, tuple(names)
        self.columns_changed.emit()

    def append(
        self,
        ids: Sequence[str],
        votes: NDArray[np.int32],
        finals: Sequence[int | None],
        flagged: Iterable[bool],
        comments: Sequence[Comments],
    ) -> None:
        """Add blocks at the end; `votes` has the shape (blocks, annotators), 0 for none. `refresh` shows them."""
        first = len(self.ids)
        self.ids.extend(ids)
        self._folded.extend([block.casefold() for block in ids])
        self._places.update({block: place for place, block in enumerate(ids, first)})
        self._comments.extend(comments)
        self.votes = np.concatenate([self.votes, votes])
        self._finals = np.concatenate([self._finals, np.array(_numbers(finals), np.int64)])
        self._flagged = np.concatenate([self._flagged, np.array(list(flagged), np.bool_)])

    def refresh(self) -> None:
        """Compute all anew and show what the filter lets through."""
        self._compute()
        self._arrange()

    def put(self, blocks: Iterable[BlockReview]) -> None:
        """Take in what is known by now of these blocks; others than those of the table are passed over."""
        columns = {name: column for column, name in enumerate(self.annotators)}
        changed = []
        for one in blocks:
            place = self._places.get(one.block)
            if place is None:
                continue
            votes = np.zeros(len(self.annotators), np.int32)
            for name, vote in one.votes.items():
                if vote.label is not None and name in columns:
                    votes[columns[name]] = min(vote.label, LARGEST_SHOWN)
            self.votes[place] = votes
            self._finals[place] = _numbers([one.final.label if one.final is not None else None])[0]
            self._flagged[place] = any(vote.is_flagged for vote in one.votes.values())
            self._comments[place] = tuple((name, vote.comment) for name, vote in one.votes.items() if vote.comment)
            changed.append(place)
        self._take_changed(changed)

    def replace(
        self,
        ids: Sequence[str],
        votes: NDArray[np.int32],
        finals: Sequence[int | None],
        flagged: Iterable[bool],
        comments: Sequence[Comments],
    ) -> None:
        """Take in what is known by now of many blocks, all of which the table has; see `append`."""
        changed = [self._places[block] for block in ids]
        self.votes[changed] = votes
        self._finals[changed] = _numbers(finals)
        self._flagged[changed] = list(flagged)
        for place, texts in zip(changed, comments, strict=True):
            self._comments[place] = texts
        self._take_changed(changed)

    def _take_changed(self, changed: list[int]) -> None:
        if not changed:
            return
        self._compute(np.array(changed))
        self.blocks_changed.emit(changed)
        if self.rule.name == "dawid-skene":
            self.votes_changed.emit()

    def place_of(self, block: str) -> int | None:
        """The place of a block; None if the table has no such block."""
        return self._places.get(block)

    def row(self, place: int) -> ReviewRow:
        """What is known of the block at a place."""
        votes = {name: label for name, label in zip(self.annotators, self.votes[place].tolist(), strict=True) if label}
        return ReviewRow(
            self.ids[place],
            place,
            votes,
            int(self._finals[place]) or None,
            int(self._classes[place]),
            float(self._share[place]),
            Status(int(self._status[place])),
            bool(self._flagged[place]),
            self._comments[place],
        )

    def shown_rows(self) -> list[ReviewRow]:
        """All rows that are shown, in their order."""
        return [self.row(place) for place in self.shown.tolist()]

    def is_shown(self, block: str) -> bool:
        """Whether the filter lets a block through."""
        place = self._places.get(block)
        return place is not None and place < len(self._positions) and bool(self._positions[place] >= 0)

    def positions_of(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where blocks stand among the rows that are shown; -1 for those that are not shown."""
        return self._positions[places]

    def counts(self) -> dict[Status, int]:
        """How many blocks have each status."""
        return {
            status: int(count) for status, count in zip(Status, np.bincount(self._status, minlength=6), strict=True)
        }

    def reaching(self, fewest_votes: int, smallest_share: float) -> tuple[dict[str, int], int]:
        """Return the consensus of the rows that are shown, are not decided and reach a quorum, by block id.

        A quorum is so many votes for the consensus, and this share (0 to 1) of all votes on the block. The number
        returned beside it says how many of these blocks are flagged.
        """
        at = self.shown
        # Counted here: an estimated consensus can be behind the votes
        of_it = (self.votes[at] == self._classes[at, np.newaxis]).sum(axis=1)
        # 0.6 of 5 are 3
        enough = (of_it >= fewest_votes) & (of_it >= smallest_share * self._count[at] - 1e-9)
        found = at[enough & (self._classes[at] > 0) & (self._finals[at] == 0)]
        labels = zip(found.tolist(), self._classes[found].tolist(), strict=True)
        return {self.ids[place]: label for place, label in labels}, int(self._flagged[found].sum())

    # The rule

    def set_rule(self, name: RuleName, fewest_votes: int = 1, smallest_share: float = 0.0) -> None:
        """How votes become a consensus; see core.voting.consensus. Raises ValueError for what cannot be."""
        rule = ConsensusRule(name, fewest_votes, smallest_share)
        if rule != self.rule:
            self.rule = rule
            self._classes[:] = NOT_COMPUTED
            self._compute()
            self.consensus_changed.emit()

    def set_consensus(self, found: Consensus) -> None:
        """What Dawid-Skene gave for the votes of the table."""
        if found.rule == self.rule and len(found.classes) == len(self.ids):
            self._classes, self._share = found.classes.copy(), found.share.copy()
            self.consensus_changed.emit()

    def counted_votes(self) -> NDArray[np.int32]:
        """A copy of the votes that count, for another thread: class numbers that can only be slips are left out."""
        return np.where(self.votes > MOST_CLASSES, 0, self.votes).astype(np.int32)

    @property
    def is_computing(self) -> bool:
        """Whether the consensus of some block is not known yet."""
        return bool((self._classes == NOT_COMPUTED).any())

    def _compute(self, places: NDArray[np.int64] | None = None) -> None:
        """Find consensus, share and status of the blocks at `places`, or of all."""
        is_slow = self.rule.name == "dawid-skene"
        total = len(self.ids)
        if places is None:
            places = np.arange(total)
            old = self._classes
            self._classes = np.full(total, NOT_COMPUTED, np.int64)
            self._classes[: len(old)] = old[:total]
            self._share, self._count = np.full(total, np.nan), np.zeros(total, np.int64)
            self._different, self._status = np.zeros(total, np.int64), np.zeros(total, np.int8)
            if is_slow:
                self.votes_changed.emit()
        votes = self.votes[places]
        found = find_consensus(
            np.where(votes > MOST_CLASSES, 0, votes), ConsensusRule("open") if is_slow else self.rule
        )
        if not is_slow:
            self._classes[places] = found.classes
        self._share[places], self._count[places] = found.share, found.votes
        self._different[places] = found.different
        self._status[places] = np.select(
            [
                self._finals[places] > 0,
                self._flagged[places],
                found.different > 1,
                found.votes > 1,
                found.votes == 1,
            ],
            [Status.DECIDED, Status.FLAGGED, Status.DISAGREE, Status.AGREE, Status.SINGLE],
            Status.EMPTY,
        )

    # What is shown

    def columns(self) -> tuple[str, ...]:
        """The columns by name; annotators have one each, unless their names are hidden."""
        by = () if self.is_blind else tuple(_BY + name for name in self.annotators)
        return (*FIRST_COLUMNS, *by, *LAST_COLUMNS)

    def set_blind(self, is_blind: bool) -> None:
        """Hide who voted what, or show it. An order or a filter that would tell it ends."""
        if is_blind == self.is_blind:
            return
        self.is_blind = is_blind
        self.columns_changed.emit()
        if is_blind and (annotator_of(self.sorted_by[0]) or self.filter.annotator):
            if annotator_of(self.sorted_by[0]):
                self.sorted_by = ("status", False)
            self.filter = ReviewFilter(**{**vars(self.filter), "annotator": ""})
            self._arrange()

    def set_filter(self, wanted: ReviewFilter) -> None:
        """Show only these blocks."""
        self.filter = wanted
        self._arrange()

    def set_sort(self, column: str, is_descending: bool) -> None:
        """Sort by a column; equal rows stand in the order of the blocks, and what is empty comes last."""
        if column not in self.columns():
            return
        self.sorted_by = (column, is_descending)
        self._arrange()

    def _arrange(self) -> None:
        places = np.nonzero(self._passing())[0]
        column, is_descending = self.sorted_by
        keys = self._keys(column)[places]
        self.shown = places[np.argsort(-keys if is_descending else keys, kind="stable")]
        self._positions = np.full(len(self.ids), -1, np.int64)
        self._positions[self.shown] = np.arange(len(self.shown))
        self.rows_changed.emit()

    def _keys(self, column: str) -> NDArray[np.float64]:
        """What the blocks are sorted by; NaN, which comes last either way, for nothing."""
        match column:
            case "block":
                return np.arange(len(self.ids), dtype=np.float64)
            case "consensus":
                return _or_nan(self._classes)
            case "votes":
                return _or_nan(self._count)
            case "final":
                return _or_nan(self._finals)
            case "share":
                return self._share
            case "comments":
                ranks = {texts: rank for rank, texts in enumerate(sorted({_texts(c) for c in self._comments}), 1)}
                return _or_nan(np.array([ranks[_texts(c)] if c else 0 for c in self._comments], np.int64))
            case "status":
                return self._status.astype(np.float64)
        return _or_nan(self.votes[:, self.annotators.index(annotator_of(column))])

    def _passing(self) -> NDArray[np.bool_]:
        wanted, passing = self.filter, np.ones(len(self.ids), np.bool_)
        if wanted.status is not None:
            passing &= self._status == wanted.status
        if wanted.is_flagged:
            passing &= self._flagged
        if wanted.fewer_than:
            passing &= self._count < wanted.fewer_than
        if wanted.annotator in self.annotators:
            of_one = self.votes[:, self.annotators.index(wanted.annotator)]
            passing &= of_one == wanted.label if wanted.label is not None else of_one > 0
        elif wanted.label is not None:
            passing &= (
                (self.votes == wanted.label).any(axis=1)
                | (self._finals == wanted.label)
                | (self._classes == wanted.label)
            )
        if wanted.text:
            text = wanted.text.casefold()
            passing &= np.fromiter(
                (
                    text in block or any(text in comment.casefold() for _, comment in comments)
                    for block, comments in zip(self._folded, self._comments, strict=True)
                ),
                np.bool_,
                len(self.ids),
            )
        return passing


def _or_nan(numbers: NDArray[Any]) -> NDArray[np.float64]:
    return np.where(numbers > 0, numbers, np.nan)


def _texts(comments: Comments) -> tuple[str, ...]:
    """The texts alone, sorted: their order must not tell whose they are."""
    return tuple(sorted(text.casefold() for _, text in comments))


def _numbers(labels: Iterable[int | None]) -> list[int]:
    """Return class numbers with 0 for none; one that is too large, which can only be a slip, as the largest shown."""
    return [min(label or 0, LARGEST_SHOWN) for label in labels]
