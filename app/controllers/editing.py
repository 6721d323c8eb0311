"""Changing labels: strokes at once, operations in a worker, each one undo item; nothing else writes to them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial, reduce
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.log import painting as log
from core.errors import Cancelled
from core.painting.boxes import Box, inside, size, union, whole
from core.painting.label_edit import Edit, Patch
from core.painting.labels import NumberError, write_all
from core.painting.runs import load_libraries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from app.jobs import Job, Jobs
    from app.models.overlay import Overlay
    from app.models.overlays import Overlays
    from core.painting.label_edit import Change
    from core.painting.labels import Labels

    _Made = tuple[Edit, tuple[Patch, ...]]
    _Gone = tuple[list[Box], tuple[Patch, ...]]
    Work = Callable[[Labels, "Going"], Iterable[Change]]
    """From labels to changes; asks between two steps whether it was given up, and then raises Cancelled."""

_AT_ONCE = 4_000_000
"""Voxels in the boxes of an edit: with more, undo goes to a worker."""
_PATCH = 4_000
"""So many voxels are about the work that a patch is by itself."""
_STEP = 0.02
"""Of the whole: progress is told no finer."""
_MOST_BOXES = 32
"""That are told of one edit."""


class Editing(QObject):
    """While a worker changes labels nothing else does: `is_busy`, and every wish is answered with a sentence."""

    edited = Signal(object, object, bool, object)
    """(overlay, edit, is_undo, patches): made, made again, or taken back. Boxes are told by `Overlay.changed`.

    The patches are what was done to the array now, each with its mask: for a log."""
    history_changed = Signal()
    busy_changed = Signal(str)
    """What is being done, empty when it is done."""
    progressed = Signal(str)
    """What is being done, and how far it is."""
    said = Signal(str, str)
    """A sentence for the user and its level."""

    def __init__(self, jobs: Jobs, overlays: Overlays) -> None:
        super().__init__()
        self._jobs, self._overlays = jobs, overlays
        self._stroke: list[Patch] = []
        self._stroked: Overlay | None = None
        self._name = ""
        self._is_busy = False
        self._waiting: list[Callable[[], object]] = []
        """What was wished while a worker was busy, in order."""
        self._wish: Going | None = None

    def prepare(self) -> None:
        """Somebody is going to edit: load in a worker what the first operation would wait for."""
        self._jobs.start("small", load_libraries)

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
            edit = Edit(self._name, tuple(patches))
            self._made(overlay, edit, _masked(overlay.labels, edit))
        self._go_on_soon()

    def abort(self) -> None:
        """Take back what the stroke has painted so far."""
        overlay, patches = self._stroked, self._stroke
        self._stroked, self._stroke = None, []
        if overlay is not None and patches:
            for box in _together(overlay.labels.undo(Edit(self._name, tuple(patches)))):
                overlay.changed.emit(box)
        self._go_on_soon()

    @property
    def is_stroking(self) -> bool:
        """Whether a stroke was begun."""
        return self._stroked is not None

    # Operations

    def run(
        self, overlay: Overlay, name: str, work: Work, nothing: str = "", renumbered: Mapping[int, int] | None = None
    ) -> bool:
        """Compute changes in a worker and make them there, as one edit; `nothing` is said where nothing changed.

        `renumbered` is that of the edit; the work may fill it in.
        """
        if self._is_busy:  # a quick hand: the next one follows as soon as this one is done
            self._waiting.append(partial(self.run, overlay, name, work, nothing, renumbered))
            return True
        self.begin(overlay, name)
        self._stroked = None
        labels, wish = overlay.labels, Going()
        written: list[Box] = []

        def wishes() -> Iterator[Change]:
            for change in work(labels, wish):
                written.append(inside(change.box, whole(labels.shape)))
                yield change

        def compute(job: Job) -> _Made | str | None:
            wish.begin(job.tell)
            try:
                edit = write_all(labels, name, wishes())
                if edit is None:
                    return None
                return replace(edit, renumbered=renumbered or {}), _masked(labels, edit)
            except NumberError as error:
                return str(error)
            except MemoryError:
                return f"{name} needs more memory than there is: nothing was changed."
            except Cancelled:
                return f"{name} was given up: nothing was changed."

        def done(answer: _Made | str | None) -> None:
            self._end_job()
            self._take(overlay, answer, nothing)
            if isinstance(answer, str):  # a save or an upload may have caught what was taken back again
                for box in _together([box for box in written if size(box)]):
                    overlay.changed.emit(box)

        self._wish = wish
        self._start(name, compute, done)
        return True

    def _start(self, name: str, compute: Callable[[Job], Any], done: Callable[[Any], None]) -> None:
        """Let a worker change labels. It is never cancelled as a job: what it has changed must be answered for."""
        self._name, self._is_busy = name, True
        self._jobs.start("editing", compute, done, self._on_job_failed, self._on_job_progressed)
        self.busy_changed.emit(name)

    def _on_job_progressed(self, share: float) -> None:
        self.progressed.emit(f"{self._name}: {share:.0%}")

    def _on_job_failed(self, error: Exception) -> None:
        name = self._name
        self._end_job()
        self.said.emit(f"{name} did not work: {type(error).__name__}: {error}", "error")

    def convert(self, overlay: Overlay, dtype: str) -> None:
        """Give labels another type in a worker. Undo goes on: numbers stay what they are."""

        def done(labels: Labels) -> None:
            overlay.set_labels(labels)
            self.history_changed.emit()

        self._converted(overlay, "Convert the type", dtype, done)

    def duplicate(self, overlay: Overlay, done: Callable[[Labels], None]) -> None:
        """Copy labels in a worker. Nothing changes them meanwhile: else the copy's index would not fit its array."""
        self._converted(overlay, "Duplicate", overlay.labels.array.dtype.name, done)

    def _converted(self, overlay: Overlay, name: str, dtype: str, done: Callable[[Labels], None]) -> None:
        if not self.begin(overlay, name):
            return
        self._stroked = None
        source, wish = overlay.labels, Going()

        def compute(job: Job) -> Labels | str:
            try:
                return source.converted(dtype, wish)
            except NumberError as error:
                return str(error)
            except MemoryError:
                return f"{name} needs more memory than there is: nothing was changed."
            except Cancelled:
                return f"{name} was given up: nothing was changed."

        def take(answer: Labels | str) -> None:
            self._end_job()
            if isinstance(answer, str):
                self.said.emit(answer, "warning")
            else:
                done(answer)

        self._wish = wish
        self._start(name, compute, take)

    @property
    def is_busy(self) -> bool:
        """Whether a worker changes labels."""
        return self._is_busy

    def cancel(self) -> None:
        """Give up what a worker is computing; what it is writing already is finished."""
        self._waiting.clear()
        if self._wish is not None:
            self._wish.given_up = True

    def _take(self, overlay: Overlay, answer: _Made | str | None, nothing: str) -> None:
        if isinstance(answer, tuple):
            edit, patches = answer
            for box in _together([patch.box for patch in edit.patches]):
                overlay.changed.emit(box)
            self._made(overlay, edit, patches)
        elif isinstance(answer, str):
            self.said.emit(answer, "warning")
        elif nothing:
            self.said.emit(nothing, "info")

    def _end_job(self) -> None:
        self._is_busy, self._wish = False, None
        self.busy_changed.emit("")
        self._go_on_soon()

    def _go_on_soon(self) -> None:
        if self._waiting:
            QTimer.singleShot(0, self._go_on)  # after what was done has been told

    def _go_on(self) -> None:
        """Do what was wished meanwhile."""
        while self._waiting and not self._is_busy and not self.is_stroking:
            self._waiting.pop(0)()

    # History

    def undo(self) -> None:
        """Take the last edit of the active overlay back."""
        self._go_back(is_undo=True)

    def redo(self) -> None:
        """Make it again."""
        self._go_back(is_undo=False)

    def _go_back(self, is_undo: bool) -> None:
        if self._is_busy:
            self._waiting.append(partial(self._go_back, is_undo))
            return
        self.end()  # a stroke that goes on is the last edit
        overlay, history = self._overlays.active, self._overlays.history
        edit = None if overlay is None else history.last(overlay) if is_undo else history.next(overlay)
        if overlay is None or edit is None:
            self.said.emit("There is nothing to undo." if is_undo else "There is nothing to redo.", "info")
            return
        if not self.begin(overlay, edit.name):
            return
        self._stroked = None
        labels = overlay.labels

        def go() -> _Gone | str:
            try:
                boxes = (labels.undo if is_undo else labels.redo)(edit)
            except NumberError as error:  # the labels were converted to fewer bits since
                return str(error)
            return _together(boxes), _masked(labels, edit, is_undo)

        def finish(answer: _Gone | str) -> None:
            if isinstance(answer, str):
                self.said.emit(answer, "warning")
                return
            boxes, patches = answer
            if edit is (history.last if is_undo else history.next)(overlay):  # else the block was left meanwhile
                (history.undone if is_undo else history.redone)(overlay)
            for box in boxes:
                overlay.changed.emit(box)
            self.edited.emit(overlay, edit, is_undo, patches)
            self.history_changed.emit()

        if sum(size(patch.box) + _PATCH for patch in edit.patches) <= _AT_ONCE:
            finish(go())
            return

        def work(job: Job) -> _Gone | str:
            return go()

        def done(answer: _Gone | str) -> None:
            self._end_job()
            finish(answer)

        self._start(f"{'Undo' if is_undo else 'Redo'}: {edit.name}", work, done)

    def _made(self, overlay: Overlay, edit: Edit, patches: tuple[Patch, ...]) -> None:
        if overlay in self._overlays.all:
            self._overlays.history.add(overlay, edit)
        log.debug("%s: %d patches, %d bytes", edit.name, len(edit.patches), edit.nbytes)
        self.edited.emit(overlay, edit, False, patches)
        self.history_changed.emit()

    def leave(self) -> None:
        """The block is left: a stroke ends here, an operation is given up, or told and saved when it is done."""
        self.end()
        self.cancel()


class Going:
    """What a worker is computing: asked, it says whether that was given up; told how far it is, it says so."""

    def __init__(self) -> None:
        self.given_up = False
        self._tell: Callable[[float], None] | None = None
        self._told = 0.0

    def __call__(self) -> bool:
        """Whether it was given up."""
        return self.given_up

    def begin(self, tell: Callable[[float], None]) -> None:
        """The worker has begun."""
        self._tell = tell

    def progress(self, share: float) -> None:
        """So much of it is done, 0 to 1."""
        if self._tell is not None and share - self._told >= _STEP:
            self._told = share
            self._tell(share)


def _masked(labels: Labels, edit: Edit, is_undo: bool = False) -> tuple[Patch, ...]:
    """Return what was done just now, each patch with its mask. Costs what the boxes cost: for where it was done."""
    patches = edit.patches
    if is_undo:
        patches = tuple(replace(patch, old=patch.new, new=patch.old) for patch in reversed(patches))
    return tuple(patch.with_mask(labels.array) for patch in patches)


def _together(boxes: list[Box]) -> list[Box]:
    """Return boxes that hold these, in their order, but few: telling of each costs, and a stroke has thousands."""
    if len(boxes) <= 1:
        return boxes
    everything = reduce(union, boxes)
    if size(everything) <= 4 * sum(size(box) for box in boxes):
        return [everything]
    step = -(-len(boxes) // _MOST_BOXES)
    return [reduce(union, boxes[at : at + step]) for at in range(0, len(boxes), step)]
