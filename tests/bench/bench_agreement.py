"""How long consensus and agreement of many annotators take, with all bootstrap samples."""

from __future__ import annotations

import statistics
import time

import numpy as np
from numpy.typing import NDArray

from core.voting.agreement import SAMPLES, measure_agreement
from core.voting.consensus import ConsensusRule, find_consensus
from tests.bench.figures import Figure, Figures, median_ms

Classes = NDArray[np.int64]

_BLOCKS, _ANNOTATORS, _CLASSES = 10_000, 10, 5


def figures() -> Figures:
    """Return the figures of this file."""
    return {"consensus_ms": consensus, "dawid_skene_ms": dawid_skene, "agreement_s": agreement}


def consensus() -> Figure:
    """Measure the rule of the older program on 10,000 blocks and 10 annotators, the median of 9."""
    _truth, votes = _votes()
    return Figure(median_ms(lambda _: find_consensus(votes, ConsensusRule("compatible")), 9), "ms")


def dawid_skene() -> Figure:
    """Measure Dawid-Skene on 10,000 blocks and 10 annotators, the median of 5."""
    _truth, votes = _votes()
    return Figure(median_ms(lambda _: find_consensus(votes, ConsensusRule("dawid-skene")), 5), "ms")


def agreement() -> Figure:
    """Measure all figures of agreement with their intervals, against consensus, final labels and gold; median of 3."""
    truth, votes = _votes()
    return Figure(statistics.median(_seconds(truth, votes) for _ in range(3)), "s")


def _votes() -> tuple[Classes, Classes]:
    """Return true classes, and votes on four blocks of five that are right in seven of ten."""
    random = np.random.default_rng(0)
    truth = random.integers(1, _CLASSES + 1, _BLOCKS)
    shape = (_BLOCKS, _ANNOTATORS)
    votes = np.where(random.random(shape) < 0.7, truth[:, np.newaxis], random.integers(1, _CLASSES + 1, shape))
    return truth, np.where(random.random(shape) < 0.8, votes, 0)


def _seconds(truth: Classes, votes: Classes) -> float:
    started = time.perf_counter()
    found = find_consensus(votes, ConsensusRule("open")).classes
    gold = np.where(np.arange(_BLOCKS) % 10 == 0, truth, 0)
    measure_agreement(votes, _CLASSES, {"consensus": found, "final": truth, "gold": gold}, samples=SAMPLES)
    return time.perf_counter() - started
