"""Overlays as files: new, opened, copied, renamed, converted, deleted, saved elsewhere."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.actions import in_brackets
from app.controllers.overlaying import read_labels
from app.views.file_dialog import choose_file, choose_new_file
from app.views.label_dialogs import BITS, FormField
from core.errors import Cancelled
from storage.errors import StorageError
from storage.label_facts import LabelFacts
from storage.label_file import Cancelled as GaveUp
from storage.label_name import check_label_name, free_name, is_taken, others_labels
from storage.label_store import write_labels
from storage.label_writer import LabelWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.controllers.asking import Asking
    from app.controllers.editing import Editing
    from app.controllers.moving_labels import MovingLabels
    from app.controllers.overlaying import Overlaying, ReadLabels
    from app.jobs import Job, Jobs
    from app.models.overlay import Overlay
    from app.models.overlays import Overlays
    from app.views.main_window import MainWindow
    from core.painting.labels import Labels

_KINDS = "Labels (*.tif *.tiff);;All files (*)"
_DTYPES = {8: "uint8", 16: "uint16", 32: "int32"}
_NO_LABELS = "There are no labels on this block yet: Labels > New labels…{} makes some."


class FilingLabels(QObject):
    """Forms are not modal; files are read and written by workers."""

    said = Signal(str, str)

    def __init__(
        self,
        jobs: Jobs,
        window: MainWindow,
        overlays: Overlays,
        overlaying: Overlaying,
        editing: Editing,
        moving: MovingLabels,
        asking: Asking,
    ) -> None:
        super().__init__()
        self._jobs, self._window, self._overlays = jobs, window, overlays
        self._overlaying, self._editing, self._moving = overlaying, editing, moving
        self._asking = asking
        """From which labels were opened last."""
        self.slots: dict[str, Callable[[], object]] = {
            "new_labels": self.ask_new,
            "open_labels": self.ask_file,
            "open_others": self.ask_others,
            "save_labels_as": self.save_as,
            "duplicate_labels": self.duplicate,
            "rename_labels": self.ask_name,
            "convert_labels": self.ask_type,
            "delete_labels": self.ask_delete,
        }

    # New and opened

    def ask_new(self) -> None:
        """Ask for the name and the type of new labels."""
        if not self._overlaying.may_edit():
            return
        name = free_name("labels", self._overlays.names())
        self._asking.ask("New labels", self._make, FormField("name", "Name", "text", name),
                   FormField("bits", "Numbers", "choice", 16, BITS), keep="Make")  # fmt: skip

    def _make(self, values: dict[str, Any]) -> str:
        name, problem = self._checked(str(values["name"]), None)
        if not problem and self._overlaying.may_edit():
            self._overlaying.add_new(name, _DTYPES[int(values["bits"])])
        return problem

    def ask_file(self) -> None:
        """Open labels of any TIFF file over the block, read-only until they are edited."""
        if self._overlaying.may_edit():
            path = choose_file(self._window, "Open labels", _KINDS, self._overlaying.folder())
            if path:
                self.open_file(Path(path), Path(path).stem)

    def open_file(self, path: Path, name: str) -> None:
        """Read labels for the block on screen."""
        place = self._overlaying.place
        if place is None:
            return
        shape = place.shape

        def work(job: Job) -> ReadLabels | str | None:
            try:
                return read_labels(path, name, shape, job.is_cancelled)
            except StorageError as error:
                return str(error)
            except (Cancelled, GaveUp):
                return None

        self._jobs.start("labels", work, partial(self._on_opened, place))

    def _on_opened(self, place: object, answer: ReadLabels | str | None) -> None:
        if isinstance(answer, str):
            self.said.emit(answer, "error")
        elif answer is not None and place == self._overlaying.place:
            overlay = self._overlaying.overlay_of(answer, is_own=False)
            # The first stroke is an object of its own, and no more of the last one of another program
            number = min(overlay.labels.index.new_number(), overlay.labels.largest_number)
            overlay.change(name=free_name(answer.name, self._overlays.names()), number=number)
            self._overlays.add(overlay)

    def ask_others(self) -> None:
        """Ask which labels of other annotators are to be opened, read-only until they are edited."""
        session, place = self._overlaying.session, self._overlaying.place
        if session is None or place is None or not self._overlaying.may_edit():
            return

        def work(job: Job) -> list[tuple[str, str]] | str:
            try:
                found = others_labels(session.store.root, session.annotator, place.block_id, place.time)
            except StorageError as error:
                return str(error)
            return [(f"{one.name} by {one.annotator}", str(one.path)) for one in found]

        self._jobs.start("labels", work, self._on_others_found)

    def _on_others_found(self, answer: list[tuple[str, str]] | str) -> None:
        if isinstance(answer, str):
            self.said.emit(answer, "error")
        elif not answer:
            self.said.emit("Nobody else has painted labels on this block.", "info")
        else:
            self._asking.ask("Open labels of others", self._open_others,
                       FormField("path", "Labels", "choice", answer[0][1], answer), keep="Open")  # fmt: skip

    def _open_others(self, values: dict[str, Any]) -> str:
        path = Path(str(values["path"]))
        self.open_file(path, path.stem)
        return ""

    # What there is

    def duplicate(self) -> None:
        """A copy of one's own, which is painted on from now on."""
        active = self._active()
        if active is None or not self._overlaying.may_edit() or not self._is_free():
            return
        name = free_name(active.state.name, self._overlays.names())
        state, path, place = active.state, active.path, self._overlaying.place

        def done(labels: Labels) -> None:
            if place == self._overlaying.place:
                self._overlaying.add_copy(labels, name, state, path)

        self._editing.duplicate(active, done)

    def ask_name(self) -> None:
        """Ask for another name."""
        active = self._active()
        if active is not None:
            self._asking.ask("Rename labels", partial(self._rename, active), FormField("name", "Name", "text",
                       active.state.name), keep="Rename")  # fmt: skip

    def _rename(self, overlay: Overlay, values: dict[str, Any]) -> str:
        name, problem = self._checked(str(values["name"]), overlay)
        if not problem and name != overlay.state.name and overlay in self._overlays.all:
            self._moving.rename(overlay, name)
        return problem

    def ask_type(self) -> None:
        """Ask for how many bits numbers have."""
        active = self._active()
        if active is not None:
            bits = 8 * active.labels.array.dtype.itemsize
            self._asking.ask("Convert the type", partial(self._convert, active),
                       FormField("bits", "Numbers", "choice", bits, BITS), keep="Convert")  # fmt: skip

    def _convert(self, overlay: Overlay, values: dict[str, Any]) -> str:
        dtype, source = _DTYPES[int(values["bits"])], overlay.labels
        if dtype == source.array.dtype.name or overlay not in self._overlays.all:
            return ""
        if source.index.greatest > _most(dtype):
            return f"Number {source.index.greatest} does not fit into {values['bits']} bits."
        if not self._overlaying.may_edit() or not self._is_free():
            return "Labels cannot be edited now."
        self._editing.convert(overlay, dtype)
        return ""

    def ask_delete(self) -> None:
        """Ask whether the labels are to go."""
        active = self._active()
        if active is None:
            return
        if not active.is_own:
            self._overlays.remove(active)
            self.said.emit(f"“{active.state.name}” is closed; its file stays as it is.", "info")
            return
        text = f"“{active.state.name}” is taken away. Its file is moved into the folder .deleted beside it."
        self._asking.ask("Delete labels", partial(self._delete, active), keep="Delete", said=text)

    def _delete(self, overlay: Overlay, values: dict[str, Any]) -> str:
        if overlay in self._overlays.all and self._is_free():
            self._moving.delete(overlay)
        return ""

    def save_as(self) -> None:
        """A copy of the labels in a file anywhere."""
        active, place = self._active(), self._overlaying.place
        if active is None or place is None or not self._is_free():
            return
        path = choose_new_file(self._window, "Save labels as", f"{active.state.name}.tif", _KINDS)
        if not path:
            return
        labels, state = active.labels, active.state
        target = Path(path) if Path(path).suffix else Path(f"{path}.tif")
        facts = LabelFacts(
            labels.shape, labels.array.dtype.name, place.voxel_size, dict(state.names), dict(state.colors),
            application="Cytoscribe",
        )  # fmt: skip

        def work(job: Job) -> tuple[str, str]:
            writer = LabelWriter(labels.shape, labels.array.dtype.name)
            writer.update(labels.array)
            try:
                write_labels(target, writer, facts)
            except StorageError as error:
                return str(error), "error"
            return f"Saved: {target}", "info"

        self._jobs.start("labels", work, self._on_written)

    def _on_written(self, answer: tuple[str, str]) -> None:
        self.said.emit(*answer)

    # Pieces

    def _active(self) -> Overlay | None:
        if self._overlays.active is None:
            self.said.emit(_NO_LABELS.format(in_brackets("new_labels")), "info")
        return self._overlays.active

    def _is_free(self) -> bool:
        if self._editing.is_busy:
            self.said.emit("The labels are being changed just now: wait, or cancel that.", "info")
        return not self._editing.is_busy

    def _checked(self, text: str, own: Overlay | None) -> tuple[str, str]:
        """Return the name as it is kept, and what is wrong with it."""
        try:
            name = check_label_name(text)
        except StorageError as error:
            return "", str(error)
        if is_taken(name, [one.state.name for one in self._overlays.all if one is not own]):
            return "", f"There are labels named “{name}” already."
        return name, ""


def _most(dtype: str) -> int:
    return {"uint8": 255, "uint16": 65535, "int32": 2**31 - 1}[dtype]
