"""How well annotators agree: with each other, in pairs, and with references; all figures with bootstrap intervals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.errors import Cancelled, never
from core.voting.bootstrap import quiet, resampled_sums
from core.voting.confusion import Confusion, confusion, confusion_features
from core.voting.group_agreement import GroupAgreement, group_agreement, group_features
from core.voting.pair_agreement import PairAgreement, pair_agreement, pair_features
from core.voting.votes import checked_reference, checked_votes, class_total, one_hot, renumbered, used_classes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from core.voting.bootstrap import Features

SAMPLES = 1000
LEVEL = 0.95


@dataclass(frozen=True)
class Agreement:
    """How well annotators agree, and how it was computed.

    `blocks` counts those with a vote, which were resampled. `confusions` has the names of the references as keys.
    """

    blocks: int
    annotators: int
    classes: int
    samples: int
    level: float
    seed: int
    group: GroupAgreement
    pairs: PairAgreement
    confusions: dict[str, Confusion] = field(default_factory=dict)


def measure_agreement(
    votes: NDArray[Any],
    classes: int = 0,
    references: Mapping[str, NDArray[Any]] | None = None,
    *,
    samples: int = SAMPLES,
    level: float = LEVEL,
    seed: int = 0,
    cancelled: Callable[[], bool] = never,
    progress: Callable[[int, int], None] = quiet,
) -> Agreement:
    """Return the agreement of `votes`, shape (blocks, annotators), 0 for no vote, with at least `classes` classes.

    `references` are class numbers, shape (blocks,), 0 where the answer is not known, by name (`consensus`, `final`,
    `gold`). Intervals hold `level` (0 to 1) of `samples` resamples of the blocks (see core/voting/bootstrap.py); blocks
    without a vote are left out first. `progress` is told how many steps are done, of how many.

    Raises
    ------
    ValueError
        The table is not one of votes, or a reference has no class for each block (core/voting/votes.py); a level that
        is not between 0 and 1; a negative number of samples.
    Cancelled
        `cancelled` returned True.
    """
    if not 0 < level < 1 or samples < 0:
        raise ValueError("An interval needs a level between 0 and 1, and no negative number of samples.")
    table = checked_votes(votes)
    answers = {name: checked_reference(answer, len(table)) for name, answer in (references or {}).items()}
    total = max([class_total(table, classes), *(class_total(answer) for answer in answers.values())])
    has_vote = (table > 0).any(axis=1)
    table = table[has_vote]
    used = used_classes(table, *answers.values())
    table = renumbered(table, used)
    answers = {name: renumbered(answer[has_vote], used) for name, answer in answers.items()}
    number = len(used)

    def of_group(part: slice) -> NDArray[np.float64]:
        return group_features(table[part], number)

    def of_pairs(part: slice) -> NDArray[np.float32]:
        return pair_features(one_hot(table[part], number))

    def against(answer: NDArray[np.int64]) -> Features:
        return lambda part: confusion_features(one_hot(table[part], number), one_hot(answer[part], number))

    features: list[Features] = [of_group, of_pairs, *(against(answer) for answer in answers.values())]
    group, pairs, *rest = resampled_sums(len(table), features, samples, seed, cancelled, progress)
    annotators = table.shape[1]
    if cancelled():
        raise Cancelled
    return Agreement(
        len(table),
        annotators,
        total,
        samples,
        level,
        seed,
        group_agreement(group, table, number, level).for_all_classes(used, total),
        pair_agreement(pairs, annotators, number, level).for_all_classes(used, total),
        {
            name: confusion(sums, annotators, number, level).for_all_classes(used, total)
            for name, sums in zip(answers, rest, strict=True)
        },
    )
