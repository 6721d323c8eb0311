"""Whether a key is free for an action: what else it means in the same windows and modes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from app.actions import ACTIONS, CHANNEL_KEYS, ONLY_KEYS, info
from app.key_map import keys_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.action_info import ActionInfo

_OF_CONTROLS = {
    "Tab": "goes from one control to the next",
    "Shift+Tab": "goes from one control to the one before",
    "Backtab": "goes from one control to the one before",
    "Escape": "closes fields and dialogs",
    "Esc": "closes fields and dialogs",
    "Return": "presses the control that has the keyboard",
    "Enter": "presses the control that has the keyboard",
    "Space": "presses the control that has the keyboard",
    "Shift+F10": "opens the menu of a control",
    "Menu": "opens the menu of a control",
}
"""Free only for an action that has it in the table."""


def portable(key: str) -> str:
    """The one way to write a key, the same on every system; empty for none that Qt knows."""
    sequence = QKeySequence(key)
    return sequence.toString(QKeySequence.SequenceFormat.PortableText) if sequence.count() == 1 else ""


def clash(
    name: str,
    key: str,
    class_keys: Mapping[str, str] | None = None,
    keys: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Why an action cannot have a key, as a sentence; empty if it can.

    `class_keys` are the names of the classes that are open, by their key; `keys` those of all actions, if not as now.
    """
    row, wanted = info(name), portable(key)
    if not wanted:
        return f"“{key}” is no key that can be used here. Press another one."
    is_of_table = wanted in map(portable, row.keys)
    if wanted in _OF_CONTROLS and not is_of_table:
        return f"{wanted} {_OF_CONTROLS[wanted]}, so no action can have it. Press another key."
    if wanted in map(portable, (*CHANNEL_KEYS, *ONLY_KEYS)):
        return f"{wanted} shows or hides a channel. Press another key."
    if wanted.removeprefix("Num+") in tuple("0123456789"):
        use = "paints that number" if row.mode == "paint" else "gives a class"
        return f"{wanted} {use}. Press another key."
    of_class = {portable(one): text for one, text in (class_keys or {}).items()}.get(wanted)
    if of_class is not None and row.mode != "paint":
        return f"{wanted} gives the class “{of_class}”. Press another key."
    for other in ACTIONS:
        known = keys_of(other) if keys is None else keys[other.name]
        if other.name != name and _meet(row, other) and wanted in map(portable, known):
            return (
                f"{wanted} is the key of “{other.text.rstrip('…')}” ({other.menu}). "
                "Press another key, or give that action another one first."
            )
    return ""


def _meet(one: ActionInfo, other: ActionInfo) -> bool:
    """Whether both count in the same window and mode at some time."""
    windows = one.window == other.window or "any" in (one.window, other.window)
    modes = one.mode == other.mode or "any" in (one.mode, other.mode)
    return windows and modes


def usable(chosen: Mapping[str, Sequence[str]]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Of keys that were kept in a file: those that can be used together, and a sentence for each that cannot."""
    problems = [f"There is no action “{name}”." for name in chosen if name not in _NAMES]
    kept: dict[str, tuple[str, ...]] = {}
    now: dict[str, Sequence[str]] = {row.name: () if row.name in chosen else row.keys for row in ACTIONS}
    for row in ACTIONS:
        good: list[str] = []
        for key in chosen.get(row.name, ()):
            if reason := clash(row.name, key, None, now):
                problems.append(f"“{row.text.rstrip('…')}”: {reason}")
            else:
                good.append(portable(key))
        if row.name in chosen:
            now[row.name] = kept[row.name] = tuple(good)
    return kept, problems


_NAMES = {row.name for row in ACTIONS}
