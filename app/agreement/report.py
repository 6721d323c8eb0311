"""How well the annotators of a data set agree, and how fast they are: all figures of one report. Imports no Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from app.consensus_choice import RULE_TEXTS, rule_text
from core.errors import never
from storage.clock import now

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from app.agreement.votes import VoteTable
    from core.voting.agreement import Agreement
    from core.voting.consensus import ConsensusRule
    from core.voting.pace import Pace

FINAL, GOLD = "final", "gold"
LEVEL, SAMPLES, SEED = 0.95, 1000, 0
_OWN_VOTE = (
    "A consensus contains the annotator's own vote, so that agreement with it is greater than with the truth, the more "
    "so the fewer votes there are on a block."
)
_FINAL_TEXT = (
    "What the admins decided. They chose the blocks, often those in dispute: the figures hold for these blocks, not "
    "for all."
)
_GOLD_TEXT = "Blocks whose right class is known, from admin/gold.csv in the annotations folder."


class ReportClass(NamedTuple):
    """A class that is in the list or was chosen; `name` is empty where the list does not have it."""

    number: int
    name: str

    @property
    def text(self) -> str:
        """The number, and the name if there is one."""
        return f"{self.number} {self.name}".rstrip()


class Reference(NamedTuple):
    """What annotators are compared with; `blocks` have a known class, `votes` are those on them."""

    key: str
    title: str
    sentence: str
    blocks: int
    votes: int


@dataclass(frozen=True, eq=False)
class AgreementReport:
    """`blocks` are all of the data set, those without a vote too; `paces` are in the order of `annotators`.

    What is measured stands in `agreement`, whose confusions have the keys of `references`; see
    core/voting/agreement.py.
    """

    data_name: str
    made_at: str
    blocks: int
    annotators: tuple[str, ...]
    classes: tuple[ReportClass, ...]
    agreement: Agreement
    references: tuple[Reference, ...]
    paces: tuple[Pace, ...]
    notes: tuple[str, ...]

    @property
    def overlap(self) -> int:
        """Blocks with two votes or more."""
        return int(self.agreement.group.percent.blocks[0])

    def reference(self, key: str) -> Reference:
        """Return the reference of that key. KeyError if there is none."""
        for one in self.references:
            if one.key == key:
                return one
        raise KeyError(key)

    def with_references(self, keys: Sequence[str]) -> AgreementReport:
        """Return the report with some of its references only, those that it has of `keys`."""
        return replace(self, references=tuple(one for one in self.references if one.key in keys))


def consensus_key(rule: ConsensusRule) -> str:
    """Return the key of the reference that is the consensus by `rule`."""
    return f"consensus {rule_text(rule)}"


def reference_title(key: str) -> str:
    """Return what a reference is called: `Consensus: Quorum 2 0.6`."""
    if key in (FINAL, GOLD):
        return {FINAL: "Final labels", GOLD: "Gold blocks"}[key]
    name, _, rest = key.removeprefix("consensus ").partition(" ")
    texts = {str(rule): text for rule, text in RULE_TEXTS.items()}
    return f"Consensus: {texts[name]} {rest}".rstrip()


def make_report(
    table: VoteTable,
    data_name: str,
    rules: Sequence[ConsensusRule],
    *,
    samples: int = SAMPLES,
    seed: int = SEED,
    cancelled: Callable[[], bool] = never,
    progress: Callable[[int, int], None] | None = None,
) -> AgreementReport:
    """Return all figures of the votes, against the consensus by each of `rules`, the final labels and gold.

    Raises Cancelled, and ValueError for a negative number of samples.
    """
    from core.voting.agreement import measure_agreement
    from core.voting.bootstrap import quiet
    from core.voting.consensus import find_consensus
    from core.voting.pace import measure_pace
    from core.voting.votes import used_classes

    number = max(table.class_names, default=1)
    answers: dict[str, NDArray[np.int64]] = {
        consensus_key(rule): find_consensus(table.votes, rule, number, cancelled).classes for rule in rules
    }
    answers |= {FINAL: table.finals, GOLD: table.gold}
    agreement = measure_agreement(
        table.votes,
        number,
        answers,
        samples=samples,
        level=LEVEL,
        seed=seed,
        cancelled=cancelled,
        progress=progress or quiet,
    )
    used = used_classes(table.votes, *answers.values()).tolist() if table.annotators else []
    return AgreementReport(
        data_name,
        now(),
        len(table.votes),
        table.annotators,
        tuple(ReportClass(one, table.class_names.get(one, "")) for one in sorted({*table.class_names, *used})),
        agreement,
        tuple(_reference(key, answer, table.votes) for key, answer in answers.items()),
        tuple(measure_pace(table.voter, table.seconds, table.milliseconds, len(table.annotators))),
        table.notes,
    )


def _reference(key: str, answer: NDArray[np.int64], votes: NDArray[np.int64]) -> Reference:
    sentence = {FINAL: _FINAL_TEXT, GOLD: _GOLD_TEXT}.get(key, _OWN_VOTE)
    known = answer > 0
    return Reference(key, reference_title(key), sentence, int(known.sum()), int((votes[known] > 0).sum()))
