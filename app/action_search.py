"""Finds actions by a few letters of what they are called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class FoundAction:
    """An action as the palette lists it: `refusal` says why it cannot be done now, empty if it can."""

    name: str
    text: str
    menu: str
    tip: str = ""
    key: str = ""
    refusal: str = ""


_START, _WORD, _ELSEWHERE, _LETTERS = range(4)
"""How well a word fits, best first: the start of the name, of a word in it, a word of menu or tip, letters in a row."""


def search(query: str, actions: Sequence[FoundAction], recent: Sequence[str] = ()) -> list[FoundAction]:
    """Return the actions that have all words of the query: those that can be done first, then best fits, then recent.

    A word fits where a word begins with it, or where its letters come in this order with the first one at the start
    of a word: `nxb` finds “Next block”.
    """
    words = query.lower().split()
    place_of = {name: place for place, name in enumerate(recent)}
    scored: list[tuple[bool, int, int, int, FoundAction]] = []
    for place, action in enumerate(actions):
        fits = [_fit(word, action) for word in words]
        if None not in fits:
            score = sum(fit for fit in fits if fit is not None)
            scored.append((bool(action.refusal), score, place_of.get(action.name, len(recent)), place, action))
    return [entry[-1] for entry in sorted(scored, key=lambda entry: entry[:-1])]


def _fit(word: str, action: FoundAction) -> int | None:
    text = action.text.lower()
    if text.startswith(word):
        return _START
    if re.search(rf"\b{re.escape(word)}", text):
        return _WORD
    if re.search(rf"\b{re.escape(word)}", f"{action.menu} {action.tip}".lower()) or word == action.key.lower():
        return _ELSEWHERE
    letters = ".*?".join(map(re.escape, word))
    return _LETTERS if len(word) > 1 and re.search(rf"\b{letters}", text) else None
