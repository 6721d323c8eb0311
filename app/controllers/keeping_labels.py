"""Keeping what is painted: each stroke in a log on this computer at once, the whole on the share a moment later."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.controllers.deferring import single_shot
from app.models.kept_labels import KeptLabels
from core.boxes import union, whole
from storage.errors import StorageError
from storage.label_facts import LabelFacts
from storage.label_lock import LabelsBusy
from storage.label_log import EditRecord, LabelLog, LogHeader, PatchRecord, WholeRecord, log_folder
from storage.label_revision import ChangedElsewhere, new_token
from storage.label_writer import LabelWriter

if TYPE_CHECKING:
    from pathlib import Path

    from app.controllers.editing import Editing
    from app.controllers.overlaying import Overlaying
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.overlay import Overlay, OverlayState
    from app.models.overlays import Overlays
    from core.boxes import Box
    from core.label_edit import Edit, Patch
    from storage.label_store import LabelStore, Saved

_QUIET_MS = 1500
"""After the last change it is saved."""
_LATEST_S = 15.0
"""However much is painted, it is saved after so long."""
_AGAIN_MS = 5000
"""After a save that failed."""
_APPLICATION = "Cytoscribe"


class KeepingLabels(QObject):
    """Holds every own overlay until all of it is saved, also after its block was left."""

    told = Signal(str, str, str)
    """State (saved, waiting, failed), words, and more under the mouse."""
    said = Signal(str, str)
    conflicted = Signal(object, str)
    """An overlay that is now kept under another name, and the name under which somebody else's version stays."""
    settled = Signal()
    """Nothing is being saved, and nothing waits to be; or what waits could not be saved."""

    def __init__(
        self, jobs: Jobs, overlays: Overlays, overlaying: Overlaying, editing: Editing, record: EventRecord
    ) -> None:
        super().__init__()
        self._jobs, self._overlays, self._overlaying, self._record = jobs, overlays, overlaying, record
        self._kept: dict[Overlay, KeptLabels] = {}
        self._first_change = 0.0
        self._quiet = single_shot(self, self.save_all, _QUIET_MS)
        self._again = single_shot(self, self.save_all, _AGAIN_MS)
        overlays.added.connect(self._on_added)
        overlays.removed.connect(self._on_removed)
        overlaying.left.connect(self.save_all)
        editing.edited.connect(self._on_edited)

    # What happens to overlays

    def _on_added(self, overlay: Overlay) -> None:
        store, place = self._overlaying.store, self._overlaying.place
        if store is None or place is None:
            return
        self._kept[overlay] = KeptLabels(overlay, store, place.voxel_size)
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
        if kept is not None:
            kept.writer, kept.dirty = None, whole(overlay.labels.shape)
            self._log(kept, WholeRecord("Converted", time.time(), overlay.labels.array.dtype.name))
            self._wait(kept)

    def _on_state_changed(self, overlay: Overlay, old: OverlayState, new: OverlayState) -> None:
        kept = self._kept.get(overlay)
        if kept is not None and overlay.is_own and (old.names, old.colors) != (new.names, new.colors):
            self._wait(kept)

    def _on_edited(self, overlay: Overlay, edit: Edit, is_undo: bool) -> None:
        kept = self._kept.get(overlay)
        if kept is None or not overlay.is_own:
            return
        patches = edit.patches
        if is_undo:
            patches = tuple(replace(patch, old=patch.new, new=patch.old) for patch in reversed(patches))
        records = [_record(patch.with_mask(overlay.labels.array)) for patch in patches]
        self._log(kept, EditRecord(f"Undo {edit.name}" if is_undo else edit.name, time.time(), records))
        self._record.write("label_edit", labels=overlay.state.name, edit=edit.name, undo=is_undo)

    def _log(self, kept: KeptLabels, record: EditRecord | WholeRecord) -> None:
        try:
            if kept.log is None:
                kept.log = self._new_log(kept)
            if kept.log is not None:
                kept.edits = kept.log.append(record)
                kept.is_logless = False
                return
        except StorageError as error:
            self.said.emit(str(error), "error")
        kept.is_logless = True

    def _new_log(self, kept: KeptLabels) -> LabelLog | None:
        session, overlay, store = self._overlaying.session, kept.overlay, kept.store
        local = session.store.local_folder if session is not None else None
        if local is None:
            return None
        header = LogHeader(
            annotator=store.annotator,
            block_id=store.block_id,
            time=store.time,
            name=overlay.state.name,
            shape=overlay.labels.shape,
            dtype=overlay.labels.array.dtype.name,
            base_revision=overlay.revision or None,
            path=str(store.path(overlay.state.name)),
            host=session.store.host if session is not None else "",
            pid=os.getpid(),
            started_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        )
        return LabelLog.create(log_folder(local, store.annotator), header)

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
            labels.shape, labels.array.dtype.name, kept.voxel_size, dict(overlay.state.names),
            dict(overlay.state.colors), token, saved_by=store.annotator, application=_APPLICATION,
        )  # fmt: skip
        if kept.log is not None:
            try:
                kept.log.saving(token, through)
            except StorageError as error:
                self.said.emit(str(error), "error")
        log = kept.log

        def work(job: Job) -> Saved:
            # A stroke may go on meanwhile: what of it gets into the file is saved again, and the log tells the truth
            if box is not None:
                writer.update(labels.array, box)
            if log is not None:
                log.sync()
            return _save(store, name, writer, facts, base)

        self._jobs.start(
            "saving labels", work, partial(self._on_saved, kept, through), partial(self._on_failed, kept, box)
        )
        self._tell()

    def _on_saved(self, kept: KeptLabels, through: int, saved: Saved) -> None:
        overlay = kept.overlay
        kept.is_saving, kept.problem, kept.is_logless = False, "", False
        overlay.revision, overlay.path = saved.revision, saved.path
        if kept.log is not None:
            try:
                kept.log.saved(saved.revision, through)
            except StorageError as error:
                self.said.emit(str(error), "error")
        self._record.write("labels_saved", name=saved.name, block=kept.store.block_id)
        if saved.name != overlay.state.name:
            before = overlay.state.name
            overlay.change(name=saved.name)
            kept.is_log_old = True
            self._overlays.listed.emit()
            self.conflicted.emit(overlay, before)
        if kept.is_log_old and kept.edits == through:
            self._end_log(kept)
        if kept.wish is not None or (
            kept.needs_saving and (overlay not in self._overlays.all or not self._quiet.isActive())
        ):
            self._go_on(kept)
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
        """Let go of what is saved and not on screen any more."""
        if kept.is_settled and kept.overlay not in self._overlays.all:
            self._kept.pop(kept.overlay, None)
            self._end_log(kept)

    def _tell(self) -> None:
        unsaved = [kept for kept in self._kept.values() if not kept.is_settled]
        problems = [kept.problem for kept in unsaved if kept.problem]
        if problems:
            self.told.emit("failed", "labels not saved", problems[0])
        elif unsaved:
            self.told.emit("waiting", "saving labels", "What was painted is safe on this computer, and on its way")
        else:
            self.told.emit("saved", "labels saved", "All that was painted is in the annotations folder")
        if not any(kept.is_saving or (kept.needs_saving and not kept.problem) for kept in unsaved):
            self.settled.emit()

    # Other names, and none

    def rename(self, overlay: Overlay, name: str) -> None:
        """Give an overlay another name, and its file too, when all of it is saved."""
        kept = self._kept.get(overlay)
        if kept is None or not overlay.is_own or not (overlay.revision or kept.needs_saving or kept.is_saving):
            overlay.change(name=name)
            self._overlays.listed.emit()
        else:
            kept.wish = partial(self._rename, kept, name)
            self._go_on(kept)

    def delete(self, overlay: Overlay) -> None:
        """Take an overlay away; its file goes into the folder of deleted ones, with all that was painted."""
        kept = self._kept.get(overlay)
        self._overlays.remove(overlay)
        if kept is not None and (overlay.revision or not kept.is_settled):
            self._kept[overlay] = kept
            kept.wish = partial(self._delete, kept)
            self._go_on(kept)

    def _go_on(self, kept: KeptLabels) -> None:
        """Save what waits, then do what else was wished."""
        if kept.is_saving:
            return
        if kept.needs_saving:
            self._save(kept)
        elif kept.wish is not None:
            wish, kept.wish = kept.wish, None
            wish()

    def _rename(self, kept: KeptLabels, name: str) -> None:
        before, store, overlay = kept.overlay.state.name, kept.store, kept.overlay
        kept.is_saving = True

        def work(job: Job) -> object:
            return store.rename(before, name)

        def done(path: Path) -> None:
            kept.is_saving, overlay.path = False, path
            kept.is_log_old = True
            if not kept.needs_saving:
                self._end_log(kept)
            overlay.change(name=name)
            self._overlays.listed.emit()
            self._after_wish(kept)

        self._jobs.start("saving labels", work, done, partial(self._on_wish_failed, kept))

    def _delete(self, kept: KeptLabels) -> None:
        name, store = kept.overlay.state.name, kept.store
        kept.is_saving = True

        def work(job: Job) -> object:
            return store.delete(name)

        def done(path: Path) -> None:
            kept.is_saving = False
            self.said.emit(f"“{name}” is deleted. Its file is kept as {path}", "info")
            self._drop_settled(kept)
            self._after_wish(kept)

        self._jobs.start("saving labels", work, done, partial(self._on_wish_failed, kept))

    def _on_wish_failed(self, kept: KeptLabels, error: Exception) -> None:
        kept.is_saving = False
        self.said.emit(str(error) if isinstance(error, StorageError) else f"{type(error).__name__}: {error}", "error")
        self._drop_settled(kept)
        self._after_wish(kept)

    def _after_wish(self, kept: KeptLabels) -> None:
        if kept.needs_saving:
            self._save(kept)
        self._tell()

    def _end_log(self, kept: KeptLabels) -> None:
        """All is saved: what follows is logged for the file as it is named now."""
        if kept.log is not None:
            kept.log.forget()
            kept.log, kept.is_log_old = None, False

    # The end

    @property
    def problems(self) -> list[str]:
        """Why what is not saved is not."""
        return [kept.problem for kept in self._kept.values() if not kept.is_settled and kept.problem]

    @property
    def is_settled(self) -> bool:
        """Whether all that was painted is on the share."""
        return all(kept.is_settled for kept in self._kept.values())

    @property
    def is_unsafe(self) -> bool:
        """Whether something that was painted is nowhere but in memory."""
        return any(kept.is_logless for kept in self._kept.values() if not kept.is_settled)

    def close(self) -> None:
        """The program ends: what is not saved is offered at the next start."""
        for kept in self._kept.values():
            if kept.log is not None:
                kept.log.forget() if kept.is_settled else kept.log.close()


def _save(store: LabelStore, name: str, writer: LabelWriter, facts: LabelFacts, base: str | None) -> Saved:
    """Save an overlay; beside the version of somebody else, under another name, where there is one."""
    try:
        return store.save(name, writer, facts, base)
    except ChangedElsewhere:
        return store.save_beside(name, writer, facts)


def _record(patch: Patch) -> PatchRecord:
    z, y, x = patch.box
    return PatchRecord((z.start, y.start, x.start), (z.stop, y.stop, x.stop), patch.mask, patch.new, patch.dtype)
