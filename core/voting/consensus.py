"""What the votes on each block give: the majority rules, and the choice among all rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from core.errors import never
from core.voting.dawid_skene import DawidSkene, dawid_skene
from core.voting.votes import checked_votes, class_counts, renumbered, used_classes

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

RuleName = Literal["compatible", "open", "quorum", "dawid-skene"]
RULE_NAMES: tuple[RuleName, ...] = get_args(RuleName)


@dataclass(frozen=True)
class ConsensusRule:
    """How votes become a consensus; what is stored with final labels and exports.

    compatible
        Most votes win, a tie goes to the smallest class number: the rule of the older program. It leans towards
        small numbers.
    open
        Most votes win, a tie stays open.
    quorum
        The class with most votes wins if it has at least `fewest_votes` votes and at least `smallest_share` (0 to 1) of
        the votes on this block; otherwise, and in a tie, the block stays open.
    dawid-skene
        The most probable class, with the error rates of each annotator estimated from all blocks.

    Raises
    ------
    ValueError
        An unknown name, fewer than 1 vote, or a share outside 0 to 1.
    """

    name: RuleName = "compatible"
    fewest_votes: int = 1
    smallest_share: float = 0.0

    def __post_init__(self) -> None:
        if self.name not in RULE_NAMES:
            raise ValueError(f"There is no rule {self.name!r}; the rules are {', '.join(RULE_NAMES)}.")
        if self.fewest_votes < 1:
            raise ValueError("A quorum needs at least one vote.")
        if not 0 <= self.smallest_share <= 1:
            raise ValueError("The share of a quorum is from 0 to 1.")


@dataclass(frozen=True)
class Consensus:
    """The consensus of each block; all arrays have the shape (blocks,).

    `classes` are class numbers, 0 where the block is open or has no vote. `share` is the share of votes (0 to 1) for
    that class, or for the leading one where the block is open; NaN without votes. `votes` counts the votes and
    `different` the different classes voted: more than 1 is a disagreement. `is_tied` says that two or more classes have
    most votes. `estimate` holds what Dawid-Skene found, with that rule only.
    """

    rule: ConsensusRule
    classes: NDArray[np.int64]
    share: NDArray[np.float64]
    votes: NDArray[np.int64]
    different: NDArray[np.int64]
    is_tied: NDArray[np.bool_]
    estimate: DawidSkene | None = None


def find_consensus(
    votes: NDArray[Any], rule: ConsensusRule, classes: int = 0, cancelled: Callable[[], bool] = never
) -> Consensus:
    """Return the consensus of `votes`, shape (blocks, annotators), 0 for no vote, by `rule`.

    Numbers above the class list count like the others. What Dawid-Skene finds has room for at least `classes` classes.

    Raises
    ------
    ValueError
        The table is not one of votes (see core/voting/votes.py).
    Cancelled
        `cancelled` returned True (Dawid-Skene only; the other rules need milliseconds).
    """
    table = checked_votes(votes)
    used = used_classes(table)
    counts = class_counts(renumbered(table, used), len(used))
    total = counts.sum(axis=1)
    most = counts.max(axis=1)
    first = counts.argmax(axis=1)  # the smallest number of those that tie
    leading = np.where(total > 0, used[first], 0)
    is_tied = (total > 0) & ((counts == most[:, np.newaxis]).sum(axis=1) > 1)
    estimate = None
    match rule.name:
        case "compatible":
            chosen = leading
        case "open":
            chosen = np.where(is_tied, 0, leading)
        case "quorum":
            enough = (most >= rule.fewest_votes) & (most >= rule.smallest_share * total - 1e-9)  # 0.6 of 5 are 3
            chosen = np.where(enough & ~is_tied, leading, 0)
        case "dawid-skene":
            estimate = dawid_skene(table, classes, cancelled)
            chosen = estimate.classes
    shown = renumbered(np.where(chosen > 0, chosen, leading), used)
    of_shown = np.take_along_axis(counts, np.maximum(shown - 1, 0)[:, np.newaxis], axis=1)[:, 0]
    share = np.divide(of_shown, total, out=np.full(len(total), np.nan), where=total > 0)
    return Consensus(rule, chosen, share, total, (counts > 0).sum(axis=1), is_tied, estimate)
