"""One row of the table of actions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ActionInfo:
    """One row: `keys` as Qt writes them, the first is shown; `repeats` while the key is held."""

    name: str
    menu: str
    text: str
    keys: tuple[str, ...] = ()
    repeats: bool = False
    checkable: bool = False
    tip: str = ""
    needs_blocks: bool = False
    """Does nothing while the list and the canvas are not on screen: it would act on a hidden page."""
    is_of_canvas: bool = False
    """Its keys mean something else in fields and lists: they count only while none of those has the keyboard."""
    window: str = "main"
    """Which windows have it: "main", "review" or "any"."""
    mode: str = "any"
    """In which mode of the keyboard it counts: "judge" a block, "paint" labels, or "any"."""
    begins_group: bool = False
    """Whether its menu has a line above it."""
