"""Other names for labels and their files, and deleting them, once all that was painted is in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.controllers.keeping_labels import LANE
from storage.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

    from app.controllers.keeping_labels import KeepingLabels
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.kept_labels import KeptLabels
    from app.models.overlay import Overlay
    from app.models.overlays import Overlays
    from storage.label_store import LabelStore


@dataclass(frozen=True)
class _Move:
    """A wish for another name, or none: then the file is deleted. What `replaced` is goes to the deleted ones."""

    overlay: Overlay
    name: str
    replaced: Overlay | None


class MovingLabels(QObject):
    """A wish waits until what it is about is saved."""

    said = Signal(str, str)

    def __init__(self, jobs: Jobs, overlays: Overlays, keeping: KeepingLabels, record: EventRecord) -> None:
        super().__init__()
        self._jobs, self._overlays, self._keeping, self._record = jobs, overlays, keeping, record
        self._moves: list[_Move] = []
        keeping.saved.connect(self._go_on)

    def rename(self, overlay: Overlay, name: str, replaced: Overlay | None = None) -> None:
        """Give an overlay another name, and its file, once all of it is saved.

        `replaced` is the overlay that has this name: it goes to the deleted ones, if it still is as it was read.
        """
        self._moves.append(_Move(overlay, name, replaced))
        self._go_on()

    def delete(self, overlay: Overlay) -> None:
        """Move the file of an overlay to the deleted ones, once all of it is saved."""
        self._moves.append(_Move(overlay, "", None))
        self._go_on()

    def _go_on(self) -> None:
        for move in list(self._moves):
            parts = self._keeping.kept_of(move.overlay, move.replaced)
            if any(kept.is_saving for kept in parts):
                continue  # this is asked again when that is done
            waiting = [kept for kept in parts if kept.needs_saving and kept.overlay.is_own]
            for kept in waiting:
                self._keeping.save(kept)
            if not waiting:
                self._moves.remove(move)
                self._begin(move, parts)

    def _begin(self, move: _Move, parts: list[KeptLabels]) -> None:
        overlay, replaced = move.overlay, move.replaced
        if not parts or not overlay.revision or not overlay.is_own:  # there is no file of one's own yet
            self._on_moved(move, parts, None)
            return
        store: LabelStore = parts[0].store
        before, seen = overlay.state.name, replaced.revision if replaced is not None else ""
        for kept in parts:
            self._keeping.hold(kept)

        def work(job: Job) -> Path | None:
            if not move.name:
                store.delete(before)
                return None
            if seen:
                _make_room(store, move.name, seen)
            return store.rename(before, move.name)

        self._jobs.start(LANE, work, partial(self._on_moved, move, parts), partial(self._on_failed, parts))

    def _on_moved(self, move: _Move, parts: list[KeptLabels], path: Path | None) -> None:
        overlay = move.overlay
        if move.name:
            overlay.path = path or overlay.path
            overlay.change(name=move.name)
        for kept in parts:
            if move.name and kept.overlay is overlay:
                self._keeping.release(kept, is_moved=True)
            else:
                self._keeping.forget(kept)
                if kept.overlay in self._overlays.all:
                    self._overlays.remove(kept.overlay)
        self._overlays.listed.emit()
        self._record.write("labels_filed", name=move.name)
        self._go_on()

    def _on_failed(self, parts: list[KeptLabels], error: Exception) -> None:
        self.said.emit(str(error) if isinstance(error, StorageError) else f"{type(error).__name__}: {error}", "error")
        for kept in parts:
            self._keeping.release(kept)
        self._go_on()


def _make_room(store: LabelStore, name: str, seen: str) -> None:
    """Move the version that was seen to the deleted ones. Raises StorageError where there is another by now."""
    current = store.current(name)
    if current is not None and current.revision != seen:
        raise StorageError(f"“{name}” was changed elsewhere again. Nothing was renamed.")
    if current is not None:
        store.delete(name)
