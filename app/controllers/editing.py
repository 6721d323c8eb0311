"""Changing labels: strokes at once, operations in a worker, each one undo item; nothing else writes to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.log import painting as log
from core.boxes import Box, size, union
from core.errors import Cancelled
from core.label_edit import Edit, Patch
from core.labels import NumberError, write_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.jobs import Job, Jobs
    from app.models.overlay import Overlay
    from app.models.overlays import Overlays
    from core.label_edit import Change
    from core.labels import Labels

    Work = Callable[[Labels, Callable[[], bool]], Iterable[Change]]
    """From labels to changes; asks between two steps whether it was given up, and then raises Cancelled."""

_AT_ONCE = 4_000_000
"""Voxels in the boxes of an edit: with more, undo goes to a worker."""


class Editing(QObject):
    """While a worker changes labels nothing else does: `is_busy`, and every wish is answered with a sentence."""

    edited = Signal(object, object, bool)
    """(overlay, edit, is_undo): made, made again, or taken back. Boxes are told by `Overlay.changed`."""
    history_changed = Signal()
    busy_changed = Signal(str)
    """What is being done, empty when it is done."""
    said = Signal(str, str)
    """A sentence for the user and its level."""

    def __init__(self, jobs: Jobs, overlays: Overlays) -> None:
        super().__init__()
        self._jobs, self._overlays = jobs, overlays
        self._stroke: list[Patch] = []
        self._stroked: Overlay | None = None
        self._name = ""
        self._is_busy = False
        self._wish: _Wish | None = None

    # Strokes

    def begin(self, overlay: Overlay, name: str) -> bool:
        """Begin a stroke; False, with a sentence, where labels are being changed by something else."""
        if self.is_busy:
            self.said.emit(f"{self._name} is still going on: wait, or cancel it.", "info")
            return False
        self.end()
        self._stroked, self._stroke, self._name = overlay, [], name
        return True

    def paint(self, change: Change) -> None:
        """Paint into the array, as part of the stroke that was begun."""
        overlay = self._stroked
        if overlay is None:
            return
        try:
            patch = overlay.labels.write(change)
        except NumberError as error:
            self.said.emit(str(error), "error")
            return
        if patch is not None:
            self._stroke.append(patch)
            overlay.changed.emit(patch.box)

    def end(self) -> None:
        """The stroke is done: one item of undo."""
        overlay, patches = self._stroked, self._stroke
        self._stroked, self._stroke = None, []
        if overlay is not None and patches:
            self._made(overlay, Edit(self._name, tuple(patches)))

    def abort(self) -> None:
        """Take back what the stroke has painted so far."""
        overlay, patches = self._stroked, self._stroke
        self._stroked, self._stroke = None, []
        if overlay is not None and patches:
            for box in overlay.labels.undo(Edit(self._name, tuple(patches))):
                overlay.changed.emit(box)

    @property
    def is_stroking(self) -> bool:
        """Whether a stroke was begun."""
        return self._stroked is not None

    # Operations

    def run(self, overlay: Overlay, name: str, work: Work, nothing: str = "") -> bool:
        """Compute changes in a worker and make them there, as one edit; `nothing` is said where nothing changed."""
        if not self.begin(overlay, name):
            return False
        self._stroked = None
        labels, wish = overlay.labels, _Wish()

        def compute(job: Job) -> Edit | str | None:
            try:
                return write_all(labels, name, work(labels, wish.is_given_up))
            except NumberError as error:
                return str(error)
            except MemoryError:
                return f"{name} needs more memory than there is: nothing was changed."
            except Cancelled:
                return f"{name} was given up: nothing was changed."

        def done(answer: Edit | str | None) -> None:
            self._end_job()
            self._take(overlay, answer, nothing)

        self._wish = wish
        self._start(name, compute, done)
        return True

    def _start(self, name: str, compute: Callable[[Job], Any], done: Callable[[Any], None]) -> None:
        """Let a worker change labels. It is never cancelled as a job: what it has changed must be answered for."""
        self._name, self._is_busy = name, True
        self._jobs.start("editing", compute, done, self._on_job_failed)
        self.busy_changed.emit(name)

    def _on_job_failed(self, error: Exception) -> None:
        name = self._name
        self._end_job()
        self.said.emit(f"{name} did not work: {type(error).__name__}: {error}", "error")

    def convert(self, overlay: Overlay, dtype: str) -> None:
        """Give labels another type in a worker. Undo goes on: numbers stay what they are."""
        if not self.begin(overlay, "Convert the type"):
            return
        self._stroked = None
        source, wish = overlay.labels, _Wish()

        def compute(job: Job) -> Labels | str:
            try:
                return source.converted(dtype, wish.is_given_up)
            except NumberError as error:
                return str(error)
            except MemoryError:
                return "There is not enough memory to convert the labels: nothing was changed."
            except Cancelled:
                return "Converting was given up: nothing was changed."

        def done(answer: Labels | str) -> None:
            self._end_job()
            if isinstance(answer, str):
                self.said.emit(answer, "warning")
            else:
                overlay.set_labels(answer)
                self.history_changed.emit()

        self._wish = wish
        self._start("Convert the type", compute, done)

    @property
    def is_busy(self) -> bool:
        """Whether a worker changes labels."""
        return self._is_busy

    def cancel(self) -> None:
        """Give up what a worker is computing; what it is writing already is finished."""
        if self._wish is not None:
            self._wish.given_up = True

    def _take(self, overlay: Overlay, answer: Edit | str | None, nothing: str) -> None:
        if isinstance(answer, Edit):
            for box in _boxes(answer):
                overlay.changed.emit(box)
            self._made(overlay, answer)
        elif isinstance(answer, str):
            self.said.emit(answer, "warning")
        elif nothing:
            self.said.emit(nothing, "info")

    def _end_job(self) -> None:
        self._is_busy, self._wish = False, None
        self.busy_changed.emit("")

    # History

    def undo(self) -> None:
        """Take the last edit of the active overlay back."""
        self._go_back(is_undo=True)

    def redo(self) -> None:
        """Make it again."""
        self._go_back(is_undo=False)

    def _go_back(self, is_undo: bool) -> None:
        overlay, history = self._overlays.active, self._overlays.history
        edit = None if overlay is None else history.last(overlay) if is_undo else history.next(overlay)
        if overlay is None or edit is None:
            self.said.emit("There is nothing to undo." if is_undo else "There is nothing to redo.", "info")
            return
        if not self.begin(overlay, edit.name):
            return
        self._stroked = None
        go = overlay.labels.undo if is_undo else overlay.labels.redo

        def finish(boxes: list[Box]) -> None:
            if overlay in self._overlays.all:
                (history.undone if is_undo else history.redone)(overlay)
            for box in boxes:
                overlay.changed.emit(box)
            self.edited.emit(overlay, edit, is_undo)
            self.history_changed.emit()

        if sum(size(patch.box) for patch in edit.patches) <= _AT_ONCE:
            finish(go(edit))
            return

        def work(job: Job) -> list[Box]:
            return go(edit)

        def done(boxes: list[Box]) -> None:
            self._end_job()
            finish(boxes)

        self._start(f"{'Undo' if is_undo else 'Redo'}: {edit.name}", work, done)

    def _made(self, overlay: Overlay, edit: Edit) -> None:
        if overlay in self._overlays.all:
            self._overlays.history.add(overlay, edit)
        log.debug("%s: %d patches, %d bytes", edit.name, len(edit.patches), edit.nbytes)
        self.edited.emit(overlay, edit, False)
        self.history_changed.emit()

    def leave(self) -> None:
        """The block is left: a stroke ends here, an operation is given up, or told and saved when it is done."""
        self.end()
        self.cancel()


class _Wish:
    """Whether somebody still wants what a worker computes."""

    def __init__(self) -> None:
        self.given_up = False

    def is_given_up(self) -> bool:
        return self.given_up


def _boxes(edit: Edit) -> list[Box]:
    """Return what an edit changed, as few boxes: many that lie near each other are one upload."""
    boxes = [patch.box for patch in edit.patches]
    if len(boxes) <= 1:
        return boxes
    together = boxes[0]
    for box in boxes[1:]:
        together = union(together, box)
    if size(together) <= 4 * sum(size(box) for box in boxes):
        return [together]
    return boxes
