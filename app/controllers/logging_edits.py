"""Keeping each edit in a log on this computer until it is on the share: a program that is killed loses none."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from storage.errors import StorageError
from storage.label_log import EditRecord, LabelLog, LogHeader, WholeRecord, log_folder

if TYPE_CHECKING:
    from app.models.kept_labels import KeptLabels


class LoggingEdits(QObject):
    """A log is of one file: where the overlay gets another name it begins anew, with what is not saved yet."""

    said = Signal(str, str)

    def add(self, kept: KeptLabels, record: EditRecord | WholeRecord) -> None:
        """Log an edit. If that cannot be, this is said, and tried again with the next one."""
        kept.edits += 1
        kept.pending.append((kept.edits, record))
        if kept.log is None or kept.is_logless:
            self.begin(kept)
            return
        try:
            kept.log.append(record)
        except StorageError as error:
            self._fail(kept, error)

    def begin(self, kept: KeptLabels) -> None:
        """Begin a log for the file that the overlay is kept in now, with all that is not in that file yet."""
        if kept.local is None:
            kept.is_logless = bool(kept.pending)
            return
        log = None
        try:
            log = LabelLog.create(log_folder(kept.local, kept.store.annotator), _header(kept))
            for _, record in kept.pending:
                log.append(record)
        except StorageError as error:
            if log is not None:
                log.forget()
            self._fail(kept, error)
            return
        self.forget(kept)
        kept.log, kept.before_log, kept.is_logless = log, kept.edits - len(kept.pending), False

    def saving(self, kept: KeptLabels, token: str) -> None:
        """All edits so far are being saved, under this token."""
        if kept.log is not None:
            try:
                kept.log.saving(token, kept.edits - kept.before_log)
            except StorageError as error:
                self.said.emit(str(error), "error")

    def saved(self, kept: KeptLabels, revision: str, through: int) -> None:
        """The edits up to the number `through` are on the share."""
        kept.pending = [(number, record) for number, record in kept.pending if number > through]
        kept.is_logless = kept.is_logless and bool(kept.pending)
        if kept.log is not None:
            try:
                kept.log.saved(revision, max(0, through - kept.before_log))
            except StorageError as error:
                self.said.emit(str(error), "error")

    def moved(self, kept: KeptLabels) -> None:
        """The overlay is kept in another file from now on."""
        if kept.pending:
            self.begin(kept)
        else:
            self.forget(kept)

    def forget(self, kept: KeptLabels) -> None:
        """Nothing in the log is needed any more."""
        if kept.log is not None:
            kept.log.forget()
            kept.log = None

    def close(self, kept: KeptLabels) -> None:
        """The program ends: what is not saved is offered at the next start."""
        if kept.log is not None:
            if kept.pending or not kept.is_settled:
                kept.log.close()
                kept.log = None
            else:
                self.forget(kept)

    def _fail(self, kept: KeptLabels, error: StorageError) -> None:
        kept.is_logless = True
        self.said.emit(str(error), "error")


def _header(kept: KeptLabels) -> LogHeader:
    overlay, store = kept.overlay, kept.store
    return LogHeader(
        annotator=store.annotator,
        block_id=store.block_id,
        time=store.time,
        name=overlay.state.name,
        shape=overlay.labels.shape,
        dtype=overlay.labels.array.dtype.name,
        base_revision=overlay.revision or None,
        path=str(store.path(overlay.state.name)),
        host=kept.host,
        pid=os.getpid(),
        started_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        source=str(overlay.source) if overlay.source is not None and not overlay.revision else "",
    )
