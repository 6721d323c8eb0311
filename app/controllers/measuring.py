"""Measuring a distance with the ruler: on and off, its ends, the text beside it, the copy of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from app.actions import with_keys
from app.models.ruler import Ruler, measure
from app.models.screen import Stage

if TYPE_CHECKING:
    from app.controllers.deferring import Deferring
    from app.log import EventRecord
    from app.models.block_cache import LoadedBlock
    from app.models.current_view import CurrentView, ViewState
    from app.models.screen import OnScreen, Screen
    from app.render.canvas import Canvas
    from app.views.viewer_window import ViewerWindow

_HOW = "Ruler: click or drag in a slice. {copy_distance} copies the distance, {end_ruler} takes the ruler away."
_NOTHING = "There is no distance to copy: {toggle_ruler} turns the ruler on."


class Measuring(QObject):
    """A ruler belongs to the block on screen and goes away with it."""

    def __init__(
        self,
        window: ViewerWindow,
        canvas: Canvas,
        view: CurrentView,
        screen: Screen,
        deferring: Deferring,
        record: EventRecord,
    ) -> None:
        super().__init__()
        self._window, self._canvas, self._view = window, canvas, view
        self._deferring, self._record = deferring, record
        self._loaded: LoadedBlock | None = None
        self._told = ""
        view.changed.connect(self._on_view_changed)
        screen.changed.connect(self._on_screen_changed)
        canvas.events.ruler_requested.connect(self._on_canvas_ruler_requested)
        canvas.events.view_moved.connect(self._on_canvas_moved)

    def show(self, loaded: LoadedBlock) -> None:
        """The next frame shows this block."""
        self._loaded = loaded
        self.end()

    # Wishes that are actions

    def toggle(self) -> None:
        """The ruler, or none."""
        is_on = not self._view.state.ruler.is_on and self._loaded is not None
        self._view.change(ruler=Ruler(is_on))
        self._tell_text()  # also the tick, which the menu has changed
        if is_on:
            self._window.area.messages.tell(with_keys(_HOW))

    def end(self) -> None:
        """Take the ruler away."""
        self._view.change(ruler=Ruler())

    def copy(self) -> None:
        """Put the distance, as it is shown, on the clipboard."""
        text = self._text()
        if text:
            QGuiApplication.clipboard().setText(text)
        self._window.area.messages.tell(f"Copied: {text}" if text else with_keys(_NOTHING))
        self._record.write("distance_copied", text=text)

    # The canvas and the state

    def _on_canvas_ruler_requested(self, event: Any) -> None:
        self._view.change(ruler=replace(self._view.state.ruler, start=event.start, end=event.end))

    def _on_canvas_moved(self, event: Any) -> None:
        if self._view.state.ruler.is_on:
            self._deferring.later(self._tell_text)

    def _on_screen_changed(self, now: OnScreen) -> None:
        if now.stage in (Stage.FAILED, Stage.NOTHING):
            self._loaded = None
            self.end()

    def _on_view_changed(self, old: ViewState, new: ViewState) -> None:
        if old.ruler != new.ruler:
            self._canvas.set_ruler(new.ruler.is_on, new.ruler.start, new.ruler.end)
            self._deferring.later(self._tell_text)

    def _text(self) -> str:
        ruler = self._view.state.ruler
        if self._loaded is None or ruler.start is None or ruler.end is None:
            return ""
        image = self._loaded.image
        length = measure(ruler.start, ruler.end, image.voxel_size or image.reduction)
        return length.text(image.voxel_size is not None)

    def _tell_text(self) -> None:
        self._window.set_checked("toggle_ruler", self._view.state.ruler.is_on)
        text = self._text()
        self._window.area.set_ruler(text, self._canvas.ruler.place() if text else None)
        if text != self._told:
            self._told = text
            self._record.write("ruler", text=text)
