"""Arranging the panes and the volume: layout, crosshair, thick slices, 3D mode, cuts, camera, what is remembered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.models.current_view import LAYOUTS
from app.models.volume_view import MODES, VolumeView, sound_slices, sound_volume
from app.render.rendering import CutPlane, Rendering
from app.settings import DataSetSettings
from app.views.volume_panel import mode_text

if TYPE_CHECKING:
    from app.controllers.deferring import Deferring
    from app.models.current_view import CurrentView, ViewState
    from app.render.canvas import Canvas
    from app.views.viewer_window import ViewerWindow

_TURN_MS = 700
"""So long the volume must stand still before how it is turned is remembered."""
_CAPTIONS = {"xy": "XY", "xz": "XZ", "yz": "YZ", "3d": "3D"}


class Arranging(QObject):
    """Applies what differs between the old and the new state, and nothing else."""

    settings_changed = Signal()
    """What is remembered for the data set is different now."""

    def __init__(self, window: ViewerWindow, canvas: Canvas, view: CurrentView, deferring: Deferring) -> None:
        super().__init__()
        self._window, self._canvas, self._view, self._deferring = window, canvas, view, deferring
        self.settings = DataSetSettings()
        self._before = "2d"
        self._turning = QTimer(self)
        self._turning.setSingleShot(True)
        self._turning.setInterval(_TURN_MS)
        self._turning.timeout.connect(self._on_turned)
        view.changed.connect(self._on_view_changed)
        canvas.events.position_requested.connect(self._on_canvas_position_requested)
        canvas.events.cut_requested.connect(self._on_canvas_cut_requested)
        canvas.events.view_moved.connect(self._on_canvas_moved)
        window.layout_requested.connect(self._on_layout_requested)
        panel = window.side.volume
        panel.volume_requested.connect(self._on_volume_requested)
        panel.amount_requested.connect(self._on_amount_requested)
        panel.slab_requested.connect(self._on_slab_requested)
        panel.box_requested.connect(self._on_box_requested)
        panel.side_requested.connect(self._on_side_requested)
        panel.cut_side_requested.connect(self._on_cut_side_requested)
        self._apply_volume(view.state.volume)

    def set_data_set(self, settings: DataSetSettings) -> None:
        """What this annotator chose here before."""
        self.settings = settings
        volume, slab = sound_volume(settings.volume), sound_slices(settings.slab)
        mode = settings.mode if settings.mode in LAYOUTS else "2d"
        mode = "2d" if mode == "3d" and not self._canvas.has_volume else mode
        self._view.change(mode=mode, alone="", volume=volume, slab=slab)
        self._canvas.align("z")  # not as the data set before was left
        self._canvas.set_turn(volume.turn)
        self._tell_panel()

    # Wishes that are actions

    def toggle_3d(self) -> None:
        """The volume, or what was before."""
        self._change_layout(self._before if self._view.state.mode == "3d" else "3d")

    def ortho(self) -> None:
        """Three slices and the volume, or one slice."""
        self._change_layout("2d" if self._view.state.mode == "ortho" else "ortho")

    def side_by_side(self) -> None:
        """A slice for each channel, or one slice."""
        self._change_layout("2d" if self._view.state.mode == "channels" else "channels")

    def maximise(self) -> None:
        """The pane under the mouse fills the canvas, or all four are seen again."""
        state = self._view.state
        if state.mode != "ortho":
            self._change_layout("ortho")
        elif state.alone:
            self._view.change(alone="")
        else:
            alone = self._window.area.pane_under_mouse(self._canvas.panes.rects()) or "xy"
            if not self._refuses(alone):
                self._view.change(alone=alone)

    def next_3d_mode(self) -> None:
        """The next way to draw the volume."""
        if self._refuses("3d"):
            return
        mode = MODES[(MODES.index(self._view.state.volume.mode) + 1) % len(MODES)]
        self._change_volume(mode=mode)
        self._window.area.messages.tell(f"3D: {mode_text(mode)}")

    def toggle_cross(self) -> None:
        """The crosshair of the orthogonal views, or none."""
        slab = self._view.state.slab
        self._view.change(slab=replace(slab, shows_cross=not slab.shows_cross))
        self._remember()

    def _refuses(self, pane: str) -> bool:
        """Whether that would show the volume where none can be drawn; says so, and leaves everything as it is."""
        if pane != "3d" or self._canvas.has_volume:
            return False
        self._window.area.messages.tell("3D needs OpenGL, and none is used here. Slices are shown.")
        self._tell_layout()
        return True

    def _change_layout(self, mode: str) -> None:
        if self._refuses(mode):
            return
        if self._view.state.mode != "3d":
            self._before = self._view.state.mode
        self._view.change(mode=mode, alone="", is_playing=False)
        self._remember()

    def _change_volume(self, **fields: Any) -> None:
        self._view.change(volume=replace(self._view.state.volume, **fields))
        self._remember()

    def _remember(self) -> None:
        state = self._view.state
        self.settings.mode, self.settings.volume, self.settings.slab = state.mode, state.volume, state.slab
        self.settings_changed.emit()

    # Wishes of the canvas and the panel

    def _on_layout_requested(self, mode: str) -> None:
        if mode != self._view.state.mode:
            self._change_layout(mode)

    def _on_canvas_position_requested(self, event: Any) -> None:
        self._view.go_to(event.position)

    def _on_canvas_cut_requested(self, event: Any) -> None:
        self._change_volume(cut_normal=event.plane.normal, cut_offset=event.plane.offset)

    def _on_canvas_moved(self, event: Any) -> None:
        self._deferring.later(self._tell_panes)
        if self._view.state.mode in ("3d", "ortho"):
            self._turning.start()

    def keep_turn(self) -> None:
        """Remember how the volume is turned now: the program ends, or another data set comes."""
        if self._turning.isActive():
            self._turning.stop()
            self._on_turned()

    def _on_turned(self) -> None:
        turn = self._canvas.turn()
        if turn != self._view.state.volume.turn:
            self._change_volume(turn=turn)

    def _on_volume_requested(self, name: str, value: object) -> None:
        self._change_volume(**{name: value})

    def _on_amount_requested(self, value: float) -> None:
        self._view.change(volume=self._view.state.volume.with_amount(value))
        self._remember()

    def _on_slab_requested(self, name: str, value: object) -> None:
        self._view.change(slab=sound_slices(replace(self._view.state.slab, **{name: value})))  # type: ignore[arg-type]
        self._remember()

    def _on_box_requested(self, axis: int, low: float, high: float) -> None:
        box = list(self._view.state.volume.box)
        box[axis] = (low, high)
        self._change_volume(box=tuple(box))

    def _on_side_requested(self, axis: str) -> None:
        self._canvas.align(axis)

    def _on_cut_side_requested(self, axis: str) -> None:
        if axis == "eye":
            self._change_volume(has_cut=True, cut_normal=self._canvas.panes.away(), cut_offset=0.0)
        else:
            self._view.change(volume=self._view.state.volume.facing(axis))
            self._remember()

    # Showing the state

    def _on_view_changed(self, old: ViewState, new: ViewState) -> None:
        if (old.z, old.cross) != (new.z, new.cross):
            self._canvas.set_position((new.z, *new.cross))
        if (old.mode, old.alone) != (new.mode, new.alone):
            self._canvas.set_layout(new.mode, new.alone)
            self._deferring.later(self._tell_layout)
        if old.slab != new.slab:
            self._canvas.set_slab(new.slab.thickness, new.slab.how, new.slab.is_smooth)
        if (old.volume, old.slab.shows_cross) != (new.volume, new.slab.shows_cross):
            self._apply_volume(new.volume)
        if (old.volume, old.slab) != (new.volume, new.slab):
            self._deferring.later(self._tell_panel)
        if [c.visible for c in old.channels] != [c.visible for c in new.channels]:
            self._deferring.later(self._tell_panes)

    def _apply_volume(self, volume: VolumeView) -> None:
        plane = CutPlane(volume.cut_normal, volume.cut_offset) if volume.has_cut else None
        rendering = Rendering(
            volume.mode, volume.attenuation, volume.density, volume.threshold, volume.is_smooth, volume.box, plane
        )
        self._canvas.set_rendering(rendering, volume.shows_box, self._view.state.slab.shows_cross)
        self._canvas.set_camera(volume.is_free, volume.perspective)

    def _tell_layout(self) -> None:
        mode = self._view.state.mode
        self._window.set_layout(mode)
        self._window.set_checked("toggle_3d", mode == "3d")
        self._window.set_checked("ortho", mode == "ortho")
        self._window.set_checked("side_by_side", mode == "channels")
        self._tell_panes()

    def _tell_panel(self) -> None:
        state = self._view.state
        volume = state.volume
        self._window.side.volume.set_volume(
            volume.mode,
            volume.amount(),
            volume.is_smooth,
            volume.box,
            volume.has_cut,
            volume.shows_box,
            volume.shows_axes,
            volume.is_free,
            volume.perspective,
        )
        self._window.side.volume.set_slab(state.slab.thickness, state.slab.how, state.slab.is_smooth)
        self._window.set_checked("toggle_cross", state.slab.shows_cross)
        self._tell_panes()

    def _tell_panes(self) -> None:
        """Captions of the panes, and the axes of the volume."""
        state, rects = self._view.state, self._canvas.panes.rects()
        captions = []
        if len(rects) > 1 or state.alone:
            for name, rect in rects.items():
                text, color = _CAPTIONS.get(name, ""), ""
                if not text:
                    channel = state.channels[int(name.removeprefix("channel "))]
                    text, color = channel.name, channel.color
                captions.append((rect, text, color))
        self._window.area.set_captions(captions)
        shows_axes = state.volume.shows_axes and "3d" in rects and self._canvas.textures is not None
        self._window.area.set_axes(rects.get("3d"), self._canvas.panes.directions() if shows_axes else {})
