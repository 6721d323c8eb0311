"""The overlays of the block on screen: which there are, in which order, and which is painted on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.models.edit_history import LIMIT_BYTES, EditHistory

if TYPE_CHECKING:
    from app.models.overlay import Overlay


class Overlays(QObject):
    """`listed` is told when there are others, in another order, or another one is active."""

    listed = Signal()
    added = Signal(object)
    removed = Signal(object)

    def __init__(self, undo_bytes: int = LIMIT_BYTES) -> None:
        super().__init__()
        self.all: list[Overlay] = []
        """The lowest first."""
        self.active: Overlay | None = None
        self.history = EditHistory(undo_bytes)

    def add(self, overlay: Overlay, is_active: bool = True) -> None:
        """One more, above the others."""
        self.all.append(overlay)
        if is_active or self.active is None:
            self.active = overlay
        self.added.emit(overlay)
        self.listed.emit()

    def remove(self, overlay: Overlay) -> None:
        """It is not shown any more."""
        place = self.all.index(overlay)
        self.all.remove(overlay)
        self.history.forget(overlay)
        if self.active is overlay:
            self.active = self.all[min(place, len(self.all) - 1)] if self.all else None
        self.removed.emit(overlay)
        self.listed.emit()

    def clear(self) -> None:
        """Another block."""
        for overlay in list(self.all):
            self.remove(overlay)

    def set_active(self, overlay: Overlay) -> None:
        """Paint on this one."""
        if overlay is not self.active:
            self.active = overlay
            self.listed.emit()

    def move(self, start: int, end: int) -> None:
        """Another order."""
        self.all.insert(end, self.all.pop(start))
        self.listed.emit()

    def names(self) -> list[str]:
        """All names, in order."""
        return [overlay.state.name for overlay in self.all]
