"""One overlay: labels over the block on screen, how they are drawn, and which objects are selected, hidden, locked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from core.painting.labels import Labels

Numbers = frozenset[int]


@dataclass(frozen=True)
class OverlayState:
    """All but the numbers of the voxels. `colors` (#RRGGBB) and `names` are those given by a person, by number."""

    name: str
    number: int = 1
    """Which is painted; 0 is background."""
    other_number: int = 0
    """Which comes back when background is swapped for it; 0 before background was painted."""
    is_visible: bool = True
    opacity: float = 0.6
    contour: int = 0
    """Thickness in voxels; 0 for filled."""
    seed: int = 0
    """Of the colours by number."""
    shows_only_selected: bool = False
    selected: tuple[int, ...] = ()
    """In the order in which they were selected."""
    hidden: Numbers = frozenset()
    locked: Numbers = frozenset()
    names: Mapping[int, str] = field(default_factory=dict)
    colors: Mapping[int, str] = field(default_factory=dict)
    column: str = ""
    """Of the table, by which objects are coloured."""
    column_colors: Mapping[int, str] = field(default_factory=dict)


class Overlay(QObject):
    """`changed(box)` is told after voxels got other numbers, by whatever; `state_changed(old, new)` after the rest."""

    changed = Signal(object)
    replaced = Signal()
    """The array is another one: another type."""
    state_changed = Signal(object, object)

    def __init__(
        self, labels: Labels, state: OverlayState, path: Path | None, is_own: bool, revision: str = ""
    ) -> None:
        super().__init__()
        self.labels, self.state = labels, state
        self.path = path
        """Where it is saved, or where it was read from if it is not one's own."""
        self.is_own = is_own
        """Whether it may be edited; what is not one's own is copied at the first edit."""
        self.source: Path | None = None
        """The file that this is a copy of, until it is saved itself."""
        self.revision = revision
        """Of the file that it was read from or last saved to; empty if there is none."""

    def change(self, **fields: Any) -> None:
        """Replace fields of the state."""
        old, self.state = self.state, replace(self.state, **fields)
        if self.state != old:
            self.state_changed.emit(old, self.state)

    def set_labels(self, labels: Labels) -> None:
        """The same objects in an array of another type."""
        self.labels = labels
        self.replaced.emit()

    def take_number(self, number: int) -> None:
        """Paint this number; what was painted before background is remembered."""
        before = self.state.number
        if number <= 0 < before:
            self.change(number=0, other_number=before)
        else:
            self.change(number=max(0, number))

    def select(self, number: int, is_added: bool) -> None:
        """Select an object alone, or add it to the others, or take it away again; 0 selects none."""
        chosen = self.state.selected
        if not number:
            self.change(selected=chosen if is_added else ())
        elif not is_added:
            self.change(selected=(number,))
        elif number in chosen:
            self.change(selected=tuple(other for other in chosen if other != number))
        else:
            self.change(selected=(*chosen, number))
