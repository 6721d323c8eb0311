"""A report as a job: all that it is made from, copied, so that nothing changes while it is computed. Imports no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.agreement.report import make_report
from app.agreement.votes import vote_table
from core.errors import Cancelled
from storage.errors import StorageError
from storage.gold import gold_file, read_gold
from storage.roles import read_roles

if TYPE_CHECKING:
    from pathlib import Path

    from app.agreement.report import AgreementReport
    from app.agreement.votes import Answers
    from app.jobs import Job
    from core.images.blocks import Block
    from core.voting.consensus import ConsensusRule
    from storage.classes import ClassDef


@dataclass(frozen=True, eq=False)
class AgreementWork:
    """All that a report is made from; `root` is the annotations folder, `rule` the one that the review uses."""

    generation: int
    root: Path
    roles_file: Path
    classes: tuple[ClassDef, ...]
    data_name: str
    blocks: list[Block]
    answers: list[Answers]
    finals: dict[str, tuple[int, str]]
    rule: ConsensusRule

    def run(self, job: Job) -> tuple[int, AgreementReport | None]:
        """Return the report, None where it was cancelled."""
        from core.voting.consensus import RULE_NAMES, ConsensusRule

        quorum = self.rule if self.rule.name == "quorum" else ConsensusRule("quorum", 2, 0.5)
        rules = [quorum if name == "quorum" else ConsensusRule(name) for name in RULE_NAMES]
        ids = [block.id for block in self.blocks]
        notes: list[str] = []
        gold: dict[str, int] = {}
        try:
            gold = read_gold(gold_file(self.root), self.classes, read_roles(self.roles_file), set(ids))
        except StorageError as error:
            notes.append(str(error))

        def progress(done: int, of: int) -> None:
            job.tell((self.generation, done, of))

        try:
            table = vote_table(ids, self.answers, self.finals, gold, self.classes, notes)
            cancelled = job.is_cancelled
            return self.generation, make_report(table, self.data_name, rules, cancelled=cancelled, progress=progress)
        except Cancelled:
            return self.generation, None
