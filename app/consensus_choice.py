"""The rules of consensus by name, as the export and the review offer them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.export_table import Consensus

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

    Votes = npt.NDArray[np.int32]

COMPATIBLE = "compatible"


def compatible_consensus(votes: Votes) -> list[Consensus]:
    """Return the older program's consensus of votes of shape (blocks, annotators), 0 for none.

    Most votes win; of classes with equally many the smallest number.
    """
    found = []
    for row in votes.tolist():
        given = [label for label in row if label]
        counts = {label: given.count(label) for label in given}
        label = min(counts, key=lambda label: (-counts[label], label), default=None)
        found.append(Consensus(label, counts[label] / len(given) if label is not None else None))
    return found


RULES: dict[str, Callable[[Votes], list[Consensus]]] = {COMPATIBLE: compatible_consensus}
"""Each takes votes of shape (blocks, annotators), 0 for none, and gives one consensus for each block."""
