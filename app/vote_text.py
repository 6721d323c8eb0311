"""Votes and decisions in words, for the review: who said what about a block, when, and why."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

from app.views.votes_html import PastLine, ShownClass, VoteLine
from storage.decision import OLDER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.classes import ClassDef
    from storage.history import Event
    from storage.review import Vote

_GREY = "#77777C"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WORDS = {
    ("clear", None): "took the class back",
    ("unsure", True): "unsure",
    ("unsure", False): "not unsure any more",
    ("flag", True): "flagged",
    ("flag", False): "flag taken away",
    ("comment", ""): "comment taken away",
    ("final-clear", None): "final label taken away",
}


def shown_class(number: int, classes: Sequence[ClassDef]) -> ShownClass:
    """Return how a class is written; of one that the class list does not have the number alone."""
    known = next((c for c in classes if c.number == number), None)
    return ShownClass(known.key, known.name, known.color) if known else ShownClass(str(number), "", _GREY)


def shuffled(names: Sequence[str], block: str, salt: str) -> list[str]:
    """Return the names in an order that is the same for a block as long as `salt` is, and says nothing about them.

    A vote that comes later is put between the others, which keep their order.
    """
    return sorted(names, key=lambda name: hashlib.blake2b(f"{salt}\0{block}\0{name}".encode(errors="replace")).digest())


def vote_lines(
    votes: Mapping[str, Vote], order: Sequence[str], classes: Sequence[ClassDef], has_names: bool
) -> list[VoteLine]:
    """Return one line for each vote, in `order`; without names no name is in them."""
    lines = []
    for name in order:
        vote = votes[name]
        chosen = shown_class(vote.label, classes) if vote.label is not None else None
        marks = "  ".join(
            text for text, is_set in (("? unsure", vote.is_unsure), ("⚑ flagged", vote.is_flagged)) if is_set
        )
        when = when_text(vote.time) if vote.time else ""
        lines.append(VoteLine(name if has_names else "", chosen, when, spent_text(vote.ms), marks, vote.comment))
    return lines


def past_lines(events: Sequence[Event], classes: Sequence[ClassDef], has_names: bool) -> list[PastLine]:
    """Return one line for each decision, oldest first. Who set a final label is told also without names."""
    lines = []
    for event in events:
        one = event.decision
        is_final = one.kind in ("final", "final-clear")
        value = one.value if one.value is None or isinstance(one.value, bool | str) else None  # newer kinds: anything
        what, chosen = _WORDS.get((one.kind, value), ""), None
        if one.kind in ("annotate", "final"):
            what = "final label" if is_final else ""
            chosen = shown_class(one.value, classes) if isinstance(one.value, int) else None
        elif not what:
            what = f"“{one.value}”" if one.kind == "comment" else f"{one.kind} {one.value}"
        if one.undoes is not None:
            what = f"undone, back to {what}".removesuffix("final label") if chosen is not None else f"undone: {what}"
        if one.source == OLDER:
            what = f"{what} (in the older program)".strip()
        why = " · ".join(part for part in (one.reason or "", f"rule: {one.rule}" if one.rule else "") if part)
        objection = f"does not count: {event.objection}" if has_names else "does not count"
        who = (one.by or one.annotator) if is_final else one.annotator
        lines.append(
            PastLine(
                when_text(one.t, has_seconds=True),
                who if has_names or is_final else "",
                what,
                chosen,
                why,
                event.taken_back_by is not None,
                objection if event.objection else "",
            )
        )
    return lines


def when_text(moment: str, has_seconds: bool = False) -> str:
    """Return a time of the store as the local clock says it, with the year unless it is this one."""
    local = datetime.fromisoformat(moment).astimezone()
    year = f" {local:%Y}" if local.year != datetime.now(local.tzinfo).year else ""
    clock = f"{local:%H:%M:%S}" if has_seconds else f"{local:%H:%M}"
    return f"{local.day} {_MONTHS[local.month - 1]}{year} {clock}"


def spent_text(ms: int | None) -> str:
    """Return how long somebody looked; empty where it is not known."""
    if ms is None:
        return ""
    seconds = ms / 1000
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
