"""A few letters find an action."""

from __future__ import annotations

import pytest

from app.action_search import FoundAction, search

NEXT = FoundAction("next_block", "Next block", "Go", key="Down")
NEXT_FREE = FoundAction("next_free", "Next block without a class", "Go", key="N")
BLIND = FoundAction("blind", "Names", "Decide", tip="Show who voted what")
BRUSH = FoundAction("brush", "Brush", "Tools", key="P", refusal="only while painting (P)")
BRUSHES = FoundAction("shape", "Round or square brush", "Tools")
ALL = [NEXT, NEXT_FREE, BLIND, BRUSH, BRUSHES]


def names(query: str, recent: tuple[str, ...] = ()) -> list[str]:
    return [one.name for one in search(query, ALL, recent)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("next", ["next_block", "next_free"]),
        ("block class", ["next_free"]),
        ("CLASS next", ["next_free"]),
        ("voted", ["blind"]),  # from the tip
        ("go", ["next_block", "next_free"]),  # from the menu
        ("nxb", ["next_block", "next_free"]),
        ("lock", []),  # within a word
        ("down", ["next_block"]),
        ("zzz", []),
        ("a+(", []),
        ("brush", ["shape", "brush"]),  # what cannot be done now comes last
    ],
)
def test_words_find(query: str, found: list[str]) -> None:
    assert names(query) == found


def test_recent_ones_come_first_among_equals() -> None:
    assert names("") == ["next_block", "next_free", "blind", "shape", "brush"]
    assert names("", ("shape", "blind", "brush")) == ["shape", "blind", "next_block", "next_free", "brush"]
    assert names("next", ("next_free",)) == ["next_free", "next_block"]
    assert names("names", ("next_free",)) == ["blind"]
