"""Votes and timelines in words: what they say, and what they must not say while names are hidden."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.views.votes_html import timeline_html, votes_html
from app.vote_text import past_lines, shown_class, shuffled, spent_text, vote_lines, when_text
from storage.classes import ClassDef
from storage.decision import Decision
from storage.history import Event
from storage.review import Vote

CLASSES = (ClassDef(1, "Cell", "#22AA44", "1"), ClassDef(2, "<i>Edge</i>", "#2266FF", "2"))
TIME = "2020-03-01T12:00:00.000000+00:00"
names = st.lists(st.text(min_size=1), unique=True, max_size=8)


@given(names, st.text(), st.text())
def test_a_shuffle_keeps_everybody_and_is_the_same_again(who: list[str], block: str, salt: str) -> None:
    order = shuffled(who, block, salt)
    assert sorted(order) == sorted(who)
    assert shuffled(list(reversed(who)), block, salt) == order
    assert shuffled(who[1:], block, salt) == [name for name in order if name != (who or [""])[0]]


def test_the_order_says_nothing_about_names() -> None:
    """Each of three comes first in about a third of the blocks, and elsewhere after another opening."""
    who = ["alice", "bob", "carol"]
    first = [shuffled(who, f"block_{n}", "salt")[0] for n in range(900)]
    assert all(240 < first.count(name) < 360 for name in who)
    assert first != [shuffled(who, f"block_{n}", "other")[0] for n in range(900)]


def test_votes_without_names_have_no_name_in_them() -> None:
    votes = {
        "zoe-annotator": Vote(1, TIME, 65_000, is_flagged=True, comment="<b>twice</b>"),
        "max-annotator": Vote(7, TIME, None, is_unsure=True),
        "eve-annotator": Vote(None, "", None, comment="only this"),
    }
    order = shuffled(list(votes), "b", "s")
    html = votes_html(vote_lines(votes, order, CLASSES, has_names=False))
    assert "annotator" not in html
    assert "&lt;b&gt;twice&lt;/b&gt;" in html
    for part in ("1 min 5 s", "⚑ flagged", "? unsure", "#22AA44", "<b>7</b>", "no class", "only this"):
        assert part in html
    assert all(name in votes_html(vote_lines(votes, order, CLASSES, has_names=True)) for name in votes)


def event(kind: str, value: object, who: str = "alice", **more: object) -> Event:
    taken_back_by, objection = more.pop("taken_back_by", None), more.pop("objection", "")
    decision = Decision(1, TIME, 1, who, "s", kind, "b", value, **more)  # type: ignore[arg-type]
    return Event(decision, Path("alice.jsonl"), 2, str(objection), taken_back_by)  # type: ignore[arg-type]


def test_a_timeline_tells_who_decided_but_not_who_voted() -> None:
    events = [
        event("annotate", 2, "bob"),
        event("flag", True, "bob"),
        event("annotate", 1, "mallory", objection="the file belongs to eve, which is no account of mallory"),
        event("final", 1, "ada", reason="a <shadow>", rule="compatible", taken_back_by=4),
        event("final-clear", None, "ada", undoes=3),
        event("final", 2, "ada", by="greta"),
        event("annotate", 1, "bob", source="older"),
        event("comment", "hm & so", "bob"),
    ]
    lines = past_lines(events, CLASSES, has_names=False)
    html = timeline_html(lines, "")
    assert not any(name in html for name in ("bob", "mallory", "eve"))
    assert [line.who for line in lines] == ["", "", "", "ada", "ada", "greta", "", ""]
    assert "<s>final label" in html
    assert html.count("taken back") == 1
    assert "a &lt;shadow&gt; · rule: compatible" in html
    assert "&lt;i&gt;Edge&lt;/i&gt;" in html
    assert "in the older program" in html
    assert "hm &amp; so" in html
    assert "undone: final label taken away" in html
    named = timeline_html(past_lines(events, CLASSES, has_names=True), "")
    assert "no account of mallory" in named
    assert [line.who for line in past_lines(events, CLASSES, has_names=True)][:3] == ["bob", "bob", "mallory"]


def test_a_class_that_the_list_does_not_have_is_its_number() -> None:
    assert shown_class(2**70, CLASSES).text() == str(2**70)


@pytest.mark.parametrize(
    ("ms", "text"), [(None, ""), (0, "0.0 s"), (3400, "3.4 s"), (125_000, "2 min 5 s"), (7_260_000, "2 h 1 min")]
)
def test_time_spent(ms: int | None, text: str) -> None:
    assert spent_text(ms) == text


def test_times_have_their_year_unless_it_is_this_one() -> None:
    assert " 2020 " in when_text("2020-07-15T12:00:00.000000+00:00")
    assert when_text("2020-07-15T12:00:30.000000+00:00", has_seconds=True).endswith(":30")


def test_a_line_of_a_kind_that_is_not_known_yet_is_told_as_it_is() -> None:
    (line,) = past_lines([event("cells", {"count": 3})], CLASSES, has_names=True)
    assert "cells" in line.what
