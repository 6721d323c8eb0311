"""Keeping what is painted: each stroke in a log on this computer at once, the whole on the share a moment later."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from app.controllers.deferring import single_shot
from app.controllers.logging_edits import LoggingEdits
from app.models.kept_labels import KeptLabels
from core.painting.boxes import union, whole
from storage.errors import StorageError
from storage.label_facts import LabelFacts
from storage.label_lock import LabelsBusy
from storage.label_log import EditRecord, PatchRecord, WholeRecord
from storage.label_revision import ChangedElsewhere, is_version, new_token
from storage.label_writer import LabelWriter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.controllers.editing import Editing
    from app.controllers.overlaying import Overlaying
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.overlay import Overlay, OverlayState
    from app.models.overlays import Overlays
    from core.painting.boxes import Box
    from core.painting.label_edit import Edit, Patch
    from core.painting.labels import Labels
    from storage.label_store import LabelStore, Saved

_QUIET_MS = 1500
"""After the last change it is saved."""
_LATEST_S = 15.0
"""However much is painted, it is saved after so long."""
_AGAIN_MS = 5000
"""After a save that failed."""
_APPLICATION = "Cytoscribe"
LANE = "saving labels"
"""One thing after the other: what is saved, renamed and deleted."""


class KeepingLabels(QObject):
    """Holds every own overlay until all of it is saved, also after its block was left."""

    told = Signal(str, str, str)
    """State (saved, waiting, failed), words, and more under the mouse."""
    said = Signal(str, str)
    conflicted = Signal(object, str, object)
    """An overlay that is now kept under another name, the name under which somebody else's version stays, and the
    LabelFacts of that version: None where it was removed or is damaged."""
    saved = Signal()
    """An overlay was saved; others may wait."""
    settled = Signal()
    """Nothing is being saved, and nothing waits to be; or what waits could not be saved."""

    def __init__(
        self, jobs: Jobs, overlays: Overlays, overlaying: Overlaying, editing: Editing, record: EventRecord
    ) -> None:
        super().__init__()
        self._jobs, self._overlays, self._overlaying, self._record = jobs, overlays, overlaying, record
        self._editing = editing
        self._logging = LoggingEdits()
        self._logging.said.connect(self.said)
        self._kept: dict[Overlay, KeptLabels] = {}
        self._first_change = 0.0
        self._quiet = single_shot(self, self.save_all, _QUIET_MS)
        self._again = single_shot(self, self.save_all, _AGAIN_MS)
        overlays.added.connect(self._on_added)
        overlays.removed.connect(self._on_removed)
        overlaying.left.connect(self.save_all)
        overlaying.still_held = self.held
        editing.edited.connect(self._on_edited)
        # Queued: what a worker has changed is told after it is not busy any more
        editing.busy_changed.connect(self._on_busy_changed, Qt.ConnectionType.QueuedConnection)

    # What happens to overlays

    def held(self, store: LabelStore) -> list[Overlay]:
        """Return the overlays of a block that was left which are not saved yet, or still being edited."""
        return [
            overlay
            for overlay, kept in self._kept.items()
            if overlay.is_own and kept.store.folder == store.folder and overlay not in self._overlays.all
        ]

    def _on_added(self, overlay: Overlay) -> None:
        store, place, session = self._overlaying.store, self._overlaying.place, self._overlaying.session
        if store is None or place is None or session is None or overlay in self._kept:
            return
        local, host = session.store.local_folder, session.store.host
        self._kept[overlay] = KeptLabels(overlay, store, place.voxel_size, local, host)
        overlay.changed.connect(partial(self._on_changed, overlay))
        overlay.replaced.connect(partial(self._on_replaced, overlay))
        overlay.state_changed.connect(partial(self._on_state_changed, overlay))

    def _on_removed(self, overlay: Overlay) -> None:
        kept = self._kept.get(overlay)
        if kept is not None:
            self._drop_settled(kept)

    def _on_changed(self, overlay: Overlay, box: Box) -> None:
        kept = self._kept.get(overlay)
        if kept is not None and overlay.is_own:
            kept.dirty = union(kept.dirty, box) if kept.dirty is not None else box
            self._wait(kept)

    def _on_replaced(self, overlay: Overlay) -> None:
        kept = self._kept.get(overlay)
        if kept is not None and overlay.is_own:
            kept.writer, kept.dirty = None, whole(overlay.labels.shape)
            self._logging.add(kept, WholeRecord("Converted", time.time(), overlay.labels.array.dtype.name))
            self._wait(kept)

    def _on_state_changed(self, overlay: Overlay, old: OverlayState, new: OverlayState) -> None:
        kept = self._kept.get(overlay)
        is_kept = (old.names, old.colors, old.locked) != (new.names, new.colors, new.locked)
        if kept is not None and overlay.is_own and is_kept:
            self._wait(kept)

    def _on_edited(self, overlay: Overlay, edit: Edit, is_undo: bool, patches: tuple[Patch, ...]) -> None:
        kept = self._kept.get(overlay)
        if kept is None or not overlay.is_own:
            return
        records = [_record(patch) for patch in patches]
        self._logging.add(kept, EditRecord(f"Undo {edit.name}" if is_undo else edit.name, time.time(), records))
        self._record.write("label_edit", labels=overlay.state.name, edit=edit.name, undo=is_undo)
        self._wait(kept)  # also where a save in the middle of the stroke has all of it: the log does not know that

    def _on_busy_changed(self, name: str) -> None:
        if not name:
            for kept in list(self._kept.values()):
                self._drop_settled(kept)
            self._tell()

    # Saving

    def _wait(self, kept: KeptLabels) -> None:
        """Save it after a moment of quiet; who never rests is saved all the same."""
        now = time.monotonic()
        if not any(one.needs_saving for one in self._kept.values()):
            self._first_change = now
        was_waiting, kept.needs_saving = kept.needs_saving, True
        if kept.overlay not in self._overlays.all:
            self.save_all()
        elif now - self._first_change > _LATEST_S:
            self._first_change = now
            self.save_all()
        else:
            self._quiet.start()
        if not was_waiting:
            self._tell()

    def save_all(self) -> None:
        """Save what waits, now."""
        self._quiet.stop()
        self._again.stop()
        for kept in list(self._kept.values()):
            if kept.needs_saving and not kept.is_saving and kept.overlay.is_own:
                self._save(kept)

    def _save(self, kept: KeptLabels) -> None:
        overlay, store = kept.overlay, kept.store
        labels, name, base = overlay.labels, overlay.state.name, overlay.revision or None
        if kept.writer is None:
            kept.writer, kept.dirty = LabelWriter(labels.shape, labels.array.dtype.name), whole(labels.shape)
        writer, box, through, token = kept.writer, kept.dirty, kept.edits, new_token()
        kept.dirty, kept.needs_saving, kept.is_saving = None, False, True
        facts = LabelFacts(
            labels.shape, labels.array.dtype.name, kept.voxel_size, _of_objects(overlay.state.names, labels),
            _of_objects(overlay.state.colors, labels), token, saved_by=store.annotator, application=_APPLICATION,
            locked=frozenset(number for number in overlay.state.locked if number in labels.index),
        )  # fmt: skip
        self._logging.saving(kept, token)
        log, tried = kept.log, tuple(kept.tried)
        kept.tried.append(token)

        def work(job: Job) -> tuple[Saved, ChangedElsewhere | None]:
            # A stroke may go on meanwhile: what of it gets into the file is saved again, and the log tells the truth
            if box is not None:
                writer.update(labels.array, box)
            if log is not None:
                log.sync()
            return _save(store, name, writer, facts, base, tried)

        self._jobs.start(LANE, work, partial(self._on_saved, kept, through), partial(self._on_failed, kept, box))
        self._tell()

    def _on_saved(self, kept: KeptLabels, through: int, answer: tuple[Saved, ChangedElsewhere | None]) -> None:
        saved, conflict = answer
        overlay = kept.overlay
        kept.is_saving, kept.problem, kept.tried = False, "", []
        overlay.revision, overlay.path = saved.revision, saved.path
        self._logging.saved(kept, saved.revision, through)
        self._record.write("labels_saved", name=saved.name, block=kept.store.block_id)
        if conflict is not None:
            before = overlay.state.name
            overlay.change(name=saved.name)
            self._logging.moved(kept)
            self._overlays.listed.emit()
            self._record.write("labels_conflict", name=before, now=saved.name, block=kept.store.block_id)
            self.conflicted.emit(overlay, before, conflict.facts)
        if kept.needs_saving and (overlay not in self._overlays.all or not self._quiet.isActive()):
            self._save(kept)
        self.saved.emit()
        self._drop_settled(kept)
        self._tell()

    def _on_failed(self, kept: KeptLabels, box: Box | None, error: Exception) -> None:
        kept.is_saving, kept.needs_saving = False, True
        if box is not None:
            kept.dirty = union(kept.dirty, box) if kept.dirty is not None else box
        if not isinstance(error, LabelsBusy):
            kept.problem = str(error) if isinstance(error, StorageError) else f"{type(error).__name__}: {error}"
            self._record.write("labels_failed", name=kept.overlay.state.name, text=kept.problem)
        self._again.start()
        self._tell()

    def _drop_settled(self, kept: KeptLabels) -> None:
        """Let go of what is saved and not on screen any more, unless a worker may still change it."""
        if kept.is_settled and kept.overlay not in self._overlays.all and not self._editing.is_busy:
            self._kept.pop(kept.overlay, None)
            self._logging.forget(kept)

    def _tell(self) -> None:
        unsaved = [kept for kept in self._kept.values() if not kept.is_settled]
        problems = [kept.problem for kept in unsaved if kept.problem]
        if problems:
            self.told.emit("failed", "labels not saved", problems[0])
        elif unsaved:
            self.told.emit("waiting", "saving labels", "What was painted is safe on this computer, and on its way")
        else:
            self.told.emit("saved", "labels saved", "All that was painted is in the annotations folder")
        is_waiting = any(kept.is_saving or (kept.needs_saving and not kept.problem) for kept in unsaved)
        if not is_waiting and not self._editing.is_busy:
            self.settled.emit()

    # For who moves files

    def kept_of(self, *overlays: Overlay | None) -> list[KeptLabels]:
        """Return what is kept of these, as far as something is."""
        return [self._kept[one] for one in overlays if one is not None and one in self._kept]

    def save(self, kept: KeptLabels) -> None:
        """Save what waits of one overlay, now."""
        self._save(kept)

    def hold(self, kept: KeptLabels) -> None:
        """Its file is being moved: save nothing until it is released."""
        kept.is_saving = True
        self._tell()

    def release(self, kept: KeptLabels, is_moved: bool = False) -> None:
        """Its file can be saved again; `is_moved`: under the name that the overlay has now."""
        kept.is_saving = False
        if is_moved:
            self._logging.moved(kept)
        if kept.needs_saving:
            self._wait(kept)
        self._drop_settled(kept)
        self._tell()

    def forget(self, kept: KeptLabels) -> None:
        """Its file is gone, as was wished: save nothing more."""
        kept.is_saving = kept.needs_saving = False
        self._kept.pop(kept.overlay, None)
        self._logging.forget(kept)
        self._tell()

    # The end

    @property
    def problems(self) -> list[str]:
        """Why what is not saved is not."""
        return [kept.problem for kept in self._kept.values() if not kept.is_settled and kept.problem]

    @property
    def is_settled(self) -> bool:
        """Whether all that was painted is on the share."""
        return not self._editing.is_busy and all(kept.is_settled for kept in self._kept.values())

    @property
    def is_unsafe(self) -> bool:
        """Whether something that was painted is nowhere but in memory."""
        return any(kept.is_logless for kept in self._kept.values() if not kept.is_settled)

    def close(self) -> None:
        """The program ends: what is not saved is offered at the next start."""
        for kept in self._kept.values():
            self._logging.close(kept)


def _save(
    store: LabelStore, name: str, writer: LabelWriter, facts: LabelFacts, base: str | None, tried: tuple[str, ...]
) -> tuple[Saved, ChangedElsewhere | None]:
    """Save an overlay; beside the version of somebody else, under another name, where there is one."""
    try:
        return store.save(name, writer, facts, base), None
    except ChangedElsewhere as error:
        found = error.facts.revision if error.facts is not None else ""
        if any(is_version(found, token) for token in tried):  # a save of ours came through, only nobody heard of it
            return store.save(name, writer, facts, found), None
        return store.save_beside(name, writer, facts), error


def _record(patch: Patch) -> PatchRecord:
    z, y, x = patch.box
    return PatchRecord((z.start, y.start, x.start), (z.stop, y.stop, x.stop), patch.mask, patch.new, patch.dtype)


def _of_objects(texts: Mapping[int, str], labels: Labels) -> dict[int, str]:
    """Return those of objects that are there: what gets a number of a deleted one next is not to have its name."""
    return {number: text for number, text in texts.items() if number in labels.index}
