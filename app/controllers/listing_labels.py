"""The labels panel: which overlays there are, how they are drawn, what is selected, what undo takes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.views.labels_panel import OverlayRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.controllers.deferring import Deferring
    from app.controllers.editing import Editing
    from app.controllers.selecting import Selecting
    from app.models.block_cache import LoadedBlock
    from app.models.overlay import Overlay
    from app.models.overlays import Overlays
    from app.models.paint_tool import PaintTool
    from app.views.main_window import MainWindow

_CONTOUR = 1


class ListingLabels(QObject):
    """Joins the panel with the overlays."""

    def __init__(
        self,
        window: MainWindow,
        overlays: Overlays,
        tool: PaintTool,
        editing: Editing,
        selecting: Selecting,
        deferring: Deferring,
    ) -> None:
        super().__init__()
        self._window, self._panel, self._overlays = window, window.side.labels, overlays
        self._tool, self._editing, self._selecting, self._deferring = tool, editing, selecting, deferring
        panel = self._panel
        panel.overlay_requested.connect(self._on_overlay_requested)
        panel.visible_requested.connect(self._on_visible_requested)
        panel.order_requested.connect(self._on_order_requested)
        panel.opacity_requested.connect(partial(self._change, "opacity"))
        panel.contour_requested.connect(partial(self._change, "contour"))
        panel.only_selected_requested.connect(partial(self._change, "shows_only_selected"))
        panel.amount_requested.connect(self._on_amount_requested)
        panel.action_requested.connect(window.action_requested)
        overlays.added.connect(self._on_added)
        overlays.listed.connect(self._later)
        editing.history_changed.connect(self._later)
        tool.changed.connect(self._on_tool_changed)
        self.slots: dict[str, Callable[[], object]] = {
            "next_overlay": partial(self._step, 1),
            "previous_overlay": partial(self._step, -1),
            "show_labels": self._toggle_visible,
            "toggle_contour": self._toggle_contour,
            "shuffle_colors": self._shuffle,
        }
        self._tell()

    def show(self, loaded: LoadedBlock) -> None:
        """The next frame shows this block."""
        self._panel.set_unit("µm" if loaded.image.voxel_size is not None else "voxels")

    # Wishes

    def _step(self, step: int) -> None:
        overlays = self._overlays
        if overlays.active is not None:
            place = overlays.all.index(overlays.active) + step
            overlays.set_active(overlays.all[place % len(overlays.all)])

    def _toggle_visible(self) -> None:
        active = self._overlays.active
        if active is not None:
            active.change(is_visible=not active.state.is_visible)

    def _toggle_contour(self) -> None:
        active = self._overlays.active
        if active is not None:
            active.change(contour=0 if active.state.contour else _CONTOUR)

    def _shuffle(self) -> None:
        active = self._overlays.active
        if active is not None:
            active.change(seed=active.state.seed + 1)

    def _change(self, field: str, value: Any) -> None:
        if self._overlays.active is not None:
            self._overlays.active.change(**{field: value})

    def _on_overlay_requested(self, place: int) -> None:
        self._overlays.set_active(self._overlays.all[place])

    def _on_visible_requested(self, place: int, is_visible: bool) -> None:
        self._overlays.all[place].change(is_visible=is_visible)

    def _on_order_requested(self, start: int, end: int) -> None:
        self._overlays.move(start, end)

    def _on_amount_requested(self, amount: float) -> None:
        self._tool.change(amount=amount)

    # What follows

    def _on_added(self, overlay: Overlay) -> None:
        overlay.state_changed.connect(self._later)
        overlay.changed.connect(self._seldom)

    def _on_tool_changed(self, old: Any, new: Any) -> None:
        if (old.is_on, old.amount) != (new.is_on, new.amount):
            self._later()

    def _seldom(self, box: Any) -> None:
        self._deferring.seldom(self._tell)

    def _later(self, *_: object) -> None:
        self._deferring.later(self._tell)

    def _tell(self) -> None:
        panel, active = self._panel, self._overlays.active
        rows = [self._row(overlay) for overlay in self._overlays.all]
        panel.set_overlays(rows, self._overlays.all.index(active) if active is not None else -1)
        panel.set_enabled(active is not None, self._tool.state.is_on)
        panel.set_amount(self._tool.state.amount)
        if active is not None:
            state = active.state
            panel.set_look(state.opacity, state.contour, state.shows_only_selected)
        panel.set_objects(self._objects(active), len(active.state.selected) if active is not None else 0)
        self._tell_history(active)

    def _row(self, overlay: Overlay) -> OverlayRow:
        sign = tip = ""
        if not overlay.is_own:
            copied = f"{overlay.path}\nThe first edit makes a copy of your own"
            sign, tip = "read-only", copied if overlay.path is not None else "Where two versions differ; not saved"
        labels = overlay.labels
        bits = 8 * labels.array.dtype.itemsize
        tip = tip or f"{len(labels.index)} objects, {bits} bits" + (f"\n{overlay.path}" if overlay.path else "")
        return OverlayRow(overlay.state.name, overlay.state.is_visible, sign, tip)

    def _objects(self, overlay: Overlay | None) -> str:
        if overlay is None:
            return ""
        state, index = overlay.state, overlay.labels.index
        chosen = [number for number in state.selected if number in index]
        if len(chosen) == 1:
            return self._selecting.text_of(overlay, chosen[0])
        total = f"{len(index):,} object{'' if len(index) == 1 else 's'}"
        if state.hidden:
            total += f", {len(state.hidden)} hidden"
        if state.locked:
            total += f", {len(state.locked)} locked"
        if chosen:
            voxels = sum(index.count(number) for number in chosen)
            return f"{len(chosen)} of {total} selected: {voxels:,} voxels"
        return total

    def _tell_history(self, active: Overlay | None) -> None:
        history = self._overlays.history
        undo = history.last(active) if active is not None else None
        redo = history.next(active) if active is not None else None
        self._window.set_action_text("undo_edit", f"Undo: {undo.name}" if undo else "Undo")
        self._window.set_action_text("redo_edit", f"Redo: {redo.name}" if redo else "Redo")
        count = history.count(active) if active is not None else 0
        used, limit = history.nbytes / (1 << 20), history.limit >> 20
        steps = f"{count} step{'' if count == 1 else 's'}"
        self._panel.set_memory(f"Undo: {steps}, {used:.1f} of {limit} MB" if count or used >= 0.1 else "")
