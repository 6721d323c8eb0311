"""Each annotator against a reference: the consensus, the final labels, or gold blocks with known answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.voting.estimates import Estimates, Why, estimates, for_all_classes, ratio
from core.voting.pair_agreement import two_raters

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Confusion:
    """Each annotator against a reference, over the blocks that have both; class c is at index c - 1 of `counts`.

    counts
        (annotators, reference class, vote): numbers of blocks.
    correct
        (1 + classes, annotators), 0 to 1: index 0, the share of blocks on which the vote is the reference (accuracy);
        index c, that of the blocks with class c as reference (recall), with their number in `blocks`.
    precise
        (1 + classes, annotators), 0 to 1: index c, the share of votes for class c that are right (precision), with the
        number of these votes in `blocks`; index 0 is accuracy again.
    kappa
        (1 + classes, annotators), -1 to 1: Cohen's kappa with the reference; index c for class c against the rest.

    The bootstrap takes the reference as given. A consensus holds the annotator's own vote: agreement with it is greater
    than with the truth, the more so the fewer votes there are on a block.
    """

    counts: NDArray[np.int64]
    correct: Estimates
    precise: Estimates
    kappa: Estimates

    def for_all_classes(self, used: NDArray[np.int64], classes: int) -> Confusion:
        """Return it for all classes where it was computed for those `used` alone."""
        counts = np.zeros((len(self.counts), classes, classes), np.int64)
        counts[:, (used - 1)[:, np.newaxis], used - 1] = self.counts
        return Confusion(
            counts,
            for_all_classes(self.correct, used, classes, is_overlap=False),
            for_all_classes(self.precise, used, classes, is_overlap=False),
            for_all_classes(self.kappa, used, classes),
        )


def confusion_features(hot: NDArray[np.float32], reference: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what each block adds: shape (blocks, annotators * classes * classes), reference before vote.

    `hot` (blocks, annotators, classes) is 1 at each vote, `reference` (blocks, classes) at the known class.
    """
    blocks, annotators, classes = hot.shape
    both = reference[:, np.newaxis, :, np.newaxis] * hot[:, :, np.newaxis, :]
    return both.reshape(blocks, annotators * classes * classes)


def confusion(sums: NDArray[np.float64], annotators: int, classes: int, level: float) -> Confusion:
    """Return the confusion from the sums of `confusion_features`, shape (1 + samples, columns)."""
    tables = sums.reshape(len(sums), annotators, classes, classes)
    agree = np.diagonal(tables, axis1=2, axis2=3)
    of_reference, of_votes = tables.sum(axis=3), tables.sum(axis=2)
    _percent, kappa = two_raters(agree, of_reference, of_votes, level)
    return Confusion(
        np.rint(tables[0]).astype(np.int64),
        _shares(agree, of_reference, level),
        _shares(agree, of_votes, level),
        kappa,
    )


def _shares(agree: NDArray[np.float64], of: NDArray[np.float64], level: float) -> Estimates:
    """Return `agree / of`, over all classes and for each: inputs (1 + samples, annotators, classes)."""
    top, bottom = (
        np.moveaxis(np.concatenate([counts.sum(axis=2, keepdims=True), counts], axis=2), 2, 1) for counts in (agree, of)
    )
    why = np.where(bottom[0] == 0, Why.CLASS_NOT_USED, Why.DEFINED)
    why = np.where(bottom[0, 0] == 0, Why.NO_OVERLAP, why).astype(np.int64)
    return estimates(ratio(top, bottom), bottom[0], why, level)
