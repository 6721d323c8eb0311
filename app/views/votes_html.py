"""The votes on a block and its timeline as rich text; what people typed is never taken for HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from app.views.look import colors

if TYPE_CHECKING:
    from collections.abc import Sequence


class ShownClass(NamedTuple):
    """A class as it is written: its sign and name beside its colour."""

    key: str
    name: str
    color: str

    def text(self) -> str:
        """Sign and name."""
        return f"{self.key}  {self.name}".strip()


class VoteLine(NamedTuple):
    """One vote. `who` is empty where names are hidden, `chosen` None where only marks were set."""

    who: str
    chosen: ShownClass | None
    when: str = ""
    spent: str = ""
    marks: str = ""
    comment: str = ""


class PastLine(NamedTuple):
    """One decision of the timeline: what was done as words, or as a class after them; struck out if it was undone."""

    when: str
    who: str
    what: str
    chosen: ShownClass | None = None
    why: str = ""
    is_taken_back: bool = False
    objection: str = ""


_VOTE = "margin-top:0;margin-bottom:4px"
_UNDER = "margin-top:0;margin-bottom:4px;margin-left:14px"


def square(chosen: ShownClass) -> str:
    """The class as a small square in its colour, its sign, and its name."""
    return (
        f'<span style="color:{escape(chosen.color)}">■</span>&nbsp;<b>{escape(chosen.key)}</b>&nbsp; '
        f"{escape(chosen.name)}"
    )


def votes_html(votes: Sequence[VoteLine]) -> str:
    """One row for each vote."""
    if not votes:
        return _faint("Nobody has judged this block.")
    rows = []
    for vote in votes:
        said = square(vote.chosen) if vote.chosen is not None else _faint("no class")
        if vote.marks:
            said += f' &nbsp;<span style="color:{colors().warning}">{escape(vote.marks)}</span>'
        under = [f"<b>{escape(vote.who)}</b>"] if vote.who else []
        under += [_faint(escape(text)) for text in (vote.when, vote.spent) if text]
        rows.append(
            f'<p style="{_VOTE}">{said}<br>{" · ".join(under)}</p>' if under else f'<p style="{_VOTE}">{said}</p>'
        )
        if vote.comment:
            rows.append(f'<p style="{_UNDER}">“{_lines(vote.comment)}”</p>')
    return "".join(rows)


def timeline_html(lines: Sequence[PastLine], note: str) -> str:
    """All decisions about the block, in the order of time, and what is to be said of them."""
    rows = []
    for line in lines:
        said = escape(line.what)
        if line.chosen is not None:
            said = f"{said} {square(line.chosen)}".strip()
        if line.is_taken_back:
            said = f"<s>{said}</s> {_faint('taken back')}"
        if line.who:
            said = f"<b>{escape(line.who)}</b>&nbsp; {said}"
        rows.append(_row(said, line.when))
        for text in (line.why, line.objection):
            if text:
                rows.append(f'<tr><td colspan="2" style="padding-left:14px">{_faint(_lines(text))}</td></tr>')
    said_last = f"<p>{_faint(escape(note))}</p>" if note else ""
    return _table(rows) + said_last


def heading(text: str) -> str:
    """The title of a part."""
    return f'<p style="margin-top:8px;margin-bottom:2px;color:{colors().dim}">{escape(text)}</p>'


def _row(left: str, right: str) -> str:
    return f'<tr><td>{left}</td><td align="right" style="white-space:nowrap">{_faint(escape(right))}</td></tr>'


def _table(rows: Sequence[str]) -> str:
    return f'<table width="100%" cellspacing="0" cellpadding="1">{"".join(rows)}</table>' if rows else ""


def _faint(html: str) -> str:
    return f'<span style="color:{colors().dim}">{html}</span>'


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
