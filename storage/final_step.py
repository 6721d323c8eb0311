"""Many final labels that are decided in one step, and taken back in one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from storage.clock import just_after
from storage.decision import Decision, is_valid
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.state import Final, State

LONGEST_REASON = 1000
"""Characters: it stands in each line of a step, of which there can be ten thousand."""


@dataclass(frozen=True)
class FinalStep:
    """What was decided at once: the lines, and what admins had decided before about each of their blocks.

    `kept` are, of a step that took another back, the blocks that were left as they are, because somebody has decided
    about them since.
    """

    decisions: tuple[Decision, ...] = ()
    before: Mapping[str, Final | None] = field(default_factory=dict)
    kept: tuple[str, ...] = ()


def setting(head: Decision, labels: Mapping[str, int | None], state: State, reason: str, rule: str) -> FinalStep:
    """Return the step that gives each block its final label (None: takes it away), with lines like `head`.

    All lines have one time, which tells that they are one step, and are numbered from `head` on.

    Raises StorageError for a reason that is too long, ValueError for a class or a block that cannot be.
    """
    if len(reason) > LONGEST_REASON:
        raise StorageError(f"The reason is too long. Use at most {LONGEST_REASON} characters.")
    lines, before = [], {}
    for n, (block, label) in enumerate(labels.items(), head.n):
        kind = "final" if label is not None else "final-clear"
        if not block or not is_valid(kind, label):
            raise ValueError(f"{kind} of {block!r} cannot be {label!r}")
        before[block] = old = state.final(block)
        prev = old.label if old is not None else None
        lines.append(_line(head, n, kind, block, label, prev, reason=reason or None, rule=rule or None))
    return FinalStep(tuple(lines), before)


def taking_back(head: Decision, step: FinalStep, state: State) -> FinalStep:
    """Return the step that gives each block of `step` what it had before, as the one who had decided that.

    Only where what `step` decided still holds; and a line counts just after the one that it takes back, so that
    what another admin decided meanwhile stays, also if it becomes known only later.
    """
    lines: list[Decision] = []
    before: dict[str, Final | None] = {}
    kept = []
    after: dict[str, str] = {}  # a step has few times, and a time is slow to read
    for one in step.decisions:
        rank = state.final_rank(one.block)
        if rank is None or rank[1:] != (one.session, one.n):
            kept.append(one.block)
            continue
        old = step.before[one.block]
        label = old.label if old is not None else None
        kind = "final" if label is not None else "final-clear"
        before[one.block] = state.final(one.block)
        if rank[0] not in after:
            after[rank[0]] = just_after(rank[0])
        line = _line(
            head,
            head.n + len(lines),
            kind,
            one.block,
            label,
            one.value,
            reason=(old.reason or None) if old is not None else None,
            rule=(old.rule or None) if old is not None else None,
            by=old.by if old is not None and old.by != head.annotator else None,
            undoes=one.n,
            after=after[rank[0]],
        )
        lines.append(line)
    return FinalStep(tuple(lines), before, tuple(kept))


def _line(
    head: Decision,
    n: int,
    kind: str,
    block: str,
    label: int | None,
    prev: int | None,
    reason: str | None = None,
    rule: str | None = None,
    by: str | None = None,
    undoes: int | None = None,
    after: str | None = None,
) -> Decision:
    """Make it from its parts: copying the head for each of ten thousand lines takes three times as long."""
    return Decision(
        head.v,
        head.t,
        n,
        head.annotator,
        head.session,
        kind,
        block,
        label,
        prev,
        head.ms,
        undoes,
        head.source,
        by if by is not None else head.by,
        reason,
        rule,
        after,
    )
