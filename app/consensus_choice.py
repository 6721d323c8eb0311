"""The rules of consensus as people choose and read them, and what they give for an export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.export_table import Consensus

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from core.voting.consensus import ConsensusRule, RuleName

COMPATIBLE: RuleName = "compatible"
RULE_TEXTS: dict[RuleName, str] = {
    "compatible": "Majority, ties to the smallest number (compatible)",
    "open": "Majority, ties open",
    "quorum": "Quorum",
    "dawid-skene": "Dawid-Skene",
}


def rule_text(rule: ConsensusRule) -> str:
    """Return a rule as it is stored with final labels and exports, and can be read back by people: `quorum 2 0.6`."""
    if rule.name == "quorum":
        return f"quorum {rule.fewest_votes} {rule.smallest_share:g}"
    return rule.name


def exported_consensus(votes: npt.NDArray[np.int32], rule: ConsensusRule) -> list[Consensus]:
    """Return one consensus for each block of votes of shape (blocks, annotators), 0 for none."""
    from core.voting.consensus import find_consensus

    found = find_consensus(votes, rule)
    return [
        Consensus(label or None, share if count else None)
        for label, share, count in zip(found.classes.tolist(), found.share.tolist(), found.votes.tolist(), strict=True)
    ]
