"""Which keys an action has now: those of the table of actions, or those that the user chose instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.action_info import ActionInfo

_chosen: dict[str, tuple[str, ...]] = {}


def keys_of(row: ActionInfo) -> tuple[str, ...]:
    """Keys of the action of this row now, as Qt writes them; the first is shown."""
    return _chosen.get(row.name, row.keys)


def choose_keys(chosen: Mapping[str, Sequence[str]]) -> None:
    """From now on: keys by name of action. All others have those of the table."""
    _chosen.clear()
    _chosen.update({name: tuple(keys) for name, keys in chosen.items()})
