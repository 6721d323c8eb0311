"""Agreement of each pair of annotators: percent and Cohen's kappa, over all classes and for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.voting.estimates import Estimates, Why, estimates, for_all_classes, ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class PairAgreement:
    """Agreement of each pair of annotators, over the blocks on which both voted.

    Each figure has the shape (1 + classes, annotators, annotators) and is symmetric: index 0 for all classes, index c
    for class c against the rest; `blocks` in it is the overlap. `percent` is the share of blocks on which both agree,
    0 to 1; `kappa` is Cohen's kappa, -1 to 1. The diagonal is NaN.
    """

    percent: Estimates
    kappa: Estimates

    def for_all_classes(self, used: NDArray[np.int64], classes: int) -> PairAgreement:
        """Return it for all classes where it was computed for those `used` alone."""
        return PairAgreement(*(for_all_classes(figure, used, classes) for figure in (self.percent, self.kappa)))


def pair_features(hot: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what each block adds for the pairs (0, 1), (0, 2), ... (1, 2), ...: shape (blocks, pairs * 3 * classes).

    `hot` (blocks, annotators, classes) is 1 at each vote. For each pair there are, for each class: 1 if both chose it;
    1 if the first did and the second voted; 1 if the second did and the first voted.
    """
    blocks, annotators, classes = hot.shape
    has_voted = hot.sum(axis=2, keepdims=True)
    columns = np.empty((blocks, annotators * (annotators - 1) // 2, 3, classes), np.float32)
    start = 0
    for first in range(annotators - 1):
        of_first = hot[:, first, np.newaxis]
        others = hot[:, first + 1 :]
        here = columns[:, start : start + others.shape[1]]
        np.multiply(of_first, others, out=here[:, :, 0])
        np.multiply(of_first, has_voted[:, first + 1 :], out=here[:, :, 1])
        np.multiply(has_voted[:, first, np.newaxis], others, out=here[:, :, 2])
        start += others.shape[1]
    return columns.reshape(blocks, columns[0].size if blocks else columns.shape[1] * 3 * classes)


def pair_agreement(sums: NDArray[np.float64], annotators: int, classes: int, level: float) -> PairAgreement:
    """Return the agreement from the sums of `pair_features`, shape (1 + samples, pairs * 3 * classes)."""
    agree, first, second = np.moveaxis(sums.reshape(len(sums), -1, 3, classes), 2, 0)
    figures = two_raters(agree, first, second, level)
    return PairAgreement(*(_as_matrix(figure, annotators) for figure in figures))


def two_raters(
    agree: NDArray[np.float64], first: NDArray[np.float64], second: NDArray[np.float64], level: float
) -> tuple[Estimates, Estimates]:
    """Return percent agreement and Cohen's kappa of two raters, each of the shape (1 + classes, pairs).

    All three have the shape (1 + samples, pairs, classes): on how many blocks both chose the class, the first did, the
    second did, of those that both have seen.

    Source: J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20
    (1960), 37-46. For class c against the rest it is that of the table of two by two.
    """
    agree, first, second = (np.moveaxis(counts, 2, 1) for counts in (agree, first, second))  # classes before pairs
    total = first.sum(axis=1, keepdims=True)
    # against the rest, both agree where both chose the class or neither did
    observed = ratio(_joined(agree.sum(axis=1, keepdims=True), total - first - second + 2 * agree), total)
    products = first * second
    each = products + (total - first) * (total - second)
    by_chance = ratio(_joined(products.sum(axis=1, keepdims=True), each), total**2)
    kappa = 1 - ratio(1 - observed, np.where(by_chance < 1, 1 - by_chance, 0))
    overlap = np.broadcast_to(total[0], observed.shape[1:])
    chosen = _joined(total[0][np.newaxis], (first[0] + second[0])[np.newaxis])[0]
    why_percent = np.where(chosen == 0, Why.CLASS_NOT_USED, Why.DEFINED)
    why_percent = np.where(overlap == 0, Why.NO_OVERLAP, why_percent).astype(np.int64)
    is_sure = (why_percent == Why.DEFINED) & np.isnan(kappa[0])
    why_kappa = np.where(is_sure, Why.ONE_CLASS, why_percent).astype(np.int64)
    return estimates(observed, overlap, why_percent, level), estimates(kappa, overlap, why_kappa, level)


def _joined(whole: NDArray[np.float64], each: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([whole, each], axis=1)


def _as_matrix(figure: Estimates, annotators: int) -> Estimates:
    """Return figures of shape (..., pairs) as symmetric matrices (..., annotators, annotators)."""
    rows, columns = np.triu_indices(annotators, 1)

    def matrix(values: NDArray[Any], diagonal: float) -> NDArray[Any]:
        made = np.full((*values.shape[:-1], annotators, annotators), diagonal, values.dtype)
        made[..., rows, columns] = values
        made[..., columns, rows] = values
        return made

    return Estimates(
        matrix(figure.value, np.nan),
        matrix(figure.low, np.nan),
        matrix(figure.high, np.nan),
        matrix(figure.blocks, 0),
        matrix(figure.why, Why.SAME_ANNOTATOR),
    )
