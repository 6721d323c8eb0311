"""Agreement of all annotators together: percent, Fleiss' kappa, Krippendorff's alpha, over all classes and for each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from core.voting.estimates import Estimates, Why, estimates, for_all_classes, ratio
from core.voting.votes import class_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class GroupAgreement:
    """Agreement of all annotators together, over the blocks with two votes or more.

    Each figure has the shape (1 + classes,): index 0 for all classes, index c for class c against the rest. Only blocks
    with two votes or more count, all of them alike in `percent` and `fleiss`, by their votes in `alpha`.

    percent
        Mean over the blocks of the share of pairs of votes that agree, 0 to 1.
    fleiss
        Fleiss' kappa, -1 to 1.
    alpha
        Krippendorff's alpha for nominal data, -1 to 1.

    `votes` are those on these blocks, `fewest` and `most` the votes on one of them (0 where there is none).
    """

    percent: Estimates
    fleiss: Estimates
    alpha: Estimates
    votes: int
    fewest: int
    most: int

    def for_all_classes(self, used: NDArray[np.int64], classes: int) -> GroupAgreement:
        """Return it for all classes where it was computed for those `used` alone."""
        percent, fleiss, alpha = (
            for_all_classes(figure, used, classes) for figure in (self.percent, self.fleiss, self.alpha)
        )
        return replace(self, percent=percent, fleiss=fleiss, alpha=alpha)


def group_features(votes: NDArray[np.int64], classes: int) -> NDArray[np.float64]:
    """Return what each block adds: shape (blocks, 1 + 4 * classes).

    Column 0 is 1 for a block with n >= 2 votes, and all columns are 0 for others. Then for each class with k votes on
    the block: k / n; the share of ordered pairs of votes that are this class first and another second,
    k (n - k) / (n (n - 1)); k; and k (n - k) / (n - 1).
    """
    counts = class_counts(votes, classes).astype(np.float64)
    total = counts.sum(axis=1, keepdims=True)
    counts *= total >= 2
    total = np.maximum(counts.sum(axis=1, keepdims=True), 2)  # of blocks that do not count; there all is 0
    split = counts * (total - counts) / (total - 1)
    counted = (counts.sum(axis=1, keepdims=True) > 0).astype(np.float64)
    return np.concatenate([counted, counts / total, split / total, counts, split], axis=1)


def group_agreement(sums: NDArray[np.float64], votes: NDArray[np.int64], classes: int, level: float) -> GroupAgreement:
    """Return the agreement from the sums of `group_features`, shape (1 + samples, 1 + 4 * classes).

    Sources: J. L. Fleiss, Measuring nominal scale agreement among many raters, Psychological Bulletin 76 (1971),
    378-382, for as many votes on each block. For unequal numbers, each block counts alike in the observed agreement and
    in the shares of the classes (K. L. Gwet, Handbook of Inter-Rater Reliability, 4th ed. 2014, chapter 2, but with the
    shares from the blocks with two votes or more). Class c against the rest is Fleiss' kappa_j.
    K. Krippendorff, Computing Krippendorff's alpha-reliability (2011), section C, with n(n - 1) pairs by chance.
    """
    blocks = sums[:, :1]
    share, split, count, pairs = np.split(sums[:, 1:], 4, axis=1)
    share = ratio(share, blocks)
    total = count.sum(axis=1, keepdims=True)
    observed = ratio(_all_and_each(split), blocks)
    fleiss = 1 - ratio(observed, _all_and_each(share * (1 - share)))
    by_chance = ratio(_all_and_each(count * (total - count)), total - 1)
    alpha = 1 - ratio(_all_and_each(pairs), by_chance)
    numbers = class_counts(votes, classes).sum(axis=1)
    numbers = numbers[numbers >= 2]
    why_percent, why_kappa = _reasons(count[0])
    counted = np.broadcast_to(blocks[0], (1 + classes,))
    return GroupAgreement(
        estimates(1 - observed, counted, why_percent, level),
        estimates(fleiss, counted, why_kappa, level),
        estimates(alpha, counted, why_kappa, level),
        int(numbers.sum()),
        int(numbers.min(initial=numbers.max(initial=0))),
        int(numbers.max(initial=0)),
    )


def _all_and_each(split: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the disagreement over all classes, then that of each class against the rest: (rows, 1 + classes).

    `split` (rows, classes) weighs the ordered pairs with the class first and another one second. Over all classes each
    pair is there once, at its first vote; against the rest the pairs with the class second come on top, which are as
    many.
    """
    return np.concatenate([split.sum(axis=1, keepdims=True), 2 * split], axis=1)


def _reasons(count: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return why percent and kappa are not defined, shape (1 + classes,), from the votes for each class."""
    total = count.sum()
    percent = np.where(count == 0, Why.CLASS_NOT_USED, Why.DEFINED)
    kappa = np.where(count == total, Why.ONE_CLASS, percent)
    both = [
        np.concatenate([[Why.DEFINED], percent]),
        np.concatenate([[Why.ONE_CLASS if (count == total).any() else Why.DEFINED], kappa]),
    ]
    percent, kappa = (np.where(total == 0, Why.NO_OVERLAP, why).astype(np.int64) for why in both)
    return percent, kappa
