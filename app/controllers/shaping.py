"""What is done to whole objects: merge, split, delete, holes, smooth, grow, shrink, slices, numbers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.actions import in_brackets, with_keys
from core.painting import label_objects, label_outline, label_slices
from core.painting.label_limits import limited

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.controllers.editing import Editing, Going
    from app.controllers.overlaying import Overlaying
    from app.controllers.painting import Painting
    from app.models.current_view import CurrentView
    from app.models.overlay import Overlay
    from app.models.paint_tool import PaintTool
    from core.painting.label_edit import Change, Edit
    from core.painting.labels import Labels

    Cancelled = Callable[[], bool]
    Progress = Callable[[float], None]
    Operation = Callable[[Labels, Sequence[int], Cancelled, Progress], list[Change]]

_NOTHING = "Nothing was changed."


class Shaping(QObject):
    """Works on the selected objects, or on the one with the number that is painted."""

    said = Signal(str, str)

    def __init__(
        self,
        view: CurrentView,
        tool: PaintTool,
        overlaying: Overlaying,
        editing: Editing,
        painting: Painting,
    ) -> None:
        super().__init__()
        self._view, self._tool = view, tool
        self._overlaying, self._editing, self._painting = overlaying, editing, painting
        editing.edited.connect(self._on_edited)
        self.slots: dict[str, Callable[[], object]] = {
            "merge_objects": self.merge,
            "delete_objects": partial(self._run, "Delete objects", label_objects.deleted),
            "fill_holes": self.fill_holes,
            "smooth_objects": partial(self._run_by, "Smooth", label_outline.smoothed),
            "grow_objects": partial(self._run_by, "Grow", label_outline.enlarged),
            "shrink_objects": partial(self._run_by, "Shrink", label_outline.reduced),
            "largest_piece": partial(self._run, "Keep the largest piece", label_objects.largest_kept),
            "split_pieces": partial(self._run, "Split into pieces", label_objects.pieces_parted),
            "renumber_all": self.renumber,
            "interpolate": self.interpolate,
            "copy_on": self.copy_on,
        }

    def _meant(self, fewest: int = 1) -> tuple[Overlay | None, list[int]]:
        """The overlay and the objects that are meant, so many at least; where there are not, a sentence and no overlay.

        Only then may labels that are not one's own become a copy.
        """
        active = self._overlaying.overlays.active
        if active is None:
            if self._overlaying.may_edit():
                self.said.emit("There are no labels on this block yet.", "info")
            return None, []
        chosen = self.targets(active)
        if chosen and len(chosen) < fewest:
            self.said.emit("Select two objects or more: S and clicks with Shift.", "info")
        if len(chosen) < fewest:
            return None, []
        return self._overlaying.editable(), chosen

    def targets(self, overlay: Overlay) -> list[int]:
        """The objects that are meant: selected, and there; else the one that is painted. A sentence for none.

        Who selects and took in nothing means nothing: not the object that was painted last, which may be out of sight.
        """
        state, index = overlay.state, overlay.labels.index
        chosen = [number for number in state.selected if number in index]
        if not chosen and state.number in index and not (self._tool.state.is_on and self._tool.state.tool == "select"):
            chosen = [state.number]
        free = [number for number in chosen if number not in state.locked]
        if not chosen:
            text = "No object is selected: {tool_select} and a click select one, Shift adds more."
            self.said.emit(with_keys(text), "info")
        elif not free:
            self.said.emit(with_keys("The object is locked: {lock_objects} unlocks it."), "info")
        return free

    def merge(self) -> None:
        """All selected objects become the first of them."""
        overlay, chosen = self._meant(fewest=2)
        if overlay is None:
            return
        target = chosen[0]

        def work(labels: Labels, going: Going) -> list[Change]:
            return label_objects.merged(labels, chosen, target, going, going.progress)

        if self._editing.run(overlay, f"Merge {len(chosen)} objects", work, _NOTHING):
            overlay.change(selected=(target,), number=target)

    def fill_holes(self) -> None:
        """In the slices of the plane in hand, or in 3D."""
        axis = None if self._tool.state.dims == 3 else self._tool.state.axis
        self._run("Fill holes", partial(_holes, axis), "There is no hole that this object alone encloses.")

    def renumber(self) -> None:
        """All objects get the numbers 1 to n."""
        overlay = self._overlaying.editable()
        if overlay is None:
            return
        if overlay.state.locked:
            self.said.emit(
                f"Some objects are locked: unlock them{in_brackets('lock_objects')} to renumber all.", "info"
            )
            return

        new: dict[int, int] = {}

        def work(labels: Labels, going: Going) -> list[Change]:
            new.update(label_objects.new_numbers(labels))
            return label_objects.renumbered(labels, going, going.progress)

        if self._editing.run(overlay, "Renumber", work, "They are numbered so already.", new):
            overlay.change(selected=(), hidden=frozenset())

    def change_number(self, number: int, new: int) -> str:
        """Give an object another number that is free; why not, or nothing."""
        overlay = self._overlaying.editable()
        if overlay is None:
            return "Nothing can be edited now."
        index = overlay.labels.index
        if number not in index:
            return f"There is no object {number}."
        if new in index or new <= 0:
            return f"{new} is taken: choose another number, or merge both{in_brackets('merge_objects')}."
        if number in overlay.state.locked:
            return f"{number} is locked."
        if new > overlay.labels.largest_number:
            return f"{new} needs labels of more bits: Labels, Convert the type…"

        def work(labels: Labels, going: Going) -> list[Change]:
            return label_objects.relabelled(labels, number, new)

        if self._editing.run(overlay, f"Number {number} becomes {new}", work, renumbered={number: new}):
            overlay.change(selected=(new,), number=new)
        return ""

    def _on_edited(self, overlay: Overlay, edit: Edit, is_undo: bool) -> None:
        """Names and colours go with the objects, also where that is taken back."""
        moved = edit.renumbered
        if moved:
            moved = {new: number for number, new in moved.items()} if is_undo else moved
            state = overlay.state
            overlay.change(
                names=_moved(state.names, moved),
                colors=_moved(state.colors, moved),
                column_colors=_moved(state.column_colors, moved),
            )

    def interpolate(self) -> None:
        """Draw an object where it is missing between slices."""
        operation = partial(_interpolated, self._tool.state.axis, self._painting.voxel_size)
        self._run("Interpolate", operation, "There is no gap between the slices in which it is drawn.")

    def copy_on(self) -> None:
        """Copy the objects to the next slice, and go there."""
        axis = self._tool.state.axis
        at = self._view.position[axis]
        active = self._overlaying.overlays.active
        if active is not None and at + 1 >= active.labels.shape[axis]:
            self.said.emit("This is the last slice.", "info")
            return
        overlay, chosen = self._meant()
        if overlay is None:
            return
        over, picked, locked = self._tool.state.over, frozenset(overlay.state.selected), overlay.state.locked

        def work(labels: Labels, going: Going) -> list[Change]:
            changes = label_slices.copied_to_slice(labels, axis, at, at + 1, chosen)
            return limited(labels, changes, "background" if over == "selected" else over, picked, locked)

        if self._editing.run(overlay, "Copy to the next slice", work, "Nothing was copied: there is no room for it."):
            self._view.step(axis, 1)

    def _run_by(self, name: str, operation: Any) -> None:
        """An operation by the length that is set."""
        state, size = self._tool.state, self._painting.voxel_size
        amount, axis = state.amount, None if state.dims == 3 else state.axis

        def work(labels: Labels, numbers: Sequence[int], cancelled: Cancelled, progress: Progress) -> list[Change]:
            found: list[Change] = operation(labels, numbers, amount, size, axis, cancelled, progress)
            return found

        nothing = f"Nothing was changed: a length of {amount:g} takes no voxel in, or there is no room."
        if name == "Smooth":
            nothing = "Nothing was changed: by this length it is smooth already."
        self._run(name, work, nothing)

    def _run(self, name: str, operation: Operation, nothing: str = _NOTHING) -> None:
        overlay, chosen = self._meant()
        if overlay is None:
            return
        locked = overlay.state.locked

        def work(labels: Labels, going: Going) -> list[Change]:
            return limited(labels, operation(labels, chosen, going, going.progress), "everything", frozenset(), locked)

        self._editing.run(overlay, name, work, nothing)


def _moved(texts: Mapping[int, str], moved: Mapping[int, int]) -> dict[int, str]:
    """Return texts by number for objects that got other numbers; what their numbers had before is gone."""
    taken = set(moved.values())
    kept = {number: text for number, text in texts.items() if number not in moved and number not in taken}
    return kept | {moved[number]: text for number, text in texts.items() if number in moved}


def _holes(
    axis: int | None, labels: Labels, numbers: Sequence[int], cancelled: Cancelled, progress: Progress
) -> list[Change]:
    return label_objects.holes_filled(labels, numbers, axis, cancelled, progress)


def _interpolated(
    axis: int,
    size: Sequence[float],
    labels: Labels,
    numbers: Sequence[int],
    cancelled: Cancelled,
    progress: Progress,
) -> list[Change]:
    changes: list[Change] = []
    for done, number in enumerate(numbers):
        progress(done / len(numbers))
        changes += label_slices.interpolated(labels, number, axis, size, cancelled)
    return changes
