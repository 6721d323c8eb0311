"""Which objects are meant: clicked, encircled, gone to one after the other; hidden, locked, named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from core.painting.label_shapes import polygon
from core.painting.object_table import neighbour_number, object_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.controllers.deferring import Deferring
    from app.controllers.painting import Painting
    from app.log import EventRecord
    from app.models.block_cache import LoadedBlock
    from app.models.current_view import CurrentView, ViewState
    from app.models.overlay import Overlay
    from app.models.overlays import Overlays
    from app.models.paint_tool import PaintTool
    from app.render.canvas import Canvas
    from app.views.main_window import MainWindow

_LONGEST = 18
"""Letters of a name of labels before the number of an object."""
_NONE = "There are no objects in these labels."


class Selecting(QObject):
    """The status line says of the object under the mouse what is known of it."""

    said = Signal(str, str)

    def __init__(
        self,
        window: MainWindow,
        canvas: Canvas,
        view: CurrentView,
        overlays: Overlays,
        tool: PaintTool,
        painting: Painting,
        deferring: Deferring,
        record: EventRecord,
    ) -> None:
        super().__init__()
        self._window, self._canvas, self._view = window, canvas, view
        self._overlays, self._tool, self._painting = overlays, tool, painting
        self._deferring, self._record = deferring, record
        self._loaded: LoadedBlock | None = None
        self._at: tuple[float, float] | None = None
        """Where the mouse is on the canvas."""
        self._hit: Any = None
        """The voxel that it hit in the volume."""
        canvas.events.tool_pressed.connect(self._on_pressed)
        canvas.events.pointed.connect(self._on_pointed)
        canvas.events.tool_hovered.connect(self._on_hovered)
        window.area.pointer_left.connect(self._on_pointer_left)
        view.changed.connect(self._on_view_changed)
        self._told = ""
        overlays.added.connect(self._on_overlay_added)
        overlays.listed.connect(self._on_listed)
        self.slots: dict[str, Callable[[], object]] = {
            "next_object": self.next_object,
            "previous_object": self.previous_object,
            "select_all": self.select_all,
            "select_none": self.select_none,
            "hide_objects": self.hide,
            "show_objects": self.show_all,
            "only_selected": self.toggle_only_selected,
            "lock_objects": self.toggle_lock,
        }
        self._told = self._instead = ""
        self.rows: dict[int, str] = {}
        """What a table says of each object, for the status line."""

    def show(self, loaded: LoadedBlock) -> None:
        """The next frame shows this block."""
        self._loaded, self._hit = loaded, None
        self._deferring.later(self._tell_pointed)

    # Selecting

    def _on_pressed(self, event: Any) -> None:
        overlay = self._overlays.active
        if (
            overlay is not None
            and event.point is None
            and event.button == 1
            and self._tool.state.tool == "select"
            and self._number_at(overlay, event)
        ):  # in the volume; a drag beside the objects turns the camera
            event.taken = True
            self.click(event)

    def click(self, event: Any) -> None:
        """Select the object under the mouse; with Shift or Ctrl add it to the others, or take it away."""
        overlay = self._overlays.active
        if overlay is None:
            return
        number = self._number_at(overlay, event)
        overlay.select(number, "Shift" in event.modifiers or "Control" in event.modifiers)
        if number:
            overlay.change(number=number)

    def encircle(self, points: Any, axis: int, is_added: bool) -> None:
        """Select all objects that a closed line in a plane touches."""
        overlay = self._overlays.active
        if overlay is None:
            return
        labels, at = overlay.labels, round(float(points[0, axis]))
        found = polygon(np.delete(points, axis, axis=1), axis, at, at, labels.shape)
        numbers = np.unique(labels.array[found[0]][found[1]]).tolist() if found is not None else []
        before = overlay.state.selected if is_added else ()
        new = [number for number in numbers if number and number not in before]
        overlay.change(selected=(*before, *new))

    def select(self, numbers: list[int]) -> None:
        """Select these."""
        if self._overlays.active is not None:
            self._overlays.active.change(selected=tuple(numbers))

    def select_all(self) -> None:
        """All that are there."""
        if self._overlays.active is not None:
            self.select(self._overlays.active.labels.index.numbers())

    def select_none(self) -> None:
        """None."""
        self.select([])

    # Going to objects

    def next_object(self) -> None:
        """The next number that is there."""
        self._step(1)

    def previous_object(self) -> None:
        """The number before."""
        self._step(-1)

    def _step(self, step: int) -> None:
        overlay = self._overlays.active
        if overlay is None:
            self.said.emit(_NONE, "info")
            return
        current = overlay.state.selected[-1] if overlay.state.selected else 0 if step > 0 else overlay.state.number
        number = neighbour_number(overlay.labels.index, current, step)
        if number is None:
            self.said.emit(_NONE, "info")
        else:
            self.go_to(number)

    def go_to(self, number: int) -> bool:
        """Select an object and bring it to the middle of the view; False if there is none of that number."""
        overlay = self._overlays.active
        box = overlay.labels.index.tight_box(number, overlay.labels.array) if overlay is not None else None
        if overlay is None or box is None:
            self.said.emit(f"There is no object {number}.", "info")
            return False
        overlay.change(selected=(number,), number=number)
        centre = tuple((part.start + part.stop - 1) // 2 for part in box)
        self._view.go_to(centre)
        self._canvas.panes.center_on(centre)
        self._deferring.later(self._tell_pointed)
        self._record.write("object", number=number)
        return True

    # Hidden and locked

    def hide(self) -> None:
        """Do not draw the selected objects."""
        overlay = self._overlays.active
        if overlay is not None:
            state = overlay.state
            numbers = state.selected or (state.number,)
            overlay.change(hidden=state.hidden | set(numbers), selected=())

    def show_all(self) -> None:
        """Draw all objects."""
        if self._overlays.active is not None:
            self._overlays.active.change(hidden=frozenset(), shows_only_selected=False)

    def toggle_only_selected(self) -> None:
        """Draw only what is selected, or all."""
        if self._overlays.active is not None:
            state = self._overlays.active.state
            self._overlays.active.change(shows_only_selected=not state.shows_only_selected)

    def toggle_lock(self) -> None:
        """No tool changes a locked object."""
        overlay = self._overlays.active
        if overlay is None:
            return
        state = overlay.state
        numbers = frozenset(state.selected or (state.number,))
        locked = state.locked - numbers if numbers <= state.locked else state.locked | numbers
        overlay.change(locked=locked)
        names = ", ".join(str(number) for number in sorted(numbers)[:8])
        self.said.emit(f"{'Locked' if numbers <= locked else 'Unlocked'}: {names}", "info")

    # The status line

    def _on_pointed(self, event: Any) -> None:
        self._point(event)
        (self._deferring.seldom if self._canvas.tool.is_held else self._deferring.later)(self._tell_pointed)

    def _on_hovered(self, event: Any) -> None:
        if event.point is None:  # in the volume the first object along the ray
            overlay = self._overlays.active
            self._point(event)
            self._hit = self._painting.hit(overlay, event.ray) if overlay is not None else None
            self._deferring.later(self._tell_pointed)

    def _point(self, event: Any) -> None:
        at = float(event.at[0]), float(event.at[1])
        if at != self._at:  # else the tool has been told of this place already, and in the volume it hit something
            self._at, self._hit = at, None

    def _on_pointer_left(self) -> None:
        self._at = self._hit = None
        self._deferring.later(self._tell_pointed)

    def _on_view_changed(self, old: ViewState, new: ViewState) -> None:
        if (old.mode, old.alone) != (new.mode, new.alone):
            self._hit = None
        if (old.mode, old.alone, old.z, old.cross) != (new.mode, new.alone, new.z, new.cross):
            self._deferring.later(self._tell_pointed)

    # What the mouse points at may become another object while it rests: an edit, other labels, another block

    def _on_overlay_added(self, overlay: Overlay) -> None:
        overlay.changed.connect(self._on_object_changed)
        overlay.replaced.connect(self._on_object_changed)
        overlay.state_changed.connect(self._on_object_changed)

    def _on_object_changed(self) -> None:
        self._deferring.seldom(self._tell_pointed)

    def _on_listed(self) -> None:
        self._deferring.later(self._tell_pointed)

    def _number_at(self, overlay: Overlay, event: Any) -> int:
        if event.point is None:
            hit = self._painting.hit(overlay, event.ray)
            return self._painting.number_at(overlay, hit) if hit is not None else 0
        return self._painting.number_at(overlay, event.point) if self._painting.has(overlay, event.point) else 0

    def _tell_pointed(self) -> None:
        voxel = self._hit
        if voxel is None and self._at is not None:
            voxel = self._canvas.voxel_at(self._at)
        text = self._instead or self.text_at(voxel)
        self._window.area.set_object(text)
        if text != self._told:
            self._told = text
            self._record.write("pointed_object", text=text)

    def tell_instead(self, text: str) -> None:
        """Say this in place of the object under the mouse, until it is empty."""
        self._instead = text
        self._deferring.later(self._tell_pointed)

    def text_at(self, voxel: Any) -> str:
        """What is known of the object at a voxel (z, y, x): number, name, size, row of the table; empty for none."""
        overlay = self._overlays.active
        if overlay is None or voxel is None or not overlay.state.is_visible:
            return ""
        if not self._painting.has(overlay, voxel):
            return ""
        number = self._painting.number_at(overlay, voxel)
        if not number:
            return ""
        return self.text_of(overlay, number)

    def text_of(self, overlay: Overlay, number: int) -> str:
        """What is known of an object."""
        image = self._loaded.image if self._loaded is not None else None
        row = object_row(overlay.labels.index, number, image.voxel_size if image is not None else None)
        if row is None:
            return f"{_short(overlay.state.name)} {number}"
        name = overlay.state.names.get(number, "")
        parts = [f"{_short(overlay.state.name)} {number}{f' “{name}”' if name else ''}", f"{row.voxels:,} voxels"]
        if row.volume is not None:
            parts.append(f"{row.volume:,.4g} µm³")
        if number in overlay.state.locked:
            parts.append("locked")
        if number in self.rows:
            parts.append(self.rows[number])
        return "   ".join(parts)


def _short(name: str) -> str:
    """A name of labels, with its middle left out where it would push what follows out of sight."""
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST // 2]}…{name[-(_LONGEST // 2) :]}"
